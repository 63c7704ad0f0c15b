// Package alertingtest gives tests a desk over a database of their own, whose clock is moved by hand: they tell it
// articles and act on the stories that come of them.
package alertingtest

import (
	"context"
	"testing"
	"time"

	"haidang/alerting"
	"haidang/internal/article"
	"haidang/internal/store"
	"haidang/internal/store/storetest"
)

// Desk is a desk that takes every name and tells nobody. Its time is Now.
type Desk struct {
	*alerting.Desk
	DB  *store.DB
	Now time.Time
	t   testing.TB
}

// New returns a desk at a moment. The test's TestMain must be [storetest.Main].
func New(t testing.TB, now time.Time) *Desk {
	t.Helper()
	d := &Desk{DB: storetest.Open(t, t.TempDir()), Now: now, t: t}
	var err error
	if d.Desk, err = alerting.New(alerting.DefaultConfig(), alerting.Deps{DB: d.DB, Now: d.Clock}); err != nil {
		t.Fatal(err)
	}
	return d
}

// Clock is the desk's time.
func (d *Desk) Clock() time.Time { return d.Now }

// Tell hands the desk an article that makes one claim.
func (d *Desk) Tell(a article.Article, m article.ClaimMatch, places ...string) {
	d.t.Helper()
	m.Version, m.Score, m.Rings, m.Severity, m.StatementVI = 1, 70, m.Stance.MayRing(), article.High, m.ID
	a.Language, a.Origin = "vi", article.Live
	a.Verdict = &article.Verdict{Rings: m.Rings, AboutVietnam: true, RulesVersion: "1", Places: places, Claims: []article.ClaimMatch{m}}
	a.Revise()
	if err := d.Handle(context.Background(), []article.Article{a}); err != nil {
		d.t.Fatal(err)
	}
}

// Do acts on the latest story of a claim, which must be in one of the states; without any it may be in each.
func (d *Desk) Do(claim string, c alerting.Command, states ...alerting.State) {
	d.t.Helper()
	stories, err := d.Stories(d.t.Context(), alerting.Filter{ClaimID: claim, States: states})
	if err != nil || len(stories) == 0 {
		d.t.Fatalf("%d stories of %s in %v, %v", len(stories), claim, states, err)
	}
	c.Actor, c.Stories = "lan", []alerting.Ref{{ID: stories[0].ID}}
	results, err := d.Act(d.t.Context(), c)
	if err != nil || results[0].Refusal != nil {
		d.t.Fatalf("%s: %v, %v", c.Action, err, results[0].Refusal)
	}
}
