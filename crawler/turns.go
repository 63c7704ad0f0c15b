package crawler

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// turns are the hosts' turns between several processes that crawl with one database: a row for each host says from when on
// it may be asked. What keeps to it is polite across a rebalance of the links, beside a process that polls, and after a
// restart. The processes' clocks must agree to within a fraction of the delay.
type turns struct {
	state  state
	holder string        // names this process
	hold   time.Duration // what one request takes at most: a holder that has not let go by then has died
	now    func() time.Time
}

const (
	turnsAskAgain = 250 * time.Millisecond // while another process is at work with the host
	turnsKept     = 24 * time.Hour         // after the last request
	turnsRelease  = 5 * time.Second        // what letting go may take when all else has stopped
)

// take waits until no process asks the host and the pause after the last request is over.
func (t *turns) take(ctx context.Context, host string) error {
	for {
		now := t.now()
		res, err := t.state.db.Exec(ctx, `INSERT INTO crawl_turns (host, holder, free_at) VALUES (?, ?, ?)
ON CONFLICT (host) DO UPDATE SET holder = excluded.holder, free_at = excluded.free_at WHERE crawl_turns.free_at <= ?`,
			host, t.holder, millis(now.Add(t.hold)), millis(now))
		if err != nil {
			return stateError("take a host's turn", err)
		}
		if n, err := res.RowsAffected(); err != nil || n > 0 {
			return stateError("take a host's turn", err)
		}
		wait, err := t.wait(ctx, host)
		if err != nil {
			return err
		}
		if err := rest(ctx, wait); err != nil {
			return err
		}
	}
}

// wait is how long to wait before the next attempt, or an error when that is too long.
func (t *turns) wait(ctx context.Context, host string) (time.Duration, error) {
	var holder string
	var free int64
	err := t.state.db.QueryRow(ctx, "SELECT holder, free_at FROM crawl_turns WHERE host = ?", host).Scan(&holder, &free)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil // forgotten meanwhile
	}
	if err != nil {
		return 0, stateError("look up a host's turn", err)
	}
	left := fromMillis(free).Sub(t.now())
	switch {
	case holder != "":
		return min(max(left, time.Millisecond), turnsAskAgain), nil
	case left > maxHold:
		return 0, &Error{Reason: ReasonThrottled, Temporary: true, Wait: left, Err: fmt.Errorf("another process was told, or found, to leave the host alone for another %v", left.Round(time.Second))}
	}
	return max(left, time.Millisecond), nil
}

// leave gives the turn to whoever comes after the pause, rounded up to milliseconds. A row that cannot be written frees itself
// when the hold is over.
func (t *turns) leave(ctx context.Context, host string, pause, delay time.Duration) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), turnsRelease)
	defer cancel()
	_, _ = t.state.db.Exec(ctx, `UPDATE crawl_turns SET holder = '', free_at = ? + CASE WHEN delay_ms > ? THEN delay_ms ELSE ? END,
delay_ms = CASE WHEN delay_ms > ? THEN delay_ms ELSE ? END WHERE host = ? AND holder = ?`,
		millis(t.now().Add(2*time.Millisecond)), pause.Milliseconds(), pause.Milliseconds(), delay.Milliseconds(), delay.Milliseconds(), host, t.holder)
}

// forgetTurns drops hosts that nobody has asked for long.
func (s state) forgetTurns(ctx context.Context, now time.Time) error {
	_, err := s.db.Exec(ctx, "DELETE FROM crawl_turns WHERE free_at < ?", millis(now.Add(-turnsKept)))
	return stateError("forget turns", err)
}

// rest waits, or returns the context's error.
func rest(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
