package crawler

import (
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"haidang/internal/store"
)

// A Monday, midnight in UTC.
var monday = time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)

// history fills weeks of hours: what a source shows in each hour of the week, 0 to 167 from Monday.
func history(weeks int, items func(week, hour int) int64) map[int64]int64 {
	out := map[int64]int64{}
	for w := range weeks {
		for h := range 168 {
			if n := items(w, h); n > 0 {
				out[hourOf(monday.Add(time.Duration(-(weeks-w)*168+h)*time.Hour))] = n
			}
		}
	}
	return out
}

// office shows three items an hour from 7 to 18 on working days, and nothing else.
func office(_, hour int) int64 {
	if day, h := hour/24, hour%24; day < 5 && h >= 7 && h < 18 {
		return 3
	}
	return 0
}

func TestSilenceIsJudgedByTheSourcesOwnRhythm(t *testing.T) {
	around := func(_, _ int) int64 { return 2 }
	rare := func(_, hour int) int64 { // Tuesdays and Fridays at nine
		if hour == 33 || hour == 105 {
			return 1
		}
		return 0
	}
	bursts := func(week, hour int) int64 { // a hundred items once a day, at an hour that wanders
		if hour%24 == (hour/24+week*5)%24 {
			return 100
		}
		return 0
	}
	for _, tt := range []struct {
		name     string
		weeks    int
		items    func(week, hour int) int64
		from     time.Duration // from Monday, midnight
		silent   time.Duration
		want     bool
		expected int // at least
	}{
		{"office hours, over night", 4, office, 17*time.Hour + 30*time.Minute, 14 * time.Hour, false, 0},
		{"office hours, over the weekend", 4, office, 113 * time.Hour, 62 * time.Hour, false, 0},
		{"office hours, a silent morning", 4, office, 9 * time.Hour, 5 * time.Hour, true, 10},
		{"office hours, Tuesday silent until noon", 4, office, 17*time.Hour + 59*time.Minute, 20 * time.Hour, true, 10},
		{"day and night, an hour", 4, around, 30 * time.Hour, time.Hour, false, 0},
		{"day and night, six hours", 4, around, 30 * time.Hour, 6 * time.Hour, true, 10},
		{"twice a week, two days", 5, rare, 34 * time.Hour, 48 * time.Hour, false, 0},
		{"bursts, half a day", 4, bursts, 10 * time.Hour, 12 * time.Hour, false, 0},
		{"too young for a rhythm of its own: half a day", 1, around, 10 * time.Hour, 12 * time.Hour, false, 0},
		{"too young for a rhythm of its own: two days", 1, around, 10 * time.Hour, 48 * time.Hour, true, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			from := monday.Add(tt.from)
			hours := history(tt.weeks, tt.items)
			h := SourceHealth{Tier: 1, LastItem: from, LastPoll: from.Add(tt.silent), LastSuccess: from.Add(tt.silent)}
			if got := h.judge(hours, from.Add(tt.silent)); (got == StateQuiet) != tt.want || h.Expected < tt.expected {
				t.Errorf("state %s, expected %d items; want quiet: %t, at least %d", got, h.Expected, tt.want, tt.expected)
			}
		})
	}
}

// A healthy source must not ring: weeks of an ordinary rhythm, judged at every hour.
func TestOrdinaryWeeksDoNotRing(t *testing.T) {
	for name, items := range map[string]func(week, hour int) int64{
		"office": office,
		"sparse": func(week, hour int) int64 { // about four a day, at hours that change
			if (hour*7+week*13)%6 == 0 && hour%24 > 5 {
				return 1
			}
			return 0
		},
	} {
		hours := history(8, items)
		for at := monday.Add(-5 * 7 * 24 * time.Hour); at.Before(monday); at = at.Add(time.Hour) {
			last := at
			for hours[hourOf(last)] == 0 {
				last = last.Add(-time.Hour)
			}
			past := map[int64]int64{}
			for h, n := range hours {
				if h <= hourOf(last) {
					past[h] = n
				}
			}
			h := SourceHealth{Tier: 3, LastItem: last, LastPoll: at, LastSuccess: at}
			if h.judge(past, at) == StateQuiet {
				t.Errorf("%s rings at %s, %v after its last item", name, at.Format("Mon 15:04"), at.Sub(last))
			}
		}
	}
}

// What a source brings is counted by the hour; its silence is in health, in the metrics and told in words.
func TestQuietSourceIsAnAlarm(t *testing.T) {
	s, now, reg := newSite(t), newClock(), prometheus.NewRegistry()
	s.show("/rss", "text/xml", s.feedOf("Một|/1.html|a"))
	c := newCrawler(t, testConfig(s), &recorder{}, now)
	c.metrics = newMetrics(reg)
	if err := c.pollAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	now.add(time.Hour)
	s.show("/rss", "text/xml", s.feedOf("Một|/1.html|a", "Hai|/2.html|b"))
	if err := c.pollAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	hours, err := c.state.hours(t.Context(), now.now().Add(-historySpan))
	if err != nil || len(hours["s0"]) != 1 || hours["s0"][hourOf(now.now())] != 1 {
		t.Errorf("hours = %v, %v: the first poll says nothing of the rhythm, the second brought one item", hours, err)
	}
	err = c.state.db.InTx(t.Context(), func(tx *store.Tx) error { // three weeks before it, an item an hour
		for i := range 21 * 24 {
			if err := countHour(t.Context(), tx, "s0", now.now().Add(-time.Duration(i+1)*time.Hour), 1); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		after time.Duration
		want  State
		gauge float64
	}{{time.Hour, StateOK, 0}, {8 * time.Hour, StateQuiet, 1}} {
		now.add(step.after)
		if err := c.pollAll(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := c.judge(t.Context()); err != nil {
			t.Fatal(err)
		}
		health, err := c.Health(t.Context())
		if err != nil || health[0].State != step.want {
			t.Fatalf("after %v: %+v, %v", step.after, health, err)
		}
		if got := gauge(t, reg, "haidang_crawler_source_quiet", "s0"); got != step.gauge {
			t.Errorf("after %v the gauge is %v", step.after, got)
		}
		if step.want == StateQuiet && (!strings.Contains(health[0].Words("vi"), "khoảng 9 tin") || !strings.Contains(health[0].Words("en"), "about 9 items")) {
			t.Errorf("told as %q", health[0].Words("vi"))
		}
	}
}

// gauge reads a gauge with one label.
func gauge(t *testing.T, reg *prometheus.Registry, name, label string) float64 {
	t.Helper()
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			if f.GetName() == name && len(m.GetLabel()) == 1 && m.GetLabel()[0].GetValue() == label {
				return m.GetGauge().GetValue()
			}
		}
	}
	t.Fatalf("no series of %s for %s", name, label)
	return 0
}
