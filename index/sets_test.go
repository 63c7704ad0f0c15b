package index

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	bq "github.com/blevesearch/bleve/v2/search/query"

	"haidang/internal/article"
)

// TestSetsAreWhatBleveFinds asks one shard of several segments, with documents that were replaced, by sets and by bleve's own
// searchers.
func TestSetsAreWhatBleveFinds(t *testing.T) {
	articles := corpus(t, 60)
	x := open(t, testConfig(t))
	for batch := range slices.Chunk(articles, 25) {
		put(t, x, batch...)
	}
	for i := range articles[:20] { // leaves deleted documents behind
		articles[i].Text += " Nước sông dâng."
		articles[i].Revise()
	}
	put(t, x, articles[:20]...)
	e, done, err := x.shards[0].readSets()
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := done(); err != nil {
			t.Error(err)
		}
	}()
	g := generator{rand.New(rand.NewPCG(3, 4)), articles}
	found, asked := 0, 0
	for i := range *queriesFlag {
		req := Request{Query: g.query(i % 3)}
		if i%5 == 0 {
			req.From, req.To = start.Add(10*time.Minute), start.Add(40*time.Minute)
		}
		s, err := x.newSearch(req, BySeen)
		if err != nil || s.ask.query == nil { // not every phrase of a text is one of the language
			continue
		}
		asked++
		got, err := e.of(t.Context(), s.ask.query)
		if err != nil {
			t.Fatalf("%s: %v", req.Query, err)
		}
		want, err := e.walked(t.Context(), s.ask.query)
		if err != nil {
			t.Fatalf("%s: %v", req.Query, err)
		}
		for n := range want {
			if !orEmpty(got[n]).Equals(orEmpty(want[n])) {
				t.Errorf("%s: segment %d has %v by sets, %v by bleve", req.Query, n, orEmpty(got[n]), orEmpty(want[n]))
			}
		}
		found += want.count()
	}
	if asked < *queriesFlag/2 || found < asked {
		t.Errorf("%d queries with %d hits: too few to mean anything", asked, found)
	}
}

// TestTimeBounds compares the ends of ranges with bleve's.
func TestTimeBounds(t *testing.T) {
	x := open(t, testConfig(t))
	put(t, x, many(12)...)
	e, done, err := x.shards[0].readSets()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = done() }() // only read
	yes, no := true, false
	low, high := float64(start.Add(3*time.Minute).UnixMilli()), float64(start.Add(7*time.Minute).UnixMilli())
	for _, from := range []*bool{nil, &yes, &no} {
		for _, to := range []*bool{nil, &yes, &no} {
			for _, ends := range [][2]*float64{{&low, &high}, {&low, nil}, {nil, &high}} {
				q := bq.NewNumericRangeInclusiveQuery(ends[0], ends[1], from, to)
				q.SetField(fieldSeen)
				got, err := e.of(t.Context(), q)
				if err != nil {
					t.Fatal(err)
				}
				want, err := e.walked(t.Context(), q)
				if err != nil {
					t.Fatal(err)
				}
				if got.count() != want.count() {
					t.Errorf("from %v to %v, ends belong %v %v: %d documents, bleve finds %d", ends[0], ends[1], from, to, got.count(), want.count())
				}
			}
		}
	}
}

// TestTopIsTheSortedBeginning gathers pages of every size out of hits of which many have the same time.
func TestTopIsTheSortedBeginning(t *testing.T) {
	x := open(t, testConfig(t))
	var all []article.Article
	for n := range 400 {
		a := made(n/90, "Bản tin", "Nước sông dâng.")
		a.ID = fmt.Sprintf("a%05d", (n*7919)%400)
		all = append(all, a)
	}
	put(t, x, all...)
	want := slices.Clone(all)
	slices.SortFunc(want, func(a, b article.Article) int {
		return place{float64(a.FirstSeen.UnixMilli()), a.ID}.compare(place{float64(b.FirstSeen.UnixMilli()), b.ID})
	})
	for _, size := range []int{1, 7, 100, 1000} {
		var after *place
		for from := 0; from < len(want); from += size {
			got, total, err := x.shards[0].find(t.Context(), ask{query: termQuery(fieldAll, "dâng"), sort: BySeen, page: size}, after)
			if err != nil || total != len(want) {
				t.Fatal(total, err)
			}
			expected := want[from:min(from+size, len(want))]
			if !slices.EqualFunc(got, expected, func(c candidate, a article.Article) bool { return c.ID == a.ID }) {
				t.Fatalf("pages of %d: the one from %d is not the next", size, from)
			}
			after = &got[len(got)-1].place
		}
	}
}
