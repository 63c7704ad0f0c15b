package index

import (
	"context"
	"math"
	"time"

	"github.com/blevesearch/bleve/v2/mapping"
	"github.com/blevesearch/bleve/v2/numeric"
	"github.com/blevesearch/bleve/v2/search"
	bq "github.com/blevesearch/bleve/v2/search/query"
	index "github.com/blevesearch/bleve_index_api"
)

// By freshness a score loses half of what age can take in freshHalf; the rest stays, so that an old article that fits far
// better still stands above a new one.
const (
	freshHalf = 14 * 24 * time.Hour
	freshKept = 0.3
)

// freshness is what remains of the score of an article published at a time.
func freshness(published, now time.Time) float64 {
	age := max(0, now.Sub(published))
	return freshKept + (1-freshKept)*math.Exp2(-age.Hours()/freshHalf.Hours())
}

// aging is a query whose scores fade with age. Now is that of the first page, so that the pages fit together.
type aging struct {
	query bq.Query
	now   time.Time
}

var _ bq.Query = aging{}

// Searcher opens the query on one index.
func (q aging) Searcher(ctx context.Context, r index.IndexReader, m mapping.IndexMapping, o search.SearcherOptions) (search.Searcher, error) {
	found, err := q.query.Searcher(ctx, r, m, o)
	if err != nil || o.Score == "none" {
		return found, err
	}
	values, err := r.DocValueReader([]string{fieldPublished})
	if err != nil {
		return nil, err
	}
	return &agingSearcher{Searcher: found, values: values, now: q.now}, nil
}

type agingSearcher struct {
	search.Searcher
	values index.DocValueReader
	now    time.Time
}

// Next returns the next article.
func (s *agingSearcher) Next(ctx *search.SearchContext) (*search.DocumentMatch, error) {
	return s.aged(s.Searcher.Next(ctx))
}

// Advance returns the first article at or after id.
func (s *agingSearcher) Advance(ctx *search.SearchContext, id index.IndexInternalID) (*search.DocumentMatch, error) {
	return s.aged(s.Searcher.Advance(ctx, id))
}

func (s *agingSearcher) aged(m *search.DocumentMatch, err error) (*search.DocumentMatch, error) {
	if m == nil || err != nil {
		return m, err
	}
	var published time.Time
	err = s.values.VisitDocValues(m.IndexInternalID, func(_ string, term []byte) {
		if ok, shift := numeric.ValidPrefixCodedTermBytes(term); !ok || shift != 0 {
			return
		}
		if n, err := numeric.PrefixCoded(term).Int64(); err == nil {
			published = time.UnixMilli(int64(numeric.Int64ToFloat64(n)))
		}
	})
	m.Score *= freshness(published, s.now)
	return m, err
}
