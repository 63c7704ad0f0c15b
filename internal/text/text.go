// Package text says what a word is, in Vietnamese and in English, for everything that reads or searches text.
//
// [Analyze] cuts a string into tokens, sentences and paragraphs and tells its language. A [Token] is a syllable or word with its
// exact byte range in the original string, so that whatever is found can be marked where it stands; its [Word] has the canonical
// form, in which spellings that readers do not tell apart are one (NFC and NFD, hoà and hòa, Ð and Đ, capitals, zero-width
// characters, look-alike letters), and the fold, the same without marks. The fold is a second form, never a replacement:
// Token.Unmarked says where a writer left the marks out, and only there may vỡ and vo be the same word.
//
// From the tokens follow [Numbers] (figures in digits and words), [Doc.Evasions] (words hidden from keyword search) and
// [NewFingerprint] (near-duplicates).
//
// Promises: nothing here fails or panics, whatever the bytes, and all takes linear time. Token ranges are in order, do not
// overlap and begin and end between characters. Canonical forms are canonical. Everything is safe for concurrent use except one
// [Doc], which belongs to whoever resets it. Words are interned: ordinary news costs no allocation per token, and hostile
// vocabulary cannot grow the memory for ever.
//
// Limits: syllables, not segmented compounds; i and y (Mỹ, Mĩ) are not merged; scripts written without blanks are cut into single
// characters (Han, kana) or not at all (Thai); a letter under more than twenty marks may differ between NFC and NFD.
package text

import (
	"strings"
	"unicode"
)

// Token is one word of a document, with its byte range in the original string.
type Token struct {
	Start, End int   // Text[Start:End] is the word as written
	Word       *Word // what it is; shared between documents, never changed
	Unmarked   bool  // it stands in a run of Vietnamese written without any marks
	Sentence   int32 // index into Doc.Sentences
	Paragraph  int32 // number of the paragraph, from 0
}

// Sentence is a sentence of a document: a byte range of its text and a range of its tokens.
type Sentence struct {
	Start, End  int      // Text[Start:End] is the sentence, with the punctuation that opens and closes it
	First, Last int      // Tokens[First:Last] are its words
	Paragraph   int32    // number of its paragraph
	Language    Language // of the sentence; that of the document where the sentence does not tell
}

// Doc is an analysed string. Read it from as many goroutines as you like; Reset it from one.
type Doc struct {
	Text      string
	Tokens    []Token
	Sentences []Sentence

	lexicon   *lexicon
	language  Language
	unmarked  bool
	open      int   // where the sentence being read begins
	paragraph int32 // the paragraph being read
}

// Analyze analyses s. It never fails, whatever the bytes, and takes time linear in len(s).
func Analyze(s string) *Doc {
	d := &Doc{}
	d.Reset(s)
	return d
}

// Reset makes d the analysis of s, in the memory that d has. Slices of tokens and sentences taken before are overwritten; words
// stay. A loop over many documents allocates nothing with it:
//
//	var d text.Doc
//	for _, a := range articles {
//		d.Reset(a.Text)
//		…
//	}
func (d *Doc) Reset(s string) {
	if d.lexicon == nil {
		d.lexicon = shared
	}
	if words := strings.Count(s, " ") + 1; words > cap(d.Tokens) { // where blanks part the words, no growing follows
		d.Tokens = make([]Token, 0, words+words/16)
	}
	d.Text, d.Tokens, d.Sentences = s, d.Tokens[:0], d.Sentences[:0]
	d.language, d.unmarked, d.paragraph = Other, false, 0
	d.open = len(s) - len(strings.TrimLeftFunc(s, unicode.IsSpace))
	d.scan()
	d.judge()
}

// Language returns the language that most of the document is written in.
func (d *Doc) Language() Language { return d.language }

// UnmarkedVietnamese reports whether the document as a whole is Vietnamese written without marks.
func (d *Doc) UnmarkedVietnamese() bool { return d.unmarked }
