package app

import (
	"testing"

	"haidang/internal/bus"
)

// TestDeadLettersAreListedAndTriedAgain: what a stage gave up on is told once, and goes where it came from.
func TestDeadLettersAreListedAndTriedAgain(t *testing.T) {
	opts := quietOptions(t)
	a := start(t, opts)
	waitFor(t, "the process announces itself", func() bool { _, ok := FindRunning(t.Context(), opts.DataDir); return ok })
	for _, value := range []string{"not an article", "nor this"} {
		if err := a.bus.Publish(t.Context(), bus.Message{Topic: bus.Articles, Key: []byte("x"), Value: []byte(value)}); err != nil {
			t.Fatal(err)
		}
	}
	list := func(f DeadFilter) []bus.DeadLetter {
		letters, err := DeadLetters(t.Context(), opts, f)
		if err != nil {
			t.Fatal(err)
		}
		return letters
	}
	waitFor(t, "both are buried", func() bool { return len(list(DeadFilter{})) == 2 })
	first := list(DeadFilter{})[0]
	if first.Stage != "classify" || string(first.Value) != "not an article" || len(list(DeadFilter{ID: DeadID(first)})) != 1 || len(list(DeadFilter{Stage: "index"})) != 0 || len(list(DeadFilter{Reason: "no such reason"})) != 0 {
		t.Errorf("letters %+v", list(DeadFilter{}))
	}
	if n, err := RetryDead(t.Context(), opts, DeadFilter{ID: DeadID(first)}); err != nil || n != 1 {
		t.Fatalf("RetryDead = %d, %v", n, err)
	}
	waitFor(t, "it failed again, as a message of its own", func() bool { return len(list(DeadFilter{})) == 3 })
	if n, err := RetryDead(t.Context(), opts, DeadFilter{ID: "links/9/9"}); err != nil || n != 0 {
		t.Errorf("RetryDead of none = %d, %v", n, err)
	}
}
