package digest

import (
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"haidang/internal/store"
)

// row is a stored mail.
type row struct {
	Edition
	state     state
	attempts  int
	nextAt    time.Time
	createdAt time.Time
	sentAt    time.Time
	version   int64
	review    Review
	problem   string // of the last attempt
}

// waits reports whether nobody has begun to send the mail, so that it can still be changed.
func (r *row) waits() bool { return r.state == statePending && r.attempts == 0 }

// prepare builds and stores a mail unless it is stored already. It is built once: whoever stores it first wins.
func (d *Digest) prepare(ctx context.Context, date Date, list List) error {
	var n int
	err := d.deps.DB.QueryRow(ctx, `SELECT COUNT(*) FROM digests WHERE date = ? AND list = ? AND state <> 'skipped'`, string(date), list.Name).Scan(&n)
	if err != nil {
		return fmt.Errorf("look for the digest of %s: %w", date, err)
	}
	if n > 0 {
		return nil
	}
	start := d.now()
	due, err := d.at(date, d.sendAt)
	if err != nil {
		return err
	}
	e, err := d.Build(ctx, date, list)
	if err != nil {
		return err
	}
	d.metrics.duration.Observe(d.now().Sub(start).Seconds())
	next := start
	if due.After(next) {
		next = due // a draft, until then
	}
	err = d.deps.DB.InTx(ctx, func(tx *store.Tx) error { return insert(ctx, tx, e, start, next) })
	if err != nil {
		return fmt.Errorf("store the digest of %s: %w", date, err)
	}
	return nil
}

