package digest

import "unicode"

// isSpace reports whether a character separates words, a line break among them.
func isSpace(r rune) bool { return unicode.IsSpace(r) }

// isHidden reports whether a character shows nothing itself: a control, a direction mark or override, a joiner or a tag.
// In a title from the network it can only disturb what stands around it.
func isHidden(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs) || (r >= 0xFE00 && r <= 0xFE0F)
}
