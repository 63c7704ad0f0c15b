package text

import "math"

// cardinal is a figure being read, word by word.
type cardinal struct {
	d       *Doc
	total   float64 // of the scales that are complete
	group   float64 // below the next scale
	last    numeralKind
	lastVal float64 // of the last unit, for mươi
	largest float64 // the largest scale so far
	scale   float64 // what multiplies all of it, for ranges: "20-30 triệu"
	bundle  float64 // 100 if it begins with hundreds, which a range may share too: "hai đến ba trăm"
	tenth   float64 // what the last unit adds if nothing follows: một triệu hai is 1,200,000
	high    float64 // above 0 after vài, several: what the figure goes up to, for each 1
	atLeast bool
	approx  bool // a couple
	digits  bool // begins with digits
	strong  bool // some word of it is a number and nothing else
	words   int
}

const digitKind numeralKind = 100

// cardinal reads the figure that begins with the token i. It returns how many tokens it has, 0 for none.
func (d *Doc) cardinal(i int) (c cardinal, n int) {
	c = cardinal{d: d, scale: 1, bundle: 1}
	at := i
	for at < len(d.Tokens) && (at == i || d.joined(at)) {
		step := c.take(at)
		if step == 0 {
			break
		}
		at += step
		if c.last == halfOver {
			break
		}
	}
	c.group += c.tenth
	n = at - i
	for n > 0 && c.last == conjoining {
		n--
		c.last = unit
	}
	if !c.complete() || n == 1 && (!c.strong && !d.counts(i) || d.indefinite(i)) {
		return c, 0
	}
	return c, n
}

// complete reports whether what was read is a figure and not only the beginning of one.
func (c *cardinal) complete() bool {
	switch c.last {
	case noNumeral, nought, half, filler, few, vague:
		return false
	}
	return true
}

// take adds the token at to the figure and returns how many tokens that took, 0 if it does not belong.
func (c *cardinal) take(at int) int {
	t := c.d.Tokens[at]
	if t.Word.Number {
		return c.takeDigits(at)
	}
	if c.words == 0 && c.d.sideBySide(at) {
		return c.takePair(at)
	}
	n := c.d.numeral(at)
	if n.kind == noNumeral || n.kind == nought && c.words > 0 {
		return c.takeOther(at)
	}
	if n.kind == conjoining && c.isAndHalf(at) {
		return c.takeAndHalf()
	}
	tenth := c.tenth
	c.tenth = 0
	if !c.add(at, n) {
		c.tenth = tenth
		return 0
	}
	c.last = n.kind
	c.words++
	c.strong = c.strong || !n.weak && n.kind != half && n.kind != vague && n.kind != filler && n.kind != conjoining
	return 1
}

// takeOther does the same for words that are numbers only beside others.
func (c *cardinal) takeOther(at int) int {
	canon := c.d.Tokens[at].Word.Canon
	switch {
	case c.last == scale && c.d.noHundreds(at):
		c.last = hundred
		return 2
	case c.last == half && canon == "a" || c.words == 0 && c.article(at):
		return 1
	case canon == "of" && c.countsOf(at+1):
		return 1
	}
	return c.takeDecimals(at)
}

// countsOf reports whether the token at is what the figure so far multiplies with an "of" between: tens of thousands, a
// couple of hundred.
func (c *cardinal) countsOf(at int) bool {
	if !c.d.joined(at) {
		return false
	}
	switch kind := c.d.numeral(at).kind; {
	case c.last == scales:
		return kind == scales
	case c.approx && c.words == 1:
		return kind == hundred || kind == scale
	}
	return false
}

// article reports whether the token at is the a of "a million", "a few hundred", "a dozen".
func (c *cardinal) article(at int) bool {
	if w := c.d.Tokens[at].Word.Canon; w != "a" || !c.d.joined(at+1) {
		return false
	}
	switch n := c.d.numeral(at + 1); n.kind {
	case hundred, few, half:
		return true
	case unit:
		return isCouple(c.d.Tokens[at+1].Word)
	case scale:
		return len(c.d.Tokens[at+1].Word.Canon) > 3
	}
	return false
}

