package query

import (
	"cmp"
	"regexp"
	"strconv"
	"strings"

	"haidang/internal/text"
)

// number reads the inside of NUM(units, op, value).
func (p *parser) number(t token) (Node, error) {
	parts := strings.SplitN(t.text, ",", 3)
	if len(parts) != 3 || startsWithDigit(parts[1]) { // deaths, 1,200
		return nil, p.fail(t, badNumber.with(example(t.text)))
	}
	n := &Number{Op: comparison(parts[1])}
	if n.Op == "" {
		return nil, p.failAt(partOf(t, parts, 1), badComparison.with(example(t.text)))
	}
	value, ok := readNumber(parts[2])
	if !ok {
		return nil, p.failAt(partOf(t, parts, 2), badFigure.with(example(t.text)))
	}
	n.Value = value
	for unit := range strings.SplitSeq(parts[0], "|") {
		if err := p.unit(t, n, unit); err != nil {
			return nil, err
		}
	}
	return p.put(n, t.start), nil
}

func startsWithDigit(s string) bool {
	s = strings.TrimSpace(s)
	return s != "" && s[0] >= '0' && s[0] <= '9'
}

// partOf returns where a part of NUM stands, without the blanks around it.
func partOf(t token, parts []string, i int) span {
	start := t.number
	for _, before := range parts[:i] {
		start += len([]rune(before)) + 1
	}
	s := parts[i]
	trimmed := strings.TrimLeft(s, " ")
	start += len(s) - len(trimmed)
	return span{start, start + max(1, len([]rune(strings.TrimRight(trimmed, " "))))}
}

// comparison reads one, or returns "".
func comparison(s string) Op {
	switch op := Op(strings.NewReplacer("≥", ">=", "≤", "<=", "==", "=", "=>", ">=", "=<", "<=").Replace(strings.TrimSpace(s))); op {
	case AtLeast, More, AtMost, Less, Equals:
		return op
	}
	return ""
}

// loose is how NUM is written by those who do not know how: a unit, perhaps a comparison, perhaps a number in digits.
var loose = regexp.MustCompile(`^\s*([^\s,<>=≥≤~!\d][^,<>=≥≤~!\d]*)[\s,]*([<>=≥≤~!]*)[\s,]*(\d[\d.,]*)?`)

const goodNumber = "NUM(người chết | deaths, >=, 100)"

// example returns what a wrong NUM may have meant, for its hint.
func example(inside string) string {
	m := loose.FindStringSubmatch(inside)
	if m == nil || strings.Contains(m[1], "*") {
		return goodNumber
	}
	n := &Number{Op: cmp.Or(comparison(m[2]), AtLeast), Value: 100}
	if v, ok := readNumber(strings.TrimRight(m[3], ".,")); ok {
		n.Value = v
	}
	var apart parser // so that what is said here counts towards no limit
	for unit := range strings.SplitSeq(m[1], "|") {
		if term, err := apart.newTerm(span{}, unit, false); err == nil {
			n.Units = append(n.Units, term)
		}
	}
	if n.Units == nil {
		return goodNumber
	}
	return FormatNode(n)
}

// unit adds one unit to n: a sign or a term.
func (p *parser) unit(t token, n *Number, s string) error {
	s = strings.TrimSpace(s)
	if _, ok := signs[s]; ok {
		n.Signs = append(n.Signs, s)
		return nil
	}
	body, star := strings.CutSuffix(strings.TrimFunc(s, isQuote), "*")
	if strings.Contains(body, "*") || display(body) == "" {
		return p.fail(t, badNumber.with(example(t.text)))
	}
	term, err := p.newTerm(span{t.start, t.end}, body, star)
	if err != nil {
		return err
	}
	n.Units = append(n.Units, term)
	return nil
}

// readNumber reads one figure, in digits or in words.
func readNumber(s string) (float64, bool) {
	s = strings.TrimSpace(s)
	if v, err := strconv.ParseUint(s, 10, 53); err == nil {
		return float64(v), true
	}
	d := text.Analyze(s)
	ns := text.Numbers(d)
	if len(ns) != 1 || ns[0].Value != ns[0].High || ns[0].First != 0 || ns[0].Last != len(d.Tokens) {
		return 0, false
	}
	return ns[0].Value, true
}
