package alerting

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"time"
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
	attempts int // this one included
}

// receiver sends one message, at most once per call.
type receiver interface {
	kind() string
	send(ctx context.Context, m message) error
}

type topic struct{ Publisher }

func (t topic) kind() string { return kindKafka }

func (t topic) send(ctx context.Context, m message) error {
	return t.PublishAlert(ctx, m.storyID, m.body)
}

func (d *Desk) receivers() map[string]receiver {
	out := map[string]receiver{}
	if d.publish != nil {
		out[kafkaReceiver] = topic{d.publish}
	}
	for _, w := range d.cfg.Webhooks {
		out[w.Name] = webhook{Webhook: w, client: d.http, now: d.now}
	}
	return out
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
	m, ok, err := d.claim(ctx, name)
	if err != nil || !ok {
		return false, err
	}
	attempt, cancel := context.WithTimeout(ctx, d.cfg.Retry.Timeout.Std())
	defer cancel()
	sendErr := r.send(attempt, m)
	if ctx.Err() != nil {
		return false, nil // stopped in the middle: the lease runs out and the message is sent again
	}
	outcome, err := d.settleDelivery(ctx, name, m, sendErr)
	d.metrics.deliveries.WithLabelValues(r.kind(), outcome).Inc()
	return true, err
}

// claim takes the next due message by moving its next attempt into the future. If this process dies, the message
// becomes due again by itself; if another process takes it first, the row has changed and the update misses.
func (d *Desk) claim(ctx context.Context, name string) (m message, ok bool, err error) {
	now := d.now()
	rows, err := d.db.Query(ctx, `SELECT id, story_id, body, attempts, next_at FROM outbox
		WHERE receiver = ? AND state = 'pending' AND next_at <= ? ORDER BY next_at, created_at, id LIMIT 1`, name, toMillis(now))
	if err != nil {
		return m, false, fmt.Errorf("look into the outbox: %w", err)
	}
	type due struct {
		message
		body   string
		nextAt int64
	}
	found, err := collect(rows, "look into the outbox", func(row scanner) (due, error) {
		var v due
		err := row.Scan(&v.id, &v.storyID, &v.body, &v.attempts, &v.nextAt)
		return v, err
	})
	if err != nil || len(found) == 0 {
		return m, false, err
	}
	lease := now.Add(2 * d.cfg.Retry.Timeout.Std())
	res, err := d.db.Exec(ctx, `UPDATE outbox SET next_at = ?, attempts = attempts + 1 WHERE id = ? AND state = 'pending' AND next_at = ? AND attempts = ?`,
		toMillis(lease), found[0].id, found[0].nextAt, found[0].attempts)
	if err != nil {
		return m, false, fmt.Errorf("claim delivery %s: %w", found[0].id, err)
	}
	n, err := res.RowsAffected()
	m = found[0].message
	m.body, m.attempts = []byte(found[0].body), m.attempts+1
	return m, n == 1, err
}

// settleDelivery records how an attempt ended.
func (d *Desk) settleDelivery(ctx context.Context, name string, m message, sendErr error) (outcome string, err error) {
	now := d.now()
	switch {
	case sendErr == nil:
		_, err = d.db.Exec(ctx, `UPDATE outbox SET state = 'sent', sent_at = ?, last_error = '' WHERE id = ?`, toMillis(now), m.id)
		return outcomeSent, err
	case m.attempts >= d.cfg.Retry.Attempts:
		d.log.Error("notification given up", "receiver", name, "story", m.storyID, "attempts", m.attempts, "err", sendErr)
		return outcomeFailed, d.giveUp(ctx, name, m, sendErr)
	}
	wait := d.cfg.Retry.wait(m.attempts)
	d.log.Warn("notification refused", "receiver", name, "story", m.storyID, "attempts", m.attempts, "again_in", wait, "err", sendErr)
	_, err = d.db.Exec(ctx, `UPDATE outbox SET next_at = ?, last_error = ? WHERE id = ? AND state = 'pending'`,
		toMillis(now.Add(wait)), clip(sendErr.Error(), maxTitle), m.id)
	return outcomeRetry, err
}

// giveUp marks a message as failed and shows it on the desk: nothing is dropped in silence.
func (d *Desk) giveUp(ctx context.Context, name string, m message, sendErr error) error {
	err := d.change(ctx, func(t *take) error {
		_, err := t.tx.Exec(ctx, `UPDATE outbox SET state = 'failed', last_error = ? WHERE id = ?`, clip(sendErr.Error(), maxTitle), m.id)
		if err != nil {
			return err
		}
		detail := strings.TrimSpace(name + ": " + sendErr.Error())
		if err := t.event(ctx, &Event{Kind: KindDeliveryFailed, StoryID: m.storyID, Detail: detail}); err != nil {
			return err
		}
		_, err = t.tx.Exec(ctx, `UPDATE stories SET seq = ? WHERE id = ?`, t.seq, m.storyID)
		return err
	})
	if err != nil {
		return fmt.Errorf("give up delivery %s: %w", m.id, err)
	}
	return nil
}

// wait is the pause after an attempt: it doubles each time up to the limit, and up to half of it is left to chance so
// that receivers which failed together do not come back together.
func (r Retry) wait(attempts int) time.Duration {
	full := r.First.Std()
	for range attempts - 1 {
		if full *= 2; full >= r.Max.Std() || full <= 0 {
			full = r.Max.Std()
			break
		}
	}
	return full/2 + rand.N(full/2+1)
}
