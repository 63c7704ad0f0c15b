package bus_test

import (
	"testing"
	"time"

	"haidang/internal/bus"
)

// TestOldestIsTheOneThatWaits: what a group has not read yet has an age; what it has acknowledged has none.
func TestOldestIsTheOneThatWaits(t *testing.T) {
	t.Parallel()
	b := mustOpen(t, embeddedConfig(t))
	if got, err := b.Oldest(t.Context(), "late", bus.Links); err != nil || !got.IsZero() {
		t.Errorf("of an empty topic: %s, %v; want none", got, err)
	}
	before := time.Now().Add(-time.Second)
	for range 3 {
		if err := b.Publish(t.Context(), bus.Message{Topic: bus.Links, Key: []byte("k"), Value: []byte("v")}); err != nil {
			t.Fatal(err)
		}
	}
	got, err := b.Oldest(t.Context(), "late", bus.Links)
	if err != nil || got.Before(before) || got.After(time.Now().Add(time.Second)) {
		t.Errorf("of three that wait: %s, %v; want about now", got, err)
	}
}
