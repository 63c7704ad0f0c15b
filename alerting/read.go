package alerting

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

const storyColumns = `id, claim_id, claim_version, statement_vi, statement_en, field, severity, pattern, verdict, decided_by,
	state, owner, places, first_seen, first_article, first_outlet, first_title, first_url, last_seen,
	articles, copies, outlets, languages, max_score, answers,
	answered_at, answer_article, answer_outlet, answer_title, answer_url, answer_stance,
	rang_at, created_at, updated_at, seq, appeared, answer_appeared,
	version, state_before, outcome, noise, merged_into, suppressed_by, reopened_for,
	until_at, escalate_at, called, acknowledged_at, responded_at, closed_at, known_outlets`

type scanner interface{ Scan(dest ...any) error }

func scanStory(row scanner) (Story, error) {
	var s Story
	var pattern int64
	err := row.Scan(&s.ID, &s.ClaimID, &s.ClaimVersion, &s.StatementVI, &s.StatementEN, &s.Field, &s.Severity, &pattern, &s.Verdict, &s.DecidedBy,
		&s.State, &s.Owner, list{&s.Places}, millis{&s.FirstSeen}, &s.FirstArticle, &s.FirstOutlet, &s.FirstTitle, &s.FirstURL, millis{&s.LastSeen},
		&s.Articles, &s.Copies, &s.Outlets, list{&s.Languages}, &s.MaxScore, &s.Answers,
		millis{&s.AnsweredAt}, &s.AnswerArticle, &s.AnswerOutlet, &s.AnswerTitle, &s.AnswerURL, &s.AnswerStance,
		millis{&s.RangAt}, millis{&s.CreatedAt}, millis{&s.UpdatedAt}, &s.Seq, millis{&s.Appeared}, millis{&s.AnswerAppeared},
		&s.Version, &s.StateBefore, &s.Outcome, &s.Noise, &s.MergedInto, &s.SuppressedBy, &s.ReopenedFor,
		millis{&s.UntilAt}, millis{&s.EscalateAt}, &s.Called, millis{&s.AcknowledgedAt}, millis{&s.RespondedAt}, millis{&s.ClosedAt}, &s.KnownOutlets)
	s.Pattern = pattern != 0
	return s, err
}

// millis reads a time stored as Unix milliseconds; 0 is the zero time.
type millis struct{ t *time.Time }

// Scan implements sql.Scanner.
func (m millis) Scan(v any) error {
	ms, ok := v.(int64)
	if !ok {
		return fmt.Errorf("a time is stored as %T", v)
	}
	*m.t = time.Time{}
	if ms != 0 {
		*m.t = time.UnixMilli(ms).UTC()
	}
	return nil
}

// toMillis is the stored form of a time.
func toMillis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// list reads a value stored as JSON.
type list struct{ v any }

// Scan implements sql.Scanner.
func (l list) Scan(v any) error {
	switch v := v.(type) {
	case string:
		return json.Unmarshal([]byte(v), l.v)
	case []byte:
		return json.Unmarshal(v, l.v)
	}
	return fmt.Errorf("a list is stored as %T", v)
}

const (
	defaultLimit = 100
	maxLimit     = 1000
)

func bounded(limit int) int {
	if limit <= 0 {
		return defaultLimit
	}
	return min(limit, maxLimit)
}

// Stories lists stories, the one that rang last first; quiet ones, where they are asked for, by their last article.
func (d *Desk) Stories(ctx context.Context, f Filter) ([]Story, error) {
	where, args := f.where()
	query := `SELECT ` + storyColumns + ` FROM stories WHERE ` + where +
		` ORDER BY CASE WHEN rang_at > 0 THEN rang_at ELSE last_seen END DESC, id LIMIT ? OFFSET ?`
	rows, err := d.db.Query(ctx, query, append(args, bounded(f.Limit), max(0, f.Offset))...)
	if err != nil {
		return nil, fmt.Errorf("list stories: %w", err)
	}
	stories, err := collect(rows, "list stories", scanStory)
	return d.asDecided(ctx, stories, err)
}

