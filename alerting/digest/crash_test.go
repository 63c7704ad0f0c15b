package digest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"haidang/internal/store/storetest"
)

// TestCrashAtEveryWrite lets each write to the database fail in turn, as a crash or a full disk at that moment would, and
// then another process, with a lease that has run out, go on: everybody is mailed, and at most the one whose "accepted"
// could not be noted is mailed again.
func TestCrashAtEveryWrite(t *testing.T) {
	for _, crash := range []struct {
		write, table string
		writes       int
	}{{"INSERT", "digests", 1}, {"INSERT", "digest_recipients", 2}, {"UPDATE", "digests", 2}, {"UPDATE", "digest_recipients", 2}} {
		for nth := 1; nth <= crash.writes; nth++ {
			t.Run(fmt.Sprintf("%s %s %d", crash.write, crash.table, nth), func(t *testing.T) {
				m := startServer(t, TLSNone, nil)
				w := newWorld(t, through(m))
				w.day()
				l, err := w.List("ban-chi-dao")
				if err != nil {
					t.Fatal(err)
				}
				repair := storetest.FailOn(t, w.db, crash.write, crash.table, nth)
				if got, err := w.Digest.send(t.Context(), sunday, l, false); err == nil {
					t.Fatalf("send = %s, want an error: the write was to fail", got)
				}
				repair()
				other, err := New(w.cfg, w.deps) // another process
				if err != nil {
					t.Fatal(err)
				}
				w.now = w.now.Add(leaseFor + time.Second)
				reason, err := other.send(context.Background(), sunday, l, false)
				if err != nil || reason != ReasonSent {
					t.Fatalf("the other process: %s, %v; want sent", reason, err)
				}
				if again, err := w.Digest.send(t.Context(), sunday, l, false); again != ReasonBefore {
					t.Errorf("the first one, back again: %s, %v; want to learn that it was sent", again, errors.Unwrap(err))
				}
				copies := map[string]int{}
				for _, got := range m.got() {
					copies[got.to]++
				}
				most := 0
				for _, n := range copies {
					most += n - 1
				}
				if want := map[bool]int{true: 1}[crash.table == "digest_recipients" && crash.write == "UPDATE"]; len(copies) != 2 || most > want {
					t.Errorf("mailed %v; want both, and at most %d again", copies, want)
				}
			})
		}
	}
}
