// Package response measures how fast the desk meets a rumour: from the first sight of a claim to the alert, to the first
// message that somebody got, to its acknowledgement, its response and its closing; how many hours it stood unanswered;
// and how long after the claim the first denial appeared.
//
// Make one with [New] and ask it for a [Report] by field, place or month.
//
// Promise: it measures the desk and never a person, so no owner is in it. A test is not measured, a merged story counts
// once, with the one that it was merged into. A ring that was noise counts for the alert and the acknowledgement, which it
// cost, but owes nobody an answer. Every figure says from how many stories it is.
//
// Limits: places overlap (a story of two places counts for both), and times are as they are when the report is made.
package response

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // months are Vietnam's on any machine

	"haidang/alerting"
	"haidang/internal/store"
)

// By is what a report is cut by.
type By string

// The ways to cut a report.
const (
	ByMonth By = "month"
	ByField By = "field"
	ByPlace By = "place"
)

// Cuts lists every way to cut a report.
func Cuts() []By { return []By{ByMonth, ByField, ByPlace} }

// Query says which stories a report is of.
type Query struct {
	By       By        // empty: by month
	From, To time.Time // when they rang; From inclusive, To exclusive; zero: from the beginning, until now
}

// Report is what was measured.
type Report struct {
	By     By      `json:"by"`
	Total  Group   `json:"total"`
	Groups []Group `json:"groups"` // months in order, fields and places with the most stories first
}

// Response measures. It is safe for concurrent use.
type Response struct {
	db   *store.DB
	now  func() time.Time
	zone *time.Location
}

// New returns a measure of the desk in a database. now is time.Now where it is nil.
func New(db *store.DB, now func() time.Time) (*Response, error) {
	if db == nil {
		return nil, errors.New("response: no database given")
	}
	zone, err := time.LoadLocation("Asia/Ho_Chi_Minh")
	if err != nil {
		return nil, fmt.Errorf("response: %w", err)
	}
	if now == nil {
		now = time.Now
	}
	return &Response{db, now, zone}, nil
}

// Report measures the stories of a query.
func (r *Response) Report(ctx context.Context, q Query) (Report, error) {
	if q.By == "" {
		q.By = ByMonth
	}
	if !slices.Contains(Cuts(), q.By) {
		return Report{}, fmt.Errorf("by: %q is not known; write month, field or place", q.By)
	}
	cases, err := r.Cases(ctx, q)
	if err != nil {
		return Report{}, err
	}
	now, by := r.now(), map[string]*counter{}
	total := &counter{}
	for i := range cases {
		total.add(&cases[i], now)
		for _, key := range cases[i].keys(q.By) {
			if by[key] == nil {
				by[key] = &counter{}
			}
			by[key].add(&cases[i], now)
		}
	}
	out := Report{By: q.By, Total: total.group(""), Groups: []Group{}}
	for key, c := range by {
		out.Groups = append(out.Groups, c.group(key))
	}
	slices.SortFunc(out.Groups, func(a, b Group) int {
		if q.By != ByMonth && a.Stories != b.Stories {
			return b.Stories - a.Stories
		}
		return strings.Compare(a.Key, b.Key)
	})
	return out, nil
}

// ParseMonth reads a month, "2026-11", as its beginning in Vietnam.
func (r *Response) ParseMonth(s string) (time.Time, error) {
	t, err := time.ParseInLocation("2006-01", s, r.zone)
	if err != nil {
		return t, fmt.Errorf("%q is not a month; write 2026-11", s)
	}
	return t, nil
}

// Case is one story, as far as it is measured. Times are zero for what has not happened.
type Case struct {
	StoryID  string
	ClaimID  string
	Field    string
	Severity string
	Places   []string
	State    alerting.State
	Outcome  alerting.Outcome
	Month    string // in which it rang, in Vietnam: "2026-11"

	Appeared     time.Time // when readers could first see the claim
	FirstSeen    time.Time // when we first saw it live
	Alerted      time.Time // when it rang on the desk
	Told         time.Time // when the first receiver had a message of it
	Acknowledged time.Time
	Responded    time.Time
	Closed       time.Time
	Denied       time.Time // when the first answer appeared to readers
}

// keys are the groups that a story counts for.
func (c *Case) keys(by By) []string {
	switch by {
	case ByField:
		return []string{c.Field}
	case ByPlace:
		if len(c.Places) == 0 {
			return []string{""}
		}
		return c.Places
	}
	return []string{c.Month}
}

// owes reports whether the story needs an answer: the ring was no noise and the claim not true.
func (c *Case) owes() bool {
	return !c.Outcome.Noisy() && c.Outcome != alerting.Duplicate && c.Outcome != alerting.ConfirmedTrue
}

// Unanswered is how long the claim stood before its readers until somebody denied it, the desk responded or, where nobody
// did, the desk closed it or the moment given came. A claim that owes no answer stood for no time at all.
func (c *Case) Unanswered(now time.Time) time.Duration {
	if !c.owes() {
		return 0
	}
	end := now
	for _, t := range []time.Time{c.Denied, c.Responded, c.Closed} {
		if !t.IsZero() && t.Before(end) {
			end = t
		}
	}
	return max(0, end.Sub(c.Appeared))
}

// open reports whether the claim still stands without any answer.
func (c *Case) open() bool {
	return c.owes() && c.Denied.IsZero() && c.Responded.IsZero() && c.Closed.IsZero()
}
