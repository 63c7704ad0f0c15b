package bustest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"haidang/internal/bus"
)

func oversizedMessage(f *fixture) {
	huge := bus.Message{Topic: bus.Verdicts, Key: []byte("k"), Value: noise(int(f.cfg.MaxMessage) + 1)}
	err := f.bus.Publish(f.Context(), huge)
	if !errors.Is(err, bus.ErrTooLarge) {
		f.Fatalf("Publish(%d bytes) = %v, want ErrTooLarge", len(huge.Value), err)
	}
	if !strings.Contains(err.Error(), fmt.Sprint(int(f.cfg.MaxMessage))) {
		f.Errorf("error %q does not name the limit %d", err, f.cfg.MaxMessage)
	}
	largest := bus.Message{Topic: bus.Verdicts, Value: noise(int(f.cfg.MaxMessage))}
	if err := f.bus.Publish(f.Context(), largest); err != nil {
		f.Errorf("Publish(%d bytes) = %v, want nil at the limit", len(largest.Value), err)
	}
	// A handler whose result is too large: its input goes to dead, the next message is handled.
	var after atomic.Bool
	f.run(f.bus, bus.Subscription{
		Topic: bus.Articles, Group: "g", Stage: "grow",
		Handle: func(ctx context.Context, msgs []bus.Message) error {
			if string(msgs[0].Value) == "after" {
				after.Store(true)
				return nil
			}
			return f.bus.Publish(ctx, huge)
		},
	})
	f.publish(bus.Message{Topic: bus.Articles, Key: []byte("k"), Value: []byte("grows")})
	f.lagIs("g", bus.Articles, 0)
	f.publish(bus.Message{Topic: bus.Articles, Key: []byte("k"), Value: []byte("after")})
	f.eventually("next message", after.Load)
	dead := f.dead()
	if len(dead) != 1 || string(dead[0].Value) != "grows" || dead[0].Attempts != 1 || !strings.Contains(dead[0].Reason, "too large") {
		f.Errorf("dead letters = %+v, want the message that grows after one attempt", dead)
	}
}

// trouble is a handler that fails by what the message says, and remembers how often each was tried and succeeded.
type trouble struct {
	mu    sync.Mutex
	tries map[string]int
	good  map[string]int
}

func (tr *trouble) handle(value string) error {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.tries[value]++
	switch {
	case value == "malformed":
		return bus.Permanent(errors.New("not JSON"))
	case value == "panics":
		panic("index out of range")
	case value == "hopeless":
		return errors.New("still wrong")
	case value == "flaky" && tr.tries[value] < 4:
		return errors.New("not yet")
	}
	return nil
}

func (tr *trouble) done(value string) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.good[value]++
}

func troubled() (*trouble, []bus.Message) {
	msgs := []bus.Message{}
	for i, v := range []string{"a", "malformed", "b", "panics", "flaky", "c", "hopeless", "d"} {
		msgs = append(msgs, bus.Message{
			Topic: bus.Articles, Key: fmt.Appendf(nil, "k%d", i), Value: []byte(v), Headers: []bus.Header{{Key: "h", Value: []byte{1, 0}}},
		})
	}
	return &trouble{tries: map[string]int{}, good: map[string]int{}}, msgs
}

func poisonMessages(f *fixture) {
	tr, msgs := troubled()
	f.publish(msgs...)
	f.run(f.bus, bus.Subscription{
		Topic: bus.Articles, Group: "g", Stage: "judge", Retry: bus.RetryPolicy{Attempts: 5, MinBackoff: time.Millisecond, MaxBackoff: 5 * time.Millisecond},
		Handle: func(_ context.Context, msgs []bus.Message) error {
			for _, m := range msgs {
				if err := tr.handle(string(m.Value)); err != nil {
					return err
				}
			}
			for _, m := range msgs {
				tr.done(string(m.Value))
			}
			return nil
		},
	})
	f.lagIs("g", bus.Articles, 0)
	checkTrouble(f, tr, msgs)
}

func poisonMessagesEach(f *fixture) {
	tr, msgs := troubled()
	f.publish(msgs...)
	f.run(f.bus, bus.Subscription{
		Topic: bus.Articles, Group: "g", Stage: "judge", Retry: bus.RetryPolicy{Attempts: 5, MinBackoff: time.Millisecond, MaxBackoff: 5 * time.Millisecond},
		MaxInFlight: 2,
		HandleEach: func(_ context.Context, m bus.Message) error {
			err := tr.handle(string(m.Value))
			if err == nil {
				tr.done(string(m.Value))
			}
			return err
		},
	})
	f.lagIs("g", bus.Articles, 0)
	checkTrouble(f, tr, msgs)
}

// checkTrouble wants the good ones done once and the bad ones dead once, whole, with their reasons.
func checkTrouble(f *fixture, tr *trouble, msgs []bus.Message) {
	f.Helper()
	tr.mu.Lock()
	defer tr.mu.Unlock()
	for _, v := range []string{"a", "b", "c", "d", "flaky"} {
		if tr.good[v] != 1 {
			f.Errorf("message %q was done %d times, want once", v, tr.good[v])
		}
	}
	reasons := map[string]string{"malformed": "not JSON", "panics": "panic: index out of range", "hopeless": "still wrong"}
	dead := f.dead()
	if len(dead) != len(reasons) {
		f.Errorf("%d dead letters, want %d", len(dead), len(reasons))
	}
	for _, d := range dead {
		v := string(d.Value)
		if reasons[v] == "" || d.Reason != reasons[v] || d.Stage != "judge" || d.Topic != bus.Articles || d.At.IsZero() {
			f.Errorf("dead letter %+v of %q, want reason %q", d, v, reasons[v])
		}
		if len(d.Headers) != 1 || !bytes.Equal(d.Headers[0].Value, []byte{1, 0}) || !bytes.HasPrefix(d.Key, []byte("k")) {
			f.Errorf("dead letter of %q lost its key or headers: %q, %v", v, d.Key, d.Headers)
		}
		if v == "hopeless" && d.Attempts != 5 {
			f.Errorf("%q was given up after %d attempts, want 5", v, d.Attempts)
		}
	}
}

