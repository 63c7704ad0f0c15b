package query

import "unicode/utf8"

// Plan is how a set finds a query, and how far the query is from its limits.
type Plan struct {
	Anchors []string `json:"anchors"`          // an article without any of these terms is never looked at
	Guards  []string `json:"guards,omitempty"` // nor, besides, one without any of these
	Share   float64  `json:"share"`            // of articles that hold an anchor, estimated from the news; at most 1

	Characters int `json:"characters"` // see MaxLength
	Terms      int `json:"terms"`      // see MaxTerms
	Wildcards  int `json:"wildcards"`  // see MaxWildcards
	Brackets   int `json:"brackets"`   // inside brackets; see MaxDepth
}

// PlanOf returns the plan of a query. One of filters only has no anchors: no set takes it.
func PlanOf(q *Query) Plan {
	p := Plan{Characters: utf8.RuneCountInString(q.Source), Brackets: bracketsIn(q.Source)}
	Walk(q.Root, func(n Node) bool {
		if t, ok := n.(*Term); ok {
			p.Terms++
			if t.Prefix {
				p.Wildcards++
			}
		}
		return true
	})
	if required(q.Root) == nil {
		return p
	}
	anchors, guards := anchorsOf(q.Root)
	p.Anchors, p.Guards, p.Share = termNames(anchors), termNames(guards), min(1, costOf(anchors))
	return p
}

// termNames prints terms, each once.
func termNames(terms []*Term) []string {
	var out []string
	seen := map[string]bool{}
	for _, t := range terms {
		if key := termKey(t); !seen[key] {
			seen[key] = true
			out = append(out, FormatNode(t))
		}
	}
	return out
}

// bracketsIn returns how deep brackets stand in brackets.
func bracketsIn(src string) (deepest int) {
	tokens, err := lex(src)
	if err != nil {
		return 0
	}
	depth := 0
	for _, t := range tokens {
		switch t.kind {
		case kindOpen, kindOpenList:
			depth++
			deepest = max(deepest, depth)
		case kindClose, kindCloseList:
			depth--
		}
	}
	return deepest
}
