package text

import (
	"hash/fnv"
	"strings"
)

// Word is what a token is, apart from where it stands. Words are shared between documents and never change.
//
// A word with an ID is held by the lexicon of the process for good: of two words that have one, equal IDs mean equal Canon.
// IDs are dense, from 1, so that they can index a slice; they are not the same in the next process. A word that a document
// brought while the lexicon was full has ID 0: compare its strings, or use [Word.Is].
type Word struct {
	Canon  string // NFC, one tone placement, lower case, marks kept
	Fold   string // Canon without marks, đ as d
	Marked bool   // Canon != Fold
	Number bool   // digits, with or without separators

	ID     uint32 // of Canon in the lexicon, or 0
	FoldID uint32 // of Fold in the lexicon, or 0; equal to ID where the word is not marked

	hash     uint64 // of Fold, the same in every process
	traits   traits
	lean     int8  // bits of evidence for Vietnamese without marks (above 0) against English (below)
	foreign  int8  // bits of evidence for another language in Latin letters
	surprise uint8 // bits: how rarely careful Vietnamese leaves this syllable unmarked

	numeral, bareNumeral uint8 // index into numeralTable of Canon, and of Fold in text without marks
}

// traits are facts about a word that do not depend on its surroundings.
type traits uint16

const (
	latin        traits = 1 << iota // letters are Latin
	alien                           // letters of another script
	syllable                        // spelled as a Vietnamese syllable
	vietnamese                      // marked as only Vietnamese is
	abbreviation                    // written with a point: TP., Dr.
	starter                         // often begins an English sentence
	single                          // one letter
	chatSpelling                    // stands for another word in chat
	neutral                         // its lean is against Vietnamese, and for no other language
	english                         // an abbreviation of English, which counts only with a capital
)

func (w *Word) is(t traits) bool { return w.traits&t != 0 }

// Is reports whether w and v are the same word.
func (w *Word) Is(v *Word) bool {
	if w.ID != 0 && v.ID != 0 {
		return w.ID == v.ID
	}
	return w.Canon == v.Canon
}

// Intern returns the words of s, a term as a user writes it. Each has an ID, even when the lexicon is full: it is for the words
// of rules and queries, whose number somebody bounds, and not for documents.
func Intern(s string) []*Word {
	d := Analyze(s)
	words := make([]*Word, len(d.Tokens))
	for i, t := range d.Tokens {
		if words[i] = t.Word; t.Word.ID == 0 {
			words[i], _ = shared.learn(t.Word.Canon, true)
		}
	}
	return words
}

// Canon returns the canonical forms of the words of s, separated by single spaces.
func Canon(s string) string { return join(s, func(w *Word) string { return w.Canon }) }

// Fold returns the folded forms of the words of s, separated by single spaces.
func Fold(s string) string { return join(s, func(w *Word) string { return w.Fold }) }

func join(s string, form func(*Word) string) string {
	var b strings.Builder
	for i, t := range Analyze(s).Tokens {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(form(t.Word))
	}
	return b.String()
}

// newWord works out everything about a canonical form but its IDs.
func newWord(canon string) *Word {
	w := &Word{Canon: canon, Fold: foldOf(canon)}
	w.Marked = w.Canon != w.Fold
	w.Number = isNumber(canon)
	h := fnv.New64a()
	h.Write([]byte(w.Fold))
	w.hash = h.Sum64()
	w.numeral, w.bareNumeral = numeralIndex[w.Canon], bareNumeralIndex[w.Fold]
	w.describe()
	return w
}

func isNumber(canon string) bool {
	return canon[0] >= '0' && canon[0] <= '9'
}
