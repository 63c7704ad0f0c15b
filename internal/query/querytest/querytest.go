// Package querytest makes queries such as people keep, in any number, for benchmarks and for comparisons with other
// matchers. The same seed and articles give the same queries. [New] takes the articles whose words the queries use;
// [Generator.Mixed] has all of the language, [Generator.Common] only what every matcher knows.
package querytest

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"haidang/internal/article"
	"haidang/internal/text"
)

// Generator writes queries of words that stand side by side in real articles.
type Generator struct {
	rand   *rand.Rand
	docs   []*text.Doc
	shares map[string]float64
	mode   string // written before each word or phrase
}

// New returns a generator. The shares say, by canonical form, which part of all articles holds a word: nobody watches for
// common words alone.
func New(seed uint64, articles []article.Article, shares map[string]float64) *Generator {
	g := &Generator{rand: rand.New(rand.NewPCG(seed, 1)), shares: shares}
	for i := range articles {
		if d := text.Analyze(articles[i].Text); len(d.Tokens) > 50 {
			g.docs = append(g.docs, d)
		}
	}
	return g
}

// run returns n words that stand side by side somewhere.
func (g *Generator) run(n int) []string {
	for {
		tokens := g.docs[g.rand.IntN(len(g.docs))].Tokens
		i := g.rand.IntN(len(tokens) - n)
		var out []string
		for _, t := range tokens[i : i+n] {
			if t.Word.Number || t.Sentence != tokens[i].Sentence {
				break
			}
			out = append(out, t.Word.Canon)
		}
		if len(out) == n {
			return out
		}
	}
}

// phrase returns two or three words such as people watch for: none of them is everywhere, and one is not common.
func (g *Generator) phrase() string {
	for {
		words := g.run(2 + g.rand.IntN(3)/2)
		most, least := 0.0, 1.0
		for _, w := range words {
			f := g.shares[w]
			most, least = max(most, f), min(least, f)
		}
		if most < 0.3 && least < 0.05 {
			return g.mode + `"` + strings.Join(words, " ") + `"`
		}
	}
}

// word returns a word that few articles hold.
func (g *Generator) word() string {
	for {
		w := g.run(1)[0]
		if f, ok := g.shares[w]; len(w) > 2 && (!ok || f < 0.02) {
			return g.mode + w
		}
	}
}

func (g *Generator) either() string {
	if g.rand.IntN(3) == 0 {
		return g.word()
	}
	return g.phrase()
}

// Mixed returns a query: words, phrases, NEAR, SENT, weights, figures, fields and boolean forms, in the mixture that people
// keep.
func (g *Generator) Mixed() string {
	switch n := g.rand.IntN(100); {
	case n < 35:
		return fmt.Sprintf("%s AND (%s OR %s OR %s)", g.phrase(), g.either(), g.either(), g.either())
	case n < 50:
		return fmt.Sprintf("%s OR %s OR %s", g.phrase(), g.phrase(), g.phrase())
	case n < 65:
		return fmt.Sprintf("%s NEAR/5 (%s OR %s)", g.phrase(), g.either(), g.word())
	case n < 75:
		return fmt.Sprintf("SENT(%s %s)", g.word(), g.either())
	case n < 85:
		return fmt.Sprintf("%s AND %s AND NOT (%s OR %s)", g.phrase(), g.word(), g.phrase(), g.word())
	case n < 90:
		return fmt.Sprintf("[%s^3 %s^2 %s^1x2 %s^-2] >= 4", g.phrase(), g.phrase(), g.word(), g.word())
	case n < 94:
		return fmt.Sprintf("title:(%s OR %s)", g.phrase(), g.phrase())
	case n < 97:
		return fmt.Sprintf("%s AND NUM(người | people | tỷ đồng, >=, %d)", g.phrase(), 10+g.rand.IntN(500))
	}
	return g.word() + " " + g.word() + " " + g.word()
}

// Common returns a query of words, phrases, AND, OR and NOT, in which marks do not count: it means the same to whoever
// looks for folded words.
func (g *Generator) Common() string {
	g.mode = "fold:"
	defer func() { g.mode = "" }()
	switch n := g.rand.IntN(100); {
	case n < 55:
		return fmt.Sprintf("%s AND (%s OR %s OR %s)", g.phrase(), g.either(), g.either(), g.either())
	case n < 78:
		return fmt.Sprintf("%s OR %s OR %s", g.phrase(), g.phrase(), g.phrase())
	case n < 94:
		return fmt.Sprintf("%s AND %s AND NOT (%s OR %s)", g.phrase(), g.word(), g.phrase(), g.word())
	}
	return g.word() + " " + g.word() + " " + g.word()
}
