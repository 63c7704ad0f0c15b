package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A sentence ends at . ! ? … before a blank and a word that does not continue it, and wherever a paragraph ends. A paragraph ends
// at a line break, unless the line was only wrapped: no stop before it, and a small letter after.

// gap is what lies between two words.
type gap struct {
	stop   rune // the punctuation that may end a sentence: . ! ? … 。 or 0
	end    int  // after it and what closes with it: quotes, brackets
	last   int  // after the last blank: what opens the next sentence stands from here
	lines  int  // line breaks
	spaced bool // a blank follows the stop
	closed bool // a quote or bracket closes after the stop
	colon  bool
}

func readGap(s string) (g gap) {
	for i, r := range s {
		next := i + utf8.RuneLen(r)
		switch r {
		case '.', '…', '!', '?', '。', '！', '？', '؟', '।':
			if g.spaced { // " . . ." or " ..." stand for an ellipsis of their own
				break
			}
			if g.stop = stopOf(g.stop, r); g.stop != 0 {
				g.end = next
			}
		case '"', '\'', '”', '’', '»', ')', ']', '}', '」', '』', '*', '_':
			if g.stop != 0 && !g.spaced {
				g.end, g.closed = next, true
			}
		case ':':
			g.colon = true
		case '\n', '\u2029', '\u2028', '\u0085', '\v', '\f':
			g.lines++
			g.last, g.spaced = next, g.stop != 0
		case utf8.RuneError:
		default:
			if r == ' ' || r == '\t' || r == '\r' || r > 0x7F && unicode.IsSpace(r) {
				g.last, g.spaced = next, g.stop != 0
			}
		}
	}
	return g
}

// stopOf joins a stop to the one before it: several points are an ellipsis, and ?! asks.
func stopOf(before, r rune) rune {
	switch {
	case before == 0:
		return r
	case before == '.' && r == '.':
		return '…'
	case r == '.':
		return before
	}
	return r
}

// between ends the sentence, and the paragraph, if what lies between the last word and the word next, Text[from:to], says so.
func (d *Doc) between(from, to int, next *Word) {
	if from == to {
		return
	}
	g := readGap(d.Text[from:to])
	newParagraph := g.lines > 1 || g.lines == 1 && !d.wraps(g, to)
	if !newParagraph && (g.stop == 0 || !d.stops(g, to, next)) {
		return
	}
	d.endSentence(from + g.end)
	d.open = from + max(g.end, g.last)
	if newParagraph {
		d.paragraph++
	}
}

// wraps reports whether a single line break only wraps a line.
func (d *Doc) wraps(g gap, to int) bool {
	return g.stop == 0 && !g.colon && startsLower(d.Text[to:])
}

func (d *Doc) endSentence(end int) {
	first := 0
	if n := len(d.Sentences); n > 0 {
		first = d.Sentences[n-1].Last
	}
	last := len(d.Tokens)
	if first == last {
		return
	}
	if end == len(d.Text) { // the end of the text: leave the blanks there, and what no word can be of
		tail := d.Tokens[last-1].End
		end = tail + readGap(d.Text[tail:]).end
	}
	d.Sentences = append(d.Sentences, Sentence{
		Start: d.open, End: max(end, d.Tokens[last-1].End), First: first, Last: last, Paragraph: d.paragraph,
	})
}

// stops reports whether the stop in g, before the word next at Text[to:], ends a sentence.
func (d *Doc) stops(g gap, to int, next *Word) bool {
	lower := startsLower(d.Text[to:])
	switch g.stop {
	case '。', '！', '？', '।', '؟':
		return true
	case '.':
		return d.fullStop(g, to, next, lower)
	case '…':
		return !lower && (g.spaced || startsUpper(d.Text[to:]))
	}
	if lower { // “Tại sao?” anh hỏi
		return g.spaced && !g.closed
	}
	return g.spaced || g.closed || startsUpper(d.Text[to:])
}

func (d *Doc) fullStop(g gap, to int, next *Word, lower bool) bool {
	n := len(d.Tokens) - 1
	prev := d.Tokens[n]
	written := d.Text[prev.Start:prev.End]
	capital := startsUpper(written)
	switch {
	case g.closed:
		return !lower
	case prev.Word.is(abbreviation) && (capital || !prev.Word.is(english)):
		return false
	case prev.Word.is(single) && (capital || d.inAcronym(n)): // U.S., H. Củ Chi, p.m.
		return g.spaced && next.is(starter) && !lower
	case prev.Word.Number && prev.Sentence != d.sentenceBefore(n): // "1. Tuổi Thìn"
		return false
	case !g.spaced: // a forgotten blank: "hôm qua.Theo", but not "vnexpress.net"
		return !lower && !prev.Word.Number && startsTitle(d.Text[to:]) && (!capital || len(written) > 3)
	case lower: // "approx. three", but also posts without any capitals
		return !capital || len(written) > 4
	}
	return true
}

// sentenceBefore returns the sentence of the word before Tokens[n], or -1.
func (d *Doc) sentenceBefore(n int) int32 {
	if n == 0 {
		return -1
	}
	return d.Tokens[n-1].Sentence
}

// inAcronym reports whether Tokens[n] follows another letter and a point, as the m of "p.m" does.
func (d *Doc) inAcronym(n int) bool {
	return n > 0 && d.Tokens[n-1].Word.is(single) && d.Text[d.Tokens[n-1].End:d.Tokens[n].Start] == "."
}

func startsLower(s string) bool {
	if s[0] < utf8.RuneSelf {
		return 'a' <= s[0] && s[0] <= 'z'
	}
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLower(r)
}

func startsUpper(s string) bool {
	if s[0] < utf8.RuneSelf {
		return 'A' <= s[0] && s[0] <= 'Z'
	}
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsUpper(r)
}

// startsTitle reports whether s begins with a capital and a small letter.
func startsTitle(s string) bool {
	r, size := utf8.DecodeRuneInString(s)
	if !unicode.IsUpper(r) {
		return false
	}
	for _, r := range s[size:] {
		if !unicode.IsMark(r) && !isHidden(r) {
			return unicode.IsLower(r)
		}
	}
	return false
}

// abbreviations are written with a point that ends no sentence. The English ones count only with a capital.
var abbreviations = wordSet(`tp tx tt ts gs pgs ths bs ks ls nxb nsnd nsut tr tel sđt đt vs etc eg ie approx est cf al`)

var englishAbbreviations = wordSet(`mr mrs ms dr prof gen sen rep gov lt col capt sgt maj adm hon rev st jr sr inc corp ltd co no
	jan feb mar apr jun jul aug sept sep oct nov dec mt ft ave blvd dept univ fig vol op`)

// starters are words that often begin a sentence: after "U.S." only they do.
var starters = wordSet(`the a an he she it they we i you this that these those in on at but and if as when while after before
	however according there his her its their our for from with by to
	ông bà anh chị cô theo trong tại ngoài tuy nhưng và khi nếu trước sau đây đó các những một hiện đến từ với vì do để cũng còn họ tôi chúng`)

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		set[w] = true
	}
	return set
}
