package query

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"haidang/internal/article"
)

// generator makes the mixed queries that the benchmarks run: words, phrases, NEAR, SENT, weights and boolean forms, of words
// that stand side by side in real articles. The same seed and articles give the same queries.
type generator struct {
	rand *rand.Rand
	docs []*Doc
}

func newGenerator(seed uint64, articles []article.Article) *generator {
	g := &generator{rand: rand.New(rand.NewPCG(seed, 1))}
	for i := range articles {
		if d := Document(&articles[i]); len(d.fields[2].Tokens) > 50 {
			g.docs = append(g.docs, d)
		}
	}
	return g
}

// run returns n words that stand side by side somewhere.
func (g *generator) run(n int) []string {
	for {
		tokens := g.docs[g.rand.IntN(len(g.docs))].fields[2].Tokens
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
func (g *generator) phrase() string {
	for {
		words := g.run(2 + g.rand.IntN(3)/2)
		most, least := 0.0, 1.0
		for _, w := range words {
			f := frequencies()[w]
			most, least = max(most, f), min(least, f)
		}
		if most < 0.3 && least < 0.05 {
			return `"` + strings.Join(words, " ") + `"`
		}
	}
}

// word returns a word that few articles hold.
func (g *generator) word() string {
	for {
		w := g.run(1)[0]
		if f, ok := frequencies()[w]; len(w) > 2 && (!ok || f < 0.02) {
			return w
		}
	}
}

func (g *generator) either() string {
	if g.rand.IntN(3) == 0 {
		return g.word()
	}
	return g.phrase()
}

func (g *generator) query() string {
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

// rules returns n rules; one in four takes its words from the second generator.
func rulesOf(n int, vi, en *generator) ([]Rule, error) {
	rules := make([]Rule, n)
	for i := range rules {
		g := vi
		if i%4 == 3 {
			g = en
		}
		src := g.query()
		q, err := Parse(src)
		if err != nil {
			return nil, fmt.Errorf("generated %s: %w", src, err)
		}
		rules[i] = Rule{fmt.Sprintf("r%05d", i), q}
	}
	return rules, nil
}
