package saved

import (
	"context"
	"fmt"
	"time"

	"haidang/internal/query"
)

// Issue is what a search tells at once: one article of a live search, or the list of a day or a week that is over.
type Issue struct {
	From  time.Time // of a list: when its period begins
	At    time.Time // when it is told
	Rings []Ring    // newest first
}

// Limits of what is told of one search.
const (
	maxIssues     = 50
	maxIssueRings = 2_000
)

// morning is when lists are told, when the day before is over and somebody is there to read.
const morning = 6 * time.Hour

// Issues returns a search that somebody sees, and what it has told, newest first.
func (s *Saved) Issues(ctx context.Context, owner, id string) (Search, []Issue, error) {
	all, err := s.List(ctx, owner)
	if err != nil {
		return Search{}, nil, err
	}
	var one *Search
	for i := range all {
		if all[i].ID == id {
			one = &all[i]
		}
	}
	if one == nil {
		return Search{}, nil, ErrNotFound
	}
	rows, err := s.deps.DB.Query(ctx, `SELECT `+ringColumns+` WHERE m.search_id = ? AND m.rings > 0 ORDER BY m.at DESC, m.article_id LIMIT ?`, id, maxIssueRings)
	if err != nil {
		return Search{}, nil, fmt.Errorf("issues of %q: %w", id, err)
	}
	rings, err := scanRings(rows)
	if err != nil {
		return Search{}, nil, err
	}
	return *one, one.Schedule.issues(rings, s.deps.Now()), nil
}

// issues puts rings, newest first, into what was told of them by now.
func (c Schedule) issues(rings []Ring, now time.Time) []Issue {
	var out []Issue
	for _, r := range rings {
		from, at := c.period(r.At)
		if at.After(now) {
			continue // not over yet
		}
		if n := len(out); c != Live && n > 0 && out[n-1].From.Equal(from) {
			out[n-1].Rings = append(out[n-1].Rings, r)
			continue
		}
		if len(out) == maxIssues {
			break
		}
		out = append(out, Issue{From: from, At: at, Rings: []Ring{r}})
	}
	return out
}

// period returns when the period of a moment begins, and when it is told.
func (c Schedule) period(t time.Time) (from, told time.Time) {
	day := midnight(t.In(query.Zone))
	switch c {
	case Daily:
		return day, day.AddDate(0, 0, 1).Add(morning)
	case Weekly:
		monday := day.AddDate(0, 0, -(int(day.Weekday())+6)%7)
		return monday, monday.AddDate(0, 0, 7).Add(morning)
	}
	return t, t
}
