package alerting

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"haidang/internal/article"
	"haidang/internal/text"
)

// home is where a new article belongs.
type home struct {
	storyID   string // "" for a story of its own
	movedFrom string // the merged story through which it came here
	copyOf    string // the article that it copies, seen before it
	original  string // the article that turns out to be a copy of it, seen after it
}

// home finds the story of a new article: that of a near-identical text with the same claim; or else, within the
// window, the nearest story with the same claim. A pattern of no national scope is many rumours, so its story must be about
// the same one: see tellingThe. Titles alone decide nothing.
func (t *take) home(ctx context.Context, p pair) (home, error) {
	h, err := t.twin(ctx, p)
	if err != nil || h.storyID != "" {
		return h, err
	}
	span := t.cfg.Window.Std()
	rows, err := t.tx.Query(ctx, `SELECT `+storyColumns+` FROM stories WHERE claim_id = ? AND last_seen >= ? AND first_seen <= ? ORDER BY last_seen DESC, id`,
		p.id, toMillis(p.seen.Add(-span)), toMillis(p.seen.Add(span)))
	if err != nil {
		return home{}, fmt.Errorf("look for a story: %w", err)
	}
	stories, err := collect(rows, "look for a story", scanStory)
	if err != nil {
		return home{}, err
	}
	slices.SortStableFunc(stories, func(a, b Story) int { return cmp.Compare(distance(&a, p.seen), distance(&b, p.seen)) })
	var told map[string]bool
	if p.m.Pattern && !p.m.National && len(stories) > 0 {
		if told, err = t.tellingThe(ctx, p, p.seen.Add(-span), p.seen.Add(span)); err != nil {
			return home{}, err
		}
	}
	for i := range stories {
		same := !p.m.Pattern || p.m.National || told[stories[i].ID]
		if same && stories[i].State == StateMerged {
			return home{storyID: stories[i].MergedInto, movedFrom: stories[i].ID}, nil
		}
		if same {
			return home{storyID: stories[i].ID}, nil
		}
	}
	return home{}, nil
}

func shareAny(a, b []string) bool {
	return slices.ContainsFunc(a, func(v string) bool { return slices.Contains(b, v) })
}

// distance is how far a moment lies outside a story.
func distance(s *Story, at time.Time) time.Duration {
	return max(0, s.FirstSeen.Sub(at), at.Sub(s.LastSeen))
}

// twin looks for a near-identical text with the same claim among the articles that are not copies themselves.
func (t *take) twin(ctx context.Context, p pair) (home, error) {
	mine, err := text.ParseFingerprint(p.a.Fingerprint)
	if err != nil || len(mine) == 0 {
		return home{}, nil // a text without a fingerprint is like no other
	}
	span := t.cfg.CopyWindow.Std()
	rows, err := t.tx.Query(ctx, `SELECT article_id, story_id, moved_from, seen, fingerprint FROM alerts
		WHERE claim_id = ? AND copy_of = '' AND seen >= ? AND seen <= ? AND role <> ? AND fingerprint <> ''`,
		p.id, toMillis(p.seen.Add(-span)), toMillis(p.seen.Add(span)), string(RoleWithdrawn))
	if err != nil {
		return home{}, fmt.Errorf("look for copies: %w", err)
	}
	type original struct {
		id, story, from, print string
		seen                   time.Time
	}
	originals, err := collect(rows, "look for copies", func(row scanner) (original, error) {
		var o original
		err := row.Scan(&o.id, &o.story, &o.from, millis{&o.seen}, &o.print)
		return o, err
	})
	if err != nil {
		return home{}, err
	}
	var best home
	closest := t.cfg.CopySimilarity
	for _, o := range originals {
		theirs, err := text.ParseFingerprint(o.print)
		if err != nil {
			continue // written by another version: no evidence of a copy
		}
		similarity := text.Similarity(mine, theirs)
		if similarity < closest || (similarity == closest && best.storyID != "") {
			continue
		}
		closest = similarity
		if best = (home{storyID: o.story, movedFrom: o.from, copyOf: o.id}); p.seen.Before(o.seen) {
			best = home{storyID: o.story, movedFrom: o.from, original: o.id}
		}
	}
	return best, nil
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
