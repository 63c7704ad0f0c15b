package text

import (
	"math/bits"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
)

// Bounds of the shared lexicon: about 60 MB when both are full, which ordinary news does not fill.
const (
	maxWords = 1 << 18 // words that documents may bring in; the words of queries come on top, see Intern
	maxForms = 1 << 18 // spellings (Vỡ, VỠ, vỡ in NFD) that are remembered; when full, they are forgotten and learnt again
)

// shared is the lexicon of every document: words of different documents must be comparable. It is a cache of pure
// functions of the text, bounded, and what it holds shows in nothing but Word.ID and speed.
var shared = newLexicon(maxWords, maxForms)

// lexicon interns words. Reading takes no lock: spellings are found in an open-addressing table that is only ever added to and
// whose slots are published with an atomic pointer.
type lexicon struct {
	forms        atomic.Pointer[formTable] // spelling, as written, to word
	seed0, seed1 uint64
	maxWords     int
	maxForms     int

	mu    sync.RWMutex
	words map[string]*Word // canonical form to word; grows only
	long  map[string]*Word // spellings over 16 bytes
	count uint32           // IDs given
}

func newLexicon(maxWords, maxForms int) *lexicon {
	l := &lexicon{
		seed0: rand.Uint64() | 1, seed1: rand.Uint64() | 1,
		maxWords: maxWords, maxForms: maxForms,
		words: map[string]*Word{}, long: map[string]*Word{},
	}
	l.forms.Store(newFormTable(1 << 12))
	return l
}

// word returns the word that text[start:end] spells.
func (l *lexicon) word(text string, start, end int) *Word {
	if end-start > keySize {
		return l.longWord(text[start:end])
	}
	k := keyOf(text, start, end)
	h := l.hash(k)
	if w := l.forms.Load().get(k, h); w != nil {
		return w
	}
	w, kept := l.learn(text[start:end], false)
	if kept {
		l.remember(k, h, w)
	}
	return w
}

func (l *lexicon) longWord(form string) *Word {
	l.mu.RLock()
	w := l.long[form]
	l.mu.RUnlock()
	if w != nil {
		return w
	}
	w, kept := l.learn(form, false)
	if kept && len(form) <= longestKept {
		l.mu.Lock()
		if len(l.long) >= l.maxForms/16 {
			clear(l.long)
		}
		l.long[strings.Clone(form)] = w
		l.mu.Unlock()
	}
	return w
}

// longestKept bounds the bytes of a word that a document may bring into the lexicon.
const longestKept = 64

// learn returns the word that form spells, and whether the lexicon holds it. With always, it does.
func (l *lexicon) learn(form string, always bool) (*Word, bool) {
	canon := canonical(form)
	l.mu.RLock()
	w := l.words[canon]
	l.mu.RUnlock()
	if w != nil {
		return w, true
	}
	w = newWord(canon)
	l.mu.Lock()
	defer l.mu.Unlock()
	if kept := l.words[canon]; kept != nil {
		return kept, true
	}
	if !always && !l.admits(w) {
		if f := l.words[w.Fold]; f != nil {
			w.FoldID = f.ID
		}
		return w, false
	}
	l.add(w)
	return w, true
}

// admits reports whether a word that a document brings may stay. Syllables always may: their number is bounded by the
// spelling of Vietnamese, so that no hostile vocabulary can push them out. Long numbers never do: they have no end.
func (l *lexicon) admits(w *Word) bool {
	switch {
	case w.is(syllable):
		return true
	case w.Number && len(w.Canon) > 4, len(w.Canon) > longestKept:
		return false
	}
	return len(l.words) < l.maxWords
}

// add gives w its ID, and its fold a place of its own.
func (l *lexicon) add(w *Word) {
	l.count++
	w.ID, w.FoldID = l.count, l.count
	l.words[w.Canon] = w
	if w.Fold == w.Canon {
		return
	}
	f := l.words[w.Fold]
	if f == nil {
		f = newWord(w.Fold)
		l.add(f)
	}
	w.FoldID = f.ID
}

// remember notes that the spelling k means w.
func (l *lexicon) remember(k formKey, h uint64, w *Word) {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := l.forms.Load()
	if t.get(k, h) != nil {
		return
	}
	switch {
	case t.used >= l.maxForms:
		t = newFormTable(1 << 12)
		l.forms.Store(t)
	case t.used == len(t.entries):
		t = l.grown(t)
		l.forms.Store(t)
	}
	t.put(k, h, w)
}

func (l *lexicon) grown(old *formTable) *formTable {
	t := newFormTable(2 * len(old.slots))
	for i := range old.entries[:old.used] {
		e := &old.entries[i]
		t.put(e.key, l.hash(e.key), e.word)
	}
	return t
}

// hash mixes k with seeds of this process, so that nobody can prepare words that collide.
func (l *lexicon) hash(k formKey) uint64 {
	hi, lo := bits.Mul64(k[0]^l.seed0, k[1]^l.seed1)
	return hi ^ lo
}

// formKey is a spelling of at most 16 bytes, filled up with zeros, which no word contains.
type formKey [2]uint64

const keySize = 16

func keyOf(text string, start, end int) formKey {
	n := end - start
	var k formKey
	if start+keySize <= len(text) {
		b := text[start : start+keySize]
		k = formKey{littleEndian(b[:8]), littleEndian(b[8:])}
	} else {
		var b [keySize]byte
		copy(b[:], text[start:end])
		k = formKey{littleEndian(string(b[:8])), littleEndian(string(b[8:]))}
	}
	if n <= 8 {
		return formKey{k[0] & (^uint64(0) >> (uint(64-8*n) & 63)), 0}
	}
	return formKey{k[0], k[1] & (^uint64(0) >> (uint(128-8*n) & 63))}
}

func littleEndian(b string) uint64 {
	_ = b[7]
	return uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 |
		uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
}

// formTable maps spellings to words by open addressing, at most half full. One writer at a time, readers at any time. Its slots are
// small and its entries stand in the order in which they were met, the frequent words first: that is what caches like.
type formTable struct {
	slots   []atomic.Uint64 // upper half of the hash, and the number of the entry from 1; 0 is empty
	entries []formEntry     // an entry is written before the slot that points to it, and never after
	used    int
}

type formEntry struct {
	key  formKey
	word *Word
}

func newFormTable(size int) *formTable {
	return &formTable{slots: make([]atomic.Uint64, size), entries: make([]formEntry, size/2)}
}

const upperHalf = 0xFFFFFFFF << 32

func (t *formTable) get(k formKey, h uint64) *Word {
	mask := uint64(len(t.slots) - 1)
	for i := h; ; i++ {
		s := t.slots[i&mask].Load()
		if s == 0 {
			return nil
		}
		if (s^h)&upperHalf == 0 {
			if e := &t.entries[uint32(s)-1]; e.key == k {
				return e.word
			}
		}
	}
}

func (t *formTable) put(k formKey, h uint64, w *Word) {
	mask := uint64(len(t.slots) - 1)
	i := h
	for t.slots[i&mask].Load() != 0 {
		i++
	}
	t.entries[t.used] = formEntry{k, w}
	t.used++
	t.slots[i&mask].Store(h&upperHalf | uint64(t.used))
}
