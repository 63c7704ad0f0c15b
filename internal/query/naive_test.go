package query

import (
	"slices"
	"strings"
	"unicode"

	"haidang/internal/article"
	"haidang/internal/text"
)

// naive is the language told a second time, as plainly as possible and without regard to speed: the matcher must agree.
type naive struct{ d *Doc }

// zone is where to look: the tokens from lo to hi of each field.
type zone [fieldCount]struct{ lo, hi int }

func (v naive) everywhere() (z zone) {
	for f := range z {
		z[f].hi = len(v.d.fields[f].Tokens)
	}
	return z
}

func only(f, lo, hi int) (z zone) {
	z[f].lo, z[f].hi = lo, hi
	return z
}

func (z zone) scoped(name article.Field) zone {
	for f := range z {
		if fieldNames[f] != name {
			z[f].lo, z[f].hi = 0, 0
		}
	}
	return z
}

type stretch struct{ f, lo, hi int }

func (v naive) wordFits(t *Term, k int, doc *text.Doc, tok text.Token) bool {
	w, end := t.Words[k], t.Prefix && k == len(t.Words)-1
	same := func(have, want string) bool { return have == want || end && strings.HasPrefix(have, want) }
	switch {
	case t.Mode == ModeFold, t.Mode == ModeMarks && !t.Marked():
		return same(tok.Word.Fold, w.Fold)
	case t.Mode == ModeMarks:
		return same(tok.Word.Canon, w.Canon) || tok.Unmarked && same(tok.Word.Fold, w.Fold)
	}
	own := text.Analyze(t.Text)
	want := capitals(own.Text[own.Tokens[k].Start:own.Tokens[k].End])
	have := capitals(doc.Text[tok.Start:tok.End])
	return same(tok.Word.Canon, w.Canon) && (have == want || end && strings.HasPrefix(have, want))
}

func capitals(s string) string {
	var b strings.Builder
	for _, r := range s {
		if unicode.IsLetter(r) {
			b.WriteByte("aA"[map[bool]int{true: 1}[unicode.IsUpper(r)]])
		}
	}
	return b.String()
}

// places returns every stretch in the zone at which n occurs.
func (v naive) places(n Node, z zone) (out []stretch) {
	switch n := n.(type) {
	case *Term:
		for f := range z {
			doc := v.d.fields[f].Doc
			for i := z[f].lo; i+len(n.Words) <= z[f].hi; i++ {
				ok := true
				for k := range n.Words {
					ok = ok && v.wordFits(n, k, doc, doc.Tokens[i+k])
				}
				if ok {
					out = append(out, stretch{f, i, i + len(n.Words)})
				}
			}
		}
	case *Near:
		v.pairs(n, z, func(l, r stretch) { out = append(out, stretch{l.f, min(l.lo, r.lo), max(l.hi, r.hi)}) })
		all := slices.Clone(out)
		out = slices.DeleteFunc(out, func(s stretch) bool {
			return slices.ContainsFunc(all, func(o stretch) bool { return o != s && o.f == s.f && o.lo >= s.lo && o.hi <= s.hi })
		})
	case *Number:
		out = v.figures(n, z)
	default:
		for _, c := range Children(n) {
			out = append(out, v.places(c, z)...)
		}
	}
	return out
}

func (v naive) pairs(n *Near, z zone, visit func(l, r stretch)) {
	for _, l := range v.places(n.Left, z) {
		for _, r := range v.places(n.Right, z) {
			ordered := l.hi <= r.lo && r.lo-l.hi <= n.Distance
			turned := r.hi <= l.lo && l.lo-r.hi <= n.Distance
			if l.f == r.f && (ordered || turned && !n.Ordered) {
				visit(l, r)
			}
		}
	}
}

