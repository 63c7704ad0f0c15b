package alerting

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"haidang/internal/article"
)

// Bounds of what an alert keeps of an article: enough to see why it rang, not a second archive.
const (
	snippetMargin = 160 // bytes kept on each side of the words that matched
	maxSnippets   = 12
	maxSnippetLen = 1200
)

// snippets cuts the pieces of an article that hold the spans. Spans that point outside the article, or into the
// middle of a letter, are left out: the article may have come from anywhere.
func snippets(a *article.Article, spans []article.Span) []Snippet {
	var out []Snippet
	for _, field := range []article.Field{article.Title, article.Lead, article.Text} {
		out = append(out, cutField(field, a.Get(field), marksOf(field, a.Get(field), spans))...)
	}
	return out[:min(len(out), maxSnippets)]
}

// marksOf returns the usable spans of one field as marks into the whole field, in order and without overlaps.
func marksOf(field article.Field, s string, spans []article.Span) []Mark {
	var all []Mark
	for _, sp := range spans {
		if sp.Field == field && sp.Start >= 0 && sp.Start < sp.End && sp.End <= len(s) && onRune(s, sp.Start) && onRune(s, sp.End) {
			all = append(all, Mark{sp.Start, sp.End, sp.Clause})
		}
	}
	slices.SortStableFunc(all, func(a, b Mark) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(b.End, a.End)) })
	var out []Mark
	for _, m := range all {
		if n := len(out); n > 0 && m.Start < out[n-1].End {
			if m.Start = out[n-1].End; m.Start >= m.End {
				continue
			}
		}
		out = append(out, m)
	}
	return out
}

func onRune(s string, i int) bool { return i == len(s) || utf8.RuneStart(s[i]) }

// cutField cuts one field into snippets around its marks; marks that are near each other share one.
func cutField(field article.Field, s string, marks []Mark) []Snippet {
	var out []Snippet
	for len(marks) > 0 {
		start, end := wordBefore(s, marks[0].Start-snippetMargin), marks[0].End
		n := 1
		for n < len(marks) && marks[n].Start-end <= 2*snippetMargin && marks[n].End-start <= maxSnippetLen {
			end = marks[n].End
			n++
		}
		end = wordAfter(s, end+snippetMargin)
		sn := Snippet{Field: field, Text: s[start:end], Cut: Cut{Before: start > 0, After: end < len(s)}}
		for _, m := range marks[:n] {
			sn.Marks = append(sn.Marks, Mark{m.Start - start, m.End - start, m.Clause})
		}
		if utf8.ValidString(sn.Text) { // mending it would move the marks
			out = append(out, sn)
		}
		marks = marks[n:]
	}
	return out
}

// slack is how far a cut moves to fall between words.
const slack = 40

func wordBefore(s string, i int) int {
	if i <= 0 {
		return 0
	}
	for j := i; j < min(i+slack, len(s)); j++ {
		if s[j] == ' ' || s[j] == '\n' {
			return j + 1
		}
	}
	for !onRune(s, i) {
		i--
	}
	return i
}

func wordAfter(s string, i int) int {
	if i >= len(s) {
		return len(s)
	}
	for j := i; j > i-slack; j-- {
		if s[j] == ' ' || s[j] == '\n' {
			return j
		}
	}
	for !onRune(s, i) {
		i++
	}
	return i
}

// clip shortens a text to at most n bytes, on a letter, and says so with an ellipsis. Bytes that are no text become
// question marks: PostgreSQL would refuse them.
func clip(s string, n int) string {
	s = strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "?")
	if len(s) <= n {
		return s
	}
	i := n - len("…")
	for !onRune(s, i) {
		i--
	}
	return s[:i] + "…"
}
