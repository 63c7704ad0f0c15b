package query

import (
	"strings"

	"haidang/internal/article"
)

var scopes = map[string]article.Field{"title": article.Title, "lead": article.Lead, "body": article.Text}

var modes = map[string]Mode{"raw": ModeRaw, "fold": ModeFold}

// metaNames are the fields whose values are not words of the article.
var metaNames = map[string]bool{
	"site": true, "outlet": true, "country": true, "lang": true, "topic": true, "claim": true, "stance": true, "place": true,
	"published": true, "seen": true,
}

// otherNames are names that other systems use, and ours.
var otherNames = map[string]string{
	"headline": "title", "intitle": "title", "allintitle": "title", "tieude": "title", "subject": "title",
	"summary": "lead", "description": "lead", "ingress": "lead", "sapo": "lead",
	"text": "body", "content": "body", "intext": "body", "inbody": "body",
	"domain": "site", "source": "site", "url": "site", "host": "site", "sourcename": "outlet", "publisher": "outlet",
	"language": "lang", "region": "country", "sourcecountry": "country",
	"tag": "topic", "category": "topic", "location": "place", "geo": "place",
	"date": "published", "pubdate": "published", "publishdate": "published", "time": "published",
	"added": "seen", "crawled": "seen", "first_seen": "seen",
}

// field reads name: at the start of s, which began at start. It reports false where the colon is mere punctuation.
func (l *lexer) field(start int, name, s string) (bool, error) {
	after := start + len(name) + 1
	known := strings.ToLower(name)
	if known != name && (after >= len(l.src) || endsChunk(l.src[after])) {
		return false, nil // Title: at the start of a sentence is a word with a colon
	}
	switch {
	case isScope(known):
		l.pos = after
		k := kindScope
		if _, ok := modes[known]; ok {
			k = kindMode
		}
		l.emit(token{kind: k, start: start, end: after, text: known})
		return true, nil
	case metaNames[known]:
		l.pos = after
		return true, l.meta(start, known)
	}
	return l.strangeField(start, after, known, s)
}

func isScope(name string) bool {
	_, scope := scopes[name]
	_, mode := modes[name]
	return scope || mode
}

// strangeField decides about a name that is no field: an error where a value follows at once, else punctuation.
func (l *lexer) strangeField(start, after int, name, s string) (bool, error) {
	if len(s) == len(name)+1 && l.peek(0) != '(' && !isQuote(l.peek(0)) {
		return false, nil
	}
	if strings.HasPrefix(s[len(name)+1:], "//") {
		return false, nil // an address; foreign says what to do
	}
	l.pos = after
	switch name {
	case "author", "byline", "by", "journalist", "blogger", "tacgia":
		return true, l.fail(start, byline)
	case "near", "sent", "para":
		return true, l.fail(start, nearNumber)
	}
	if ours, ok := otherNames[name]; ok {
		return true, l.fail(start, otherField.with(ours))
	}
	if near := closest(name); near != "" {
		return true, l.fail(start, otherField.with(near))
	}
	return true, l.fail(start, unknownField.with(name))
}

// meta reads the values of site:, published: and the like: one, or several in parentheses.
func (l *lexer) meta(start int, name string) error {
	l.skipSpace()
	t := token{kind: kindMeta, start: start, text: name}
	if c := l.peek(0); c == '[' || c == '{' { // a range as Lucene writes it
		l.takeWhile(func(r rune) bool { return r != ']' && r != '}' })
		l.pos = min(l.pos+1, len(l.src))
		return l.fail(start, badDate)
	}
	if l.peek(0) != '(' {
		p, err := l.value(start)
		if err != nil {
			return err
		}
		t.values = []piece{p}
	} else if err := l.valueList(start, &t); err != nil {
		return err
	}
	t.end = l.pos
	if len(t.values) == 0 || t.values[0].text == "" {
		return l.fail(start, noValue.with(name))
	}
	l.emit(t)
	return nil
}

func (l *lexer) valueList(start int, t *token) error {
	l.pos++
	for {
		l.takeWhile(func(r rune) bool { return r == ' ' || r == ',' || r == '|' || r == '\u00a0' || r == '\n' || r == '\t' })
		if l.pos >= len(l.src) {
			return l.fail(start, openParen)
		}
		if l.src[l.pos] == ')' {
			l.pos++
			return nil
		}
		p, err := l.value(start)
		if err != nil {
			return err
		}
		if p.text == "" {
			l.pos++
			return l.fail(start, noValue.with(t.text))
		}
		if p.text != "OR" {
			t.values = append(t.values, p)
		}
	}
}

// value reads one value, bare or in quotes.
func (l *lexer) value(start int) (piece, error) {
	at := l.pos
	if !isQuote(l.peek(0)) {
		s := l.takeWhile(func(r rune) bool { return !endsChunk(r) && r != ',' && r != '|' })
		return piece{s, at}, nil
	}
	l.pos++
	s := l.takeWhile(func(r rune) bool { return !isQuote(r) })
	if l.pos >= len(l.src) {
		return piece{}, l.fail(start, openQuote)
	}
	l.pos++
	return piece{s, at}, nil
}

// closest returns the field name that is one typing mistake away, or "".
func closest(name string) string {
	for _, known := range []string{"title", "lead", "body", "site", "outlet", "country", "lang", "topic", "claim", "stance", "place", "published", "seen", "raw", "fold"} {
		if oneEdit(name, known) {
			return known
		}
	}
	return ""
}

// oneEdit reports whether a becomes b by one insertion, deletion, change or swap.
func oneEdit(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 || len(a) < 3 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) < len(b) {
		return a[i:] == b[i+1:]
	}
	if i == len(a) || a[i+1:] == b[i+1:] {
		return true
	}
	return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}