func (v naive) figures(n *Number, z zone) (out []stretch) {
	for _, unit := range n.Units {
		for _, u := range v.places(unit, z) {
			tokens := v.d.fields[u.f].Tokens
			best, bestGap := -1, 5
			list := text.Numbers(v.d.fields[u.f].Doc)
			for i, fig := range list {
				gap := max(0, u.lo-fig.Last, fig.First-u.hi)
				if gap < bestGap && tokens[fig.First].Sentence == tokens[u.lo].Sentence {
					best, bestGap = i, gap
				}
			}
			if best < 0 || !n.compares(list[best]) {
				continue
			}
			s := stretch{u.f, min(u.lo, list[best].First), max(u.hi, list[best].Last)}
			if s.lo >= z[s.f].lo && s.hi <= z[s.f].hi {
				out = append(out, s)
			}
		}
	}
	return out
}

func (v naive) units(n *Same, z zone) (out []zone) {
	for f := range z {
		tokens := v.d.fields[f].Tokens
		number := func(i int) int32 {
			if n.Unit == Paragraph {
				return tokens[i].Paragraph
			}
			return tokens[i].Sentence
		}
		for i := z[f].lo; i < z[f].hi; {
			j := i
			for j < z[f].hi && number(j) == number(i) {
				j++
			}
			out = append(out, only(f, i, j))
			i = j
		}
	}
	return out
}

func (v naive) holds(n Node, z zone) bool {
	holds := func(c Node) bool { return v.holds(c, z) }
	switch n := n.(type) {
	case *And:
		return !slices.ContainsFunc(n.Nodes, func(c Node) bool { return !holds(c) })
	case *Or:
		return slices.ContainsFunc(n.Nodes, holds)
	case *Not:
		return !holds(n.Node)
	case *Named:
		return holds(n.Node)
	case *Scope:
		return v.holds(n.Node, z.scoped(n.Field))
	case *Same:
		return slices.ContainsFunc(v.units(n, z), func(u zone) bool { return v.holds(n.Node, u) })
	case *Meta:
		return n.holds(v.d)
	case *Date:
		return n.holds(v.d)
	case *Weighted:
		sum := 0.0
		for _, it := range n.Items {
			sum += it.Weight * float64(min(it.Cap, v.count(it.Node, z)))
		}
		return sum >= n.Threshold
	}
	return len(v.places(n, z)) > 0
}

func (v naive) count(n Node, z zone) int {
	switch n := n.(type) {
	case *Term, *List:
		return len(v.places(n, z))
	case *Scope:
		return v.count(n.Node, z.scoped(n.Field))
	case *Named:
		return v.count(n.Node, z)
	}
	if v.holds(n, z) {
		return 1
	}
	return 0
}

// marks returns the stretches that satisfied n, which holds in the zone.
func (v naive) marks(n Node, z zone) (out []stretch) {
	switch n := n.(type) {
	case *Not, *Meta, *Date:
		return nil
	case *Term, *Number:
		return v.places(n, z)
	case *Scope:
		return v.marks(n.Node, z.scoped(n.Field))
	case *Near:
		v.pairs(n, z, func(l, r stretch) {
			out = append(out, v.marks(n.Left, only(l.f, l.lo, l.hi))...)
			out = append(out, v.marks(n.Right, only(r.f, r.lo, r.hi))...)
		})
		return out
	case *Same:
		for _, u := range v.units(n, z) {
			if v.holds(n.Node, u) {
				out = append(out, v.marks(n.Node, u)...)
			}
		}
		return out
	}
	for i, c := range Children(n) {
		if w, ok := n.(*Weighted); ok && w.Items[i].Weight < 0 {
			continue
		}
		if v.holds(c, z) {
			out = append(out, v.marks(c, z)...)
		}
	}
	return out
}

// spans returns the marks of a query as field, start and end, in order, each once.
func (v naive) spans(q *Query) []article.Span {
	var out []article.Span
	for _, s := range v.marks(q.Root, v.everywhere()) {
		tokens := v.d.fields[s.f].Tokens
		out = append(out, article.Span{Field: fieldNames[s.f], Start: tokens[s.lo].Start, End: tokens[s.hi-1].End})
	}
	return sortSpans(out)
}

func sortSpans(out []article.Span) []article.Span {
	slices.SortFunc(out, func(a, b article.Span) int {
		order := func(s article.Span) int { return slices.Index(fieldNames[:], s.Field)<<48 + s.Start<<24 + s.End }
		return order(a) - order(b)
	})
	return slices.Compact(out)
}
