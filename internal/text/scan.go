package text

import "slices"

// scan cuts the text into tokens and sentences, in one pass.
func (d *Doc) scan() {
	s := d.Text
	for i := 0; i < len(s); {
		c := byteClass[s[i]]
		if c == blank {
			i++
			continue
		}
		start, size := i, 0
		if c != letter {
			c, size = nextClass(s, i)
		}
		i += size
		switch c {
		case letter:
			i = wordEnd(s, i)
		case digit:
			i = numberEnd(s, i)
		case ideograph:
			i = marksEnd(s, i)
		default:
			continue
		}
		d.emit(start, i)
	}
	d.endSentence(len(s))
}

// wordEnd returns the end of the word of which s[:i] holds the beginning. Hidden characters and apostrophes are part of a word only
// between its letters.
func wordEnd(s string, i int) int {
	i = lettersEnd(s, i)
	for end := i; i < len(s); {
		if byteClass[s[i]] == blank {
			return end
		}
		c, size := nextClass(s, i)
		i += size
		switch c {
		case letter, digit, mark:
			i = lettersEnd(s, i)
			end = i
		case hidden:
			if next := lettersEnd(s, i); next > i {
				i, end = next, next
			}
		case apostrophe:
			if end != i-size || !letterAt(s, i) {
				return end
			}
		default:
			return end
		}
		if i >= len(s) {
			return end
		}
	}
	return i
}

// numberEnd returns the end of the number of which s[:i] holds the first digit: digits, with points and commas between them.
func numberEnd(s string, i int) int {
	end := i
	for i < len(s) {
		c, size := nextClass(s, i)
		switch {
		case c == digit || c == mark && superscriptAt(s, i) < 0:
			end = i + size
		case c == hidden:
		case (s[i] == '.' || s[i] == ',') && end == i && digitAt(s, i+1):
		default:
			return end
		}
		i += size
	}
	return end
}

// marksEnd returns the end of the marks that follow s[:i]. A raised digit is no mark of an ideograph: as a digit it would
// be a word of its own.
func marksEnd(s string, i int) int {
	end := i
	for i < len(s) {
		c, size := nextClass(s, i)
		raised := c == mark && superscriptAt(s, i) >= 0
		i += size
		switch {
		case raised:
			return end
		case c == mark:
			end = i
		case c == hidden:
		default:
			return end
		}
	}
	return end
}

func letterAt(s string, i int) bool { return startsWith(s, i, letter) }
func digitAt(s string, i int) bool  { return startsWith(s, i, digit) }

func startsWith(s string, i int, want class) bool {
	if i >= len(s) {
		return false
	}
	c, _ := nextClass(s, i)
	return c == want
}

func superscriptAt(s string, i int) rune {
	for _, r := range s[i:] {
		return superscript(r)
	}
	return -1
}

// emit appends the token Text[start:end], and ends the sentence before it if one ends there.
func (d *Doc) emit(start, end int) {
	n := len(d.Tokens)
	word := d.lexicon.word(d.Text, start, end)
	if n > 0 {
		// A single blank is what lies between most words: nothing ends there.
		if before := d.Tokens[n-1].End; start != before+1 || d.Text[before] != ' ' {
			d.between(before, start, word)
		}
	}
	if n == cap(d.Tokens) {
		d.Tokens = slices.Grow(d.Tokens, n+64)
	}
	d.Tokens = d.Tokens[:n+1]
	t := &d.Tokens[n] // every field is set: the memory may have held another document
	t.Start, t.End, t.Word = start, end, word
	t.Unmarked, t.Sentence, t.Paragraph = false, int32(len(d.Sentences)), d.paragraph
}
