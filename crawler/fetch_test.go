package crawler

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"haidang/internal/settings"
)

func newTestFetcher(t *testing.T, cfg Config) *Fetcher {
	t.Helper()
	f, err := NewFetcher(cfg, Deps{})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestGzipFeedIsUnpacked(t *testing.T) {
	s := newSite(t)
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write([]byte("<rss/>"))
	_ = z.Close()
	for i, header := range []string{"Content-Encoding: gzip", "Content-Type: application/gzip"} {
		key, value, _ := strings.Cut(header, ": ")
		path := fmt.Sprintf("/%d.xml.gz", i)
		s.on(path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set(key, value)
			_, _ = w.Write(packed.Bytes())
		})
		for _, fetch := range []func() (Response, error){
			func() (Response, error) {
				return newTestFetcher(t, testConfig(s)).Feed(t.Context(), FeedRequest{URL: s.URL + path})
			},
			func() (Response, error) { return newTestFetcher(t, testConfig(s)).Page(t.Context(), s.URL+path) },
		} {
			if res, err := fetch(); err != nil || string(res.Body) != "<rss/>" {
				t.Errorf("%s: body %q, %v", header, res.Body, err)
			}
		}
	}
}

// mute is a server that takes connections, says the beginning of an answer, and then nothing any more.
func mute(t *testing.T, beginning string) string {
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			defer func() { _ = conn.Close() }()   // with the listener
			_, _ = conn.Read(make([]byte, 4<<10)) // the request
			_, _ = conn.Write([]byte(beginning))
		}
	}()
	return "http://" + l.Addr().String() + "/"
}

