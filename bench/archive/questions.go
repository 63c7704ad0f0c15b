package main

import (
	"math/rand/v2"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"haidang/internal/article"
	"haidang/internal/text"
)

// kind is a kind of question.
type kind struct {
	name     string
	words    int  // how many
	phrase   bool // they stand side by side
	any      bool // one of them is enough
	best     bool // by relevance; otherwise the newest first
	recent   bool // seen in the last thirty days
	outlet   bool // of one outlet
	folded   bool // typed without marks, which only the archive understands
	facets   bool // with facets and a histogram, which only the archive has
	ordinary bool // what people ask all day: the aim for speed is theirs
}

// kinds are the ten that all sides are asked, and two of the archive alone.
var kinds = []kind{
	{name: "newest of all", ordinary: true},
	{name: "word, newest", words: 1, ordinary: true},
	{name: "two words, newest", words: 2, ordinary: true},
	{name: "phrase, newest", words: 2, phrase: true, ordinary: true},
	{name: "word, last 30 days", words: 1, recent: true, ordinary: true},
	{name: "word, one outlet, newest", words: 1, outlet: true, ordinary: true},
	{name: "word, best", words: 1, best: true, ordinary: true},
	{name: "two words, best", words: 2, best: true, ordinary: true},
	{name: "one of three words, best", words: 3, any: true, best: true, ordinary: true},
	{name: "phrase, best", words: 2, phrase: true, best: true, ordinary: true},
	{name: "two words without marks, newest", words: 2, folded: true},
	{name: "two words, newest, with facets", words: 2, facets: true},
}

func kindNamed(name string) kind {
	for _, k := range kinds {
		if k.name == name {
			return k
		}
	}
	return kind{}
}

// everySide reports whether all sides can be asked.
func (k kind) everySide() bool { return !k.folded && !k.facets }

// question is one question as the sides are asked it.
type question struct {
	Kind   string
	Words  []string  // as they stand in a document, in lower case
	From   time.Time // seen since; zero: whenever
	Outlet string
}

// asker makes questions out of the titles of the first n documents.
type asker struct {
	corpus *corpus
	n      int
	*rand.Rand
}

// questions makes n of one kind.
func (a asker) questions(k kind, n int) []question {
	out := make([]question, n)
	for i := range out {
		out[i] = a.question(k)
	}
	return out
}

func (a asker) question(k kind) question {
	q := question{Kind: k.name}
	doc := a.corpus.document(a.IntN(a.n))
	for words := a.words(&doc, k); k.words > 0; words = a.words(&doc, k) {
		if q.Words = words; len(words) == k.words {
			break
		}
		doc = a.corpus.document(a.IntN(a.n))
	}
	if k.recent {
		q.From = a.corpus.seen(a.n).Add(-30 * 24 * time.Hour)
	}
	if k.outlet {
		q.Outlet = doc.Outlet
	}
	return q
}

// frequent are n different words of titles.
func (a asker) frequent(n int) []string {
	var out []string
	seen := map[string]bool{}
	for len(out) < n {
		doc := a.corpus.document(a.IntN(a.n))
		for _, w := range a.words(&doc, kind{words: 1}) {
			if !seen[w] {
				seen[w] = true
				out = append(out, w)
			}
		}
	}
	return out
}

// words picks words of a title, side by side or anywhere.
func (a asker) words(doc *article.Article, k kind) []string {
	var all []string
	for _, t := range text.Analyze(doc.Title).Tokens {
		if plain(t.Word.Canon) {
			all = append(all, strings.ToLower(norm.NFC.String(doc.Title[t.Start:t.End])))
		}
	}
	if len(all) < k.words {
		return nil
	}
	if k.phrase {
		at := a.IntN(len(all) - k.words + 1)
		return all[at : at+k.words]
	}
	a.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	words := all[:k.words]
	if k.folded {
		for i := range words {
			words[i] = text.Fold(words[i])
		}
	}
	return words
}

// plain reports whether a word means itself in all three languages.
func plain(w string) bool {
	if w == "and" || w == "or" || w == "not" || w == "near" {
		return false
	}
	return strings.IndexFunc(w, func(r rune) bool { return r < 'a' || r > 'z' && r < 0x80 || r == '×' || r >= 0x2000 && r < 0x2100 }) < 0
}
