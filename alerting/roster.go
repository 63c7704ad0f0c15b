package alerting

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"haidang/internal/article"
	"haidang/internal/settings"
)

// Roster says who is called for a critical story that nobody acknowledges.
type Roster struct {
	// Zone is the time zone of the shifts, "Asia/Ho_Chi_Minh" by default.
	Zone string `yaml:"zone"`
	// CallAfter is how long a critical story waits for each of those who are called.
	CallAfter settings.Duration `yaml:"call_after"`
	// Shifts say who is on duty. Where two overlap both are.
	Shifts []Shift `yaml:"shifts"`
	// Chain is called, one after the other, when nobody on duty acknowledges.
	Chain []string `yaml:"chain"`
	// Quiet are the hours in which only critical stories notify people.
	Quiet Hours `yaml:"quiet"`
}

// Shift is who is on duty on some weekdays between two times of day.
type Shift struct {
	Days   []string `yaml:"days"` // mon … sun; empty means every day
	Hours  `yaml:",inline"`
	People []string `yaml:"people"` // in the order in which they are called
}

// Hours are a span of a day, "22:00" to "06:00" across midnight. Both empty is never.
type Hours struct {
	From string `yaml:"from"`
	To   string `yaml:"to"`
}

var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// OnDuty lists who is on duty at a moment, in the order in which they are called.
func (c *Config) OnDuty(at time.Time) []Person {
	var out []Person
	for _, s := range c.Roster.Shifts {
		if !s.covers(at.In(c.Roster.location())) {
			continue
		}
		for _, id := range s.People {
			if p, ok := c.person(id); ok && !slices.Contains(out, p) {
				out = append(out, p)
			}
		}
	}
	return out
}

// callOrder lists whom a story that rang is called to, one after the other.
func (c *Config) callOrder(at time.Time) []Person {
	out := c.OnDuty(at)
	for _, id := range c.Roster.Chain {
		if p, ok := c.person(id); ok && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

// QuietAt reports whether people are told of critical stories only.
func (c *Config) QuietAt(at time.Time) bool {
	from, to, ok := c.Roster.Quiet.span()
	return ok && within(minuteOf(at.In(c.Roster.location())), from, to)
}

// afterQuiet is a moment, or the end of the quiet hours that it falls into.
func (c *Config) afterQuiet(at time.Time) time.Time {
	from, to, ok := c.Roster.Quiet.span()
	local := at.In(c.Roster.location())
	if !ok || !within(minuteOf(local), from, to) {
		return at
	}
	wait := to - minuteOf(local)
	if wait <= 0 {
		wait += 24 * 60
	}
	return local.Truncate(time.Minute).Add(time.Duration(wait) * time.Minute)
}

func (r *Roster) location() *time.Location {
	if zone, err := time.LoadLocation(r.Zone); err == nil && r.Zone != "" {
		return zone
	}
	return time.FixedZone("ICT", 7*60*60)
}

// covers reports whether a shift holds a moment. One across midnight belongs to the day on which it begins.
func (s Shift) covers(at time.Time) bool {
	from, to, ok := s.span()
	if !ok {
		return false
	}
	minute, day := minuteOf(at), at.Weekday()
	if !within(minute, from, to) {
		return false
	}
	if from >= to && minute < to {
		day = (day + 6) % 7
	}
	return len(s.Days) == 0 || slices.Contains(s.Days, weekdays[day])
}

func minuteOf(at time.Time) int { return at.Hour()*60 + at.Minute() }

func within(minute, from, to int) bool {
	if from < to {
		return from <= minute && minute < to
	}
	return minute >= from || minute < to
}

// span returns minutes of the day. It reports false for hours that are empty or no times.
func (h Hours) span() (from, to int, ok bool) {
	a, err := time.Parse("15:04", h.From)
	if err != nil {
		return 0, 0, false
	}
	b, err := time.Parse("15:04", h.To)
	return minuteOf(a), minuteOf(b), err == nil
}

// callLater sets when the next of the roster is called, for a critical story that nobody has acknowledged.
func (t *take) callLater(s *Story) {
	s.EscalateAt = none
	if s.Severity == article.Critical && s.State == StateNew && s.Called < len(t.cfg.callOrder(t.now)) {
		s.EscalateAt = t.now.Add(t.cfg.Roster.CallAfter.Std())
	}
}

func (r *Roster) validate(c *Config) (errs []error) {
	if _, err := time.LoadLocation(r.Zone); err != nil || r.Zone == "" {
		errs = append(errs, fmt.Errorf("alerting.roster.zone: %q is no time zone; write Asia/Ho_Chi_Minh", r.Zone))
	}
	if r.CallAfter <= 0 {
		errs = append(errs, errors.New("alerting.roster.call_after: must be positive; 5m is usual"))
	}
	if _, _, ok := r.Quiet.span(); !ok && r.Quiet != (Hours{}) {
		errs = append(errs, fmt.Errorf("alerting.roster.quiet: from %q to %q are no times of day; write \"22:00\" and \"06:00\"", r.Quiet.From, r.Quiet.To))
	}
	people := func(at string, ids []string) {
		for _, id := range ids {
			if _, ok := c.person(id); !ok {
				errs = append(errs, fmt.Errorf("%s: %q is nobody of alerting.people", at, id))
			}
		}
	}
	people("alerting.roster.chain", r.Chain)
	for i, s := range r.Shifts {
		at := fmt.Sprintf("alerting.roster.shifts[%d]", i)
		if _, _, ok := s.span(); !ok {
			errs = append(errs, fmt.Errorf("%s: from %q to %q are no times of day; write \"06:00\" and \"14:00\"", at, s.From, s.To))
		}
		for _, day := range s.Days {
			if !slices.Contains(weekdays, day) {
				errs = append(errs, fmt.Errorf("%s.days: %q is no weekday; write %s", at, day, strings.Join(weekdays, ", ")))
			}
		}
		if len(s.People) == 0 {
			errs = append(errs, fmt.Errorf("%s.people: missing", at))
		}
		people(at+".people", s.People)
	}
	return errs
}
