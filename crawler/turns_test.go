package crawler

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"haidang/internal/store/storetest"
)

// newTurns are so many processes' limiters on one database, each with its own delay.
func newTurns(t *testing.T, delays ...time.Duration) []*hostLimiter {
	s := state{db: storetest.Open(t, t.TempDir())}
	var out []*hostLimiter
	for i, delay := range delays {
		l := newHostLimiter()
		l.delay = delay
		l.shared = &turns{state: s, holder: string(rune('a' + i)), hold: 2 * time.Minute, now: time.Now}
		out = append(out, l)
	}
	return out
}

// What one process learned of a host holds for the others: its pause, a Retry-After, its silence.
func TestTurnsAreSharedBetweenProcesses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newTurns(t, 5*time.Second, 20*time.Second)
		ask := func(l *hostLimiter, during func()) (time.Duration, error) {
			start := time.Now()
			release, err := l.acquire(t.Context(), "a.vn")
			took := time.Since(start)
			if err == nil {
				during()
				release()
			}
			return took.Round(time.Second), err
		}
		nothing := func() {}
		for i, want := range []time.Duration{0, 5 * time.Second, 20 * time.Second, 20 * time.Second, 20 * time.Second} {
			if took, err := ask(l[i%2], nothing); took != want || err != nil {
				t.Errorf("request %d waited %v, want %v: the longer delay is everybody's, %v", i, took, want, err)
			}
		}
		if _, err := ask(l[0], func() { l[0].block("a.vn", time.Hour) }); err != nil {
			t.Error(err)
		}
		if _, err := ask(l[1], nothing); ReasonOf(err) != ReasonThrottled || waitOf(err).Round(time.Minute) != time.Hour {
			t.Errorf("the other was told to wait an hour: %v", err)
		}
		time.Sleep(time.Hour)
		if took, err := ask(l[1], nothing); took != 0 || err != nil {
			t.Errorf("an hour later: %v, %v", took, err)
		}
	})
}

// A process that dies with a host's turn keeps it no longer than a request can take.
func TestTurnOfADeadProcess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newTurns(t, time.Second, time.Second)
		if _, err := l[0].acquire(t.Context(), "a.vn"); err != nil { // and never lets go
			t.Fatal(err)
		}
		start := time.Now()
		short, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if _, err := l[1].acquire(short, "a.vn"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a turn that is held: %v", err)
		}
		release, err := l[1].acquire(t.Context(), "a.vn")
		if err != nil || time.Since(start) < 2*time.Minute || time.Since(start) > 2*time.Minute+time.Second {
			t.Fatalf("after %v: %v", time.Since(start), err)
		}
		release()
	})
}

// Of several processes one has the duty; when it ends, another has it within a lease's time, and at once when it ends well.
func TestDutyFallsToAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db := storetest.Open(t, t.TempDir())
		var mu sync.Mutex
		var at []string
		start := time.Now()
		process := func(name string, life time.Duration) {
			c, err := New(DefaultConfig(), Deps{Publisher: &recorder{}, DB: db, Shared: true})
			if err != nil {
				t.Error(err)
				return
			}
			c.instance = name
			ctx, cancel := context.WithTimeout(t.Context(), life)
			defer cancel()
			_ = c.asOnly(ctx, dutyPoll, func(ctx context.Context) error {
				mu.Lock()
				at = append(at, name)
				mu.Unlock()
				<-ctx.Done()
				return ctx.Err()
			})
		}
		var wg sync.WaitGroup
		wg.Go(func() { process("first", time.Minute) })
		synctest.Wait()
		wg.Go(func() { process("second", 10*time.Minute) })
		time.Sleep(80 * time.Second)
		mu.Lock()
		if len(at) != 2 || at[0] != "first" || at[1] != "second" {
			t.Errorf("%v after the start the duty went to %q", time.Since(start), at)
		}
		mu.Unlock()
		if _, err := db.Exec(t.Context(), "UPDATE crawl_leases SET holder = 'third', until = ?", millis(time.Now().Add(time.Minute))); err != nil {
			t.Error(err)
		}
		time.Sleep(2 * time.Minute)
		mu.Lock()
		if len(at) != 3 { // it lost the duty to a third, which then fell silent, and has it again
			t.Errorf("the duty went to %q", at)
		}
		mu.Unlock()
		wg.Wait()
	})
}
