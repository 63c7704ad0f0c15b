package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"haidang/alerting"
	"haidang/crawler"
	"haidang/internal/article"
	"haidang/internal/settings"
)

// pastOutlet has a sitemap index, of which one part is old, one is broken until it is mended, and two hold pages.
type pastOutlet struct {
	*httptest.Server
	mu     sync.Mutex
	asked  map[string]int
	broken bool
	after  func(pages int) // called when so many pages have been served
	pages  int
}

const pastPage = `<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>%[1]s</title><meta property="og:type" content="article">
<meta property="article:published_time" content="%[2]s"></head><body><article><h1>%[1]s</h1>
<p>Tin đồn vỡ đập thủy điện lan trên mạng xã hội trong đêm, nhiều người dân hạ du đã dọn đồ chạy lũ vì tin rằng đập đã vỡ.</p>
<p>Một số người cho biết họ nhận được tin nhắn nói đập thủy điện đã vỡ và nước đang tràn về các xã ven sông từ nửa đêm.</p></article></body></html>`

func newPastOutlet(t *testing.T) *pastOutlet {
	t.Helper()
	o := &pastOutlet{asked: map[string]int{}, broken: true, after: func(int) {}}
	o.Server = httptest.NewServer(http.HandlerFunc(o.serve))
	t.Cleanup(o.Close)
	return o
}

func (o *pastOutlet) serve(w http.ResponseWriter, r *http.Request) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.asked[r.URL.Path]++
	switch path := r.URL.Path; {
	case path == "/robots.txt":
		fmt.Fprintf(w, "User-agent: *\nDisallow: /kin/\nSitemap: %s/sitemap.xml\n", o.URL)
	case path == "/sitemap.xml":
		fmt.Fprint(w, `<sitemapindex><sitemap><loc>/sitemap-2025-11.xml</loc></sitemap><sitemap><loc>/sitemap-a.xml</loc><lastmod>2026-10-01</lastmod></sitemap>`+
			`<sitemap><loc>/sitemap-b.xml</loc></sitemap><sitemap><loc>/sitemap-hong.xml</loc></sitemap></sitemapindex>`)
	case path == "/sitemap-a.xml":
		fmt.Fprint(w, `<urlset>`, entries("/tin-trong-nam-%d.html", 1, 8), entries("/2025/12/30/tin-cu-%d.html", 1, 3),
			`<url><loc>/thoi-su</loc></url><url><loc>/kin/tin-kin-1.html</loc></url><url><loc>/tin-khong-con-1.html</loc></url></urlset>`)
	case path == "/sitemap-b.xml":
		fmt.Fprint(w, `<urlset>`, entries("/tin-nam-truoc-%d.html", 1, 2), entries("/tin-trong-nam-%d.html", 8, 9), `</urlset>`)
	case path == "/sitemap-hong.xml" && !o.broken:
		fmt.Fprint(w, `<urlset></urlset>`)
	case strings.HasPrefix(path, "/tin-trong-nam"), strings.HasPrefix(path, "/tin-nam-truoc"):
		day := "2026-03-01T07:00:00+07:00"
		if strings.Contains(path, "nam-truoc") {
			day = "2025-11-30T07:00:00+07:00"
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, pastPage, "Xôn xao tin đồn vỡ đập thủy điện "+path, day)
		o.pages++
		o.after(o.pages)
	default:
		http.NotFound(w, r)
	}
}

func entries(form string, from, to int) string {
	var out strings.Builder
	for i := from; i <= to; i++ {
		fmt.Fprintf(&out, "<url><loc>"+form+"</loc></url>", i)
	}
	return out.String()
}

func (o *pastOutlet) set(do func()) {
	o.mu.Lock()
	defer o.mu.Unlock()
	do()
}

func (o *pastOutlet) times(path string) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.asked[path]
}

func pastOptions(t *testing.T, o *pastOutlet) CrawlOptions {
	t.Helper()
	opts := quietOptions(t)
	opts.Config.Crawler.Delay = settings.Duration(time.Millisecond)
	opts.Config.Crawler.AllowAddresses = []string{"127.0.0.1"}
	return CrawlOptions{Options: opts, URL: o.URL + "/", Since: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), Told: io.Discard}
}

