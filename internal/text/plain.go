package text

import (
	"strings"
	"unicode"
)

// Plain makes a text from anywhere fit for one line of a mail, of its header or of a terminal: no line breaks, no control
// or direction characters, no invisible ones, broken UTF-8 as question marks, and at most so many letters, with "…" where
// something was cut off.
func Plain(s string, most int) string {
	s = strings.ToValidUTF8(s, "?")
	var out strings.Builder
	n, space := 0, false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			space = out.Len() > 0
			continue
		case showsNothing(r):
			continue
		}
		if n >= most || space && n+1 >= most {
			return strings.TrimRight(out.String(), " ,;:.") + "…"
		}
		if space {
			out.WriteByte(' ')
			n++
		}
		out.WriteRune(r)
		n, space = n+1, false
	}
	return out.String()
}

// showsNothing reports whether a character shows nothing itself: a control, a direction mark or override, a joiner or a
// tag. In a title from the network it can only disturb what stands around it.
func showsNothing(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs) || (r >= 0xFE00 && r <= 0xFE0F)
}