func isCouple(w *Word) bool { return w.Canon == "couple" }

func (c *cardinal) takeDigits(at int) int {
	if v, size := c.d.grouped(at); size > 0 && c.words == 0 {
		c.digits, c.group, c.last, c.strong, c.words = true, v, digitKind, true, 1
		return size
	}
	s := c.d.Tokens[at].Word.Canon
	v, ok := digitsValue(s, c.d.Sentences[c.d.Tokens[at].Sentence].Language == English)
	switch {
	case !ok:
		return 0
	case c.words == 0:
		c.digits = true
	case c.last == scale && v < c.largest && c.d.joined(at+1) && c.smallerScale(at+1): // 1 triệu 200 nghìn
	default:
		return 0
	}
	c.group, c.last, c.strong, c.tenth = v, digitKind, true, 0
	c.words++
	return 1
}

func (c *cardinal) smallerScale(at int) bool {
	n := c.d.numeral(at)
	return (n.kind == scale || n.kind == hundred) && n.value < c.largest
}

// add combines n with what was read before.
func (c *cardinal) add(at int, n numeral) bool {
	switch n.kind {
	case inner:
		if c.last == unit && n.value != 4 { // hai lăm, for hai mươi lăm
			c.group += c.lastVal*9 + n.value
			return true
		}
		return c.words > 0 && c.addUnit(at, n)
	case unit:
		if c.last == few && n.value == 3 { // vài ba, dăm ba: no more than vài, dăm
			c.lastVal = c.group
			return true
		}
		return c.addUnit(at, n)
	case tens, ten:
		if c.words > 0 && !c.open() {
			return false
		}
		c.group += n.value
	case timesTen:
		return c.addTens(n)
	case hundred:
		return c.addHundred()
	case scale, scales:
		return c.addScale(at, n)
	case filler:
		return (c.last == hundred || c.last == scale) && c.d.joined(at+1) && c.continues(at+1)
	case halfOver:
		return c.addHalf(at)
	case half, few, vague:
		if c.words > 0 {
			return false
		}
		c.group, c.high = n.value, 0
		if n.kind == few {
			c.high = n.high / n.value
		}
		c.atLeast = n.kind == vague
	case conjoining:
		return c.last == hundred && c.continues(at+1)
	}
	return true
}

// open reports whether a new group of units may begin: at the start, after a hundred or a scale.
func (c *cardinal) open() bool {
	switch c.last {
	case noNumeral, hundred, scale, filler, conjoining:
		return true
	}
	return false
}

func (c *cardinal) continues(at int) bool {
	if !c.d.joined(at) {
		return false
	}
	switch c.d.numeral(at).kind {
	case unit, inner, tens, ten:
		return true
	}
	return false
}

func (c *cardinal) addUnit(at int, n numeral) bool {
	v := n.value
	switch c.last {
	case tens, ten, timesTen:
		if v > 9 || c.d.isYear(at) {
			return false
		}
	case noNumeral, filler, conjoining:
	case hundred, scale: // năm trăm hai mươi, three hundred twelve; but not "một trăm năm", a hundred years
		if c.d.isYear(at) && !c.multiplied(at+1) {
			return false
		}
		if n.vietnamese && v < 10 {
			c.tenth = v * (c.below()/10 - 1)
		}
	default:
		return false
	}
	c.group += v
	c.lastVal = v
	c.approx = isCouple(c.d.Tokens[at].Word)
	return true
}

// below returns the hundred or the scale that was read last; of "không trăm", which says that there is none, 10.
func (c *cardinal) below() float64 {
	switch {
	case c.last == scale:
		return c.lastVal
	case c.group > 0:
		return 100
	}
	return 10
}

