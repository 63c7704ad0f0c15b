package crawler

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // outlets' zones, on machines without a zone database

	"golang.org/x/text/unicode/norm"

	"haidang/internal/article"
)

const (
	futureSlack = 10 * time.Minute // clocks differ; what lies further ahead is no publication date
	firstYear   = 1995             // nothing on the web is older
	maxDateText = 120
)

// dateHints is what helps to read a date that does not say everything.
type dateHints struct {
	zone       *time.Location // of a time without one
	monthFirst bool           // 8/9 is 9 August
	now        time.Time      // zero: not known
}

// zoneOf chooses the zone of zone-less dates: the outlet's own, else Việt Nam's for a Vietnamese site, else UTC.
func zoneOf(explicit *time.Location, address, language string) *time.Location {
	if explicit != nil {
		return explicit
	}
	host := ""
	if u, err := url.Parse(address); err == nil {
		host = strings.ToLower(u.Hostname())
	}
	if strings.HasPrefix(strings.ToLower(language), "vi") || strings.HasSuffix(host, ".vn") {
		return vietnamZone()
	}
	return time.UTC
}

func vietnamZone() *time.Location {
	if loc, err := time.LoadLocation("Asia/Ho_Chi_Minh"); err == nil {
		return loc
	}
	return time.FixedZone("+07", 7*60*60)
}

func (s *Source) location() *time.Location {
	if s == nil || s.Timezone == "" {
		return nil
	}
	if loc, err := time.LoadLocation(s.Timezone); err == nil {
		return loc
	}
	return nil
}

// settleDate returns t where it can be true, and else now, marked as the moment we first saw the thing.
func settleDate(t time.Time, from article.DateSource, now time.Time) (time.Time, article.DateSource) {
	if t.IsZero() || t.Year() < firstYear || !now.IsZero() && t.After(now.Add(futureSlack)) {
		return now, article.DateFromFirstSeen
	}
	return t.UTC(), from
}

const monthNames = `jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?`

// vietnameseMonths are month names as words; figures are read by the patterns.
var vietnameseMonths = map[string]int{
	"giêng": 1, "một": 1, "hai": 2, "ba": 3, "tư": 4, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "bẩy": 7, "tám": 8, "chín": 9,
	"mười": 10, "mười một": 11, "mười hai": 12, "chạp": 12,
}

const vietnameseMonthNames = `mười một|mười hai|mười|giêng|một|hai|ba|tư|bốn|năm|sáu|bảy|bẩy|tám|chín|chạp|\d{1,2}`

var (
	weekdayPattern = regexp.MustCompile(`(?:^|[\s,(])(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b|thứ\s*(?:hai|ba|tư|năm|sáu|bảy|bẩy|[2-7])|chủ\s*nhật|cn\b|t[2-7]\b)[\s,.)-]*`)
	isoPattern     = regexp.MustCompile(`\b(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:t|\b)`)
	dayFirst       = regexp.MustCompile(`\b(\d{1,2})\s?[/.-]\s?(\d{1,2})\s?[/.-]\s?(\d{4}|\d{2})\b`)
	dayMonthName   = regexp.MustCompile(`\b(\d{1,2})(?:st|nd|rd|th)?[\s.,-]*(` + monthNames + `)\b[\s.,'-]*(\d{4}|\d{2})\b`)
	monthNameDay   = regexp.MustCompile(`\b(` + monthNames + `)\b[\s.]*(\d{1,2})(?:st|nd|rd|th)?\b[\s,]*(.*?)\b(\d{4})\b`)
	vietnameseDate = regexp.MustCompile(`(\d{1,2})\s*,?\s*(?:tháng|thg\.?|th)\s*(` + vietnameseMonthNames + `)\s*[,/-]?\s*(?:năm\s*)?(\d{4})\b`)
	isoMonth       = regexp.MustCompile(`^(\d{4})-(\d{1,2})$`)
	timePattern    = regexp.MustCompile(`(\d{1,2})\s?(?::|h|g|giờ)\s?(\d{2})(?:\s?(?::|phút)\s?(\d{2}))?(?:[.,]\d+)?\s*([ap]\.?m\b\.?|sa\b|ch\b|sáng|chiều|tối)?`)
	offsetPattern  = regexp.MustCompile(`^(?:gmt|utc|ut|z)?\s*([+-])\s?(\d{1,2}):?(\d{2})?\b`)
	zonePattern    = regexp.MustCompile(`\b(gmt|utc|ut|z|est|edt|cst|cdt|mst|mdt|pst|pdt|ict|hovt|bst|cet|cest|eet|eest|msk|jst|kst|sgt|hkt|aest|aedt|ist|wib)\b`)
)

