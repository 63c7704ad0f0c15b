package query

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// program is a rule made ready: its tree with the set's numbers for terms, all steps in one piece of memory.
type program struct {
	steps []step // the first is the root
	order uint64 // the first bytes of the ID, which mostly decide what comes first

	candidates, matches atomic.Uint64
	nanoseconds         atomic.Int64

	rule    Rule
	anchors []uint32
}

func newProgram(r Rule) *program {
	var first [8]byte
	copy(first[:], r.ID)
	return &program{rule: r, order: binary.BigEndian.Uint64(first[:])}
}

// compare orders by ID.
func (p *program) compare(q *program) int {
	if p.order != q.order {
		return cmp.Compare(p.order, q.order)
	}
	return strings.Compare(p.rule.ID, q.rule.ID)
}

// cost returns what the rule has cost so far.
func (p *program) cost() Cost {
	return Cost{p.rule.ID, p.candidates.Load(), p.matches.Load(), time.Duration(p.nanoseconds.Load())}
}

// inherit goes on with the counts of the rule that this one replaces, so that the slow list does not begin anew.
func (p *program) inherit(c Cost) {
	p.candidates.Store(c.Candidates)
	p.matches.Store(c.Matches)
	p.nanoseconds.Store(int64(c.Time))
}

const sample = 64 // reading the clock costs more than looking at most rules

// try looks at the rule, and counts.
func (p *program) try(x *scratch, d *Doc) bool {
	if p.candidates.Add(1)%sample != 1 {
		return p.holds(x, d)
	}
	start := time.Now()
	held := p.holds(x, d)
	p.nanoseconds.Add(int64(time.Since(start)) * sample)
	return held
}

func (p *program) holds(x *scratch, d *Doc) bool {
	if !p.steps[0].holds(x, d, everywhere) {
		return false
	}
	p.matches.Add(1)
	return true
}

// op is what a step does: the type of its node as a small number.
type op uint8

const (
	opOther op = iota // decided by the type of the node
	opTerm
	opAnd
	opOr // and List
	opNot
)

// step is a node of a query with everything looked up that can be. It fills a cache line.
type step struct {
	op     op
	cap    uint8  // as an item of a Weighted: how often it counts
	words  uint8  // of a *Term
	place  uint16 // among its parent's kids as written; an And has the rarest first
	term   uint32 // of a *Term; of a *Weighted its threshold
	points int32  // as an item of a *Weighted its weight; these are hundredths, so that sums are exact
	kids   []step
	node   Node
	called atomic.Pointer[names] // in a match; made when it first matches
}

// names are what a match calls a part of a query.
type names struct {
	label  string // in canonical form
	called string // of its spans outside named clauses: a term goes by its words
}

// compile makes the steps of a query, and adds its terms to the set.
func (s *Set) compile(e *edit, root Node) []step {
	n := 0
	Walk(root, func(Node) bool { n++; return true })
	c := compiler{s, e, make([]step, n), 1}
	c.fill(&c.steps[0], root)
	return c.steps
}

type compiler struct {
	set   *Set
	edit  *edit
	steps []step
	used  int
}

func (c *compiler) fill(st *step, n Node) {
	st.node = n
	kids := Children(n)
	order := make([]int, len(kids))
	for i := range order {
		order[i] = i
	}
	switch n := n.(type) {
	case *Term:
		st.op, st.term, st.words = opTerm, c.set.addTerm(c.edit, n), uint8(len(n.Words))
	case *And:
		st.op = opAnd
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(effort(kids[a]), effort(kids[b])) })
	case *Or, *List:
		st.op = opOr
	case *Not:
		st.op = opNot
	case *Weighted:
		st.term = uint32(hundredths(n.Threshold))
	}
	st.kids = c.steps[c.used : c.used+len(kids) : c.used+len(kids)]
	c.used += len(kids)
	for i, k := range order {
		st.kids[i].place = uint16(k)
		if w, ok := n.(*Weighted); ok {
			st.kids[i].points, st.kids[i].cap = hundredths(w.Items[k].Weight), uint8(w.Items[k].Cap)
		}
		c.fill(&st.kids[i], kids[k])
	}
}

func hundredths(f float64) int32 { return int32(math.Round(f * 100)) }

// effort orders what an And looks at: rare words first, then properties, then what must read the text.
func effort(n Node) float64 {
	switch n := n.(type) {
	case *Term, *List:
		return costOf(required(n))
	case *Scope, *Named, *Or:
		worst := 0.0
		for _, k := range Children(n) {
			worst = max(worst, effort(k))
		}
		return worst
	case *Meta, *Date:
		return 0.05
	case *Not:
		return 1.5
	}
	return 2
}

// written returns the kid that stands at a place in the query.
func (st *step) written(place int) *step {
	for i := range st.kids {
		if int(st.kids[i].place) == place {
			return &st.kids[i]
		}
	}
	return nil
}

// names returns what a match calls the step's part of the query.
func (st *step) names() *names {
	if n := st.called.Load(); n != nil {
		return n
	}
	label := FormatNode(st.node)
	n := &names{label, label}
	if t, ok := st.node.(*Term); ok && t.Mode == ModeMarks && !t.Prefix {
		n.called = t.Text
	}
	st.called.Store(n)
	return n
}
