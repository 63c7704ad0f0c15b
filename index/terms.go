package index

import (
	index "github.com/blevesearch/bleve_index_api"

	"haidang/internal/text"
)

// How the marks rule becomes terms. Each token of the text gives two terms at its position:
//
//   - in a "fold" field its form without marks, which every query word without marks asks for;
//   - in an "exact" field its canonical form, or, where it stands in a run of Vietnamese written without marks, its
//     folded form behind a tilde. A query word with marks asks for its canonical form or its folded form behind the
//     tilde, and so never meets a word with other marks.
//
// A wording in which no token has marks and none stands in an unmarked run, English for one, has no exact terms: no
// query word with marks can match there, and the index is half as large.
//
// Positions are those of the tokens, so phrases are exact. Byte offsets are left out (zero): highlights are made from
// the stored article, and offsets would be a fifth of the index.
const unmarkedPrefix = "~"

// exactTerm is the term of a token in an exact field.
func exactTerm(t *text.Token) string {
	if t.Unmarked {
		return unmarkedPrefix + t.Word.Fold
	}
	return t.Word.Canon
}

func foldTerm(t *text.Token) string { return t.Word.Fold }

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

// marked reports whether a query word with marks could match anything here.
func (w wording) marked() bool {
	for _, p := range w.parts {
		for i := range p {
			if p[i].Unmarked || p[i].Word.Marked {
				return true
			}
		}
	}
	return false
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
func (w wording) frequencies(term func(*text.Token) string, locations []index.TokenLocation) index.TokenFrequencies {
	n := len(locations)
	freqs := make(index.TokenFrequencies, n/2)
	entries := make([]index.TokenFreq, 0, n)
	byToken := make([]*index.TokenFreq, n)
	w.each(func(i, _ int, t *text.Token) {
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

// locations makes one location for each token. The exact and the fold field of a wording share them.
func (w wording) locations() []index.TokenLocation {
	out := make([]index.TokenLocation, w.length())
	w.each(func(i, position int, _ *text.Token) { out[i].Position = position })
	return out
}
