package query

import "haidang/internal/article"

// Highlight returns every occurrence in the article of the words that the query asks for, wherever they stand in the fields
// it looks at, and never of words that it excludes or counts against. Spans that overlap are one.
func Highlight(q *Query, d *Doc) []article.Span {
	s := q.alone()
	p, x := s.only(d)
	defer s.pool.Put(x)
	c := collector{x: x, d: d}
	c.highlight(&p.steps[0], everywhere)
	c.tell(2 * MaxSpans)
	return merged(c.spans)
}

func (c *collector) highlight(st *step, a area) {
	switch n := st.node.(type) {
	case *Not:
		return
	case *Scope:
		a.mask &= fieldMask(n.Field)
	case *Term, *Number:
		c.places(st, a, "")
		return
	}
	for i := range st.kids {
		if st.kids[i].points >= 0 { // else it counts against
			c.highlight(&st.kids[i], a)
		}
	}
}

// merged joins spans that overlap. They are in order.
func merged(spans []article.Span) []article.Span {
	out := spans[:0]
	for _, s := range spans {
		if n := len(out); n > 0 && out[n-1].Field == s.Field && s.Start < out[n-1].End {
			out[n-1].End = max(out[n-1].End, s.End)
			continue
		}
		out = append(out, s)
	}
	return out
}
