package query

import (
	"math"
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
	field.once.Do(func() { field.numbers = field.AppendNumbers(field.numbers) })
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

// unitFigures are the figures beside one unit in a document. They are the same for every rule, so the first that asks
// has them found.
type unitFigures struct {
	places          []interval // each spans figure and unit, in the order of the units
	units           []interval
	values          []text.Number
	lowest, highest float64
}

// within reports, cheaply, whether one of the figures could be what the comparison asks for.
func (u *unitFigures) within(n *Number) bool {
	switch {
	case len(u.values) == 0:
		return false
	case n.Op == AtLeast, n.Op == More:
		return u.highest >= n.Value
	case n.Op == AtMost, n.Op == Less:
		return u.lowest <= n.Value
	}
	return u.lowest <= n.Value && n.Value <= u.highest
}

// beside returns the figures beside a unit, which is a term of the set.
func (x *scratch) beside(unit *step, d *Doc) *unitFigures {
	if i, ok := x.besides[unit.term]; ok {
		return x.figures[i]
	}
	if x.besides == nil {
		x.besides = map[uint32]int{}
	}
	i := len(x.besides)
	x.besides[unit.term] = i
	if i == len(x.figures) {
		x.figures = append(x.figures, new(unitFigures))
	}
	u := x.figures[i]
	u.places, u.units, u.values = u.places[:0], u.units[:0], u.values[:0]
	u.lowest, u.highest = math.Inf(1), math.Inf(-1)
	at, field := 0, uint8(fieldCount)
	for h := x.first(unit.term, everywhere); h >= 0; h = x.hits[h].next {
		t := x.hits[h]
		if t.field != field {
			at, field = 0, t.field
		}
		v := interval{t.field, t.tok, t.tok + int32(unit.words)}
		number, ok := nearestFigure(d, v, &at)
		if !ok {
			continue
		}
		u.places = append(u.places, interval{t.field, min(v.first, int32(number.First)), max(v.last, int32(number.Last))})
		u.units, u.values = append(u.units, v), append(u.values, number)
		u.lowest, u.highest = min(u.lowest, number.Value), max(u.highest, number.High)
	}
	return u
}

// eachFigure calls visit for the stretches in which a figure that compares stands beside one of the units, until it
// returns false.
func (st *step) eachFigure(n *Number, x *scratch, d *Doc, a area, visit func(interval) bool) {
	for i := range st.kids {
		if x.mask(st.kids[i].term)&a.mask == 0 {
			continue
		}
		u := x.beside(&st.kids[i], d)
		if !u.within(n) {
			continue
		}
		from := 0
		if !a.whole {
			from, _ = slices.BinarySearchFunc(u.units, a, func(v interval, a area) int {
				if 1<<v.field < a.mask || 1<<v.field == a.mask && v.first < a.first {
					return -1
				}
				return 1
			})
		}
		for k := from; k < len(u.units) && (a.whole || 1<<u.units[k].field == a.mask && u.units[k].first < a.last); k++ {
			v, unit := u.places[k], u.units[k]
			if a.has(unit.field, unit.first, unit.last) && a.has(v.field, v.first, v.last) && n.compares(u.values[k]) && !visit(v) {
				return
			}
		}
	}
	if len(n.Signs) > 0 {
		n.eachSigned(d, a, visit)
	}
}

// eachSigned does the same for units that are not words.
func (n *Number) eachSigned(d *Doc, a area, visit func(interval) bool) {
	for f := range uint8(fieldCount) {
		if a.mask&(1<<f) == 0 {
			continue
		}
		list := d.figuresOf(f)
		from, _ := slices.BinarySearchFunc(list, int(a.first), func(v text.Number, at int) int { return v.First - at })
		for _, v := range list[from:] {
			if !a.whole && int32(v.First) >= a.last {
				break
			}
			at := interval{f, int32(v.First), int32(v.Last)}
			if a.has(at.field, at.first, at.last) && n.compares(v) && slices.ContainsFunc(n.Signs, func(s string) bool { return signs[s](v) }) && !visit(at) {
				return
			}
		}
	}
}

// nearestFigure returns the figure nearest to a unit in its sentence; of two equally near the one before it. Units are
// asked for in the order of a field, and at is where the search among its figures goes on.
func nearestFigure(d *Doc, u interval, at *int) (best text.Number, ok bool) {
	list := d.figuresOf(u.field)
	tokens := d.fields[u.field].Tokens
	for *at < len(list) && int32(list[*at].Last) < u.first {
		*at++
	}
	bestGap := int32(figureReach + 1)
	for _, n := range list[max(0, *at-1):min(len(list), *at+3)] {
		gap := max(0, u.first-int32(n.Last), int32(n.First)-u.last)
		if gap < bestGap && tokens[n.First].Sentence == tokens[u.first].Sentence {
			best, bestGap, ok = n, gap, true
		}
	}
	return best, ok
}
