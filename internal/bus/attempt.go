package bus

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"
)

// try calls a handler once with n messages. A panic comes back as an error. The handler's context outlives intake by
// DrainTimeout, so that a stop or a rebalance lets it finish.
func (g *generation) try(n int, handle func(context.Context) error) (err error) {
	ctx, cancel := g.drainable()
	defer cancel()
	began := time.Now()
	g.c.alive()
	g.c.metrics.inFlight.Add(float64(n))
	defer func() {
		if p := recover(); p != nil {
			err = &panicError{value: p, stack: debug.Stack()}
		}
		g.c.alive()
		g.c.metrics.inFlight.Sub(float64(n))
		g.c.metrics.handled.Observe(time.Since(began).Seconds())
	}()
	return handle(ctx)
}

func (g *generation) drainable() (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(g.intake))
	stop := context.AfterFunc(g.intake, func() {
		pause(ctx, g.c.sub.DrainTimeout)
		cancel()
	})
	return ctx, func() { stop(); cancel() }
}

// settle handles one message until it is done or buried. It returns an error only when intake has ended before that:
// the message will come again.
func (g *generation) settle(m Message, attempts int, wait func(time.Duration) bool, handle func(context.Context) error) error {
	for tries := 0; ; tries++ {
		err := g.try(1, handle)
		if err == nil {
			g.c.metrics.done.Inc()
			return nil
		}
		if g.intake.Err() != nil {
			return g.intake.Err()
		}
		if !errors.Is(err, errUnavailable) {
			attempts++
		}
		if limit := g.c.sub.Retry.Attempts; IsPermanent(err) || (limit > 0 && attempts >= limit) {
			return g.bury(m, attempts, err)
		}
		g.retrying(m, tries, err)
		if !wait(backoff(tries, g.c.sub.Retry.MinBackoff, g.c.sub.Retry.MaxBackoff)) {
			return g.intake.Err()
		}
	}
}

// retrying counts a failed attempt and tells about the first and then about every tenth.
func (g *generation) retrying(m Message, tries int, err error) {
	g.c.metrics.retry.Inc()
	if tries%10 == 0 {
		g.c.log.Warn("message is tried again", "message", m.String(), "tries", tries+1, "err", err)
	}
}

// bury moves a message to dead, however long that takes.
func (g *generation) bury(m Message, attempts int, cause error) error {
	var p *panicError
	if errors.As(cause, &p) {
		g.c.log.Error("handler panicked", "message", m.String(), "panic", p.value, "stack", string(p.stack))
	}
	for tries := 0; ; tries++ {
		err := g.c.bus.bury(g.intake, g.c.sub.Stage, m, attempts, cause)
		if errors.Is(err, ErrTooLarge) {
			// The topic dead was made by somebody else, with a small limit. A letter without its content still says
			// where the content is.
			cause = fmt.Errorf("%w (its %d bytes do not fit into the topic %s, they are at %s)", cause, len(m.Value), Dead, m)
			m.Value, m.Headers = nil, nil
			continue
		}
		if err == nil {
			g.c.metrics.dead.Inc()
			g.c.log.Warn("message is dead", "message", m.String(), "attempts", attempts, "reason", cause)
			return nil
		}
		g.c.log.Error("dead letter not stored, trying again", "message", m.String(), "err", err)
		if !pause(g.intake, backoff(tries, g.c.sub.Retry.MinBackoff, g.c.sub.Retry.MaxBackoff)) {
			return g.intake.Err()
		}
	}
}
