package coverage

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// entry is one article of a small archive.
type entry struct {
	at     time.Time
	values map[Dimension]string
	copied bool
}

// shelf is an archive of entries. Of queries it knows none but "" and one filter, as Spike.Filter writes it.
type shelf struct {
	entries []entry
	partial []string
	asked   []Ask
}

func (s *shelf) Tally(_ context.Context, ask Ask) (Tally, error) {
	s.asked = append(s.asked, ask)
	t := Tally{Articles: make([]int, ask.Cells()), Copies: make([]int, ask.Cells()), By: map[Dimension]map[string][]int{}, Names: map[string]string{}, Partial: s.partial}
	for _, d := range ask.By {
		t.By[d] = map[string][]int{}
	}
	name, value, filtered := strings.Cut(ask.Query, ":")
	for _, e := range s.entries {
		cell := int(e.at.Sub(ask.From) / ask.Cell)
		if e.at.Before(ask.From) || !e.at.Before(ask.To) || filtered && e.values[Dimension(name)] != value {
			continue
		}
		if e.copied {
			t.Copies[cell]++
			if !ask.Copies {
				continue
			}
		}
		t.Articles[cell]++
		for _, d := range ask.By {
			if v := e.values[d]; v != "" {
				if t.By[d][v] == nil {
					t.By[d][v] = make([]int, ask.Cells())
				}
				t.By[d][v][cell]++
			}
		}
	}
	for id := range t.By[Outlet] {
		t.Names[id] = strings.ToUpper(id)
	}
	return t, nil
}

// add puts n articles of a topic onto the shelf, of two outlets in turn.
func (s *shelf) add(at time.Time, n int, topic string) {
	for i := range n {
		s.entries = append(s.entries, entry{at: at.Add(time.Duration(i) * time.Second), values: map[Dimension]string{Topic: topic, Outlet: []string{"song", "nui"}[i%2], Language: "vi"}})
	}
}

var sunday = time.Date(2026, 11, 22, 20, 0, 0, 0, Zone)

func reporter(s *shelf) *Coverage {
	return New(s, Deps{Now: func() time.Time { return sunday }, Name: func(_ Dimension, id, language string) string { return id + "/" + language }})
}

