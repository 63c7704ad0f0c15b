package alerting

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"time"

	"haidang/internal/store"
)

// kafkaReceiver is the name under which the alerts topic stands in the outbox.
const kafkaReceiver = "kafka"

// The kinds of receivers, as metric labels.
const (
	kindWebhook = "webhook"
	kindKafka   = "kafka"
)

// message is one row of the outbox that is being sent.
type message struct {
	id       string // Idempotency-Key, the same on every repeat
	storyID  string
	body     []byte
	attempts int       // this one included
	rows     []string  // the rows of the outbox that go out with it, its own among them
	more     [][]byte  // their bodies, without its own
	decided  decisions // what is known when it is sent; only for people, others get the body as it was written
}

// idle is how often the outbox is looked at when nothing rings: another process may have written to it.
const idle = 2 * time.Second

// send runs one worker per receiver, so that a slow one holds up nobody else, and the timers.
func (d *Desk) send(ctx context.Context) error {
	var wg sync.WaitGroup
	for name, r := range d.receivers() {
		wg.Go(func() { d.serve(ctx, name, r) })
	}
	wg.Go(func() { d.timers(ctx) })
	wg.Wait()
	return nil
}

func (d *Desk) serve(ctx context.Context, name string, r receiver) {
	wake, cancel := d.bell.subscribe()
	defer cancel()
	for ctx.Err() == nil {
		sent, err := d.sendOne(ctx, name, r)
		if err != nil && ctx.Err() == nil {
			d.log.Error("outbox not served", "receiver", name, "err", err)
		}
		if sent && err == nil {
			continue
		}
		select {
		case <-ctx.Done():
		case <-wake:
		case <-time.After(idle):
		}
	}
}

// sendOne sends the next message that is due. It reports false when there is none.
func (d *Desk) sendOne(ctx context.Context, name string, r receiver) (bool, error) {
	before, err := d.trouble(ctx, name)
	if err != nil || before.RestUntil.After(d.now()) {
		return false, err
	}
	m, ok, err := d.claim(ctx, name, r)
	if err != nil || !ok {
		return false, err
	}
	if people(r.kind()) {
		if m.decided, err = d.decided(ctx); err != nil {
			d.log.Error("told without what was decided", "receiver", name, "err", err) // late is worse
		}
	}
	attempt, cancel := context.WithTimeout(ctx, d.cfg.Retry.Timeout.Std())
	defer cancel()
	sendErr := r.send(attempt, m)
	if ctx.Err() != nil {
		return false, nil // stopped in the middle: the lease runs out and the message is sent again
	}
	outcome, err := d.settleDelivery(ctx, name, m, sendErr)
	err = errors.Join(err, d.learn(ctx, name, before, sendErr))
	d.metrics.deliveries.WithLabelValues(r.kind(), outcome).Inc()
	return true, err
}

// claim takes the next due message by moving its next attempt into the future. If this process dies, the message
// becomes due again by itself; if another process takes it first, the row has changed and the update misses. To a mailbox
// the due messages of its group go along.
func (d *Desk) claim(ctx context.Context, name string, r receiver) (m message, ok bool, err error) {
	now := d.now()
	found, err := d.due(ctx, now, `receiver = ? AND state = 'pending' AND next_at <= ? ORDER BY next_at, created_at, id LIMIT 1`, name, toMillis(now))
	if err != nil || len(found) == 0 {
		return m, false, err
	}
	first := found[0]
	if first.onlyNew {
		if skipped, err := d.skip(ctx, &first); err != nil || skipped {
			return m, false, err
		}
	}
	if first.grp != "" && people(r.kind()) {
		others, err := d.due(ctx, now, `receiver = ? AND grp = ? AND state = 'pending' AND next_at <= ? AND id <> ? ORDER BY next_at, created_at, id LIMIT ?`,
			name, first.grp, toMillis(now), first.id, maxGroup-1)
		if err != nil {
			return m, false, err
		}
		found = append(found, others...)
	}
	lease := now.Add(2 * d.cfg.Retry.Timeout.Std())
	for i, row := range found {
		res, err := d.db.Exec(ctx, `UPDATE outbox SET next_at = ?, attempts = attempts + 1 WHERE id = ? AND state = 'pending' AND next_at = ? AND attempts = ?`,
			toMillis(lease), row.id, row.nextAt, row.attempts)
		if err != nil {
			return m, false, fmt.Errorf("claim delivery %s: %w", row.id, err)
		}
		n, err := res.RowsAffected()
		switch {
		case err != nil:
			return m, false, err
		case i == 0 && n == 0:
			return m, false, nil // another process was faster
		case i == 0:
			m = message{id: row.id, storyID: row.storyID, body: []byte(row.body), attempts: row.attempts + 1, rows: []string{row.id}}
		case n == 1:
			m.rows, m.more = append(m.rows, row.id), append(m.more, []byte(row.body))
		}
	}
	return m, true, nil
}

// maxGroup bounds how many notifications one mail tells of.
const maxGroup = 20

// dueRow is one row of the outbox whose time has come.
type dueRow struct {
	id, storyID, body, grp string
	attempts               int
	nextAt                 int64
	onlyNew                bool
}

func (d *Desk) due(ctx context.Context, now time.Time, where string, args ...any) ([]dueRow, error) {
	rows, err := d.db.Query(ctx, `SELECT id, story_id, body, grp, attempts, next_at, only_new FROM outbox WHERE `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("look into the outbox: %w", err)
	}
	return collect(rows, "look into the outbox", func(row scanner) (dueRow, error) {
		var v dueRow
		err := row.Scan(&v.id, &v.storyID, &v.body, &v.grp, &v.attempts, &v.nextAt, &v.onlyNew)
		return v, err
	})
}

