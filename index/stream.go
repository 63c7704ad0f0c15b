package index

import (
	"cmp"
	"container/heap"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	bq "github.com/blevesearch/bleve/v2/search/query"
)

// place is where a hit stands in the order of a result: by key, highest first, then by ID.
type place struct {
	Key float64 `json:"k"` // milliseconds, or the score
	ID  string  `json:"i"`
}

// compare is negative when p comes first.
func (p place) compare(q place) int {
	if c := cmp.Compare(q.Key, p.Key); c != 0 {
		return c
	}
	return cmp.Compare(p.ID, q.ID)
}

// candidate is one article that bleve found.
type candidate struct {
	place
	shard *shard
}

// ask is one search as the shards are asked it.
type ask struct {
	query bq.Query // nil: every article
	sort  Sort
	after *place
	now   time.Time // by which age is told, for ByFreshness
	page  int       // hits read from a shard at a time
}

// source reads the hits of one shard in order, a page at a time.
type source struct {
	shard  *shard
	ask    ask
	bound  float64 // no hit that is still to come has a higher key
	page   []candidate
	after  *place
	loaded bool // total is known
	ended  bool
	late   bool // it did not answer in time and is left out
	total  int
}

// stream merges the hits of all shards into one order. For the newest first it asks a shard only when its newest
// article could be the next.
type stream []*source

// newSources makes a source of each shard, in their order.
func newSources(shards []*shard, a ask) []*source {
	out := make([]*source, len(shards))
	for i, s := range shards {
		out[i] = &source{shard: s, ask: a, after: a.after, bound: math.Inf(1)}
		if held := s.held.Load(); a.sort == BySeen {
			out[i].bound = float64(held.last.UnixMilli())
		}
	}
	return out
}

func newStream(sources []*source) *stream {
	st := stream(slices.Clone(sources)) // the heap has an order of its own
	heap.Init(&st)
	return &st
}

// next returns the next candidate; ok is false at the end.
func (st *stream) next(ctx context.Context) (c candidate, ok bool, err error) {
	for st.Len() > 0 {
		src := (*st)[0]
		if len(src.page) == 0 {
			if src.ended {
				heap.Pop(st)
				continue
			}
			if err := src.load(ctx); err != nil {
				return candidate{}, false, err
			}
			heap.Fix(st, 0)
			continue
		}
		c = src.page[0]
		src.page = src.page[1:]
		if len(src.page) == 0 {
			src.bound = c.Key
		}
		heap.Fix(st, 0)
		return c, true, nil
	}
	return candidate{}, false, nil
}

// load reads the next page of a shard, which tells the number of its hits too.
func (s *source) load(ctx context.Context) error {
	page, total, err := s.shard.find(ctx, s.ask, s.after)
	if err != nil {
		return fmt.Errorf("search shard %s: %w", s.shard.name, err)
	}
	if !s.loaded {
		s.total, s.loaded = total, true
	}
	s.page, s.ended = page, len(page) < s.ask.page
	if len(page) > 0 {
		last := page[len(page)-1].place
		s.after = &last
	}
	return nil
}

// head is where the next hit of the source stands at best.
func (s *source) head() place {
	if len(s.page) > 0 {
		return s.page[0].place
	}
	return place{Key: s.bound} // an empty ID comes before all others, so a page is loaded before it could be missed
}

// Len, Less, Swap, Push and Pop make a heap of sources by what they have next.
func (st stream) Len() int           { return len(st) }
func (st stream) Less(i, j int) bool { return st[i].head().compare(st[j].head()) < 0 }
func (st stream) Swap(i, j int)      { st[i], st[j] = st[j], st[i] }

// Push is never used: the sources are known from the start.
func (st *stream) Push(x any) { *st = append(*st, x.(*source)) }

// Pop takes the last source away.
func (st *stream) Pop() any {
	old := *st
	last := old[len(old)-1]
	*st = old[:len(old)-1]
	return last
}

// find returns one page of a shard's hits after a place, and how many hits there are in all.
func (s *shard) find(ctx context.Context, a ask, after *place) ([]candidate, int, error) {
	if a.query == nil && a.sort == BySeen {
		places, err := s.articles.newest(ctx, after, a.page)
		return s.candidates(places), s.held.Load().count, err
	}
	var places []place
	total := 0
	err := s.guard(ctx, func() (err error) {
		places, total, err = s.look(ctx, a, after)
		return err
	})
	return s.candidates(places), total, err
}

// candidates are hits of a shard at their places.
func (s *shard) candidates(places []place) []candidate {
	out := make([]candidate, len(places))
	for i, p := range places {
		out[i] = candidate{place: p, shard: s}
	}
	return out
}

// look returns hits that were looked up in the index.
func (s *shard) look(ctx context.Context, a ask, after *place) (_ []place, total int, err error) {
	e, done, err := s.readSets()
	if err != nil {
		return nil, 0, err
	}
	defer func() { err = errors.Join(err, done()) }()
	switch q := a.query; {
	case a.sort.scored() && q == nil:
		return e.best(ctx, a.fading(bq.NewMatchAllQuery()), after, a.page)
	case a.sort.scored():
		return e.best(ctx, a.fading(q), after, a.page)
	}
	f, err := e.of(ctx, a.query)
	if err != nil {
		return nil, 0, err
	}
	places, err := e.newest(ctx, f, a.field(), after, a.page)
	return places, f.count(), err
}

// fading makes scores fade with age where the order is by freshness.
func (a ask) fading(q bq.Query) bq.Query {
	if a.sort == ByFreshness {
		return aging{q, a.now}
	}
	return q
}

// count returns how many hits a shard has without putting them in order.
func (s *shard) count(ctx context.Context, q bq.Query) (n int, err error) {
	if q == nil {
		return s.held.Load().count, nil
	}
	err = s.guard(ctx, func() (err error) {
		e, done, err := s.readSets()
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, done()) }()
		f, err := e.of(ctx, q)
		n = f.count()
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("count in shard %s: %w", s.name, err)
	}
	return n, nil
}

// field is that of the time by which hits are put in order.
func (a ask) field() string {
	if a.sort == ByPublished {
		return fieldPublished
	}
	return fieldSeen
}

func (p place) time() time.Time { return time.UnixMilli(int64(p.Key)).UTC() }
