package index

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"haidang/internal/article"
	"haidang/internal/query"
)

// Facet counts the found articles by one property. Each of its values is a filter: Name:Value in the query language.
type Facet struct {
	Name   string       `json:"name"` // outlet, country, lang, topic, place, claim, stance, or published for months
	Values []FacetValue `json:"values"`
	More   int          `json:"more,omitempty"` // values that were left out
}

// FacetValue is one value and how many articles have it.
type FacetValue struct {
	Value string `json:"value"`
	Label string `json:"label,omitempty"` // as the outlet writes itself; empty where the value says it
	Count int    `json:"count"`
}

// monthsFacet is the facet of months. Its values are filters too: published:2026-11.
const monthsFacet = fieldPublished

// facetFields are the facets in the order in which they are told.
var facetFields = []string{
	fieldOutlet, string(query.Topic), string(query.Place), string(query.Claim), string(query.Stance), string(query.Country), string(query.Lang),
}

// MaxFacetValues bounds Request.Facets.
const MaxFacetValues = 100

// facetTime is how long facets are counted: what they leave out is said, and hits do not wait for it.
const facetTime = 500 * time.Millisecond

// tallies count articles by their properties and by the hours of their times.
type tallies struct {
	counted int
	fields  map[string]map[string]int
	hours   map[int64]int // since 1970, in Việt Nam
	months  map[int64]int // year * 12 + month - 1, by publication
	by      string        // the time that hours are of
}

func newTallies(by string) *tallies {
	t := &tallies{fields: map[string]map[string]int{}, hours: map[int64]int{}, months: map[int64]int{}, by: by}
	for _, f := range facetFields {
		t.fields[f] = map[string]int{}
	}
	return t
}

// at counts one time of an article.
func (t *tallies) at(field string, ms int64) {
	if field == t.by {
		t.hours[floorDiv(ms+zoneOffset.Milliseconds(), time.Hour.Milliseconds())]++
	}
	if field == fieldPublished && ms > 0 {
		at := time.UnixMilli(ms).In(query.Zone)
		t.months[int64(at.Year())*12+int64(at.Month())-1]++
	}
}

// zoneOffset is that of query.Zone, in which days begin.
const zoneOffset = 7 * time.Hour

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// article counts an article that was read, as its document in bleve would be.
func (t *tallies) article(a *article.Article) {
	t.counted++
	for _, p := range properties(a) {
		if counts := t.fields[p.name]; counts != nil {
			for _, v := range p.values {
				counts[v]++
			}
		}
	}
	t.at(fieldSeen, a.FirstSeen.UnixMilli())
	t.at(fieldPublished, a.Published.UnixMilli())
}

// value counts one value of an article, as bleve keeps it.
func (t *tallies) value(field string, term []byte) {
	if counts := t.fields[field]; counts != nil {
		counts[string(term)]++
	}
}

// done counts the article that was visited.
func (t *tallies) done() { t.counted++ }

func (t *tallies) merge(o *tallies) {
	t.counted += o.counted
	for f, counts := range o.fields {
		for v, n := range counts {
			t.fields[f][v] += n
		}
	}
	for h, n := range o.hours {
		t.hours[h] += n
	}
	for m, n := range o.months {
		t.months[m] += n
	}
}

// facets are the most frequent values of each property.
func (t *tallies) facets(most int) []Facet {
	out := make([]Facet, 0, len(facetFields)+1)
	for _, name := range facetFields {
		f := Facet{Name: name, Values: []FacetValue{}}
		for v, n := range t.fields[name] {
			f.Values = append(f.Values, FacetValue{Value: v, Count: n})
		}
		slices.SortFunc(f.Values, func(a, b FacetValue) int {
			return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value))
		})
		out = append(out, f.cut(most))
	}
	months := Facet{Name: monthsFacet, Values: []FacetValue{}}
	for _, m := range slices.Backward(slices.Sorted(maps.Keys(t.months))) {
		months.Values = append(months.Values, FacetValue{Value: fmt.Sprintf("%04d-%02d", m/12, m%12+1), Count: t.months[m]})
	}
	return append(out, months.cut(most))
}

func (f Facet) cut(most int) Facet {
	if len(f.Values) > most {
		f.More, f.Values = len(f.Values)-most, f.Values[:most]
	}
	return f
}

// facet tells what was counted. A query that is verified has counted what it has read.
func (s *searching) facet(ctx context.Context, shards []*shard) error {
	if s.facets == 0 {
		return nil
	}
	if s.exact {
		if err := s.count(ctx, shards); err != nil && !timedOut(ctx, err) {
			return err
		}
	}
	s.result.Facets, s.result.Histogram, s.result.Counted = s.tallies.facets(s.facets), s.tallies.histogram(), s.tallies.counted
	for i := range s.result.Facets[0].Values {
		v := &s.result.Facets[0].Values[i]
		var err error
		if v.Label, err = s.names.outlet(ctx, shards, v.Value); err != nil && !timedOut(ctx, err) {
			return err
		}
	}
	return nil
}

// names knows how outlets write themselves. It asks the archive once for each.
type names struct {
	mu      sync.Mutex
	outlets map[string]string
}

// maxNames bounds what is remembered: there are as many outlets as sources.
const maxNames = 10_000

// outlet returns the name of an outlet as its newest article has it, "" when it is not found.
func (n *names) outlet(ctx context.Context, shards []*shard, key string) (string, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if name, ok := n.outlets[key]; ok {
		return name, nil
	}
	for _, s := range slices.Backward(shards) {
		page, _, err := s.find(ctx, ask{query: termQuery(fieldOutlet, key), sort: BySeen, page: 1}, nil)
		if err != nil {
			return "", fmt.Errorf("name of outlet %q: %w", key, err)
		}
		found, err := fetch(ctx, page)
		if err != nil {
			return "", fmt.Errorf("name of outlet %q: %w", key, err)
		}
		for _, a := range found {
			if len(n.outlets) >= maxNames {
				clear(n.outlets)
			}
			n.outlets[key] = a.Outlet
			return a.Outlet, nil
		}
	}
	return "", nil
}

// count counts everything that the search finds, the newest shards first, as far as its time goes.
func (s *searching) count(ctx context.Context, shards []*shard) error {
	limited, cancel := context.WithTimeout(ctx, facetTime)
	defer cancel()
	var g errgroup.Group
	var mu sync.Mutex
	g.SetLimit(2)
	for _, sh := range slices.Backward(shards) {
		g.Go(func() error {
			t := newTallies(s.tallies.by)
			err := sh.walk(limited, s.ask.query, append(slices.Clone(facetFields), fieldSeen, fieldPublished), t)
			mu.Lock()
			defer mu.Unlock()
			s.tallies.merge(t)
			return err
		})
	}
	err := g.Wait()
	if timedOut(limited, err) && ctx.Err() == nil {
		return nil // Result.Counted says how far it came
	}
	return err
}
