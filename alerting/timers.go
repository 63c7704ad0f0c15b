package alerting

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// timerRest is how often the timers are looked at. Several processes may do it: each timer runs out once.
const timerRest = time.Second

// timers ends what has run out until the context ends: acknowledgements that nobody followed up, snoozes,
// suppressions, and the wait for somebody of the roster.
func (d *Desk) timers(ctx context.Context) {
	for ctx.Err() == nil {
		if err := errors.Join(d.runOut(ctx), d.tidy(ctx)); err != nil && ctx.Err() == nil {
			d.log.Error("timers not run", "err", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(timerRest):
		}
	}
}

// dueStories are the stories that a timer has something to do for.
const dueStories = `(until_at > 0 AND until_at <= ?) OR (escalate_at > 0 AND escalate_at <= ?)`

// runOut ends everything whose time has come.
func (d *Desk) runOut(ctx context.Context) error {
	now := toMillis(d.now())
	var due int
	if err := d.db.QueryRow(ctx, `SELECT COUNT(*) FROM stories WHERE `+dueStories, now, now).Scan(&due); err != nil || due == 0 {
		return err
	}
	return d.change(ctx, func(t *take) error {
		now := toMillis(t.now)
		rows, err := t.tx.Query(ctx, `SELECT `+storyColumns+` FROM stories WHERE `+dueStories+` ORDER BY id LIMIT ?`, now, now, maxLimit)
		if err != nil {
			return err
		}
		stories, err := collect(rows, "read timers", scanStory)
		if err != nil {
			return err
		}
		for i := range stories {
			if err := t.ranOut(ctx, &stories[i]); err != nil {
				return fmt.Errorf("story %s: %w", stories[i].ID, err)
			}
		}
		return nil
	})
}

// ranOut ends what has run out of one story.
func (t *take) ranOut(ctx context.Context, s *Story) error {
	if due(s.EscalateAt, t.now) {
		return t.call(ctx, s)
	}
	a := Return
	if s.State == StateAcknowledged {
		a = Expire
	}
	was, owner := s.State, s.Owner
	to, refusal := next(a, s.State, s.StateBefore)
	if refusal != "" { // a timer of a state that it has left
		s.UntilAt = none
		return t.saveStory(ctx, s)
	}
	t.enter(s, to, a)
	s.UntilAt = none
	if to == StateAcknowledged {
		s.UntilAt = t.now.Add(t.cfg.AckTimeout.Std())
	}
	if a == Expire {
		s.Owner, s.Called = "", 0
	}
	t.callLater(s)
	if err := t.record(ctx, s, &AuditEntry{Actor: systemActor, Action: a, Was: was}, acted{From: owner}); err != nil {
		return err
	}
	if was != StateSuppressed || s.State != StateNew || s.Answered() {
		return nil
	}
	return t.returned(ctx, s) // it was never told of
}

// returned tells of a story that was held back, unless it is again.
func (t *take) returned(ctx context.Context, s *Story) error {
	h, err := t.held(ctx, s, factsOf(s, nil))
	if err != nil {
		return err
	}
	if h != nil {
		if err := t.suppress(ctx, s, h); err != nil {
			return err
		}
		return t.saveStory(ctx, s)
	}
	e := Event{Kind: KindReturned, Rings: true, StoryID: s.ID}
	if err := t.event(ctx, &e); err != nil {
		return err
	}
	s.Seq = e.Seq
	if err := t.saveStory(ctx, s); err != nil {
		return err
	}
	return t.tellAgain(ctx, Notification{Change: KindReturned, Story: *s}, fmt.Sprintf("%s:%d", KindReturned, s.Version))
}

func due(at, now time.Time) bool { return !at.IsZero() && !at.After(now) }

// call tells the next of the roster of a critical story that nobody has acknowledged.
func (t *take) call(ctx context.Context, s *Story) error {
	order := t.cfg.callOrder(t.now)
	if s.State != StateNew || s.Called >= len(order) {
		s.EscalateAt = none
		return t.saveStory(ctx, s)
	}
	person := order[s.Called]
	s.Called++
	t.callLater(s)
	if err := t.record(ctx, s, &AuditEntry{Actor: systemActor, Action: Call, Was: s.State}, acted{To: person.ID}); err != nil {
		return err
	}
	e := Event{Kind: KindCalled, Rings: true, StoryID: s.ID, Detail: person.Name}
	if err := t.event(ctx, &e); err != nil {
		return err
	}
	s.Seq = e.Seq
	if err := t.saveStory(ctx, s); err != nil {
		return err
	}
	if target, ok := t.cfg.personTarget(person); ok && t.mails {
		return t.tellAgain(ctx, Notification{Change: KindCalled, Story: *s}, fmt.Sprintf("%s:%s:%d", KindCalled, person.ID, s.Version), target)
	}
	return nil
}

// Call names in the audit trail that somebody of the roster was called.
const Call Action = "call"
