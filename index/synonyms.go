package index

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"haidang/internal/query"
	"haidang/internal/text"
)

// Synonyms are names of one thing that a search for one of them finds all of: TP.HCM, Sài Gòn, HCMC. Build them with
// [NewSynonyms]. They never change.
type Synonyms struct {
	groups  [][]*query.Term
	byWords map[string]int // the group of a name, by its words
	longest int            // words of the longest name
}

// NewSynonyms reads groups of names. The error joins every mistake, each with the path synonyms[i][j].
func NewSynonyms(groups [][]string) (*Synonyms, error) {
	s := &Synonyms{byWords: map[string]int{}}
	var errs []error
	for i, group := range groups {
		if len(group) < 2 {
			errs = append(errs, fmt.Errorf("synonyms[%d]: %d names; a group has two or more", i, len(group)))
		}
		var terms []*query.Term
		for j, name := range group {
			term, err := s.name(name, i)
			if err != nil {
				errs = append(errs, fmt.Errorf("synonyms[%d][%d]: %q %w", i, j, name, err))
				continue
			}
			terms = append(terms, term)
		}
		s.groups = append(s.groups, terms)
	}
	return s, errors.Join(errs...)
}

const maxSynonymWords = 8

func (s *Synonyms) name(name string, group int) (*query.Term, error) {
	words := text.Intern(name)
	if len(words) == 0 || len(words) > maxSynonymWords {
		return nil, fmt.Errorf("has %d words; write 1 to %d", len(words), maxSynonymWords)
	}
	if strings.ContainsAny(name, `"*()[]`) {
		return nil, errors.New("holds an operator; write plain words")
	}
	key := wordsKey(words)
	if other, ok := s.byWords[key]; ok {
		return nil, fmt.Errorf("stands in synonyms[%d] too; write it once", other)
	}
	s.byWords[key] = group
	s.longest = max(s.longest, len(words))
	return &query.Term{Text: strings.Join(strings.Fields(name), " "), Words: words}, nil
}

// wordsKey is what names are compared by: canonical letters, so that sai gon is no Sài Gòn, but Saigon may be listed.
func wordsKey(words []*text.Word) string {
	parts := make([]string, len(words))
	for i, w := range words {
		parts[i] = w.Canon
	}
	return strings.Join(parts, " ")
}

// Expand returns the query with each name replaced by all of its group, and the groups that were used. A phrase in
// quotes, raw: and fold: mean what they say and stay as they are.
func (s *Synonyms) Expand(q *query.Query) (*query.Query, [][]string) {
	if s == nil || len(s.groups) == 0 {
		return q, nil
	}
	e := &expansion{Synonyms: s}
	root := e.node(q.Root)
	if len(e.used) == 0 {
		return q, nil
	}
	var told [][]string
	for _, g := range e.used {
		var names []string
		for _, t := range s.groups[g] {
			names = append(names, t.Text)
		}
		told = append(told, names)
	}
	return &query.Query{Source: q.Source, Root: root, Story: q.Story}, told
}

// expansion is one query on its way.
type expansion struct {
	*Synonyms
	used []int
}

func (e *expansion) node(n query.Node) query.Node {
	switch n := n.(type) {
	case *query.And:
		return &query.And{Nodes: e.row(n.Nodes)}
	case *query.Or:
		return &query.Or{Nodes: e.each(n.Nodes)}
	case *query.Not:
		return &query.Not{Node: e.node(n.Node)}
	case *query.Scope:
		return &query.Scope{Field: n.Field, Node: e.node(n.Node)}
	case *query.Named:
		return &query.Named{Name: n.Name, Node: e.node(n.Node)}
	case *query.Term:
		if g, ok := e.group([]query.Node{n}); ok {
			return e.all(g, n)
		}
	}
	return n
}

func (e *expansion) each(nodes []query.Node) []query.Node {
	out := make([]query.Node, len(nodes))
	for i, n := range nodes {
		out[i] = e.node(n)
	}
	return out
}

// row replaces names that were written as words one after the other: Sài Gòn without quotes.
func (e *expansion) row(nodes []query.Node) []query.Node {
	var out []query.Node
	for i := 0; i < len(nodes); {
		n := min(e.longest, len(nodes)-i)
		for ; n > 1; n-- {
			if g, ok := e.group(nodes[i : i+n]); ok {
				out = append(out, e.all(g, &query.And{Nodes: nodes[i : i+n]}))
				break
			}
		}
		if n <= 1 {
			out, n = append(out, e.node(nodes[i])), 1
		}
		i += n
	}
	if len(out) == 1 {
		out = append(out, out[0]) // an And has two nodes at least
	}
	return out
}

// group finds the group whose name the words of some terms are.
func (e *expansion) group(nodes []query.Node) (int, bool) {
	var words []*text.Word
	for _, n := range nodes {
		t, ok := n.(*query.Term)
		if !ok || t.Mode != query.ModeMarks || t.Prefix || strings.Contains(t.Text, " ") {
			return 0, false
		}
		words = append(words, t.Words...)
	}
	g, ok := e.byWords[wordsKey(words)]
	return g, ok
}

// all is any name of a group, or the words as they were written.
func (e *expansion) all(group int, written query.Node) query.Node {
	if !slices.Contains(e.used, group) {
		e.used = append(e.used, group)
	}
	any := []query.Node{}
	if and, ok := written.(*query.And); ok {
		any = append(any, and)
	}
	for _, t := range e.groups[group] {
		any = append(any, t)
	}
	return &query.Or{Nodes: any}
}
