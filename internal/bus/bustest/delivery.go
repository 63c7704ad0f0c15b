package bustest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"haidang/internal/bus"
)

// checkOrder wants the values of each key to rise, and all of them to be there once.
func checkOrder(t *testing.T, got []bus.Message, want int) {
	t.Helper()
	last := map[string]int{}
	seen := map[int]int{}
	for _, m := range got {
		n, err := strconv.Atoi(string(m.Value))
		if err != nil {
			t.Fatalf("value %q is not a number", m.Value)
		}
		if before, ok := last[string(m.Key)]; ok && n < before {
			t.Errorf("key %s: %d came after %d", m.Key, n, before)
		}
		last[string(m.Key)] = n
		seen[n]++
	}
	for n := range want {
		if seen[n] != 1 {
			t.Errorf("value %d came %d times, want once", n, seen[n])
		}
	}
}

func orderWithinKey(f *fixture) {
	const total = 400
	var in inbox
	f.run(f.bus, bus.Subscription{
		Topic: bus.Articles, Group: "g", Stage: "test", BatchSize: 30, BatchWait: 5 * time.Millisecond, Workers: 2, Handle: in.handle,
	})
	for from := 0; from < total; from += 50 {
		f.publish(numbered(bus.Articles, from, 50, 7)...)
	}
	f.eventually("all messages", func() bool { return len(in.all()) >= total })
	checkOrder(f.T, in.all(), total)
}

func orderWithinKeyEach(f *fixture) {
	const total = 400
	var in inbox
	f.run(f.bus, bus.Subscription{
		Topic: bus.Links, Group: "g", Stage: "test", MaxInFlight: 8,
		HandleEach: func(_ context.Context, m bus.Message) error { in.add(m); return nil },
	})
	f.publish(numbered(bus.Links, 0, total, 7)...)
	f.eventually("all messages", func() bool { return len(in.all()) >= total })
	checkOrder(f.T, in.all(), total)
	f.lagIs("g", bus.Links, 0)
}

// redeliveryAfterCrash ends a consumer after the effect and before the acknowledgement.
func redeliveryAfterCrash(f *fixture) {
	f.publish(numbered(bus.Articles, 0, 40, 5)...)
	var first, second inbox
	stop := f.run(f.bus, bus.Subscription{
		Topic: bus.Articles, Group: "g", Stage: "test", DrainTimeout: 10 * time.Millisecond, Workers: 3,
		Handle: func(ctx context.Context, msgs []bus.Message) error {
			first.add(msgs...)
			<-ctx.Done() // the "crash": everything is done, nothing is acknowledged
			return ctx.Err()
		},
	})
	f.eventually("first delivery", func() bool { return len(first.all()) == 40 })
	stop()
	f.run(f.bus, bus.Subscription{Topic: bus.Articles, Group: "g", Stage: "test", Handle: second.handle})
	f.eventually("second delivery", func() bool { return len(second.values()) == 40 })
	f.lagIs("g", bus.Articles, 0)
}

func resumeFromCommittedOffset(f *fixture) {
	f.publish(numbered(bus.Articles, 0, 50, 5)...)
	var first, second inbox
	stop := f.run(f.bus, bus.Subscription{Topic: bus.Articles, Group: "g", Stage: "test", Handle: first.handle})
	f.lagIs("g", bus.Articles, 0)
	stop()
	f.publish(numbered(bus.Articles, 50, 50, 5)...)
	f.lagIs("g", bus.Articles, 50)
	f.run(f.open(), bus.Subscription{Topic: bus.Articles, Group: "g", Stage: "test", Handle: second.handle})
	f.lagIs("g", bus.Articles, 0)
	for _, n := range second.all() {
		if v, _ := strconv.Atoi(string(n.Value)); v < 50 {
			f.Errorf("message %d came again after its acknowledgement", v)
		}
	}
	if got := len(second.values()); got != 50 {
		f.Errorf("second consumer got %d messages, want 50", got)
	}
}

// drainOnStop stops a consumer while its handler works: the work is finished and acknowledged.
func drainOnStop(f *fixture) {
	entered, release := make(chan struct{}, 10), make(chan struct{})
	var finished atomic.Int64
	ctx, cancel := context.WithCancel(f.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- f.bus.Run(ctx, bus.Subscription{
			Topic: bus.Articles, Group: "g", Stage: "test",
			Handle: func(ctx context.Context, msgs []bus.Message) error {
				entered <- struct{}{}
				<-release
				finished.Add(int64(len(msgs)))
				return ctx.Err()
			},
		})
	}()
	f.publish(bus.Message{Topic: bus.Articles, Key: []byte("k"), Value: []byte("v")})
	<-entered
	cancel()
	close(release)
	if err := <-ended; err != nil {
		f.Errorf("Run() = %v, want nil after a stop", err)
	}
	if finished.Load() != 1 {
		f.Errorf("%d messages finished, want 1", finished.Load())
	}
	f.lagIs("g", bus.Articles, 0)
}

