package crawler

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A host that does not answer is left alone, so that what waits for it does not spend a timeout each; it is tried again
// later and later, and at once known when it is back.
func TestDeadHostIsRemembered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newHostLimiter()
		back := ""
		l.answered = func(host string) { back = host }
		ask := func(ok bool) error {
			release, err := l.acquire(t.Context(), "a.vn")
			if err == nil {
				l.heard("a.vn", ok)
				release()
			}
			return err
		}
		for range deadAfter {
			if err := ask(false); err != nil {
				t.Fatal(err)
			}
		}
		for i, want := range []time.Duration{10 * time.Minute, 20 * time.Minute, 40 * time.Minute, time.Hour, time.Hour} {
			e, ok := errors.AsType[*Error](ask(true))
			if !ok || e.Reason != ReasonHostDown || !e.Temporary || e.Wait != want {
				t.Fatalf("silence %d: %+v, want %v of it", i, e, want)
			}
			time.Sleep(want)
			if err := ask(false); err != nil {
				t.Errorf("after %v the host may be tried: %v", want, err)
			}
		}
		time.Sleep(time.Hour)
		if err := ask(true); err != nil || back != "a.vn" {
			t.Errorf("it answered: %v, told of %q", err, back)
		}
		if err := ask(true); err != nil {
			t.Errorf("once more: %v", err)
		}
	})
}

// With two hundred hosts and politeness on, every host gets its share, however many wait for the busiest.
func TestNoHostStarves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const hosts, minutes = 200, 30
		tr := &transport{hosts: newHostLimiter(), slots: make(chan struct{}, 16)}
		tr.hosts.delay = 5 * time.Second
		var mu sync.Mutex
		served := map[string]int{}
		var wg sync.WaitGroup
		end := time.Now().Add(minutes * time.Minute)
		crawl := func(host string) {
			for time.Now().Before(end) {
				release, err := tr.hosts.acquire(t.Context(), host)
				if err != nil {
					t.Error(err)
					return
				}
				tr.slots <- struct{}{}
				time.Sleep(150 * time.Millisecond) // the request
				<-tr.slots
				release()
				mu.Lock()
				served[host]++
				mu.Unlock()
			}
		}
		for i := range hosts {
			workers := 1
			if i == 0 {
				workers = 100 // an outlet with very many pages waiting
			}
			for range workers {
				wg.Go(func() { crawl(fmt.Sprint(i)) })
			}
		}
		wg.Wait()
		least, most := minutes*60, 0
		for i := range hosts {
			n := served[fmt.Sprint(i)]
			least, most = min(least, n), max(most, n)
		}
		t.Logf("requests in %d minutes: %d to %d a host", minutes, least, most)
		if alone := minutes * 60 * 1000 / 5150; least < alone*9/10 {
			t.Errorf("a host was served %d times, alone it would have been %d times", least, alone)
		}
	})
}
