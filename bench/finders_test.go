package bench

import (
	"regexp"
	"slices"
	"strings"

	ahocorasick "github.com/petar-dambovaliev/aho-corasick"

	"haidang/internal/article"
	"haidang/internal/query"
	"haidang/internal/text"
)

// naive asks of every query whether it holds, and of every term whether the text contains it.
func naive(c *corpus) (side, error) {
	var holds func(doc string, e expr) bool
	holds = func(doc string, e expr) bool {
		switch e.op {
		case "term":
			return strings.Contains(doc, c.terms[e.term])
		case "and":
			return !slices.ContainsFunc(e.kids, func(k expr) bool { return !holds(doc, k) })
		case "or":
			return slices.ContainsFunc(e.kids, func(k expr) bool { return holds(doc, k) })
		}
		return !holds(doc, e.kids[0])
	}
	return local{func(doc int, out []int32) []int32 {
		for q := range c.common {
			if holds(c.folded[doc], c.common[q]) {
				out = append(out, int32(q))
			}
		}
		return out
	}}, nil
}

// alternation is one regular expression of all terms. It tells the longest term at a place; those that are its beginning
// are known, and the search goes on with the next word.
func alternation(c *corpus) (side, error) {
	sorted := slices.Sorted(slices.Values(c.terms))
	var b strings.Builder
	for i, t := range sorted {
		if i > 0 {
			b.WriteByte('|')
		}
		b.WriteString(regexp.QuoteMeta(strings.TrimPrefix(t, " ")))
	}
	re, err := regexp.Compile(" (?:" + b.String() + ")")
	if err != nil {
		return nil, err
	}
	re.Longest()
	within := beginnings(c.terms)
	v := newVerdicts(c)
	return local{func(doc int, out []int32) []int32 {
		v.begin()
		for rest := c.folded[doc]; ; {
			at := re.FindStringIndex(rest)
			if at == nil {
				return v.decide(out)
			}
			for _, t := range within[rest[at[0]:at[1]]] {
				v.find(t)
			}
			rest = rest[at[0]+1:]
		}
	}}, nil
}

// beginnings returns, for each term, the numbers of the terms that it begins with, itself included.
func beginnings(terms []string) map[string][]int32 {
	numbers := map[string]int32{}
	for i, t := range terms {
		numbers[t] = int32(i)
	}
	out := map[string][]int32{}
	for _, t := range terms {
		for i := 1; i < len(t); i++ {
			if t[i] != ' ' {
				continue
			}
			if n, ok := numbers[t[:i+1]]; ok {
				out[t] = append(out[t], n)
			}
		}
	}
	return out
}

// automaton is an Aho-Corasick automaton over the bytes of all terms, the fastest library for Go that we know.
func automaton(c *corpus) (side, error) {
	builder := ahocorasick.NewAhoCorasickBuilder(ahocorasick.Opts{MatchKind: ahocorasick.StandardMatch, DFA: true})
	ac := builder.Build(c.terms)
	v := newVerdicts(c)
	return local{func(doc int, out []int32) []int32 {
		v.begin()
		found := ac.IterOverlapping(c.folded[doc])
		for m := found.Next(); m != nil; m = found.Next() {
			v.find(int32(m.Pattern()))
		}
		return v.decide(out)
	}}, nil
}

// trie is the plainest token trie, over the same numbers of words that the product's matcher uses.
type trie struct {
	kids map[uint32]*trie
	ends []int32 // terms
}

func (t *trie) add(words []*text.Word, term int32) {
	for _, w := range words {
		if t.kids == nil {
			t.kids = map[uint32]*trie{}
		}
		if t.kids[w.FoldID] == nil {
			t.kids[w.FoldID] = &trie{}
		}
		t = t.kids[w.FoldID]
	}
	t.ends = append(t.ends, term)
}

func newTrie(terms []string) *trie {
	root := &trie{}
	for i, t := range terms {
		root.add(text.Intern(t), int32(i))
	}
	return root
}

// trieOf holds the words and phrases of all queries, by their folds.
func trieOf(rules []query.Rule) *trie {
	root, seen := &trie{}, map[string]bool{}
	for _, r := range rules {
		query.Walk(r.Query.Root, func(n query.Node) bool {
			if t, ok := n.(*query.Term); ok && !seen[text.Fold(t.Text)] {
				seen[text.Fold(t.Text)] = true
				root.add(t.Words, int32(len(seen)))
			}
			return true
		})
	}
	return root
}

// visit calls found for each term at each place.
func (t *trie) visit(d *query.Doc, found func(term int32)) {
	for _, f := range []article.Field{article.Title, article.Lead, article.Text} {
		tokens := d.Text(f).Tokens
		for i := range tokens {
			at := t
			for j := i; j < len(tokens); j++ {
				if at = at.kids[tokens[j].Word.FoldID]; at == nil {
					break
				}
				for _, term := range at.ends {
					found(term)
				}
			}
		}
	}
}

// bareTrie finds terms and decides nothing: the floor under every matcher that works on words.
func bareTrie(c *corpus) (side, error) {
	root, hits := newTrie(c.terms), 0
	return local{func(doc int, out []int32) []int32 {
		root.visit(c.docs[doc], func(int32) { hits++ })
		return out
	}}, nil
}

// trieWithVerdicts decides the queries as well.
func trieWithVerdicts(c *corpus) (side, error) {
	root, v := newTrie(c.terms), newVerdicts(c)
	return local{func(doc int, out []int32) []int32 {
		v.begin()
		root.visit(c.docs[doc], v.find)
		return v.decide(out)
	}}, nil
}
