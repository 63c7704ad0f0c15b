package index

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/blevesearch/bleve/v2/search"
	bq "github.com/blevesearch/bleve/v2/search/query"
	index "github.com/blevesearch/bleve_index_api"
)

// top gathers the first n hits of a shard in the order of places, behind a place in it. IDs are read of those alone that may
// be among them: bleve's own collector reads the ID of every hit.
type top struct {
	sets  sets
	after *place // nil: from the first
	n     int
	kept  []keyed
	floor float64 // hits with a lower key are not wanted any more
	full  int     // cut when so many are kept
}

// keyed is a document with what it is put in order by.
type keyed struct {
	key    float64
	number uint64
}

func newTop(e sets, after *place, n int) *top {
	return &top{sets: e, after: after, n: n, floor: math.Inf(-1), full: 2*n + 64}
}

func (t *top) add(key float64, number uint64) error {
	if key < t.floor || t.after != nil && key > t.after.Key {
		return nil
	}
	if t.after != nil && key == t.after.Key {
		if id, err := t.sets.id(number); err != nil || id <= t.after.ID {
			return err
		}
	}
	if t.kept = append(t.kept, keyed{key, number}); len(t.kept) >= t.full {
		t.cut()
		t.full = 2*len(t.kept) + 64
	}
	return nil
}

// cut drops all but the first n and those that have the key of the last of them.
func (t *top) cut() {
	if len(t.kept) <= t.n {
		return
	}
	slices.SortFunc(t.kept, func(a, b keyed) int { return cmp.Compare(b.key, a.key) })
	t.floor = t.kept[t.n-1].key
	end := t.n
	for end < len(t.kept) && t.kept[end].key == t.floor {
		end++
	}
	t.kept = t.kept[:end]
}

// places returns the first n in order.
func (t *top) places() ([]place, error) {
	t.cut()
	out := make([]place, len(t.kept))
	for i, k := range t.kept {
		id, err := t.sets.id(k.number)
		if err != nil {
			return nil, err
		}
		out[i] = place{Key: k.key, ID: id}
	}
	slices.SortFunc(out, place.compare)
	return out[:min(t.n, len(out))], nil
}

// id returns the ID of a document.
func (e sets) id(number uint64) (string, error) {
	id, err := e.snapshot.ExternalID(index.NewIndexInternalID(nil, number))
	if err != nil {
		return "", fmt.Errorf("read id of document %d: %w", number, err)
	}
	return id, nil
}

// newest returns the first n documents in the order of a time, the newest first, behind a place in that order.
func (e sets) newest(ctx context.Context, f found, field string, after *place, n int) ([]place, error) {
	columns, err := e.times.of(ctx, e.snapshot, field)
	if err != nil {
		return nil, err
	}
	t := newTop(e, after, n)
	for i, set := range f {
		if set == nil {
			continue
		}
		for all := set.Iterator(); all.HasNext(); {
			doc := all.Next()
			if err := t.add(float64(columns[i][doc]), e.firsts[i]+uint64(doc)); err != nil {
				return nil, err
			}
		}
	}
	return t.places()
}

// best returns the first n hits in the order of their scores, behind a place in that order, and how many there are in all.
func (e sets) best(ctx context.Context, q bq.Query, after *place, n int) ([]place, int, error) {
	t, total := newTop(e, after, n), 0
	model := search.GetScoringModelCallbackFn(func() string { return index.BM25Scoring })
	ctx = context.WithValue(ctx, search.GetScoringModelCallbackKey, model)
	err := e.walk(ctx, q, search.SearcherOptions{}, func(m *search.DocumentMatch) error {
		total++
		return t.add(m.Score, m.IndexInternalID.Value())
	})
	if err != nil {
		return nil, 0, err
	}
	places, err := t.places()
	return places, total, err
}

// walk calls visit with every hit that a searcher of bleve finds, in the order of their numbers. The hit is visit's only
// while it runs.
func (e sets) walk(ctx context.Context, q bq.Query, o search.SearcherOptions, visit func(*search.DocumentMatch) error) (err error) {
	searcher, err := q.Searcher(ctx, e.snapshot, newMapping(), o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, searcher.Close()) }()
	sc := &search.SearchContext{DocumentMatchPool: search.NewDocumentMatchPool(searcher.DocumentMatchPoolSize()+1, 0), IndexReader: e.snapshot}
	for n := 1; ; n++ {
		if n%256 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		m, err := searcher.Next(sc)
		if err != nil || m == nil {
			return err
		}
		if err := visit(m); err != nil {
			return err
		}
		sc.DocumentMatchPool.Put(m)
	}
}
