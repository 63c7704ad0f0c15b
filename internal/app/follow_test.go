package app

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"haidang/index"
	"haidang/internal/article"
)

// A search that is followed tells what comes in later, once, oldest first, also what was seen earlier and took longer.
func TestFollowTellsEachArticleOnce(t *testing.T) {
	start := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	var shelf []index.Hit
	put := func(id string, seen time.Time) {
		shelf = append(shelf, index.Hit{Article: article.Article{ID: id, FirstSeen: seen}})
	}
	put("old", start.Add(-time.Minute))
	rounds := 0
	steps := [][]func(){
		{func() { put("b", start.Add(2*time.Second)) }, func() { put("a", start.Add(time.Second)) }},
		{},
		{func() { put("late", start.Add(-2*time.Minute)) }},
		{func() { put("c", start.Add(time.Hour)) }},
	}
	tick := make(chan time.Time, len(steps)+1)
	for range steps {
		tick <- start
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var told []string
	f := follower{seen: map[string]time.Time{}, tell: func(h *index.Hit) error { told = append(told, h.ID); return nil }}
	f.search = func(_ context.Context, r index.Request) (index.Result, error) {
		if r.After == "" && rounds > 0 {
			for _, step := range steps[min(rounds, len(steps))-1] {
				step()
			}
		}
		if r.After == "" {
			rounds++
		}
		if rounds > len(steps) {
			defer cancel()
		}
		var hits []index.Hit
		for _, h := range shelf {
			if !h.FirstSeen.Before(r.From) {
				hits = append(hits, h)
			}
		}
		slices.SortFunc(hits, func(a, b index.Hit) int { return b.FirstSeen.Compare(a.FirstSeen) })
		if r.After == "" && len(hits) > 1 { // a second page
			return index.Result{Hits: hits[:1], Next: "more"}, nil
		}
		if r.After != "" {
			hits = hits[1:]
		}
		return index.Result{Hits: hits}, nil
	}
	if err := f.run(ctx, start, tick); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if want := []string{"a", "b", "late", "c"}; !slices.Equal(told, want) {
		t.Errorf("told %q, want %q", told, want)
	}
}

func TestFollowWithoutARunningProcess(t *testing.T) {
	if err := Follow(t.Context(), t.TempDir(), index.Request{}, nil); err == nil {
		t.Error("nothing runs there, and nobody was told")
	}
}
