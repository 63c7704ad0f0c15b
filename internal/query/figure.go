package query

import (
	"slices"

	"haidang/internal/text"
)

// A unit belongs to the figure that stands nearest to it in its sentence, with at most this many words between.
const figureReach = 4

// signs are the units of NUM that are not words, with what they say of a figure.
var signs = map[string]func(text.Number) bool{
	"%": func(n text.Number) bool { return n.Percent },
	"$": func(n text.Number) bool { return n.Currency == "USD" },
	"€": func(n text.Number) bool { return n.Currency == "EUR" },
	"₫": func(n text.Number) bool { return n.Currency == "VND" },
}

// figuresOf returns the figures of a field, which are looked for when they are first asked for.
func (d *Doc) figuresOf(f uint8) []text.Number {
	field := &d.fields[f]
	field.once.Do(func() { field.numbers = text.Numbers(field.Doc) })
	return field.numbers
}

// compares reports whether a figure can be what the comparison asks for. "Hơn 30" and "30-40" are more than 30.
func (n *Number) compares(v text.Number) bool {
	switch n.Op {
	case AtLeast:
		return v.High >= n.Value
	case More:
		return v.High > n.Value || v.AtLeast && v.High >= n.Value
	case AtMost:
		return v.Value <= n.Value
	case Less:
		return v.Value < n.Value || v.AtMost && v.Value <= n.Value
	}
	return v.Value <= n.Value && n.Value <= v.High
}

// figures appends the stretches in which a figure that compares stands beside one of the units.
func (st *step) figures(n *Number, x *scratch, d *Doc, a area) {
	for i := range st.kids {
		unit := &st.kids[i]
		for h := x.first(unit.term, a); h >= 0 && x.hits[h].in(a); h = x.hits[h].next {
			t := x.hits[h]
			if !a.has(t.field, t.tok, t.tok+int32(unit.words)) {
				continue
			}
			u := interval{t.field, t.tok, t.tok + int32(unit.words)}
			if v, ok := nearestFigure(d, u); ok && n.compares(v) {
				x.add(interval{t.field, min(u.first, int32(v.First)), max(u.last, int32(v.Last))}, a)
			}
		}
	}
	for f := range uint8(fieldCount) {
		if len(n.Signs) == 0 || a.mask&(1<<f) == 0 {
			continue
		}
		list := d.figuresOf(f)
		from, _ := slices.BinarySearchFunc(list, int(a.first), func(v text.Number, at int) int { return v.First - at })
		for _, v := range list[from:] {
			if !a.whole && int32(v.First) >= a.last {
				break
			}
			if n.compares(v) && slices.ContainsFunc(n.Signs, func(s string) bool { return signs[s](v) }) {
				x.add(interval{f, int32(v.First), int32(v.Last)}, a)
			}
		}
	}
}

func (x *scratch) add(v interval, a area) {
	if a.has(v.field, v.first, v.last) {
		x.spans = append(x.spans, v)
	}
}

// nearestFigure returns the figure nearest to a unit in its sentence; of two equally near the one before it.
func nearestFigure(d *Doc, u interval) (best text.Number, ok bool) {
	list := d.figuresOf(u.field)
	tokens := d.fields[u.field].Tokens
	i, _ := slices.BinarySearchFunc(list, int(u.first), func(n text.Number, at int) int { return n.Last - at })
	bestGap := int32(figureReach + 1)
	for _, n := range list[max(0, i-1):min(len(list), i+3)] {
		gap := max(0, u.first-int32(n.Last), int32(n.First)-u.last)
		if gap < bestGap && tokens[n.First].Sentence == tokens[u.first].Sentence {
			best, bestGap, ok = n, gap, true
		}
	}
	return best, ok
}
