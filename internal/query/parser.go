package query

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"haidang/internal/text"
)

// The limits of a query.
const (
	MaxLength    = 16_000 // characters
	MaxDepth     = 24     // brackets in brackets
	MaxTerms     = 1_000  // words and phrases, those of lists included
	MaxWildcards = 50     // words with *, those of lists included
	MaxPhrase    = 24     // words of a phrase
	MaxDistance  = 50     // words between the sides of NEAR
	MaxWeight    = 1_000
	MaxCap       = 100
)

// Parse reads a query. The error is an [*Error].
func (o Options) Parse(src string) (*Query, error) {
	if n := utf8.RuneCountInString(src); n > MaxLength {
		return nil, tooLong.with(strconv.Itoa(MaxLength)).at(MaxLength, "")
	}
	tokens, err := lex(src)
	if err != nil {
		return nil, err
	}
	p := &parser{options: o, src: []rune(src), tokens: tokens, place: map[Node]span{}}
	root, err := p.query()
	if err != nil {
		return nil, err
	}
	return &Query{Source: src, Root: root, Story: p.story}, nil
}

// span is a range of characters of the query.
type span struct{ start, end int }

// parser reads tokens by recursive descent: OR binds loosest, then AND, NOT, NEAR.
type parser struct {
	options   Options
	src       []rune
	tokens    []token
	pos       int
	depth     int
	terms     int
	wildcards int
	mode      Mode
	story     *Count
	place     map[Node]span // where each node stands, for errors
}

func (p *parser) peek() token { return p.tokens[p.pos] }

func (p *parser) take() token {
	t := p.tokens[p.pos]
	if t.kind != kindEnd {
		p.pos++
	}
	return t
}

// fail returns an error about a token.
func (p *parser) fail(t token, e problem) error { return p.failAt(span{t.start, t.end}, e) }

func (p *parser) failAt(s span, e problem) error { return e.at(s.start, string(p.src[s.start:s.end])) }

// put records where n stands: from start to the last token taken.
func (p *parser) put(n Node, start int) Node {
	end := start
	if p.pos > 0 {
		end = max(start, p.tokens[p.pos-1].end)
	}
	p.place[n] = span{start, end}
	return n
}

func (p *parser) query() (Node, error) {
	if p.peek().kind == kindEnd {
		return nil, p.fail(p.peek(), noAnchor)
	}
	root, err := p.or()
	if err != nil {
		return nil, err
	}
	if t := p.peek(); t.kind != kindEnd {
		return nil, p.fail(t, strayClose)
	}
	if root, err = p.liftCount(root); err != nil {
		return nil, err
	}
	return root, p.check(root)
}

func (p *parser) or() (Node, error) {
	if p.depth++; p.depth > MaxDepth {
		return nil, p.fail(p.peek(), tooDeep.with(strconv.Itoa(MaxDepth)))
	}
	defer func() { p.depth-- }()
	start := p.peek().start
	first, err := p.and()
	if err != nil {
		return nil, err
	}
	nodes := []Node{first}
	for p.peek().kind == kindOr {
		op := p.take()
		if !startsOperand(p.peek().kind) {
			return nil, p.fail(op, missingOperand.with("OR"))
		}
		n, err := p.and()
		if err != nil {
			return nil, err
		}
		nodes = append(nodes, n)
	}
	return p.join(nodes, start, false), nil
}

func (p *parser) and() (Node, error) {
	start := p.peek().start
	if k := p.peek().kind; k == kindAnd || k == kindOr {
		return nil, p.fail(p.peek(), missingOperand.with(p.peek().text))
	}
	var nodes []Node
	for {
		n, err := p.not()
		if err != nil {
			return nil, err
		}
		nodes = append(nodes, n)
		if op := p.peek(); op.kind == kindAnd {
			p.take()
			if !startsOperand(p.peek().kind) {
				return nil, p.fail(op, missingOperand.with("AND"))
			}
		} else if !startsOperand(op.kind) {
			return p.join(nodes, start, true), nil
		}
	}
}

// startsOperand reports whether a token can begin an operand. What it cannot begin is either an operator or an end.
func startsOperand(k kind) bool {
	switch k {
	case kindEnd, kindClose, kindCloseList, kindAnd, kindOr:
		return false
	}
	return true
}

// join makes an And or Or of nodes, without nesting one in its like.
func (p *parser) join(nodes []Node, start int, and bool) Node {
	if len(nodes) == 1 {
		return nodes[0]
	}
	var flat []Node
	for _, n := range nodes {
		switch n := n.(type) {
		case *And:
			if and {
				flat = append(flat, n.Nodes...)
				continue
			}
		case *Or:
			if !and {
				flat = append(flat, n.Nodes...)
				continue
			}
		}
		flat = append(flat, n)
	}
	if and {
		return p.put(&And{flat}, start)
	}
	return p.put(&Or{flat}, start)
}