// unavailableIsWaitedFor fails far more often than the policy allows, for a reason that is not the message's.
func unavailableIsWaitedFor(f *fixture) {
	f.publish(numbered(bus.Articles, 0, 5, 1)...)
	var tries atomic.Int64
	var in inbox
	f.run(f.bus, bus.Subscription{
		Topic: bus.Articles, Group: "g", Stage: "test", Retry: bus.RetryPolicy{Attempts: 2, MinBackoff: time.Millisecond, MaxBackoff: time.Millisecond},
		Handle: func(ctx context.Context, msgs []bus.Message) error {
			if tries.Add(1) < 20 {
				return bus.Unavailable(errors.New("database is away"))
			}
			return in.handle(ctx, msgs)
		},
	})
	f.lagIs("g", bus.Articles, 0)
	checkOrder(f.T, in.all(), 5)
	if dead := f.dead(); len(dead) != 0 {
		f.Errorf("dead letters = %+v, want none", dead)
	}
}

// slowKeyHoldsUpOnlyItself blocks one key: the others go on, its own next message waits, and the acknowledged offset
// stays before it.
func slowKeyHoldsUpOnlyItself(f *fixture) {
	release := make(chan struct{})
	var fast, slow inbox
	f.run(f.bus, bus.Subscription{
		Topic: bus.Links, Group: "g", Stage: "test", MaxInFlight: 3,
		HandleEach: func(ctx context.Context, m bus.Message) error {
			if string(m.Key) != "slow" {
				fast.add(m)
				return nil
			}
			slow.add(m)
			select {
			case <-release:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		},
	})
	var msgs []bus.Message
	for i := range 5 {
		msgs = append(msgs, bus.Message{Topic: bus.Links, Key: []byte("slow"), Value: fmt.Append(nil, i)})
	}
	f.publish(append(msgs, numbered(bus.Links, 0, 100, 20)...)...)
	f.eventually("the fast ones", func() bool { return len(fast.all()) == 100 })
	if got := len(slow.all()); got != 1 {
		f.Errorf("%d messages of the slow key were started, want only the first", got)
	}
	report, err := f.bus.Lag(f.Context(), "g", bus.Links)
	if err != nil || report.Total < 5 {
		f.Errorf("Lag() = %d, %v; want at least the 5 messages of the slow key", report.Total, err)
	}
	close(release)
	f.lagIs("g", bus.Links, 0)
	checkOrder(f.T, slow.all(), 5)
}

// stalledConsumerIsRecycled has a handler that hangs once.
func stalledConsumerIsRecycled(f *fixture) {
	f.publish(bus.Message{Topic: bus.Articles, Key: []byte("k"), Value: []byte("v")})
	var calls atomic.Int64
	f.run(f.bus, bus.Subscription{
		Topic: bus.Articles, Group: "g", Stage: "test", StallAfter: 600 * time.Millisecond, DrainTimeout: 50 * time.Millisecond,
		Handle: func(ctx context.Context, _ []bus.Message) error {
			if calls.Add(1) == 1 {
				<-ctx.Done()
				return ctx.Err()
			}
			return nil
		},
	})
	f.lagIs("g", bus.Articles, 0)
	if calls.Load() != 2 {
		f.Errorf("handler was called %d times, want 2", calls.Load())
	}
}

// brokerRestart stops and starts the broker under a producer and a consumer: what was acknowledged arrives.
func brokerRestart(f *fixture, broker Broker) {
	var in inbox
	f.run(f.bus, bus.Subscription{Topic: bus.Articles, Group: "g", Stage: "test", DrainTimeout: time.Second, Handle: in.handle})
	ctx, cancel := context.WithCancel(f.Context())
	var acked atomic.Int64
	produced := make(chan error, 1)
	go func() {
		for n := 0; ctx.Err() == nil; n += 10 {
			if err := f.bus.Publish(f.Context(), numbered(bus.Articles, n, 10, 5)...); err != nil {
				produced <- fmt.Errorf("publish %d: %w", n, err)
				return
			}
			acked.Add(10)
		}
		produced <- nil
	}()
	f.eventually("first acknowledgements", func() bool { return acked.Load() >= 50 })
	broker.Stop(f.T)
	at := acked.Load()
	broker.Start(f.T)
	f.eventually("acknowledgements after the restart", func() bool { return acked.Load() >= at+50 })
	cancel()
	if err := <-produced; err != nil {
		f.Fatal(err)
	}
	f.lagIs("g", bus.Articles, 0)
	seen := in.values()
	for n := range int(acked.Load()) {
		if seen[fmt.Sprint(n)] == 0 {
			f.Errorf("acknowledged message %d was lost", n)
		}
	}
	f.Logf("%d acknowledged, %d delivered", acked.Load(), len(in.all()))
}
