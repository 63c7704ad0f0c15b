package digest

import (
	"context"
	"time"
)

// look is how often the clock and the rows are looked at. A minute is soon enough for a mail and survives a clock that
// was set or a machine that slept, which one long timer would not.
const look = time.Minute

// maxCatchUp bounds how many missed mornings are sent late: older ones are history, and the desk has it.
const maxCatchUp = 3

// Run sends each list its mail every morning, and those that were slept through, until the context ends. Without a
// mail server it only waits. A stop waits for the mail that is being sent, at most one SMTP timeout. Any number of processes
// may run it on one database: each mail is built by one and sent to each address by one.
func (d *Digest) Run(ctx context.Context) error {
	if d.cfg.SMTP.Host == "" {
		d.log.Info("no mail server is configured: the morning mail is not sent")
		<-ctx.Done()
		return nil
	}
	tick := time.NewTicker(look)
	defer tick.Stop()
	served := map[string]Date{} // the newest morning of each list that needs no more work: saves a look at the rows
	for {
		for _, list := range d.cfg.Lists {
			d.draft(ctx, list)
			if due := d.Due(list); served[list.Name] != due && d.serve(ctx, list, due) {
				served[list.Name] = due
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// serve sends what a list is owed and reports whether it is done for the day. Its errors are logged here, by their
// owner; the next look tries again.
func (d *Digest) serve(ctx context.Context, list List, due Date) (done bool) {
	dates, err := d.owed(ctx, list, due)
	if err != nil {
		if ctx.Err() == nil {
			d.log.Error("digest not looked up", "list", list.Name, "err", err)
		}
		return false
	}
	done = true
	for _, date := range dates {
		reason, err := d.send(ctx, date, list, false)
		if err != nil && ctx.Err() == nil {
			d.log.Error("digest not sent", "list", list.Name, "date", date, "reason", reason, "err", err)
		}
		done = done && (reason == ReasonSent || reason == ReasonBefore || reason == ReasonFailed)
	}
	return done
}

// owed lists the mornings that a list has not had: those that wait for another attempt, and those that have become due
// since the newest one. A new list is owed nothing before its first morning.
func (d *Digest) owed(ctx context.Context, list List, due Date) ([]Date, error) {
	newest, err := d.newest(ctx, list, due)
	if err != nil {
		return nil, err
	}
	if newest == "" {
		return nil, d.skip(ctx, due, list)
	}
	dates, err := d.open(ctx, list)
	if err != nil {
		return nil, err
	}
	missed := list.mornings(newest, due)
	return append(dates, missed[max(0, len(missed)-maxCatchUp):]...), nil
}

// precedence is how long a process that cannot tell the coverage leaves the drafts to one that can.
const precedence = 5 * time.Minute

// draft stores the mail whose period has just ended, so that a lead can look at it before it is sent. What fails here
// is built again when the mail is due.
func (d *Digest) draft(ctx context.Context, list List) {
	date := d.Drafted(list)
	if date <= d.Due(list) {
		return
	}
	if cutoff, err := d.at(date, d.cutoff); err != nil || d.deps.Coverage == nil && d.now().Sub(cutoff) < precedence {
		return
	}
	if newest, err := d.newest(ctx, list, date); err != nil || newest == "" || newest == date {
		return
	}
	if err := d.prepare(ctx, date, list); err != nil && ctx.Err() == nil {
		d.log.Error("draft of the digest not built", "list", list.Name, "date", date, "err", err)
	}
}
