package index

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/blevesearch/bleve/v2"

	"haidang/internal/article"
)

// BenchmarkRate indexes the same articles with the archive and with bare bleve (standard analyser, title, lead and text
// not stored, the same batches), turn by turn in one run, and reports the median ratio of their rates.
func BenchmarkRate(b *testing.B) {
	articles := readNews(b, "baomoi-2017", 3000)
	var ratios []float64
	var ours, bare time.Duration
	for b.Loop() {
		a, c := timeArchive(b, articles), timeBare(b, articles)
		ours, bare = ours+a, bare+c
		ratios = append(ratios, c.Seconds()/a.Seconds())
	}
	slices.Sort(ratios)
	n := float64(len(articles) * len(ratios))
	b.ReportMetric(n/ours.Seconds(), "articles/s")
	b.ReportMetric(n/bare.Seconds(), "bare/s")
	b.ReportMetric(ratios[len(ratios)/2], "ratio")
}

func timeArchive(b *testing.B, articles []article.Article) time.Duration {
	b.Helper()
	cfg := DefaultConfig()
	cfg.Dir = filepath.Join(b.TempDir(), "archive")
	x, err := Open(cfg, Deps{})
	if err != nil {
		b.Fatal(err)
	}
	begun := time.Now()
	put(b, x, articles...)
	took := time.Since(begun)
	if err := x.Close(); err != nil {
		b.Fatal(err)
	}
	return took
}

func timeBare(b *testing.B, articles []article.Article) time.Duration {
	b.Helper()
	m := bleve.NewIndexMapping()
	m.StoreDynamic, m.DocValuesDynamic = false, false
	m.DefaultAnalyzer = "standard"
	idx, err := bleve.New(filepath.Join(b.TempDir(), "bare"), m)
	if err != nil {
		b.Fatal(err)
	}
	begun := time.Now()
	for chunk := range slices.Chunk(articles, DefaultConfig().BatchDocuments) {
		batch := idx.NewBatch()
		for _, a := range chunk {
			doc := map[string]any{"title": a.Title, "lead": a.Lead, "text": a.Text, "outlet": a.Outlet, "seen": a.FirstSeen}
			if err := batch.Index(a.ID, doc); err != nil {
				b.Fatal(err)
			}
		}
		if err := idx.Batch(batch); err != nil {
			b.Fatal(err)
		}
	}
	took := time.Since(begun)
	if err := idx.Close(); err != nil {
		b.Fatal(err)
	}
	return took
}

// BenchmarkSearch times kinds of queries on 5,000 articles in five shards.
func BenchmarkSearch(b *testing.B) {
	cfg := testConfig(b)
	cfg.HotDocuments = 1000
	x := open(b, cfg)
	put(b, x, readNews(b, "baomoi-2017", 5000)...)
	for _, req := range []Request{
		{},
		{Query: "lũ"},
		{Query: "lu"},
		{Query: `"thành phố"`},
		{Query: `"thanh pho"`},
		{Query: "giá vàng NOT chứng"},
		{Query: "lũ", Sort: ByRelevance},
		{Query: `"thành phố" giá`, Sort: ByRelevance},
		{Query: "lũ NEAR/5 quét"},
		{Query: "vàng giá nghi*"},
	} {
		b.Run(fmt.Sprintf("%s/%s", req.Query, req.Sort), func(b *testing.B) {
			for b.Loop() {
				find(b, x, req)
			}
		})
	}
}

// BenchmarkOpen opens ten sealed shards of 500 articles each, and an empty hot one: with what lies beside the articles for the
// start, and reading all of them.
func BenchmarkOpen(b *testing.B) {
	cfg := testConfig(b)
	cfg.HotDocuments = 500
	x := open(b, cfg)
	put(b, x, readNews(b, "baomoi-2017", 5000)...)
	if _, err := x.hot(b.Context()); err != nil {
		b.Fatal(err)
	}
	if _, err := x.Seal(b.Context()); err != nil {
		b.Fatal(err)
	}
	if err := x.Close(); err != nil {
		b.Fatal(err)
	}
	for _, kind := range []string{"as sealed", "articles read"} {
		b.Run(kind, func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				if kind == "articles read" {
					removeStarts(b, cfg.Dir)
				}
				b.StartTimer()
				x, err := Open(cfg, Deps{})
				if err != nil {
					b.Fatal(err)
				}
				b.StopTimer()
				if err := x.Close(); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
			}
		})
	}
}

func removeStarts(b *testing.B, dir string) {
	b.Helper()
	names, err := shardFolders(filepath.Join(dir, "shards"))
	if err != nil {
		b.Fatal(err)
	}
	for _, name := range names {
		if err := removeStart(filepath.Join(dir, "shards", name)); err != nil {
			b.Fatal(err)
		}
	}
}
