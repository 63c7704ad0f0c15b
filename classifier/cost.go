package classifier

import (
	"cmp"
	"slices"

	"haidang/internal/query"
)

// QueryCost is what one query of the rules has cost since they were loaded.
type QueryCost struct {
	Rule     string // "claim disaster-dam-burst, clause burst"
	Language string // of the query: "vi" or "en"
	query.Cost
}

// Slowest returns the queries that took most of the time so far, dearest first. The time is estimated from a sample of
// the articles.
func (c *Classifier) Slowest(most int) []QueryCost {
	var out []QueryCost
	for lang, name := range [...]string{vietnamese: "vi", english: "en"} {
		for _, cost := range c.sets[lang].set.Costs() {
			if cost.Candidates > 0 {
				out = append(out, QueryCost{c.ruleName(c.sets[lang].refs[cost.ID]), name, cost})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b QueryCost) int { return -cmp.Compare(a.Time, b.Time) })
	return out[:min(most, len(out))]
}

// ruleName says what a query belongs to.
func (c *Classifier) ruleName(ref ruleRef) string {
	if ref.topic != "" {
		return "topic " + ref.topic
	}
	claim := &c.compiled[ref.claim]
	if ref.exclude {
		return "claim " + claim.ID + ", exclude"
	}
	return "claim " + claim.ID + ", clause " + claim.Clauses[ref.clause].Name
}
