package bench

import (
	"runtime"
	"slices"
	"strconv"
	"syscall"
	"time"

	"haidang/internal/query"
)

// side is one of the two that are compared.
type side interface {
	// run matches documents, several times over, and returns the processor time that it took.
	run(docs []int, times int) (time.Duration, error)
	// pairs returns, for each document, the numbers of the queries that hold, in order.
	pairs(docs []int) ([][]int32, error)
	close()
}

// local is a side in this process.
type local struct {
	match func(doc int, out []int32) []int32 // appends the queries that hold, in any order
}

func (l local) run(docs []int, times int) (time.Duration, error) {
	runtime.GC() // what the other side left behind is not ours
	var found []int32
	start := spent()
	for range times {
		for _, d := range docs {
			found = l.match(d, found[:0])
		}
	}
	return spent() - start, nil
}

func (l local) pairs(docs []int) ([][]int32, error) {
	out := make([][]int32, len(docs))
	for i, d := range docs {
		out[i] = l.match(d, nil)
		slices.Sort(out[i])
		out[i] = slices.Compact(out[i])
	}
	return out, nil
}

func (local) close() {}

// spent returns the processor time of the whole process so far.
func spent() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// ours is the product's matcher on articles that are analysed already.
func ours(c *corpus, set *query.Set) side {
	return local{func(doc int, out []int32) []int32 { return appendIDs(out, set.Match(c.docs[doc])) }}
}

// oursFromArticle is the product's whole way: analysis and matching.
func oursFromArticle(c *corpus, set *query.Set) side {
	return local{func(doc int, out []int32) []int32 {
		return appendIDs(out, set.Match(query.Document(&c.articles[doc])))
	}}
}

func appendIDs(out []int32, matches []query.Match) []int32 {
	for i := range matches {
		n, err := strconv.Atoi(matches[i].ID)
		if err != nil {
			panic(err) // the rules are numbered by ourselves
		}
		out = append(out, int32(n))
	}
	return out
}

// verdicts decides queries from the terms that a document holds, for sides that only find terms. A query is looked at when
// one of its terms is found.
type verdicts struct {
	c      *corpus
	users  [][]int32 // the queries of each term, those of NOT apart
	epoch  uint32
	found  []uint32 // the epoch in which a term was found
	looked []uint32 // the epoch in which a query was looked at
	terms  []int32  // found in this epoch
}

func newVerdicts(c *corpus) *verdicts {
	v := &verdicts{c: c, users: make([][]int32, len(c.terms)), found: make([]uint32, len(c.terms)), looked: make([]uint32, len(c.common))}
	for i, e := range c.common {
		v.use(int32(i), e)
	}
	return v
}

func (v *verdicts) use(q int32, e expr) {
	switch e.op {
	case "term":
		v.users[e.term] = append(v.users[e.term], q)
	case "not":
	default:
		for _, k := range e.kids {
			v.use(q, k)
		}
	}
}

// begin forgets the document before.
func (v *verdicts) begin() {
	v.epoch++
	v.terms = v.terms[:0]
}

func (v *verdicts) find(term int32) {
	if v.found[term] != v.epoch {
		v.found[term] = v.epoch
		v.terms = append(v.terms, term)
	}
}

// decide appends the queries that hold.
func (v *verdicts) decide(out []int32) []int32 {
	for _, t := range v.terms {
		for _, q := range v.users[t] {
			if v.looked[q] == v.epoch {
				continue
			}
			v.looked[q] = v.epoch
			if v.holds(v.c.common[q]) {
				out = append(out, q)
			}
		}
	}
	return out
}

func (v *verdicts) holds(e expr) bool {
	switch e.op {
	case "term":
		return v.found[e.term] == v.epoch
	case "and":
		return !slices.ContainsFunc(e.kids, func(k expr) bool { return !v.holds(k) })
	case "or":
		return slices.ContainsFunc(e.kids, v.holds)
	}
	return !v.holds(e.kids[0])
}
