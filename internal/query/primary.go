package query

import (
	"strconv"
	"strings"
	"time"
)

// group reads what stands between parentheses; the opening one is taken.
func (p *parser) group(open token) (Node, error) {
	if p.peek().kind == kindClose {
		p.take()
		return nil, p.failAt(span{open.start, p.tokens[p.pos-1].end}, emptyGroup)
	}
	if p.peek().kind == kindEnd {
		return nil, p.fail(open, openParen)
	}
	n, err := p.or()
	if err != nil {
		return nil, err
	}
	if t := p.take(); t.kind != kindClose {
		if t.kind == kindEnd {
			return nil, p.fail(open, openParen)
		}
		return nil, p.fail(t, strayClose)
	}
	return n, nil
}

func (p *parser) same(t token) (Node, error) {
	n, err := p.group(p.take())
	if err != nil {
		return nil, err
	}
	if err := p.checkWords(n, t.text); err != nil {
		return nil, err
	}
	unit := Sentence
	if t.text == "PARA" {
		unit = Paragraph
	}
	return p.put(&Same{Unit: unit, Node: n}, t.start), nil
}

func (p *parser) named(t token) (Node, error) {
	n, err := p.group(p.take())
	if err != nil {
		return nil, err
	}
	return p.put(&Named{Name: display(t.text), Node: n}, t.start), nil
}

// operand reads what a field prefix applies to.
func (p *parser) operand(t token) (Node, error) {
	switch k := p.peek().kind; {
	case !startsOperand(k) || k == kindNear || k == kindNot:
		return nil, p.fail(t, missingAfter.with(t.text+":"))
	}
	if p.depth++; p.depth > MaxDepth {
		return nil, p.fail(t, tooDeep.with(strconv.Itoa(MaxDepth)))
	}
	defer func() { p.depth-- }()
	return p.primary()
}

func (p *parser) scope(t token) (Node, error) {
	n, err := p.operand(t)
	if err != nil {
		return nil, err
	}
	if err := p.checkWords(n, t.text+":"); err != nil {
		return nil, err
	}
	return p.put(&Scope{Field: scopes[t.text], Node: n}, t.start), nil
}

// moded reads raw: or fold:, which every term below takes on.
func (p *parser) moded(t token) (Node, error) {
	outer := p.mode
	p.mode = modes[t.text]
	n, err := p.operand(t)
	p.mode = outer
	if err != nil {
		return nil, err
	}
	bad := Node(nil)
	Walk(n, func(n Node) bool {
		switch n.(type) {
		case *Term, *List, *Or, *And, *Not, *Near, *Same, *Scope, *Named, *Weighted:
		default:
			bad = n
		}
		return bad == nil
	})
	if bad != nil {
		return nil, p.failAt(p.place[bad], modeScope.with(t.text+":"))
	}
	return n, nil
}

func (p *parser) list(t token) (Node, error) {
	name := strings.TrimPrefix(t.text, "@")
	var entries []string
	found := false
	if p.options.Lists != nil {
		entries, found = p.options.Lists(name)
	}
	if !found {
		return nil, p.fail(t, unknownList.with(name))
	}
	n := &List{Name: name, Mode: p.mode}
	for i, e := range entries {
		body, star := strings.CutSuffix(strings.TrimSpace(e), "*")
		if strings.ContainsAny(body, "*()[]^@") || display(body) == "" {
			return nil, p.fail(t, badEntry.with(strconv.Itoa(i+1)))
		}
		term, err := p.newTerm(span{t.start, t.end}, body, star)
		if err != nil {
			return nil, err
		}
		term.Mode = p.mode
		n.Terms = append(n.Terms, term)
	}
	if len(n.Terms) == 0 {
		return nil, p.fail(t, emptyList.with(name))
	}
	return p.put(n, t.start), nil
}

// count reads the pieces of COUNT(sources) >= 3 WITHIN 2h.
func (p *parser) count(t token) (Node, error) {
	v := t.values
	of, op, n, within, long := strings.TrimSpace(v[0].text), v[1].text, v[2].text, v[3].text, v[4].text
	least, err := strconv.Atoi(n)
	if of != "sources" || op != ">=" && op != "≥" || err != nil || least < 1 || least > 10_000 || within != "WITHIN" {
		return nil, p.fail(t, badCount)
	}
	d, ok := readDuration(long)
	if !ok {
		return nil, p.fail(t, badCount)
	}
	return p.put(&storyCount{Count{Of: of, AtLeast: least, Within: d}}, t.start), nil
}

// readDuration reads 90m, 2h or 3d.
func readDuration(s string) (time.Duration, bool) {
	if len(s) < 2 {
		return 0, false
	}
	n, err := strconv.Atoi(s[:len(s)-1])
	unit := map[byte]time.Duration{'m': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour}[s[len(s)-1]]
	if err != nil || n < 1 || n > 10_000 || unit == 0 {
		return 0, false
	}
	return time.Duration(n) * unit, true
}

// storyCount stands in the tree for a COUNT until liftCount takes it out.
type storyCount struct{ count Count }

func (*storyCount) node() {}

// liftCount takes a COUNT that is joined by AND at the top out of the tree.
func (p *parser) liftCount(root Node) (Node, error) {
	if c, ok := root.(*storyCount); ok {
		return nil, p.failAt(p.place[c], noAnchor)
	}
	if and, ok := root.(*And); ok {
		var rest []Node
		for _, n := range and.Nodes {
			if c, ok := n.(*storyCount); ok && p.story == nil {
				p.story = &c.count
				continue
			}
			rest = append(rest, n)
		}
		root = p.join(rest, p.place[and].start, true)
	}
	var err error
	Walk(root, func(n Node) bool {
		if c, ok := n.(*storyCount); ok && err == nil {
			err = p.failAt(p.place[c], countPlace)
		}
		return err == nil
	})
	return root, err
}
