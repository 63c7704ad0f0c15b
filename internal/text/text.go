// Package text says what a word is, in Vietnamese and in English, for everything that reads or searches text.
//
// [Analyze] cuts a string into tokens. A token is a syllable or word with its exact byte range in the original string and
// its [Word]: the canonical form (marks kept), the fold (marks dropped) and what else is known of it.
package text

// Token is one word of a document, with its byte range in the original string.
type Token struct {
	Start, End int   // Text[Start:End] is the word as written
	Word       *Word // what it is; shared between documents, never changed
	Unmarked   bool  // it stands in a run of Vietnamese written without any marks
	Sentence   int32 // index into Doc.Sentences
	Paragraph  int32 // number of the paragraph, from 0
}

// Doc is an analysed string.
type Doc struct {
	Text      string
	Tokens    []Token
	Sentences []Sentence

	language Language
	unmarked bool
}

// Sentence is a sentence of a document: a byte range of its text and a range of its tokens.
type Sentence struct {
	Start, End  int // Text[Start:End] is the sentence with its closing punctuation
	First, Last int // Tokens[First:Last] are its tokens
	Paragraph   int32
	Language    Language
}

// Analyze analyses s. It never fails, whatever the bytes, and takes time linear in len(s).
func Analyze(s string) *Doc {
	d := new(Doc)
	d.Reset(s)
	return d
}

// Language returns the language that most of the document is written in.
func (d *Doc) Language() Language { return d.language }

// UnmarkedVietnamese reports whether the document as a whole is Vietnamese written without marks.
func (d *Doc) UnmarkedVietnamese() bool { return d.unmarked }
