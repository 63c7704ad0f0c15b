package crawler

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

func newsEntry(base, path string, at time.Time) string {
	return fmt.Sprintf(`<url><loc>%s%s</loc><news:news><news:publication><news:name>Báo</news:name></news:publication><news:publication_date>%s</news:publication_date><news:title>Tin %s</news:title></news:news></url>`, base, path, at.Format(time.RFC3339), path)
}

func TestReadSitemap(t *testing.T) {
	const ns = ` xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"`
	for _, tt := range []struct {
		name, body string
		want       string // entries as url|title|published, parts as >url
		reason     Reason
	}{
		{"news", `<?xml version="1.0"?><urlset` + ns + `><url><loc>https://a.vn/1.html</loc><news:news><news:publication_date>2026-11-21T07:00:00+07:00</news:publication_date><news:title>Một &amp; hai</news:title></news:news></url></urlset>`, "https://a.vn/1.html|Một & hai|2026-11-21T00:00:00Z", ""},
		{"another prefix", `<s:urlset xmlns:s="x" xmlns:n="y"><s:url><s:loc>https://a.vn/1.html</s:loc><n:news><n:title>Một</n:title></n:news></s:url></s:urlset>`, "https://a.vn/1.html|Một|", ""},
		{"no namespace, relative, CDATA", `<urlset><url><loc><![CDATA[ /1.html ]]></loc></url></urlset>`, "https://a.vn/1.html||", ""},
		{"the picture is not the page", `<urlset` + ns + `><url><image:image><image:loc>https://a.vn/x.jpg</image:loc><image:title>Ảnh</image:title></image:image><loc>https://a.vn/1.html</loc></url></urlset>`, "https://a.vn/1.html||", ""},
		{"other sites", `<urlset` + ns + `><url><loc>https://b.vn/1.html</loc></url><url><loc>https://m.a.vn/2.html</loc></url><url><loc>file:///etc/passwd</loc></url></urlset>`, "https://m.a.vn/2.html||", ""},
		{"index", `<sitemapindex` + ns + `><sitemap><loc>https://a.vn/s1.xml.gz</loc><lastmod>2026-11-21</lastmod></sitemap><sitemap><loc>https://evil.test/s2.xml</loc></sitemap></sitemapindex>`, ">https://a.vn/s1.xml.gz", ""},
		{"cut off", `<urlset` + ns + `><url><loc>https://a.vn/1.html</loc></url><url><loc>https://a.vn/2`, "https://a.vn/1.html||", ""},
		{"zone-less date", `<urlset` + ns + `><url><loc>https://a.vn/1.html</loc><news:news><news:publication_date>2026-11-21 07:00:00</news:publication_date></news:news></url></urlset>`, "https://a.vn/1.html||2026-11-21T00:00:00Z", ""},
		{"a page", `<html><body>404</body></html>`, "", ReasonNotFeed},
		{"nothing", "  ", "", ReasonEmpty},
		{"too deep", strings.Repeat("<a>", 1_000_000), "", ReasonTooDeep},
		{"an entity that swells", `<!DOCTYPE u [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><urlset><url><loc>https://a.vn/&b;</loc></url></urlset>`, "https://a.vn/&b;||", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			start := spent()
			m, err := ReadSitemap([]byte(tt.body), "https://a.vn/sitemap.xml", 100, FeedDefaults{Language: "vi", Now: newClock().now()})
			if ReasonOf(err) != tt.reason {
				t.Fatalf("error %v, want reason %q", err, tt.reason)
			}
			var got []string
			for _, e := range m.Entries {
				at := ""
				if !e.Published.IsZero() {
					at = e.Published.UTC().Format(time.RFC3339)
				}
				got = append(got, e.URL+"|"+e.Title+"|"+at)
			}
			for _, p := range m.Parts {
				got = append(got, ">"+p.URL)
			}
			if s := strings.Join(got, " "); s != tt.want && tt.name != "an entity that swells" {
				t.Errorf("got %s\nwant %s", s, tt.want)
			}
			if took := spent() - start; took > 2*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
	var many strings.Builder
	many.WriteString("<urlset>")
	for i := range 300 {
		fmt.Fprintf(&many, "<url><loc>/%d</loc></url>", i)
	}
	if m, err := ReadSitemap([]byte(many.String()), "https://a.vn/", 100, FeedDefaults{}); err != nil || len(m.Entries) != 100 || !m.Cut {
		t.Errorf("%d entries, cut: %t, %v", len(m.Entries), m.Cut, err)
	}
}

// An index of packed sitemaps finds what the feed left out, once the feed had time to show it; robots.txt is obeyed.
func TestSitemapIsACompletenessCheck(t *testing.T) {
	s, bus, now := newSite(t), &recorder{}, newClock()
	s.show("/robots.txt", "text/plain", "user-agent: *\ndisallow: /cam.xml\n")
	s.show("/rss", "text/xml", s.feedOf("Một|/1.html|a"))
	s.show("/index.xml", "text/xml", `<sitemapindex><sitemap><loc>/tin.xml.gz</loc></sitemap><sitemap><loc>/cam.xml</loc></sitemap><sitemap><loc>/cu.xml</loc><lastmod>2020-01-01</lastmod></sitemap></sitemapindex>`)
	s.on("/tin.xml.gz", func(w http.ResponseWriter, _ *http.Request) {
		var packed bytes.Buffer
		z := gzip.NewWriter(&packed)
		start := newClock().now()
		fmt.Fprintf(z, `<urlset xmlns:news="n">%s%s%s%s</urlset>`, newsEntry(s.URL, "/1.html", start.Add(-time.Hour)), newsEntry(s.URL, "/2.html", start.Add(-time.Hour)),
			newsEntry(s.URL, "/3.html", start.Add(10*time.Minute)), newsEntry(s.URL, "/cu.html", start.Add(-72*time.Hour)))
		_ = z.Close()
		_, _ = w.Write(packed.Bytes())
	})
	cfg := testConfig(s)
	cfg.Sources[0].Sitemaps = []string{s.URL + "/index.xml"}
	c := newCrawler(t, cfg, bus, now)
	paths := func() string {
		var out []string
		for _, l := range bus.take() {
			out = append(out, strings.TrimPrefix(l.URL, s.URL))
		}
		return strings.Join(out, " ")
	}
	if err := c.pollAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := paths(); got != "/1.html /2.html" {
		t.Errorf("first: %s, want the feed's, then what it left out", got)
	}
	now.add(11 * time.Minute)
	if err := c.pollAll(t.Context()); err != nil || paths() != "" {
		t.Errorf("the feed was given no time to show a young article: %v", err)
	}
	now.add(time.Hour)
	if err := c.pollAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := paths(); got != "/3.html" {
		t.Errorf("later: %q, want what the feed did not show", got)
	}
	health, err := c.Health(t.Context())
	if err != nil || health[0].Missed != 1 {
		t.Errorf("missed = %+v, %v", health, err)
	}
	if s.asked("/cam.xml") != 0 || s.asked("/cu.xml") != 0 {
		t.Error("a forbidden or an old part was asked for")
	}
}

func TestReadSection(t *testing.T) {
	page := `<html><head><base href="http://evil.test/"></head><body>
<a href="/tin/kenh-chinh-12345.html"><img src=x></a><a href="/tin/kenh-chinh-12345.html#binh-luan"><b>Kênh chính</b> đã thông</a>
<a href="http://khac.test/tin/x-99999.html">Trang khác</a><a href="javascript:alert(1)">x</a><a href="http://u:p@a.vn/tin/x-11111.html">mật khẩu</a>
<a href="/tin/tram-bom-54321.html?utm_source=x">Trạm bơm <a href="//a.vn/tin/be-phai-77777.html">chưa đóng thẻ
<a href="/muc/?trang=2">2</a><a href="/lich/2031/05/">5</a><a href="/a/a/a/a/x-12345.html">lặp</a><a href="/gioi-thieu.html">Giới thiệu</a>`
	feed, err := readSection([]byte(page), "https://a.vn/muc/", regexp.MustCompile(`-\d{5}\.html|^/lich/|^/muc/`), FeedDefaults{ContentType: "text/html; charset=utf-8", Now: newClock().now()})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, it := range feed.Items {
		got = append(got, it.URL+"|"+it.Title)
	}
	want := "https://a.vn/tin/kenh-chinh-12345.html|Kênh chính đã thông\nhttps://a.vn/tin/tram-bom-54321.html?utm_source=x|Trạm bơm\nhttps://a.vn/tin/be-phai-77777.html|chưa đóng thẻ"
	if s := strings.Join(got, "\n"); s != want {
		t.Errorf("got\n%s\nwant\n%s", s, want)
	}
	if _, err := readSection([]byte("<html>"), "https://a.vn/", regexp.MustCompile("x"), FeedDefaults{}); ReasonOf(err) != ReasonNoArticle {
		t.Errorf("a page without links: %v", err)
	}
	start := spent()
	_, _ = readSection([]byte(strings.Repeat(`<a href="/tin/x-1.html">`, 200_000)), "https://a.vn/", regexp.MustCompile("none"), FeedDefaults{})
	if took := spent() - start; took > 2*time.Second {
		t.Errorf("a page of links took %v", took)
	}
}

// A page or a feed whose links never end fills its budget of the day and no more.
func TestEndlessLinksFillABudget(t *testing.T) {
	for _, tt := range []struct {
		channel Channel
		budget  int
	}{{ChannelSection, sectionBudget}, {ChannelFeed, feedBudget}} {
		s, bus, now := newSite(t), &recorder{}, newClock()
		n := 0
		s.on("/muc", func(w http.ResponseWriter, _ *http.Request) {
			for range 200 {
				n++
				fmt.Fprintf(w, `<a href="/tin/%d.html">Tin</a>`, n)
			}
		})
		s.on("/rss", func(w http.ResponseWriter, _ *http.Request) {
			var items []string
			for range 1000 {
				n++
				items = append(items, fmt.Sprintf("Tin|/phien-%d/tin.html|a", n))
			}
			_, _ = w.Write([]byte(s.feedOf(items...)))
		})
		cfg := testConfig(s)
		if tt.channel == ChannelSection {
			cfg.Sources[0].Feeds, cfg.Sources[0].Sections = nil, []Section{{URL: s.URL + "/muc", Links: `^/tin/\d+\.html$`}}
		}
		c := newCrawler(t, cfg, bus, now)
		p := cfg.Sources[0].polled()[0]
		f := c.known(nil, &c.cfg.Sources[0], p)
		for day := range 2 {
			for range 6 {
				var err error
				if f, err = c.poll(t.Context(), &c.cfg.Sources[0], p, f); err != nil {
					t.Fatal(err)
				}
			}
			if got := len(bus.take()); got != tt.budget {
				t.Errorf("%s, day %d: %d links, want %d", tt.channel, day, got, tt.budget)
			}
			now.add(24 * time.Hour)
		}
	}
}

func TestTraps(t *testing.T) {
	for address, want := range map[string]bool{
		"https://a.vn/thoi-su/kenh-chinh-123.html": false, "https://a.vn/2026/11/24/kenh-chinh": false, "https://a.vn/a/b/a/b/a/b/a/b/x.html": true,
		"https://a.vn/" + strings.Repeat("x/", 30): true, "https://a.vn/x?" + strings.Repeat("a=1&", 20): true, "https://a.vn/x.aspx?id=1&cat=2": false,
	} {
		if isTrap(address) != want {
			t.Errorf("isTrap(%q) = %t", address, !want)
		}
	}
}

func FuzzReadSitemap(f *testing.F) {
	f.Add([]byte(`<urlset><url><loc>/1</loc></url></urlset>`))
	f.Add([]byte(`<sitemapindex><sitemap><loc>x</loc></sitemap>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := ReadSitemap(data, "https://a.vn/s.xml", 50, FeedDefaults{})
		if len(m.Entries)+len(m.Parts) > 50 || err != nil && ReasonOf(err) == ReasonNone {
			t.Errorf("%d entries, %v", len(m.Entries), err)
		}
	})
}

func TestFeedHead(t *testing.T) {
	for _, tt := range []struct {
		doc string
		ttl time.Duration
		hub string
	}{
		{`<rss><channel><ttl> 15 </ttl><item><ttl>99</ttl></item></channel></rss>`, 15 * time.Minute, ""},
		{`<rss><channel><sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency></channel></rss>`, 30 * time.Minute, ""},
		{`<rss><channel><sy:updatePeriod>yearly</sy:updatePeriod></channel></rss>`, daily, ""},
		{`<rss><channel><atom:link rel="self" href="x"/><atom:link href="https://hub.test/?a=1&amp;b=2" rel='hub'/></channel></rss>`, 0, "https://hub.test/?a=1&b=2"},
		{`<feed><entry><link rel="hub" href="https://evil.test/"/></entry></feed>`, 0, ""},
		{`{"version":"https://jsonfeed.org/version/1.1","hubs":[{"type":"WebSub","url":"https://hub.test/"}],"items":[]}`, 0, "https://hub.test/"},
	} {
		hub, _ := declaredHub([]byte(tt.doc), "https://a.vn/rss")
		if ttl := askedInterval([]byte(tt.doc)); ttl != tt.ttl || hub != tt.hub {
			t.Errorf("%s: %v, %q; want %v, %q", tt.doc, ttl, hub, tt.ttl, tt.hub)
		}
	}
	for header, want := range map[string]time.Duration{
		"public, max-age=300": 5 * time.Minute, "no-cache, max-age=300": 0, "max-age=x": 0, "max-age=99999999": daily, "": 0,
	} {
		if got := freshFor(http.Header{"Cache-Control": {header}}); got != want {
			t.Errorf("Cache-Control %q: %v, want %v", header, got, want)
		}
	}
}
