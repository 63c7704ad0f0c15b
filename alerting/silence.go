package alerting

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Silence holds stories back for a time: they are on the desk, as suppressed, and nobody is told.
type Silence struct {
	ID       string
	Match    Match
	Author   string
	Reason   string
	StartsAt time.Time
	EndsAt   time.Time
}

// longestSilence is the longest that one may last: one for ever would be forgotten.
const longestSilence = 7 * 24 * time.Hour

// AddSilence begins a silence and returns it with its ID.
func (d *Desk) AddSilence(ctx context.Context, s Silence) (Silence, error) {
	now := d.now()
	s.Author, s.Reason = strings.TrimSpace(s.Author), strings.TrimSpace(s.Reason)
	switch {
	case s.Match.empty():
		return s, errors.New("a silence about everything is no silence but blindness: say what it is about")
	case s.Author == "" || s.Reason == "":
		return s, errors.New("a silence needs an author and a reason")
	case !s.EndsAt.After(now):
		return s, errors.New("a silence must end in the future")
	case s.EndsAt.Sub(now) > longestSilence:
		return s, fmt.Errorf("a silence lasts %d days at most", longestSilence/(24*time.Hour))
	}
	if err := s.Match.validate("silence"); err != nil {
		return s, err
	}
	if s.StartsAt.Before(now) {
		s.StartsAt = now
	}
	matcher, err := json.Marshal(s.Match)
	if err != nil {
		return s, err
	}
	s.ID = shortHash("silence", string(matcher), s.Author, now.String())[:8]
	_, err = d.db.Exec(ctx, `INSERT INTO silences (id, matcher, author, reason, starts_at, ends_at) VALUES (?, ?, ?, ?, ?, ?)`,
		s.ID, string(matcher), clip(s.Author, maxTitle), clip(s.Reason, maxTitle), toMillis(s.StartsAt), toMillis(s.EndsAt))
	if err != nil {
		return s, fmt.Errorf("store the silence: %w", err)
	}
	return s, nil
}

// EndSilence ends a silence now: the stories that it held back come back at once.
func (d *Desk) EndSilence(ctx context.Context, id string) error {
	return d.change(ctx, func(t *take) error {
		res, err := t.tx.Exec(ctx, `UPDATE silences SET ends_at = ? WHERE id = ? AND ends_at > ?`, toMillis(t.now), id, toMillis(t.now))
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, fmt.Errorf("no silence %q holds now", id))
		}
		_, err = t.tx.Exec(ctx, `UPDATE stories SET until_at = ? WHERE state = 'suppressed' AND suppressed_by = ?`, toMillis(t.now), silencedBy(id))
		return err
	})
}

// Silences lists those that hold now or will.
func (d *Desk) Silences(ctx context.Context) ([]Silence, error) {
	rows, err := d.db.Query(ctx, `SELECT id, matcher, author, reason, starts_at, ends_at FROM silences WHERE ends_at > ? ORDER BY ends_at, id`, toMillis(d.now()))
	if err != nil {
		return nil, fmt.Errorf("list silences: %w", err)
	}
	return collect(rows, "list silences", scanSilence)
}

func scanSilence(row scanner) (Silence, error) {
	var s Silence
	err := row.Scan(&s.ID, list{&s.Match}, &s.Author, &s.Reason, millis{&s.StartsAt}, millis{&s.EndsAt})
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
	rows, err := t.tx.Query(ctx, `SELECT id, matcher, author, reason, starts_at, ends_at FROM silences WHERE starts_at <= ? AND ends_at > ? ORDER BY ends_at DESC`,
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
