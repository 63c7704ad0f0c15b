package text

import "strings"

const (
	mostGroups = 5                           // of three digits: more would be more than a float64 holds
	blanks     = " \u00a0\u202f\u2009\u2007" // that part the groups of a figure, and it from its sign
)

// grouped reads digits whose thousands are parted by blanks, of which the token i is the first group: 1 000 000. Blanks that
// break a line part two figures as often, "tầng 3 200 m²", so that one group behind such a blank must be 000. It returns how
// many tokens there are, 0 where the token is a figure by itself.
func (d *Doc) grouped(i int) (v float64, n int) {
	first := d.Tokens[i].Word.Canon
	if len(first) > 3 || first[0] == '0' || !d.startsGroups(i) {
		return 0, 0
	}
	v, n = float(first), 1
	kept := true // every blank keeps the groups together
	last := ""
	for ; i+n < len(d.Tokens) && d.Tokens[i+n].Word.Number && d.blankBefore(i+n); n++ {
		last = d.Tokens[i+n].Word.Canon
		g := groupsOf(last)
		if n == mostGroups || len(last) > 3 && g.separators != 1 || g.separators == 0 && len(last) != 3 || g.separators == 1 && (g.first != 3 || g.last == 3) {
			return 0, 0
		}
		if g.separators == 1 {
			v, n = v*1000+g.value(g.last), n+1
			break
		}
		v = v*1000 + float(last)
		kept = kept && d.gapBefore(i+n) != " "
	}
	if n == 1 || n == 2 && !kept && last != "000" || i+n < len(d.Tokens) && d.Tokens[i+n].Word.Number && d.blankBefore(i+n) {
		return 0, 0
	}
	return v, n
}

// startsGroups reports whether the token i can be the first group of a figure: no sign and no other number leads to it, but
// for a year.
func (d *Doc) startsGroups(i int) bool {
	if strings.HasSuffix(d.Text[:d.Tokens[i].Start], "+") { // +84 912 345 678
		return false
	}
	return i == 0 || !d.Tokens[i-1].Word.Number || !d.blankBefore(i) || yearDigits(d.Tokens[i-1].Word.Canon)
}

// blankBefore reports whether one blank parts the token i from the one before.
func (d *Doc) blankBefore(i int) bool {
	gap := d.gapBefore(i)
	return gap != "" && gap != "  " && isGap(gap)
}

// isGap reports whether only a blank, or nothing, parts two words of a figure.
func isGap(s string) bool {
	switch s {
	case "", " ", "\u00a0", "\u202f", "\u2009", "\u2007", "  ":
		return true
	}
	return false
}
