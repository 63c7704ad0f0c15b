package alerting

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"haidang/internal/article"
)

// home is where a new article belongs.
type home struct {
	storyID   string // "" for a story of its own
	movedFrom string // the merged story through which it came here
	copyOf    string // the article that it copies, seen before it
	original  string // the article that turns out to be a copy of it, seen after it
}

// candidate is a story of the same claim within the window.
type candidate struct {
	id, mergedInto string
	state          State
	points         float64 // of the article telling of its event; of no meaning where it is not asked
}

// home finds the story of a new article: that of a near-identical text with the same claim; or else, within the
// window, the nearest story with the same claim. A pattern of no national scope is many rumours, so its story must tell of
// the same event, and the likest one is taken: see kin. Titles alone decide nothing.
func (t *take) home(ctx context.Context, p pair) (home, error) {
	h, err := t.twin(ctx, p)
	if err != nil || h.storyID != "" {
		return h, err
	}
	find := t.nearest
	if p.manyRumours() {
		find = t.kin
	}
	span := t.cfg.Window.Std()
	c, err := find(ctx, p, p.seen.Add(-span), p.seen.Add(span))
	if err == nil && c.state == StateMerged {
		return home{storyID: c.mergedInto, movedFrom: c.id}, nil
	}
	return home{storyID: c.id}, err
}

// manyRumours reports whether the claim of a pair is a kind of rumour, each of which is a story of its own.
func (p pair) manyRumours() bool { return p.m.Pattern && !p.m.National }

// nearest returns the story of a claim, within a span, that is nearest in time to an article.
func (t *take) nearest(ctx context.Context, p pair, from, to time.Time) (candidate, error) {
	type story struct {
		candidate
		first, last time.Time
	}
	rows, err := t.tx.Query(ctx, `SELECT id, merged_into, state, first_seen, last_seen FROM stories WHERE claim_id = ? AND last_seen >= ? AND first_seen <= ? ORDER BY last_seen DESC, id`,
		p.id, toMillis(from), toMillis(to))
	if err != nil {
		return candidate{}, fmt.Errorf("look for a story: %w", err)
	}
	stories, err := collect(rows, "look for a story", func(row scanner) (story, error) {
		var s story
		err := row.Scan(&s.id, &s.mergedInto, &s.state, millis{&s.first}, millis{&s.last})
		return s, err
	})
	if err != nil || len(stories) == 0 {
		return candidate{}, err
	}
	distance := func(s story) time.Duration { return max(0, s.first.Sub(p.seen), p.seen.Sub(s.last)) }
	return slices.MinFunc(stories, func(a, b story) int { return cmp.Compare(distance(a), distance(b)) }).candidate, nil
}

func shareAny(a, b []string) bool {
	return slices.ContainsFunc(a, func(v string) bool { return slices.Contains(b, v) })
}

// storyFor returns the story of a new article, making it where there is none. Its ID follows from the article that
// opened it.
func (t *take) storyFor(ctx context.Context, p pair, h home) (*Story, error) {
	if h.storyID != "" {
		return t.story(ctx, h.storyID)
	}
	s := &Story{
		ID: shortHash("story", p.id, p.a.ID), ClaimID: p.id, Severity: article.Info, State: StateNew, Version: 1,
		Places: []string{}, Languages: []string{}, CreatedAt: t.now,
	}
	return s, t.saveStory(ctx, s)
}
