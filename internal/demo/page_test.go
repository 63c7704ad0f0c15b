package demo

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/PuerkitoBio/goquery"
	"github.com/markusmobius/go-trafilatura"
	"github.com/mmcdole/gofeed"
	"golang.org/x/net/html"
	"golang.org/x/text/unicode/norm"
)

func TestFeeds_ParseAndListEveryPage(t *testing.T) {
	site := started(t)
	parser := gofeed.NewParser()
	for _, s := range site.Sources() {
		_, body := get(t, s.FeedURL)
		feed, err := parser.ParseString(body)
		if err != nil {
			t.Fatalf("%s: %v", s.FeedURL, err)
		}
		if feed.Title != s.Name {
			t.Errorf("%s: title %q, want %q", s.ID, feed.Title, s.Name)
		}
		items := map[string]*gofeed.Item{}
		for _, item := range feed.Items {
			items[item.Link] = item
		}
		for _, e := range site.Expectations() {
			if e.Outlet != s.ID {
				continue
			}
			item := items[e.URL]
			delete(items, e.URL)
			if item == nil {
				t.Errorf("%s: %s is not in the feed", s.ID, e.URL)
				continue
			}
			if item.Title != e.Title || item.GUID == "" || item.Description == "" {
				t.Errorf("%s: title %q, guid %q, description %q, want title %q and both", e.URL, item.Title, item.GUID, item.Description, e.Title)
			}
			if got := itemTime(t, s, item); !got.Equal(e.Published) {
				t.Errorf("%s: date %q reads as %v, want %v", e.URL, item.Published, got, e.Published)
			}
		}
		if len(items) > 0 {
			t.Errorf("%s: items that the manifest does not have: %v", s.ID, items)
		}
	}
}

// itemTime reads an item's date; gofeed knows no form with a narrow no-break space.
func itemTime(t *testing.T, s Source, item *gofeed.Item) time.Time {
	t.Helper()
	if s.ID != "song-hong" {
		if item.PublishedParsed == nil {
			t.Fatalf("%s: gofeed reads no date from %q", s.ID, item.Published)
		}
		return *item.PublishedParsed
	}
	if !strings.Contains(item.Published, "\u202f") {
		t.Errorf("%s: date %q has no U+202F", s.ID, item.Published)
	}
	at, err := time.ParseInLocation("1/2/2006 3:04:05\u202fPM", item.Published, vietnam)
	if err != nil {
		t.Fatalf("%s: %v", s.ID, err)
	}
	return at
}

func TestPages_GiveUpTheirTextAndNothingElse(t *testing.T) {
	site := started(t)
	for _, o := range site.outlets {
		for _, p := range o.pages {
			if !p.kind.IsArticle() || p.trait == Hostile {
				continue
			}
			t.Run(o.id+"/"+p.slug, func(t *testing.T) {
				resp, body := get(t, o.base+p.path)
				if resp.StatusCode != http.StatusOK {
					t.Fatalf("status %s", resp.Status)
				}
				text := norm.NFC.String(extracted(t, o.base+p.path, body)) // the library composes some of it
				for _, b := range p.text.blocks {
					if !strings.Contains(text, norm.NFC.String(b.Text)) {
						t.Errorf("lost %q from %q", b.Text, text)
					}
				}
				for _, leak := range Leaks() {
					if strings.Contains(text, leak) {
						t.Errorf("leaked %q into %q", leak, text)
					}
				}
				for _, r := range o.related(p) {
					if strings.Contains(text, r.Title) {
						t.Errorf("leaked the related headline %q", r.Title)
					}
				}
			})
		}
	}
}

// extracted reads a page with the library that the crawler builds on, as it comes.
func extracted(t *testing.T, address, body string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	result, err := trafilatura.Extract(strings.NewReader(body), trafilatura.Options{OriginalURL: u, EnableFallback: true})
	if err != nil {
		t.Fatalf("extract %s: %v", address, err)
	}
	return result.ContentText
}

func TestPages_NameTitleAddressAndDate(t *testing.T) {
	site := started(t)
	for _, e := range site.Expectations() {
		if !e.Kind.IsArticle() || e.Trait == Hostile {
			continue
		}
		_, body := get(t, e.URL)
		doc, err := goquery.NewDocumentFromReader(strings.NewReader(body))
		if err != nil {
			t.Fatalf("%s: %v", e.URL, err)
		}
		for selector, want := range map[string]string{
			`meta[property="og:title"]`:               e.Title,
			`meta[property="og:url"]`:                 e.URL,
			`meta[property="article:published_time"]`: e.Published.Format(time.RFC3339),
		} {
			if got := doc.Find(selector).AttrOr("content", ""); got != want {
				t.Errorf("%s: %s = %q, want %q", e.URL, selector, got, want)
			}
		}
		if got := doc.Find(`link[rel="canonical"]`).AttrOr("href", ""); got != e.URL {
			t.Errorf("%s: canonical address %q", e.URL, got)
		}
		if got := doc.Find("h1").First().Text(); got != e.Title {
			t.Errorf("%s: h1 %q, want %q", e.URL, got, e.Title)
		}
	}
}

