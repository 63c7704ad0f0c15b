package text

import (
	"cmp"
	"strings"
	"unicode/utf8"
)

// Number is a figure in a text: a quantity of something, in digits or in words, Vietnamese or English. Dates, times of day,
// years, ordinals, the numbers of things (điều 5, No. 5, Covid-19), fractions and telephone numbers are not figures.
type Number struct {
	Value float64 // the figure; of a range, where it begins
	High  float64 // where the range ends; Value for a single figure

	Start, End  int // Text[Start:End] is the figure with its scale and percent sign: "1,2 triệu", "20-30%"
	First, Last int // Tokens[First:Last] are its words; what is counted usually follows

	Percent  bool   // %, phần trăm, percent
	Approx   bool   // khoảng, gần, vài, about, nearly
	AtLeast  bool   // hơn, trên, hàng (trăm), over, at least, hundreds
	AtMost   bool   // dưới, tối đa, under, up to
	Currency string // ISO 4217 code of the sign or word beside it: VND, USD; "" for none
}

// Numbers returns the figures of d, in order.
func Numbers(d *Doc) []Number { return d.AppendNumbers(nil) }

// AppendNumbers appends the figures of d to dst, in order, and returns it: for loops that keep their memory.
func (d *Doc) AppendNumbers(dst []Number) []Number {
	for i, done := 0, 0; i < len(d.Tokens); {
		w := d.Tokens[i].Word
		if !w.Number && w.numeral == 0 && w.bareNumeral == 0 && w.Canon != "a" {
			i++
			continue
		}
		if skip := d.noFigure(i); skip > 0 {
			i += skip
			continue
		}
		n, ok := d.figure(i)
		skip := max(1, n.Last-i)
		if !ok && i > done {
			n, ok = d.oneAndHalf(i)
		}
		if !ok {
			i += skip
			continue
		}
		dst = append(dst, n)
		i, done = n.Last, n.Last
	}
	return dst
}

// figure reads the figure that begins with the token i, with its range and what stands around it. Where that is none, Last
// says how far it goes.
func (d *Doc) figure(i int) (Number, bool) {
	c, size := d.cardinal(i)
	if size == 0 || c.digits && c.words == 1 && d.isLabelled(i, c.value()) {
		return Number{Last: i + size}, false
	}
	n := Number{Value: c.value(), High: c.value(), First: i, Last: i + size, AtLeast: c.atLeast, Approx: c.atLeast || c.approx}
	if c.high > 0 {
		n.High, n.Approx = n.Value*c.high, true
	}
	d.measureAndHalf(&n)
	n.Percent = d.percent(&n)
	d.extend(&n, c)
	n.Start, n.End = d.Tokens[n.First].Start, max(n.End, d.Tokens[n.Last-1].End)
	d.qualify(&n)
	n.Currency = d.currency(n)
	return n, true
}

// extend makes a range of n if a second figure follows: 20-30, từ 20 đến 30, between 20 and 30, 3 hoặc 4.
func (d *Doc) extend(n *Number, low cardinal) {
	at := n.Last
	if at >= len(d.Tokens) || n.High != n.Value {
		return
	}
	between := d.Text[max(n.End, d.Tokens[at-1].End):d.Tokens[at].Start]
	switch gap := strings.Trim(between, blanks); { // not across lines: those are lists
	case gap == "-" || gap == "–" || gap == "—" || gap == "÷":
	case gap == "" && d.linksRange(n.First, at):
		at++
	default:
		return
	}
	high, size := d.cardinal(at)
	if size == 0 {
		return
	}
	v := n.Value * low.shares(high)
	if high.value() <= v {
		return
	}
	n.Value, n.High, n.Last = v, high.value(), at+size
	d.measureAndHalf(n)
	n.Percent = d.percent(n) || n.Percent
}

// linksRange reports whether the token at stands between the ends of a range: đến, to, hoặc, or, or the and of "between".
func (d *Doc) linksRange(first, at int) bool {
	if at+1 >= len(d.Tokens) || !d.joined(at+1) {
		return false
	}
	t := d.Tokens[at]
	switch t.Word.Canon {
	case "đến", "tới", "to", "hoặc", "hay", "or":
		return true
	case "and":
		return first > 0 && d.Tokens[first-1].Word.Canon == "between"
	case "và":
		return first > 0 && d.Tokens[first-1].Word.Canon == "giữa"
	case "den", "toi", "hoac":
		return t.Unmarked
	}
	return false
}