// A crawl of the past is stopped, run again, and run once more when a sitemap is mended: each page is asked for once, what is
// older is left out, and nothing rings.
func TestCrawlOfThePast(t *testing.T) {
	o := newPastOutlet(t)
	opts := pastOptions(t, o)
	ctx, stop := context.WithCancel(t.Context())
	o.set(func() {
		o.after = func(pages int) {
			if pages == 3 {
				stop()
			}
		}
	})
	report, err := CrawlPast(ctx, opts)
	if !errors.Is(err, ErrInterrupted) || report.Articles >= 9 {
		t.Fatalf("stopped: %+v, %v", report, err)
	}
	report, err = CrawlPast(t.Context(), opts)
	if err == nil || !strings.Contains(err.Error(), "1 sitemaps") || report.Archived != 9 || report.Walk.Older != 3 || report.Walk.Other != 1 {
		t.Fatalf("with a broken sitemap: %+v, %v", report, err)
	}
	if report.Refused[crawler.ReasonRobots] != 1 || report.Refused[crawler.ReasonGone] != 1 || report.Refused[crawler.ReasonOutside] != 2 {
		t.Errorf("refused %v", report.Refused)
	}
	o.set(func() { o.broken = false })
	report, err = CrawlPast(t.Context(), opts)
	if err != nil || report.Articles != 0 || report.Archived != 9 {
		t.Fatalf("mended: %+v, %v", report, err)
	}
	for i := range 9 {
		if n := o.times(fmt.Sprintf("/tin-trong-nam-%d.html", i+1)); n > 2 || i > 3 && n != 1 {
			t.Errorf("page %d was asked for %d times", i+1, n)
		}
	}
	for _, path := range []string{"/kin/tin-kin-1.html", "/2025/12/30/tin-cu-1.html", "/sitemap-2025-11.xml", "/thoi-su"} {
		if o.times(path) != 0 {
			t.Errorf("%s was asked for", path)
		}
	}
	a, err := New(t.Context(), Options{Config: opts.Config, DataDir: opts.DataDir, Roles: AllRoles(), Quiet: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = a.Close() }()
	stories, err := a.desk.Stories(t.Context(), alerting.Filter{Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range stories {
		if !s.RangAt.IsZero() {
			t.Errorf("story %s rang", s.StatementEN)
		}
	}
	doc, err := a.archive.Get(t.Context(), article.ID(o.URL+"/tin-trong-nam-1.html"))
	if err != nil || doc.Origin != article.Backfill || doc.Published.UTC().Format(time.RFC3339) != "2026-03-01T00:00:00Z" {
		t.Errorf("archived %+v, %v", doc, err)
	}
}

// Beside a running process the pages are asked for by it, and the last two days of an outlet that it watches are left to it.
func TestCrawlOfThePastThroughARunningProcess(t *testing.T) {
	o := newPastOutlet(t)
	o.set(func() { o.broken = false })
	opts := pastOptions(t, o)
	opts.Config.Crawler.Sources = append(opts.Config.Crawler.Sources, crawler.Source{ID: "bai-boi", Name: "Báo Bãi Bồi", Tier: 1, Feeds: []string{o.URL + "/rss"}})
	var now atomic.Int64
	now.Store(time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC).UnixMilli())
	opts.Now = func() time.Time { return time.UnixMilli(now.Load()) }
	a := start(t, opts.Options)
	waitFor(t, "the process to be found", func() bool {
		_, ok := FindRunning(t.Context(), opts.DataDir)
		return ok
	})
	report, err := CrawlPast(t.Context(), opts)
	if err != nil || report.Articles != 0 || report.Refused[crawler.ReasonOutside] != 11 {
		t.Fatalf("too young: %+v, %v", report, err)
	}
	now.Add((72 * time.Hour).Milliseconds())
	report, err = CrawlPast(t.Context(), opts)
	if err != nil || report.Articles != 9 {
		t.Fatalf("%+v, %v", report, err)
	}
	doc, err := a.archive.Get(t.Context(), article.ID(o.URL+"/tin-trong-nam-1.html"))
	if err != nil || doc.Outlet != "Báo Bãi Bồi" || doc.OutletTier != 1 {
		t.Errorf("archived %+v, %v", doc, err)
	}
}

func TestCrawlOfThePastSaysWhatIsMissing(t *testing.T) {
	empty := httptest.NewServer(http.NotFoundHandler())
	defer empty.Close()
	opts := quietOptions(t)
	opts.Config.Crawler.Delay, opts.Config.Crawler.AllowAddresses = settings.Duration(time.Millisecond), []string{"127.0.0.1"}
	for address, want := range map[string]string{empty.URL + "/": "leads to no sitemap", "ftp://x.test/": "not http", "http://10.0.0.1/": "no sitemap"} {
		if _, err := CrawlPast(t.Context(), CrawlOptions{Options: opts, URL: address, Told: io.Discard}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", address, err, want)
		}
	}
}
