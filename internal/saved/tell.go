package saved

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"haidang/internal/store"
)

// Mail is one message to the owner of a search.
type Mail struct {
	ID       string // the same on every repeat
	To       string
	Subject  string
	Text     string
	HTML     string
	Language string
}

// Reader is somebody who is told by mail.
type Reader struct {
	Address  string
	Language string // vi or en
}

const (
	tellEvery = 20 * time.Second
	tellPause = 10 * time.Minute // between two mails of one live search: what comes meanwhile goes into the next
	tellBusy  = time.Minute      // one mail is sent by one process
	tellAgain = 5 * time.Minute  // after a failure
	mailRings = 50               // articles that a mail names
)

// Run tells owners what their searches found, by mail, until the context ends. Without a mail server it does nothing.
func (s *Saved) Run(ctx context.Context) error {
	if s.deps.Mail == nil || s.deps.Reader == nil {
		<-ctx.Done()
		return nil
	}
	tick := time.NewTicker(tellEvery)
	defer tick.Stop()
	for {
		if err := s.Tell(ctx); err != nil && ctx.Err() == nil {
			s.deps.Logger.Warn("owners of saved searches not told", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Tell sends every mail that is due. A mail is sent, then noted: after a crash in between it is sent again under the same ID.
// One that cannot be sent holds up no other.
func (s *Saved) Tell(ctx context.Context) error {
	all, err := s.List(ctx, "")
	if err != nil {
		return err
	}
	var errs []error
	for _, one := range all {
		reader, ok := s.deps.Reader(one.Owner)
		if !ok || reader.Address == "" {
			continue
		}
		if err := s.tell(ctx, one, reader); err != nil {
			errs = append(errs, fmt.Errorf("saved search %q of %q: %w", one.Name, one.Owner, err))
		}
	}
	return errors.Join(errs...)
}

// told is how far an owner was told.
type told struct {
	ring int64
	at   time.Time
}

func (s *Saved) tell(ctx context.Context, one Search, reader Reader) error {
	was, free, err := s.claim(ctx, one)
	if err != nil || !free {
		return err
	}
	now, until, failed := was, time.Time{}, error(nil)
	for failed == nil {
		mail, next, due, err := s.due(ctx, one, reader, now)
		if err != nil || !due {
			failed = err
			break
		}
		if failed = s.deps.Mail(ctx, mail); failed != nil {
			s.metrics.mails.WithLabelValues(mailFailed).Inc()
			until = s.deps.Now().Add(tellAgain)
			break
		}
		s.metrics.mails.WithLabelValues(mailSent).Inc()
		now = next
		if err := s.note(ctx, one.ID, now, s.deps.Now().Add(tellBusy)); err != nil {
			return err // its claim runs out
		}
	}
	return errors.Join(failed, s.note(context.WithoutCancel(ctx), one.ID, now, until))
}

// claim takes a search for telling; free is false when another process has it, or it is held back.
func (s *Saved) claim(ctx context.Context, one Search) (was told, free bool, err error) {
	now := s.deps.Now()
	err = s.deps.DB.InTx(ctx, func(tx *store.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO saved_told (search_id, ring, at, busy_until) VALUES (?, 0, ?, 0) ON CONFLICT (search_id) DO NOTHING`, one.ID, one.Created.UnixMilli())
		if err != nil {
			return err
		}
		res, err := tx.Exec(ctx, `UPDATE saved_told SET busy_until = ? WHERE search_id = ? AND busy_until <= ?`, now.Add(tellBusy).UnixMilli(), one.ID, now.UnixMilli())
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		if err != nil || n == 0 {
			return err
		}
		free = true
		var at int64
		err = tx.QueryRow(ctx, `SELECT ring, at FROM saved_told WHERE search_id = ?`, one.ID).Scan(&was.ring, &at)
		was.at = time.UnixMilli(at)
		return err
	})
	return was, free, err
}

func (s *Saved) note(ctx context.Context, id string, now told, busy time.Time) error {
	until := int64(0)
	if !busy.IsZero() {
		until = busy.UnixMilli()
	}
	_, err := s.deps.DB.Exec(ctx, `UPDATE saved_told SET ring = ?, at = ?, busy_until = ? WHERE search_id = ?`, now.ring, now.at.UnixMilli(), until, id)
	return err
}

// due writes the next mail of a search, and says how far its owner is told by it.
func (s *Saved) due(ctx context.Context, one Search, reader Reader, was told) (Mail, told, bool, error) {
	now := s.deps.Now()
	if one.Schedule == Live {
		if was.ring > 0 && now.Sub(was.at) < tellPause {
			return Mail{}, was, false, nil
		}
		rows, err := s.deps.DB.Query(ctx, `SELECT `+ringColumns+` WHERE m.search_id = ? AND m.rings > ? ORDER BY m.rings LIMIT ?`, one.ID, was.ring, maxIssueRings)
		if err != nil {
			return Mail{}, was, false, err
		}
		rings, err := scanRings(rows)
		if err != nil || len(rings) == 0 {
			return Mail{}, was, false, err
		}
		last := rings[len(rings)-1].Seq
		slices.Reverse(rings)
		l := letter{Search: one, Reader: reader, link: s.deps.Link, issue: Issue{Rings: rings}}
		return l.write(fmt.Sprintf("saved-%s-%d", one.ID, last)), told{last, now}, true, nil
	}
	_, issues, err := s.Issues(ctx, one.Owner, one.ID)
	if err != nil {
		return Mail{}, was, false, err
	}
	for _, issue := range slices.Backward(issues) {
		if issue.At.After(was.at) {
			l := letter{Search: one, Reader: reader, link: s.deps.Link, issue: issue}
			return l.write(fmt.Sprintf("saved-%s-%s", one.ID, issue.From.Format("20060102"))), told{was.ring, issue.At}, true, nil
		}
	}
	return Mail{}, was, false, nil
}
