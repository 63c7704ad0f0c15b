package classifier

import (
	"strings"

	"haidang/internal/text"
)

// maxGap is how many words "…" in a phrase may stand for.
const maxGap = 6

// lexicon finds many phrases in one pass over the tokens. A phrase written with marks is found with the same marks, or
// in a run of Vietnamese that has none; unlike a query term, a phrase written without marks is never found with them.
type lexicon[T any] struct {
	marked     *branch[T] // by Canon
	unmarked   *branch[T] // by Fold, entered only at tokens of unmarked Vietnamese
	longFolded bool       // one syllable without its marks says too little to be found: "so" may be sở or số
}

type branch[T any] struct {
	next   map[string]*branch[T]
	leaves []leaf[T]
}

type leaf[T any] struct {
	value T
	rest  [][]*text.Word // the parts after each "…"
}

func newLexicon[T any]() *lexicon[T] {
	return &lexicon[T]{marked: &branch[T]{}, unmarked: &branch[T]{}}
}

// add enters a phrase; it reports whether the phrase has any word.
func (l *lexicon[T]) add(phrase string, value T) bool {
	var parts [][]*text.Word
	for part := range strings.SplitSeq(phrase, "…") {
		var words []*text.Word
		for _, t := range text.Analyze(part).Tokens {
			words = append(words, t.Word)
		}
		if len(words) > 0 {
			parts = append(parts, words)
		}
	}
	if len(parts) == 0 {
		return false
	}
	end := leaf[T]{value: value, rest: parts[1:]}
	l.marked.enter(parts[0], end, func(w *text.Word) string { return w.Canon })
	if l.longFolded && len(parts) == 1 && len(parts[0]) == 1 {
		return true
	}
	l.unmarked.enter(parts[0], end, func(w *text.Word) string { return w.Fold })
	return true
}

func (b *branch[T]) enter(words []*text.Word, end leaf[T], key func(*text.Word) string) {
	for _, w := range words {
		if b.next == nil {
			b.next = map[string]*branch[T]{}
		}
		k := key(w)
		if b.next[k] == nil {
			b.next[k] = &branch[T]{}
		}
		b = b.next[k]
	}
	b.leaves = append(b.leaves, end)
}

// find calls found with the tokens [first, last) of every phrase, left to right. Of phrases that begin at one token only
// the longest counts, and none that begins within an earlier one; the words that "…" stands for are free.
func (l *lexicon[T]) find(d *text.Doc, found func(first, last int, value T)) {
	covered := 0
	for i := range d.Tokens {
		if i < covered {
			continue
		}
		at, last := l.longest(d, i)
		if at == nil {
			continue
		}
		covered = last
		most := 0
		for _, end := range at.leaves {
			if stop, ok := follow(d, last, end.rest); ok {
				most = max(most, stop)
			}
		}
		for _, end := range at.leaves {
			if stop, ok := follow(d, last, end.rest); ok && stop == most {
				found(i, stop, end.value)
			}
		}
	}
}

func (l *lexicon[T]) longest(d *text.Doc, first int) (*branch[T], int) {
	at, last := descend(l.marked, d, first, false)
	if d.Tokens[first].Unmarked {
		if other, end := descend(l.unmarked, d, first, true); end > last {
			at, last = other, end
		}
	}
	return at, last
}

// descend follows the tokens down the tree and returns the last branch that ends a phrase. A phrase stays in its sentence.
func descend[T any](b *branch[T], d *text.Doc, first int, fold bool) (*branch[T], int) {
	var best *branch[T]
	end := first
	for i := first; i < len(d.Tokens) && b.next != nil; i++ {
		t := &d.Tokens[i]
		key := t.Word.Canon
		if fold {
			key = t.Word.Fold
		}
		if t.Sentence != d.Tokens[first].Sentence {
			break
		}
		if b = b.next[key]; b == nil {
			break
		}
		if usable(b, d, i+1) {
			best, end = b, i+1
		}
	}
	return best, end
}

func usable[T any](b *branch[T], d *text.Doc, last int) bool {
	for _, l := range b.leaves {
		if _, ok := follow(d, last, l.rest); ok {
			return true
		}
	}
	return false
}

// follow finds the remaining parts of a phrase, each at most maxGap words on, in the same sentence.
func follow(d *text.Doc, last int, rest [][]*text.Word) (int, bool) {
	for _, part := range rest {
		next := -1
		for gap := range maxGap + 1 {
			if standsAt(d, last+gap, last-1, part) {
				next = last + gap + len(part)
				break
			}
		}
		if next < 0 {
			return 0, false
		}
		last = next
	}
	return last, true
}

func standsAt(d *text.Doc, at, before int, words []*text.Word) bool {
	if at+len(words) > len(d.Tokens) {
		return false
	}
	for i, w := range words {
		if t := &d.Tokens[at+i]; t.Sentence != d.Tokens[before].Sentence || !t.Matches(w, true) {
			return false
		}
	}
	return true
}
