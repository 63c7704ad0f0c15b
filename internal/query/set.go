package query

import (
	"time"

	"haidang/internal/article"
)

// Rule is a query with the name under which its matches are reported.
type Rule struct {
	ID    string
	Query *Query
}

// Set is a compiled set of rules. It never changes and is safe for concurrent use.
type Set struct{}

// Compile prepares rules for matching. Its error joins every rule that cannot be used.
func Compile(rules []Rule) (*Set, error) { return (&Set{}).With(rules...) }

// With returns the set with rules added, each in place of an earlier rule with the same ID. The receiver is unchanged.
func (s *Set) With(rules ...Rule) (*Set, error) { return s, nil }

// Without returns the set without some rules. The receiver is unchanged.
func (s *Set) Without(ids ...string) *Set { return s }

// Len returns the number of rules.
func (s *Set) Len() int { return 0 }

// Match returns the rules that the article satisfies, ordered by ID.
func (s *Set) Match(d *Doc) []Match { return nil }

// Costs returns what each rule has cost so far, dearest first.
func (s *Set) Costs() []Cost { return nil }

// Cost is what one rule has cost.
type Cost struct {
	ID         string
	Candidates uint64        // how often it was looked at
	Matches    uint64        // how often it held
	Time       time.Duration // estimated from a sample
}

func (q *Query) alone() *Set { return &Set{} }

// Highlight returns every occurrence in the article of the terms that the query asks for, never of those it excludes.
func Highlight(q *Query, d *Doc) []article.Span { return nil }

// Explain says of each part of a query whether it held, and if not what was missing.
func Explain(q *Query, d *Doc) Explanation { return Explanation{} }

// Explanation is the answer for one part of a query.
type Explanation struct {
	Text    string // the part in canonical form
	Clause  string // its name, if it has one
	Held    bool
	Count   int     // occurrences
	Missing Message // why it did not hold
	Parts   []Explanation
	Spans   []article.Span
}