func (f Filter) where() (string, []any) {
	clauses, args := []string{"1 = 1"}, []any{}
	add := func(clause string, values ...any) {
		clauses, args = append(clauses, clause), append(args, values...)
	}
	if !f.Quiet {
		add("rang_at > 0")
	}
	if !f.Merged && !slices.Contains(f.States, StateMerged) {
		add("state <> 'merged'")
	}
	if f.Owner != "" {
		add("owner = ?", f.Owner)
	}
	if f.Unanswered {
		add("answered_at = 0")
	}
	if f.ClaimID != "" {
		add("claim_id = ?", f.ClaimID)
	}
	if !f.Since.IsZero() {
		add("last_seen >= ?", toMillis(f.Since))
	}
	if !f.Until.IsZero() {
		add("first_seen < ?", toMillis(f.Until))
	}
	if !f.RangBefore.IsZero() {
		add("rang_at < ?", toMillis(f.RangBefore))
	}
	for _, in := range []struct {
		column string
		values []any
	}{{"state", anys(f.States)}, {"severity", anys(f.Severities)}, {"field", anys(f.Fields)}} {
		if len(in.values) > 0 {
			add(in.column+" IN ("+marks(len(in.values))+")", in.values...)
		}
	}
	return strings.Join(clauses, " AND "), args
}

func anys[T ~string](values []T) []any {
	out := make([]any, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return out
}

func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?, ", n), ", ") }

func collect[T any](rows *sql.Rows, what string, scan func(scanner) (T, error)) ([]T, error) {
	defer func() { _ = rows.Close() }() // rows.Err has the error that matters
	out := []T{}
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", what, err)
		}
		out = append(out, v)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	return out, nil
}

