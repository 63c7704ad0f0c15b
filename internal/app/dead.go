package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"haidang/internal/bus"
)

// DeadFilter chooses dead letters. Its zero value means all.
type DeadFilter struct {
	ID     string // see DeadID
	Stage  string
	Reason string // words of it
}

// DeadID names a dead letter: the place that its message came from, as in links/3/128.
func DeadID(d bus.DeadLetter) string { return fmt.Sprintf("%s/%d/%d", d.Topic, d.Partition, d.Offset) }

func (f DeadFilter) chooses(d bus.DeadLetter) bool {
	return (f.ID == "" || f.ID == DeadID(d)) && (f.Stage == "" || f.Stage == d.Stage) && strings.Contains(strings.ToLower(d.Reason), strings.ToLower(f.Reason))
}

// openBus opens the bus of the process that runs on the data folder, or of the folder itself.
func openBus(ctx context.Context, opts Options) (*bus.Bus, error) {
	if running, ok := FindRunning(ctx, opts.DataDir); ok {
		pipe, err := attach(ctx, opts, running)
		if err != nil {
			return nil, err
		}
		return pipe.bus, nil
	}
	b, err := bus.Open(ctx, opts.Config.Bus, bus.Deps{Logger: opts.Logger})
	if err != nil {
		return nil, fmt.Errorf("open the log: %w", err)
	}
	return b, nil
}

// DeadLetters lists what stages gave up on, oldest first. A message that was given up more than once stands there once, as it
// was given up last.
func DeadLetters(ctx context.Context, opts Options, f DeadFilter) (out []bus.DeadLetter, err error) {
	b, err := openBus(ctx, opts)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	return deadLetters(ctx, b, f)
}

func deadLetters(ctx context.Context, b *bus.Bus, f DeadFilter) ([]bus.DeadLetter, error) {
	last := map[string]bus.DeadLetter{}
	err := b.ReadAll(ctx, bus.Dead, func(m bus.Message) error {
		d, err := bus.ParseDeadLetter(m)
		if err != nil {
			return nil // not one of ours: whoever wrote it there knows why
		}
		if id := DeadID(d); !last[id].At.After(d.At) {
			last[id] = d
		}
		return nil
	})
	var out []bus.DeadLetter
	for _, d := range last {
		if f.chooses(d) {
			out = append(out, d)
		}
	}
	slices.SortFunc(out, func(a, b bus.DeadLetter) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(DeadID(a), DeadID(b))) })
	return out, err
}

// RetryDead publishes the messages of dead letters again, where they came from. Every effect has a key, so what was done
// already is not done twice; what fails again becomes a dead letter again.
func RetryDead(ctx context.Context, opts Options, f DeadFilter) (n int, err error) {
	b, err := openBus(ctx, opts)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	letters, err := deadLetters(ctx, b, f)
	if err != nil {
		return 0, err
	}
	for _, d := range letters {
		if err := b.Publish(ctx, d.Message()); err != nil {
			return n, fmt.Errorf("publish %s again: %w", DeadID(d), err)
		}
		n++
	}
	return n, nil
}
