package crawler

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gocolly/colly/v2"
	"golang.org/x/net/html"
)

// benchHosts are so many outlets on loopback that answer everything with a page of that size.
func benchHosts(b *testing.B, hosts, size int) []string {
	b.Helper()
	page := fmt.Sprintf(samplePage, "Kênh chính đã thông", "")
	page = strings.Replace(page, "</article>", strings.Repeat("<p>Đoạn văn thêm.</p>", max(0, size-len(page))/24)+"</article>", 1)
	var urls []string
	for range hosts {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/robots.txt" {
				_, _ = w.Write([]byte("user-agent: *\ndisallow: /cam/\n"))
				return
			}
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = w.Write([]byte(page))
		}))
		b.Cleanup(s.Close)
		urls = append(urls, s.URL)
	}
	return urls
}

// BenchmarkFetchBesideColly fetches pages of sixteen hosts with every guard on and no delay, beside colly as it comes that
// fetches the same ones with sixteen workers: ratio is our rate as a share of colly's.
func BenchmarkFetchBesideColly(b *testing.B) {
	for _, size := range []int{10 << 10, 40 << 10, 90 << 10} {
		b.Run(fmt.Sprintf("%dKB", size>>10), func(b *testing.B) {
			const hosts, each = 16, 3 // short rounds: one of many is not disturbed
			urls := benchHosts(b, hosts, size)
			cfg := DefaultConfig()
			cfg.AllowAddresses = []string{"127.0.0.1"}
			f, err := NewFetcher(cfg, Deps{})
			if err != nil {
				b.Fatal(err)
			}
			f.transport.hosts.delay = 0
			ours := func() {
				var wg sync.WaitGroup
				for _, u := range urls {
					wg.Go(func() {
						for i := range each {
							if res, err := f.Page(b.Context(), fmt.Sprintf("%s/%d.html", u, i)); err != nil || len(res.Body) < size/2 {
								b.Errorf("%d bytes, %v", len(res.Body), err)
							}
						}
					})
				}
				wg.Wait()
			}
			bare := func() {
				c := colly.NewCollector(colly.Async(true), colly.AllowURLRevisit())
				_ = c.Limit(&colly.LimitRule{DomainGlob: "*", Parallelism: hosts}) // the rule is well-formed
				c.OnError(func(_ *colly.Response, err error) { b.Error(err) })
				for i := range each {
					for _, u := range urls {
						_ = c.Visit(fmt.Sprintf("%s/%d.html", u, i)) // errors come to OnError
					}
				}
				c.Wait()
			}
			besides(b, "colly", hosts*each, ours, bare)
		})
	}
}

// besides measures two ways of doing the same in turn and reports the best of each, and their ratio.
func besides(b *testing.B, name string, calls int, ours, theirs func()) {
	b.Helper()
	ours()
	theirs()
	mine, others := time.Hour, time.Hour
	for b.Loop() {
		mine, others = min(mine, measure(1, ours)), min(others, measure(1, theirs))
	}
	b.ReportMetric(float64(mine.Microseconds())/float64(calls), "ours-µs")
	b.ReportMetric(float64(others.Microseconds())/float64(calls), name+"-µs")
	b.ReportMetric(others.Seconds()/mine.Seconds(), "ratio")
}

// BenchmarkExtractBesideParse reads the pages of the benchmark of extraction in full, beside html.Parse of the same pages:
// cost is ours in parses of the page.
func BenchmarkExtractBesideParse(b *testing.B) {
	pages := benchmarkPages(b)
	x := extractor{}
	size := 0
	for _, p := range pages {
		size += len(p)
	}
	ours := func(p []byte) {
		if _, err := x.extract(p, "https://a.vn/tin/1.html", "", nil); err != nil {
			b.Fatal(err)
		}
	}
	parse := func(p []byte) {
		if _, err := html.Parse(bytes.NewReader(p)); err != nil {
			b.Fatal(err)
		}
	}
	mine, theirs := make([]time.Duration, len(pages)), make([]time.Duration, len(pages))
	for b.Loop() {
		for i, p := range pages { // each by itself: the shorter a round, the better the chance that nothing disturbs it
			mine[i] = quickest(mine[i], measure(1, func() { ours(p) }))
			theirs[i] = quickest(theirs[i], measure(1, func() { parse(p) }))
		}
	}
	var all, parses time.Duration
	for i := range pages {
		all, parses = all+mine[i], parses+theirs[i]
	}
	b.ReportMetric(float64(size)/float64(len(pages))/1024, "KB/page")
	b.ReportMetric(all.Seconds()*1000/float64(len(pages)), "ms/page")
	b.ReportMetric(all.Seconds()/parses.Seconds(), "parses")
}

// quickest is the shorter of two times, of which the first may not be known yet.
func quickest(known, took time.Duration) time.Duration {
	if known == 0 {
		return took
	}
	return min(known, took)
}
