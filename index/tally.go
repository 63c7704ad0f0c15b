package index

import (
	"context"
	"fmt"
	"slices"
	"sync"

	bq "github.com/blevesearch/bleve/v2/search/query"
	"golang.org/x/sync/errgroup"

	"haidang/internal/article"
	"haidang/internal/coverage"
)

var _ coverage.Source = (*Index)(nil)

// tallyTimes is how many times Config.SearchTimeout counting may take: it visits everything where a search looks for the
// best twenty. Measured: 1.4 µs of one core an article by four properties.
const tallyTimes = 5

// Tally counts the articles that a query finds, by time and by property: what it had no time for is said in Tally.Partial.
// A mistake in the query is a *query.Error.
func (x *Index) Tally(ctx context.Context, ask coverage.Ask) (coverage.Tally, error) {
	field := fieldPublished
	if ask.Clock == coverage.Seen {
		field = fieldSeen
	}
	s, err := x.newSearch(Request{Query: ask.Query}, BySeen)
	if err != nil {
		return coverage.Tally{}, err
	}
	s.ask.query = all(slices.DeleteFunc([]bq.Query{s.ask.query, timeRange(field, ask.From, ask.To)}, func(q bq.Query) bool { return q == nil }))
	shards, done, err := x.read()
	if err != nil {
		return coverage.Tally{}, err
	}
	defer done()
	limited, cancel := context.WithTimeout(ctx, tallyTimes*x.cfg.SearchTimeout.Std())
	defer cancel()
	c := newCells(ask, field)
	if s.exact {
		err = c.walk(limited, shards, s.ask.query)
	} else {
		s.each = c.article
		_, err = s.verify(limited, newStream(newSources(shards, s.ask)))
	}
	if timedOut(limited, err) && ctx.Err() == nil {
		s.stopped("the search took too long")
		err = nil
	}
	if err != nil {
		return coverage.Tally{}, fmt.Errorf("count %q: %w", ask.Query, err)
	}
	out := c.tally
	out.Partial = append(s.result.Partial, append(x.partial(), doubts(shards)...)...)
	for id := range out.By[coverage.Outlet] {
		if out.Names[id], err = x.names.outlet(limited, shards, id); err != nil && !timedOut(limited, err) {
			return coverage.Tally{}, err
		}
	}
	return out, ctx.Err()
}

// cells put articles into cells of time.
type cells struct {
	ask   coverage.Ask
	field string // the time that cells are of
	tally coverage.Tally

	cell   int     // the cell of the article that is being visited, -1 for none
	copied bool    // it is a copy
	series [][]int // those that it counts in
}

func newCells(ask coverage.Ask, field string) *cells {
	c := &cells{ask: ask, field: field, cell: -1, tally: coverage.Tally{
		Articles: make([]int, ask.Cells()), Copies: make([]int, ask.Cells()), By: map[coverage.Dimension]map[string][]int{}, Names: map[string]string{},
	}}
	for _, d := range ask.By {
		c.tally.By[d] = map[string][]int{}
	}
	return c
}

// value notes one value of an article.
func (c *cells) value(field string, term []byte) {
	switch values := c.tally.By[coverage.Dimension(field)]; {
	case values != nil:
		one := values[string(term)]
		if one == nil {
			one = make([]int, len(c.tally.Articles))
			values[string(term)] = one
		}
		c.series = append(c.series, one)
	case field == fieldCopy:
		c.copied = true
	}
}

// at finds the cell of a time.
func (c *cells) at(_ string, ms int64) {
	c.cell = -1
	if at := floorDiv(ms-c.ask.From.UnixMilli(), c.ask.Cell.Milliseconds()); at >= 0 && at < int64(len(c.tally.Articles)) {
		c.cell = int(at)
	}
}

// done counts the article that was visited.
func (c *cells) done() {
	if c.cell >= 0 {
		if c.copied {
			c.tally.Copies[c.cell]++
		}
		if !c.copied || c.ask.Copies {
			c.tally.Articles[c.cell]++
			for _, one := range c.series {
				one[c.cell]++
			}
		}
	}
	c.cell, c.copied, c.series = -1, false, c.series[:0]
}

// article counts an article that was read, as its document in bleve would be.
func (c *cells) article(a *article.Article) {
	for _, p := range properties(a) {
		for _, v := range p.values {
			c.value(p.name, []byte(v))
		}
	}
	at := a.Published
	if c.field == fieldSeen {
		at = a.FirstSeen
	}
	c.at(c.field, at.UnixMilli())
	c.done()
}

// walk counts what all shards hold, the newest first, two at a time.
func (c *cells) walk(ctx context.Context, shards []*shard, q bq.Query) error {
	fields := []string{c.field, fieldCopy}
	for _, d := range c.ask.By {
		fields = append(fields, string(d))
	}
	var g errgroup.Group
	var mu sync.Mutex
	g.SetLimit(2)
	for _, sh := range slices.Backward(shards) {
		g.Go(func() error {
			one := newCells(c.ask, c.field)
			err := sh.walk(ctx, q, fields, one)
			mu.Lock()
			defer mu.Unlock()
			c.merge(one)
			return err
		})
	}
	return g.Wait()
}

func (c *cells) merge(o *cells) {
	add := func(to, from []int) {
		for i, n := range from {
			to[i] += n
		}
	}
	add(c.tally.Articles, o.tally.Articles)
	add(c.tally.Copies, o.tally.Copies)
	for d, values := range o.tally.By {
		for id, counts := range values {
			if mine := c.tally.By[d][id]; mine != nil {
				add(mine, counts)
			} else {
				c.tally.By[d][id] = counts
			}
		}
	}
}
