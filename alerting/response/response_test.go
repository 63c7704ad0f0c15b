package response

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"haidang/alerting"
	"haidang/alerting/alertingtest"
	"haidang/internal/article"
	"haidang/internal/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// start is 08:00 on 3 November 2026 in Hà Nội.
var start = time.Date(2026, 11, 3, 1, 0, 0, 0, time.UTC)

// world is a desk whose clock is moved by hand.
type world struct {
	*Response
	desk *alertingtest.Desk
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{desk: alertingtest.New(t, start)}
	var err error
	if w.Response, err = New(w.desk.DB, w.desk.Clock); err != nil {
		t.Fatal(err)
	}
	return w
}

// tell hands an article to the desk that was published and seen some time after the start, and arrives now.
func (w *world) tell(claim, field string, stance article.Stance, published, seen time.Duration, places ...string) {
	a := article.Article{
		ID: fmt.Sprint(claim, stance, seen), Outlet: "Báo " + string(stance), Title: claim + " " + string(stance), Published: start.Add(published), FirstSeen: start.Add(seen),
		Text: strings.Repeat(claim+fmt.Sprint(seen)+" ", 30),
	}
	w.desk.Tell(a, article.ClaimMatch{ID: claim, Stance: stance, Field: field}, places...)
}

// at moves the clock to some time after the start.
func (w *world) at(after time.Duration) { w.desk.Now = start.Add(after) }

func (w *world) act(claim string, c alerting.Command) { w.desk.Do(claim, c) }

// month is a desk with one story of each fate.
func month(t *testing.T) *world {
	w := newWorld(t)
	w.at(2 * time.Minute)
	w.tell("dam", "disaster-epidemic", article.Carries, 0, time.Minute, "hue", "da-nang")
	w.at(10 * time.Minute)
	w.act("dam", alerting.Command{Action: alerting.Acknowledge})
	w.at(2 * time.Hour)
	w.tell("dam", "disaster-epidemic", article.Denies, 90*time.Minute, 2*time.Hour, "hue")
	w.act("dam", alerting.Command{Action: alerting.Respond})
	w.at(3 * time.Hour)
	w.act("dam", alerting.Command{Action: alerting.Close, Outcome: alerting.ConfirmedFalse})
	w.tell("salt", "health", article.Carries, 3*time.Hour, 3*time.Hour) // nobody has answered it
	w.tell("cure", "health", article.Carries, 3*time.Hour, 3*time.Hour) // noise: it owes nobody anything
	w.at(4 * time.Hour)
	w.act("cure", alerting.Command{Action: alerting.Close, Outcome: alerting.OffTopic, Noise: alerting.RuleTooBroad})
	w.tell("drill", "health", article.Carries, 4*time.Hour, 4*time.Hour)
	w.act("drill", alerting.Command{Action: alerting.Close, Outcome: alerting.Test}) // is not measured at all
	w.at(5 * time.Hour)
	return w
}

func TestEveryStepIsMeasuredFromTheFirstSight(t *testing.T) {
	w := month(t)
	got, err := w.Report(t.Context(), Query{By: ByField})
	if err != nil {
		t.Fatal(err)
	}
	one := func(d time.Duration) Measure { return Measure{1, d, d, d} }
	want := []Group{{
		Key: "health", Stories: 2, Noise: 1, Owing: 1, Open: 1, UnansweredHours: 2,
		Alerted: Measure{Stories: 2}, Acknowledged: one(time.Hour), Closed: one(time.Hour),
	}, {
		Key: "disaster-epidemic", Stories: 1, Owing: 1, UnansweredHours: 1.5,
		Alerted: one(time.Minute), Acknowledged: one(9 * time.Minute), Responded: one(119 * time.Minute), Closed: one(179 * time.Minute), Denied: one(90 * time.Minute),
	}}
	if diff := cmp.Diff(want, got.Groups); diff != "" {
		t.Errorf("by field (-want +got):\n%s", diff)
	}
	if got.Total.Stories != 3 || got.Total.UnansweredHours != 3.5 || got.Total.Key != "" {
		t.Errorf("in all: %+v; want 3 stories, 3.5 hours unanswered", got.Total)
	}
}

