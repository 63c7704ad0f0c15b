package query

import (
	"strconv"
	"strings"
	"time"
)

// Format prints a query in its canonical form: parsing it gives the same query.
func Format(q *Query) string {
	s := FormatNode(q.Root)
	if q.Story == nil {
		return s
	}
	if _, ok := q.Root.(*Or); ok {
		s = "(" + s + ")"
	}
	return s + " AND " + q.Story.String()
}

// String prints the condition as it is written.
func (c *Count) String() string {
	within := strconv.Itoa(int(c.Within/time.Minute)) + "m"
	switch {
	case c.Within%(24*time.Hour) == 0:
		within = strconv.Itoa(int(c.Within/(24*time.Hour))) + "d"
	case c.Within%time.Hour == 0:
		within = strconv.Itoa(int(c.Within/time.Hour)) + "h"
	}
	return "COUNT(" + c.Of + ") >= " + strconv.Itoa(c.AtLeast) + " WITHIN " + within
}

// FormatNode prints a part of a query.
func FormatNode(n Node) string {
	var b strings.Builder
	printer{&b}.node(n)
	return b.String()
}

type printer struct{ *strings.Builder }

func (p printer) node(n Node) {
	switch n := n.(type) {
	case *And:
		p.and(n)
	case *Or:
		p.join(n.Nodes, " OR ", func(n Node) bool { return isAnd(n) || isOr(n) })
	case *Not:
		p.WriteString("NOT ")
		p.group(n.Node, isAnd(n.Node) || isOr(n.Node))
	case *Term:
		p.term(n)
	case *List:
		p.WriteString(modePrefix(n.Mode) + "@" + n.Name)
	case *Near:
		p.near(n)
	case *Same:
		p.WriteString(map[Unit]string{Sentence: "SENT", Paragraph: "PARA"}[n.Unit])
		p.group(n.Node, true)
	case *Scope:
		p.scope(n)
	case *Meta:
		p.meta(n)
	case *Date:
		p.WriteString(string(n.Key) + ":" + formatDates(n.From, n.Until))
	case *Number:
		p.number(n)
	case *Weighted:
		p.weighted(n)
	case *Named:
		p.WriteString(n.Name + "=")
		p.group(n.Node, true)
	}
}

func isAnd(n Node) bool  { _, ok := n.(*And); return ok }
func isOr(n Node) bool   { _, ok := n.(*Or); return ok }
func isNot(n Node) bool  { _, ok := n.(*Not); return ok }
func isNear(n Node) bool { _, ok := n.(*Near); return ok }

// compound reports whether n is more than one operand.
func compound(n Node) bool { return isAnd(n) || isOr(n) || isNot(n) || isNear(n) }

func (p printer) group(n Node, brackets bool) {
	if brackets {
		p.WriteByte('(')
		defer p.WriteByte(')')
	}
	p.node(n)
}

func (p printer) join(nodes []Node, between string, brackets func(Node) bool) {
	for i, n := range nodes {
		if i > 0 {
			p.WriteString(between)
		}
		p.group(n, brackets(n))
	}
}

// and prints plain words side by side and spells AND out otherwise.
func (p printer) and(n *And) {
	between := " "
	for _, c := range n.Nodes {
		if _, ok := c.(*Term); !ok {
			between = " AND "
		}
	}
	p.join(n.Nodes, between, func(n Node) bool { return isAnd(n) || isOr(n) })
}

func (p printer) near(n *Near) {
	p.group(n.Left, isOr(n.Left))
	if n.Ordered {
		p.WriteString(" ONEAR/" + strconv.Itoa(n.Distance) + " ")
	} else {
		p.WriteString(" NEAR/" + strconv.Itoa(n.Distance) + " ")
	}
	p.group(n.Right, isOr(n.Right) || isNear(n.Right))
}

func (p printer) scope(n *Scope) {
	for name, f := range scopes {
		if f == n.Field {
			p.WriteString(name + ":")
		}
	}
	p.group(n.Node, compound(n.Node))
}

func modePrefix(m Mode) string {
	for name, mode := range modes {
		if mode == m {
			return name + ":"
		}
	}
	return ""
}

func (p printer) term(n *Term) {
	p.WriteString(modePrefix(n.Mode))
	star := ""
	if n.Prefix {
		star = "*"
	}
	if isBare(n) {
		p.WriteString(n.Text + star)
		return
	}
	p.WriteString(`"` + n.Text + star + `"`)
}

// isBare reports whether a term can stand without quotes.
func isBare(n *Term) bool {
	if len(n.Words) > 1 || words[n.Text] != 0 {
		return false
	}
	if _, strange := foreignDistance(n.Text); strange {
		return false
	}
	return strings.IndexFunc(n.Text, func(r rune) bool { return !isWordRune(r) }) < 0
}

func (p printer) meta(n *Meta) {
	p.WriteString(string(n.Key) + ":")
	if len(n.Values) > 1 {
		p.WriteByte('(')
		defer p.WriteByte(')')
	}
	for i, v := range n.Values {
		if i > 0 {
			p.WriteString(" OR ")
		}
		switch n.Key {
		case Stance:
			v = strings.ReplaceAll(v, "-", "_")
		case Country:
			v = strings.ToUpper(v)
		}
		p.WriteString(v)
	}
}

// formatDates prints a range of days; until is the midnight after the last of them.
func formatDates(from, until time.Time) string {
	last := until.AddDate(0, 0, -1)
	switch {
	case until.IsZero():
		return ">=" + from.In(Zone).Format(time.DateOnly)
	case from.IsZero():
		return "<=" + last.In(Zone).Format(time.DateOnly)
	case from.Equal(last):
		return from.In(Zone).Format(time.DateOnly)
	}
	return from.In(Zone).Format(time.DateOnly) + ".." + last.In(Zone).Format(time.DateOnly)
}

func (p printer) number(n *Number) {
	var units []string
	for _, t := range n.Units {
		u := t.Text
		if t.Prefix {
			u += "*"
		}
		units = append(units, u)
	}
	units = append(units, n.Signs...)
	p.WriteString("NUM(" + strings.Join(units, " | ") + ", " + string(n.Op) + ", " + formatValue(n.Value) + ")")
}

// formatValue prints a number so that it is not taken for one with separators: three decimals would be thousands.
func formatValue(v float64) string {
	s := formatFloat(v)
	if _, decimals, ok := strings.Cut(s, "."); ok && len(decimals) == 3 {
		s += "0"
	}
	return s
}

func formatFloat(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

func (p printer) weighted(n *Weighted) {
	p.WriteByte('[')
	for i, it := range n.Items {
		if i > 0 {
			p.WriteByte(' ')
		}
		p.group(it.Node, isAnd(it.Node) || isOr(it.Node) || isNear(it.Node))
		p.WriteString("^" + formatFloat(it.Weight))
		if it.Cap != 1 {
			p.WriteString("x" + strconv.Itoa(it.Cap))
		}
	}
	p.WriteString("] >= " + formatFloat(n.Threshold))
}
