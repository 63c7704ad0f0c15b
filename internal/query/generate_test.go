package query

import (
	"fmt"

	"haidang/internal/article"
	"haidang/internal/query/querytest"
)

// newGenerator makes the mixed queries that the benchmarks run.
func newGenerator(seed uint64, articles []article.Article) *querytest.Generator {
	return querytest.New(seed, articles, frequencies())
}

// rulesOf returns n rules; one in four takes its words from the second generator.
func rulesOf(n int, vi, en *querytest.Generator) ([]Rule, error) {
	rules := make([]Rule, n)
	for i := range rules {
		g := vi
		if i%4 == 3 {
			g = en
		}
		src := g.Mixed()
		q, err := Parse(src)
		if err != nil {
			return nil, fmt.Errorf("generated %s: %w", src, err)
		}
		rules[i] = Rule{fmt.Sprintf("r%05d", i), q}
	}
	return rules, nil
}
