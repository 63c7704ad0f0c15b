package text

import (
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Word is what a token is, apart from where it stands. It is immutable and shared.
type Word struct {
	Canon  string // NFC, one tone placement, lower case, marks kept
	Fold   string // Canon without marks, đ as d
	Marked bool   // Canon != Fold
	Number bool   // digits, with or without separators

	// ID is not 0 for a word that the lexicon holds: then two words are equal exactly if their IDs are. FoldID is the ID of
	// the word that is this one's fold. Where either is 0, compare the strings.
	ID, FoldID uint32
}

var (
	wordsMu sync.Mutex
	words   = map[string]*Word{}
)

// Intern returns the word that the lexicon holds for s, a single token as a user may write it.
func Intern(s string) *Word {
	d := Analyze(s)
	if len(d.Tokens) != 1 {
		return nil
	}
	return d.Tokens[0].Word
}

func intern(raw string) *Word {
	canon := norm.NFC.String(strings.ToLower(norm.NFC.String(raw)))
	wordsMu.Lock()
	defer wordsMu.Unlock()
	return internLocked(canon)
}

func internLocked(canon string) *Word {
	if w, ok := words[canon]; ok {
		return w
	}
	w := &Word{Canon: canon, Fold: foldString(canon), ID: uint32(len(words) + 1)}
	words[canon] = w
	w.Marked = w.Canon != w.Fold
	w.Number = canon[0] >= '0' && canon[0] <= '9'
	w.FoldID = w.ID
	if w.Marked {
		w.FoldID = internLocked(w.Fold).ID
	}
	return w
}

func foldString(s string) string {
	return norm.NFC.String(strings.Map(func(r rune) rune {
		switch {
		case r >= 0x300 && r <= 0x36f:
			return -1
		case r == 'đ':
			return 'd'
		}
		return r
	}, norm.NFD.String(s)))
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

// Reset makes d the analysis of s, reusing its memory. Slices taken from d before are overwritten.
func (d *Doc) Reset(s string) {
	*d = Doc{Text: s, Tokens: d.Tokens[:0], Sentences: d.Sentences[:0]}
	start, para := -1, int32(0)
	for i, r := range s + " " {
		word := unicode.IsLetter(r) || unicode.IsDigit(r) || start >= 0 && unicode.IsMark(r)
		if word && start < 0 {
			start = i
		}
		if !word && start >= 0 && (r != '.' && r != ',' || i+1 >= len(s) || s[i-1] < '0' || s[i-1] > '9' || s[i+1] < '0' || s[i+1] > '9') {
			d.Tokens = append(d.Tokens, Token{Start: start, End: min(i, len(s)), Word: intern(s[start:min(i, len(s))]), Paragraph: para})
			start = -1
		}
		if r == '\n' {
			para++
		}
	}
	d.language = Detect(s)
	d.Sentences = append(d.Sentences, Sentence{End: len(s), Last: len(d.Tokens), Language: d.language})
	marked := false
	for _, t := range d.Tokens {
		marked = marked || t.Word.Marked
	}
	d.unmarked = !marked && d.language == Vietnamese
	for i := range d.Tokens {
		d.Tokens[i].Unmarked = d.unmarked
	}
}
