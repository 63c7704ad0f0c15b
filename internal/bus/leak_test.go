package bus_test

import (
	"context"
	"testing"

	"go.uber.org/goleak"

	"haidang/internal/bus"
)

// TestNothingIsLeftBehind opens, consumes and closes; no goroutine stays. It is not parallel: the others' are ignored.
func TestNothingIsLeftBehind(t *testing.T) {
	ignore := goleak.IgnoreCurrent()
	b, err := bus.Open(t.Context(), embeddedConfig(t), bus.Deps{})
	if err != nil {
		t.Fatalf("Open = %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	got, ended := make(chan struct{}), make(chan error, 1)
	go func() {
		ended <- b.Run(ctx, bus.Subscription{Topic: bus.Links, Group: "g", Stage: "test", HandleEach: func(context.Context, bus.Message) error {
			close(got)
			return nil
		}})
	}()
	if err := b.Publish(t.Context(), bus.Message{Topic: bus.Links, Key: []byte("k")}); err != nil {
		t.Fatalf("Publish = %v", err)
	}
	<-got
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("Run = %v", err)
	}
	if err := b.Close(); err != nil {
		t.Errorf("Close = %v", err)
	}
	goleak.VerifyNone(t, ignore)
}