func TestSlowServersAreCut(t *testing.T) {
	s := newSite(t)
	hang := func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusOK)
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}
	s.on("/hang", hang)
	s.on("/trickle", func(w http.ResponseWriter, r *http.Request) {
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-r.Context().Done():
				return
			case <-tick.C:
				_, _ = w.Write([]byte("x"))
				_ = http.NewResponseController(w).Flush()
			}
		}
	})
	cfg := testConfig(s)
	cfg.Timeout, cfg.AllowAddresses = settings.Duration(200*time.Millisecond), []string{"127.0.0.1"}
	f := newTestFetcher(t, cfg)
	for _, address := range []string{s.URL + "/hang", s.URL + "/trickle", mute(t, ""), mute(t, "HTTP/1.1 200 OK\r\nX-Slow: "), mute(t, "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nx")} {
		start := time.Now()
		_, err := f.Feed(t.Context(), FeedRequest{URL: address})
		if ReasonOf(err) != ReasonTimeout || time.Since(start) > 3*time.Second {
			t.Errorf("%s: %v after %v", address, err, time.Since(start))
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := f.Feed(ctx, FeedRequest{URL: s.URL + "/hang"}); err != context.Canceled {
		t.Errorf("cancelled: %v", err)
	}
}

func TestRedirects(t *testing.T) {
	s := newSite(t)
	for i := range 8 {
		s.on(fmt.Sprintf("/%d", i), func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Referer") != "" || r.Header.Get("Cookie") != "" {
				t.Errorf("a redirect carried %v", r.Header)
			}
			w.Header().Set("Set-Cookie", "a=b")
			http.Redirect(w, r, fmt.Sprintf("/%d", i+1), http.StatusFound)
		})
	}
	s.on("/loop", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/loop", http.StatusFound) })
	s.page("/8", "Đến nơi", "")
	s.show("/robots.txt", "text/plain", "user-agent: *\ndisallow: /secret")
	s.page("/secret", "Kín", "")
	s.on("/into-secret", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/secret", http.StatusFound) })
	f := newTestFetcher(t, testConfig(s))
	if res, err := f.Page(t.Context(), s.URL+"/3"); err != nil || res.URL != s.URL+"/8" || res.Status != 200 {
		t.Errorf("five redirects: %v, %+v", err, res.URL)
	}
	for _, path := range []string{"/2", "/loop"} {
		if _, err := f.Page(t.Context(), s.URL+path); ReasonOf(err) != ReasonRedirects {
			t.Errorf("page %s: %v", path, err)
		}
		if _, err := f.Feed(t.Context(), FeedRequest{URL: s.URL + path}); ReasonOf(err) != ReasonRedirects {
			t.Errorf("feed %s: %v", path, err)
		}
	}
	if _, err := f.Page(t.Context(), s.URL+"/into-secret"); ReasonOf(err) != ReasonRobots || s.asked("/secret") != 0 {
		t.Errorf("redirect into a forbidden path: %v, asked %d times", err, s.asked("/secret"))
	}
}

// What a robots.txt answers decides about its pages, and is asked for once.
func TestRobotsAnswers(t *testing.T) {
	for _, tt := range []struct {
		status int
		body   string
		want   Reason
	}{
		{200, "", ReasonNone},
		{200, "user-agent: haidang\ndisallow: /", ReasonRobots},
		{404, "", ReasonNone},
		{403, "user-agent: *\ndisallow: /", ReasonNone},
		{410, "", ReasonNone},
		{500, "", ReasonRobotsDown},
		{503, "", ReasonRobotsDown},
		{429, "", ReasonRobotsDown},
		{200, strings.Repeat("# filler\n", 80_000) + "user-agent: *\ndisallow: /", ReasonNone}, // beyond 500 KiB
	} {
		s := newSite(t)
		s.on("/robots.txt", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(tt.status)
			_, _ = w.Write([]byte(tt.body))
		})
		s.page("/x.html", "T", "")
		f := newTestFetcher(t, testConfig(s))
		now := time.Now()
		f.robots.now = func() time.Time { return now }
		for range 3 {
			if _, err := f.Page(t.Context(), s.URL+"/x.html"); ReasonOf(err) != tt.want {
				t.Errorf("robots.txt %d %.30q: %v, want %q", tt.status, tt.body, err, tt.want)
			}
		}
		if n := s.asked("/robots.txt"); n != 1 {
			t.Errorf("robots.txt %d was asked for %d times", tt.status, n)
		}
		if tt.want != ReasonNone && s.asked("/x.html") > 0 {
			t.Errorf("robots.txt %d: the page was asked for", tt.status)
		}
	}
}

func TestRobotsAreAskedAgainAfterADay(t *testing.T) {
	s := newSite(t)
	s.page("/x.html", "T", "")
	f := newTestFetcher(t, testConfig(s))
	now := time.Now()
	f.robots.now = func() time.Time { return now }
	for range 2 {
		if _, err := f.Page(t.Context(), s.URL+"/x.html"); err != nil {
			t.Fatal(err)
		}
		s.show("/robots.txt", "text/plain", "user-agent: *\ndisallow: /")
	}
	now = now.Add(robotsFresh + time.Minute)
	if _, err := f.Page(t.Context(), s.URL+"/x.html"); ReasonOf(err) != ReasonRobots {
		t.Errorf("after a day: %v", err)
	}
}

