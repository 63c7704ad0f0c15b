package text

// addHalf adds half of what precedes the token at, rưỡi: hai triệu rưỡi is 2,500,000, 5 rưỡi 5.5.
func (c *cardinal) addHalf(at int) bool {
	switch c.last {
	case scale:
		c.total += c.lastVal / 2
	case hundred:
		c.group += 50
	case digitKind:
		c.group += 0.5
	case unit:
		if c.words > 1 || c.d.isYear(at-1) { // năm rưỡi: a year and a half
			return false
		}
		c.group += 0.5
	default:
		return false
	}
	return true
}

// isAndHalf reports whether "and a half" stands at: two and a half million, a million and a half.
func (c *cardinal) isAndHalf(at int) bool {
	d := c.d
	return d.joined(at+1) && d.joined(at+2) && d.Tokens[at+1].Word.Canon == "a" && d.Tokens[at+2].Word.Canon == "half" &&
		(c.last == unit || c.last == digitKind || c.last == scale)
}

// takeAndHalf adds half of the last scale, or of one.
func (c *cardinal) takeAndHalf() int {
	if c.last == scale {
		c.total, c.last = c.total+c.lastVal/2, halfOver
	} else {
		c.group, c.last = c.group+0.5, decimalKind
	}
	return 3
}

// measureWords name what there may be a half of behind its name: hai năm rưỡi, ba tháng rưỡi.
var (
	measureWords = wordSet(`năm tháng tuần ngày giờ phút tiếng thập kỷ tuổi lần cân ký kg tấn tạ yến lạng lít mét km mẫu sào héc ha điểm vòng`)

	bareMeasureWords = folds(measureWords)
)

// isMeasureAndHalf reports whether a measure and rưỡi stand at i.
func (d *Doc) isMeasureAndHalf(i int) bool {
	if i < 0 || i+1 >= len(d.Tokens) || d.numeral(i+1).kind != halfOver || !d.joined(i+1) {
		return false
	}
	t := &d.Tokens[i]
	return measureWords[t.Word.Canon] || t.Unmarked && bareMeasureWords[t.Word.Fold]
}

// measureAndHalf adds the half behind the measure of n: hai năm rưỡi is a figure of three words, 2.5.
func (d *Doc) measureAndHalf(n *Number) {
	if n.Last < len(d.Tokens) && d.joined(n.Last) && d.isMeasureAndHalf(n.Last) {
		if n.High == n.Value {
			n.Value += 0.5
		}
		n.High += 0.5
		n.Last += 2
	}
}

// oneAndHalf reads a measure and a half without a number, of which the token i is rưỡi: tháng rưỡi is 1.5 months.
func (d *Doc) oneAndHalf(i int) (Number, bool) {
	if !d.isMeasureAndHalf(i - 1) {
		return Number{}, false
	}
	n := Number{Value: 1.5, High: 1.5, First: i - 1, Last: i + 1, Start: d.Tokens[i-1].Start, End: d.Tokens[i].End}
	d.qualify(&n)
	return n, true
}
