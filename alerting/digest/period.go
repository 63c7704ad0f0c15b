package digest

import (
	"fmt"
	"slices"
	"time"

	"haidang/alerting"
)

// The editions of a list.
const (
	Daily   = "daily"   // every morning, of the day before
	Weekly  = "weekly"  // on Monday morning, of the week before
	Monthly = "monthly" // on the first morning of a month, of the month before
)

// edition is how often a list gets a mail; daily where it does not say.
func (l List) edition() string {
	if l.Edition == "" {
		return Daily
	}
	return l.Edition
}

// fits reports whether a list gets a mail on a morning.
func (l List) fits(date Date) bool {
	day := date.day()
	switch l.edition() {
	case Weekly:
		return day.Weekday() == time.Monday
	case Monthly:
		return day.Day() == 1
	}
	return true
}

// atOrBefore is the newest morning of a list's mail up to a date.
func (l List) atOrBefore(date Date) Date {
	for !l.fits(date) {
		date = date.add(-1)
	}
	return date
}

// atOrAfter is the next morning of a list's mail from a date on.
func (l List) atOrAfter(date Date) Date {
	for !l.fits(date) {
		date = date.add(1)
	}
	return date
}

// mornings lists the mornings of a list's mail after one date and up to another, oldest first.
func (l List) mornings(after, until Date) (out []Date) {
	for date := l.atOrAfter(after.add(1)); date <= until; date = l.atOrAfter(date.add(1)) {
		out = append(out, date)
	}
	return out
}

// check refuses a date that a list gets no mail for, and names one that it does.
func (l List) check(date Date) error {
	if l.fits(date) {
		return nil
	}
	return fmt.Errorf("the list %s is %s and has no digest of %s; the one before is of %s", l.Name, l.edition(), date, l.atOrBefore(date))
}

// before is the beginning of the period that ends at a moment.
func (l List) before(end time.Time) time.Time {
	switch l.edition() {
	case Weekly:
		return end.AddDate(0, 0, -7)
	case Monthly:
		return end.AddDate(0, -1, 0)
	}
	return end.AddDate(0, 0, -1)
}

// Bars of the chart: two weeks of days, eight weeks, six months.
const (
	dailyBars   = 14
	weeklyBars  = 8
	monthlyBars = 6
)

// bars returns the beginnings of the periods that a chart shows, oldest first, and the end of the last one.
func (l List) bars(end time.Time) []time.Time {
	n := map[string]int{Daily: dailyBars, Weekly: weeklyBars, Monthly: monthlyBars}[l.edition()]
	out := []time.Time{end}
	for range n {
		out = append(out, l.before(out[len(out)-1]))
	}
	slices.Reverse(out)
	return out
}

// wants reports whether a story is of the fields, places and topics that a list is for. A story that names no place
// concerns every place, and one without a topic every topic.
func (l List) wants(s *alerting.Story) bool {
	if len(l.Fields) > 0 && !slices.Contains(l.Fields, s.Field) {
		return false
	}
	return overlap(l.Places, s.Places) && overlap(l.Topics, s.Topics)
}

// overlap reports whether two lists share a member, or one of them is empty.
func overlap(a, b []string) bool {
	return len(a) == 0 || len(b) == 0 || slices.ContainsFunc(a, func(v string) bool { return slices.Contains(b, v) })
}

// day is the date as midnight UTC.
func (date Date) day() time.Time {
	t, _ := time.Parse(time.DateOnly, string(date)) // a Date was parsed or computed
	return t
}

// add returns the date some days later. Dates compare as strings.
func (date Date) add(days int) Date {
	return Date(date.day().AddDate(0, 0, days).Format(time.DateOnly))
}
