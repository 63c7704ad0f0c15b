package query

import (
	"cmp"
	"slices"

	"haidang/internal/article"
)

// MaxSpans bounds the spans of one match. Those that come first in the article are kept.
const MaxSpans = 500

// collector gathers what matches tell. It runs only for rules that hold, and may allocate.
type collector struct {
	x     *scratch
	d     *Doc
	marks []mark

	clauses []string // these are of one match after another
	shares  []Share
	spans   []article.Span
	named   int // where the clauses of this match begin
}

// mark is a stretch of tokens to be shown, with the clause it satisfied.
type mark struct {
	interval
	clause string
}

// begin makes the collector ready for the matches of a document.
func (c *collector) begin(x *scratch, d *Doc) {
	c.x, c.d = x, d
	c.clauses, c.shares, c.spans = c.clauses[:0], c.shares[:0], c.spans[:0]
}

// match tells how the rule held; the scratch must still be that of the document. What it tells must be taken from the
// collector by detach.
func (c *collector) match(p *program) Match {
	shares, spans := len(c.shares), len(c.spans)
	c.named = len(c.clauses)
	c.score(&p.steps[0], everywhere, "")
	c.mark(&p.steps[0], everywhere, "")
	c.tell(MaxSpans)
	m := Match{ID: p.rule.ID, Clauses: c.clauses[c.named:], Shares: c.shares[shares:], Spans: c.spans[spans:]}
	for _, s := range m.Shares {
		m.Score += s.Points
	}
	return m
}

// detach gives matches memory of their own: one piece for all of a kind.
func (c *collector) detach(matches []Match) {
	clauses, shares, spans := slices.Clone(c.clauses), slices.Clone(c.shares), slices.Clone(c.spans)
	for i := range matches {
		m := &matches[i]
		m.Clauses, clauses = split(clauses, len(m.Clauses))
		m.Shares, shares = split(shares, len(m.Shares))
		m.Spans, spans = split(spans, len(m.Spans))
	}
}

// split returns the first n items, nil for none, and the others.
func split[T any](list []T, n int) (first, others []T) {
	if n == 0 {
		return nil, list
	}
	return list[:n:n], list[n:]
}

// score adds the shares of everything that held.
func (c *collector) score(st *step, a area, clause string) {
	switch n := st.node.(type) {
	case *Not, *Meta, *Date:
		return
	case *Scope:
		a.mask &= fieldMask(n.Field)
		c.score(&st.kids[0], a, clause)
	case *And:
		for i := range st.kids {
			c.score(st.written(i), a, clause)
		}
	case *Or:
		for i := range st.kids {
			if k := &st.kids[i]; k.holds(c.x, c.d, a) {
				c.score(k, a, clause)
			}
		}
	case *Named:
		if st.holds(c.x, c.d, a) {
			c.name(n.Name)
			c.score(&st.kids[0], a, n.Name)
		}
	case *Weighted:
		for i := range st.kids {
			c.item(&st.kids[i], clause, a)
		}
	default: // a term, a list, NEAR, SENT, PARA or NUM counts 1
		if count := st.count(c.x, c.d, a, 1<<20); count > 0 {
			c.innerNames(st, a)
			c.shares = append(c.shares, Share{Clause: clause, Term: st.names().label, Points: 1, Count: count})
		}
	}
}

// item adds the share of one item of a weighted list, if it occurs.
func (c *collector) item(k *step, clause string, a area) {
	count := k.count(c.x, c.d, a, 1<<20)
	if count == 0 {
		return
	}
	c.innerNames(k, a)
	points := k.worth(count)
	if n, ok := k.node.(*Named); ok {
		k, clause = &k.kids[0], n.Name
	}
	c.shares = append(c.shares, Share{Clause: clause, Term: k.names().label, Points: points, Count: count})
}

// innerNames tells the named clauses that held inside something that counts as one.
func (c *collector) innerNames(st *step, a area) {
	switch n := st.node.(type) {
	case *Not:
		return
	case *Scope:
		a.mask &= fieldMask(n.Field)
	case *Same:
		st.eachUnit(c.x, c.d, a, func(u area) bool {
			if st.kids[0].holds(c.x, c.d, u) {
				c.innerNames(&st.kids[0], u)
			}
			return true
		})
		return
	case *Named:
		if !st.holds(c.x, c.d, a) {
			return
		}
		c.name(n.Name)
	}
	for i := range st.kids {
		c.innerNames(st.written(i), a)
	}
}

