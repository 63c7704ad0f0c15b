package index

import (
	"context"
	"fmt"
	"sync"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/blevesearch/bleve/v2/index/scorch"
	bq "github.com/blevesearch/bleve/v2/search/query"
	zap "github.com/blevesearch/scorch_segment_api/v2"
)

// timeColumns hold the times of an index's documents in memory, eight bytes each: bleve reads one in half a microsecond,
// which is too long for every hit of a frequent word. Those of a segment are read when they are first needed; segments never
// change. It is safe for concurrent use.
type timeColumns struct {
	mu     sync.Mutex
	column map[columnKey][]int64
}

type columnKey struct {
	segment uint64
	field   string
}

// of returns the times of every segment's documents, by number, in milliseconds, and forgets those of segments that are no
// more.
func (c *timeColumns) of(ctx context.Context, snapshot *scorch.IndexSnapshot, field string) ([][]int64, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	kept := map[columnKey][]int64{}
	for _, s := range snapshot.Segments() {
		for _, f := range []string{fieldSeen, fieldPublished} {
			if k := (columnKey{s.Id(), f}); c.column[k] != nil {
				kept[k] = c.column[k]
			}
		}
	}
	c.column = kept
	out := make([][]int64, len(snapshot.Segments()))
	for i, s := range snapshot.Segments() {
		k := columnKey{s.Id(), field}
		if kept[k] == nil {
			read, err := readTimes(ctx, s, field)
			if err != nil {
				return nil, fmt.Errorf("read times of %s: %w", field, err)
			}
			kept[k] = read
		}
		out[i] = kept[k]
	}
	return out, nil
}

func readTimes(ctx context.Context, s *scorch.SegmentSnapshot, field string) ([]int64, error) {
	values, ok := s.Segment().(zap.DocValueVisitable)
	if !ok {
		return nil, fmt.Errorf("a segment of %T has no values", s.Segment())
	}
	out := make([]int64, s.Segment().Count())
	fields := []string{field}
	var state zap.DocVisitState
	for n := range out {
		if n%1024 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		var err error
		state, err = values.VisitDocValues(uint64(n), fields, func(_ string, term []byte) {
			if ms, ok := number(term); ok {
				out[n] = ms
			}
		}, state)
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// between returns the documents whose time lies in a range.
func (e sets) between(ctx context.Context, q *bq.NumericRangeQuery) (found, error) {
	columns, err := e.times.of(ctx, e.snapshot, q.FieldVal)
	if err != nil {
		return nil, err
	}
	out := e.everything()
	for i, set := range out {
		in := make([]uint32, 0, set.GetCardinality())
		for all := set.Iterator(); all.HasNext(); {
			if n := all.Next(); within(q, float64(columns[i][n])) {
				in = append(in, n)
			}
		}
		out[i] = roaring.BitmapOf(in...)
	}
	return out, nil
}

// within reports whether a range holds a value. As in bleve the lower bound belongs to it unless it is said otherwise, and
// the upper one does not.
func within(q *bq.NumericRangeQuery, v float64) bool {
	if q.Min != nil && (v < *q.Min || v == *q.Min && q.InclusiveMin != nil && !*q.InclusiveMin) {
		return false
	}
	return q.Max == nil || v < *q.Max || v == *q.Max && q.InclusiveMax != nil && *q.InclusiveMax
}
