package classifier

import (
	"slices"
	"strings"

	"haidang/internal/text"
)

// maxGap is how many words "…" in a phrase may stand for.
const maxGap = 6

// lexicon finds many phrases in one pass over the tokens. A phrase written with marks is found with the same marks, or
// in a run of Vietnamese that has none; unlike a query term, a phrase written without marks is never found with them.
// Words are compared by their IDs: those of phrases are interned, so that every spelling of them has one.
type lexicon[T any] struct {
	marked     tree[T] // by the ID of Canon
	unmarked   tree[T] // by the ID of Fold, entered only at tokens of unmarked Vietnamese
	longFolded bool    // one syllable without its marks says too little to be found: "so" may be sở or số
}

// tree is phrases by their words. Few words begin one, and every token is looked up: the first step is an index.
type tree[T any] struct {
	first []*branch[T] // by ID
}

type branch[T any] struct {
	ids    []uint32 // ascending
	next   []*branch[T]
	leaves []leaf[T]
}

type leaf[T any] struct {
	value T
	rest  [][]*text.Word // the parts after each "…"
}

func newLexicon[T any]() *lexicon[T] { return &lexicon[T]{} }

// add enters a phrase; it reports whether the phrase has any word.
func (l *lexicon[T]) add(phrase string, value T) bool {
	var parts [][]*text.Word
	for part := range strings.SplitSeq(phrase, "…") {
		if words := text.Intern(part); len(words) > 0 {
			parts = append(parts, words)
		}
	}
	if len(parts) == 0 {
		return false
	}
	end := leaf[T]{value: value, rest: parts[1:]}
	l.marked.enter(parts[0], end, canonID)
	if l.longFolded && len(parts) == 1 && len(parts[0]) == 1 {
		return true
	}
	l.unmarked.enter(parts[0], end, foldID)
	return true
}

func canonID(w *text.Word) uint32 { return w.ID }
func foldID(w *text.Word) uint32  { return w.FoldID }

func (t *tree[T]) enter(words []*text.Word, end leaf[T], id func(*text.Word) uint32) {
	first := int(id(words[0]))
	if first >= len(t.first) {
		t.first = append(t.first, make([]*branch[T], first+1-len(t.first))...)
	}
	if t.first[first] == nil {
		t.first[first] = &branch[T]{}
	}
	b := t.first[first]
	for _, w := range words[1:] {
		b = b.below(id(w))
	}
	b.leaves = append(b.leaves, end)
}

// below returns the branch that a word leads to, made if there is none.
func (b *branch[T]) below(id uint32) *branch[T] {
	i, ok := slices.BinarySearch(b.ids, id)
	if !ok {
		b.ids, b.next = slices.Insert(b.ids, i, id), slices.Insert(b.next, i, &branch[T]{})
	}
	return b.next[i]
}

// begin returns the branch of the phrases that begin with a word, or nil. No phrase has a word of ID 0.
func (t *tree[T]) begin(id uint32) *branch[T] {
	if int(id) >= len(t.first) {
		return nil
	}
	return t.first[id]
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

func (l *lexicon[T]) longest(d *text.Doc, first int) (at *branch[T], last int) {
	t := &d.Tokens[first]
	if b := l.marked.begin(t.Word.ID); b != nil {
		at, last = b.descend(d, first, canonID)
	}
	if !t.Unmarked {
		return at, last
	}
	if b := l.unmarked.begin(t.Word.FoldID); b != nil {
		if other, end := b.descend(d, first, foldID); end > last {
			at, last = other, end
		}
	}
	return at, last
}

// descend follows the tokens behind the first and returns the last branch that ends a phrase, and where. A phrase stays in
// its sentence.
func (b *branch[T]) descend(d *text.Doc, first int, id func(*text.Word) uint32) (best *branch[T], end int) {
	sentence := d.Tokens[first].Sentence
	for i := first + 1; ; i++ {
		if b.usable(d, i) {
			best, end = b, i
		}
		if len(b.ids) == 0 || i == len(d.Tokens) || d.Tokens[i].Sentence != sentence {
			return best, end
		}
		k, ok := slices.BinarySearch(b.ids, id(d.Tokens[i].Word))
		if !ok {
			return best, end
		}
		b = b.next[k]
	}
}

func (b *branch[T]) usable(d *text.Doc, last int) bool {
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
