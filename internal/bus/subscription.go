package bus

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Subscription says who consumes what. Exactly one of Handle and HandleEach is set.
type Subscription struct {
	// Topic is what is consumed, Group who shares the work; a group reads every message once between its members.
	Topic string
	Group string
	// Stage names the consumer in metrics and dead letters: a few lower-case letters.
	Stage string

	// Handle gets messages in batches that may span partitions. When it returns nil, the whole batch is acknowledged.
	// One call runs at a time for each of Workers.
	Handle func(context.Context, []Message) error
	// BatchSize is the most messages of a batch (500), BatchWait how long to wait for more after the first (50 ms).
	BatchSize int
	BatchWait time.Duration
	// Workers share the partitions between them (1).
	Workers int

	// HandleEach gets one message at a time, MaxInFlight (16) of them at once. Messages with the same key never overlap
	// and keep their order, so a slow key holds up only itself. The acknowledged offset is the lowest unfinished one;
	// after a crash, messages finished beyond it come again: at most MaxPending (1000) of a partition are taken before
	// the lowest has finished.
	HandleEach  func(context.Context, Message) error
	MaxInFlight int
	MaxPending  int

	// FromEnd makes a group that has no offset yet start with new messages, not with the oldest.
	FromEnd bool
	// Retry says what to do when a handler fails.
	Retry RetryPolicy
	// DrainTimeout is how long running handlers may finish after a stop or a rebalance, before their context is
	// cancelled (7 s).
	DrainTimeout time.Duration
	// StallAfter recycles the consumer when messages wait and nothing at all has happened for so long (2 min); it must
	// be longer than the slowest handler.
	StallAfter time.Duration
}

// RetryPolicy says what happens when a handler fails.
//
// A batch that fails is handled again one message at a time. A message that fails is tried Attempts times in all, with
// exponential backoff and jitter between; then it goes to the topic dead and the offset moves on. [Permanent],
// [ErrTooLarge] and a panic go there at once. [Unavailable] says that the trouble is not the message's (a database is
// away, the disk is full): it is retried for ever, does not count, and blocks what comes behind it.
type RetryPolicy struct {
	// Attempts of one message; 0 means 8, a negative number means no limit.
	Attempts int
	// MinBackoff doubles with each attempt up to MaxBackoff (200 ms, 15 s).
	MinBackoff time.Duration
	MaxBackoff time.Duration
}

func (s Subscription) withDefaults() Subscription {
	orInt := func(v *int, d int) {
		if *v == 0 {
			*v = d
		}
	}
	orTime := func(v *time.Duration, d time.Duration) {
		if *v == 0 {
			*v = d
		}
	}
	orInt(&s.BatchSize, 500)
	orInt(&s.Workers, 1)
	orInt(&s.MaxInFlight, 16)
	orInt(&s.MaxPending, 1000)
	orInt(&s.Retry.Attempts, 8)
	orTime(&s.BatchWait, 50*time.Millisecond)
	orTime(&s.Retry.MinBackoff, 200*time.Millisecond)
	orTime(&s.Retry.MaxBackoff, 15*time.Second)
	orTime(&s.DrainTimeout, 7*time.Second)
	orTime(&s.StallAfter, 2*time.Minute)
	return s
}

func (s Subscription) validate() error {
	var errs []error
	if !knownTopic(s.Topic) {
		errs = append(errs, fmt.Errorf("topic %q does not exist", s.Topic))
	}
	if s.Group == "" || !validName(s.Group) || len(s.Group) > 100 {
		errs = append(errs, fmt.Errorf("group %q is not a name", s.Group))
	}
	if s.Stage == "" || !validName(s.Stage) || len(s.Stage) > 40 {
		errs = append(errs, fmt.Errorf("stage %q is not a name", s.Stage))
	}
	if (s.Handle == nil) == (s.HandleEach == nil) {
		errs = append(errs, errors.New("set exactly one of Handle and HandleEach"))
	}
	if s.BatchSize < 0 || s.Workers < 0 || s.MaxInFlight < 0 || s.MaxPending < 0 {
		errs = append(errs, errors.New("a size is negative"))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("subscribe: %w", err)
	}
	return nil
}
