package index

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"haidang/internal/article"
	"haidang/internal/query"
	"haidang/internal/settings"
	"haidang/internal/text"
)

// TestHighlightsAreTheOriginalBytes asks 5,000 random queries and holds every hit to the article that was given: the
// fields are its bytes, and each highlight begins and ends with a word of it, holds a whole term of the query, and holds
// no word that is not one of the query's, by the marks rule.
func TestHighlightsAreTheOriginalBytes(t *testing.T) {
	queries := 5000
	if testing.Short() || raceDetector {
		queries = 300
	}
	articles := corpus(t, 120)
	given := map[string]article.Article{}
	for _, a := range articles {
		given[a.ID] = a
	}
	cfg := testConfig(t)
	cfg.HotDocuments, cfg.SearchTimeout = 60, settings.Duration(time.Minute)
	x := open(t, cfg)
	put(t, x, articles...)
	g := generator{rand.New(rand.NewPCG(3, 4)), articles}
	asked, hits, marks := 0, 0, 0
	for i := 0; asked < queries; i++ {
		src := g.query(i % 3)
		q, err := query.Parse(src)
		if err != nil {
			continue // not every phrase of a text is one of the language
		}
		asked++
		sort := []Sort{BySeen, ByPublished, ByRelevance}[i%3]
		for _, h := range find(t, x, Request{Query: src, Sort: sort}).Hits {
			hits++
			marks += len(h.Highlights)
			a := given[h.ID]
			if a.Title != h.Title || a.Lead != h.Lead || a.Text != h.Text {
				t.Fatalf("%s: hit %s is not the article that was given", src, h.ID)
			}
			if problem := wrongMarks(q, &a, h.Highlights); problem != "" {
				t.Errorf("%s: hit %s: %s", src, h.ID, problem)
			}
		}
	}
	t.Logf("%d queries, %d hits, %d highlights", asked, hits, marks)
	if hits < asked || marks < hits {
		t.Errorf("%d queries, %d hits, %d highlights: too few to mean anything", asked, hits, marks)
	}
}

// wrongMarks says what is wrong with the highlights of an article; "" for nothing.
func wrongMarks(q *query.Query, a *article.Article, marks []Highlight) string {
	if len(marks) == 0 {
		return "nothing is marked"
	}
	terms := wanted(q)
	docs := map[article.Field]*text.Doc{}
	end := map[article.Field]int{}
	for _, m := range marks {
		field := a.Get(m.Field)
		if m.Start < end[m.Field] || m.Start >= m.End || m.End > len(field) {
			return fmt.Sprintf("%+v overlaps or is out of range", m)
		}
		end[m.Field] = m.End
		if docs[m.Field] == nil {
			docs[m.Field] = text.Analyze(field)
		}
		var inside []text.Token
		for _, tok := range docs[m.Field].Tokens {
			if tok.Start >= m.Start && tok.End <= m.End {
				inside = append(inside, tok)
			}
		}
		if len(inside) == 0 || inside[0].Start != m.Start || inside[len(inside)-1].End != m.End {
			return fmt.Sprintf("%q does not begin and end with a word", field[m.Start:m.End])
		}
		if !covered(terms, inside) {
			return fmt.Sprintf("%q is not what was asked for", field[m.Start:m.End])
		}
	}
	return ""
}

// wanted lists the terms that a query asks for and does not exclude.
func wanted(q *query.Query) []*query.Term {
	var out []*query.Term
	query.Walk(q.Root, func(n query.Node) bool {
		switch n := n.(type) {
		case *query.Not:
			return false
		case *query.Term:
			out = append(out, n)
		}
		return true
	})
	return out
}

// covered reports whether occurrences of terms cover every token.
func covered(terms []*query.Term, tokens []text.Token) bool {
	got := make([]bool, len(tokens))
	for _, term := range terms {
		for at := 0; at+len(term.Words) <= len(tokens); at++ {
			if occurs(term, tokens[at:]) {
				for i := range term.Words {
					got[at+i] = true
				}
			}
		}
	}
	for _, ok := range got {
		if !ok {
			return false
		}
	}
	return true
}

// occurs applies the marks rule as docs/query.md says it, word by word.
func occurs(term *query.Term, tokens []text.Token) bool {
	for i, w := range term.Words {
		tok := &tokens[i]
		got, want := tok.Word.Canon, w.Canon
		if term.Mode == query.ModeFold || !term.Marked() || term.Mode == query.ModeMarks && tok.Unmarked {
			got, want = tok.Word.Fold, w.Fold
		}
		if got != want && !(term.Prefix && i == len(term.Words)-1 && strings.HasPrefix(got, want)) {
			return false
		}
	}
	return true
}