// rebalance lets a second consumer come and go while the first one works slowly. kafka-go's group Reader rewinds the
// group's offset here (its issue 1308).
func rebalance(f *fixture) {
	const total = 600
	var in inbox
	slow := func(ctx context.Context, msgs []bus.Message) error {
		in.add(msgs...)
		select { // a handler that takes its time, and that does not end early when the generation does
		case <-time.After(15 * time.Millisecond):
		case <-ctx.Done():
		}
		return nil
	}
	sub := bus.Subscription{Topic: bus.Articles, Group: "g", Stage: "test", BatchSize: 8, BatchWait: time.Millisecond, Handle: slow}
	regress := f.watchOffsets("g", bus.Articles)
	f.run(f.bus, sub)
	f.publish(numbered(bus.Articles, 0, total/2, 30)...)
	f.eventually("first messages", func() bool { return len(in.all()) > 50 })
	second := f.open()
	for range 2 {
		before := len(in.all())
		stop := f.run(second, sub)
		f.publish(numbered(bus.Articles, total/2, 50, 30)...)
		f.eventually("progress with two consumers", func() bool { return len(in.all()) > before+60 || f.done("g") })
		stop()
	}
	f.publish(numbered(bus.Articles, total/2, total/2, 30)...)
	f.lagIs("g", bus.Articles, 0)
	seen := in.values()
	for n := range total {
		if seen[strconv.Itoa(n)] == 0 {
			f.Errorf("message %d was lost", n)
		}
	}
	if err := regress(); err != nil {
		f.Error(err)
	}
	f.Logf("%d deliveries of %d messages", len(in.all()), total+100)
}

func (f *fixture) done(group string) bool {
	report, err := f.bus.Lag(f.Context(), group, bus.Articles)
	return err == nil && report.Total == 0
}

// watchOffsets samples the group's offsets until the returned function asks whether one ever went back.
func (f *fixture) watchOffsets(group, topic string) func() error {
	ctx, cancel := context.WithCancel(f.Context())
	result := make(chan error, 1)
	go func() {
		var bad error
		highest := map[int]int64{}
		for ctx.Err() == nil {
			report, err := f.bus.Lag(ctx, group, topic)
			if err != nil {
				continue
			}
			for _, p := range report.Partitions {
				if before, ok := highest[p.Partition]; ok && p.Committed < before {
					bad = fmt.Errorf("partition %d: offset went back from %d to %d", p.Partition, before, p.Committed)
				}
				highest[p.Partition] = p.Committed
			}
		}
		result <- bad
	}()
	f.Cleanup(cancel)
	return func() error { cancel(); return <-result }
}

func messageOfOneMiB(f *fixture) {
	value := noise(1 << 20)
	var in inbox
	f.run(f.bus, bus.Subscription{Topic: bus.Articles, Group: "g", Stage: "test", Handle: in.handle})
	before := bus.Message{Topic: bus.Articles, Key: []byte("k"), Value: []byte("before")}
	large := bus.Message{Topic: bus.Articles, Key: []byte("k"), Value: value, Headers: []bus.Header{{Key: "h", Value: []byte{0, 255}}}}
	after := bus.Message{Topic: bus.Articles, Key: []byte("k"), Value: []byte("after")}
	f.publish(before, large, after)
	f.eventually("three messages", func() bool { return len(in.all()) == 3 })
	got := in.all()
	if string(got[0].Value) != "before" || string(got[2].Value) != "after" {
		f.Errorf("order around the large message: %d, %d, %d bytes", len(got[0].Value), len(got[1].Value), len(got[2].Value))
	}
	if !bytes.Equal(got[1].Value, value) {
		f.Errorf("large message came back with %d bytes, want the same %d", len(got[1].Value), len(value))
	}
	if len(got[1].Headers) != 1 || !bytes.Equal(got[1].Headers[0].Value, []byte{0, 255}) {
		f.Errorf("headers came back as %v", got[1].Headers)
	}
}

// noise is n bytes that do not compress, the same each time.
func noise(n int) []byte {
	out := make([]byte, 0, n+sha256.Size)
	block := sha256.Sum256([]byte("noise"))
	for len(out) < n {
		out = append(out, block[:]...)
		block = sha256.Sum256(block[:])
	}
	return out[:n]
}

func lag(f *fixture) {
	f.lagIs("g", bus.Verdicts, 0)
	f.publish(numbered(bus.Verdicts, 0, 30, 6)...)
	f.lagIs("g", bus.Verdicts, 30)
	var in inbox
	stop := f.run(f.bus, bus.Subscription{Topic: bus.Verdicts, Group: "g", Stage: "test", Handle: in.handle})
	f.lagIs("g", bus.Verdicts, 0)
	stop()
	f.publish(numbered(bus.Verdicts, 30, 5, 6)...)
	report, err := f.bus.Lag(f.Context(), "g", bus.Verdicts)
	if err != nil {
		f.Fatalf("Lag() = %v", err)
	}
	var sum int64
	for _, p := range report.Partitions {
		sum += p.Lag
	}
	if report.Total != 5 || sum != 5 || len(report.Partitions) != 3 {
		f.Errorf("Lag() = %+v, want 5 in 3 partitions", report)
	}
}
