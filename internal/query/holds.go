package query

import "haidang/internal/article"

// area is where a step looks: some fields, or a stretch of tokens in one of them.
type area struct {
	mask  uint8 // of fields
	whole bool  // else first and last bound it
	first int32
	last  int32 // exclusive
}

var everywhere = area{mask: 1<<fieldCount - 1, whole: true}

func fieldMask(f article.Field) uint8 {
	for i, name := range fieldNames {
		if name == f {
			return 1 << i
		}
	}
	return 0
}

func (a area) within(f uint8, first, last int32) area {
	if !a.whole {
		first, last = max(first, a.first), min(last, a.last)
	}
	return area{mask: 1 << f, first: first, last: last}
}

// has reports whether a stretch of a field lies in the area.
func (a area) has(f uint8, first, last int32) bool {
	return a.mask&(1<<f) != 0 && (a.whole || first >= a.first && last <= a.last)
}

// holds reports whether the step is satisfied within the area.
func (st *step) holds(x *scratch, d *Doc, a area) bool {
	switch st.op {
	case opTerm:
		return st.termHolds(x, a)
	case opAnd:
		for i := range st.kids {
			if !st.kids[i].holds(x, d, a) {
				return false
			}
		}
		return true
	case opOr:
		for i := range st.kids {
			if st.kids[i].holds(x, d, a) {
				return true
			}
		}
		return false
	case opNot:
		return !st.kids[0].holds(x, d, a)
	}
	return st.otherHolds(x, d, a)
}

func (st *step) otherHolds(x *scratch, d *Doc, a area) bool {
	switch n := st.node.(type) {
	case *Named:
		return st.kids[0].holds(x, d, a)
	case *Scope:
		a.mask &= fieldMask(n.Field)
		return st.kids[0].holds(x, d, a)
	case *Meta:
		return n.holds(d)
	case *Date:
		return n.holds(d)
	case *Near, *Number:
		return st.placeHolds(x, d, a)
	case *Same:
		return st.sameHolds(x, d, a)
	case *Weighted:
		return st.sum(x, d, a) >= int64(st.term)
	}
	return false
}

func (st *step) termHolds(x *scratch, a area) bool {
	if a.whole {
		return x.mask(st.term)&a.mask != 0
	}
	for h := x.first(st.term, a); h >= 0 && x.hits[h].in(a); h = x.hits[h].next {
		if t := x.hits[h]; a.has(t.field, t.tok, t.tok+int32(st.words)) {
			return true
		}
	}
	return false
}

// sameHolds reports whether some sentence or paragraph satisfies the kid by itself.
func (st *step) sameHolds(x *scratch, d *Doc, a area) bool {
	if !st.kids[0].possible(x, a) {
		return false
	}
	found := false
	st.eachUnit(x, d, a, func(u area) bool {
		found = st.kids[0].holds(x, d, u)
		return !found
	})
	return found
}

// possible reports, cheaply, whether the step could hold somewhere in the area: asked before every sentence is tried.
func (st *step) possible(x *scratch, a area) bool {
	switch st.op {
	case opTerm:
		return x.mask(st.term)&a.mask != 0
	case opAnd:
		for i := range st.kids {
			if !st.kids[i].possible(x, a) {
				return false
			}
		}
	case opOr:
		for i := range st.kids {
			if st.kids[i].possible(x, a) {
				return true
			}
		}
		return false
	}
	return true
}

// sum adds up a weighted list, in hundredths.
func (st *step) sum(x *scratch, d *Doc, a area) int64 {
	total := int64(0)
	for i := range st.kids {
		k := &st.kids[i]
		total += int64(k.points) * int64(k.count(x, d, a, int(k.cap)))
	}
	return total
}

// worth returns the points of an item of a weighted list that occurs so often.
func (st *step) worth(count int) float64 {
	return float64(int64(st.points)*int64(min(count, int(st.cap)))) / 100
}

// count returns how often the step occurs, up to limit; what has no occurrences of its own counts once.
func (st *step) count(x *scratch, d *Doc, a area, limit int) int {
	switch n := st.node.(type) {
	case *Term:
		c := 0
		for h := x.first(st.term, a); h >= 0 && c < limit && x.hits[h].in(a); h = x.hits[h].next {
			if t := x.hits[h]; a.has(t.field, t.tok, t.tok+int32(st.words)) {
				c++
			}
		}
		return c
	case *List:
		c := 0
		for i := range st.kids {
			c += st.kids[i].count(x, d, a, limit-c)
		}
		return c
	case *Scope:
		a.mask &= fieldMask(n.Field)
		return st.kids[0].count(x, d, a, limit)
	case *Named:
		return st.kids[0].count(x, d, a, limit)
	}
	if st.holds(x, d, a) {
		return 1
	}
	return 0
}
