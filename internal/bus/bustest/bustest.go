// Package bustest holds the conformance suite of the bus: what every broker must do for us, run on the embedded broker
// in plain tests and on Apache Kafka in integration tests.
//
// [Run] runs what can share a broker with other tests: each test has a topic prefix of its own. [RunRestart] needs a
// [Broker] for itself, because it stops it.
package bustest

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"haidang/internal/bus"
)

// patience is how long a test waits for something that must happen.
const patience = 30 * time.Second

// Broker is a broker that can be stopped and started again with its log, on the same address.
type Broker interface {
	Config() bus.Config
	Stop(t *testing.T)
	Start(t *testing.T)
}

// Run runs the conformance suite on the broker that cfg leads to.
func Run(t *testing.T, cfg bus.Config) {
	for name, test := range map[string]func(*fixture){
		"OrderWithinKey":            orderWithinKey,
		"OrderWithinKeyEach":        orderWithinKeyEach,
		"RedeliveryAfterCrash":      redeliveryAfterCrash,
		"ResumeFromCommittedOffset": resumeFromCommittedOffset,
		"DrainOnStop":               drainOnStop,
		"Rebalance":                 rebalance,
		"MessageOfOneMiB":           messageOfOneMiB,
		"OversizedMessage":          oversizedMessage,
		"PoisonMessages":            poisonMessages,
		"PoisonMessagesEach":        poisonMessagesEach,
		"UnavailableIsWaitedFor":    unavailableIsWaitedFor,
		"SlowKeyHoldsUpOnlyItself":  slowKeyHoldsUpOnlyItself,
		"StalledConsumerIsRecycled": stalledConsumerIsRecycled,
		"Lag":                       lag,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(setup(t, cfg))
		})
	}
}

// RunRestart stops and starts the broker under a producer and a consumer.
func RunRestart(t *testing.T, broker Broker) { brokerRestart(setup(t, broker.Config()), broker) }

// fixture is one test's bus and what its consumers received.
type fixture struct {
	*testing.T
	cfg bus.Config
	bus *bus.Bus
}

func setup(t *testing.T, cfg bus.Config) *fixture {
	t.Helper()
	cfg.TopicPrefix = strings.ReplaceAll(t.Name(), "/", ".") + fmt.Sprintf("-%d.", time.Now().UnixNano())
	cfg.Partitions = 3
	f := &fixture{T: t, cfg: cfg}
	f.bus = f.open()
	return f
}

// open opens a further connection to the same topics.
func (f *fixture) open() *bus.Bus {
	f.Helper()
	ctx, cancel := context.WithTimeout(f.Context(), patience)
	defer cancel()
	b, err := bus.Open(ctx, f.cfg, bus.Deps{Logger: logger(f.T)})
	if err != nil {
		f.Fatalf("Open(%v) = %v", f.cfg.Brokers, err)
	}
	f.Cleanup(func() {
		if err := b.Close(); err != nil {
			f.Errorf("Close() = %v", err)
		}
	})
	return b
}

// logger shows the bus's log in verbose or failing tests, until the test has ended.
func logger(t *testing.T) *slog.Logger {
	w := &testWriter{t: t}
	t.Cleanup(func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.t = nil
	})
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelInfo}))
}

type testWriter struct {
	mu sync.Mutex
	t  *testing.T
}

func (w *testWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.t != nil {
		w.t.Log(strings.TrimSpace(string(p)))
	}
	return len(p), nil
}

func (f *fixture) publish(msgs ...bus.Message) {
	f.Helper()
	if err := f.bus.Publish(f.Context(), msgs...); err != nil {
		f.Fatalf("Publish(%d messages) = %v", len(msgs), err)
	}
}

// run starts a consumer and returns what stops it and waits for its end.
func (f *fixture) run(b *bus.Bus, sub bus.Subscription) (stop func()) {
	f.Helper()
	ctx, cancel := context.WithCancel(f.Context())
	ended := make(chan error, 1)
	go func() { ended <- b.Run(ctx, sub) }()
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			select {
			case err := <-ended:
				if err != nil {
					f.Errorf("Run(%s) = %v", sub.Group, err)
				}
			case <-time.After(patience):
				f.Errorf("Run(%s) did not end", sub.Group)
			}
		})
	}
	f.Cleanup(stop)
	return stop
}

// eventually waits until ok holds.
func (f *fixture) eventually(what string, ok func() bool) {
	f.Helper()
	deadline := time.After(patience)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline:
			f.Fatalf("%s: not within %s", what, patience)
		}
	}
}

// lagIs waits until the group's lag in the topic is want.
func (f *fixture) lagIs(group, topic string, want int64) {
	f.Helper()
	f.eventually(fmt.Sprintf("lag of %s in %s is %d", group, topic, want), func() bool {
		report, err := f.bus.Lag(f.Context(), group, topic)
		return err == nil && report.Total == want
	})
}

// dead reads the dead letters.
func (f *fixture) dead() []bus.DeadLetter {
	f.Helper()
	ctx, cancel := context.WithTimeout(f.Context(), patience)
	defer cancel()
	var out []bus.DeadLetter
	err := f.bus.ReadAll(ctx, bus.Dead, func(m bus.Message) error {
		d, err := bus.ParseDeadLetter(m)
		out = append(out, d)
		return err
	})
	if err != nil {
		f.Fatalf("ReadAll(dead) = %v", err)
	}
	return out
}

// inbox collects what handlers got, in the order of their calls.
type inbox struct {
	mu   sync.Mutex
	msgs []bus.Message
}

func (in *inbox) add(msgs ...bus.Message) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.msgs = append(in.msgs, msgs...)
}

func (in *inbox) all() []bus.Message {
	in.mu.Lock()
	defer in.mu.Unlock()
	return append([]bus.Message(nil), in.msgs...)
}

// values counts how often each value came.
func (in *inbox) values() map[string]int {
	out := map[string]int{}
	for _, m := range in.all() {
		out[string(m.Value)]++
	}
	return out
}

func (in *inbox) handle(_ context.Context, msgs []bus.Message) error {
	in.add(msgs...)
	return nil
}

// numbered makes n messages over a few keys, with the values "from", "from+1", …
func numbered(topic string, from, n, keys int) []bus.Message {
	out := make([]bus.Message, n)
	for i := range out {
		out[i] = bus.Message{Topic: topic, Key: fmt.Appendf(nil, "key-%d", (from+i)%keys), Value: fmt.Append(nil, from+i)}
	}
	return out
}
