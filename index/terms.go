package index

import (
	index "github.com/blevesearch/bleve_index_api"

	"haidang/internal/text"
)

// How the marks rule becomes terms. Each token of a text gives one term at its position: its canonical form, marks kept,
// or, where it stands in a run of Vietnamese written without marks, its folded form behind a tilde.
//
//   - A query word of a term with marks asks for its canonical form, or its folded form behind the tilde. It never
//     meets a word with other marks.
//   - A query word of a term without marks asks for its form, the form behind the tilde, and every word with marks that
//     folds to it, which the vocabulary knows.
//
// The other way, a second field of folded words, makes the index twice as large (measured: 10.7 against 5.6 MB for a
// thousand articles) and indexing a quarter dearer.
//
// Positions are those of the tokens, so phrases are exact. Byte offsets are left out (zero): highlights are made from
// the stored article.
const unmarkedPrefix = "~"

func term(t *text.Token) string {
	if t.Unmarked {
		return unmarkedPrefix + t.Word.Fold
	}
	return t.Word.Canon
}

// gap keeps a phrase from running out of one part of an article into the next.
const gap = 1000

// wording is the tokens of one index field: one part of an article, or several with a gap between them.
type wording struct {
	parts [][]text.Token
}

func (w wording) length() int {
	n := 0
	for _, p := range w.parts {
		n += len(p)
	}
	return n
}

// each calls fn with every token, its number, and its position in the field, which starts at 1.
func (w wording) each(fn func(n, position int, t *text.Token)) {
	n, position := 0, 1
	for _, p := range w.parts {
		for i := range p {
			fn(n, position, &p[i])
			n++
			position++
		}
		position += gap
	}
}

// frequencies counts the terms of a wording in the form that bleve's segments are built from. Everything is cut from
// three slabs: this is the hottest loop of indexing.
func (w wording) frequencies() index.TokenFrequencies {
	n := w.length()
	freqs := make(index.TokenFrequencies, n/2)
	entries := make([]index.TokenFreq, 0, n)
	byToken := make([]*index.TokenFreq, n)
	locations := make([]index.TokenLocation, n)
	w.each(func(i, position int, t *text.Token) {
		locations[i].Position = position
		s := term(t)
		e := freqs[s]
		if e == nil {
			entries = append(entries, index.TokenFreq{Term: []byte(s)})
			e = &entries[len(entries)-1]
			freqs[s] = e
		}
		e.SetFrequency(e.Frequency() + 1)
		byToken[i] = e
	})
	slab := make([]*index.TokenLocation, n)
	for i, e := range byToken {
		if e.Locations == nil {
			k := e.Frequency()
			e.Locations, slab = slab[:0:k], slab[k:]
		}
		e.Locations = append(e.Locations, &locations[i])
	}
	return freqs
}
