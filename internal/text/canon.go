package text

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// canonical returns the canonical form of a word as written: NFC, lower case, invisible characters dropped, look-alike letters
// of other scripts repaired where scripts are mixed, Đ for its look-alikes, and the tone mark in its one place.
func canonical(form string) string {
	if s, ok := canonicalASCII(form); ok {
		return s
	}
	word := visible([]rune(norm.NFD.String(form)))
	if len(word) == 0 {
		return form
	}
	if unicode.IsDigit(word[0]) {
		return digits(word)
	}
	unmix(word)
	for i, r := range word {
		word[i] = unicode.ToLower(r)
	}
	unmix(word) // some letters look alike only in lower case
	word = repairEth(word)
	word = placeTone(word)
	return withoutPossessive(norm.NFC.String(string(word)))
}

// canonicalASCII is canonical for the words that need least.
func canonicalASCII(form string) (string, bool) {
	for i := range len(form) {
		if form[i] >= 0x80 {
			return "", false
		}
	}
	if '0' <= form[0] && form[0] <= '9' {
		return strings.Clone(form), true
	}
	return withoutPossessive(strings.Clone(strings.ReplaceAll(strings.ToLower(form), "`", "'"))), true
}

// visible drops what is invisible and gives style variants of a letter or digit (fullwidth, mathematical, raised) their plain form.
func visible(word []rune) []rune {
	out := word[:0]
	for _, r := range word {
		switch {
		case r < 0xAA || r >= 0x300 && r < 0x34F:
			if r == '`' {
				r = '\''
			}
			out = append(out, r)
		case isHidden(r) || r >= 0x20D0 && r <= 0x20FF: // marks that draw a frame round a character
		case r == '’' || r == 'ʼ' || r == '＇':
			out = append(out, '\'')
		case superscript(r) >= 0:
			out = append(out, superscript(r))
		case unicode.IsDigit(r):
			out = append(out, '0'+digitValue(r))
		case isStyled(r):
			out = append(out, plain(r)...)
		default:
			out = append(out, r)
		}
	}
	return out
}

// isStyled reports whether r is a Latin letter in another dress: ligatures, Roman numerals, fullwidth, mathematical alphabets.
func isStyled(r rune) bool {
	return r >= 0xFB00 && r <= 0xFB06 || r >= 0x2160 && r <= 0x217F || r >= 0xFF21 && r <= 0xFF5A || r >= 0x1D400 && r <= 0x1D7FF ||
		r == 'ɡ' || r == 'ɑ'
}

func plain(r rune) []rune {
	switch r {
	case 'ɡ':
		return []rune{'g'}
	case 'ɑ':
		return []rune{'a'}
	}
	return []rune(norm.NFKD.String(string(r)))
}

// digits returns the digits and separators of a number.
func digits(word []rune) string {
	var b strings.Builder
	for _, r := range word {
		if r >= '0' && r <= '9' || r == '.' || r == ',' {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// unmix replaces look-alike letters of other scripts in a word that also has Latin letters, if every foreign letter is a
// look-alike: "đậр" with a Cyrillic р is đập, and "μm" stays.
func unmix(word []rune) {
	latin, foreign := false, false
	for _, r := range word {
		switch {
		case unicode.Is(unicode.Latin, r):
			latin = true
		case unicode.Is(unicode.Cyrillic, r) || unicode.Is(unicode.Greek, r):
			if lookalike(r) == 0 {
				return
			}
			foreign = true
		}
	}
	if !latin || !foreign {
		return
	}
	for i, r := range word {
		if l := lookalike(r); l != 0 {
			word[i] = l
		}
	}
}

const (
	foreignLetters = "АВЕЅІЈКМНОРСТУХҮҺԌԚԜӀавеѕіјкмнорстухһԁԛԝӏΑΒΕΖΗΙΚΜΝΟΡΤΥΧαβεηικνορτυχ"
	latinLetters   = "ABESIJKMHOPCTYXYHGQWIabesijkmhopctyxhdqwlABEZHIKMNOPTYXabenikvoptux"
)

var lookalikes = func() map[rune]rune {
	latin := []rune(latinLetters)
	m := make(map[rune]rune, len(latin))
	for i, r := range []rune(foreignLetters) {
		m[r] = latin[i]
	}
	return m
}()

// lookalike returns the Latin letter that looks like r, a letter of another script, or 0.
func lookalike(r rune) rune {
	if r < 0x370 || r > 0x52F {
		return 0
	}
	return lookalikes[r]
}

// repairEth writes đ for ð and ɖ, which show alike in capitals and were typed for Đ by old keyboards. Icelandic, the one living
// language with ð, never begins a word with it and writes no word without vowels; so its words stay.
func repairEth(word []rune) []rune {
	vowels := strings.ContainsAny(string(word), "aeiouyæøœ")
	for i, r := range word {
		if r == 'ɖ' || r == 'ð' && (i == 0 || !vowels) {
			word[i] = 'đ'
		}
	}
	return word
}

// withoutPossessive drops the 's of "Vietnam's", so that a search for the name finds it.
func withoutPossessive(s string) string {
	for len(s) > 2 && strings.HasSuffix(s, "'s") {
		s = s[:len(s)-2]
	}
	return s
}

// foldOf returns s, a canonical form, without its marks.
func foldOf(s string) string {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return foldLetters(s)
		}
	}
	return s
}

func foldLetters(s string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(s) {
		switch {
		case r >= 0x300 && r <= 0x36F:
		case r == 'đ' || r == 'ð':
			b.WriteByte('d')
		case r == 'ø':
			b.WriteByte('o')
		case r == 'ł':
			b.WriteByte('l')
		case r == 'ı':
			b.WriteByte('i')
		case r == 'ß':
			b.WriteString("ss")
		case r == 'æ':
			b.WriteString("ae")
		case r == 'œ':
			b.WriteString("oe")
		default:
			b.WriteRune(r)
		}
	}
	return norm.NFC.String(b.String())
}
