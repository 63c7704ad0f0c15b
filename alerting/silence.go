package alerting

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Silence keeps notifications for a time: the stories that it is about are on the desk, as suppressed, and nobody is told.
type Silence struct {
	ID       string
	Match    Match
	Author   string
	Reason   string
	StoryID  string // that it was made from; empty: from none
	StartsAt time.Time
	EndsAt   time.Time
	EndedBy  string // who ended it before its time
	Holds    int    // how many stories it holds back now; only [Desk.Silences] tells it
}

// longestSilence is the longest that one may last, and wait: one for ever would be forgotten.
const longestSilence = 7 * 24 * time.Hour

// What people do to silences, in the audit trail.
const (
	BeginSilence Action = "silence"
	EndSilence   Action = "end_silence"
)

// AddSilence begins a silence, at once or at its StartsAt, and returns it with its ID. One that makes no sense, or that
// says what another one says already, is a [Refusal].
func (d *Desk) AddSilence(ctx context.Context, s Silence) (Silence, error) {
	now := d.now()
	s.Author, s.Reason = strings.TrimSpace(s.Author), clip(cleanNote(s.Reason), maxTitle)
	if s.StartsAt.Before(now) {
		s.StartsAt = now
	}
	if code := s.check(now); code != "" {
		return s, &Refusal{Code: code, Action: BeginSilence, StoryID: s.StoryID}
	}
	err := d.change(ctx, func(t *take) error { return t.addSilence(ctx, &s) })
	return s, err
}

// check returns the code of a refusal.
func (s *Silence) check(now time.Time) string {
	switch {
	case s.Match.empty() || s.Match.validate("silence") != nil || !storable(s.Match.String(), s.StoryID):
		return refuseBlind
	case s.Author == "" || !storable(s.Author):
		return refuseActor
	case s.Reason == "":
		return refuseNote
	case !s.EndsAt.After(now) || !s.EndsAt.After(s.StartsAt) || s.EndsAt.Sub(s.StartsAt) > longestSilence || s.StartsAt.Sub(now) > longestSilence:
		return refuseSilenceEnd
	}
	return ""
}