// zoneHours holds only names that mean one thing in news feeds.
var zoneHours = map[string]float64{
	"gmt": 0, "utc": 0, "ut": 0, "z": 0, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
	"ict": 7, "hovt": 7, "wib": 7, "bst": 1, "cet": 1, "cest": 2, "eet": 2, "eest": 3, "msk": 3, "jst": 9, "kst": 9, "sgt": 8, "hkt": 8,
	"aest": 10, "aedt": 11, "ist": 5.5,
}

// parseDate reads a date as feeds and pages write them: RFC 822 and 3339 with their usual mistakes, what .NET prints,
// Vietnamese forms, Unix seconds. It reports whether raw is a date at all.
func parseDate(raw string, hints dateHints) (time.Time, bool) {
	if t, ok := standardDate(raw); ok {
		return t, true
	}
	s := cleanDate(raw)
	if s == "" || len(s) > maxDateText {
		return time.Time{}, false
	}
	if t, ok := numericDate(s, hints.zone); ok {
		return t, true
	}
	clock, rest := takeClock(s)
	day, ok := takeDay(rest, hints.monthFirst || clock.english)
	if !ok {
		return time.Time{}, false
	}
	t, ok := day.at(clock, zoneIn(clock.after, rest, hints.zone))
	if !ok {
		return time.Time{}, false
	}
	if day.ambiguous && !hints.now.IsZero() && t.After(hints.now.Add(24*time.Hour)) {
		day.month, day.day = day.day, day.month
		if other, ok := day.at(clock, t.Location()); ok && !other.After(hints.now.Add(futureSlack)) {
			return other, true
		}
	}
	return t, true
}

// standardDate reads the two forms that the standards ask for, which most feeds keep to, at a tenth of the cost.
func standardDate(raw string) (time.Time, bool) {
	layout := time.RFC3339
	switch {
	case len(raw) == len(time.RFC1123Z) && raw[3] == ',':
		layout = time.RFC1123Z
	case len(raw) < len("2006-01-02T15:04:05Z") || raw[10] != 'T':
		return time.Time{}, false
	}
	t, err := time.Parse(layout, raw)
	return t, err == nil
}

func cleanDate(raw string) string {
	if len(raw) > 4*maxDateText {
		return ""
	}
	s := strings.ToLower(norm.NFC.String(strings.ToValidUTF8(raw, " ")))
	s = strings.Join(strings.Fields(s), " ") // U+202F and U+00A0 are spaces to Fields
	return strings.TrimSpace(weekdayPattern.ReplaceAllString(s, " "))
}

// numericDate reads a date made of digits only.
func numericDate(s string, zone *time.Location) (time.Time, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n <= 0 {
		return time.Time{}, false
	}
	switch len(s) {
	case 9, 10:
		return time.Unix(n, 0).UTC(), true
	case 13:
		return time.UnixMilli(n).UTC(), true
	case 8, 12, 14:
		t, err := time.ParseInLocation("20060102150405"[:len(s)], s, zoneOr(zone))
		return t, err == nil
	case 4:
		return time.Date(int(n), 1, 1, 0, 0, 0, 0, zoneOr(zone)), n >= firstYear && n < 2100
	}
	return time.Time{}, false
}

func zoneOr(zone *time.Location) *time.Location {
	if zone == nil {
		return time.UTC
	}
	return zone
}

type clockTime struct {
	hour, minute, second int
	english              bool   // with AM or PM, as .NET prints it for Americans
	after                string // what follows it: the zone
}

