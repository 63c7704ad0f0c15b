package text

import "unicode"

// Language is the language of a text, as far as we tell them apart.
type Language string

// The languages that are told apart. Vietnamese written without marks is Vietnamese.
const (
	Vietnamese Language = "vi"
	English    Language = "en"
	Other      Language = "other"
)

// Detect returns the language of s: the same as Analyze(s).Language().
func Detect(s string) Language { return Analyze(s).Language() }

// MarkedSyllables counts the words of s that have marks, and those of them that are spelled as Vietnamese syllables: nearly all
// are in Vietnamese text, and few are where it was decoded wrongly.
func MarkedSyllables(s string) (marked, syllables int) {
	d := Analyze(s)
	for i := range d.Tokens {
		w := d.Tokens[i].Word
		if w.Marked && w.is(latin) {
			marked++
			if w.is(vietnamese) {
				syllables++
			}
		}
	}
	return marked, syllables
}

// tally adds up the evidence for a language that a range of words gives.
type tally struct {
	latin, alien int // words in Latin letters, in others
	syllables    int // words that are spelled as Vietnamese syllables
	marked       int // those with Vietnamese marks
	lean         int // half bits: Vietnamese above 0, others below
	neutral      int // the part of lean that does not tell English from other languages
	foreign      int // half bits: another language in Latin letters
	surprise     int // bits: how rarely careful Vietnamese would write the unmarked words so
	longest      int // the most surprise between two marked words
}

func (t *tally) add(u tally) {
	t.latin += u.latin
	t.alien += u.alien
	t.syllables += u.syllables
	t.marked += u.marked
	t.lean += u.lean
	t.neutral += u.neutral
	t.foreign += u.foreign
	t.surprise += u.surprise
	t.longest = max(t.longest, u.longest)
}

// tally adds up the words Tokens[first:last]. Names tell little: a capital inside a sentence halves what a word says.
func (d *Doc) tally(first, last int) (t tally) {
	run := 0
	for i := first; i < last; i++ {
		tok := &d.Tokens[i]
		w := tok.Word
		if w.traits&latin == 0 {
			if w.traits&alien != 0 {
				t.alien++
			}
			continue
		}
		t.latin++
		weight := 2
		if c := d.Text[tok.Start]; i > first && 'A' <= c && c <= 'Z' {
			weight = 1
		}
		t.lean += weight * int(w.lean)
		t.foreign += weight * int(w.foreign)
		if w.traits&neutral != 0 {
			t.neutral += weight * int(w.lean)
		}
		if w.traits&syllable != 0 {
			t.syllables++
		}
		if w.traits&vietnamese != 0 {
			t.marked++
			run = 0
		}
		t.surprise += int(w.surprise)
		run += int(w.surprise)
		t.longest = max(t.longest, run)
	}
	return t
}

// language returns the language that the evidence speaks for, or "" if it does not speak.
func (t tally) language() Language {
	switch {
	case t.latin+t.alien == 0:
		return ""
	case t.alien > t.latin:
		return Other
	case t.lean > 2 && t.lean > t.foreign:
		return Vietnamese
	case t.foreign > max(3, t.neutral-t.lean):
		return Other
	case t.lean < -2:
		return English
	}
	return ""
}

// describe fills in what the spelling of w says about its language and its use.
func (w *Word) describe() {
	if w.Number {
		return
	}
	letters, script := 0, latin
	for _, r := range w.Canon {
		if unicode.IsLetter(r) {
			letters++
			if !unicode.Is(unicode.Latin, r) && r != 'º' {
				script = alien
			}
		}
	}
	w.traits |= script
	if letters == 1 {
		w.traits |= single
	}
	if abbreviations[w.Canon] {
		w.traits |= abbreviation
	}
	if englishAbbreviations[w.Canon] {
		w.traits |= abbreviation | english
	}
	if chatTable[w.Canon] != nil {
		w.traits |= chatSpelling
	}
	if starters[w.Canon] {
		w.traits |= starter
	}
	if script == latin {
		w.weigh()
	}
}

// weigh fills in the evidence for a language.
func (w *Word) weigh() {
	rhyme, shaped := rhymeOf(w.Fold)
	if shaped && isVietnameseSpelling(w.Canon) {
		w.traits |= syllable
	}
	known, ok := weights()[w.Fold]
	switch {
	case w.Marked && w.is(syllable):
		w.traits |= vietnamese
		w.lean = 3
		if onlyVietnamese(w.Canon) {
			w.lean = 8
		}
	case elsewhere[w.Canon]:
		w.foreign = 6
	case w.Marked:
		w.traits |= neutral
		w.lean, w.foreign = -1, 4
	case nameless[w.Canon]:
		w.traits |= neutral
		w.lean = -3
	case ok:
		w.lean, w.surprise = known.lean, known.surprise
	case w.is(syllable) && rhymes[rhyme] == marksIt:
		w.lean, w.surprise = 2, 7
	case w.is(syllable):
		w.lean, w.surprise = 1, 2
	case len(w.Fold) > 2:
		w.traits |= neutral
		w.lean = -3
	}
}
