package text

import "strconv"

const (
	decimalKind numeralKind = digitKind + 1 // after decimals and halves: a scale may follow, and no more
	decimals                = 9             // as many are read
)

var point = []spelling{{"phẩy", "phay"}, {"point", "point"}}

// takeDecimals adds decimals in words, of which the token at is the point: hai phẩy năm is 2.5, ba phẩy mười bốn 3.14.
func (c *cardinal) takeDecimals(at int) int {
	switch c.last {
	case nought, unit, inner, tens, ten, timesTen, hundred, digitKind:
	default:
		return 0
	}
	if !c.d.isPoint(at) {
		return 0
	}
	digits, size := c.d.decimalsAt(at + 1)
	if size == 0 {
		return 0
	}
	c.group = float(strconv.FormatFloat(c.group, 'f', -1, 64) + "." + digits)
	c.last, c.strong = decimalKind, true
	return 1 + size
}

// isPoint reports whether the token at is the point of a figure in words. The one of "at one point" is none.
func (d *Doc) isPoint(at int) bool {
	if at >= len(d.Tokens) || !d.joined(at) || at > 1 && d.Tokens[at-2].Word.Canon == "at" {
		return false
	}
	return d.isWord(at, point[0]) || d.isWord(at, point[1])
}

// decimalsAt reads the digits behind a point, one by one or as numbers of two digits, and returns how many tokens they take.
func (d *Doc) decimalsAt(i int) (string, int) {
	if i < len(d.Tokens) && d.joined(i) && d.Tokens[i].Word.Number {
		s := d.Tokens[i].Word.Canon
		if g := groupsOf(s); g.separators > 0 || g.digits > decimals {
			return "", 0
		}
		return s, 1
	}
	digits, n := "", 0
	for len(digits) < decimals && d.joined(i+n) && (n == 0 || !d.isYear(i+n) || d.numeral(i+n-1).kind == nought) {
		more, size := d.decimalAt(i + n)
		if size == 0 {
			break
		}
		digits, n = digits+more, n+size
	}
	return digits, n
}

// decimalAt reads a digit, or a number of two digits.
func (d *Doc) decimalAt(i int) (string, int) {
	switch n := d.numeral(i); n.kind {
	case unit:
		if n.value < 10 && d.joined(i+1) && d.numeral(i+1).kind == timesTen {
			return d.twoDigits(n.value*10, i+2, 2)
		}
		return strconv.Itoa(int(n.value)), 1
	case ten, tens:
		return d.twoDigits(n.value, i+1, 1)
	case nought:
		return "0", 1
	}
	return "", 0
}

// twoDigits adds the unit at i to tens that have taken n tokens.
func (d *Doc) twoDigits(v float64, i, n int) (string, int) {
	if d.joined(i) && !d.isYear(i) {
		if u := d.numeral(i); (u.kind == unit || u.kind == inner) && u.value < 10 {
			return strconv.Itoa(int(v + u.value)), n + 1
		}
	}
	return strconv.Itoa(int(v)), n
}
