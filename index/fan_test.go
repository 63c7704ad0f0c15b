package index

import (
	"context"
	"testing"
	"time"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/mapping"
	"github.com/blevesearch/bleve/v2/search"
	bq "github.com/blevesearch/bleve/v2/search/query"
	index "github.com/blevesearch/bleve_index_api"
)

// slowIn is a query that one index never answers.
type slowIn struct {
	bq.Query
	articles uint64 // of that index
}

func (q slowIn) Searcher(ctx context.Context, r index.IndexReader, m mapping.IndexMapping, o search.SearcherOptions) (search.Searcher, error) {
	if n, err := r.DocCount(); err != nil || n == q.articles {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return q.Query.Searcher(ctx, r, m, o)
}

func TestBestHitsOfTheShardsThatAnswerInTime(t *testing.T) {
	cfg := testConfig(t)
	cfg.HotDocuments = 10
	x := open(t, cfg)
	put(t, x, many(34)...) // 10, 10, 10 and the hot one with 4
	s, err := x.newSearch(Request{Limit: 30}, ByRelevance)
	if err != nil {
		t.Fatal(err)
	}
	s.ask.query = bleve.NewMatchAllQuery()
	for _, tt := range []struct {
		name  string
		slow  uint64
		total int
		back  time.Time
	}{
		{"every shard answers", 99, 34, time.Time{}},
		{"the newest does not", 4, 30, time.Time{}},
		{"only the newest does", 10, 4, start.Add(30 * time.Minute)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			one := *s
			one.ask.query = slowIn{bleve.NewMatchAllQuery(), tt.slow}
			ctx, cancel := context.WithTimeout(t.Context(), 400*time.Millisecond)
			defer cancel()
			res, err := one.run(ctx, x.shards)
			if err != nil || res.Total != tt.total || len(res.Hits) != min(30, tt.total) {
				t.Fatalf("%d hits of %d, %v; want %d", len(res.Hits), res.Total, err, tt.total)
			}
			late := tt.total < 34
			if res.AtLeast != late || (len(res.Partial) > 0) != late || !res.SearchedBack.Equal(tt.back) {
				t.Errorf("at least %v, partial %q, searched back to %v; want %v", res.AtLeast, res.Partial, res.SearchedBack, tt.back)
			}
		})
	}
}