func TestPlacesOverlapAndMonthsAreVietnams(t *testing.T) {
	w := month(t)
	for by, want := range map[By]string{ByPlace: `:2 da-nang:1 hue:1`, ByMonth: `2026-11:3`} {
		got, err := w.Report(t.Context(), Query{By: by})
		if err != nil {
			t.Fatal(err)
		}
		var keys []string
		for _, g := range got.Groups {
			keys = append(keys, fmt.Sprintf("%s:%d", g.Key, g.Stories))
		}
		if strings.Join(keys, " ") != want {
			t.Errorf("by %s: %q, want %q", by, keys, want)
		}
	}
	w.at(27*24*time.Hour + 16*time.Hour + 30*time.Minute) // 00:30 on 1 December in Hà Nội, November in London
	w.tell("late", "other", article.Carries, 27*24*time.Hour, 27*24*time.Hour+16*time.Hour)
	december, err := w.ParseMonth("2026-12")
	if err != nil {
		t.Fatal(err)
	}
	got, err := w.Report(t.Context(), Query{From: december})
	if err != nil || len(got.Groups) != 1 || got.Groups[0].Key != "2026-12" || got.Groups[0].Stories != 1 {
		t.Errorf("from December on: %+v, %v; want its one story", got.Groups, err)
	}
}

func TestADenialBeforeTheClaimIsNoDelay(t *testing.T) {
	w := newWorld(t)
	w.at(2 * time.Hour)
	w.tell("dam", "disaster-epidemic", article.Denies, 0, time.Hour, "hue")
	w.at(3 * time.Hour)
	w.tell("dam", "disaster-epidemic", article.Carries, 2*time.Hour, 3*time.Hour, "hue")
	got, err := w.Report(t.Context(), Query{})
	if err != nil {
		t.Fatal(err)
	}
	if g := got.Total; g.Denied.Stories != 1 || g.Denied.Most != 0 || g.DeniedFirst != 1 || g.UnansweredHours != 0 || g.Open != 0 {
		t.Errorf("measured %+v, want one denial that came first and nothing unanswered", g)
	}
}

func TestTables(t *testing.T) {
	w := month(t)
	report, err := w.Report(t.Context(), Query{By: ByField})
	if err != nil {
		t.Fatal(err)
	}
	cases, err := w.Cases(t.Context(), Query{})
	if err != nil {
		t.Fatal(err)
	}
	var groups, stories strings.Builder
	if err := report.WriteCSV(&groups); err != nil {
		t.Fatal(err)
	}
	if err := WriteCasesCSV(&stories, cases, w.desk.Now); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		table string
		key   int // the column that names a line
		line  string
		want  map[string]string
	}{
		{groups.String(), 0, "health", map[string]string{"stories": "2", "noise": "1", "responded_median_hours": "", "unanswered_hours": "2.0"}},
		{groups.String(), 0, "all", map[string]string{"stories": "3", "denied_median_hours": "1.500"}},
		{stories.String(), 1, "dam", map[string]string{"places": "hue da-nang", "first_seen": "2026-11-03T08:01:00+07:00", "to_acknowledge_hours": "0.150", "to_denial_hours": "1.500"}},
		{stories.String(), 1, "salt", map[string]string{"closed": "", "to_closing_hours": "", "unanswered_hours": "2.000"}},
	} {
		lines, err := csv.NewReader(strings.NewReader(tt.table)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		at := slices.IndexFunc(lines, func(l []string) bool { return l[tt.key] == tt.line })
		for column, want := range tt.want {
			if got := lines[at][slices.Index(lines[0], column)]; got != want {
				t.Errorf("%s of %s is %q, want %q", column, tt.line, got, want)
			}
		}
	}
	raw, err := json.Marshal(report.Total.Denied)
	if err != nil || string(raw) != `{"stories":1,"median_seconds":5400,"p90_seconds":5400,"most_seconds":5400}` {
		t.Errorf("JSON = %s, %v", raw, err)
	}
}

func TestRanksAreOnesThatHappened(t *testing.T) {
	var lengths []time.Duration
	for i := range 11 {
		lengths = append(lengths, time.Duration(i+1)*time.Hour)
	}
	if got := measured(lengths); got != (Measure{11, 6 * time.Hour, 10 * time.Hour, 11 * time.Hour}) {
		t.Errorf("measured(1 h to 11 h) = %+v", got)
	}
}

func TestMistakesAreTold(t *testing.T) {
	w := newWorld(t)
	if _, err := w.Report(t.Context(), Query{By: "colour"}); err == nil || !strings.Contains(err.Error(), "month, field or place") {
		t.Errorf("by colour: %v", err)
	}
	if _, err := w.ParseMonth("11/2026"); err == nil || !strings.Contains(err.Error(), "2026-11") {
		t.Errorf("month 11/2026: %v", err)
	}
	if got, err := w.Report(t.Context(), Query{}); err != nil || got.Total.Stories != 0 || got.Groups == nil {
		t.Errorf("an empty desk: %+v, %v", got, err)
	}
}