// percent reports whether n is a share, and takes the sign or the words for it into n.
func (d *Doc) percent(n *Number) bool {
	end := d.Tokens[n.Last-1].End
	rest := d.Text[end:]
	if trimmed := strings.TrimLeft(rest, blanks); strings.HasPrefix(trimmed, "%") && len(rest)-len(trimmed) <= 3 {
		n.End = end + len(rest) - len(trimmed) + 1
		return true
	}
	for _, words := range percentWords {
		if d.follows(n.Last, words) {
			n.Last += len(words)
			return true
		}
	}
	return false
}

var percentWords = [][]spelling{spell("phần trăm"), spell("percent"), spell("per cent"), spell("pct")}

// spelling is a word to be compared with tokens.
type spelling struct{ canon, fold string }

// spell takes the words of a phrase apart, given in canonical form.
func spell(phrase string) (words []spelling) {
	for w := range strings.FieldsSeq(phrase) {
		words = append(words, spelling{w, foldOf(w)})
	}
	return words
}

// follows reports whether the tokens from at are words. In text without marks their folds count.
func (d *Doc) follows(at int, words []spelling) bool {
	if at < 0 || at+len(words) > len(d.Tokens) {
		return false
	}
	for i, w := range words {
		if !d.isWord(at+i, w) {
			return false
		}
	}
	return true
}

func (d *Doc) isWord(i int, w spelling) bool {
	t := &d.Tokens[i]
	return t.Word.Canon == w.canon || t.Unmarked && t.Word.Fold == w.fold
}

// qualify reads the words before and after n that make it a bound or a guess.
func (d *Doc) qualify(n *Number) {
	for _, q := range qualifiers {
		if !d.follows(n.First-len(q.words), q.words) {
			continue
		}
		n.Approx = n.Approx || q.approx
		n.AtLeast = n.AtLeast || q.atLeast
		n.AtMost = n.AtMost || q.atMost
		break
	}
	n.AtLeast = n.AtLeast || strings.HasPrefix(d.Text[n.End:], "+")
	for at := n.Last; at < min(n.Last+3, len(d.Tokens)) && d.joined(at); at++ { // 18 tuổi trở lên
		n.AtLeast = n.AtLeast || d.follows(at, upwards)
		n.AtMost = n.AtMost || d.follows(at, downwards)
	}
}

var upwards, downwards = spell("trở lên"), spell("trở xuống")

// currency returns the code of the sign before or the word after n.
func (d *Doc) currency(n Number) string {
	if code := cmp.Or(d.signBefore(n.Start), d.signAfter(n.End)); code != "" {
		return code
	}
	if n.Last < len(d.Tokens) && d.joined(n.Last) {
		for _, c := range currencyWords {
			if d.follows(n.Last, c.words) {
				return c.code
			}
		}
	}
	if n.First > 0 && d.joined(n.First) { // USD 30 million
		if code := strings.ToUpper(d.Tokens[n.First-1].Word.Canon); isCurrencyCode(code) {
			return code
		}
	}
	return ""
}

// signBefore returns the code of the sign that ends at an offset, or "".
func (d *Doc) signBefore(at int) string {
	for _, c := range currencySigns {
		if strings.HasSuffix(d.Text[:at], c.sign) {
			return c.code
		}
	}
	return ""
}

func (d *Doc) signAfter(at int) string {
	for _, c := range currencySigns {
		if strings.HasPrefix(strings.TrimLeft(d.Text[at:], blanks), c.sign) {
			return c.code
		}
	}
	return ""
}

func isCurrencyCode(s string) bool {
	switch s {
	case "VND", "USD", "EUR", "GBP", "JPY", "CNY", "AUD", "SGD", "THB", "KRW", "INR":
		return true
	}
	return false
}

// lastRune returns the last character of s.
func lastRune(s string) rune {
	r, _ := utf8.DecodeLastRuneInString(s)
	return r
}
