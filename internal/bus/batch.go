package bus

import (
	"context"
	"errors"
	"time"

	"github.com/segmentio/kafka-go"
)

// batches handles what comes from feed, one batch at a time.
func (g *generation) batches(feed <-chan kafka.Message) {
	for {
		batch := g.collect(feed)
		if batch == nil || !g.handleBatch(batch) {
			return
		}
	}
}

// collect waits for a message, then takes what comes within BatchWait. It returns nil when intake has ended.
func (g *generation) collect(feed <-chan kafka.Message) []Message {
	batch := make([]Message, 0, min(g.c.sub.BatchSize, 64))
	var late <-chan time.Time
	for len(batch) < g.c.sub.BatchSize {
		select {
		case m := <-feed:
			batch = append(batch, fromKafka(g.c.bus.cfg.TopicPrefix, m))
		case <-late:
			return batch
		case <-g.intake.Done():
			return nil
		}
		if late == nil {
			timer := time.NewTimer(g.c.sub.BatchWait)
			defer timer.Stop()
			late = timer.C
		}
	}
	return batch
}

// handleBatch handles a batch until it is acknowledged; it returns false when the generation is over.
func (g *generation) handleBatch(batch []Message) bool {
	for tries := 0; ; tries++ {
		err := g.try(len(batch), func(ctx context.Context) error { return g.c.sub.Handle(ctx, batch) })
		switch {
		case err == nil:
			g.c.metrics.done.Add(float64(len(batch)))
			return g.commit(ends(batch))
		case g.intake.Err() != nil:
			return false
		case !errors.Is(err, errUnavailable) || IsPermanent(err):
			return g.singly(batch, err)
		}
		g.retrying(batch[0], tries, err)
		if !pause(g.intake, backoff(tries, g.c.sub.Retry.MinBackoff, g.c.sub.Retry.MaxBackoff)) {
			return false
		}
	}
}

// singly handles the messages of a failed batch one at a time, so that a bad one does not take the others with it. Each
// is acknowledged by itself: a crash in between repeats no dead letter. A batch of one has had its first attempt.
func (g *generation) singly(batch []Message, cause error) bool {
	wait := func(d time.Duration) bool { return pause(g.intake, d) }
	for i, m := range batch {
		attempts := 0
		if len(batch) == 1 {
			attempts = 1
			if limit := g.c.sub.Retry.Attempts; IsPermanent(cause) || limit == 1 {
				return g.bury(m, attempts, cause) == nil && g.commit(ends(batch))
			}
			g.retrying(m, 0, cause)
			if !wait(backoff(0, g.c.sub.Retry.MinBackoff, g.c.sub.Retry.MaxBackoff)) {
				return false
			}
		}
		err := g.settle(m, attempts, wait, func(ctx context.Context) error { return g.c.sub.Handle(ctx, batch[i:i+1:i+1]) })
		if err != nil || !g.commit(ends(batch[i:i+1])) {
			return false
		}
	}
	return true
}

// ends is the next offset of each partition after the messages.
func ends(msgs []Message) map[int]int64 {
	next := map[int]int64{}
	for _, m := range msgs {
		next[m.Partition] = m.Offset + 1
	}
	return next
}
