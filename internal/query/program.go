package query

import (
	"cmp"
	"math"
	"slices"
	"sync/atomic"
	"time"
)

// program is a rule made ready: its tree with the set's numbers for terms.
type program struct {
	rule    Rule
	root    *step
	anchors []uint32
	cost    *counters
}

// counters add up what a rule costs. They outlive the set, so that the slow list does not begin anew with each change.
type counters struct {
	candidates, matches atomic.Uint64
	nanoseconds         atomic.Int64
}

func (c *counters) read(id string) Cost {
	return Cost{id, c.candidates.Load(), c.matches.Load(), time.Duration(c.nanoseconds.Load())}
}

const sample = 64 // reading the clock costs more than looking at most rules

// try looks at the rule, and counts.
func (p *program) try(x *scratch, d *Doc) bool {
	if p.cost.candidates.Add(1)%sample != 1 {
		return p.holds(x, d)
	}
	start := time.Now()
	held := p.holds(x, d)
	p.cost.nanoseconds.Add(int64(time.Since(start)) * sample)
	return held
}

func (p *program) holds(x *scratch, d *Doc) bool {
	if !p.root.holds(x, d, everywhere) {
		return false
	}
	p.cost.matches.Add(1)
	return true
}

// step is a node of a query with everything looked up that can be.
type step struct {
	node  Node
	kids  []*step // in the order of the query
	quick []*step // the same, cheapest and rarest first
	term  uint32  // of a *Term
	words int32   // of a *Term
	items []points
	goal  int64
}

// points are the numbers of an Item in hundredths, so that sums are exact.
type points struct {
	weight int64
	cap    int
}

// compile makes the tree below n, and adds its terms to the set.
func (s *Set) compile(e *edit, n Node) *step {
	st := &step{node: n}
	for _, c := range Children(n) {
		st.kids = append(st.kids, s.compile(e, c))
	}
	st.quick = st.kids
	switch n := n.(type) {
	case *Term:
		st.term, st.words = s.addTerm(e, n), int32(len(n.Words))
	case *And:
		st.quick = slices.Clone(st.kids)
		slices.SortStableFunc(st.quick, func(a, b *step) int { return cmp.Compare(a.effort(), b.effort()) })
	case *Weighted:
		for _, it := range n.Items {
			st.items = append(st.items, points{hundredths(it.Weight), it.Cap})
		}
		st.goal = hundredths(n.Threshold)
	}
	return st
}

func hundredths(f float64) int64 { return int64(math.Round(f * 100)) }

// effort orders what an And looks at: rare words first, then properties, then what must read the text.
func (st *step) effort() float64 {
	switch n := st.node.(type) {
	case *Term, *List:
		return costOf(required(n))
	case *Scope, *Named, *Or:
		worst := 0.0
		for _, k := range st.kids {
			worst = max(worst, k.effort())
		}
		return worst
	case *Meta, *Date:
		return 0.05
	case *Not:
		return 1.5
	}
	return 2
}
