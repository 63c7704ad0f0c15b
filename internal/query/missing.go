package query

import (
	"fmt"
	"slices"
	"strings"

	"haidang/internal/text"
)

func (d *Doc) hasFold(fold string) bool {
	for f := range d.fields {
		if slices.ContainsFunc(d.fields[f].Tokens, func(t text.Token) bool { return t.Word.Fold == fold }) {
			return true
		}
	}
	return false
}

// otherSpellings returns, as written, up to three places where the term stands but for marks and case.
func (e explainer) otherSpellings(n *Term, a area) []string {
	var out []string
	for f := range e.d.fields {
		doc := e.d.fields[f].Doc
		if a.mask&(1<<f) == 0 || n.Prefix {
			continue
		}
		for i := 0; i+len(n.Words) <= len(doc.Tokens) && len(out) < 3; i++ {
			if !foldsMatch(doc.Tokens[i:], n.Words) {
				continue
			}
			s := doc.Text[doc.Tokens[i].Start:doc.Tokens[i+len(n.Words)-1].End]
			if s = "«" + shorten(s) + "»"; !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	return out
}

func foldsMatch(tokens []text.Token, words []*text.Word) bool {
	for i, w := range words {
		if tokens[i].Word.Fold != w.Fold {
			return false
		}
	}
	return true
}

// missingNear tells a side that is missing from sides that stand too far apart, or in the wrong order.
func (e explainer) missingNear(st *step, n *Near, a area) Message {
	var sides [2][]interval
	for i := range st.kids {
		k := &st.kids[i]
		at := len(e.x.spans)
		k.places(e.x, e.d, a)
		sides[i] = slices.Clone(e.x.spans[at:])
		e.x.spans = e.x.spans[:at]
		if len(sides[i]) == 0 {
			return say("không có: %s", "missing: %s", FormatNode(k.node))
		}
	}
	gap, turned := closestPair(sides[0], sides[1])
	switch {
	case gap < 0 && overlap(sides[0], sides[1]):
		return say("hai vế chỉ gặp nhau ở cùng một chỗ", "the two sides are found only in the same words")
	case gap < 0:
		return say("hai vế không cùng ở một phần của bài", "the two sides never stand in the same field")
	case n.Ordered && turned && gap <= n.Distance:
		return say("có ở gần nhau nhưng ngược thứ tự", "they stand near each other, but in the other order")
	}
	return say("gần nhất cách %d tiếng, cho phép %d", "at the nearest %d words are between, %d are allowed", gap, n.Distance)
}

// closestPair returns the fewest words between two intervals that do not overlap, and whether the left one came last; -1 for none.
func closestPair(left, right []interval) (gap int, turned bool) {
	gap = -1
	for _, l := range left[:min(len(left), 300)] {
		for _, r := range right[:min(len(right), 300)] {
			if l.field != r.field || l.first < r.last && r.first < l.last {
				continue
			}
			if g := int(max(r.first-l.last, l.first-r.last)); gap < 0 || g < gap {
				gap, turned = g, r.last <= l.first
			}
		}
	}
	return gap, turned
}

// overlap reports whether a word belongs to both sides.
func overlap(left, right []interval) bool {
	return slices.ContainsFunc(left, func(l interval) bool {
		return slices.ContainsFunc(right, func(r interval) bool { return l.field == r.field && l.first < r.last && r.first < l.last })
	})
}

func (e explainer) missingSame(st *step, n *Same, a area) Message {
	if !st.kids[0].holds(e.x, e.d, a) {
		m := e.missing(&st.kids[0], a)
		return m
	}
	if n.Unit == Paragraph {
		return say("bài có đủ nhưng không trong cùng một đoạn", "the article holds it, but not in one paragraph")
	}
	return say("bài có đủ nhưng không trong cùng một câu", "the article holds it, but not in one sentence")
}

// missingNumber shows the figures that stand beside the units.
func (e explainer) missingNumber(st *step, n *Number, a area) Message {
	var near []string
	for i := range st.kids {
		u := e.x.beside(&st.kids[i], e.d)
		for k, v := range u.values {
			if at := u.units[k]; a.has(at.field, at.first, at.last) && len(near) < 5 {
				near = append(near, fmt.Sprintf("«%s»", e.d.fields[at.field].Text[v.Start:v.End]))
			}
		}
	}
	if len(near) == 0 {
		return say("không có con số nào bên cạnh đơn vị", "no figure stands beside the unit")
	}
	return say("con số bên cạnh đơn vị: %s", "the figures beside the unit: %s", strings.Join(near, ", "))
}
