package text

import (
	"strconv"
	"strings"
)

// Number is a figure in a text.
type Number struct {
	Value, High float64 // Value..High is the range; High == Value for a single figure
	Start, End  int     // byte range of the figure in the text
	First, Last int     // its tokens: Tokens[First:Last]
	Percent     bool    // "%", "phần trăm", "percent"
	Approx      bool    // "khoảng", "gần", "about"
	AtLeast     bool    // "hơn", "trên", "more than"
	AtMost      bool    // "dưới", "up to"
	Currency    string  // "VND", "USD", ...; "" for none
}

// Numbers returns the figures of d, in order.
func Numbers(d *Doc) []Number {
	var out []Number
	for i, t := range d.Tokens {
		if !t.Word.Number {
			continue
		}
		v, err := strconv.ParseFloat(strings.NewReplacer(".", "", ",", "").Replace(t.Word.Canon), 64)
		if err == nil {
			out = append(out, Number{Value: v, High: v, Start: t.Start, End: t.End, First: i, Last: i + 1})
		}
	}
	return out
}
