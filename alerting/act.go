package alerting

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"haidang/internal/store"
)

const (
	maxNote    = 4000 // characters of a note
	maxBulk    = 500  // stories of one command
	snoozeMost = 7 * 24 * time.Hour
)

// Ref names a story as somebody saw it. A Version that is not the story's any more is refused: somebody else was
// faster. 0 acts on whatever it is now.
type Ref struct {
	ID      string `json:"id"`
	Version int64  `json:"version"`
}

// Command is one action of one person on one story or many.
type Command struct {
	Action  Action    `json:"action"`
	Stories []Ref     `json:"stories"`
	Actor   string    `json:"-"` // who acts; the server says, never the request
	Note    string    `json:"note"`
	To      string    `json:"to"`      // of a hand-over, and, by choice, of an escalation: a person's ID
	Outcome Outcome   `json:"outcome"` // of closing
	Noise   Noise     `json:"noise"`   // of closing with an outcome that is noisy
	Until   time.Time `json:"until"`   // of a snooze
	Into    string    `json:"into"`    // of a merge: the ID of another story
}

// Result is what became of one story of a command: the story as it is now, or why nothing was done.
type Result struct {
	StoryID string   `json:"story_id"`
	Story   *Story   `json:"story,omitempty"`
	Refusal *Refusal `json:"refusal,omitempty"`
}

// acted is what the audit trail holds of an action besides its note.
type acted struct {
	To      string    `json:"to,omitempty"`
	Outcome Outcome   `json:"outcome,omitempty"`
	Noise   Noise     `json:"noise,omitempty"`
	Until   time.Time `json:"until,omitzero"`
	Into    string    `json:"into,omitempty"`
	From    string    `json:"from,omitempty"`
	For     string    `json:"for,omitempty"` // a material change
	// Articles are those that were moved.
	Articles []string `json:"articles,omitempty"`
	Mentions []string `json:"mentions,omitempty"`
	Silence  string   `json:"silence,omitempty"` // its ID
	About    string   `json:"about,omitempty"`   // what it is about
}

