package digest

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// outbox takes the place of the mail server where the clock is a fake one.
type outbox struct {
	mu    sync.Mutex
	sent  []string    // date and address
	times []time.Time // of each attempt
	down  bool
}

func (o *outbox) deliver(_ context.Context, mails []*gomail.Msg, done func(int, error) error) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.times = append(o.times, time.Now())
	if o.down {
		return errors.New("connection refused")
	}
	for i, m := range mails {
		id := strings.TrimPrefix(m.GetMessageID(), "<digest-")
		o.sent = append(o.sent, id[:len("2026-11-22")]+" "+m.GetTo()[0].Address)
		if err := done(i, nil); err != nil {
			return err
		}
	}
	return nil
}

// scheduled is a world whose clock is synctest's: it begins at midnight UTC, 1 January 2000, 07:00 in Hà Nội.
func scheduled(t *testing.T) (*world, *outbox) {
	w := newWorld(t, func(c *Config, deps *Deps) {
		c.SMTP.Host = "mail.haidang.test"
		c.Lists = c.Lists[1:]
		deps.Now, deps.Health = time.Now, nil
	})
	o := &outbox{}
	w.delivery = o
	return w, o
}

// runFor runs the schedule for some time and stops it.
func (w *world) runFor(d time.Duration) {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	defer cancel()
	if err := w.Run(ctx); err != nil {
		w.t.Errorf("Run = %v", err)
	}
}

const someone = " member1@haidang.test"

func TestEveryMorningAtTheSameTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, o := scheduled(t)
		w.runFor(3*24*time.Hour + time.Hour)
		if got, want := strings.Join(o.sent, ","), "2000-01-02"+someone+",2000-01-03"+someone+",2000-01-04"+someone; got != want {
			t.Fatalf("sent %q, want %q", got, want)
		}
		for _, at := range o.times {
			if local := at.In(w.zone).Format("15:04"); local != "06:45" {
				t.Errorf("sent at %s, want 06:45", local)
			}
		}
	})
}

func TestNewListWaitsForItsFirstMorning(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, o := scheduled(t)
		w.runFor(23 * time.Hour)
		if len(o.sent) != 0 {
			t.Errorf("sent %q before the first morning", o.sent)
		}
	})
}

func TestMorningsSleptThroughAreSentLateAndOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, o := scheduled(t)
		w.runFor(25 * time.Hour)
		<-time.After(2*24*time.Hour + 3*time.Hour) // down over two mornings
		w.runFor(time.Hour)
		w.runFor(time.Hour)
		if got, want := strings.Join(o.sent, ","), "2000-01-02"+someone+",2000-01-03"+someone+",2000-01-04"+someone; got != want {
			t.Errorf("sent %q, want %q", got, want)
		}
		var html string
		if err := w.db.QueryRow(t.Context(), `SELECT html FROM digests WHERE date = '2000-01-03'`).Scan(&html); err != nil || !strings.Contains(html, "Sent late") {
			t.Errorf("the late mail does not say so (%v)", err)
		}
	})
}

func TestLongDownTimeIsNotMadeUpForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, o := scheduled(t)
		w.runFor(25 * time.Hour)
		<-time.After(30 * 24 * time.Hour)
		w.runFor(time.Hour)
		if got := len(o.sent) - 1; got != maxCatchUp {
			t.Errorf("%d mails after a month, want %d", got, maxCatchUp)
		}
	})
}

func TestServerDownInTheMorningIsTriedAgainUntilItIsBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, o := scheduled(t)
		o.down = true
		w.runFor(26 * time.Hour)
		if len(o.sent) != 0 || len(o.times) < 5 {
			t.Fatalf("%d attempts, %d mails; want some attempts and no mail", len(o.times), len(o.sent))
		}
		for i := 1; i < len(o.times); i++ {
			if wait, least := o.times[i].Sub(o.times[i-1]), backoff(i); wait < least || wait > least+look {
				t.Errorf("pause %d = %v, want %v or a look later", i, wait, least)
			}
		}
		o.down = false
		w.runFor(2 * time.Hour)
		if len(o.sent) != 1 {
			t.Errorf("sent %q once the server is back, want one mail", o.sent)
		}
	})
}

func TestMailIsGivenUpAfterItsLastAttemptAndTheNextDayIsNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, o := scheduled(t)
		o.down = true
		w.runFor(47 * time.Hour)
		var s, problem string
		err := w.db.QueryRow(t.Context(), `SELECT state, last_error FROM digests WHERE date = '2000-01-02'`).Scan(&s, &problem)
		if err != nil || s != string(stateFailed) || !strings.Contains(problem, "connection refused") || len(o.times) != maxAttempts {
			t.Errorf("state %q, error %q (%v) after %d attempts; want failed after %d", s, problem, err, len(o.times), maxAttempts)
		}
		o.down = false
		w.runFor(3 * time.Hour)
		if got, want := strings.Join(o.sent, ","), "2000-01-03"+someone; got != want {
			t.Errorf("sent %q, want %q", got, want)
		}
	})
}

func TestTwoProcessesSendOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, o := scheduled(t)
		other, err := New(w.cfg, w.deps)
		if err != nil {
			t.Fatal(err)
		}
		other.delivery = o
		ctx, cancel := context.WithTimeout(t.Context(), 49*time.Hour)
		defer cancel()
		var wg sync.WaitGroup
		for _, d := range []*Digest{w.Digest, other} {
			wg.Go(func() { _ = d.Run(ctx) })
		}
		wg.Wait()
		if got, want := strings.Join(o.sent, ","), "2000-01-02"+someone+",2000-01-03"+someone; got != want {
			t.Errorf("sent %q, want %q", got, want)
		}
	})
}

func TestDates(t *testing.T) {
	w := newWorld(t)
	for _, tt := range []struct {
		now          string // in Hà Nội
		current, due Date
	}{
		{"2026-11-22T06:29:59", "2026-11-22", "2026-11-21"},
		{"2026-11-22T06:30:00", "2026-11-23", "2026-11-21"},
		{"2026-11-22T06:45:00", "2026-11-23", "2026-11-22"},
		{"2026-11-22T23:59:59", "2026-11-23", "2026-11-22"},
		{"2026-12-31T08:00:00", "2027-01-01", "2026-12-31"},
	} {
		at, err := time.ParseInLocation("2006-01-02T15:04:05", tt.now, w.zone)
		if err != nil {
			t.Fatal(err)
		}
		w.now = at
		if c, d := w.Current(List{}), w.Due(List{}); c != tt.current || d != tt.due {
			t.Errorf("at %s: Current %s, Due %s; want %s, %s", tt.now, c, d, tt.current, tt.due)
		}
	}
	if _, err := ParseDate("22.11.2026"); err == nil || !strings.Contains(err.Error(), "2026-11-22") {
		t.Errorf("ParseDate = %v, want a hint", err)
	}
}