func TestSectionPage_LinksToEveryArticle(t *testing.T) {
	site := started(t)
	for _, s := range site.Sources() {
		_, body := get(t, s.SectionURL)
		doc, err := goquery.NewDocumentFromReader(strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		linked := map[string]bool{}
		doc.Find("a[href]").Each(func(_ int, a *goquery.Selection) { linked[a.AttrOr("href", "")] = true })
		for _, e := range site.Expectations() {
			if e.Outlet == s.ID && !linked[e.URL] {
				t.Errorf("%s does not link to %s", s.SectionURL, e.URL)
			}
		}
	}
}

func TestEditedArticle_ChangesWithTheSecondPoll(t *testing.T) {
	site := started(t)
	e := find(t, site, Edited)
	feed := sourceOf(t, site, e.Outlet).FeedURL
	_, firstFeed := get(t, feed)
	resp, first := get(t, e.URL)
	etag := resp.Header.Get("ETag")
	if !strings.Contains(first, html.EscapeString(e.Title)) || !strings.Contains(firstFeed, e.Title) {
		t.Fatalf("the first edition of %s lacks its title %q", e.URL, e.Title)
	}
	resp, secondFeed := get(t, feed, "If-None-Match: "+resp.Header.Get("ETag"))
	if resp.StatusCode != http.StatusOK || secondFeed == firstFeed || strings.Contains(secondFeed, "<title>"+e.Title+"</title>") {
		t.Errorf("second poll: %s, the feed still has the title %q", resp.Status, e.Title)
	}
	if resp, second := get(t, e.URL, "If-None-Match: "+etag); resp.StatusCode != http.StatusOK || second == first {
		t.Errorf("second fetch of %s: %s, want a changed page", e.URL, resp.Status)
	}
	if _, thirdFeed := get(t, feed); thirdFeed != secondFeed {
		t.Error("the feed changed again with the third poll")
	}
	for _, other := range site.Expectations() {
		if other.Trait == Edited && (other.Title != e.Title || !other.Published.Equal(e.Published)) {
			t.Errorf("the manifest changed with the edit: %+v, was %+v", other, e)
		}
	}
}

func TestSyndicatedCopies_HaveTheSameText(t *testing.T) {
	site := started(t)
	var texts []string
	for _, e := range site.Expectations() {
		if e.Trait == Syndicated {
			_, body := get(t, e.URL)
			texts = append(texts, strings.Join(strings.Fields(extracted(t, e.URL, body)), " "))
		}
	}
	if len(texts) != 2 || !strings.HasSuffix(texts[0], "Theo Thông tấn Biển Khơi") {
		t.Fatalf("copies = %q, want two with the agency's credit", texts)
	}
	if a, b := texts[0], texts[1]; !strings.HasSuffix(a, b) && !strings.HasSuffix(b, a) {
		t.Errorf("the copies differ:\n%s\n%s", a, b)
	}
}

func TestHostilePage_IsHostile(t *testing.T) {
	site := started(t)
	e := find(t, site, Hostile)
	_, body := get(t, e.URL)
	if _, err := html.Parse(strings.NewReader(body)); err == nil {
		t.Error("html.Parse accepts the page: it is not nested deeply enough to try a crawler")
	}
	for _, want := range []string{
		"<script>", "onerror=", "javascript:", "&#x202e;", "</script><script>", "<iframe srcdoc", "169.254.169.254",
		strings.Repeat("<div><b>", hostileDepth/2),
		"&lt;script&gt;alert(&#34;xin chào&#34;)&lt;/script&gt;", // the article's own words, which must survive
	} {
		if !strings.Contains(body, want) {
			t.Errorf("%s lacks %q", e.URL, want)
		}
	}
	// Without the nesting, the article can be read; its bait is only in places that are never shown.
	shallow := strings.ReplaceAll(body, "<div><b>", "")
	text := extracted(t, e.URL, shallow)
	if !strings.Contains(text, "Con tàu chở cát đã nghỉ hưu") {
		t.Errorf("the article cannot be read: %q", text)
	}
	if strings.ContainsFunc(text, func(r rune) bool { return r == unicode.ReplacementChar }) {
		t.Errorf("broken characters in %q", text)
	}
}

func TestListing_HasNoArticle(t *testing.T) {
	site := started(t)
	for _, e := range site.Expectations() {
		if e.Kind != Listing {
			continue
		}
		_, body := get(t, e.URL)
		doc, err := goquery.NewDocumentFromReader(strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if n := doc.Find("article, p").Length(); n != 0 {
			t.Errorf("%s has %d article or paragraph elements, want none", e.URL, n)
		}
	}
}
