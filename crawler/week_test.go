package crawler

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"haidang/crawler/crawltest"
	"haidang/internal/article"
	"haidang/internal/settings"
	"haidang/internal/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// topic is the bus within a bubble: links go to one worker a host, in order, some of them twice; articles are kept.
type topic struct {
	mu       sync.Mutex
	articles []article.Article
	links    []Link
	lanes    map[string]chan Link
	deliver  func(host string, lane chan Link)
}

func (b *topic) PublishLinks(_ context.Context, links []Link) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, l := range links {
		lane, ok := b.lanes[l.Host]
		if !ok {
			lane = make(chan Link, 10_000)
			b.lanes[l.Host] = lane
			b.deliver(l.Host, lane)
		}
		b.links = append(b.links, l)
		lane <- l
		if len(b.links)%7 == 0 {
			lane <- l // at least once
		}
	}
	return nil
}

func (b *topic) PublishArticle(_ context.Context, a article.Article) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.articles = append(b.articles, a)
	return nil
}

// week crawls the hosts of testdata/week for so long, with a new process every other day.
type week struct {
	*testing.T
	net       *crawltest.Internet
	bus       *topic
	cfg       Config
	processes int // that crawl at the same time
}

func newWeek(t *testing.T) *week {
	net, err := crawltest.Load(os.DirFS("crawltest"), "testdata/week", time.Now)
	if err != nil {
		t.Fatal(err)
	}
	net.Pipes()
	w := &week{T: t, net: net, cfg: DefaultConfig()}
	w.cfg.AllowAddresses = []string{"127.0.0.0/8"}
	w.cfg.PollMin, w.cfg.PollMax = settings.Duration(5*time.Minute), settings.Duration(6*time.Hour)
	for i, h := range net.Hosts {
		src := Source{ID: fmt.Sprintf("h%d", i), Name: h.Title, Country: "VN", Language: "vi", Tier: 2 + i%2, Feeds: []string{h.URL + "/rss"}}
		switch h.Name {
		case "bay.test":
			src.Feeds, src.Sections = nil, []Section{{URL: h.URL + "/muc/", Links: `^/tin/[\w-]+-\d+\.html|^/lich/`}}
		case "sot-tin.test":
			src.Sitemaps = []string{h.URL + "/sitemap-news.xml"}
		}
		w.cfg.Sources = append(w.cfg.Sources, src)
	}
	return w
}

// dial is what the guarded dialer does, with our own name service and connections within the process.
func (w *week) dial(ctx context.Context, allow allowList) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, _, address string) (net.Conn, error) {
		name, port, err := net.SplitHostPort(address)
		if err != nil {
			return nil, err
		}
		ip, err := w.net.Resolve(name)
		if err != nil {
			return nil, err
		}
		if err := allow.control(ctx, "tcp4", net.JoinHostPort(ip, port), nil); err != nil {
			return nil, err
		}
		return w.net.Dial(ctx, ip)
	}
}

// crawl runs the processes for some time. All of them take links of every host, as if the bus gave each host to all: what
// keeps them polite is not the bus.
func (w *week) crawl(dir string, d time.Duration) {
	db := storetest.Open(w.T, dir)
	ctx, stop := context.WithTimeout(w.Context(), d)
	defer stop()
	var crawlers []*Crawler
	var workers, runs sync.WaitGroup
	w.bus.mu.Lock()
	for range w.processes {
		c, err := New(w.cfg, Deps{Publisher: w.bus, DB: db, Now: time.Now, Shared: w.processes > 1})
		if err != nil {
			w.Fatal(err)
		}
		c.extract, c.due = unhurried, time.Minute
		c.fetcher.transport.base.DialContext = w.dial(ctx, mustAllow(w.T, w.cfg))
		crawlers = append(crawlers, c)
	}
	w.bus.deliver = func(_ string, lane chan Link) {
		for _, c := range crawlers {
			workers.Go(func() { work(ctx, c, lane) })
		}
	}
	for host, lane := range w.bus.lanes {
		w.bus.deliver(host, lane)
	}
	w.bus.mu.Unlock()
	for _, c := range crawlers {
		runs.Go(func() {
			if err := c.Run(ctx); !errors.Is(err, context.DeadlineExceeded) {
				w.Errorf("Run: %v", err)
			}
		})
	}
	runs.Wait()
	workers.Wait()
	for _, c := range crawlers {
		c.fetcher.transport.base.CloseIdleConnections()
	}
}

// work handles the links of a lane one after the other, each until it is settled.
func work(ctx context.Context, c *Crawler, lane chan Link) {
	for {
		select {
		case l := <-lane:
			for err := c.HandleLink(ctx, l); err != nil && !IsRefused(err); err = c.HandleLink(ctx, l) {
				if ctx.Err() != nil {
					lane <- l // the next process gets it
					return
				}
				time.Sleep(time.Second)
			}
		case <-ctx.Done():
			return
		}
	}
}

func mustAllow(t *testing.T, cfg Config) allowList {
	allow, err := parseAllowList(cfg.AllowAddresses)
	if err != nil || !allow.allows(netip.MustParseAddrPort("127.0.0.11:80")) {
		t.Fatal(err)
	}
	return allow
}

