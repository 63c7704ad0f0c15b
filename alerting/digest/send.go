package digest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/wneessen/go-mail"
)

// Reason says what became of a mail.
type Reason string

// The reasons.
const (
	ReasonSent    Reason = "sent"         // everybody on the list has it now
	ReasonBefore  Reason = "already_sent" // it was sent earlier; nobody was mailed
	ReasonRetry   Reason = "retry"        // some or all were not reached; it is tried again
	ReasonFailed  Reason = "failed"       // some were not reached and it is not tried again
	ReasonTaken   Reason = "taken"        // another process is sending it
	ReasonNoMail  Reason = "no_server"    // no mail server is configured
	ReasonNotYet  Reason = "not_yet"      // its day has not ended
	ReasonNothing Reason = "not_due"      // its next attempt is later
)

// state is where a mail, or one address of it, stands.
type state string

const (
	statePending state = "pending"
	stateSent    state = "sent"
	stateFailed  state = "failed"
	stateSkipped state = "skipped" // the day that a list was new
)

// Retries: twelve attempts from one minute to one hour apart reach into the afternoon.
const (
	maxAttempts = 12
	firstWait   = time.Minute
	maxWait     = time.Hour
)

// ErrNoServer says that there is no mail server to send with.
var ErrNoServer = errors.New("no mail server is configured: set digest.smtp.host, or write the mail to a folder instead")

// Send sends the mail of a date to everybody on a list who does not have it yet, now. Sending it again mails nobody.
func (d *Digest) Send(ctx context.Context, date Date, list List) (Reason, error) {
	if d.cfg.SMTP.Host == "" {
		return ReasonNoMail, ErrNoServer
	}
	if _, end, err := d.window(date, list); err != nil {
		return ReasonNotYet, err
	} else if d.now().Before(end) {
		return ReasonNotYet, fmt.Errorf("the digest of %s ends at %s: until then, write it to a folder to see it", date, end.Format("15:04 02.01.2006"))
	}
	return d.send(ctx, date, list, true)
}

// SendTest sends the mail of a date, as it stands now, to one address, with a mark in its subject. Nothing is noted, and
// the list gets its mail all the same.
func (d *Digest) SendTest(ctx context.Context, date Date, list List, to string) error {
	if d.cfg.SMTP.Host == "" {
		return ErrNoServer
	}
	address, err := parseAddress(to)
	if err != nil {
		return err
	}
	var e Edition
	switch draft, err := d.Draft(ctx, date, list); {
	case err == nil:
		e = draft.Edition
	case !errors.Is(err, ErrNoDraft):
		return err
	default:
		if e, err = d.Build(ctx, date, list); err != nil {
			return err
		}
	}
	now := d.now()
	e.Subject = wordsFor(list).test + " " + e.Subject
	e.MessageID = fmt.Sprintf("test-%d-%s", now.UnixNano(), e.MessageID)
	m, err := d.compose(e, address.String(), now)
	if err != nil {
		return fmt.Errorf("compose the mail for %q: %w", to, err)
	}
	var refusal error
	err = d.delivery.deliver(ctx, []*mail.Msg{m}, func(_ int, err error) error {
		refusal = err
		return nil
	})
	return errors.Join(err, refusal)
}

func (d *Digest) send(ctx context.Context, date Date, list List, evenEarly bool) (Reason, error) {
	d.metrics.inFlight.Inc()
	defer d.metrics.inFlight.Dec()
	if err := d.prepare(ctx, date, list); err != nil {
		return ReasonRetry, err
	}
	r, err := d.read(ctx, date, list)
	switch {
	case err != nil:
		return ReasonRetry, err
	case r.state == stateSent || r.state == stateSkipped && !evenEarly:
		return ReasonBefore, nil
	case r.state == stateFailed && !evenEarly:
		return ReasonFailed, nil
	case r.nextAt.After(d.now()) && !evenEarly:
		return ReasonNothing, nil
	}
	if r, err = d.inTime(ctx, r); err != nil {
		return ReasonRetry, err
	}
	mine, err := d.lease(ctx, r)
	if err != nil || !mine {
		return ReasonTaken, err
	}
	return d.attempt(ctx, r)
}

// inTime builds a draft anew that was slept through, so that its mail says that it comes late. One that somebody else
// has begun to send meanwhile stays as it is.
func (d *Digest) inTime(ctx context.Context, r row) (row, error) {
	due, err := d.at(r.Date, d.sendAt)
	if err != nil || r.attempts > 0 || d.now().Sub(due) <= lateAfter || r.createdAt.Sub(due) > lateAfter {
		return r, err
	}
	if err := d.rebuild(ctx, r, r.review, nil); err != nil && !errors.Is(err, ErrAlreadySent) {
		return r, err
	}
	return d.read(ctx, r.Date, r.List)
}

// attempt mails everybody who is still waiting and notes how it went.
func (d *Digest) attempt(ctx context.Context, r row) (Reason, error) {
	waiting, err := d.recipients(ctx, r, statePending)
	if err != nil {
		return ReasonRetry, err
	}
	mails := make([]*mail.Msg, len(waiting))
	for i, to := range waiting {
		if mails[i], err = d.compose(r.Edition, to, r.createdAt); err != nil {
			return ReasonRetry, fmt.Errorf("compose the mail for %q: %w", to, err)
		}
	}
	var problems []error
	err = d.delivery.deliver(ctx, mails, func(i int, err error) error {
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", waiting[i], err))
		}
		return d.note(ctx, r, waiting[i], err)
	})
	if ctx.Err() != nil {
		return ReasonRetry, ctx.Err() // the lease runs out and the rest is sent by the next Run
	}
	return d.conclude(ctx, r, errors.Join(append(problems, err)...))
}

// conclude closes a mail that everybody has, and gives the others another time or up.
func (d *Digest) conclude(ctx context.Context, r row, problem error) (Reason, error) {
	waiting, err := d.recipients(ctx, r, statePending)
	if err != nil {
		return ReasonRetry, err
	}
	failed, err := d.recipients(ctx, r, stateFailed)
	if err != nil {
		return ReasonRetry, err
	}
	switch {
	case len(waiting) > 0 && r.attempts+1 < maxAttempts:
		again := d.now().Add(backoff(r.attempts + 1))
		problem = errors.Join(fmt.Errorf("%d not reached, again at %s", len(waiting), again.In(d.zone).Format(time.TimeOnly)), problem)
		return ReasonRetry, errors.Join(problem, d.finish(ctx, r, statePending, again, problem))
	case len(waiting)+len(failed) > 0:
		problem = errors.Join(fmt.Errorf("given up on %d, refused by %d", len(waiting), len(failed)), problem)
		return ReasonFailed, errors.Join(problem, d.finish(ctx, r, stateFailed, time.Time{}, problem))
	}
	d.metrics.lastSuccess.Set(float64(d.now().Unix()))
	d.log.Info("digest sent", "date", r.Date, "list", r.List.Name)
	return ReasonSent, d.finish(ctx, r, stateSent, time.Time{}, nil)
}

// backoff is the pause after an attempt.
func backoff(attempts int) time.Duration {
	wait := firstWait
	for range attempts - 1 {
		if wait *= 2; wait >= maxWait {
			return maxWait
		}
	}
	return wait
}
