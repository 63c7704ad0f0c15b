package text

// scan cuts the text into tokens and sentences, in one pass.
func (d *Doc) scan() {
	s := d.Text
	for i := 0; i < len(s); {
		c, size := asciiClass[s[i]], 1
		if c == multibyte {
			c, size = classAt(s, i)
		}
		end := i + size
		switch c {
		case letter:
			end = wordEnd(s, end)
		case digit:
			end = numberEnd(s, end)
		case ideograph:
			end = marksEnd(s, end)
		default:
			i = end
			continue
		}
		d.emit(i, end)
		i = end
	}
	d.endSentence(len(s))
}

// wordEnd returns the end of the word of which s[:i] holds the first letter. Hidden characters and apostrophes are part of a word
// only between its letters.
func wordEnd(s string, i int) int {
	end := i
	for i < len(s) {
		c, size := asciiClass[s[i]], 1
		if c == multibyte {
			c, size = classAt(s, i)
		}
		i += size
		switch c {
		case letter, digit, mark:
			end = i
		case hidden:
		case apostrophe:
			if end != i-size || !letterAt(s, i) {
				return end
			}
		default:
			return end
		}
	}
	return end
}

// numberEnd returns the end of the number of which s[:i] holds the first digit: digits, with points and commas between them.
func numberEnd(s string, i int) int {
	end := i
	for i < len(s) {
		c, size := asciiClass[s[i]], 1
		if c == multibyte {
			c, size = classAt(s, i)
		}
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

// marksEnd returns the end of the marks that follow s[:i].
func marksEnd(s string, i int) int {
	end := i
	for i < len(s) {
		c, size := asciiClass[s[i]], 1
		if c == multibyte {
			c, size = classAt(s, i)
		}
		i += size
		switch c {
		case mark:
			end = i
		case hidden:
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
	c := asciiClass[s[i]]
	if c == multibyte {
		c, _ = classAt(s, i)
	}
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
	d.Tokens = append(d.Tokens, Token{
		Start: start, End: end, Word: word, Sentence: int32(len(d.Sentences)), Paragraph: d.paragraph,
	})
}
