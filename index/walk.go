package index

import (
	"context"
	"errors"

	"github.com/blevesearch/bleve/v2/numeric"
	bq "github.com/blevesearch/bleve/v2/search/query"
	index "github.com/blevesearch/bleve_index_api"
)

// visitor is told of hits one after another: of each its values and its times, in no order, then done.
type visitor interface {
	value(field string, term []byte)
	at(field string, ms int64)
	done()
}

// walk visits the hits of one shard and, of each, the named fields that bleve keeps beside its terms.
func (s *shard) walk(ctx context.Context, q bq.Query, fields []string, v visitor) error {
	return s.guard(ctx, func() error { return s.visit(ctx, q, fields, v) })
}

func (s *shard) visit(ctx context.Context, q bq.Query, fields []string, v visitor) (err error) {
	e, done, err := s.readSets()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	f, err := e.of(ctx, q)
	if err != nil {
		return err
	}
	times := map[string][][]int64{}
	var others []string
	for _, field := range fields {
		if field != fieldSeen && field != fieldPublished {
			others = append(others, field)
		} else if times[field], err = e.times.of(ctx, e.snapshot, field); err != nil {
			return err
		}
	}
	values, err := e.snapshot.DocValueReader(others)
	if err != nil {
		return err
	}
	var id index.IndexInternalID
	n := 0
	for i, set := range f {
		for all := orEmpty(set).Iterator(); all.HasNext(); v.done() {
			if n++; n%256 == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			doc := all.Next()
			for field, columns := range times {
				v.at(field, columns[i][doc])
			}
			id = index.NewIndexInternalID(id, e.firsts[i]+uint64(doc))
			if err := values.VisitDocValues(id, v.value); err != nil {
				return err
			}
		}
	}
	return nil
}

// number reads a value of a field of numbers. bleve keeps each in several precisions; ok is false for the coarse ones.
func number(term []byte) (n int64, ok bool) {
	if valid, shift := numeric.ValidPrefixCodedTermBytes(term); !valid || shift != 0 {
		return 0, false
	}
	v, err := numeric.PrefixCoded(term).Int64()
	return int64(numeric.Int64ToFloat64(v)), err == nil
}
