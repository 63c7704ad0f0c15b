package index

import (
	"context"
	"errors"

	"github.com/blevesearch/bleve/v2/numeric"
	"github.com/blevesearch/bleve/v2/search"
	bq "github.com/blevesearch/bleve/v2/search/query"
)

// walk visits the hits of one shard and, of each, the values that bleve keeps beside its terms: value is called for every
// one of them, in no order, then done.
func (s *shard) walk(ctx context.Context, q bq.Query, fields []string, value func(field string, term []byte), done func()) error {
	return s.guard(ctx, func() error { return s.visit(ctx, q, fields, value, done) })
}

func (s *shard) visit(ctx context.Context, q bq.Query, fields []string, value func(field string, term []byte), done func()) (err error) {
	if q == nil {
		q = bq.NewMatchAllQuery()
	}
	opened, err := s.words.open()
	if err != nil {
		return err
	}
	advanced, err := opened.Advanced()
	if err != nil {
		return err
	}
	r, err := advanced.Reader()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	found, err := q.Searcher(ctx, r, opened.Mapping(), search.SearcherOptions{Score: "none"})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, found.Close()) }()
	values, err := r.DocValueReader(fields)
	if err != nil {
		return err
	}
	sc := &search.SearchContext{DocumentMatchPool: search.NewDocumentMatchPool(found.DocumentMatchPoolSize()+1, 0), IndexReader: r}
	for n := 1; ; n++ {
		if n%256 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		m, err := found.Next(sc)
		if err != nil || m == nil {
			return err
		}
		if err := values.VisitDocValues(m.IndexInternalID, value); err != nil {
			return err
		}
		done()
		sc.DocumentMatchPool.Put(m)
	}
}

// number reads a value of a field of numbers. bleve keeps each in several precisions; ok is false for the coarse ones.
func number(term []byte) (n int64, ok bool) {
	if valid, shift := numeric.ValidPrefixCodedTermBytes(term); !valid || shift != 0 {
		return 0, false
	}
	v, err := numeric.PrefixCoded(term).Int64()
	return int64(numeric.Int64ToFloat64(v)), err == nil
}
