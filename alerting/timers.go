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

// tidy sends on what the flood guard held back and ends what waits for receivers that there are no more.
func (d *Desk) tidy(ctx context.Context) error {
	var held, lost int
	names := anys(d.names())
	known := `receiver NOT IN (` + marks(len(names)) + `)`
	if len(names) == 0 {
		known = `1 = 1`
	}
	err := d.db.QueryRow(ctx, `SELECT COALESCE(SUM(CASE WHEN state = 'held' THEN 1 ELSE 0 END), 0),
		COALESCE(SUM(CASE WHEN `+known+` THEN 1 ELSE 0 END), 0) FROM outbox WHERE state IN ('pending', 'held')`, names...).Scan(&held, &lost)
	if err != nil || held+lost == 0 {
		return err
	}
	return d.change(ctx, func(t *take) error {
		_, err := t.tx.Exec(ctx, `UPDATE outbox SET state = 'skipped', last_error = 'the receiver is not in the configuration any more' WHERE state IN ('pending', 'held') AND `+known, names...)
		if err != nil {
			return err
		}
		return t.release(ctx)
	})
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
	return t.tellAgain(ctx, KindReturned, fmt.Sprintf("%s:%d", KindReturned, s.Version), s)
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
		return t.tellAgain(ctx, KindCalled, fmt.Sprintf("%s:%s:%d", KindCalled, person.ID, s.Version), s, target)
	}
	return nil
}

// Call names in the audit trail that somebody of the roster was called.
const Call Action = "call"