// Measured at the server: one request at a time and the delay kept, whoever asks, over redirects and kinds of fetch.
func TestPoliteness(t *testing.T) {
	s := newSite(t)
	for i := range 4 {
		s.page(fmt.Sprintf("/%d", i), "T", "")
	}
	s.on("/r", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/0", http.StatusFound) })
	s.show("/rss", "text/xml", "<rss/>")
	cfg := testConfig(s)
	cfg.Delay = settings.Duration(25 * time.Millisecond)
	f := newTestFetcher(t, cfg)
	var wg sync.WaitGroup
	for _, path := range []string{"/0", "/1", "/2", "/3", "/r"} {
		wg.Go(func() { _, _ = f.Page(t.Context(), s.URL+path) })
	}
	wg.Go(func() { _, _ = f.Feed(t.Context(), FeedRequest{URL: s.URL + "/rss"}) })
	wg.Wait()
	if s.most != 1 || len(s.times) != 8 { // with robots.txt and the redirect
		t.Errorf("%d requests, up to %d at the same time", len(s.times), s.most)
	}
	for i := 1; i < len(s.times); i++ {
		if gap := s.times[i].Sub(s.times[i-1]); gap < 24*time.Millisecond {
			t.Errorf("request %d came %v after the one before", i, gap)
		}
	}
}

func TestRetryAfterIsHonoured(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newHostLimiter()
		l.delay = 5 * time.Second
		start := time.Now()
		take := func() error {
			release, err := l.acquire(t.Context(), "a.vn")
			if err == nil {
				release()
			}
			return err
		}
		if err := take(); err != nil || time.Since(start) != 0 {
			t.Errorf("first: %v after %v", err, time.Since(start))
		}
		if err := take(); err != nil || time.Since(start) != 5*time.Second {
			t.Errorf("second: %v after %v", err, time.Since(start))
		}
		l.block("a.vn", time.Minute)
		if err := take(); err != nil || time.Since(start) != 65*time.Second {
			t.Errorf("after Retry-After: 60: %v after %v", err, time.Since(start))
		}
		l.block("a.vn", 1000*time.Hour)
		if err := take(); ReasonOf(err) != ReasonThrottled || time.Since(start) != 65*time.Second {
			t.Errorf("a long silence is an error at once: %v after %v", err, time.Since(start))
		}
		if wait := time.Until(l.hosts["a.vn"].blocked); wait > maxRetryAfter {
			t.Errorf("blocked for %v", wait)
		}
		if release, err := l.acquire(t.Context(), "b.vn"); err != nil {
			t.Errorf("another host: %v", err)
		} else {
			release()
		}
	})
}

func TestRetryAfterHeader(t *testing.T) {
	now := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"120": 2 * time.Minute, "Sun, 22 Nov 2026 00:05:00 GMT": 5 * time.Minute, "999999999999": maxRetryAfter, "-3": 0, "soon": 0, "": 0,
		"Sat, 21 Nov 2026 00:00:00 GMT": 0,
	} {
		if got := retryAfter(http.Header{"Retry-After": {value}}, now); got != want {
			t.Errorf("Retry-After %q: %v, want %v", value, got, want)
		}
	}
}

func TestThrottledServer(t *testing.T) {
	s := newSite(t)
	s.on("/rss", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "3600")
		w.WriteHeader(http.StatusTooManyRequests)
	})
	c := newCrawler(t, testConfig(s), &recorder{}, newClock())
	if err := c.pollAll(t.Context()); ReasonOf(err) != ReasonThrottled {
		t.Fatalf("poll: %v", err)
	}
	health, err := c.Health(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if d := health[0].Feeds[0].NextPoll.Sub(c.deps.Now()); d < time.Hour {
		t.Errorf("the next poll is in %v, the server asked for an hour", d)
	}
	if err := c.pollAll(t.Context()); ReasonOf(err) != ReasonThrottled || s.asked("/rss") != 1 {
		t.Errorf("polled again: %v, asked %d times", err, s.asked("/rss"))
	}
}

func TestUserAgentIsHonest(t *testing.T) {
	s := newSite(t)
	var agents []string
	s.on("/x", func(_ http.ResponseWriter, r *http.Request) { agents = append(agents, r.UserAgent()) })
	cfg := testConfig(s)
	cfg.Contact = "https://example.vn/bot"
	f := newTestFetcher(t, cfg)
	_, _ = f.Page(t.Context(), s.URL+"/x")
	_, _ = f.Feed(t.Context(), FeedRequest{URL: s.URL + "/x"})
	want := "HaiDang/1.0 (news monitoring; +https://example.vn/bot)"
	if len(agents) != 2 || agents[0] != want || agents[1] != want {
		t.Errorf("agents %q, want %q", agents, want)
	}
}
