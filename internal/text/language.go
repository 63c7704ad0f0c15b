package text

import "strings"

// Language is the language of a text, as far as we tell them apart.
type Language string

// The languages that are told apart.
const (
	Vietnamese Language = "vi"
	English    Language = "en"
	Other      Language = "other"
)

// Detect returns the language of s. Vietnamese written without marks is Vietnamese.
func Detect(s string) Language {
	vi, en := 0, 0
	for _, w := range strings.Fields(strings.ToLower(s)) {
		switch {
		case foldString(w) != w:
			vi += 2
		case strings.Contains(" the of to in and a for is on with ", " "+w+" "):
			en++
		case SyllableShape(w):
			vi++
		default:
			en++
		}
	}
	switch {
	case vi+en == 0:
		return Other
	case vi > en:
		return Vietnamese
	}
	return English
}

// SyllableShape reports whether fold, a folded word, could be a Vietnamese syllable.
func SyllableShape(fold string) bool {
	rest := strings.TrimLeft(fold, "bcdghklmnpqrstvx")
	if len(fold)-len(rest) > 3 {
		return false
	}
	tail := strings.TrimLeft(rest, "aeiouy")
	switch tail {
	case "", "c", "ch", "m", "n", "ng", "nh", "p", "t":
		return len(rest) > len(tail)
	}
	return false
}
