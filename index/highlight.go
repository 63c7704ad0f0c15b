package index

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/sync/errgroup"

	"haidang/internal/article"
	"haidang/internal/query"
	"haidang/internal/text"
)

// markTime bounds the marking of one page.
const markTime = 500 * time.Millisecond

// mark gives hits their highlights and snippets, on all cores, and reports whether its time was enough for all of them.
// Those that it was not enough for have none, and the beginning of their text for a snippet.
func mark(q *query.Query, hits []Hit) bool {
	end := time.Now().Add(markTime)
	var late atomic.Bool
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i := range hits {
		g.Go(func() error {
			h := &hits[i]
			h.Highlights = []Highlight{}
			if time.Now().Before(end) {
				h.Highlights = highlights(q, &h.Article)
			} else {
				late.Store(true)
			}
			h.Snippet = snippet(&h.Article, h.Highlights)
			return nil
		})
	}
	_ = g.Wait() // no function fails
	return !late.Load()
}

// documents are for analysing one article after another: their tokens are most of what a search would allocate.
var documents = sync.Pool{New: func() any { return new(query.Doc) }}

// highlights returns where the query's words stand in an article, exact in the wording as given.
func highlights(q *query.Query, a *article.Article) []Highlight {
	out := []Highlight{}
	if q == nil {
		return out
	}
	d := documents.Get().(*query.Doc)
	defer documents.Put(d)
	d.Reset(a)
	for _, s := range query.Highlight(q, d) {
		out = append(out, Highlight{Field: s.Field, Start: s.Start, End: s.End})
	}
	return out
}

// snippetBytes is about how long a snippet is: two or three lines of Vietnamese.
const snippetBytes = 320

// snippet cuts out the piece of the text or the lead in which most of the query's words stand together, or the beginning
// of the text.
func snippet(a *article.Article, marks []Highlight) Snippet {
	best, most := Highlight{}, 0
	for _, f := range []article.Field{article.Text, article.Lead} {
		var here []Highlight
		for _, m := range marks {
			if m.Field == f {
				here = append(here, m)
			}
		}
		if m, n := densest(a.Get(f), here); n > most {
			best, most = m, n
		}
	}
	if most > 0 {
		return around(a.Get(best.Field), best.Field, best.Start, best.End)
	}
	for _, f := range []article.Field{article.Text, article.Lead, article.Title} {
		if s := a.Get(f); s != "" {
			return around(s, f, 0, 0)
		}
	}
	return Snippet{Field: article.Title}
}

// densest returns the first highlight from which on, within a snippet, most different words are marked, and how many.
func densest(s string, marks []Highlight) (best Highlight, most int) {
	words := make([]string, len(marks))
	for i, m := range marks {
		words[i] = text.Fold(s[m.Start:m.End])
	}
	for i, m := range marks[:min(len(marks), snippetMarks)] {
		seen := map[string]bool{}
		for k := i; k < len(marks) && marks[k].End <= m.Start+snippetBytes*2/3; k++ {
			seen[words[k]] = true
		}
		if n := max(1, len(seen)); n > most {
			best, most = m, n
		}
	}
	return best, most
}

// snippetMarks bounds the highlights of a field that a snippet may begin with.
const snippetMarks = 200

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
