package query

import (
	"cmp"
	"slices"
)

// interval is a stretch of tokens in a field that satisfies a step by its place.
type interval struct {
	field       uint8
	first, last int32 // last is exclusive
}

func (a interval) compare(b interval) int {
	return cmp.Or(cmp.Compare(a.field, b.field), cmp.Compare(a.first, b.first), cmp.Compare(a.last, b.last))
}

// placeHolds reports whether a Near or a Number is found at all.
func (st *step) placeHolds(x *scratch, d *Doc, a area) bool {
	if !st.present(x, a) {
		return false
	}
	if n, ok := st.node.(*Number); ok {
		found := false
		st.eachFigure(n, x, d, a, func(interval) bool { found = true; return false })
		return found
	}
	mark := len(x.spans)
	st.places(x, d, a)
	found := len(x.spans) > mark
	x.spans = x.spans[:mark]
	return found
}

// present reports, cheaply, whether the step could occur in the area: asked before anything is measured.
func (st *step) present(x *scratch, a area) bool {
	switch n := st.node.(type) {
	case *Term:
		return x.mask(st.term)&a.mask != 0
	case *Near:
		return st.kids[0].present(x, a) && st.kids[1].present(x, a)
	case *Number:
		if len(n.Signs) > 0 {
			return true
		}
	}
	for i := range st.kids {
		if st.kids[i].present(x, a) {
			return true
		}
	}
	return false
}

// places appends to x.spans every interval at which the step occurs in the area, in order and without doubles.
func (st *step) places(x *scratch, d *Doc, a area) {
	mark := len(x.spans)
	switch n := st.node.(type) {
	case *Term:
		for h := x.first(st.term, a); h >= 0 && x.hits[h].in(a); h = x.hits[h].next {
			if t := x.hits[h]; a.has(t.field, t.tok, t.tok+int32(st.words)) {
				x.spans = append(x.spans, interval{t.field, t.tok, t.tok + int32(st.words)})
			}
		}
		return // already in order
	case *Near:
		st.nearPlaces(n, x, d, a)
	case *Number:
		st.eachFigure(n, x, d, a, func(v interval) bool {
			x.spans = append(x.spans, v)
			return true
		})
	default: // Or, List, Named
		for i := range st.kids {
			st.kids[i].places(x, d, a)
		}
	}
	x.spans = append(x.spans[:mark], tidy(x.spans[mark:])...)
}

func tidy(list []interval) []interval {
	slices.SortFunc(list, interval.compare)
	return slices.Compact(list)
}

// nearPlaces replaces the places of both sides by the stretches that hold one of each. Of stretches within one another
// only the shortest count, which keeps their number linear.
func (st *step) nearPlaces(n *Near, x *scratch, d *Doc, a area) {
	mark := len(x.spans)
	st.kids[0].places(x, d, a)
	middle := len(x.spans)
	st.kids[1].places(x, d, a)
	end := len(x.spans)
	eachPair(x, mark, middle, end, n, func(l, r interval) {
		x.spans = append(x.spans, interval{l.field, min(l.first, r.first), max(l.last, r.last)})
	})
	joined := shortest(tidy(x.spans[end:]))
	x.spans = append(x.spans[:mark], joined...)
}

// eachPair calls visit for those pairs of a left and a right place, near enough and apart, that can be shortest.
func eachPair(x *scratch, mark, middle, end int, n *Near, visit func(l, r interval)) {
	join(x, mark, middle, middle, end, n.Distance, visit)
	if !n.Ordered {
		join(x, middle, end, mark, middle, n.Distance, func(l, r interval) { visit(r, l) })
	}
}

// join pairs each place a of one list with the place b of another that begins at most distance words behind it and ends first.
func join(x *scratch, fromA, toA, fromB, toB, distance int, visit func(a, b interval)) {
	lo := fromB
	for i := fromA; i < toA; i++ {
		a := x.spans[i]
		for lo < toB && (x.spans[lo].field < a.field || x.spans[lo].field == a.field && x.spans[lo].first <= a.first) {
			lo++
		}
		best := -1
		for j := lo; j < toB; j++ {
			b := x.spans[j]
			if b.field != a.field || b.first > a.last+int32(distance) {
				break
			}
			if b.first >= a.last && (best < 0 || b.last < x.spans[best].last) {
				best = j
			}
		}
		if best >= 0 {
			visit(a, x.spans[best])
		}
	}
}

// shortest drops every interval that holds another one. The list is in order.
func shortest(list []interval) []interval {
	out := list[:0]
	for _, v := range list {
		for len(out) > 0 && out[len(out)-1].field == v.field && out[len(out)-1].last >= v.last {
			out = out[:len(out)-1]
		}
		if len(out) > 0 && out[len(out)-1].field == v.field && out[len(out)-1].first == v.first {
			continue // same beginning, longer
		}
		out = append(out, v)
	}
	return out
}