func insert(ctx context.Context, tx *store.Tx, e Edition, now, next time.Time) error {
	_, err := tx.Exec(ctx, `DELETE FROM digests WHERE date = ? AND list = ? AND state = 'skipped'`, string(e.Date), e.List.Name)
	if err != nil {
		return err
	}
	res, err := tx.Exec(ctx, `INSERT INTO digests (date, list, state, message_id, subject, html, plain, chart, attempts, next_at, last_error, created_at, sent_at)
		VALUES (?, ?, 'pending', ?, ?, ?, ?, ?, 0, ?, '', ?, 0) ON CONFLICT DO NOTHING`,
		string(e.Date), e.List.Name, e.MessageID, e.Subject, e.HTML, e.Text, encodeChart(e.Chart), next.UnixMilli(), now.UnixMilli())
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return err
	}
	for _, to := range e.List.To {
		a, err := parseAddress(to)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO digest_recipients (date, list, address, state, last_error, sent_at) VALUES (?, ?, ?, 'pending', '', 0) ON CONFLICT DO NOTHING`,
			string(e.Date), e.List.Name, a.String())
		if err != nil {
			return err
		}
	}
	return nil
}

func (d *Digest) read(ctx context.Context, date Date, list List) (row, error) {
	r := row{Edition: Edition{Date: date, List: list}}
	var next, created, sent, reviewed int64
	var chart, leftOut, rewrites string
	err := d.deps.DB.QueryRow(ctx, `SELECT state, message_id, subject, html, plain, chart, attempts, next_at, created_at, sent_at,
		version, reviewed_by, reviewed_at, note, left_out, rewrites, last_error FROM digests WHERE date = ? AND list = ?`,
		string(date), list.Name).Scan(&r.state, &r.MessageID, &r.Subject, &r.HTML, &r.Text, &chart, &r.attempts, &next, &created, &sent,
		&r.version, &r.review.By, &reviewed, &r.review.Note, &leftOut, &rewrites, &r.problem)
	if err != nil {
		return r, fmt.Errorf("read the digest of %s: %w", date, err)
	}
	if r.Chart, err = base64.StdEncoding.DecodeString(chart); err != nil {
		return r, fmt.Errorf("read the chart of the digest of %s: %w", date, err)
	}
	if err := errors.Join(json.Unmarshal([]byte(leftOut), &r.review.LeftOut), json.Unmarshal([]byte(rewrites), &r.review.Rewrites)); err != nil {
		return r, fmt.Errorf("read the review of the digest of %s: %w", date, err)
	}
	r.nextAt, r.createdAt, r.sentAt, r.review.At = time.UnixMilli(next), time.UnixMilli(created), moment(sent), moment(reviewed)
	return r, nil
}

// leaseFor is how long one attempt may take before it counts as lost.
const leaseFor = 10 * time.Minute

// lease takes the right to send a mail by moving its next attempt into the future. It misses when another process has
// been faster.
func (d *Digest) lease(ctx context.Context, r row) (bool, error) {
	res, err := d.deps.DB.Exec(ctx, `UPDATE digests SET attempts = attempts + 1, next_at = ?, state = 'pending' WHERE date = ? AND list = ? AND attempts = ? AND next_at = ?`,
		d.now().Add(leaseFor).UnixMilli(), string(r.Date), r.List.Name, r.attempts, r.nextAt.UnixMilli())
	if err != nil {
		return false, fmt.Errorf("take the digest of %s: %w", r.Date, err)
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// recipients lists the addresses of a mail in a state.
func (d *Digest) recipients(ctx context.Context, r row, s state) ([]string, error) {
	rows, err := d.deps.DB.Query(ctx, `SELECT address FROM digest_recipients WHERE date = ? AND list = ? AND state = ? ORDER BY address`,
		string(r.Date), r.List.Name, string(s))
	if err != nil {
		return nil, fmt.Errorf("read who gets the digest of %s: %w", r.Date, err)
	}
	defer func() { _ = rows.Close() }() // rows.Err has the error that matters
	var out []string
	for rows.Next() {
		var a string
		if err := rows.Scan(&a); err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, rows.Err()
}

// note records how one address fared. It must not be lost to a shutdown: the mail server has accepted the mail.
func (d *Digest) note(ctx context.Context, r row, address string, problem error) error {
	s, message, sentAt := stateSent, "", d.now().UnixMilli()
	if problem != nil {
		s, message, sentAt = statePending, clean(problem.Error(), maxError), 0
		if refused(problem) {
			s = stateFailed
		}
	}
	d.metrics.mails.WithLabelValues(string(s)).Inc()
	_, err := d.deps.DB.Exec(context.WithoutCancel(ctx),
		`UPDATE digest_recipients SET state = ?, last_error = ?, sent_at = ? WHERE date = ? AND list = ? AND address = ?`,
		string(s), message, sentAt, string(r.Date), r.List.Name, address)
	if err != nil {
		return fmt.Errorf("note that %q has the digest of %s: %w", address, r.Date, err)
	}
	return nil
}

const maxError = 500

func (d *Digest) finish(ctx context.Context, r row, s state, next time.Time, problem error) error {
	var message string
	if problem != nil {
		message = clean(problem.Error(), maxError)
	}
	var nextAt, sentAt int64
	if !next.IsZero() {
		nextAt = next.UnixMilli()
	}
	if s == stateSent {
		sentAt = d.now().UnixMilli()
	}
	_, err := d.deps.DB.Exec(context.WithoutCancel(ctx), `UPDATE digests SET state = ?, next_at = ?, last_error = ?, sent_at = ? WHERE date = ? AND list = ?`,
		string(s), nextAt, message, sentAt, string(r.Date), r.List.Name)
	if err != nil {
		return fmt.Errorf("note the digest of %s: %w", r.Date, err)
	}
	return nil
}

// newest returns the date of the newest mail of a list that is stored, up to a date, or "".
func (d *Digest) newest(ctx context.Context, list List, until Date) (Date, error) {
	var date sql.NullString
	err := d.deps.DB.QueryRow(ctx, `SELECT MAX(date) FROM digests WHERE list = ? AND date <= ?`, list.Name, string(until)).Scan(&date)
	if err != nil {
		return "", fmt.Errorf("look for the newest digest of %s: %w", list.Name, err)
	}
	return Date(date.String), nil
}

// skip notes the day that a list was new, from which on no morning is left out.
func (d *Digest) skip(ctx context.Context, date Date, list List) error {
	_, err := d.deps.DB.Exec(ctx, `INSERT INTO digests (date, list, state, message_id, subject, html, plain, attempts, next_at, last_error, created_at, sent_at)
		VALUES (?, ?, 'skipped', '', '', '', '', 0, 0, '', ?, 0) ON CONFLICT DO NOTHING`, string(date), list.Name, d.now().UnixMilli())
	if err != nil {
		return fmt.Errorf("note the new digest list %s: %w", list.Name, err)
	}
	return nil
}

// open lists the dates of a list's mails that are still to be sent, oldest first.
func (d *Digest) open(ctx context.Context, list List) ([]Date, error) {
	rows, err := d.deps.DB.Query(ctx, `SELECT date FROM digests WHERE list = ? AND state = 'pending' ORDER BY date`, list.Name)
	if err != nil {
		return nil, fmt.Errorf("look for open digests of %s: %w", list.Name, err)
	}
	defer func() { _ = rows.Close() }() // rows.Err has the error that matters
	var out []Date
	for rows.Next() {
		var date Date
		if err := rows.Scan(&date); err != nil {
			return nil, err
		}
		out = append(out, date)
	}
	return out, rows.Err()
}
