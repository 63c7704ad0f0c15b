package settings

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// concealed are the values that no message may show, each with what is shown instead: variables, secrets, and texts of
// several lines, in which a line that belongs elsewhere may be caught.
type concealed map[string]string

func (c concealed) add(value, shown string) {
	if strings.TrimSpace(value) == "" || value == shown {
		return
	}
	for _, v := range []string{value, strings.TrimSpace(value)} {
		c[v] = shown
		if q := strconv.Quote(v); q[1:len(q)-1] != v {
			c[q[1:len(q)-1]] = shown // as %q writes it
		}
	}
}

// shortest is the length from which a hidden value is also sought inside of words: "5" must not blank the 5 of 65535.
const shortest = 4

// from returns a message without the hidden values, in whatever case it writes them.
func (c concealed) from(text string) string {
	if len(c) == 0 {
		return text
	}
	// The longest goes first, since one value may hold another.
	values := slices.SortedFunc(maps.Keys(c), func(a, b string) int {
		return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b))
	})
	patterns := make([]string, len(values))
	for i, v := range values {
		patterns[i] = regexp.QuoteMeta(v)
	}
	var b strings.Builder
	last := 0
	for _, at := range regexp.MustCompile(`(?i)`+strings.Join(patterns, "|")).FindAllStringIndex(text, -1) {
		found := text[at[0]:at[1]]
		if len(found) < shortest && inWord(text, at[0], at[1]) {
			continue
		}
		i := slices.IndexFunc(values, func(v string) bool { return strings.EqualFold(v, found) })
		b.WriteString(text[last:at[0]])
		b.WriteString(c[values[i]])
		last = at[1]
	}
	return b.String() + text[last:]
}

// inWord tells whether a letter or digit stands next to text[start:end].
func inWord(text string, start, end int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:start])
	after, _ := utf8.DecodeRuneInString(text[end:])
	return letter(before) || letter(after)
}

func letter(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