// takeClock finds the time of day and returns the text without it.
func takeClock(s string) (clockTime, string) {
	m := timePattern.FindStringSubmatchIndex(s)
	if m == nil {
		return clockTime{}, s
	}
	group := func(i int) string {
		if m[2*i] < 0 {
			return ""
		}
		return s[m[2*i]:m[2*i+1]]
	}
	c := clockTime{hour: number(group(1)), minute: number(group(2)), second: number(group(3)), after: strings.TrimSpace(s[m[1]:])}
	switch half := strings.ReplaceAll(group(4), ".", ""); half {
	case "pm", "ch", "chiều", "tối":
		c.english = half == "pm"
		if c.hour < 12 {
			c.hour += 12
		}
	case "am", "sa", "sáng":
		c.english = half == "am"
		if c.hour == 12 {
			c.hour = 0
		}
	}
	return c, strings.TrimSpace(s[:m[0]] + " " + s[m[1]:])
}

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0 // an absent group
	}
	return n
}

type calendarDay struct {
	year, month, day int
	ambiguous        bool // day and month could be the other way round
}

// takeDay finds the calendar day.
func takeDay(s string, monthFirst bool) (calendarDay, bool) {
	if m := isoPattern.FindStringSubmatch(s); m != nil {
		return calendarDay{year: number(m[1]), month: number(m[2]), day: number(m[3])}, true
	}
	if m := vietnameseDate.FindStringSubmatch(s); m != nil {
		month, ok := vietnameseMonths[m[2]]
		if !ok {
			month = number(m[2])
		}
		return calendarDay{year: number(m[3]), month: month, day: number(m[1])}, true
	}
	if m := dayMonthName.FindStringSubmatch(s); m != nil {
		return calendarDay{year: fullYear(m[3]), month: monthNumber(m[2]), day: number(m[1])}, true
	}
	if m := monthNameDay.FindStringSubmatch(s); m != nil {
		return calendarDay{year: number(m[4]), month: monthNumber(m[1]), day: number(m[2])}, true
	}
	if m := dayFirst.FindStringSubmatch(s); m != nil {
		d := calendarDay{year: fullYear(m[3]), month: number(m[2]), day: number(m[1])}
		d.ambiguous = d.month <= 12 && d.day <= 12
		if d.month > 12 || monthFirst && d.day <= 12 {
			d.month, d.day = d.day, d.month
		}
		return d, true
	}
	if m := isoMonth.FindStringSubmatch(s); m != nil {
		return calendarDay{year: number(m[1]), month: number(m[2]), day: 1}, true
	}
	return calendarDay{}, false
}

func fullYear(s string) int {
	n := number(s)
	switch {
	case len(s) > 2:
		return n
	case n < 70:
		return 2000 + n
	}
	return 1900 + n
}

func monthNumber(name string) int {
	return strings.Index("jan feb mar apr may jun jul aug sep oct nov dec", name[:3])/4 + 1
}

// zoneIn reads the zone that follows the time, or one named anywhere; a date without one is in the outlet's zone.
func zoneIn(after, rest string, fallback *time.Location) *time.Location {
	after = strings.TrimLeft(after, " ,(-–")
	if signAt := len(rest) - len(after) - 1; after != "" && strings.HasSuffix(rest, after) && signAt >= 0 && rest[signAt] == '-' {
		after = "-" + after // a western zone whose sign was taken for a dash
	}
	if m := offsetPattern.FindStringSubmatch(after); m != nil {
		if hours, minutes := number(m[2]), number(m[3]); hours <= 14 && minutes < 60 && !strings.HasPrefix(after[len(m[0]):], "/") {
			seconds := hours*3600 + minutes*60
			if m[1] == "-" {
				seconds = -seconds
			}
			return time.FixedZone("", seconds)
		}
	}
	if m := zonePattern.FindString(after); m != "" {
		return time.FixedZone(strings.ToUpper(m), int(zoneHours[m]*3600))
	}
	return zoneOr(fallback)
}

// at puts day, time and zone together; a day that no calendar has is no date.
func (d calendarDay) at(c clockTime, zone *time.Location) (time.Time, bool) {
	if d.month < 1 || d.month > 12 || d.day < 1 || d.day > 31 || d.year < 1 || d.year > 9999 {
		return time.Time{}, false
	}
	if c.hour > 24 || c.minute > 59 || c.second > 60 {
		return time.Time{}, false
	}
	t := time.Date(d.year, time.Month(d.month), d.day, c.hour, c.minute, min(c.second, 59), 0, zone)
	if noon := time.Date(d.year, time.Month(d.month), d.day, 12, 0, 0, 0, time.UTC); noon.Day() != d.day {
		return time.Time{}, false
	}
	return t, true
}
