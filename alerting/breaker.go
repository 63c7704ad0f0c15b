package alerting

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// A circuit breaker per receiver: one that fails several times in a row is left alone for a while, and then asked with one
// message. It spares a service in trouble, keeps the attempts of what waits, and tells the desk that nobody hears there.
// It stands in SQL, so that what one process has learnt every process knows.
const (
	tripAfter = 5 // failures in a row
	firstRest = 30 * time.Second
	longRest  = 10 * time.Minute
)

// Trouble is a receiver that could not be told anything lately.
type Trouble struct {
	Receiver  string    `json:"receiver"`
	Failures  int       `json:"failures"` // in a row
	Since     time.Time `json:"since"`
	RestUntil time.Time `json:"rest_until,omitzero"` // left alone until then; zero: not yet
	LastError string    `json:"last_error"`
	Waiting   int       `json:"waiting"` // notifications
}

// Troubles lists the receivers that could not be told anything lately, the one that failed first first.
func (d *Desk) Troubles(ctx context.Context) ([]Trouble, error) {
	rows, err := d.db.Query(ctx, `SELECT name, failures, since, rest_until, last_error,
		(SELECT COUNT(*) FROM outbox WHERE receiver = name AND state = 'pending') FROM receivers WHERE failures > 0 ORDER BY since, name`)
	if err != nil {
		return nil, fmt.Errorf("list receivers in trouble: %w", err)
	}
	return collect(rows, "list receivers in trouble", func(row scanner) (Trouble, error) {
		var v Trouble
		err := row.Scan(&v.Receiver, &v.Failures, millis{&v.Since}, millis{&v.RestUntil}, &v.LastError, &v.Waiting)
		return v, err
	})
}

// trouble returns how a receiver stands; one that works has no failures.
func (d *Desk) trouble(ctx context.Context, name string) (v Trouble, err error) {
	err = d.db.QueryRow(ctx, `SELECT failures, since, rest_until FROM receivers WHERE name = ?`, name).Scan(&v.Failures, millis{&v.Since}, millis{&v.RestUntil})
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return v, fmt.Errorf("look how %q stands: %w", name, err)
	}
	return v, nil
}

// learn notes what an attempt says about its receiver. One that refuses a message for good has answered, and so works.
func (d *Desk) learn(ctx context.Context, name string, before Trouble, sendErr error) error {
	if sendErr == nil || errors.Is(sendErr, ErrRefused) {
		if before.Failures == 0 {
			return nil
		}
		_, err := d.db.Exec(ctx, `UPDATE receivers SET failures = 0, rest_until = 0 WHERE name = ?`, name)
		return err
	}
	now := d.now()
	var failures int
	err := d.db.QueryRow(ctx, `INSERT INTO receivers (name, failures, since, rest_until, last_error) VALUES (?, 1, ?, 0, ?)
		ON CONFLICT (name) DO UPDATE SET failures = receivers.failures + 1, last_error = excluded.last_error,
			since = CASE WHEN receivers.failures = 0 THEN excluded.since ELSE receivers.since END RETURNING failures`,
		name, toMillis(now), clip(sendErr.Error(), maxTitle)).Scan(&failures)
	if err != nil || failures < tripAfter {
		return err
	}
	rest := backoff(firstRest, longRest, failures-tripAfter+1)
	d.log.Warn("receiver left alone", "receiver", name, "failures", failures, "rest", rest)
	_, err = d.db.Exec(ctx, `UPDATE receivers SET rest_until = ? WHERE name = ?`, toMillis(now.Add(rest)), name)
	return err
}
