package alerting

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// tidy sends on what the flood guard held back, and ends what waits for receivers that there are no more, or for one that
// is away for too long.
func (d *Desk) tidy(ctx context.Context) error {
	var down Counts
	if err := d.countReceivers(ctx, &down); err != nil {
		return err
	}
	d.metrics.down.Set(float64(down.ReceiversDown))
	var held, lost, old int
	names := anys(d.names())
	known := `receiver NOT IN (` + marks(len(names)) + `)`
	if len(names) == 0 {
		known = `1 = 1`
	}
	limit := toMillis(d.now().Add(-d.cfg.Retry.Expire.Std()))
	err := d.db.QueryRow(ctx, `SELECT COALESCE(SUM(CASE WHEN state = 'held' THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN `+known+` THEN 1 ELSE 0 END), 0),
		COALESCE(SUM(CASE WHEN `+expired+` THEN 1 ELSE 0 END), 0) FROM outbox WHERE state IN ('pending', 'held')`, append(names, limit, limit)...).Scan(&held, &lost, &old)
	if err != nil || held+lost+old == 0 {
		return err
	}
	var given []string
	err = d.change(ctx, func(t *take) error {
		_, err := t.tx.Exec(ctx, `UPDATE outbox SET state = 'skipped', last_error = 'the receiver is not in the configuration any more' WHERE state IN ('pending', 'held') AND `+known, names...)
		if err != nil {
			return err
		}
		if given, err = t.expire(ctx, limit); err != nil {
			return err
		}
		return t.release(ctx)
	})
	if err != nil {
		return err
	}
	receivers := d.receivers()
	for _, name := range given {
		d.log.Error("notification given up", "receiver", name, "err", errTooOld)
		if r, ok := receivers[name]; ok {
			d.metrics.deliveries.WithLabelValues(r.kind(), outcomeFailed).Inc()
		}
	}
	return nil
}

// expired is what has waited since before a moment: tried in vain, or never even tried while its receiver was left alone.
const expired = `(attempts > 0 AND created_at < ? OR attempts = 0 AND next_at < ?)`

// expire gives up what has waited since before a moment, on the desk, and returns whom it was for.
func (t *take) expire(ctx context.Context, limit int64) (receivers []string, err error) {
	rows, err := t.tx.Query(ctx, `SELECT `+deliveryColumns+` FROM outbox WHERE state = 'pending' AND `+expired+` ORDER BY created_at, id LIMIT ?`, limit, limit, maxLimit)
	if err != nil {
		return nil, err
	}
	old, err := collect(rows, "look for what is too old", scanDelivery)
	if err != nil {
		return nil, err
	}
	for _, v := range old {
		if err := t.giveUp(ctx, v.Receiver, v.StoryID, []string{v.ID}, errors.Join(errTooOld, errors.New(v.LastError))); err != nil {
			return nil, err
		}
		receivers = append(receivers, v.Receiver)
	}
	return receivers, nil
}

var errTooOld = errors.New("its receiver was away for too long")

// giveUp marks rows as failed and shows it on the desk: nothing is dropped in silence.
func (t *take) giveUp(ctx context.Context, receiver, storyID string, ids []string, cause error) error {
	said := oneLine(cause.Error(), maxTitle)
	for _, id := range ids {
		if _, err := t.tx.Exec(ctx, `UPDATE outbox SET state = 'failed', last_error = ? WHERE id = ?`, clip(said, maxTitle), id); err != nil {
			return err
		}
	}
	return t.show(ctx, &Event{Kind: KindDeliveryFailed, StoryID: storyID, Detail: strings.TrimSpace(receiver + ": " + said)})
}

// show writes an event that changes nothing of its story but has it drawn again.
func (t *take) show(ctx context.Context, e *Event) error {
	if err := t.event(ctx, e); err != nil {
		return err
	}
	_, err := t.tx.Exec(ctx, `UPDATE stories SET seq = ? WHERE id = ?`, t.seq, e.StoryID)
	return err
}

// What people do with a notification that could not be delivered.
const (
	Redeliver Action = "redeliver" // it is sent once more
	LetGo     Action = "let_go"    // it is not needed any more
)

// Settle does one of [Redeliver] and [LetGo] with notifications that could not be delivered, by their IDs, and returns how
// many it was done with. What somebody else has settled meanwhile is left as it is.
func (d *Desk) Settle(ctx context.Context, actor string, a Action, ids []string) (done int, err error) {
	if actor == "" || a != Redeliver && a != LetGo || len(ids) > maxBulk {
		return 0, &Refusal{Code: refuseUnknown, Action: a}
	}
	err = d.change(ctx, func(t *take) error {
		done = 0
		for _, id := range ids {
			ok, err := t.settleOne(ctx, actor, a, id)
			if err != nil {
				return fmt.Errorf("%s delivery %s: %w", a, id, err)
			}
			done += oneIf(ok)
		}
		return nil
	})
	return done, err
}

func (t *take) settleOne(ctx context.Context, actor string, a Action, id string) (bool, error) {
	set, args := `state = 'pending', attempts = 0, created_at = ?, next_at = ?`, []any{toMillis(t.now), toMillis(t.now)}
	if a == LetGo {
		set, args = `state = 'skipped', last_error = ?`, []any{"let go by " + actor}
	}
	var receiver, storyID string
	err := t.tx.QueryRow(ctx, `UPDATE outbox SET `+set+` WHERE id = ? AND state = 'failed' RETURNING receiver, story_id`, append(args, id)...).Scan(&receiver, &storyID)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if a == Redeliver { // it is tried at once, whatever was learnt about the receiver
		if _, err := t.tx.Exec(ctx, `UPDATE receivers SET rest_until = 0 WHERE name = ?`, receiver); err != nil {
			return false, err
		}
	}
	if err := t.audit(ctx, &AuditEntry{Actor: actor, StoryID: storyID, Action: a}, acted{To: receiver}); err != nil {
		return false, err
	}
	return true, t.show(ctx, &Event{Kind: KindActed, StoryID: storyID, Detail: string(a)})
}
