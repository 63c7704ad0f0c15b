package alerting

import (
	"testing"
	"time"

	"haidang/internal/article"
)

// After a pause, a rumour and its denial may come with one poll, the denial first: what counts is when each appeared.
func TestTheClockFollowsPublicationWithinOnePoll(t *testing.T) {
	published := func(before time.Duration) func(*article.Article) {
		return func(a *article.Article) { a.Published = a.FirstSeen.Add(-before) }
	}
	denial := func(a *article.Article) {
		a.Verdict.Rings, a.Verdict.Claims[0].Rings = false, false
		a.Verdict.Claims[0].Stance, a.Verdict.Claims[0].Silent = article.Denies, answered
	}
	d := newTestDesk(t, nil)
	d.handle(about("dam", "a2", "B", 0, tellingB, denial, published(time.Hour)))
	d.handle(about("dam", "a1", "A", 1, tellingA, published(5*time.Hour)))
	s := d.stories()
	if len(s) != 1 || !s[0].Answered() {
		t.Fatalf("stories = %+v", s)
	}
	if got, want := s[0].Unanswered(d.now), 4*time.Hour-time.Minute; got != want {
		t.Errorf("unanswered for %v, want %v", got, want)
	}
	at, err := d.StoriesAt(t.Context(), d.now.Add(time.Hour), Filter{})
	if err != nil || len(at) != 1 || at[0].Unanswered(d.now) != s[0].Unanswered(d.now) {
		t.Errorf("as of a moment: %+v, %v", at, err)
	}
}

func TestAppeared(t *testing.T) {
	seen := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name            string
		published, want time.Time
	}{
		{"an hour before", seen.Add(-time.Hour), seen.Add(-time.Hour)},
		{"not given", time.Time{}, seen},
		{"in the future", seen.Add(time.Minute), seen},
		{"too long ago to be believed", seen.Add(-100 * time.Hour), seen},
	} {
		if got := appeared(tt.published, seen); !got.Equal(tt.want) {
			t.Errorf("%s: appeared = %v, want %v", tt.name, got, tt.want)
		}
	}
}
