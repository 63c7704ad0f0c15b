package feedback

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"haidang/alerting"
	"haidang/alerting/alertingtest"
	"haidang/internal/article"
	"haidang/internal/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

var today = time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)

// world is a desk whose stories are rung and closed on given days.
type world struct {
	*Feedback
	desk *alertingtest.Desk
	n    int
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{desk: alertingtest.New(t, today)}
	var err error
	if w.Feedback, err = New(w.desk.DB, w.desk.Clock); err != nil {
		t.Fatal(err)
	}
	return w
}

// ring makes a story some days ago, and closes it as one of the outcomes; "" leaves it open.
func (w *world) ring(claim, outlet string, daysAgo int, outcome alerting.Outcome, noise alerting.Noise) {
	w.n++
	at := today.AddDate(0, 0, -daysAgo).Add(time.Duration(w.n) * time.Second)
	w.desk.Now = at
	a := article.Article{
		ID: fmt.Sprintf("%s-%d", claim, w.n), Outlet: outlet, Title: fmt.Sprintf("tin %d", w.n), Published: at, FirstSeen: at,
		Text: strings.Repeat(fmt.Sprintf("chữ%d riêng%d ", w.n, w.n*7), 30),
	}
	w.desk.Tell(a, article.ClaimMatch{ID: claim, Stance: article.Carries, Field: "health", Pattern: true}, fmt.Sprintf("noi-%d", w.n))
	if outcome != "" {
		w.desk.Do(claim, alerting.Command{Action: alerting.Close, Outcome: outcome, Noise: noise}, alerting.StateNew)
	}
	w.desk.Now = today
}

func TestOutcomesJudgeTheRules(t *testing.T) {
	w := newWorld(t)
	for i := range 4 {
		w.ring("good", "A", 2+i, alerting.ConfirmedFalse, "")
	}
	w.ring("good", "A", 1, alerting.OffTopic, alerting.OldNews)
	w.ring("good", "A", 1, "", "")
	w.ring("good", "A", 1, alerting.Test, "")
	w.ring("good", "A", 1, alerting.Duplicate, "")
	w.ring("loud", "B", 1, alerting.ConfirmedTrue, "")
	for i := range 3 {
		w.ring("loud", "B", 2+i, alerting.OffTopic, alerting.RuleTooBroad)
	}
	w.ring("loud", "B", 60, alerting.DebunkNotClaim, alerting.WrongStance)
	w.ring("dead", "C", 300, alerting.ConfirmedFalse, "")
	for i := range 8 {
		w.ring("dead", "C", 20+i, alerting.NotCheckable, alerting.NameClash)
	}
	w.ring("new", "C", 3, alerting.OffTopic, alerting.RuleTooBroad)
	w.ring("new", "C", 3, alerting.OffTopic, alerting.RuleTooBroad)
	w.ring("once", "C", 3, alerting.OffTopic, alerting.RuleTooBroad)

	rules, err := w.Rules(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range rules {
		why, n := r.Main()
		got = append(got, fmt.Sprintf("%s %s rang %d judged %d hits %d week %d: %s %d, hit %s", r.ClaimID, r.Advice, r.Rang, r.Judged(), r.Hits, r.NoiseThisWeek, why, n, day(r.LastHit)))
	}
	want := []string{
		"dead retire rang 8 judged 8 hits 0 week 0: name_clash 8, hit 2026-01-26",
		"loud mend rang 5 judged 5 hits 1 week 3: rule_too_broad 3, hit 2026-11-21",
		"new watch rang 2 judged 2 hits 0 week 2: rule_too_broad 2, hit -",
		"once  rang 1 judged 1 hits 0 week 1: rule_too_broad 1, hit -",
		"good  rang 8 judged 5 hits 4 week 1: old_news 1, hit 2026-11-20",
	}
	slices.Sort(got[3:]) // those that are well: here by name
	slices.Sort(want[3:])
	if !slices.Equal(got, want) {
		t.Errorf("the rules are judged\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if list := ToMend(rules); len(list) != 2 || list[0].ClaimID != "dead" || list[1].ClaimID != "loud" {
		t.Errorf("the week's list has %d rules, want dead and loud", len(list))
	}
}

func day(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.Format(time.DateOnly)
}

func TestOutcomesJudgeTheSources(t *testing.T) {
	w := newWorld(t)
	w.ring("one", "Báo tốt", 5, alerting.ConfirmedFalse, "")
	w.ring("two", "Báo rác", 5, alerting.OffTopic, alerting.SpamSource)
	w.ring("three", "Báo rác", 4, alerting.OffTopic, alerting.SpamSource)
	w.ring("old", "Báo cũ", 200, alerting.OffTopic, alerting.SpamSource)
	sources, err := w.Sources(t.Context())
	if err != nil || len(sources) != 2 {
		t.Fatalf("%d sources, %v; want the two of the window", len(sources), err)
	}
	if s := sources[0]; s.Outlet != "Báo rác" || s.Noise != 2 || s.Reasons[alerting.SpamSource] != 2 || !s.LastHit.IsZero() {
		t.Errorf("first is %+v, want the noisy one", s)
	}
	if s := sources[1]; s.Hits != 1 || s.LastHit.IsZero() {
		t.Errorf("second is %+v, want the one with a hit", s)
	}
}

func TestJudgedStoriesAreListedForWhoeverMendsTheRule(t *testing.T) {
	w := newWorld(t)
	w.ring("one", "A", 5, alerting.ConfirmedFalse, "")
	w.ring("one", "A", 4, alerting.OffTopic, alerting.OldNews)
	w.ring("one", "A", 3, "", "")
	got, err := w.Judged(t.Context(), "one", 10)
	if err != nil || len(got) != 2 || got[0].Noise != alerting.OldNews || got[1].Outcome != alerting.ConfirmedFalse || got[0].Title == "" {
		t.Errorf("Judged = %+v, %v; want the two that were closed, newest first", got, err)
	}
}

// The intervals are those of R's prop.test(correct = FALSE).
func TestWilson(t *testing.T) {
	for _, tt := range []struct {
		hits, n         int
		share, low, top float64
	}{{0, 0, 0, 0, 1}, {0, 4, 0, 0, 0.4899}, {3, 4, 0.75, 0.3006, 0.9544}, {50, 100, 0.5, 0.4038, 0.5962}} {
		share, low, top := wilson(tt.hits, tt.n)
		if math.Abs(share-tt.share)+math.Abs(low-tt.low)+math.Abs(top-tt.top) > 3e-4 {
			t.Errorf("wilson(%d, %d) = %.4f, %.4f to %.4f; want %.4f, %.4f to %.4f", tt.hits, tt.n, share, low, top, tt.share, tt.low, tt.top)
		}
	}
}
