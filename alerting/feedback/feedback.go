// Package feedback turns the outcomes with which stories are closed into what they say of the rules and the sources: how
// many rings were right, why the others were not, when a rule last found something true, and which to mend or retire.
//
// Make one with [New] and ask for [Feedback.Rules], [Feedback.Sources] and, for one rule, [Feedback.Judged].
//
// Promise: a figure is only ever made of what people decided. Stories that are open, or were closed as a test, a duplicate
// or as expired, say nothing of a rule and count as not judged. A precision always comes with its interval, so that three
// lucky rings do not look like a good rule.
//
// Limits: it gives advice and changes nothing; what rings follows from the rules alone.
package feedback

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"haidang/alerting"
	"haidang/internal/store"
)

// Window is how far back rules and sources are judged. What was said of a rule before it was mended should not follow it
// for ever.
const Window = 90 * 24 * time.Hour

// Feedback reads what the desk decided. It is safe for concurrent use.
type Feedback struct {
	db  *store.DB
	now func() time.Time
}

// New returns the feedback of a desk's database. now is time.Now where it is nil.
func New(db *store.DB, now func() time.Time) (*Feedback, error) {
	if db == nil {
		return nil, errors.New("feedback: no database given")
	}
	if now == nil {
		now = time.Now
	}
	return &Feedback{db, now}, nil
}

// Tally is what became of rings.
type Tally struct {
	Rang    int                    `json:"rang"`            // stories
	Hits    int                    `json:"hits"`            // of them, those worth the bell: found false, misleading or true
	Noise   int                    `json:"noise"`           // those that should not have rung
	Reasons map[alerting.Noise]int `json:"noise_by_reason"` // why
}

// Judged is how many of the rings somebody has judged.
func (t Tally) Judged() int { return t.Hits + t.Noise }

// Precision is the share of judged rings that were worth the bell, with its 95 % interval (Wilson, 1927). Without a judged
// ring nothing is known: the interval is all that is possible, 0 to 1.
func (t Tally) Precision() (share, low, high float64) { return wilson(t.Hits, t.Judged()) }

// Main is the most frequent reason of noise, and how often it was given; "" without any.
func (t Tally) Main() (alerting.Noise, int) {
	var most alerting.Noise
	for _, n := range alerting.Noises() { // in their order, so that equals always give the same answer
		if t.Reasons[n] > t.Reasons[most] {
			most = n
		}
	}
	return most, t.Reasons[most]
}

// add counts stories of one outcome.
func (t *Tally) add(o alerting.Outcome, reason alerting.Noise, n int) {
	t.Rang += n
	switch {
	case hit(o):
		t.Hits += n
	case o.Noisy():
		if t.Noise += n; reason != "" {
			t.Reasons[reason] += n
		}
	}
}

// hits are the outcomes that say that the ring was worth it. A claim that turned out to be true was one to check.
var hits = []alerting.Outcome{alerting.ConfirmedFalse, alerting.Misleading, alerting.ConfirmedTrue}

func hit(o alerting.Outcome) bool { return slices.Contains(hits, o) }

// Rule is what the desk's decisions say of one claim's rule.
type Rule struct {
	ClaimID string `json:"claim"`
	Tally
	NoiseThisWeek int       `json:"noise_this_week"` // judged in the past seven days
	LastRang      time.Time `json:"last_rang,omitzero"`
	LastHit       time.Time `json:"last_hit,omitzero"` // when a story that was worth it last rang
	Advice        Advice    `json:"advice,omitempty"`
}

// Rules tells of every rule that ever rang, those that need a hand first.
func (f *Feedback) Rules(ctx context.Context) ([]Rule, error) {
	now := f.now()
	rules := map[string]*Rule{}
	err := f.each(ctx, func(scan func(...any) error) error {
		var id string
		var outcome alerting.Outcome
		var reason alerting.Noise
		var n, recent, week int
		var last int64
		if err := scan(&id, &outcome, &reason, &n, &recent, &week, &last); err != nil {
			return err
		}
		r := rules[id]
		if r == nil {
			r = &Rule{ClaimID: id, Tally: Tally{Reasons: map[alerting.Noise]int{}}}
			rules[id] = r
		}
		r.add(outcome, reason, recent)
		at := time.UnixMilli(last).UTC()
		if r.LastRang = later(r.LastRang, at); hit(outcome) {
			r.LastHit = later(r.LastHit, at)
		}
		if outcome.Noisy() {
			r.NoiseThisWeek += week
		}
		return nil
	}, `SELECT claim_id, outcome, noise, COUNT(*), SUM(CASE WHEN rang_at >= ? THEN 1 ELSE 0 END), SUM(CASE WHEN closed_at >= ? THEN 1 ELSE 0 END), MAX(rang_at)
		FROM stories WHERE rang_at > 0 AND state <> 'merged' GROUP BY claim_id, outcome, noise`, now.Add(-Window).UnixMilli(), now.AddDate(0, 0, -7).UnixMilli())
	if err != nil {
		return nil, fmt.Errorf("judge the rules: %w", err)
	}
	out := make([]Rule, 0, len(rules))
	for _, r := range rules {
		r.Advice = r.advise(now)
		out = append(out, *r)
	}
	slices.SortFunc(out, func(a, b Rule) int {
		return cmp.Or(cmp.Compare(a.Advice.urgency(), b.Advice.urgency()), cmp.Compare(b.NoiseThisWeek, a.NoiseThisWeek), cmp.Compare(b.Noise, a.Noise),
			cmp.Compare(b.Rang, a.Rang), strings.Compare(a.ClaimID, b.ClaimID))
	})
	return out, nil
}

