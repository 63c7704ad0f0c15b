package web

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// zone is the desk's: readers and outlets are in Việt Nam.
var zone = time.FixedZone("ICT", 7*60*60)

// clock is a moment as the desk reads it.
func clock(t time.Time) string { return t.In(zone).Format("15:04 02/01/2006") }

// Int writes a number with the language's separators: 35.372 or 35,372.
func (l language) Int(n int) string {
	digits := strconv.Itoa(n)
	separator := "."
	if l == "en" {
		separator = ","
	}
	sign := ""
	if n < 0 {
		sign, digits = "−", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + separator + digits[i:]
	}
	return sign + digits
}

// Millis writes a duration in milliseconds with one decimal: 4,7 or 4.7.
func (l language) Millis(d time.Duration) string {
	tenths := d.Microseconds() / 100
	point := ","
	if l == "en" {
		point = "."
	}
	return strconv.FormatInt(tenths/10, 10) + point + strconv.FormatInt(tenths%10, 10)
}

// Span says a duration in the one unit that matters. The script of the desk says it in the same way.
func (l language) Span(d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return l.T("span.days", int(d.Hours())/24)
	case d >= time.Hour:
		return l.T("span.hours", int(d.Hours()))
	case d >= time.Minute:
		return l.T("span.minutes", int(d.Minutes()))
	}
	return l.T("span.less")
}

// Ago says how long ago something was.
func (l language) Ago(d time.Duration) string {
	if d < time.Minute {
		return l.T("span.now")
	}
	return l.T("span.ago", l.Span(d))
}

// signed writes the points of a score with their sign.
func signed(points int) string {
	if points < 0 {
		return "−" + strconv.Itoa(-points)
	}
	return "+" + strconv.Itoa(points)
}

// named makes a name of an ID: "ha-noi" is "Ha Noi".
func named(id string) string {
	words := strings.Split(id, "-")
	for i, w := range words {
		words[i] = spelled(w)
	}
	return strings.Join(words, " ")
}

// spelled makes words of a name in a rule file: "fake-food" is "Fake food".
func spelled(name string) string {
	name = strings.Join(strings.FieldsFunc(name, func(r rune) bool { return r == '-' || r == '_' || r == ':' || unicode.IsSpace(r) }), " ")
	if name == "" {
		return ""
	}
	first, size := utf8.DecodeRuneInString(name)
	return string(unicode.ToUpper(first)) + name[size:]
}

// Partial says why a search is not complete. What the archive says in a way that the pages do not know is told as it is.
func (l language) Partial(why string) string {
	for phrase, key := range map[string]string{"took too long": "partial.time", "verify": "partial.verify", "counted": "partial.count"} {
		if strings.Contains(why, phrase) {
			return l.T(key)
		}
	}
	return why
}
