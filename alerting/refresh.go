package alerting

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"
)

// maxPlaces bounds the places of a story: one that names more is a list, not an event.
const maxPlaces = 64

// refresh returns the story as its articles now make it. Counting them anew, instead of adding one, is what keeps the
// numbers right through edits, copies found late and, one day, unmerging.
func (t *take) refresh(ctx context.Context, before *Story, p pair) (*Story, error) {
	s := *before
	if p.m != nil && p.m.Version >= s.ClaimVersion {
		s.ClaimVersion, s.StatementVI, s.StatementEN = p.m.Version, clip(p.m.StatementVI, maxLead), clip(p.m.StatementEN, maxLead)
		s.Field, s.Severity, s.Pattern = clip(p.m.Field, maxTitle), p.m.Severity, p.m.Pattern
		s.Verdict, s.DecidedBy = clip(p.m.Verdict, maxTitle), clip(p.m.DecidedBy, maxTitle)
	}
	s.Places = merged(before.Places, p)
	return &s, t.recount(ctx, &s)
}

// recount sets what follows from the articles of a story. A story that was merged has none and keeps its numbers.
func (t *take) recount(ctx context.Context, s *Story) error {
	for _, step := range []func(context.Context, *Story) error{t.tally, t.first, t.answer, t.languages} {
		if err := step(ctx, s); err != nil {
			return fmt.Errorf("count story %s: %w", s.ID, err)
		}
	}
	return nil
}

func merged(places []string, p pair) []string {
	out := slices.Clone(places)
	if p.m == nil {
		return out
	}
	for _, place := range p.a.Verdict.Places {
		if len(out) < maxPlaces && !slices.Contains(out, place) {
			out = append(out, place)
		}
	}
	return out
}

func (t *take) tally(ctx context.Context, s *Story) error {
	return t.tx.QueryRow(ctx, `SELECT
			COUNT(DISTINCT CASE WHEN role = 'carries' THEN article_id END),
			COUNT(DISTINCT CASE WHEN role = 'carries' AND copy_of <> '' THEN article_id END),
			COUNT(DISTINCT CASE WHEN role = 'carries' AND copy_of = '' THEN outlet END),
			COALESCE(MAX(CASE WHEN role = 'carries' THEN score ELSE 0 END), 0),
			COUNT(DISTINCT CASE WHEN role = 'answers' THEN article_id END),
			MAX(seen)
		FROM alerts WHERE story_id = ?`, s.ID).
		Scan(&s.Articles, &s.Copies, &s.Outlets, &s.MaxScore, &s.Answers, millis{&s.LastSeen})
}

// first finds the first carrying article; while there is none, the first of any role.
func (t *take) first(ctx context.Context, s *Story) error {
	var published time.Time
	err := t.tx.QueryRow(ctx, `SELECT seen, published, article_id, outlet, title, url FROM alerts WHERE story_id = ?
		ORDER BY CASE role WHEN 'carries' THEN 0 WHEN 'answers' THEN 1 ELSE 2 END, seen, article_id LIMIT 1`, s.ID).
		Scan(millis{&s.FirstSeen}, millis{&published}, &s.FirstArticle, &s.FirstOutlet, &s.FirstTitle, &s.FirstURL)
	s.Appeared = appeared(published, s.FirstSeen)
	return err
}

// believable is how long before we saw it an article may say that it was published.
const believable = 72 * time.Hour

// appeared is when readers could first see an article: its publication where that can be believed, else when we saw it.
// Two articles that came with one poll are told apart by it.
func appeared(published, seen time.Time) time.Time {
	if published.IsZero() || published.After(seen) || seen.Sub(published) > believable {
		return seen
	}
	return published
}

func (t *take) answer(ctx context.Context, s *Story) error {
	var published time.Time
	err := t.tx.QueryRow(ctx, `SELECT seen, published, article_id, outlet, title, url, stance FROM alerts WHERE story_id = ? AND role = 'answers'
		ORDER BY seen, article_id LIMIT 1`, s.ID).
		Scan(millis{&s.AnsweredAt}, millis{&published}, &s.AnswerArticle, &s.AnswerOutlet, &s.AnswerTitle, &s.AnswerURL, &s.AnswerStance)
	if errors.Is(err, sql.ErrNoRows) {
		none := Story{}
		s.AnsweredAt, s.AnswerAppeared, s.AnswerArticle, s.AnswerOutlet = none.AnsweredAt, none.AnswerAppeared, "", ""
		s.AnswerTitle, s.AnswerURL, s.AnswerStance = "", "", ""
		return nil
	}
	s.AnswerAppeared = appeared(published, s.AnsweredAt)
	return err
}

func (t *take) languages(ctx context.Context, s *Story) error {
	rows, err := t.tx.Query(ctx, `SELECT DISTINCT language FROM alerts WHERE story_id = ? AND role = 'carries' AND language <> '' ORDER BY language`, s.ID)
	if err != nil {
		return err
	}
	s.Languages, err = collect(rows, "read languages", func(row scanner) (string, error) {
		var v string
		err := row.Scan(&v)
		return v, err
	})
	return err
}