// Source is what the desk's decisions say of one outlet: of the stories that it carried in its own words.
type Source struct {
	Outlet string `json:"outlet"`
	Tally
	LastHit time.Time `json:"last_hit,omitzero"`
}

// Sources tells of every outlet that carried a story in the window, the noisiest first.
func (f *Feedback) Sources(ctx context.Context) ([]Source, error) {
	sources := map[string]*Source{}
	err := f.each(ctx, func(scan func(...any) error) error {
		var outlet string
		var outcome alerting.Outcome
		var reason alerting.Noise
		var n int
		var last int64
		if err := scan(&outlet, &outcome, &reason, &n, &last); err != nil {
			return err
		}
		s := sources[outlet]
		if s == nil {
			s = &Source{Outlet: outlet, Tally: Tally{Reasons: map[alerting.Noise]int{}}}
			sources[outlet] = s
		}
		if s.add(outcome, reason, n); hit(outcome) {
			s.LastHit = later(s.LastHit, time.UnixMilli(last).UTC())
		}
		return nil
	}, `SELECT a.outlet, s.outcome, s.noise, COUNT(DISTINCT s.id), MAX(s.rang_at) FROM alerts a JOIN stories s ON s.id = a.story_id
		WHERE a.role = 'carries' AND a.copy_of = '' AND a.origin = 'live' AND s.rang_at >= ? AND s.state <> 'merged' GROUP BY a.outlet, s.outcome, s.noise`,
		f.now().Add(-Window).UnixMilli())
	if err != nil {
		return nil, fmt.Errorf("judge the sources: %w", err)
	}
	out := make([]Source, 0, len(sources))
	for _, s := range sources {
		out = append(out, *s)
	}
	slices.SortFunc(out, func(a, b Source) int {
		return cmp.Or(cmp.Compare(b.Noise, a.Noise), cmp.Compare(b.Rang, a.Rang), strings.Compare(a.Outlet, b.Outlet))
	})
	return out, nil
}

// Judged is one story that was closed, for whoever mends its rule.
type Judged struct {
	StoryID string           `json:"story"`
	Title   string           `json:"title"`
	Outlet  string           `json:"outlet"`
	RangAt  time.Time        `json:"rang_at"`
	Outcome alerting.Outcome `json:"outcome"`
	Noise   alerting.Noise   `json:"noise,omitempty"`
}

// Judged lists the latest stories of a claim that were closed.
func (f *Feedback) Judged(ctx context.Context, claimID string, limit int) ([]Judged, error) {
	out := []Judged{}
	err := f.each(ctx, func(scan func(...any) error) error {
		var j Judged
		var at int64
		if err := scan(&j.StoryID, &j.Title, &j.Outlet, &at, &j.Outcome, &j.Noise); err != nil {
			return err
		}
		j.RangAt = time.UnixMilli(at).UTC()
		out = append(out, j)
		return nil
	}, `SELECT id, first_title, first_outlet, rang_at, outcome, noise FROM stories WHERE claim_id = ? AND outcome <> '' AND rang_at > 0 ORDER BY rang_at DESC, id LIMIT ?`, claimID, limit)
	if err != nil {
		return nil, fmt.Errorf("read the judged stories of %q: %w", claimID, err)
	}
	return out, nil
}

// each reads every row of a query.
func (f *Feedback) each(ctx context.Context, row func(scan func(...any) error) error, query string, args ...any) error {
	rows, err := f.db.Query(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // rows.Err has the error that matters
	for rows.Next() {
		if err := row(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
