package bus_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"haidang/internal/bus"
	"haidang/internal/settings"
)

// TestEmbeddedWaitsForReaders publishes far more than the log holds while the reader stands still: Publish says so, the
// reader loses nothing, and then everything goes through.
func TestEmbeddedWaitsForReaders(t *testing.T) {
	t.Parallel()
	cfg := embeddedConfig(t)
	cfg.RetentionBytes = 64 << 20 // 1.6 MB for a partition of articles
	cfg.PublishTimeout = settings.Duration(2 * time.Second)
	reg := prometheus.NewRegistry()
	b, err := bus.Open(t.Context(), cfg, bus.Deps{Registerer: reg})
	if err != nil {
		t.Fatalf("Open = %v", err)
	}
	defer b.Close()
	release := make(chan struct{})
	var got atomic.Int64
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	entered := make(chan struct{}, 100)
	go func() {
		ended <- b.Run(ctx, bus.Subscription{Topic: bus.Articles, Group: "g", Stage: "test", BatchSize: 1, Handle: func(ctx context.Context, msgs []bus.Message) error {
			entered <- struct{}{}
			select {
			case <-release:
				got.Add(int64(len(msgs)))
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}})
	}()
	send := func(i int) error {
		return b.Publish(t.Context(), bus.Message{Topic: bus.Articles, Key: []byte("one partition"), Value: noise(200_000, i)})
	}
	if err := send(0); err != nil {
		t.Fatalf("Publish = %v", err)
	}
	<-entered
	const total = 40 // 8 MB
	sent := 1
	for sent < total && err == nil {
		if err = send(sent); err == nil {
			sent++
		}
	}
	oneSentence(t, err, bus.ErrBehind, "articles")
	if sent > 8 { // 1.6 MB
		t.Errorf("%d messages of 200 kB went into a log of 1.6 MB before Publish waited", sent)
	}
	if err := b.Publish(t.Context(), bus.Message{Topic: bus.Links, Value: []byte("v")}); err != nil {
		t.Errorf("Publish to another topic = %v, want nil", err)
	}
	close(release)
	deadline := time.Now().Add(time.Minute)
	for sent < total && time.Now().Before(deadline) {
		switch err := send(sent); {
		case err == nil:
			sent++
		case !errors.Is(err, bus.ErrBehind) && !errors.Is(err, context.DeadlineExceeded): // slow machines may need a moment
			t.Fatalf("Publish = %v", err)
		}
	}
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for got.Load() < total && time.Now().Before(deadline) {
		<-tick.C
	}
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("Run = %v", err)
	}
	series := gather(t, reg)
	if got.Load() != total || series["haidang_bus_overtaken_total test articles"] != 0 || series["haidang_bus_held_back_total articles"] == 0 {
		t.Errorf("sent %d, received %d; %s", sent, got.Load(), fmt.Sprint(series))
	}
}