// Story returns one story with its articles, events and deliveries, or [ErrNotFound].
func (d *Desk) Story(ctx context.Context, id string) (StoryDetail, error) {
	var out StoryDetail
	var err error
	what := fmt.Sprintf("read story %q", id)
	out.Story, err = scanStory(d.db.QueryRow(ctx, `SELECT `+storyColumns+` FROM stories WHERE id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return out, fmt.Errorf("%s: %w", what, ErrNotFound)
	} else if err != nil {
		return out, fmt.Errorf("%s: %w", what, err)
	}
	rows, err := d.db.Query(ctx, `SELECT `+alertColumns+` FROM alerts a WHERE story_id = ? ORDER BY seen, article_id`, id)
	if err != nil {
		return out, fmt.Errorf("%s: %w", what, err)
	}
	if out.Alerts, err = collect(rows, what, scanAlert); err != nil {
		return out, err
	}
	if rows, err = d.db.Query(ctx, `SELECT `+eventColumns+` FROM events WHERE story_id = ? ORDER BY seq`, id); err != nil {
		return out, fmt.Errorf("%s: %w", what, err)
	}
	if out.Events, err = collect(rows, what, scanEvent); err != nil {
		return out, err
	}
	if out.Deliveries, err = d.deliveries(ctx, `story_id = ? ORDER BY created_at, id`, id); err != nil {
		return out, err
	}
	if out.Related, err = d.related(ctx, &out.Story); err != nil {
		return out, err
	}
	known, err := d.decided(ctx)
	known.tell(&out.Story)
	for i := range out.Related {
		known.tell(&out.Related[i])
	}
	return out, err
}

// For how long stories of one claim are shown beside each other, and how many.
const (
	relatedFor  = 7 * 24 * time.Hour
	mostRelated = 10
)

// related returns the stories of the same claim around one.
func (d *Desk) related(ctx context.Context, s *Story) ([]Story, error) {
	rows, err := d.db.Query(ctx, `SELECT `+storyColumns+` FROM stories WHERE claim_id = ? AND id <> ? AND rang_at > 0 AND state <> 'merged' AND last_seen >= ? AND first_seen <= ?
		ORDER BY ABS(first_seen - ?), id LIMIT ?`, s.ClaimID, s.ID, toMillis(s.FirstSeen.Add(-relatedFor)), toMillis(s.LastSeen.Add(relatedFor)), toMillis(s.FirstSeen), mostRelated)
	if err != nil {
		return nil, fmt.Errorf("read related stories: %w", err)
	}
	return collect(rows, "read related stories", scanStory)
}

const alertColumns = `claim_id, article_id, story_id, role, stance, score, url, outlet, country, title, lead, language,
	published, seen, origin, revision, moved_from, tier, copy_of, places, topics, rules_version, parts, snippets, credit, feed_only,
	(SELECT COUNT(DISTINCT r.revision) - 1 FROM alert_readings r WHERE r.claim_id = a.claim_id AND r.article_id = a.article_id)`

func scanAlert(row scanner) (Alert, error) {
	var a Alert
	var feedOnly int64
	err := row.Scan(&a.ClaimID, &a.ArticleID, &a.StoryID, &a.Role, &a.Stance, &a.Score, &a.URL, &a.Outlet, &a.Country, &a.Title, &a.Lead, &a.Language,
		millis{&a.Published}, millis{&a.FirstSeen}, &a.Origin, &a.Revision, &a.MovedFrom, &a.Tier, &a.CopyOf, list{&a.Places}, list{&a.Topics}, &a.RulesVersion,
		list{&a.Parts}, list{&a.Snippets}, &a.Credit, &feedOnly, &a.Edits)
	a.FeedOnly = feedOnly != 0
	return a, err
}

const eventColumns = `seq, at, kind, rings, story_id, article_id, detail`

func scanEvent(row scanner) (Event, error) {
	var e Event
	var rings int64
	err := row.Scan(&e.Seq, millis{&e.At}, &e.Kind, &rings, &e.StoryID, &e.ArticleID, &e.Detail)
	e.Rings = rings != 0
	return e, err
}

// Events lists what happened after an event, oldest first. Begin with [Counts.LastSeq] to hear only what is new.
func (d *Desk) Events(ctx context.Context, afterSeq int64, limit int) ([]Event, error) {
	rows, err := d.db.Query(ctx, `SELECT `+eventColumns+` FROM events WHERE seq > ? ORDER BY seq LIMIT ?`, afterSeq, bounded(limit))
	if err != nil {
		return nil, fmt.Errorf("list events: %w", err)
	}
	return collect(rows, "list events", scanEvent)
}

// Rings lists the events that rang, the latest first.
func (d *Desk) Rings(ctx context.Context, limit int) ([]Event, error) {
	rows, err := d.db.Query(ctx, `SELECT `+eventColumns+` FROM events WHERE rings = 1 ORDER BY seq DESC LIMIT ?`, bounded(limit))
	if err != nil {
		return nil, fmt.Errorf("list rings: %w", err)
	}
	return collect(rows, "list rings", scanEvent)
}

const deliveryColumns = `id, receiver, story_id, route, change, state, attempts, next_at, last_error, created_at, sent_at`

func scanDelivery(row scanner) (Delivery, error) {
	var v Delivery
	err := row.Scan(&v.ID, &v.Receiver, &v.StoryID, &v.Route, &v.Change, &v.State, &v.Attempts,
		millis{&v.NextAt}, &v.LastError, millis{&v.CreatedAt}, millis{&v.SentAt})
	return v, err
}

// Deliveries lists notifications in a state, oldest first.
func (d *Desk) Deliveries(ctx context.Context, state DeliveryState, limit int) ([]Delivery, error) {
	return d.deliveries(ctx, `state = ? ORDER BY created_at, id LIMIT ?`, string(state), bounded(limit))
}

func (d *Desk) deliveries(ctx context.Context, where string, args ...any) ([]Delivery, error) {
	rows, err := d.db.Query(ctx, `SELECT `+deliveryColumns+` FROM outbox WHERE `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("list deliveries: %w", err)
	}
	return collect(rows, "list deliveries", scanDelivery)
}