// Act does one action on each story of a command, in one transaction. A story that refuses is left as it is and says
// why in its result; the others are done. The error is for what concerns the whole command, or the database.
func (d *Desk) Act(ctx context.Context, c Command) ([]Result, error) {
	if refusal := d.check(&c); refusal != "" {
		return nil, &Refusal{Code: refusal, Action: c.Action}
	}
	var results []Result
	err := d.change(ctx, func(t *take) error {
		results = make([]Result, 0, len(c.Stories))
		for _, ref := range c.Stories {
			s, refusal, err := t.act(ctx, &c, ref)
			if err != nil {
				return fmt.Errorf("%s story %s: %w", c.Action, ref.ID, err)
			}
			results = append(results, Result{ref.ID, s, refusal})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, r := range results {
		d.metrics.acted(c.Action, r.Refusal == nil)
	}
	return results, nil
}

// change runs fn as the only writer and tells the world of its events.
func (d *Desk) change(ctx context.Context, fn func(*take) error) error {
	known, err := d.decided(ctx)
	if err != nil {
		return err
	}
	t := &take{cfg: d.cfg, publish: d.publish != nil, mails: d.mail != nil, now: d.now(), tellings: &d.tellings, decided: known}
	err = d.db.InTx(ctx, func(tx *store.Tx) error {
		t.tx = tx
		if err := t.lock(ctx); err != nil {
			return err
		}
		if err := fn(t); err != nil {
			return err
		}
		return t.finish(ctx)
	})
	if err != nil {
		return err
	}
	d.report(t)
	return nil
}

// check looks at what can be told without any story, and returns the code of a refusal.
func (d *Desk) check(c *Command) string {
	c.Note = cleanNote(c.Note)
	switch {
	case !c.Action.byPeople():
		return refuseUnknown
	case c.Actor == "" || !storable(c.Actor):
		return refuseActor
	case utf8.RuneCountInString(c.Note) > maxNote:
		return refuseTooLong
	case len(c.Stories) > maxBulk:
		return refuseTooMany
	}
	return d.checkArguments(c)
}

// cleanNote makes what a person wrote storable.
func cleanNote(s string) string {
	return strings.TrimSpace(strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "\uFFFD"))
}

func (d *Desk) checkArguments(c *Command) string {
	needsNote := c.Action == HandOver || c.Action == Escalate || c.Action == Comment || c.Action == Reopen
	switch {
	case needsNote && c.Note == "":
		return refuseNote
	case c.Action == HandOver && !d.cfg.knows(c.To), c.Action == Escalate && c.To != "" && !d.cfg.knows(c.To):
		return refuseTo
	case c.Action == Close && !slices.Contains(Outcomes(), c.Outcome):
		return refuseOutcome
	case c.Action == Close && (c.Outcome.Noisy() != (c.Noise != "") || c.Noise != "" && !slices.Contains(Noises(), c.Noise)):
		return refuseNoise
	case c.Action == Snooze && (!c.Until.After(d.now()) || c.Until.After(d.now().Add(snoozeMost))):
		return refuseUntil
	case c.Action == Merge && c.Into == "":
		return refuseInto
	}
	return ""
}

// act does one action on one story.
func (t *take) act(ctx context.Context, c *Command, ref Ref) (*Story, *Refusal, error) {
	s, err := t.story(ctx, ref.ID)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, &Refusal{Code: refuseGone, StoryID: ref.ID, Action: c.Action}, nil
	} else if err != nil {
		return nil, nil, err
	}
	refuse := func(code, by string) (*Story, *Refusal, error) {
		return nil, &Refusal{Code: code, StoryID: s.ID, Action: c.Action, State: s.State, By: by}, nil
	}
	if ref.Version != 0 && ref.Version != s.Version {
		by, err := t.lastActor(ctx, s.ID)
		if err != nil {
			return nil, nil, err
		}
		return refuse(refuseConflict, by)
	}
	was := s.State
	to, code := next(c.Action, s.State, s.StateBefore)
	if code != "" {
		return refuse(code, s.Owner)
	}
	detail := acted{To: c.To, Outcome: c.Outcome, Noise: c.Noise, Until: c.Until, Into: c.Into}
	switch c.Action {
	case Merge:
		if code, err := t.merge(ctx, s, c.Into, c.Actor); err != nil || code != "" {
			if err != nil {
				return nil, nil, err
			}
			return refuse(code, "")
		}
	case Unmerge:
		detail.From = s.MergedInto
		if err := t.unmerge(ctx, s); err != nil {
			return nil, nil, err
		}
	}
	detail.Mentions = t.cfg.mentions(c.Note)
	t.enter(s, to, c.Action)
	t.apply(s, c)
	entry := &AuditEntry{Actor: c.Actor, Action: c.Action, Was: was, Note: c.Note}
	if err := t.record(ctx, s, entry, detail); err != nil {
		return nil, nil, err
	}
	if err := t.callByName(ctx, entry, detail.Mentions); err != nil {
		return nil, nil, err
	}
	return s, nil, t.tellPeople(ctx, s, c, detail.Mentions)
}

// enter moves a story to a state and sets its timers.
func (t *take) enter(s *Story, to State, a Action) {
	if to.side() && !s.State.side() {
		s.StateBefore = s.State
	}
	if !to.side() {
		s.StateBefore = ""
	}
	if to != s.State {
		s.UntilAt, s.SuppressedBy = time.Time{}, ""
	}
	s.State = to
	if to == StateAcknowledged && (a == Acknowledge || s.UntilAt.IsZero()) {
		s.UntilAt = t.now.Add(t.cfg.AckTimeout.Std())
	}
	if to != StateNew {
		s.EscalateAt = time.Time{}
	}
}

// apply sets what an action brings besides the state.
func (t *take) apply(s *Story, c *Command) {
	switch c.Action {
	case Acknowledge, Review:
		s.Owner = c.Actor
		stamp(&s.AcknowledgedAt, t.now)
	case Escalate:
		if c.To != "" {
			s.Owner = c.To
		}
		stamp(&s.AcknowledgedAt, t.now)
	case HandOver:
		s.Owner = c.To
		if s.State == StateAcknowledged {
			s.UntilAt = t.now.Add(t.cfg.AckTimeout.Std())
		}
	case Respond:
		stamp(&s.AcknowledgedAt, t.now)
		stamp(&s.RespondedAt, t.now)
		if s.Owner == "" {
			s.Owner = c.Actor
		}
	case Close:
		s.Outcome, s.Noise, s.ClosedAt = c.Outcome, c.Noise, t.now
		stamp(&s.AcknowledgedAt, t.now)
	case Reopen:
		s.Outcome, s.Noise, s.ClosedAt, s.ReopenedFor = "", "", time.Time{}, ""
	case Snooze:
		s.UntilAt = c.Until
	}
}

// stamp sets a moment that counts only the first time.
func stamp(at *time.Time, now time.Time) {
	if at.IsZero() {
		*at = now
	}
}

// record saves a story after an action, with its event and its line in the audit trail.
func (t *take) record(ctx context.Context, s *Story, e *AuditEntry, detail acted) error {
	s.Version++
	s.KnownOutlets = s.Outlets
	e.StoryID, e.Became = s.ID, s.State
	event := Event{Kind: KindActed, StoryID: s.ID, Detail: string(e.Action)}
	if err := t.event(ctx, &event); err != nil {
		return err
	}
	s.Seq = event.Seq
	if err := t.audit(ctx, e, detail); err != nil {
		return err
	}
	return t.saveStory(ctx, s)
}

// lastActor is who acted last on a story.
func (t *take) lastActor(ctx context.Context, id string) (string, error) {
	var who string
	err := t.tx.QueryRow(ctx, `SELECT actor FROM audit WHERE story_id = ? ORDER BY seq DESC LIMIT 1`, id).Scan(&who)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return who, err
}