// days crawls for so many days and holds the outcome to what the servers published and saw.
func days(t *testing.T, n float64, processes int) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)))
		w := newWeek(t)
		w.processes = processes
		w.bus = &topic{lanes: map[string]chan Link{}}
		for left := n; left > 0; left -= 2 {
			w.crawl(dir, time.Duration(min(left, 2)*24*float64(time.Hour)))
		}
		w.checkArticles()
		w.checkPoliteness()
		if err := w.net.Close(); err != nil {
			t.Error(err)
		}
	})
}

// checkArticles: each wording of each article that could be seen was published once, and nothing else was.
func (w *week) checkArticles() {
	told := map[string]int{} // by path, edit and fullness
	for _, a := range w.bus.articles {
		told[fmt.Sprint(a.URL[:strings.IndexAny(a.URL+"?", "?")], strings.HasPrefix(a.Title, "Đính chính"), a.FeedOnly)]++
	}
	for key, n := range told {
		if n > w.processes { // two that handle one link at the same time may both tell; the archive makes one of it

			w.Errorf("%s was published %d times", key, n)
		}
	}
	// The last polls may be as far apart as the longest interval, and a page that failed may still wait for its next try.
	until := time.Now().Add(-3 * time.Hour)
	published, lost := 0, 0
	for _, h := range w.net.Hosts {
		hidden := 0
		for _, a := range h.Articles(until) {
			published++
			if !h.Reachable(a.Published) {
				hidden++
				if !reachable(h, a.Published, until.Add(-3*time.Hour)) {
					continue // the feed has not come back since, or only just
				}
			}
			for _, edited := range []bool{false, true} {
				if edited == a.Edited.IsZero() && edited {
					continue
				}
				if edited && !reachable(h, a.Edited, until) {
					continue
				}
				if !edited && !a.Edited.IsZero() && a.Edited.Sub(a.Published) < 3*time.Hour {
					continue // edited before anybody could have seen it
				}
				if told[fmt.Sprint(h.URL+a.Path, edited, a.Forbidden)] == 0 {
					lost++
					w.Errorf("%s%s, published %v (edited: %t, reachable then: %t), was not told", h.Name, a.Path, a.Published.Format("Mon 15:04"), edited, h.Reachable(a.Published))
				}
			}
		}
		w.Logf("%-20s %3d articles, %d of them published while the feed could not be read", h.Name, len(h.Articles(until)), hidden)
	}
	w.Logf("%d articles published, %d not told; %d messages, %d links", published, lost, len(w.bus.articles), len(w.bus.links))
}

// reachable reports whether the feed could be read at some time between two moments.
func reachable(h *crawltest.Host, from, to time.Time) bool {
	for at := from; at.Before(to); at = at.Add(10 * time.Minute) {
		if h.Reachable(at) {
			return true
		}
	}
	return false
}

// checkPoliteness goes by the servers' own log.
func (w *week) checkPoliteness() {
	last := map[string]crawltest.Request{}
	asked := map[string]int{}
	for _, r := range w.net.Log() {
		asked[r.Host]++
		if strings.HasPrefix(r.Path, "/cam/") || strings.HasPrefix(r.Path, "/lich/") || strings.HasPrefix(r.Path, "/quan-tri/") || strings.HasPrefix(r.Path, "/muc/?") {
			w.Errorf("%s%s was asked for", r.Host, r.Path)
		}
		delay := 5 * time.Second
		if r.Host == "cam.test" {
			delay = 20 * time.Second
		}
		before, ok := last[r.Host]
		if ok && r.Begin.Before(before.End) {
			w.Errorf("%s: %s at %v overlaps %s, which ended at %v", r.Host, r.Path, r.Begin, before.Path, before.End)
		}
		if before.Path == "/robots.txt" || r.Path == "/robots.txt" {
			delay = 5 * time.Second // Crawl-delay holds from when robots.txt is known
		}
		if gap := r.Begin.Sub(before.End); ok && gap < delay && (w.processes > 1 || !w.restarted(r.Begin)) {
			w.Errorf("%s: %s came %v after %s, want %v", r.Host, r.Path, gap, before.Path, delay)
		}
		last[r.Host] = r
	}
	total := 0
	for _, h := range w.net.Hosts {
		total += asked[h.Name]
		w.Logf("%-20s %5d requests", h.Name, asked[h.Name])
	}
	w.Logf("%d requests in all", total)
}

// restarted reports whether a process had just begun: alone, it does not know what the one before it asked last.
func (w *week) restarted(at time.Time) bool {
	since := at.Sub(time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)) % (48 * time.Hour)
	return since < time.Minute
}

// A scripted week on a local internet: every article that could be seen is told once, no host is asked twice at a time or
// too soon, and what robots.txt forbids is never asked for. The race detector gets the first day.
func TestWeekOnALocalInternet(t *testing.T) {
	if raceDetector {
		days(t, 1, 1)
		return
	}
	days(t, 7, 1)
}

// The same with two processes on one database that both take links of every host: one of them polls, and between them a
// host still has one turn, also over the restarts of both.
func TestTwoProcessesOnALocalInternet(t *testing.T) {
	if raceDetector {
		days(t, 0.25, 2)
		return
	}
	days(t, 3, 2)
}