func (t *take) addSilence(ctx context.Context, s *Silence) error {
	matcher, err := jsonOf(s.Match)
	if err != nil {
		return err
	}
	var by string
	err = t.tx.QueryRow(ctx, `SELECT author FROM silences WHERE matcher = ? AND ends_at > ? ORDER BY ends_at DESC LIMIT 1`, matcher, toMillis(t.now)).Scan(&by)
	if err == nil {
		return &Refusal{Code: refuseSilenced, Action: BeginSilence, StoryID: s.StoryID, By: by}
	} else if !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("look for the same silence: %w", err)
	}
	s.ID = shortHash("silence", matcher, s.Author, t.now.String())[:8]
	_, err = t.tx.Exec(ctx, `INSERT INTO silences (id, matcher, author, reason, story_id, starts_at, ends_at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		s.ID, matcher, s.Author, s.Reason, s.StoryID, toMillis(s.StartsAt), toMillis(s.EndsAt))
	if err != nil {
		return fmt.Errorf("store the silence: %w", err)
	}
	return t.audit(ctx, &AuditEntry{Actor: s.Author, StoryID: s.StoryID, Action: BeginSilence, Note: s.Reason}, acted{Silence: s.ID, About: s.Match.String(), Until: s.EndsAt})
}

// EndSilence ends a silence now, before its time: the stories that it held back come back at once. One that holds no
// more is a [Refusal] that names who ended it.
func (d *Desk) EndSilence(ctx context.Context, id, actor string) error {
	if actor == "" || !storable(actor, id) {
		return &Refusal{Code: refuseActor, Action: EndSilence}
	}
	return d.change(ctx, func(t *take) error {
		s, err := scanSilence(t.tx.QueryRow(ctx, `SELECT `+silenceColumns+`, 0 FROM silences WHERE id = ?`, id))
		if errors.Is(err, sql.ErrNoRows) || err == nil && !s.EndsAt.After(t.now) {
			return &Refusal{Code: refuseSilenceOver, Action: EndSilence, By: s.EndedBy}
		} else if err != nil {
			return fmt.Errorf("read the silence: %w", err)
		}
		if _, err := t.tx.Exec(ctx, `UPDATE silences SET ends_at = ?, ended_by = ? WHERE id = ?`, toMillis(t.now), actor, id); err != nil {
			return fmt.Errorf("end the silence: %w", err)
		}
		if _, err := t.tx.Exec(ctx, `UPDATE stories SET until_at = ? WHERE state = 'suppressed' AND suppressed_by = ?`, toMillis(t.now), silencedBy(id)); err != nil {
			return fmt.Errorf("let the stories come back: %w", err)
		}
		return t.audit(ctx, &AuditEntry{Actor: actor, StoryID: s.StoryID, Action: EndSilence}, acted{Silence: id, About: s.Match.String()})
	})
}

// Silences lists those that ended, or will end, after a moment: the one that ends last first.
func (d *Desk) Silences(ctx context.Context, after time.Time) ([]Silence, error) {
	rows, err := d.db.Query(ctx, `SELECT `+silenceColumns+`, (SELECT COUNT(*) FROM stories s WHERE s.state = 'suppressed' AND s.suppressed_by = 'silence:' || silences.id)
		FROM silences WHERE ends_at > ? ORDER BY ends_at DESC, id LIMIT ?`, toMillis(after), maxLimit)
	if err != nil {
		return nil, fmt.Errorf("list silences: %w", err)
	}
	return collect(rows, "list silences", scanSilence)
}

// WouldHold lists the stories that a silence about m would have held back, had it begun at a moment: the latest first. It
// judges each by the article that was its first, as the silence would have.
func (d *Desk) WouldHold(ctx context.Context, m Match, since time.Time) ([]Story, error) {
	first := map[string]*Alert{}
	rows, err := d.db.Query(ctx, `SELECT `+alertColumns+` FROM alerts a WHERE EXISTS (SELECT 1 FROM stories s WHERE s.id = a.story_id AND s.first_article = a.article_id AND s.rang_at >= ?)`, toMillis(since))
	if err != nil {
		return nil, fmt.Errorf("read what rang: %w", err)
	}
	alerts, err := collect(rows, "read what rang", scanAlert)
	if err != nil {
		return nil, err
	}
	for i := range alerts {
		first[alerts[i].StoryID] = &alerts[i]
	}
	if rows, err = d.db.Query(ctx, `SELECT `+storyColumns+` FROM stories WHERE rang_at >= ? AND state <> 'merged' ORDER BY rang_at DESC, id`, toMillis(since)); err != nil {
		return nil, fmt.Errorf("read what rang: %w", err)
	}
	stories, err := collect(rows, "read what rang", scanStory)
	return slices.DeleteFunc(stories, func(s Story) bool {
		ok, _ := m.holds(factsOf(&s, first[s.ID]))
		return !ok
	}), err
}

const silenceColumns = `id, matcher, author, reason, story_id, starts_at, ends_at, ended_by`

func scanSilence(row scanner) (Silence, error) {
	var s Silence
	err := row.Scan(&s.ID, list{&s.Match}, &s.Author, &s.Reason, &s.StoryID, millis{&s.StartsAt}, millis{&s.EndsAt}, &s.EndedBy, &s.Holds)
	return s, err
}

func silencedBy(id string) string { return "silence:" + id }

// hold is why a story that would ring is held back, and until when.
type hold struct {
	by    string // "silence:ID", or "story:ID" of the one that makes it unimportant
	until time.Time
}

// inhibited is for how long an inhibition holds before it is looked at again.
const inhibited = time.Hour

// held finds out whether a story that would ring is silenced or inhibited.
func (t *take) held(ctx context.Context, s *Story, f Facts) (*hold, error) {
	rows, err := t.tx.Query(ctx, `SELECT `+silenceColumns+`, 0 FROM silences WHERE starts_at <= ? AND ends_at > ? ORDER BY ends_at DESC`,
		toMillis(t.now), toMillis(t.now))
	if err != nil {
		return nil, fmt.Errorf("read silences: %w", err)
	}
	silences, err := collect(rows, "read silences", scanSilence)
	if err != nil {
		return nil, err
	}
	for _, silence := range silences {
		if ok, _ := silence.Match.holds(f); ok {
			return &hold{silencedBy(silence.ID), silence.EndsAt}, nil
		}
	}
	for i := range t.cfg.Inhibit {
		by, err := t.inhibits(ctx, &t.cfg.Inhibit[i], s, f)
		if err != nil || by != "" {
			return &hold{"story:" + by, t.now.Add(inhibited)}, err
		}
	}
	return nil, nil
}

// inhibits returns the open story that makes another one unimportant by a rule.
func (t *take) inhibits(ctx context.Context, rule *Inhibition, s *Story, f Facts) (string, error) {
	if ok, _ := rule.Mute.holds(f); !ok {
		return "", nil
	}
	rows, err := t.tx.Query(ctx, `SELECT `+storyColumns+` FROM stories WHERE rang_at > ? AND id <> ? AND state NOT IN ('closed', 'merged', 'suppressed')
		ORDER BY rang_at DESC LIMIT ?`, toMillis(t.now.Add(-t.cfg.Window.Std())), s.ID, maxLimit)
	if err != nil {
		return "", fmt.Errorf("look for what inhibits: %w", err)
	}
	open, err := collect(rows, "look for what inhibits", scanStory)
	if err != nil {
		return "", err
	}
	for i := range open {
		o := &open[i]
		if ok, _ := rule.When.holds(factsOf(o, nil)); ok && rule.same(o, s) {
			return o.ID, nil
		}
	}
	return "", nil
}

// same reports whether two stories share what a rule asks for.
func (r *Inhibition) same(a, b *Story) bool {
	for _, what := range r.Same {
		switch what {
		case "field":
			if a.Field != b.Field {
				return false
			}
		case "claim":
			if a.ClaimID != b.ClaimID {
				return false
			}
		case "place":
			if !slices.ContainsFunc(a.Places, func(p string) bool { return slices.Contains(b.Places, p) }) {
				return false
			}
		}
	}
	return true
}

// suppress puts a story that would ring into its side state.
func (t *take) suppress(ctx context.Context, s *Story, h *hold) error {
	to, refusal := next(Suppress, s.State, s.StateBefore)
	if refusal != "" {
		return nil // somebody has it in hand: nobody is rung for it anyhow
	}
	was := s.State
	t.enter(s, to, Suppress)
	s.SuppressedBy, s.UntilAt = h.by, h.until
	return t.record(ctx, s, &AuditEntry{Actor: systemActor, Action: Suppress, Was: was}, acted{From: h.by, Until: h.until})
}
