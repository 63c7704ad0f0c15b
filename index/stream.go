package index

import (
	"cmp"
	"container/heap"
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/numeric"
	"github.com/blevesearch/bleve/v2/search"
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
	// window is how many of a shard's newest articles are searched first when the newest hits are asked for.
	window int
}

// source reads the hits of one shard in order, a page at a time.
type source struct {
	shard  *shard
	ask    ask
	bound  float64 // no hit that is still to come has a higher key
	page   []candidate
	after  *place
	window int  // how many of the newest articles were searched last
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

// load reads the next page of a shard.
func (s *source) load(ctx context.Context) error {
	var err error
	if s.ask.sort == BySeen && s.ask.query != nil {
		err = s.loadNewest(ctx)
	} else {
		err = s.loadAny(ctx, s.ask)
	}
	if err != nil {
		return fmt.Errorf("search shard %s: %w", s.shard.name, err)
	}
	if len(s.page) > 0 {
		last := s.page[len(s.page)-1].place
		s.after = &last
	}
	return nil
}

// loadAny reads a page of all the hits that are left, which tells their number too.
func (s *source) loadAny(ctx context.Context, a ask) error {
	page, total, err := s.shard.find(ctx, a, s.after)
	if err != nil {
		return err
	}
	if !s.loaded {
		s.total, s.loaded = total, true
	}
	s.page, s.ended = page, len(page) < a.page
	return nil
}

const (
	firstWindow  = 4096 // articles of a shard that are searched first for the newest hits
	windowGrowth = 8    // so many times more are searched next, where that gave less than a page
)

// loadNewest looks for the newest hits among the newest articles only, and farther back while there are none: putting
// all the hits of a frequent word in order costs ten times as much as counting them.
func (s *source) loadNewest(ctx context.Context) error {
	for {
		s.window = max(s.window*windowGrowth, s.ask.window, 1)
		from, whole, err := s.shard.articles.windowStart(ctx, s.after, s.window)
		if err != nil {
			return err
		}
		if whole {
			return s.loadAny(ctx, s.ask)
		}
		a := s.ask
		a.query = bq.NewConjunctionQuery([]bq.Query{a.query, window(from, s.after)})
		page, _, err := s.shard.find(ctx, a, s.after)
		if err != nil {
			return err
		}
		if len(page) == a.page {
			s.window /= windowGrowth
		}
		if len(page) > 0 {
			s.page = page
			return nil
		}
	}
}

// window holds for articles first seen between two times, both included.
func window(from int64, upTo *place) bq.Query {
	low, yes := float64(from), true
	var high *float64
	if upTo != nil {
		high = &upTo.Key
	}
	q := bq.NewNumericRangeInclusiveQuery(&low, high, &yes, &yes)
	q.SetField(fieldSeen)
	return q
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
		page, err := s.articles.newest(ctx, after, a.page)
		for i := range page {
			page[i].shard = s
		}
		return page, s.held.Load().count, err
	}
	var page []candidate
	total := 0
	err := s.guard(ctx, func() error {
		opened, err := s.words.open()
		if err != nil {
			return err
		}
		res, err := opened.SearchInContext(ctx, a.request(after))
		if err != nil {
			return err
		}
		hits := make([]candidate, len(res.Hits))
		for i, hit := range res.Hits {
			key, err := a.key(hit)
			if err != nil {
				return err
			}
			hits[i] = candidate{place: place{Key: key, ID: hit.ID}, shard: s}
		}
		page, total = hits, int(res.Total)
		return nil
	})
	return page, total, err
}

// count returns how many hits a shard has without putting them in order.
func (s *shard) count(ctx context.Context, q bq.Query) (int, error) {
	if q == nil {
		return s.held.Load().count, nil
	}
	req := bleve.NewSearchRequestOptions(q, 0, 0, false)
	req.Score = bleve.ScoreNone
	n := 0
	err := s.guard(ctx, func() error {
		opened, err := s.words.open()
		if err != nil {
			return err
		}
		res, err := opened.SearchInContext(ctx, req)
		if err == nil {
			n = int(res.Total)
		}
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("count in shard %s: %w", s.name, err)
	}
	return n, nil
}

func (a ask) request(after *place) *bleve.SearchRequest {
	q := a.query
	if q == nil {
		q = bq.NewMatchAllQuery()
	}
	req := bleve.NewSearchRequestOptions(q, a.page, 0, false)
	var first search.SearchSort = &search.SortScore{Desc: true}
	switch {
	case !a.sort.scored():
		first = &search.SortField{Field: a.field(), Type: search.SortFieldAsNumber, Desc: true, Missing: search.SortFieldMissingLast}
		req.Score = bleve.ScoreNone
	case a.sort == ByFreshness:
		req.Query = aging{q, a.now}
	}
	req.Sort = search.SortOrder{first, &search.SortDocID{}}
	if after != nil {
		req.SearchAfter = []string{formatKey(after.Key), after.ID}
	}
	return req
}

func (a ask) field() string {
	if a.sort == ByPublished {
		return fieldPublished
	}
	return fieldSeen
}

// key reads where a hit stands in the order.
func (a ask) key(hit *search.DocumentMatch) (float64, error) {
	if a.sort.scored() {
		return hit.Score, nil
	}
	if len(hit.Sort) == 0 {
		return 0, fmt.Errorf("hit %q has no sort key", hit.ID)
	}
	n, err := numeric.PrefixCoded(hit.Sort[0]).Int64()
	if err != nil {
		return 0, fmt.Errorf("sort key of hit %q: %w", hit.ID, err)
	}
	return numeric.Int64ToFloat64(n), nil
}

func (p place) time() time.Time { return time.UnixMilli(int64(p.Key)).UTC() }
