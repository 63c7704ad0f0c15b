package bus

import (
	"context"
	"errors"
	"slices"
	"time"
)

var errStalled = errors.New("messages wait and nothing happens")

const lagInterval = 5 * time.Second

// watch measures the lag and recycles the consumer when messages of its partitions wait and it has shown no sign of
// life for StallAfter: kafka-go's consumers have been seen to stop without an error.
func (c *consumer) watch(ctx context.Context, recycle context.CancelCauseFunc) {
	interval := min(lagInterval, c.sub.StallAfter/4)
	seen, since := c.events.Load(), time.Now()
	for pause(ctx, interval) {
		report, err := c.bus.Lag(ctx, c.sub.Group, c.sub.Topic)
		if err != nil {
			since = time.Now() // the broker is away: not the consumer's fault
			continue
		}
		c.metrics.lag.Set(float64(report.Total))
		if now := c.events.Load(); now != seen || c.ownLag(report) == 0 {
			seen, since = now, time.Now()
			continue
		}
		if time.Since(since) >= c.sub.StallAfter {
			c.metrics.recycled.Inc()
			c.log.Error("consumer lags without progress and is recycled", "lag", c.ownLag(report), "after", c.sub.StallAfter)
			recycle(errStalled)
			return
		}
	}
}

// ownLag is what waits for this member: other members answer for their own partitions. A member that could not join
// answers for everything.
func (c *consumer) ownLag(report LagReport) int64 {
	assigned := c.assigned.Load()
	if assigned == nil {
		return report.Total
	}
	var total int64
	for _, p := range report.Partitions {
		if slices.Contains(*assigned, p.Partition) {
			total += p.Lag
		}
	}
	return total
}