func report(t *testing.T, s *shelf, r Request) Report {
	t.Helper()
	out, err := reporter(s).Report(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestTwoPeriodsSideBySide(t *testing.T) {
	var s shelf
	monday := Midnight(sunday).AddDate(0, 0, -6)
	s.add(monday.Add(9*time.Hour), 30, "flood")
	s.add(monday.Add(-time.Second), 50, "outside") // begins a second too early, the rest lies within
	s.add(monday.AddDate(0, 0, -7).Add(9*time.Hour), 10, "flood")
	s.add(monday.AddDate(0, 0, -6), 10, "sport")
	s.entries = append(s.entries, entry{at: monday.Add(10 * time.Hour), copied: true, values: map[Dimension]string{Topic: "flood", Outlet: "song"}})
	got := report(t, &s, Request{By: []Dimension{Topic, Outlet}})
	if !got.From.Equal(monday) || !got.Before.Equal(monday.AddDate(0, 0, -7)) || got.Unit != "day" || len(got.Bars) != 7 {
		t.Fatalf("from %s, before %s, %d bars of a %s", got.From, got.Before, len(got.Bars), got.Unit)
	}
	if got.Articles != (Count{79, 20}) || got.Copies != (Count{1, 0}) || got.Bars[0].Count != (Count{79, 10}) || got.Bars[1].Count != (Count{0, 10}) {
		t.Errorf("articles %v, copies %v, bars %v", got.Articles, got.Copies, got.Bars)
	}
	var values []string
	for _, v := range got.By[0].Values {
		values = append(values, fmt.Sprintf("%s %s %d %d %.2f %.2f %d", v.ID, v.Name.In("en"), v.Now, v.Before, v.Share, v.ShareBefore, v.Bars[0]))
	}
	if diff := cmp.Diff([]string{"outside outside/en 49 0 0.62 0.00 49", "flood flood/en 30 10 0.38 0.50 30", "sport sport/en 0 10 0.00 0.50 0"}, values); diff != "" {
		t.Errorf("topics (-want +got):\n%s", diff)
	}
	if got.By[1].Values[0].Name != (Words{"NUI", "NUI"}) {
		t.Errorf("an outlet is called %v", got.By[1].Values[0].Name)
	}
	if len(got.Rose) != 1 || got.Rose[0].ID != "outside" || len(got.Fell) != 1 || got.Fell[0].ID != "sport" {
		t.Errorf("rose %v, fell %v: shares are compared, and floods tripled without taking a larger one", got.Rose, got.Fell)
	}
	if all := report(t, &s, Request{Copies: true}); all.Articles.Now != 80 {
		t.Errorf("with copies %d articles, want 80", all.Articles.Now)
	}
}

func TestShareOfVoice(t *testing.T) {
	var s shelf
	monday := Midnight(sunday).AddDate(0, 0, -6)
	s.add(monday, 30, "flood")
	s.add(monday.AddDate(0, 0, 1), 10, "drought")
	s.add(monday.AddDate(0, 0, -7), 5, "drought")
	var got []string
	for _, v := range report(t, &s, Request{Query: "topic:flood", Beside: []string{"topic:drought", " "}}).Voices {
		got = append(got, fmt.Sprintf("%s %d %d %.2f %.2f %v", v.Query, v.Now, v.Before, v.Share, v.ShareBefore, v.Bars[:2]))
	}
	if diff := cmp.Diff([]string{"topic:flood 30 0 0.75 0.00 [30 0]", "topic:drought 10 5 0.25 1.00 [0 10]"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestToneAddsStancesUp(t *testing.T) {
	var s shelf
	for _, stance := range []string{"carries", "carries", "unclear", "disputed", "denies", "reports-penalty", "reports-debunk"} {
		s.entries = append(s.entries, entry{at: sunday.Add(-time.Hour), values: map[Dimension]string{Stance: stance}})
	}
	var got []string
	for _, tone := range report(t, &s, Request{}).Tone {
		got = append(got, fmt.Sprint(tone.Name, " ", tone.Now, " ", tone.Bars[6]))
	}
	if diff := cmp.Diff([]string{"repeats 2 2", "doubts 2 2", "answers 3 3"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestBarsFitOnAPage(t *testing.T) {
	for _, tt := range []struct {
		days, bars int
		unit       string
		first      string
	}{
		{1, 24, "hour", "2026-11-21"}, {3, 72, "hour", "2026-11-19"}, {4, 4, "day", "2026-11-18"}, {93, 93, "day", "2026-08-21"}, {94, 14, "week", "2026-08-17"}, {730, 25, "month", "2024-11-01"},
	} {
		to := Midnight(sunday)
		r := Request{From: to.AddDate(0, 0, -tt.days), To: to}
		got := report(t, &shelf{}, r)
		if got.Unit != tt.unit || len(got.Bars) != tt.bars || got.Bars[0].From.Format(time.DateOnly) != tt.first {
			t.Errorf("%d days: %d bars of a %s from %s, want %d of a %s from %s", tt.days, len(got.Bars), got.Unit, got.Bars[0].From.Format(time.DateOnly), tt.bars, tt.unit, tt.first)
		}
	}
}

func TestRequestsThatCannotBeAnswered(t *testing.T) {
	for name, r := range map[string]Request{
		"ends before it begins":   {From: sunday, To: sunday.Add(-time.Hour)},
		"a century":               {From: sunday.AddDate(-100, 0, 0), To: sunday},
		"a clock that is no time": {Clock: "noon"},
		"a person":                {By: []Dimension{"author"}},
		"too many":                {Top: MaxTop + 1},
		"too many voices":         {Beside: make([]string, mostVoices+1)},
	} {
		if _, err := reporter(&shelf{}).Report(t.Context(), r); !errors.Is(err, ErrRequest) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhatWasLeftOutIsSaid(t *testing.T) {
	s := shelf{partial: []string{"the search took too long"}}
	got := report(t, &s, Request{})
	if len(got.Partial) == 0 || got.Judged {
		t.Errorf("partial %q, judged %v: half a count would make the other half a spike", got.Partial, got.Judged)
	}
}

func TestRowsForASpreadsheet(t *testing.T) {
	var s shelf
	s.add(Midnight(sunday), 3, "flood")
	rows := report(t, &s, Request{From: Midnight(sunday).AddDate(0, 0, -6), By: []Dimension{Topic}, Beside: []string{"topic:flood"}}).Rows("en")
	want := [][]string{
		{"day", "", "", "2026-11-22 00:00:00", "3", "0", "", ""},
		{"voice", "", "topic:flood", "", "3", "0", "1.0000", "0.0000"},
		{"topic", "flood", "flood/en", "", "3", "0", "1.0000", "0.0000"},
	}
	if diff := cmp.Diff(want, rows[6:]); diff != "" || len(rows[0]) != len(Columns) {
		t.Error(diff)
	}
}
