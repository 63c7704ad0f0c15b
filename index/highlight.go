package index

import (
	"unicode"
	"unicode/utf8"

	"haidang/internal/article"
	"haidang/internal/query"
)

// highlights returns where the query's words stand in an article, exact in the wording as given.
func highlights(q *query.Query, a *article.Article) []Highlight {
	out := []Highlight{}
	if q == nil {
		return out
	}
	for _, s := range query.Highlight(q, query.Document(a)) {
		out = append(out, Highlight{Field: s.Field, Start: s.Start, End: s.End})
	}
	return out
}

// snippetBytes is about how long a snippet is: two or three lines of Vietnamese.
const snippetBytes = 320

// snippet cuts a piece out of the field that shows most: around the first highlight of the text, or of the lead, or
// the beginning of the text.
func snippet(a *article.Article, marks []Highlight) Snippet {
	for _, f := range []article.Field{article.Text, article.Lead} {
		for _, m := range marks {
			if m.Field == f {
				return around(a.Get(f), f, m.Start, m.End)
			}
		}
	}
	for _, f := range []article.Field{article.Text, article.Lead, article.Title} {
		if s := a.Get(f); s != "" {
			return around(s, f, 0, 0)
		}
	}
	return Snippet{Field: article.Title}
}

// around returns a piece of s that holds the given range, begins and ends at spaces where it can, and never cuts a
// character.
func around(s string, f article.Field, start, end int) Snippet {
	from := start - snippetBytes/3
	if from <= 0 {
		from = 0
	} else {
		from = forwardToWord(s, from, start)
	}
	to := max(from+snippetBytes, end)
	if to >= len(s) {
		to = len(s)
	} else {
		to = backToWord(s, to, max(end, from))
	}
	return Snippet{Field: f, Start: from, End: to}
}

// forwardToWord moves i, at most to limit, to the start of a word.
func forwardToWord(s string, i, limit int) int {
	for i < limit && !utf8.RuneStart(s[i]) {
		i++
	}
	for j := i; j < limit; {
		r, n := utf8.DecodeRuneInString(s[j:])
		j += n
		if unicode.IsSpace(r) {
			return j
		}
	}
	return i
}

// backToWord moves i, at most to limit, back to the end of a word.
func backToWord(s string, i, limit int) int {
	for i > limit && !utf8.RuneStart(s[i]) {
		i--
	}
	for j := i; j > limit; {
		r, n := utf8.DecodeLastRuneInString(s[:j])
		j -= n
		if unicode.IsSpace(r) {
			return j
		}
	}
	return i
}