// isYear reports whether the token at is năm, which after a number means years: five is lăm there.
func (d *Doc) isYear(at int) bool {
	t := d.Tokens[at]
	return t.Word.Canon == "năm" || t.Unmarked && t.Word.Fold == "nam"
}

// multiplied reports whether the token at makes more of the unit before it.
func (c *cardinal) multiplied(at int) bool {
	if !c.d.joined(at) {
		return false
	}
	switch c.d.numeral(at).kind {
	case timesTen, hundred, scale:
		return true
	}
	return false
}

func (c *cardinal) addTens(n numeral) bool {
	switch c.last {
	case unit:
		c.group += c.lastVal * (n.value - 1)
	case few, vague, digitKind:
		c.group *= n.value
	case noNumeral:
		c.group = n.value
	default:
		return false
	}
	return true
}

func (c *cardinal) addHundred() bool {
	switch c.last {
	case unit, digitKind, few, vague, half:
		c.group *= 100
	case noNumeral:
		c.group = 100
	default:
		return false
	}
	if c.largest == 0 {
		c.bundle = 100
	}
	return true
}

// addScale multiplies by a scale: what precedes it, or all of it where the scale is the largest yet (nghìn tỷ).
func (c *cardinal) addScale(at int, n numeral) bool {
	if c.d.isAbbreviation(at) && !c.abbreviates(at, n) {
		return false
	}
	if n.kind == scales {
		if c.words > 0 && c.last != scales {
			return false
		}
		c.atLeast = true
	}
	switch {
	case c.words == 0:
		c.total = n.value
	case n.value > c.largest:
		c.total = (c.total + c.group) * n.value
	case c.group == 0:
		return false
	default:
		c.total += c.group * n.value
	}
	if n.value > c.largest {
		c.scale *= n.value
	}
	c.group = 0
	c.largest = max(c.largest, n.value)
	c.lastVal = n.value
	return true
}

// isAbbreviation reports whether the scale at is short for a word: k, m, tr, bn.
func (d *Doc) isAbbreviation(at int) bool {
	t := &d.Tokens[at]
	return len(t.Word.Canon) < 3 && t.Word.Canon != "tỷ" && t.Word.Canon != "tỉ" && !t.Unmarked
}

// abbreviates reports whether a scale that is short for a word stands as it must: next to digits, and m behind money, since it
// is a metre elsewhere.
func (c *cardinal) abbreviates(at int, n numeral) bool {
	d := c.d
	switch {
	case !c.digits:
		return false
	case d.Tokens[at].Word.Canon == "m":
		return d.Tokens[at-1].End == d.Tokens[at].Start && d.signBefore(d.Tokens[at-1].Start) != ""
	}
	return d.Tokens[at-1].End == d.Tokens[at].Start || n.value == 1e9
}

// value is the figure: a whole number where it is one but for the last bits, as 1.1 million is.
func (c *cardinal) value() float64 {
	v := c.total + c.group
	if r := math.Round(v); math.Abs(v-r) < 1e-9*math.Abs(v) {
		return r
	}
	return v
}

// shares returns by how much the figure is multiplied as the lower end of a range up to high: 20-30 triệu, hai đến ba trăm.
func (c *cardinal) shares(high cardinal) float64 {
	if c.scale > 1 || c.bundle > 1 && high.scale == 1 {
		return 1
	}
	for _, by := range []float64{high.scale * high.bundle, high.scale} {
		if by > 1 && c.value() < high.value()/by {
			return by
		}
	}
	return 1
}

// joined reports whether only a blank or a hyphen, or nothing, parts the token i from the one before.
func (d *Doc) joined(i int) bool {
	if i >= len(d.Tokens) {
		return false
	}
	gap := d.gapBefore(i)
	return isGap(gap) || gap == "-" && !d.Tokens[i-1].Word.Number && !d.Tokens[i].Word.Number
}
