package index

import (
	"slices"
	"strings"
	"sync"

	"haidang/internal/text"
)

// vocabulary knows, for each form without marks, every word with marks that the archive holds: "dap" is đập, đáp, đạp
// and so on. A query word without marks asks for all of them, so that no second index of folded words is needed.
// It is safe for concurrent use.
type vocabulary struct {
	mu     sync.RWMutex
	byFold map[string][]string
	known  map[string]struct{}
}

func newVocabulary() *vocabulary {
	return &vocabulary{byFold: map[string][]string{}, known: map[string]struct{}{}}
}

// add takes a word with marks.
func (v *vocabulary) add(canon, fold string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if _, ok := v.known[canon]; ok {
		return
	}
	v.known[canon] = struct{}{}
	v.byFold[fold] = append(v.byFold[fold], canon)
}

// variants returns the words with marks that fold to a form.
func (v *vocabulary) variants(fold string) []string {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return slices.Clone(v.byFold[fold])
}

// beginning returns the words with marks whose folded form begins with a prefix.
func (v *vocabulary) beginning(prefix string) []string {
	v.mu.RLock()
	defer v.mu.RUnlock()
	var out []string
	for fold, words := range v.byFold {
		if strings.HasPrefix(fold, prefix) {
			out = append(out, words...)
		}
	}
	slices.Sort(out)
	return out
}

// markedWord is a word with marks as a shard keeps it.
type markedWord struct{ canon, fold string }

// newMarked returns the words with marks of some analyses that a shard has not noted yet.
func newMarked(analyses []*analysis, known map[string]struct{}) []markedWord {
	var out []markedWord
	for _, an := range analyses {
		for _, part := range an.all.parts {
			for i := range part {
				w := part[i].Word
				if !w.Marked || part[i].Unmarked {
					continue
				}
				if _, ok := known[w.Canon]; !ok {
					known[w.Canon] = struct{}{}
					out = append(out, markedWord{w.Canon, w.Fold})
				}
			}
		}
	}
	return out
}

// alternatives are the terms that a query word asks for, see terms.go.
func (v *vocabulary) alternatives(w *text.Word, marked bool) []string {
	if marked {
		return []string{w.Canon, unmarkedPrefix + w.Fold}
	}
	return append([]string{w.Fold, unmarkedPrefix + w.Fold}, v.variants(w.Fold)...)
}
