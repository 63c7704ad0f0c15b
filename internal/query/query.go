// Package query is the one language in which claims, saved searches and the search box are written: its parser, its
// printer, and the matcher that holds thousands of compiled queries against one article.
//
// [Parse] reads a query; its mistakes are an [*Error] with the column, the piece and what to write instead, in Vietnamese
// and English. [Query.Root] is a tree of exported nodes that other packages may walk. [Compile] turns many queries into an
// immutable [Set]; [Set.With] and [Set.Without] make a changed copy in microseconds while others go on matching.
// [Document] prepares an article, once, for any number of sets.
//
// Promise: matching is a pure function of the queries and the article, it is safe for concurrent use, it allocates nothing
// for a query that does not match, and every span is exact in the original text. Limits: phrases, NEAR, SENT and PARA work
// within one field; COUNT is read and handed on in [Query.Story] but decided by whoever keeps the matches.
// The language is described in docs/query.md.
package query

import (
	"sync"

	"haidang/internal/article"
)

// Query is a parsed query. It never changes and is safe for concurrent use.
type Query struct {
	Source string // as written
	Root   Node   // what an article must satisfy
	Story  *Count // what the story must satisfy besides, or nil

	once sync.Once
	own  *Set // the query alone, compiled when it is first asked for
}

// Options are what a query's text alone does not say.
type Options struct {
	// Lists returns the entries of a named list, each a word, a phrase or word*. It is asked for every @name.
	Lists func(name string) ([]string, bool)
	// Browse allows a query of filters only, such as site:example.vn, which the archive can answer and a matcher cannot
	// do cheaply. A Set refuses such a query.
	Browse bool
}

// Parse reads a query that uses no named lists. The error is an [*Error].
func Parse(src string) (*Query, error) { return Options{}.Parse(src) }

// String returns the query in its canonical form.
func (q *Query) String() string { return Format(q) }

// Matches holds the query against one document.
func (q *Query) Matches(d *Doc) (Match, bool) {
	s := q.alone()
	p, x := s.only(d)
	defer s.pool.Put(x)
	if !p.holds(x, d) {
		return Match{}, false
	}
	return (&collector{x: x, d: d}).match(p), true
}

// Match is one query that an article satisfies.
type Match struct {
	ID      string         // of the rule
	Score   float64        // the sum of Shares
	Shares  []Share        // what each clause or weighted term gave
	Clauses []string       // the named clauses that held, in the order of the query
	Spans   []article.Span // the words that satisfied it, in the original text, ordered by field and start
}

// Share is one addend of a match's score: a weighted term, or any other positive part of the query that held.
type Share struct {
	Clause string  // the innermost named clause around it, or ""
	Term   string  // the part in canonical form
	Points float64 // weight times occurrences up to the cap; 1 outside weighted lists
	Count  int     // how often it occurs
}
