package query

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"haidang/internal/text"
)

var (
	nearForm    = regexp.MustCompile(`^(O?)NEAR/(\d{1,6})$`)
	foreignNear = regexp.MustCompile(`^(?i:(o?near|pre|within|adj)[/~:]?-?(\d+)([a-z]?))$|^(?i:(w)/(\d+)([a-z]?))$|^(?i:(o?near)/.*)$|^O?NEAR$`)
	fuzzyForm   = regexp.MustCompile(`^\S+~[\d.]*$`)
	regexpForm  = regexp.MustCompile(`^/.+/$`)
	innerMark   = regexp.MustCompile(`\pL\?\pL|^\pL+%$`)
	sameForm    = regexp.MustCompile(`^(?i:w|within)/([sp])$`)
	bracesForm  = regexp.MustCompile(`^\{(\S+)\}$`)
	fieldForm   = regexp.MustCompile(`^([A-Za-z_]+):`)
)

var words = map[string]kind{"AND": kindAnd, "OR": kindOr, "NOT": kindNot}

// chunk reads a run of characters up to a space, a quote or a bracket, and decides what it is.
func (l *lexer) chunk() error {
	start := l.pos
	s := l.takeWhile(func(r rune) bool { return !endsChunk(r) })
	if k, ok := words[s]; ok {
		l.emit(token{kind: k, start: start, end: l.pos, text: s})
		return nil
	}
	if m := nearForm.FindStringSubmatch(s); m != nil {
		n, _ := strconv.Atoi(m[2])
		l.emit(token{kind: kindNear, start: start, end: l.pos, text: s, ordered: m[1] != "", number: n})
		return nil
	}
	if l.peek(0) == '(' {
		if done, err := l.call(start, s); done || err != nil {
			return err
		}
	}
	if m := fieldForm.FindStringSubmatch(s); m != nil {
		if done, err := l.field(start, m[1], s); done || err != nil {
			return err
		}
	}
	if p, ok := foreign(s); ok {
		return l.fail(start, p)
	}
	return l.word(start, s)
}

// foreign recognises what users of other systems write.
func foreign(s string) (problem, bool) {
	r := []rune(s + " ")
	sign := unicode.IsLetter(r[1])
	switch {
	case s == "&&":
		return ampersands, true
	case s == "||" || s == "|":
		return bars, true
	case (r[0] == '-' || r[0] == '!') && sign:
		return minus.with(s[1:]), true
	case r[0] == '+' && sign:
		return plus.with(s[1:]), true
	case strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://"):
		return address, true
	case regexpForm.MatchString(s):
		return regularExpression, true
	case fuzzyForm.MatchString(s) && isWordRune(r[0]):
		return fuzzy, true
	case sameForm.MatchString(s):
		return lowerCall.with(map[string]string{"s": "SENT", "p": "PARA"}[strings.ToLower(s[len(s)-1:])]), true
	case bracesForm.MatchString(s):
		return braces.with(bracesForm.FindStringSubmatch(s)[1]), true
	case innerMark.MatchString(s):
		return innerWildcard, true
	}
	return foreignDistance(s)
}

// foreignDistance recognises near/5, NEAR without a number, near/5f (ordered), w/5, pre/5 and adj5.
func foreignDistance(s string) (problem, bool) {
	m := foreignNear.FindStringSubmatch(s)
	if m == nil {
		return problem{}, false
	}
	name, n, suffix := m[1]+m[4]+m[7], m[2]+m[5], m[3]+m[6]
	ours := "NEAR"
	switch strings.ToLower(name) {
	case "onear", "pre", "adj":
		ours = "ONEAR"
	}
	if suffix == "f" || suffix == "F" {
		ours = "ONEAR"
	}
	if n == "" {
		return nearNumber, true
	}
	return nearSpelling.with(ours + "/" + n), true
}

// word emits a bare word, or nothing for punctuation that stands alone.
func (l *lexer) word(start int, s string) error {
	prefix := false
	if l.peek(0) == '*' {
		l.pos++
		prefix = true
		if isWordRune(l.peek(0)) || l.peek(0) == '*' {
			l.takeWhile(func(r rune) bool { return !endsChunk(r) || r == '*' })
			return l.fail(start, innerWildcard)
		}
	}
	if prefix && strings.HasPrefix(s, "/") {
		l.takeWhile(func(r rune) bool { return !unicode.IsSpace(r) })
		return l.fail(start, regularExpression)
	}
	if len(text.Analyze(s).Tokens) == 0 {
		if prefix {
			return l.fail(start, leadingWildcard)
		}
		return nil
	}
	l.emit(token{kind: kindWord, start: start, end: l.pos, text: s, prefix: prefix})
	return nil
}

// call reads what stands directly before a parenthesis: SENT(, PARA(, NUM(, COUNT(, name=(.
func (l *lexer) call(start int, s string) (bool, error) {
	switch s {
	case "SENT", "PARA":
		l.emit(token{kind: kindSame, start: start, end: l.pos, text: s})
		return true, nil
	case "NUM":
		return true, l.rawCall(start, kindNumber)
	case "COUNT":
		return true, l.count(start)
	case "AND", "OR", "NOT":
		return false, nil
	}
	if name, ok := strings.CutSuffix(s, "="); ok && name != "" && strings.IndexFunc(name, notNameRune) < 0 {
		l.emit(token{kind: kindName, start: start, end: l.pos, text: name})
		return true, nil
	}
	switch strings.ToUpper(s) {
	case "SENT", "PARA", "NUM", "COUNT":
		return true, l.fail(start, lowerCall.with(strings.ToUpper(s)))
	case "SENTENCE", "SAME":
		return true, l.fail(start, lowerCall.with("SENT"))
	case "PARAGRAPH":
		return true, l.fail(start, lowerCall.with("PARA"))
	}
	return false, nil
}

func notNameRune(r rune) bool { return !isNameRune(r) }

// rawCall takes everything up to the closing parenthesis as it stands.
func (l *lexer) rawCall(start int, k kind) error {
	l.pos++
	from := l.pos
	body := l.takeWhile(func(r rune) bool { return r != ')' && r != '(' })
	if l.peek(0) != ')' {
		return l.fail(start, openParen)
	}
	l.pos++
	l.emit(token{kind: k, start: start, end: l.pos, text: body, number: from})
	return nil
}

// count reads COUNT(sources) >= 3 WITHIN 2h.
func (l *lexer) count(start int) error {
	if err := l.rawCall(start, kindCount); err != nil {
		return err
	}
	t := &l.tokens[len(l.tokens)-1]
	t.values = append(t.values, piece{t.text, t.number})
	for _, stop := range []func(rune) bool{isComparison, isAlnum, isAlnum, isAlnum} {
		l.skipSpace()
		at := l.pos
		t.values = append(t.values, piece{l.takeWhile(stop), at})
	}
	t.end = l.pos
	return nil
}

func isComparison(r rune) bool { return strings.ContainsRune("<>=≥≤", r) }

func isAlnum(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
