package index

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

func TestFreshness(t *testing.T) {
	now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	last := 1.1
	for _, age := range []time.Duration{-time.Hour, 0, 24 * time.Hour, freshHalf, 365 * 24 * time.Hour, 50 * 365 * 24 * time.Hour} {
		f := freshness(now.Add(-age), now)
		if f > last || f > 1 || f < freshKept {
			t.Errorf("freshness after %v is %v", age, f)
		}
		last = f
	}
	if f := freshness(now.Add(-freshHalf), now); f < 0.64 || f > 0.66 {
		t.Errorf("freshness after a half-life is %v", f)
	}
}

func TestByFreshness(t *testing.T) {
	x := open(t, testConfig(t))
	for n := range 90 {
		a := made(n, "Lũ về", "Nước lũ dâng ở bến sông.")
		a.Published = start.AddDate(0, 0, -n)
		put(t, x, a)
	}
	better := made(95, "Nước lũ, nước lũ", "Nước lũ dâng, nước lũ dâng ở bến sông.")
	better.Published = start.AddDate(0, 0, -10)
	put(t, x, better)
	for _, src := range []string{"nước lũ", "lũ", `"nước lũ" OR vàng`} {
		req := Request{Query: src, Sort: ByFreshness, Limit: 20}
		all, first := pagesOf(t, x, req)
		if len(all) != 91 || len(slices.Compact(sorted(all))) != 91 || first.Total != 91 {
			t.Errorf("%s: %d hits on all pages, of %d", src, len(all), first.Total)
		}
		if at := slices.Index(all, "a00000"); at > 1 {
			t.Errorf("%s: the newest stands at %d", src, at)
		}
		if slices.Index(all, "a00003") > slices.Index(all, "a00080") {
			t.Errorf("%s: of two that match alike the older stands above", src)
		}
	}
	if got := ids(find(t, x, Request{Query: "nước lũ", Sort: ByRelevance})); got[0] != "a00095" {
		t.Errorf("by relevance the best is %v", got[:3])
	}
}

// A word in the lead counts for more than one far below.
func TestWordsOfTheLeadCount(t *testing.T) {
	x := open(t, testConfig(t))
	body := "Tin trong ngày. "
	for n := range 3 {
		a := made(n, fmt.Sprint("Bản tin ", n), body+"Ở cuối bài có nói về thuỷ điện.")
		if n == 1 {
			a.Lead, a.Text = "Ở cuối bài có nói về thuỷ điện.", body
		}
		a.Revise()
		put(t, x, a)
	}
	if got := ids(find(t, x, Request{Query: "thuỷ điện", Sort: ByRelevance})); len(got) != 3 || got[0] != "a00001" {
		t.Errorf("hits %v", got)
	}
}
