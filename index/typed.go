package index

import (
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// Somebody who types Vietnamese while his keyboard is set to English leaves the keys in the text: "ddaapj" (Telex),
// "d9a65p" (VNI), "dda^.p" (VIQR) for "đập". typed returns the words that such keys may stand for, in canonical letters,
// the likeliest first; nothing where no key was found. The tone is tried on each vowel, since it is typed anywhere.
func typed(s string) []string {
	var out []string
	for _, keys := range []func([]rune) (letters []rune, tone rune, ok bool){telex, vni, viqr} {
		letters, tone, ok := keys([]rune(strings.ToLower(s)))
		if !ok {
			continue
		}
		for _, w := range toned(letters, tone) {
			if !slices.Contains(out, w) {
				out = append(out, w)
			}
		}
	}
	return out
}

// The marks, as combining characters.
const (
	circumflex = '\u0302'
	breve      = '\u0306'
	horn       = '\u031b'
)

const baseVowels = "aeiouy"

func isVowel(r rune) bool {
	d := []rune(norm.NFD.String(string(r)))
	return strings.ContainsRune(baseVowels, d[0])
}

// toned puts a tone on each vowel in turn; without a tone there is one word.
func toned(letters []rune, tone rune) []string {
	if tone == 0 {
		return []string{norm.NFC.String(string(letters))}
	}
	var out []string
	for i, r := range slices.Backward(letters) {
		if isVowel(r) {
			with := slices.Insert(slices.Clone(letters), i+1, tone)
			out = append(out, norm.NFC.String(string(with)))
		}
	}
	return out
}

// marked puts a mark on the last of the letters that can carry it, and on the whole of uo.
func marked(letters []rune, mark rune, carriers string) bool {
	for i, r := range slices.Backward(letters) {
		if !strings.ContainsRune(carriers, r) {
			continue
		}
		letters[i] = []rune(norm.NFC.String(string([]rune{r, mark})))[0]
		if mark == horn && i > 0 && r == 'o' && letters[i-1] == 'u' {
			letters[i-1] = 'ư'
		}
		return true
	}
	return false
}

func stroked(letters []rune) bool {
	if i := slices.Index(letters, 'd'); i == 0 {
		letters[0] = 'đ'
		return true
	}
	return false
}

var telexTones = map[rune]rune{'s': '\u0301', 'f': '\u0300', 'r': '\u0309', 'x': '\u0303', 'j': '\u0323'}

func telex(keys []rune) (letters []rune, tone rune, ok bool) {
	for _, k := range keys {
		hasVowel := slices.ContainsFunc(letters, isVowel)
		switch {
		case hasVowel && telexTones[k] != 0 && tone == 0:
			tone, ok = telexTones[k], true
		case k == 'd' && len(letters) > 0 && stroked(letters):
			ok = true
		case strings.ContainsRune("aeo", k) && slices.Contains(letters, k) && marked(letters, circumflex, string(k)):
			ok = true
		case k == 'w' && (marked(letters, breve, "a") || marked(letters, horn, "ou")):
			ok = true
		case k == 'w':
			letters, ok = append(letters, 'ư'), true
		case k >= 'a' && k <= 'z' || k > 0x7f:
			letters = append(letters, k)
		default:
			return nil, 0, false
		}
	}
	return letters, tone, ok
}

var vniTones = map[rune]rune{'1': '\u0301', '2': '\u0300', '3': '\u0309', '4': '\u0303', '5': '\u0323'}

func vni(keys []rune) (letters []rune, tone rune, ok bool) {
	for _, k := range keys {
		done := true
		switch {
		case len(letters) == 0 && k >= '0' && k <= '9':
			return nil, 0, false // a number
		case vniTones[k] != 0:
			tone = vniTones[k]
		case k == '6':
			done = marked(letters, circumflex, "aeo")
		case k == '7':
			done = marked(letters, horn, "ou")
		case k == '8':
			done = marked(letters, breve, "a")
		case k == '9':
			done = stroked(letters)
		case k >= 'a' && k <= 'z' || k > 0x7f:
			letters = append(letters, k)
			continue
		default:
			done = false
		}
		if !done {
			return nil, 0, false
		}
		ok = true
	}
	return letters, tone, ok && slices.ContainsFunc(letters, isVowel)
}

var viqrTones = map[rune]rune{'\'': '\u0301', '`': '\u0300', '?': '\u0309', '~': '\u0303', '.': '\u0323'}

func viqr(keys []rune) (letters []rune, tone rune, ok bool) {
	for i, k := range keys {
		done := true
		switch {
		case viqrTones[k] != 0:
			tone = viqrTones[k]
		case k == '^':
			done = marked(letters, circumflex, "aeo")
		case k == '(':
			done = marked(letters, breve, "a")
		case k == '+' || k == '*':
			done = marked(letters, horn, "ou")
		case k == 'd' && i == 1 && letters[0] == 'd':
			letters[0] = 'đ'
		case k >= 'a' && k <= 'z' || k > 0x7f:
			letters = append(letters, k)
			continue
		default:
			done = false
		}
		if !done {
			return nil, 0, false
		}
		ok = true
	}
	return letters, tone, ok && slices.ContainsFunc(letters, isVowel)
}

// untoned is a canonical word without its tone: of đập, đâp. What it is asked for is typed without the tone key.
func untoned(canon string) string {
	return norm.NFC.String(strings.Map(func(r rune) rune {
		switch r {
		case '\u0301', '\u0300', '\u0309', '\u0303', '\u0323':
			return -1
		}
		return r
	}, norm.NFD.String(canon)))
}
