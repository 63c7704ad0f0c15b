package query

import (
	_ "embed"
	"math"
	"strconv"
	"strings"
	"sync"
)

// frequencies.txt has a line for each common word: the word, and how many of ten thousand articles hold it. It was learnt
// from news in Vietnamese and English (TestFrequencies writes it) and holds words and numbers only.
//
//go:embed frequencies.txt
var frequencyFile string

// frequencies are shares of articles, by canonical form and, after a tilde, by fold.
var frequencies = sync.OnceValue(func() map[string]float64 {
	m := map[string]float64{}
	for line := range strings.Lines(frequencyFile) {
		word, n, _ := strings.Cut(strings.TrimSpace(line), "\t")
		if v, err := strconv.Atoi(n); err == nil {
			m[word] = float64(v) / 10_000
		}
	}
	return m
})

const (
	rare     = 0.5 / 10_000 // the share of articles with a word that the table does not know
	wildcard = 0.9          // a beginning of a word is a poor anchor: it may stand for many words
)

// costOf estimates the share of articles that hold at least one of the terms, above 1 for many common ones.
func costOf(terms []*Term) float64 {
	sum := 0.0
	for _, t := range terms {
		sum += share(t)
	}
	return sum
}

// share estimates the share of articles that hold a term: that of its rarest word, less for each further word.
func share(t *Term) float64 {
	best := 1.0
	for i, w := range t.Words {
		form := "~" + w.Fold // all words of this fold together; left out of the table where there is but one
		if t.Mode != ModeFold && t.Marked() {
			form = w.Canon
		}
		f, ok := frequencies()[form]
		if !ok {
			f, ok = frequencies()[strings.TrimPrefix(form, "~")]
		}
		switch {
		case t.Prefix && i == len(t.Words)-1:
			f = wildcard
		case !ok:
			f = rare
		}
		best = min(best, f)
	}
	return best * math.Pow(0.3, float64(len(t.Words)-1))
}
