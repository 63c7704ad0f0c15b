package crawler

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/mmcdole/gofeed"

	"haidang/internal/settings"
	"haidang/internal/store/storetest"
)

// benchFeed is a feed of so many items as outlets have them: a summary with a picture, a date, a link.
func benchFeed(items, edition int) string {
	var out strings.Builder
	out.WriteString(`<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Báo Bãi Bồi</title><link>http://baiboi.test/</link>`)
	for i := range items {
		fmt.Fprintf(&out, `<item><title>Trạm bơm số %d của huyện vừa hoàn thành sau hai tháng thi công</title><link>http://baiboi.test/tin/tram-bom-%d-%d.html</link><guid>http://baiboi.test/tin/tram-bom-%d-%d.html</guid><pubDate>Sat, 21 Nov 2026 07:%02d:00 +0700</pubDate><description><![CDATA[<a href="http://baiboi.test/tin/tram-bom-%d.html"><img src="http://baiboi.test/a/%d.jpg"></a></br>Công trình dài %d cây số được bàn giao sáng nay, nước về đến từng thửa ruộng ở cuối nguồn trước mùa khô.]]></description></item>`,
			i, edition, i, edition, i, i%60, i, i, 10+i)
	}
	return out.String() + "</channel></rss>"
}

// measure is the processor time of one of so many calls, with all that they set to work in this process.
func measure(calls int, do func()) time.Duration {
	start := spent()
	for range calls {
		do()
	}
	return (spent() - start) / time.Duration(calls)
}

// BenchmarkFeedBesideGofeed fetches and reads a feed of fifty items from loopback, with all guards on, beside gofeed that
// does the same with none: ratio is our rate as a share of gofeed's.
func BenchmarkFeedBesideGofeed(b *testing.B) {
	body := benchFeed(50, 1)
	s := newBenchSite(b, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) })
	cfg := benchConfig(s)
	f, err := NewFetcher(cfg, Deps{})
	if err != nil {
		b.Fatal(err)
	}
	f.transport.hosts.delay = 0
	ours := func() {
		res, err := f.Feed(b.Context(), FeedRequest{URL: s.URL + "/rss"})
		if err != nil {
			b.Fatal(err)
		}
		if feed, err := ReadFeed(res.Body, res.URL, FeedDefaults{Language: "vi"}); err != nil || len(feed.Items) != 50 {
			b.Fatal(err)
		}
	}
	bare := gofeed.NewParser()
	theirs := func() {
		if feed, err := bare.ParseURLWithContext(s.URL+"/rss", b.Context()); err != nil || len(feed.Items) != 50 {
			b.Fatal(err)
		}
	}
	ours()
	theirs()
	var mine, gofeeds time.Duration = time.Hour, time.Hour
	for b.Loop() {
		mine, gofeeds = min(mine, measure(2, ours)), min(gofeeds, measure(2, theirs))
	}
	b.ReportMetric(float64(mine.Microseconds()), "ours-µs")
	b.ReportMetric(float64(gofeeds.Microseconds()), "gofeed-µs")
	b.ReportMetric(gofeeds.Seconds()/mine.Seconds(), "ratio")
}

// BenchmarkUnchangedFeed polls a feed that answers 304 beside one whose items are new each time, database and all: share
// is the cost of the unchanged one as a share of the changed one's.
func BenchmarkUnchangedFeed(b *testing.B) {
	edition, etag := 0, ""
	s := newBenchSite(b, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", etag)
		if etag != "" && r.Header.Get("If-None-Match") == etag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		edition++
		_, _ = w.Write([]byte(benchFeed(50, edition)))
	})
	cfg := benchConfig(s)
	c, err := New(cfg, Deps{Publisher: discard{}, DB: storetest.Open(b, b.TempDir())})
	if err != nil {
		b.Fatal(err)
	}
	c.fetcher.transport.hosts.delay = 0
	src := &c.cfg.Sources[0]
	p := src.polled()[0]
	f := c.known(nil, src, p)
	poll := func() {
		if f, err = c.poll(b.Context(), src, p, f); err != nil {
			b.Fatal(err)
		}
	}
	changed, unchanged := time.Hour, time.Hour
	for b.Loop() {
		etag = ""
		changed = min(changed, measure(10, poll))
		etag = `"1"`
		poll() // takes the validators
		f.agreed, f.lastFull = proofs, time.Now()
		before := edition
		unchanged = min(unchanged, measure(50, poll))
		if edition != before {
			b.Fatal("an unchanged feed was sent in full")
		}
	}
	b.ReportMetric(float64(changed.Microseconds()), "changed-µs")
	b.ReportMetric(float64(unchanged.Microseconds()), "unchanged-µs")
	b.ReportMetric(unchanged.Seconds()/changed.Seconds(), "share")
}

type discard struct{ Publisher }

func (discard) PublishLinks(context.Context, []Link) error { return nil }

func newBenchSite(b *testing.B, h http.HandlerFunc) *site {
	b.Helper()
	s := newSite(b)
	s.on("/rss", h)
	return s
}

func benchConfig(s *site) Config {
	cfg := testConfig(s)
	cfg.Delay = settings.Duration(time.Millisecond)
	return cfg
}
