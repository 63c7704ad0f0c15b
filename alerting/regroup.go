package alerting

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"
)

// What the desk decides about stories outlasts the next duplicate: a merged story sends its new articles on to the one
// that took it in, an article that was moved takes its copies along, and both remember the way back.

// merge takes a story's articles into another one. It returns the code of a refusal.
func (t *take) merge(ctx context.Context, s *Story, into, actor string) (string, error) {
	target, err := t.story(ctx, into)
	if errors.Is(err, sql.ErrNoRows) || err == nil && (target.ID == s.ID || target.State == StateMerged) {
		return refuseInto, nil
	} else if err != nil {
		return "", err
	}
	_, err = t.tx.Exec(ctx, `UPDATE alerts SET moved_from = CASE WHEN moved_from = '' THEN story_id ELSE moved_from END, story_id = ? WHERE story_id = ?`, into, s.ID)
	if err != nil {
		return "", fmt.Errorf("move the articles: %w", err)
	}
	// What was merged into this one earlier goes along.
	if _, err := t.tx.Exec(ctx, `UPDATE stories SET merged_into = ? WHERE merged_into = ?`, into, s.ID); err != nil {
		return "", fmt.Errorf("move merged stories: %w", err)
	}
	s.MergedInto = into
	if target.RangAt.IsZero() || !s.RangAt.IsZero() && s.RangAt.Before(target.RangAt) {
		target.RangAt = s.RangAt
	}
	if s.Severity.Rank() < target.Severity.Rank() {
		target.Severity = s.Severity
	}
	for _, place := range s.Places {
		if len(target.Places) < maxPlaces && !slices.Contains(target.Places, place) {
			target.Places = append(target.Places, place)
		}
	}
	return "", t.regrouped(ctx, target, &AuditEntry{Actor: actor, Action: Merge}, acted{From: s.ID})
}

// unmerge takes a story's articles back: those it had, and those that came through it since.
func (t *take) unmerge(ctx context.Context, s *Story) error {
	target, err := t.story(ctx, s.MergedInto)
	if err != nil {
		return err
	}
	if _, err := t.tx.Exec(ctx, `UPDATE alerts SET story_id = moved_from, moved_from = '' WHERE story_id = ? AND moved_from = ?`, target.ID, s.ID); err != nil {
		return fmt.Errorf("move the articles back: %w", err)
	}
	s.MergedInto = ""
	if err := t.recount(ctx, s); err != nil {
		return err
	}
	return t.regrouped(ctx, target, nil, acted{})
}

// regrouped counts a story anew after articles came or went, and saves it. A nil entry means that the other story's line
// in the audit trail tells it.
func (t *take) regrouped(ctx context.Context, s *Story, e *AuditEntry, detail acted) error {
	if err := t.recount(ctx, s); err != nil {
		return err
	}
	if e == nil {
		e = &AuditEntry{Actor: systemActor, Action: Unmerge}
	}
	e.Was = s.State
	return t.record(ctx, s, e, detail)
}

// none is the time of what has not happened.
var none time.Time

// systemActor acts where no person does.
const systemActor = "haidang"

// Regroup moves articles of a story to another one, or to a story of their own.
type Regroup struct {
	Story    Ref      `json:"story"`
	Articles []string `json:"articles"` // IDs; their copies go along
	Into     string   `json:"into"`     // the ID of another story; "" splits them off as a new one
	Actor    string   `json:"-"`
	Note     string   `json:"note"`
}

// Move does a [Regroup] and returns the story that holds the articles now.
func (d *Desk) Move(ctx context.Context, m Regroup) (Story, error) {
	c := Command{Action: Comment, Actor: m.Actor, Note: m.Note, Stories: []Ref{m.Story}}
	if refusal := d.check(&c); refusal != "" && refusal != refuseNote {
		return Story{}, &Refusal{Code: refusal, StoryID: m.Story.ID, Action: Split}
	}
	m.Note = c.Note
	var out *Story
	err := d.change(ctx, func(t *take) (err error) {
		out, err = t.move(ctx, &m)
		return err
	})
	if err != nil {
		var refusal *Refusal
		if errors.As(err, &refusal) {
			return Story{}, refusal
		}
		return Story{}, fmt.Errorf("move articles of story %s: %w", m.Story.ID, err)
	}
	return *out, nil
}