func (c *collector) name(s string) {
	if !slices.Contains(c.clauses[c.named:], s) {
		c.clauses = append(c.clauses, s)
	}
}

// mark gathers the stretches that satisfied the step, which holds in the area.
func (c *collector) mark(st *step, a area, clause string) {
	switch n := st.node.(type) {
	case *Not, *Meta, *Date:
		return
	case *Named:
		clause = n.Name
	case *Scope:
		a.mask &= fieldMask(n.Field)
	case *Term, *Number:
		c.places(st, a, clause)
		return
	case *Near:
		c.markNear(st, n, a, clause)
		return
	case *Same:
		st.eachUnit(c.x, c.d, a, func(u area) bool {
			if st.kids[0].holds(c.x, c.d, u) {
				c.mark(&st.kids[0], u, clause)
			}
			return len(c.marks) < 4*MaxSpans
		})
		return
	}
	for i := range st.kids {
		if k := &st.kids[i]; k.points >= 0 && k.holds(c.x, c.d, a) {
			c.mark(k, a, clause)
		}
	}
}

// places marks every place of a term or a number in the area.
func (c *collector) places(st *step, a area, clause string) {
	if clause == "" {
		clause = st.names().called
	}
	at := len(c.x.spans)
	st.places(c.x, c.d, a)
	for _, v := range c.x.spans[at:] {
		if len(c.marks) < 4*MaxSpans {
			c.marks = append(c.marks, mark{v, clause})
		}
	}
	c.x.spans = c.x.spans[:at]
}

// markNear marks both sides wherever they stand near each other: all such pairs, not only the shortest.
func (c *collector) markNear(st *step, n *Near, a area, clause string) {
	at := len(c.x.spans)
	st.kids[0].places(c.x, c.d, a)
	left := slices.Clone(c.x.spans[at:])
	c.x.spans = c.x.spans[:at]
	st.kids[1].places(c.x, c.d, a)
	right := slices.Clone(c.x.spans[at:])
	c.x.spans = c.x.spans[:at]
	c.markSide(&st.kids[0], left, right, n.Distance, !n.Ordered, true, clause)
	c.markSide(&st.kids[1], right, left, n.Distance, true, !n.Ordered, clause)
}

// markSide marks those places of one side that have one of the other near: before it, behind it.
func (c *collector) markSide(st *step, own, other []interval, distance int, before, behind bool, clause string) {
	longest := int32(0)
	for _, o := range other {
		longest = max(longest, o.last-o.first)
	}
	for _, v := range own {
		if len(c.marks) >= 4*MaxSpans {
			return
		}
		if behind && follows(v, other, int32(distance)) || before && precedes(v, other, int32(distance), longest) {
			c.mark(st, area{mask: 1 << v.field, first: v.first, last: v.last}, clause)
		}
	}
}

// after returns where in a list in order the intervals that begin at or behind the end of v begin.
func after(v interval, list []interval) int {
	i, _ := slices.BinarySearchFunc(list, v, func(o, v interval) int {
		return cmp.Or(cmp.Compare(o.field, v.field), cmp.Compare(o.first, v.last))
	})
	return i
}

// follows reports whether one of the list stands at most distance words behind v.
func follows(v interval, list []interval, distance int32) bool {
	i := after(v, list)
	return i < len(list) && list[i].field == v.field && list[i].first-v.last <= distance
}

// precedes reports whether one of the list, of which none is longer than longest, stands at most distance words before v.
func precedes(v interval, list []interval, distance, longest int32) bool {
	for i := after(v, list) - 1; i >= 0; i-- {
		o := list[i]
		if o.field != v.field || o.first < v.first-distance-longest {
			return false
		}
		if o.last <= v.first && v.first-o.last <= distance {
			return true
		}
	}
	return false
}

// tell turns the marks into spans of the original text, in order, without doubles, and forgets them.
func (c *collector) tell(limit int) {
	slices.SortFunc(c.marks, func(a, b mark) int {
		return cmp.Or(a.interval.compare(b.interval), cmp.Compare(a.clause, b.clause))
	})
	c.marks = slices.Compact(c.marks)
	for _, m := range c.marks[:min(limit, len(c.marks))] {
		tokens := c.d.fields[m.field].Tokens
		c.spans = append(c.spans, article.Span{
			Field: fieldNames[m.field], Start: tokens[m.first].Start, End: tokens[m.last-1].End, Clause: m.clause,
		})
	}
	c.marks = c.marks[:0]
}
