package query

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"haidang/internal/article"
)

// Zone is the zone in which a query's days begin. Việt Nam has no summer time.
var Zone = time.FixedZone("ICT", 7*60*60)

// meta reads the values of a field that is not about words.
func (p *parser) meta(t token) (Node, error) {
	switch key := DateKey(t.text); key {
	case Published, Seen:
		return p.date(t, key)
	}
	n := &Meta{Key: MetaKey(t.text)}
	for _, v := range t.values {
		value, bad := metaValue(n.Key, v.text)
		if bad != nil {
			return nil, p.failAt(p.pieceAt(v), *bad)
		}
		if !slices.Contains(n.Values, value) {
			n.Values = append(n.Values, value)
		}
	}
	return p.put(n, t.start), nil
}

func (p *parser) pieceAt(v piece) span {
	return span{v.start, min(v.start+len([]rune(v.text)), len(p.src))}
}

var (
	domainForm  = regexp.MustCompile(`^[\pL\pN-]+(\.[\pL\pN-]+)*$`)
	countryForm = regexp.MustCompile(`^[a-z]{2}$`)
)

var stances = []article.Stance{
	article.Carries, article.Questions, article.Denies, article.ReportsDebunk, article.ReportsPenalty, article.Disputed, article.Unclear,
}

// metaValue brings one value into the form in which it is compared, or says what is wrong with it.
func metaValue(key MetaKey, s string) (string, *problem) {
	v := Key(s)
	switch key {
	case Site:
		if v = siteValue(s); !domainForm.MatchString(v) {
			return "", &badSite
		}
	case Lang:
		if !slices.Contains([]string{"vi", "en", "other"}, v) {
			return "", &badLang
		}
	case Country:
		if !countryForm.MatchString(v) {
			return "", &badCountry
		}
	case Stance:
		if !slices.ContainsFunc(stances, func(st article.Stance) bool { return Key(string(st)) == v }) {
			return "", &badStance
		}
	default:
		if v == "" {
			e := noValue.with(string(key))
			return "", &e
		}
	}
	return v, nil
}

// siteValue returns the host of a domain or of an address.
func siteValue(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	if strings.Contains(s, "//") {
		if u, err := url.Parse(s); err == nil {
			s = u.Hostname()
		}
	}
	s, _, _ = strings.Cut(s, "/")
	return strings.Trim(strings.TrimPrefix(strings.TrimPrefix(s, "*."), "www."), ".")
}

func (p *parser) date(t token, key DateKey) (Node, error) {
	if len(t.values) != 1 {
		return nil, p.fail(t, badDate)
	}
	v := t.values[0]
	from, until, ok := readDates(strings.TrimSpace(v.text))
	if !ok {
		return nil, p.failAt(p.pieceAt(v), badDate)
	}
	if !from.IsZero() && !until.IsZero() && !from.Before(until) {
		return nil, p.failAt(p.pieceAt(v), emptyRange)
	}
	return p.put(&Date{Key: key, From: from, Until: until}, t.start), nil
}

// readDates reads a day, month or year, a range a..b whose ends may be open, or a comparison such as >=2024-09-01.
func readDates(s string) (from, until time.Time, ok bool) {
	if low, high, found := strings.Cut(s, ".."); found {
		var okLow, okHigh bool
		from, _, okLow = readDay(low)
		_, until, okHigh = readDay(high)
		return from, until, (okLow || low == "") && (okHigh || high == "") && low+high != ""
	}
	for _, op := range []string{">=", "≥", "<=", "≤", ">", "<"} {
		rest, found := strings.CutPrefix(s, op)
		if !found {
			continue
		}
		first, next, ok := readDay(rest)
		switch op {
		case ">=", "≥":
			return first, time.Time{}, ok
		case "<=", "≤":
			return time.Time{}, next, ok
		case ">":
			return next, time.Time{}, ok
		default:
			return time.Time{}, first, ok
		}
	}
	return readDay(s)
}

// readDay reads 2024-09-07, 2024-09, 2024 or 07/09/2024 as the time from its first midnight to the next one after it.
func readDay(s string) (from, until time.Time, ok bool) {
	for _, f := range []struct {
		layout    string
		y, mo, dd int
	}{{time.DateOnly, 0, 0, 1}, {"2006-01", 0, 1, 0}, {"2006", 1, 0, 0}, {"2/1/2006", 0, 0, 1}} {
		t, err := time.ParseInLocation(f.layout, s, Zone)
		if err == nil && t.Year() >= 1900 && t.Year() < 2200 {
			return t, t.AddDate(f.y, f.mo, f.dd), true
		}
	}
	return from, until, false
}
