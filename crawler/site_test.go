package crawler

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"haidang/internal/article"
	"haidang/internal/settings"
	"haidang/internal/store/storetest"
)

// site is an outlet on loopback. Its pages can be changed while it serves, and it remembers who asked for what.
type site struct {
	*httptest.Server
	mu       sync.Mutex
	handlers map[string]http.HandlerFunc
	requests []string
	times    []time.Time
	inside   int
	most     int // requests at the same time
}

func newSite(t testing.TB) *site {
	t.Helper()
	s := &site{handlers: map[string]http.HandlerFunc{}}
	s.Server = httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(s.Close)
	return s
}

func (s *site) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.requests = append(s.requests, r.URL.RequestURI())
	s.times = append(s.times, time.Now())
	s.inside++
	s.most = max(s.most, s.inside)
	h := s.handlers[r.URL.Path]
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		s.inside--
		s.mu.Unlock()
	}()
	if h == nil {
		http.NotFound(w, r)
		return
	}
	h(w, r)
}

// on sets what a path answers.
func (s *site) on(path string, h http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.handlers[path] = h
}

// show sets a path to a fixed body.
func (s *site) show(path, contentType, body string) {
	s.on(path, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		_, _ = w.Write([]byte(body))
	})
}

// asked counts the requests for a path.
func (s *site) asked(path string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, r := range s.requests {
		if r == path {
			n++
		}
	}
	return n
}

func (s *site) host() string { return strings.TrimPrefix(s.URL, "http://") }

// feedOf writes a feed of the items title|path|summary.
func (s *site) feedOf(items ...string) string {
	var out strings.Builder
	out.WriteString(`<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Báo Bãi Bồi</title>`)
	for _, it := range items {
		part := strings.Split(it, "|")
		fmt.Fprintf(&out, "<item><title>%s</title><link>%s%s</link><description>%s</description><pubDate>Sat, 21 Nov 2026 07:00:00 +0700</pubDate></item>", part[0], s.URL, part[1], part[2])
	}
	out.WriteString("</channel></rss>")
	return out.String()
}

const samplePage = `<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>%[1]s - Báo Bãi Bồi</title>
<meta property="og:type" content="article"><meta property="og:site_name" content="Báo Bãi Bồi"><meta property="og:title" content="%[1]s">
<meta name="description" content="Đội thủy nông huyện ven biển vừa nạo vét xong tuyến kênh chính trước mùa mưa.">
<meta property="article:published_time" content="2026-11-21T07:00:00+07:00"></head><body><nav><a href="/">Trang chủ</a></nav>
<article><h1>%[1]s</h1><p>%[2]s Đội thủy nông huyện cho biết tuyến kênh dài mười hai cây số đã thông, nước từ sông lớn về đến từng thửa ruộng ở cuối nguồn.</p>
<p>Ba xã ven biển sẽ lấy nước luân phiên từ đầu tuần sau, mỗi xã hai ngày, bắt đầu từ xã xa nhất để bà con kịp xuống giống cùng lúc với cả vùng.</p>
<p>Ông trưởng trạm bơm nói lịch lấy nước đã dán ở trụ sở thôn, ai cần đổi ngày thì báo trước một buổi để anh em đóng mở cống cho đúng.</p></article>
<footer>Bản quyền thuộc Báo Bãi Bồi</footer></body></html>`

func (s *site) page(path, title, opening string) {
	s.show(path, "text/html; charset=utf-8", fmt.Sprintf(samplePage, title, opening))
}

// recorder is the bus as the crawler sees it: it keeps what it acknowledged and fails when told to.
type recorder struct {
	mu       sync.Mutex
	links    []Link
	articles []article.Article
	fail     bool
}

var errBrokerAway = errors.New("broker is away")

func (r *recorder) PublishLinks(_ context.Context, links []Link) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.fail {
		return errBrokerAway
	}
	r.links = append(r.links, links...)
	return nil
}

func (r *recorder) PublishArticle(_ context.Context, a article.Article) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.fail {
		return errBrokerAway
	}
	r.articles = append(r.articles, a)
	return nil
}

func (r *recorder) setFail(fail bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.fail = fail
}

// take returns the links published since the last call.
func (r *recorder) take() []Link {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := r.links
	r.links = nil
	return out
}

// testConfig allows the sites and is quick.
func testConfig(sites ...*site) Config {
	cfg := DefaultConfig()
	cfg.Delay, cfg.Timeout = settings.Duration(time.Millisecond), settings.Duration(5*time.Second)
	cfg.PollMin, cfg.PollMax = settings.Duration(50*time.Millisecond), settings.Duration(time.Second)
	for i, s := range sites {
		u, _ := url.Parse(s.URL)
		cfg.AllowAddresses = append(cfg.AllowAddresses, u.Host)
		cfg.Sources = append(cfg.Sources, Source{ID: fmt.Sprintf("s%d", i), Name: "Báo Bãi Bồi", Country: "VN", Language: "vi", Tier: 1, Feeds: []string{s.URL + "/rss"}})
	}
	return cfg
}

// clock is a time that tests move.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

func newClock() *clock { return &clock{at: time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)} }

func newCrawler(t *testing.T, cfg Config, r *recorder, c *clock) *Crawler {
	t.Helper()
	crawl, err := New(cfg, Deps{Publisher: r, DB: storetest.Open(t, t.TempDir()), Now: c.now})
	if err != nil {
		t.Fatal(err)
	}
	crawl.extract = unhurried
	return crawl
}

// pollAll polls everything once, now, whatever its interval, and writes what came of it.
func (c *Crawler) pollAll(ctx context.Context) error {
	states, err := c.state.feeds(ctx)
	if err != nil {
		return err
	}
	var errs []error
	c.eachPolled(func(src *Source, p polled) {
		_, err := c.poll(ctx, src, p, c.known(states, src, p))
		errs = append(errs, err)
	})
	return errors.Join(append(errs, c.flush(ctx))...)
}
