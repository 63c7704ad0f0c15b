package index

import (
	"fmt"
	"math/rand/v2"
	"slices"
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
	asked, hits, marks, unmarked := 0, 0, 0, 0
	for i := 0; asked < queries; i++ {
		src := g.query(i % 3)
		q, err := query.Parse(src)
		if err != nil {
			continue // not every phrase of a text is one of the language
		}
		asked++
		sort := []Sort{BySeen, ByPublished, ByRelevance}[i%3]
		res := find(t, x, Request{Query: src, Sort: sort})
		late := slices.ContainsFunc(res.Partial, func(why string) bool { return strings.Contains(why, "not marked") })
		for _, h := range res.Hits {
			if late && len(h.Highlights) == 0 {
				unmarked++
				continue // a busy machine had no time left for it, and the answer says so
			}
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
	t.Logf("%d queries, %d hits, %d highlights, %d hits left unmarked for lack of time", asked, hits, marks, unmarked)
	if unmarked*200 > hits {
		t.Errorf("%d of %d hits were left unmarked for lack of time, want 0.5 %% at most", unmarked, hits)
	}
	if hits < asked || marks < hits {
		t.Errorf("%d queries, %d hits, %d highlights: too few to mean anything", asked, hits, marks)
	}
}

// wrongMarks says what is wrong with the highlights of an article; "" for nothing.
func wrongMarks(q *query.Query, a *article.Article, marks []Highlight) string {
	if len(marks) == 0 {
		return "nothing is marked"
	}
	terms, numbers := wanted(q)
	docs, asked := map[article.Field]*text.Doc{}, map[article.Field][]bool{}
	end := map[article.Field]int{}
	for _, m := range marks {
		field := a.Get(m.Field)
		if m.Start < end[m.Field] || m.Start >= m.End || m.End > len(field) {
			return fmt.Sprintf("%+v overlaps or is out of range", m)
		}
		end[m.Field] = m.End
		if docs[m.Field] == nil {
			docs[m.Field] = text.Analyze(field)
			asked[m.Field] = askedFor(docs[m.Field], terms, numbers)
		}
		doc := docs[m.Field]
		from := slices.IndexFunc(doc.Tokens, func(tok text.Token) bool { return tok.Start >= m.Start })
		to := from
		for to >= 0 && to < len(doc.Tokens) && doc.Tokens[to].End <= m.End {
			to++
		}
		if from == to || doc.Tokens[from].Start != m.Start || doc.Tokens[to-1].End != m.End {
			return fmt.Sprintf("%q does not begin and end with a word", field[m.Start:m.End])
		}
		if slices.Contains(asked[m.Field][from:to], false) {
			return fmt.Sprintf("%q is not what was asked for", field[m.Start:m.End])
		}
	}
	return ""
}

// wanted lists the terms and the figures that a query asks for and does not exclude.
func wanted(q *query.Query) (terms []*query.Term, numbers []*query.Number) {
	query.Walk(q.Root, func(n query.Node) bool {
		switch n := n.(type) {
		case *query.Not:
			return false
		case *query.Term:
			terms = append(terms, n)
		case *query.Number:
			numbers = append(numbers, n)
			return false // a unit counts beside its figure only
		}
		return true
	})
	return terms, numbers
}

// askedFor tells of each token whether it is of a term, or stands from a figure to its unit.
func askedFor(doc *text.Doc, terms []*query.Term, numbers []*query.Number) []bool {
	got := make([]bool, len(doc.Tokens))
	cover := func(from, to int) {
		for i := from; i < to; i++ {
			got[i] = true
		}
	}
	for _, term := range terms {
		for at := range doc.Tokens {
			if occurs(term, doc.Tokens[at:]) {
				cover(at, at+len(term.Words))
			}
		}
	}
	for _, number := range numbers {
		eachFigure(doc, number, cover)
	}
	return got
}

// signed tells which figures have a unit that is no word, as docs/query.md says it.
func signed(figure text.Number, signs []string) bool {
	currencies := map[string]string{"$": "USD", "€": "EUR", "₫": "VND"}
	return slices.ContainsFunc(signs, func(s string) bool {
		return s == "%" && figure.Percent || currencies[s] != "" && figure.Currency == currencies[s]
	})
}

// eachFigure visits the figures that compare as asked and have one of the signs, and the stretches from such a figure to one of
// the units, at most four words away.
func eachFigure(doc *text.Doc, number *query.Number, visit func(from, to int)) {
	for _, figure := range text.Numbers(doc) {
		if !compares(figure, number) {
			continue
		}
		if signed(figure, number.Signs) {
			visit(figure.First, figure.Last)
		}
		for _, unit := range number.Units {
			for at := max(0, figure.First-4-len(unit.Words)); at < min(len(doc.Tokens), figure.Last+5); at++ {
				if occurs(unit, doc.Tokens[at:]) {
					visit(min(at, figure.First), max(at+len(unit.Words), figure.Last))
				}
			}
		}
	}
}

// compares applies the comparison as docs/query.md says it: a range is all that it spans, and "over 30" is more than 30.
func compares(figure text.Number, number *query.Number) bool {
	low, high := figure.Value, figure.High
	switch number.Op {
	case query.AtLeast:
		return high >= number.Value
	case query.More:
		return high > number.Value || high == number.Value && figure.AtLeast
	case query.AtMost:
		return low <= number.Value
	case query.Less:
		return low < number.Value || low == number.Value && figure.AtMost
	default:
		return low <= number.Value && number.Value <= high
	}
}

// occurs applies the marks rule as docs/query.md says it, word by word.
func occurs(term *query.Term, tokens []text.Token) bool {
	if len(term.Words) > len(tokens) {
		return false
	}
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
