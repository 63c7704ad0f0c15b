package query

import (
	"strconv"
	"strings"
	"unicode"
)

// kind is what a token of a query is.
type kind uint8

const (
	kindEnd kind = iota
	kindOpen
	kindClose
	kindOpenList
	kindCloseList
	kindWord   // text; prefix is set for word*
	kindPhrase // text, without its quotes
	kindAnd
	kindOr
	kindNot
	kindNear      // number is the distance; ordered
	kindSame      // SENT( or PARA(
	kindNumber    // NUM(text)
	kindCount     // COUNT(text) and what follows it
	kindName      // name=( with text the name
	kindListName  // @text
	kindScope     // title: lead: body:
	kindMode      // raw: fold:
	kindMeta      // site: and the like, with its values
	kindWeight    // ^text
	kindThreshold // >= text, after a ]
)

// token is a piece of a query. start and end count characters from 0.
type token struct {
	kind       kind
	start, end int
	text       string
	prefix     bool
	ordered    bool
	number     int
	values     []piece
}

// piece is a part of a token with its own place, for errors.
type piece struct {
	text  string
	start int
}

// lexer cuts a query into tokens. It works on characters, so that columns are what a person counts.
type lexer struct {
	src    []rune
	pos    int
	tokens []token
	lists  int // square brackets that are open
}

// lex cuts the whole query; the last token is kindEnd.
func lex(src string) ([]token, error) {
	l := &lexer{src: []rune(src)}
	for {
		l.skipSpace()
		if l.pos >= len(l.src) {
			l.emit(token{kind: kindEnd, start: len(l.src), end: len(l.src)})
			return l.tokens, nil
		}
		if err := l.next(); err != nil {
			return nil, err
		}
	}
}

func (l *lexer) emit(t token) { l.tokens = append(l.tokens, t) }

func (l *lexer) skipSpace() {
	for l.pos < len(l.src) && unicode.IsSpace(l.src[l.pos]) {
		l.pos++
	}
}

// peek returns the character n places ahead, or 0 beyond the end.
func (l *lexer) peek(n int) rune {
	if l.pos+n < len(l.src) {
		return l.src[l.pos+n]
	}
	return 0
}

// fail returns an error about the characters from start to the current position.
func (l *lexer) fail(start int, p problem) error {
	return p.at(start, string(l.src[start:min(max(l.pos, start), len(l.src))]))
}

var brackets = map[rune]kind{'(': kindOpen, ')': kindClose, '[': kindOpenList, ']': kindCloseList}

// next reads one token, or skips punctuation.
func (l *lexer) next() error {
	c := l.src[l.pos]
	if k, ok := brackets[c]; ok {
		l.pos++
		l.emit(token{kind: k, start: l.pos - 1, end: l.pos, text: string(c)})
		return l.bracket(k)
	}
	switch {
	case isQuote(c):
		return l.phrase()
	case c == '^':
		return l.weight()
	case c == '*' || c == '?' && isWordRune(l.peek(1)):
		l.pos++
		l.takeWhile(isWordRune)
		return l.fail(l.pos-l.sinceBreak(), leadingWildcard)
	case c == '@' && isNameRune(l.peek(1)):
		start := l.pos
		l.pos++
		l.emit(token{kind: kindListName, text: l.takeWhile(isNameRune), start: start, end: l.pos})
		return nil
	}
	return l.chunk()
}

// bracket counts square brackets: one that closes a list is followed by its threshold.
func (l *lexer) bracket(k kind) error {
	switch {
	case k == kindOpenList:
		l.lists++
	case k == kindCloseList && l.lists > 0:
		l.lists--
		return l.threshold()
	}
	return nil
}

// sinceBreak returns how far back the current run of non-space characters began.
func (l *lexer) sinceBreak() int {
	n := 0
	for l.pos-n > 0 && !unicode.IsSpace(l.src[l.pos-n-1]) && brackets[l.src[l.pos-n-1]] == 0 {
		n++
	}
	return n
}

func (l *lexer) takeWhile(ok func(rune) bool) string {
	start := l.pos
	for l.pos < len(l.src) && ok(l.src[l.pos]) {
		l.pos++
	}
	return string(l.src[start:l.pos])
}

// phrase reads "…" in any kind of double quotes.
func (l *lexer) phrase() error {
	start := l.pos
	l.pos++
	body := l.takeWhile(func(r rune) bool { return !isQuote(r) })
	if l.pos >= len(l.src) {
		return l.fail(start, openQuote)
	}
	l.pos++
	if l.peek(0) == '~' {
		l.pos++
		return l.fail(start, slop.with(spread(body, l.takeWhile(unicode.IsDigit))))
	}
	prefix := strings.HasSuffix(strings.TrimSpace(body), "*")
	if strings.Contains(strings.TrimSuffix(strings.TrimSpace(body), "*"), "*") {
		return l.fail(start, innerWildcard)
	}
	l.emit(token{kind: kindPhrase, start: start, end: l.pos, text: body, prefix: prefix})
	return nil
}

// spread says "vỡ đập"~5 in our words: vỡ NEAR/5 đập.
func spread(body, n string) string {
	words := strings.Fields(display(body))
	if d, err := strconv.Atoi(n); err != nil || d < 1 || d > MaxDistance {
		n = "5"
	}
	if len(words) < 2 {
		words = []string{"vỡ", "đập"}
	}
	return strings.Join(words, " NEAR/"+n+" ")
}

// weight reads ^3, ^-2 or ^3x2.
func (l *lexer) weight() error {
	start := l.pos
	l.pos++
	s := l.takeWhile(func(r rune) bool { return strings.ContainsRune("+-.0123456789x", r) })
	l.emit(token{kind: kindWeight, start: start, end: l.pos, text: s})
	return nil
}

// threshold reads the ">= 4" that follows a weighted list.
func (l *lexer) threshold() error {
	l.skipSpace()
	start := l.pos
	op := l.takeWhile(func(r rune) bool { return r == '>' || r == '=' || r == '<' || r == '≥' })
	l.skipSpace()
	n := l.takeWhile(func(r rune) bool { return r == '.' || r == '-' || '0' <= r && r <= '9' })
	if op != ">=" && op != "≥" || n == "" {
		return l.fail(start, noThreshold)
	}
	l.emit(token{kind: kindThreshold, start: start, end: l.pos, text: n})
	return nil
}

func isQuote(r rune) bool { return strings.ContainsRune(`"“”„‟«»＂`, r) }

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r) }

func isNameRune(r rune) bool { return isWordRune(r) || r == '_' || r == '-' }

// endsChunk reports whether r cannot be inside a word.
func endsChunk(r rune) bool {
	return unicode.IsSpace(r) || isQuote(r) || strings.ContainsRune("()[]^*", r)
}
