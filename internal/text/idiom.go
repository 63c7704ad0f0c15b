package text

// What Vietnamese says of numbers that are no figures, or not the ones that the words are.

// indefinite reports whether the token i is the một of một số (some), một phần (a part), một khi (once) and the like.
func (d *Doc) indefinite(i int) bool {
	return d.isWord(i, one) && i+1 < len(d.Tokens) && d.joined(i+1) &&
		(notOne[d.Tokens[i+1].Word.Canon] || d.Tokens[i+1].Unmarked && bareNotOne[d.Tokens[i+1].Word.Fold])
}

var (
	one        = spelling{"một", "mot"}
	notOne     = wordSet(`số vài ít nửa chút phần cách khi trong mình loạt thời`)
	bareNotOne = folds(notOne)
)

// noHundreds reports whether không trăm stands at i and more follows: hai nghìn không trăm hai mươi tư is 2,024.
func (d *Doc) noHundreds(i int) bool {
	if !d.isWord(i, spelling{"không", "khong"}) || !d.joined(i+1) || d.numeral(i+1).kind != hundred || !d.joined(i+2) {
		return false
	}
	switch d.numeral(i + 2).kind {
	case unit, ten, filler:
		return true
	}
	return false
}

// sideBySide reports whether two units that follow each other stand at i before what they count, or before a scale: hai ba
// người, bốn, năm trăm hộ. Năm alone is mostly a year.
func (d *Doc) sideBySide(i int) bool {
	a, b := d.numeral(i), d.numeral(i+1)
	if a.kind != unit || b.kind != unit || b.value != a.value+1 || b.value > 9 || !d.joined(i+2) {
		return false
	}
	if !d.joined(i+1) && d.gapBefore(i+1) != ", " || i > 0 && d.joined(i) && notCounting[d.Tokens[i-1].Word.Canon] {
		return false
	}
	next := &d.Tokens[i+2]
	switch d.numeral(i + 2).kind {
	case timesTen, hundred, scale:
		return true
	case noNumeral:
		return people[next.Word.Canon] || next.Unmarked && barePeople[next.Word.Fold] || b.value != 5 && classifiers[next.Word.Canon]
	}
	return b.value == 4 && next.Word.Canon == "năm" // ba bốn năm: years
}

// takePair adds two units side by side: from the one to the other.
func (c *cardinal) takePair(at int) int {
	low, high := c.d.numeral(at).value, c.d.numeral(at+1).value
	c.group, c.lastVal, c.high = low, low, high/low
	c.last, c.words, c.strong = unit, 2, true
	return 2
}