func (p *parser) not() (Node, error) {
	t := p.peek()
	if t.kind != kindNot {
		return p.near()
	}
	p.take()
	if p.depth++; p.depth > MaxDepth {
		return nil, p.fail(t, tooDeep.with(strconv.Itoa(MaxDepth)))
	}
	defer func() { p.depth-- }()
	if !startsOperand(p.peek().kind) {
		return nil, p.fail(t, missingAfter.with("NOT"))
	}
	n, err := p.not()
	if err != nil {
		return nil, err
	}
	if inner, ok := n.(*Not); ok {
		return inner.Node, nil
	}
	return p.put(&Not{n}, t.start), nil
}

func (p *parser) near() (Node, error) {
	start := p.peek().start
	left, err := p.primary()
	if err != nil {
		return nil, err
	}
	for p.peek().kind == kindNear {
		op := p.take()
		name := strings.SplitN(op.text, "/", 2)[0]
		if op.number < 1 || op.number > MaxDistance {
			return nil, p.fail(op, farNear.with(strconv.Itoa(MaxDistance)))
		}
		if k := p.peek().kind; !startsOperand(k) || k == kindNear {
			return nil, p.fail(op, missingOperand.with(op.text))
		}
		if p.peek().kind == kindNot {
			return nil, p.fail(p.peek(), nearSide.with(name))
		}
		right, err := p.primary()
		if err != nil {
			return nil, err
		}
		if err := p.checkSide(left, name); err != nil {
			return nil, err
		}
		if err := p.checkSide(right, name); err != nil {
			return nil, err
		}
		left = p.put(&Near{Left: left, Right: right, Distance: op.number, Ordered: op.ordered}, start)
	}
	return left, nil
}

func (p *parser) primary() (Node, error) {
	t := p.take()
	switch t.kind {
	case kindWord, kindPhrase:
		return p.term(t, t.text, t.prefix)
	case kindOpen:
		return p.group(t)
	case kindOpenList:
		return p.weighted(t)
	case kindListName:
		return p.list(t)
	case kindSame:
		return p.same(t)
	case kindName:
		return p.named(t)
	case kindScope:
		return p.scope(t)
	case kindMode:
		return p.moded(t)
	case kindMeta:
		return p.meta(t)
	case kindNumber:
		return p.number(t)
	case kindCount:
		return p.count(t)
	case kindNear:
		return nil, p.fail(t, missingOperand.with(t.text))
	case kindWeight, kindThreshold:
		return nil, p.fail(t, strayWeight)
	case kindClose, kindCloseList:
		return nil, p.fail(t, strayClose)
	}
	return nil, p.fail(t, missingAfter.with(t.text))
}

// term makes a term of a word or a phrase as written.
func (p *parser) term(t token, s string, prefix bool) (Node, error) {
	at := span{t.start, t.end}
	n, err := p.newTerm(at, s, prefix)
	if err != nil {
		return nil, err
	}
	n.Mode = p.mode
	p.place[n] = at
	return n, nil
}

func (p *parser) newTerm(at span, s string, prefix bool) (*Term, error) {
	n := &Term{Text: display(s), Prefix: prefix}
	for _, tok := range text.Analyze(n.Text).Tokens {
		n.Words = append(n.Words, tok.Word)
	}
	p.terms++
	switch {
	case len(n.Words) == 0:
		return nil, p.failAt(at, emptyPhrase)
	case len(n.Words) > MaxPhrase:
		return nil, p.failAt(at, longPhrase.with(strconv.Itoa(MaxPhrase)))
	case p.terms > MaxTerms:
		return nil, p.failAt(at, tooManyTerms.with(strconv.Itoa(MaxTerms)))
	}
	if prefix {
		p.wildcards++
		if p.wildcards > MaxWildcards {
			return nil, p.failAt(at, tooManyWildcards.with(strconv.Itoa(MaxWildcards)))
		}
		return n, p.checkPrefix(at, n.Words[len(n.Words)-1])
	}
	return n, nil
}

func (p *parser) checkPrefix(at span, w *text.Word) error {
	letters := utf8.RuneCountInString(w.Fold)
	switch {
	case letters < 3:
		return p.failAt(at, shortWildcardVI)
	case letters < 4 && !w.Marked && !text.SyllableShape(w.Fold):
		return p.failAt(at, shortWildcardEN)
	}
	return nil
}

// display returns a term as it is shown: NFC, single spaces, nothing but letters and digits at its ends.
func display(s string) string {
	s = strings.Join(strings.Fields(norm.NFC.String(strings.ToValidUTF8(s, " "))), " ")
	return strings.TrimFunc(s, func(r rune) bool { return !isWordRune(r) })
}
