package query

import (
	"fmt"
	"strings"
	"time"

	"haidang/internal/article"
)

// Explanation says of one part of a query whether it held, and why not.
type Explanation struct {
	Text    string         `json:"text"`             // the part in canonical form
	Clause  string         `json:"clause,omitempty"` // its name, if it has one
	Held    bool           `json:"held"`
	Count   int            `json:"count,omitempty"`  // how often it occurs
	Points  float64        `json:"points,omitempty"` // of a weighted list its sum, of an item what it adds to that
	Missing Message        `json:"missing,omitzero"` // why it did not hold
	Parts   []Explanation  `json:"parts,omitempty"`
	Spans   []article.Span `json:"spans,omitempty"` // of a word, phrase, NEAR, SENT, PARA or NUM that held
}

// Explain says of each part of a query whether it held, and if not what was missing.
func Explain(q *Query, d *Doc) Explanation {
	s := q.alone()
	p, x := s.only(d)
	defer s.pool.Put(x)
	e := explainer{x: x, d: d}
	return e.explain(&p.steps[0], everywhere)
}

type explainer struct {
	x *scratch
	d *Doc
}

func (e explainer) explain(st *step, a area) Explanation {
	out := Explanation{Text: FormatNode(st.node), Held: st.holds(e.x, e.d, a)}
	if out.Held {
		out.Count = st.count(e.x, e.d, a, 1<<20)
		out.Spans = e.spans(st, a)
	} else {
		out.Missing = e.missing(st, a)
	}
	switch n := st.node.(type) {
	case *Named:
		out.Clause = n.Name
	case *Weighted:
		out.Points = float64(st.sum(e.x, e.d, a)) / 100
	case *Scope:
		a.mask &= fieldMask(n.Field)
	}
	for i := range st.kids {
		k := st.written(i)
		part := e.explain(k, a)
		if k.points != 0 {
			part.Points = k.worth(part.Count)
		}
		out.Parts = append(out.Parts, part)
	}
	return out
}

// spans returns the words that satisfied a part which speaks of words by itself.
func (e explainer) spans(st *step, a area) []article.Span {
	switch st.node.(type) {
	case *Term, *Number, *Near, *Same:
		c := &collector{x: e.x, d: e.d}
		c.mark(st, a, "")
		c.tell(MaxSpans)
		return c.spans
	}
	return nil
}

func say(vi, en string, args ...any) Message {
	return Message{fmt.Sprintf(vi, args...), fmt.Sprintf(en, args...)}
}

// missing says why a step did not hold.
func (e explainer) missing(st *step, a area) Message {
	switch n := st.node.(type) {
	case *Term:
		return e.missingTerm(st, n, a)
	case *And:
		var names []string
		for i := range st.kids {
			if k := st.written(i); !k.holds(e.x, e.d, a) {
				names = append(names, FormatNode(k.node))
			}
		}
		return say("thiếu: %s", "missing: %s", strings.Join(names, ", "))
	case *Or, *List:
		return say("không có phần nào trong %d phần", "none of its %d parts holds", len(st.kids))
	case *Not:
		return say("bài có phần bị loại trừ: %s", "the article holds what is excluded: %s", FormatNode(n.Node))
	case *Near:
		return e.missingNear(st, n, a)
	case *Same:
		return e.missingSame(st, n, a)
	case *Meta:
		return say("bài có %s: %s", "the article has %s: %s", n.Key, cut(strings.Join(e.d.values(n.Key), ", ")))
	case *Date:
		return say("bài có %s: %s", "the article has %s: %s", n.Key, day(e.d.time(n.Key)))
	case *Number:
		return e.missingNumber(st, n, a)
	case *Weighted:
		return say("được %s trên %s điểm", "it reaches %s of %s points",
			formatFloat(float64(st.sum(e.x, e.d, a))/100), formatFloat(n.Threshold))
	}
	return e.missing(&st.kids[0], e.inside(st, a))
}

// inside returns the area in which the kid of a Scope or Named is looked for.
func (e explainer) inside(st *step, a area) area {
	if n, ok := st.node.(*Scope); ok {
		a.mask &= fieldMask(n.Field)
	}
	return a
}

func cut(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

func day(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return t.In(Zone).Format(time.DateOnly)
}

// missingTerm tells apart: elsewhere, other marks, words apart, words missing.
func (e explainer) missingTerm(st *step, n *Term, a area) Message {
	if m := e.x.mask(st.term); m != 0 {
		var where []string
		for f, name := range fieldNames {
			if m&(1<<f) != 0 {
				where = append(where, string(name))
			}
		}
		return say("chỉ có trong: %s", "it stands only in: %s", strings.Join(where, ", "))
	}
	if other := e.otherSpellings(n, a); len(other) > 0 {
		return say("bài viết khác dấu hoặc khác chữ hoa: %s", "the article has it with other marks or case: %s", strings.Join(other, ", "))
	}
	if len(n.Words) == 1 {
		return say("không có từ này", "the word does not occur")
	}
	var absent []string
	for _, w := range n.Words {
		if !e.d.hasFold(w.Fold) {
			absent = append(absent, w.Canon)
		}
	}
	if len(absent) > 0 {
		return say("không có từ: %s", "these words do not occur: %s", strings.Join(absent, ", "))
	}
	return say("có đủ các từ nhưng không đứng liền nhau", "all its words occur, but not side by side")
}
