package coverage

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// rhythm is a press of weeks: each hour of the day has its number of articles, weekends half of it.
func rhythm(weeks int) *shelf {
	var s shelf
	chance := rand.New(rand.NewPCG(6, 6))
	for at := Midnight(sunday).AddDate(0, 0, -7*weeks); at.Before(sunday); at = at.Add(time.Hour) {
		n := 6 + 5*math.Sin(float64(at.Hour()-8)/24*2*math.Pi)
		if at.Weekday() == time.Saturday || at.Weekday() == time.Sunday {
			n /= 2
		}
		s.add(at, poisson(chance, n), "daily")
	}
	return &s
}

// poisson draws a number whose mean is given (Knuth).
func poisson(chance *rand.Rand, mean float64) (n int) {
	for p := chance.Float64(); p > math.Exp(-mean); n++ {
		p *= chance.Float64()
	}
	return n
}

func TestARhythmIsNoSpike(t *testing.T) {
	got := report(t, rhythm(10), Request{From: Midnight(sunday).AddDate(0, 0, -6), To: sunday})
	if len(got.Spikes) > 0 || !got.Judged {
		t.Errorf("judged %v, spikes in ordinary weeks: %v", got.Judged, got.Spikes)
	}
}

func TestASpikeIsToldInWords(t *testing.T) {
	s := rhythm(10)
	at := time.Date(2026, 11, 19, 14, 0, 0, 0, Zone)
	s.add(at, 40, "burst")
	s.add(at.AddDate(0, 0, -14), 300, "burst") // one earlier event hides nothing
	got := report(t, s, Request{})
	if len(got.Spikes) != 2 || got.Spikes[0].ID != "burst" && got.Spikes[1].ID != "burst" {
		t.Fatalf("spikes %+v, want one of everything and one of the topic", got.Spikes)
	}
	for _, one := range got.Spikes {
		if !one.From.Equal(at) || !one.To.Equal(at.Add(time.Hour)) || one.Outlets != 2 {
			t.Errorf("%s from %s to %s by %d outlets", one.ID, one.From, one.To, one.Outlets)
		}
		if one.ID != "burst" {
			continue
		}
		want := Words{
			"burst/vi: 40 bài của 2 báo từ 14:00 đến 15:00 ngày 19/11/2026; cùng giờ, cùng thứ thường gần như không có bài nào (trung vị của 8 tuần trước). Các bản sao không tính.",
			"burst/en: 40 articles of 2 outlets from 14:00 to 15:00 on 19/11/2026; the same hours of the same weekday usually bring hardly any (median of 8 weeks before). Copies are left out.",
		}
		if one.Said != want {
			t.Errorf("said %q\nwant %q", one.Said, want)
		}
	}
}

func TestCopiesAndOneOutletAreNoSpike(t *testing.T) {
	s := rhythm(10)
	at := time.Date(2026, 11, 19, 14, 0, 0, 0, Zone)
	for i := range 200 {
		values := map[Dimension]string{Topic: "copied", Outlet: "song"}
		s.entries = append(s.entries, entry{at: at.Add(time.Duration(i) * time.Second), values: values, copied: true})
		if i < 30 { // an outlet that empties a drawer
			s.entries = append(s.entries, entry{at: at, values: map[Dimension]string{Topic: "drawer", Outlet: "song"}})
		}
	}
	for _, one := range report(t, s, Request{}).Spikes {
		if one.ID != "" {
			t.Errorf("a spike: %s", one.Said.EN)
		}
	}
}

func TestAYoungArchiveIsNotJudged(t *testing.T) {
	s := rhythm(3)
	s.add(sunday.Add(-time.Hour), 100, "burst")
	if got := report(t, s, Request{}); got.Judged || len(got.Spikes) > 0 {
		t.Errorf("judged %v by three weeks: %v", got.Judged, got.Spikes)
	}
}

func TestWeeksThatWereNotWatchedDoNotCount(t *testing.T) {
	s := rhythm(10)
	gap := Midnight(sunday).AddDate(0, 0, -7*5)
	var kept []entry
	for _, e := range s.entries {
		if e.at.Before(gap) || e.at.After(gap.AddDate(0, 0, 14)) {
			kept = append(kept, e)
		}
	}
	s.entries = kept
	at := time.Date(2026, 11, 19, 14, 0, 0, 0, Zone)
	s.add(at, 40, "burst")
	for _, one := range report(t, s, Request{}).Spikes {
		if one.Weeks != 6 {
			t.Errorf("judged by %d weeks, six were watched: %s", one.Weeks, one.Said.EN)
		}
	}
}

func TestSurprise(t *testing.T) {
	for _, tt := range []struct {
		n         int
		usual     []int
		low, high float64
	}{
		{5, []int{5, 5, 5, 5}, -.01, .01},
		{1, []int{0, 0, 0, 0}, 1, 1.2},            // one article where there is none is chance
		{40, []int{10, 11, 9, 10, 500}, 5.5, 7},   // one earlier event does not widen what is usual
		{40, []int{2, 60, 5, 45, 10, 30}, 0, 2.5}, // what jumps about anyway surprises nobody
		{0, []int{10, 10, 10, 10}, -6, -4},
	} {
		if got := surprise(tt.n, tt.usual); got < tt.low || got > tt.high {
			t.Errorf("surprise(%d, %v) = %.2f, want %.2f to %.2f", tt.n, tt.usual, got, tt.low, tt.high)
		}
	}
}
