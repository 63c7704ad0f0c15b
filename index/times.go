package index

import (
	"cmp"
	"context"
	"fmt"
	"slices"
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

// timed is a document with the time that it is put in order by.
type timed struct {
	ms      int64
	segment int
	number  uint32
}

// newest returns the first n documents in the order of a time, the newest first, behind a place in that order.
func (e sets) newest(ctx context.Context, f found, field string, after *place, n int) ([]place, error) {
	columns, err := e.times.of(ctx, e.snapshot, field)
	if err != nil {
		return nil, err
	}
	best := newLatest(n)
	for i, set := range f {
		if set == nil {
			continue
		}
		for all := set.Iterator(); all.HasNext(); {
			doc := all.Next()
			ms := columns[i][doc]
			if ms < best.floor {
				continue
			}
			if after != nil && float64(ms) >= after.Key {
				if float64(ms) > after.Key {
					continue
				}
				if id, err := e.id(i, doc); err != nil || id <= after.ID {
					if err != nil {
						return nil, err
					}
					continue
				}
			}
			best.add(timed{ms, i, doc})
		}
	}
	best.cut()
	return e.places(best.kept, n)
}

// latest keeps the latest documents, and all that are as late as the last of them.
type latest struct {
	n     int
	kept  []timed
	floor int64 // those before it are not wanted any more
	full  int   // cut when so many are kept
}

func newLatest(n int) *latest {
	return &latest{n: n, floor: -1 << 63, full: 2*n + 64}
}

func (l *latest) add(t timed) {
	if l.kept = append(l.kept, t); len(l.kept) >= l.full {
		l.cut()
		l.full = 2*len(l.kept) + 64
	}
}

// cut drops what is not among the latest.
func (l *latest) cut() {
	if len(l.kept) <= l.n {
		return
	}
	slices.SortFunc(l.kept, func(a, b timed) int { return cmp.Compare(b.ms, a.ms) })
	l.floor = l.kept[l.n-1].ms
	end := l.n
	for end < len(l.kept) && l.kept[end].ms == l.floor {
		end++
	}
	l.kept = l.kept[:end]
}

// places names documents and puts them in order.
func (e sets) places(docs []timed, n int) ([]place, error) {
	out := make([]place, len(docs))
	for i, d := range docs {
		id, err := e.id(d.segment, d.number)
		if err != nil {
			return nil, err
		}
		out[i] = place{Key: float64(d.ms), ID: id}
	}
	slices.SortFunc(out, place.compare)
	return out[:min(n, len(out))], nil
}

// id returns the ID of a document.
func (e sets) id(segment int, number uint32) (string, error) {
	id, err := e.snapshot.Segments()[segment].DocID(uint64(number))
	if err != nil {
		return "", fmt.Errorf("read id of document %d: %w", number, err)
	}
	if id == nil {
		return "", fmt.Errorf("document %d has no id", number)
	}
	return string(id), nil
}
