package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"haidang/configs"
	"haidang/crawler"
	"haidang/index"
	"haidang/internal/article"
	"haidang/internal/filters"
)

// BenchmarkFetchedToSearchable publishes 50 articles a second, as the crawler does when it has fetched a page, through the
// broker, the classifier and the archive, and asks the archive for its newest all the time. Told is how long after its
// publication an article was found for the first time.
func BenchmarkFetchedToSearchable(b *testing.B) {
	const rate, articles = 50, 1000
	docs := realNews(b, articles)
	dir := b.TempDir()
	cfg, err := configs.Load("", dir)
	if err != nil {
		b.Fatal(err)
	}
	cfg.Crawler.Sources = []crawler.Source{{ID: "tat", Name: "Báo Tắt", Feeds: []string{"http://tat.test/rss"}, Disabled: true}}
	a, err := New(b.Context(), Options{Config: cfg, DataDir: dir, Roles: AllRoles(), Quiet: true})
	if err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(b.Context())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	var took []time.Duration
	for run := 0; b.Loop(); run++ {
		took = append(took, latencies(b, a, docs, rate, run)...)
	}
	stop()
	if err := errors.Join(<-done, a.Close()); err != nil {
		b.Fatal(err)
	}
	slices.Sort(took)
	for _, q := range []int{50, 95, 99} {
		b.ReportMetric(took[min(len(took)-1, len(took)*q/100)].Seconds()*1000, "ms-p"+strconv.Itoa(q))
	}
}

// latencies publishes articles at a rate, each when it is due, and returns how long each took to be found.
func latencies(b *testing.B, a *App, docs []article.Article, rate, run int) []time.Duration {
	b.Helper()
	published := make(chan map[string]time.Time, 1)
	go func() {
		at := map[string]time.Time{}
		var g errgroup.Group // a crawler has many pages under way at a time
		tick := time.NewTicker(time.Second / time.Duration(rate))
		defer tick.Stop()
		for i, doc := range docs {
			doc.ID, doc.Origin = fmt.Sprintf("r%d-%d", run, i), article.Live
			doc.FirstSeen = <-tick.C
			at[doc.ID] = doc.FirstSeen
			g.Go(func() error { return publisher{a.bus}.PublishArticle(b.Context(), doc) })
		}
		if err := g.Wait(); err != nil {
			b.Error(err)
		}
		published <- at
	}()
	found, prefix := map[string]time.Time{}, fmt.Sprintf("r%d-", run)
	for len(found) < len(docs) && b.Context().Err() == nil {
		res, err := a.archive.Search(b.Context(), index.Request{Limit: 100})
		if err != nil {
			b.Fatal(err)
		}
		now := time.Now()
		for _, h := range res.Hits {
			if _, ok := found[h.ID]; !ok && strings.HasPrefix(h.ID, prefix) {
				found[h.ID] = now
			}
		}
		<-time.After(20 * time.Millisecond)
	}
	at := <-published
	out := make([]time.Duration, 0, len(found))
	for id, when := range found {
		out = append(out, when.Sub(at[id]))
	}
	return out
}

// realNews reads articles of the shared data, or skips the benchmark where they are absent.
func realNews(b *testing.B, n int) []article.Article {
	b.Helper()
	path := filepath.Join("..", "..", "..", "shared", "data", "news", "baomoi-2017.jsonl.gz")
	if _, err := os.Stat(path); err != nil {
		b.Skipf("%s is absent: it is real news, which is not part of this repository", path)
	}
	var out []article.Article
	enough := errors.New("enough")
	err := filters.Lines([]string{path}, nil, func(l filters.Line) error {
		rec, err := article.ParseRecord(l.Data)
		if err != nil {
			return err
		}
		if out = append(out, rec.Article); len(out) == n {
			return enough
		}
		return nil
	}, nil)
	if err != nil && !errors.Is(err, enough) {
		b.Fatal(err)
	}
	return out
}
