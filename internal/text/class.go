package text

import (
	"unicode"
	"unicode/utf8"
)

// class says what part a character plays in a word.
type class uint8

const (
	blank      class = iota // not part of a word
	letter                  // begins or continues a word
	digit                   // begins a number, continues a word
	mark                    // continues a word: combining marks, superscript digits
	hidden                  // continues a word and is dropped from it: zero-width characters, soft hyphens
	apostrophe              // continues a word between two letters
	ideograph               // a word by itself: scripts without spaces, Han and kana

	// Only first bytes have these. The ones of Vietnamese are told apart so that its letters need no decoding.
	lead2     // C4 - C6: of two bytes, a letter (U+0100 - U+01BF)
	leadC3    // of two bytes, a letter but for × and ÷
	leadE1    // of three bytes, a letter if the second is BA or BB (U+1E80 - U+1EFF)
	leadCC    // of two bytes, a combining mark (U+0300 - U+033F)
	multibyte // any other outside ASCII: see classAt
)

// byteClass has the class of each first byte.
var byteClass = func() (t [256]class) {
	for c := range t {
		switch {
		case c < utf8.RuneSelf && 'a' <= c|0x20 && c|0x20 <= 'z':
			t[c] = letter
		case '0' <= c && c <= '9':
			t[c] = digit
		case c == '\'' || c == '`':
			t[c] = apostrophe
		case c == 0xC3:
			t[c] = leadC3
		case c >= 0xC4 && c <= 0xC6:
			t[c] = lead2
		case c == 0xCC:
			t[c] = leadCC
		case c == 0xE1:
			t[c] = leadE1
		case c >= utf8.RuneSelf:
			t[c] = multibyte
		}
	}
	return t
}()

// lettersEnd returns the end of the letters, digits and marks from s[i] that need no decoding: nearly all there are.
func lettersEnd(s string, i int) int {
	for i < len(s) {
		switch c := s[i]; byteClass[c] {
		case letter, digit:
			i++
		case lead2, leadCC:
			if i+1 >= len(s) || s[i+1]&0xC0 != 0x80 {
				return i
			}
			i += 2
		case leadC3:
			if i+1 >= len(s) || s[i+1]&0xC0 != 0x80 || s[i+1]&0xDF == 0x97 {
				return i
			}
			i += 2
		case leadE1:
			if i+2 >= len(s) || s[i+1]|1 != 0xBB || s[i+2]&0xC0 != 0x80 {
				return i
			}
			i += 3
		default:
			return i
		}
	}
	return i
}

// nextClass returns the class of the character at s[i] and its length.
func nextClass(s string, i int) (class, int) {
	if c := byteClass[s[i]]; c < lead2 {
		return c, 1
	}
	return classAt(s, i)
}

// classAt returns the class of the character at s[i], which is outside ASCII, and its length.
func classAt(s string, i int) (class, int) {
	if s[i] <= 0xC6 && s[i] >= 0xC3 && i+1 < len(s) && s[i+1]&0xC0 == 0x80 {
		if s[i] == 0xC3 && s[i+1]&0xDF == 0x97 { // × ÷
			return blank, 2
		}
		return letter, 2
	}
	r, size := utf8.DecodeRuneInString(s[i:])
	if r == utf8.RuneError {
		return blank, size
	}
	if r >= 0x1E80 && r <= 0x1EFF {
		return letter, size
	}
	return classOf(r), size
}

func classOf(r rune) class {
	switch {
	case isHidden(r):
		return hidden
	case r == '’' || r == 'ʼ' || r == '＇':
		return apostrophe
	case r == 'ª' || r == 'º': // Lo, but written for the degree sign
		return blank
	case superscript(r) >= 0:
		return mark
	case unicode.IsLetter(r):
		if isIdeograph(r) {
			return ideograph
		}
		return letter
	case unicode.IsDigit(r):
		return digit
	case unicode.IsMark(r):
		return mark
	case unicode.Is(unicode.Nl, r): // Roman numerals as one character
		return letter
	}
	return blank
}

// isHidden reports whether r shows nothing of itself: a word goes on across it.
func isHidden(r rune) bool {
	switch {
	case r < 0xAD:
		return false
	case r == 0xAD, r == 0x34F, r == 0x61C, r == 0xFEFF,
		r >= 0x180B && r <= 0x180F,
		r >= 0x200B && r <= 0x200F, r >= 0x202A && r <= 0x202E, r >= 0x2060 && r <= 0x206F,
		r >= 0xFE00 && r <= 0xFE0F,
		r >= 0xE0000 && r <= 0xE0FFF:
		return true
	}
	return false
}

// isIdeograph reports whether r belongs to a script written without spaces whose characters we take as words.
func isIdeograph(r rune) bool {
	return r >= 0x2E80 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Bopomofo)
}

// superscript returns the digit that r is in raised or lowered form, or -1: m² is m2.
func superscript(r rune) rune {
	switch {
	case r == '²' || r == '³':
		return r - '²' + '2'
	case r == '¹':
		return '1'
	case r == '⁰' || r >= '⁴' && r <= '⁹':
		return r - '⁰' + '0'
	case r >= '₀' && r <= '₉':
		return r - '₀' + '0'
	}
	return -1
}

// digitValue returns the value of r, a decimal digit of any script: they stand in tens.
func digitValue(r rune) rune {
	if r <= '9' {
		return r - '0'
	}
	for _, t := range unicode.Nd.R16 {
		if rune(t.Lo) <= r && r <= rune(t.Hi) {
			return (r - rune(t.Lo)) % 10
		}
	}
	for _, t := range unicode.Nd.R32 {
		if rune(t.Lo) <= r && r <= rune(t.Hi) {
			return (r - rune(t.Lo)) % 10
		}
	}
	return 0
}
