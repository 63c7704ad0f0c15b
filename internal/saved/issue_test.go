package saved

import (
	"errors"
	"testing"
	"time"

	"haidang/internal/query"
)

func TestListsAreToldWhenTheirTimeIsOver(t *testing.T) {
	at := func(s string) time.Time {
		when, err := time.ParseInLocation("2006-01-02 15:04", s, query.Zone)
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	// Newest first: Monday is 2026-11-16.
	rings := []Ring{{At: at("2026-11-18 05:00")}, {At: at("2026-11-17 23:59")}, {At: at("2026-11-17 00:00")}, {At: at("2026-11-15 23:59")}, {At: at("2026-11-09 00:00")}}
	for _, tt := range []struct {
		schedule Schedule
		now      string
		want     []int // rings in each issue
	}{
		{Live, "2026-11-18 05:00", []int{1, 1, 1, 1, 1}},
		{Daily, "2026-11-18 05:59", []int{1, 1}},
		{Daily, "2026-11-18 06:00", []int{2, 1, 1}},
		{Daily, "2026-11-19 06:00", []int{1, 2, 1, 1}},
		{Weekly, "2026-11-22 23:00", []int{2}},
		{Weekly, "2026-11-23 06:00", []int{3, 2}},
		{Weekly, "2026-11-16 05:59", nil},
	} {
		got := tt.schedule.issues(rings, at(tt.now))
		ok := len(got) == len(tt.want)
		for i := range min(len(got), len(tt.want)) {
			ok = ok && len(got[i].Rings) == tt.want[i]
		}
		if !ok {
			t.Errorf("%s at %s: %+v, want %v", tt.schedule, tt.now, got, tt.want)
		}
	}
}

func TestIssuesAreForThoseWhoSeeTheSearch(t *testing.T) {
	r := newRoom(t)
	mine := r.add("lan", "Đập", "đập", Daily, "")
	r.handle(r.live(-24*60, "A", "Vỡ đập"), r.live(-1, "A", "Vỡ đập"))
	s, issues, err := r.Issues(t.Context(), "lan", mine.ID)
	if err != nil || s.Name != "Đập" || len(issues) != 1 || issues[0].Rings[0].ArticleID != "a001" {
		t.Errorf("issues %+v, %v", issues, err)
	}
	if _, _, err := r.Issues(t.Context(), "an", mine.ID); !errors.Is(err, ErrNotFound) {
		t.Errorf("somebody else's search: %v", err)
	}
}