// Split and MoveHere name in the audit trail what happened to articles, from either side.
const (
	Split    Action = "split"     // articles left the story
	MoveHere Action = "move_here" // articles came
)

func (t *take) move(ctx context.Context, m *Regroup) (*Story, error) {
	from, err := t.story(ctx, m.Story.ID)
	refuse := func(code string) error {
		return &Refusal{Code: code, StoryID: m.Story.ID, Action: Split}
	}
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, refuse(refuseGone)
	case err != nil:
		return nil, err
	case m.Story.Version != 0 && m.Story.Version != from.Version:
		return nil, refuse(refuseConflict)
	}
	ids, err := t.withCopies(ctx, from.ID, m.Articles)
	if err != nil {
		return nil, err
	}
	if len(ids) == 0 || len(ids) >= from.Articles+from.Answers {
		return nil, refuse(refuseArticles)
	}
	to, err := t.destination(ctx, from, m.Into, ids)
	if err != nil {
		return nil, err
	}
	if to == nil || to.ID == from.ID || to.State == StateMerged {
		return nil, refuse(refuseInto)
	}
	// A copy whose original stays behind is the original of its own story from now on.
	_, err = t.tx.Exec(ctx, `UPDATE alerts SET story_id = ?, moved_from = '', copy_of = CASE WHEN copy_of IN (`+marks(len(ids))+`) THEN copy_of ELSE '' END
		WHERE story_id = ? AND article_id IN (`+marks(len(ids))+`)`, slices.Concat([]any{to.ID}, ids, []any{from.ID}, ids)...)
	if err != nil {
		return nil, err
	}
	for _, step := range []struct {
		s      *Story
		action Action
		detail acted
	}{{from, Split, acted{Into: to.ID}}, {to, MoveHere, acted{From: from.ID}}} {
		for _, id := range ids {
			step.detail.Articles = append(step.detail.Articles, id.(string))
		}
		if err := t.regrouped(ctx, step.s, &AuditEntry{Actor: m.Actor, Action: step.action, Note: m.Note}, step.detail); err != nil {
			return nil, err
		}
	}
	return to, nil
}

// withCopies returns the IDs of articles of a story and of their copies in it.
func (t *take) withCopies(ctx context.Context, storyID string, articles []string) ([]any, error) {
	if len(articles) == 0 || len(articles) > lookup {
		return nil, nil
	}
	ids := make([]any, len(articles))
	for i, id := range articles {
		ids[i] = id
	}
	rows, err := t.tx.Query(ctx, `SELECT DISTINCT article_id FROM alerts WHERE story_id = ? AND (article_id IN (`+marks(len(ids))+`) OR copy_of IN (`+marks(len(ids))+`)) ORDER BY article_id`,
		slices.Concat([]any{storyID}, ids, ids)...)
	if err != nil {
		return nil, err
	}
	return collect(rows, "read the articles", func(row scanner) (any, error) {
		var id string
		err := row.Scan(&id)
		return id, err
	})
}

// destination returns the story to which articles go; nil where there is none.
func (t *take) destination(ctx context.Context, from *Story, into string, ids []any) (*Story, error) {
	if into != "" {
		s, err := t.story(ctx, into)
		if errors.Is(err, sql.ErrNoRows) {
			return nil, nil
		}
		return s, err
	}
	s := *from
	s.ID = shortHash("split", from.ID, fmt.Sprint(t.seq), ids[0].(string))
	s.State, s.StateBefore, s.Owner, s.Outcome, s.Noise = StateNew, "", "", "", ""
	s.Version, s.CreatedAt, s.ReopenedFor, s.SuppressedBy = 1, t.now, "", ""
	s.UntilAt, s.EscalateAt, s.AcknowledgedAt, s.RespondedAt, s.ClosedAt = none, none, none, none, none
	return &s, t.saveStory(ctx, &s)
}