// skip leaves a repetition out once somebody has taken the story, and says so in its row.
func (d *Desk) skip(ctx context.Context, row *dueRow) (bool, error) {
	var state State
	if err := d.db.QueryRow(ctx, `SELECT state FROM stories WHERE id = ?`, row.storyID).Scan(&state); err != nil {
		return false, fmt.Errorf("look whether story %s is new: %w", row.storyID, err)
	}
	if state == StateNew {
		return false, nil
	}
	_, err := d.db.Exec(ctx, `UPDATE outbox SET state = 'skipped', last_error = ? WHERE id = ? AND state = 'pending'`, "somebody took the story: "+string(state), row.id)
	return true, err
}

// settleDelivery records how an attempt ended, for every row that went out with it.
func (d *Desk) settleDelivery(ctx context.Context, name string, m message, sendErr error) (outcome string, err error) {
	now := d.now()
	switch {
	case sendErr == nil:
		return outcomeSent, d.sent(ctx, m)
	case m.attempts >= d.cfg.Retry.Attempts || errors.Is(sendErr, ErrRefused):
		d.log.Error("notification given up", "receiver", name, "story", m.storyID, "attempts", m.attempts, "err", sendErr)
		return outcomeFailed, d.giveUp(ctx, name, m, sendErr)
	}
	wait := d.cfg.Retry.wait(m.attempts)
	d.log.Warn("notification refused", "receiver", name, "story", m.storyID, "attempts", m.attempts, "again_in", wait, "err", sendErr)
	for _, id := range m.rows {
		_, err := d.db.Exec(ctx, `UPDATE outbox SET next_at = ?, last_error = ? WHERE id = ? AND state = 'pending'`,
			toMillis(now.Add(wait)), clip(sendErr.Error(), maxTitle), id)
		if err != nil {
			return outcomeRetry, err
		}
	}
	return outcomeRetry, nil
}

// sent notes that messages were accepted, and when they are repeated if nobody takes the story.
func (d *Desk) sent(ctx context.Context, m message) error {
	return d.db.InTx(ctx, func(tx *store.Tx) error {
		for _, id := range m.rows {
			if _, err := tx.Exec(ctx, `UPDATE outbox SET state = 'sent', sent_at = ?, last_error = '' WHERE id = ?`, toMillis(d.now()), id); err != nil {
				return err
			}
			if err := d.repeat(ctx, tx, id); err != nil {
				return fmt.Errorf("repeat delivery %s: %w", id, err)
			}
		}
		return nil
	})
}

// repeat writes the row that tells once more of a story, for the case that nobody has taken it by then.
func (d *Desk) repeat(ctx context.Context, tx *store.Tx, id string) error {
	var receiver, key, storyID, route, body, grp string
	var every, urgent int64
	err := tx.QueryRow(ctx, `SELECT receiver, key, story_id, route, body, grp, urgent, repeat_ms FROM outbox WHERE id = ?`, id).
		Scan(&receiver, &key, &storyID, &route, &body, &grp, &urgent, &every)
	if err != nil || every == 0 {
		return err
	}
	var n Notification
	if err := json.Unmarshal([]byte(body), &n); err != nil {
		return err
	}
	base, count, _ := strings.Cut(key, "/repeat-")
	times, _ := strconv.Atoi(count) // none at the first
	if times >= maxRepeats {
		return nil
	}
	at := d.now().Add(time.Duration(every) * time.Millisecond)
	if urgent == 0 {
		at = d.cfg.afterQuiet(at)
	}
	n.Key, n.Change = base+"/repeat-"+strconv.Itoa(times+1), KindRepeated
	again, err := json.Marshal(&n)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO outbox (id, receiver, key, story_id, route, change, body, state, attempts, next_at, last_error, created_at, sent_at, grp, urgent, repeat_ms, only_new)
		VALUES (?, ?, ?, ?, ?, ?, ?, 'pending', 0, ?, '', ?, 0, ?, ?, ?, 1) ON CONFLICT DO NOTHING`,
		shortHash("delivery", receiver, n.Key), receiver, n.Key, storyID, route, string(KindRepeated), string(again), toMillis(at), toMillis(d.now()), grp, urgent, every)
	return err
}

// maxRepeats bounds the repetitions of one message: after a day or so the digest tells of what is unanswered.
const maxRepeats = 6

// giveUp gives a message up.
func (d *Desk) giveUp(ctx context.Context, name string, m message, sendErr error) error {
	err := d.change(ctx, func(t *take) error { return t.giveUp(ctx, name, m.storyID, m.rows, sendErr) })
	if err != nil {
		return fmt.Errorf("give up delivery %s: %w", m.id, err)
	}
	return nil
}

// wait is the pause after an attempt.
func (r Retry) wait(attempts int) time.Duration { return backoff(r.First.Std(), r.Max.Std(), attempts) }

// backoff is the pause after the nth failure: it doubles each time up to the limit, and up to half of it is left to chance
// so that receivers which failed together do not come back together.
func backoff(first, most time.Duration, n int) time.Duration {
	full := first
	for range n - 1 {
		if full *= 2; full >= most || full <= 0 {
			full = most
			break
		}
	}
	return full/2 + rand.N(full/2+1)
}
