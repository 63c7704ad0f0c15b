//go:build integration

package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"haidang/crawler"
	"haidang/internal/article"
	"haidang/internal/bus"
	"haidang/internal/settings"
	"haidang/internal/store/storetest"
)

const politeDelay = 150 * time.Millisecond

// press are outlets on loopback addresses of their own that publish when they are told to.
type press struct {
	*testing.T
	hosts []string // 127.0.0.31:port

	mu        sync.Mutex
	published int
	visits    []visit
}

type visit struct {
	host, path string
	begin, end time.Time
}

func newPress(t *testing.T, hosts int) *press {
	p := &press{T: t}
	var lc net.ListenConfig
	for i := range hosts {
		l, err := lc.Listen(t.Context(), "tcp4", fmt.Sprintf("127.0.0.%d:0", 31+i))
		if err != nil {
			t.Fatal(err)
		}
		server := &http.Server{Handler: p, ReadHeaderTimeout: time.Minute}
		go func() { _ = server.Serve(l) }() // ends with Close
		t.Cleanup(func() { _ = server.Close() })
		p.hosts = append(p.hosts, l.Addr().String())
	}
	return p
}

// publish lets every outlet show so many articles in all.
func (p *press) publish(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.published = n
}

func (p *press) shown() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.published
}

func (p *press) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	begin := time.Now()
	p.answer(w, r)
	timer := time.NewTimer(20 * time.Millisecond) // long enough to be overlapped
	<-timer.C
	p.mu.Lock()
	defer p.mu.Unlock()
	p.visits = append(p.visits, visit{r.Host, r.URL.Path, begin, time.Now()})
}

func (p *press) answer(w http.ResponseWriter, r *http.Request) {
	switch path := r.URL.Path; {
	case path == "/robots.txt":
		fmt.Fprint(w, "user-agent: *\ndisallow: /cam/\n")
	case path == "/rss":
		fmt.Fprint(w, `<rss version="2.0"><channel><title>Báo Bãi Bồi</title>`)
		for i := range p.shown() {
			fmt.Fprintf(w, "<item><title>Trạm bơm số %d vừa hoàn thành</title><link>http://%s/tin/tram-bom-%d.html</link></item>", i, r.Host, i)
		}
		fmt.Fprint(w, "</channel></rss>")
	default:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		text := strings.Repeat("<p>Trạm bơm "+path+" được bàn giao sáng nay, nước về đến từng thửa ruộng ở cuối nguồn trước mùa khô năm nay.</p>", 4)
		fmt.Fprintf(w, `<html lang="vi"><head><title>Trạm bơm %s</title><meta property="og:type" content="article"></head><body><article><h1>Trạm bơm %s</h1>%s</article></body></html>`, path, path, text)
	}
}

// check holds the servers' own record to one request at a time and the pause between two.
func (p *press) check() {
	p.mu.Lock()
	defer p.mu.Unlock()
	slices.SortFunc(p.visits, func(a, b visit) int { return cmp.Or(cmp.Compare(a.host, b.host), a.begin.Compare(b.begin)) })
	least := time.Hour
	for i := 1; i < len(p.visits); i++ {
		before, v := p.visits[i-1], p.visits[i]
		if v.host != before.host {
			continue
		}
		gap := v.begin.Sub(before.end)
		least = min(least, gap)
		if gap < politeDelay*95/100 {
			p.Errorf("%s: %s came %v after %s, want %v", v.host, v.path, gap, before.path, politeDelay)
		}
	}
	p.Logf("%d requests to %d outlets, the shortest pause between two %v", len(p.visits), len(p.hosts), least)
}

// polls counts how often each outlet's feed was asked for.
func (p *press) polls() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for _, v := range p.visits {
		if v.path == "/rss" {
			n++
		}
	}
	return n / len(p.hosts)
}

// crawlProcess is one process with the role crawl.
type crawlProcess struct {
	app  *App
	stop func()
}

func startCrawl(t *testing.T, opts Options) crawlProcess {
	opts.DataDir = t.TempDir()
	a, err := New(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	stop := sync.OnceFunc(func() {
		cancel()
		if err := errors.Join(<-done, a.Close()); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	t.Cleanup(stop)
	return crawlProcess{a, stop}
}

// TestIntegrationTwoProcessesCrawl: two processes on one Apache Kafka and one database share the outlets. One joins while the
// other is at work, the one that polls leaves, a third comes: every article is told, no outlet is asked twice at a time or too
// soon, and its feed is polled as by one.
func TestIntegrationTwoProcessesCrawl(t *testing.T) {
	outlets := newPress(t, 8)
	opts := quietOptions(t)
	opts.Roles = []Role{Crawl}
	opts.Config.Store = storetest.Config(t, t.TempDir())
	opts.Config.Bus.Mode, opts.Config.Bus.RetentionBytes = bus.External, 0
	opts.Config.Bus.Brokers = []string{setting(t, "HAIDANG_TEST_KAFKA")}
	opts.Config.Bus.TopicPrefix = "two-crawl-" + strconv.FormatInt(time.Now().UnixNano(), 36) + "."
	crawl := &opts.Config.Crawler
	crawl.Delay, crawl.PollMin, crawl.PollMax = settings.Duration(politeDelay), settings.Duration(time.Second), settings.Duration(time.Second)
	crawl.Sources = nil
	for i, host := range outlets.hosts {
		crawl.AllowAddresses = append(crawl.AllowAddresses, host)
		crawl.Sources = append(crawl.Sources, crawler.Source{ID: fmt.Sprintf("o%d", i), Name: "Báo Bãi Bồi", Tier: 1, Feeds: []string{"http://" + host + "/rss"}})
	}
	began := time.Now()
	outlets.publish(20)
	first := startCrawl(t, opts)
	waitFor(t, "the first process tells articles", func() bool { return told(t, first.app) >= 20 })
	second := startCrawl(t, opts)
	outlets.publish(30)
	waitFor(t, "all articles are told while the second joins", func() bool { return told(t, second.app) == 30*len(outlets.hosts) })
	outlets.publish(40)
	first.stop() // it polled
	waitFor(t, "the second process polls and tells all", func() bool { return told(t, second.app) == 40*len(outlets.hosts) })
	startCrawl(t, opts)
	outlets.publish(50)
	waitFor(t, "all articles are told while the third joins", func() bool { return told(t, second.app) == 50*len(outlets.hosts) })
	outlets.check()
	if most := int(time.Since(began)/(800*time.Millisecond)) + 4; outlets.polls() > most {
		t.Errorf("each feed was polled %d times in %v", outlets.polls(), time.Since(began))
	}
}

// told counts the articles that the bus holds.
func told(t *testing.T, a *App) int {
	t.Helper()
	ids := map[string]bool{}
	err := a.bus.ReadAll(t.Context(), bus.Articles, func(m bus.Message) error {
		doc, err := article.Decode(m.Value)
		if err == nil && !doc.FeedOnly {
			ids[doc.ID] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return len(ids)
}
