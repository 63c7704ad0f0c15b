package crawler

import (
	"context"
	"errors"
	"time"
)

const (
	dutyPoll   = "poll"
	leaseFor   = 30 * time.Second // without a word of its holder, a duty falls to another process
	leaseRenew = 10 * time.Second
)

// errLeaseLost ends what a process does while it has a duty.
var errLeaseLost = errors.New("another process has taken over")

// takeLease takes a duty that is free or already ours, and reports whether it is ours now.
func (s state) takeLease(ctx context.Context, duty, holder string, now time.Time) (bool, error) {
	res, err := s.db.Exec(ctx, `INSERT INTO crawl_leases (duty, holder, until) VALUES (?, ?, ?)
ON CONFLICT (duty) DO UPDATE SET holder = excluded.holder, until = excluded.until
WHERE crawl_leases.holder = excluded.holder OR crawl_leases.until <= ?`, duty, holder, millis(now.Add(leaseFor)), millis(now))
	if err != nil {
		return false, stateError("take the lease of "+duty, err)
	}
	n, err := res.RowsAffected()
	return n > 0, stateError("take the lease of "+duty, err)
}

// dropLease lets another process take over at once.
func (s state) dropLease(ctx context.Context, duty, holder string) error {
	_, err := s.db.Exec(ctx, "DELETE FROM crawl_leases WHERE duty = ? AND holder = ?", duty, holder)
	return stateError("drop the lease of "+duty, err)
}

// asOnly runs do while this process, of all that crawl with the database, has the duty: it waits for it, keeps it, and
// when it is lost because the database could not be reached for too long, ends do and waits again.
func (c *Crawler) asOnly(ctx context.Context, duty string, do func(context.Context) error) error {
	for {
		ours, err := c.state.takeLease(ctx, duty, c.instance, c.deps.Now())
		if err != nil && ctx.Err() == nil {
			c.log.Warn("lease not taken", "duty", duty, "err", err)
		}
		if ours {
			c.log.Info("duty taken over", "duty", duty)
			if err := c.holding(ctx, duty, do); !errors.Is(err, errLeaseLost) {
				return err
			}
			c.log.Warn("duty lost", "duty", duty)
		}
		if err := rest(ctx, jittered(leaseRenew)); err != nil {
			return err
		}
	}
}

// holding runs do and renews the lease meanwhile.
func (c *Crawler) holding(ctx context.Context, duty string, do func(context.Context) error) error {
	work, end := context.WithCancelCause(ctx)
	defer end(nil)
	renewed := make(chan struct{}) // closed when renewing has ended
	go func() {
		defer close(renewed)
		last := c.deps.Now()
		for rest(work, leaseRenew) == nil {
			now := c.deps.Now()
			switch ours, err := c.state.takeLease(work, duty, c.instance, now); {
			case ours:
				last = now
			case err == nil || now.Sub(last) >= leaseFor-leaseRenew:
				end(errLeaseLost)
			}
		}
	}()
	err := do(work)
	end(nil)
	<-renewed
	if errors.Is(context.Cause(work), errLeaseLost) && ctx.Err() == nil {
		return errLeaseLost
	}
	last, done := context.WithTimeout(context.WithoutCancel(ctx), turnsRelease)
	defer done()
	return errors.Join(err, c.state.dropLease(last, duty, c.instance))
}
