package query

import (
	"cmp"
	"slices"
)

// unit is a sentence of a field, by its number.
type unit struct {
	field    uint8
	sentence int32
}

// eachUnit calls visit for each sentence or paragraph in the area that can satisfy the kid, in the order of the text, until
// it returns false. Only those that hold a word which the kid cannot do without are tried.
func (st *step) eachUnit(x *scratch, d *Doc, a area, visit func(area) bool) {
	paragraphs := st.node.(*Same).Unit == Paragraph
	mark := len(x.units)
	if !st.kids[0].guide(x, d, a) {
		x.units = x.units[:mark]
		st.everyUnit(d, a, paragraphs, visit)
		return
	}
	slices.SortFunc(x.units[mark:], func(a, b unit) int {
		return cmp.Or(cmp.Compare(a.field, b.field), cmp.Compare(a.sentence, b.sentence))
	})
	end := mark + len(slices.Compact(x.units[mark:]))
	x.units = x.units[:end]
	done := unit{fieldCount, 0} // the last sentence that was tried
	for i := mark; i < end; i++ {
		u := x.units[i]
		if u.field == done.field && u.sentence <= done.sentence {
			continue // of the paragraph before
		}
		list := d.fields[u.field].Sentences
		from, to := int(u.sentence), int(u.sentence)+1
		for paragraphs && from > 0 && list[from-1].Paragraph == list[from].Paragraph {
			from--
		}
		for paragraphs && to < len(list) && list[to].Paragraph == list[from].Paragraph {
			to++
		}
		done = unit{u.field, int32(to - 1)}
		if v := a.within(u.field, int32(list[from].First), int32(list[to-1].Last)); v.first < v.last && !visit(v) {
			break
		}
	}
	x.units = x.units[:mark]
}

func (st *step) everyUnit(d *Doc, a area, paragraphs bool, visit func(area) bool) {
	for f := range uint8(fieldCount) {
		if a.mask&(1<<f) == 0 {
			continue
		}
		list := d.fields[f].Sentences
		for i := 0; i < len(list); {
			j := i + 1
			for paragraphs && j < len(list) && list[j].Paragraph == list[i].Paragraph {
				j++
			}
			u := a.within(f, int32(list[i].First), int32(list[j-1].Last))
			if u.first < u.last && !visit(u) {
				return
			}
			i = j
		}
	}
}

// guide appends the sentences that hold a word which the step cannot do without. It reports false where there is no such
// word.
func (st *step) guide(x *scratch, d *Doc, a area) bool {
	switch st.op {
	case opTerm:
		for h := x.first(st.term, a); h >= 0 && x.hits[h].in(a); h = x.hits[h].next {
			if t := x.hits[h]; a.mask&(1<<t.field) != 0 {
				x.units = append(x.units, unit{t.field, int32(d.fields[t.field].Tokens[t.tok].Sentence)})
			}
		}
		return true
	case opOr:
		mark := len(x.units)
		for i := range st.kids {
			if !st.kids[i].guide(x, d, a) {
				x.units = x.units[:mark]
				return false
			}
		}
		return true
	case opAnd: // has the rarest first
		mark := len(x.units)
		for i := range st.kids {
			if k := &st.kids[i]; k.op != opNot && k.guide(x, d, a) {
				return true
			}
			x.units = x.units[:mark]
		}
		return false
	}
	switch st.node.(type) {
	case *Named:
		return st.kids[0].guide(x, d, a)
	case *Near:
		return st.kids[0].guide(x, d, a) || st.kids[1].guide(x, d, a)
	}
	return false
}
