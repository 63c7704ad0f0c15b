package crawler

import (
	"context"
	"errors"
	"sync"
	"time"
)

const (
	pruneEvery = 12 * time.Hour

	keepEvidence = 2 * 365 * 24 * time.Hour
	flushEvery   = 30 * time.Second // how long a poll that brought nothing new may stay unwritten
	lastFlush    = 5 * time.Second  // what the last one may take, when all else has stopped
	judgeEvery   = 5 * time.Minute  // how often the sources are judged for the metrics
)

// Run polls every feed at its own interval until ctx ends, and returns ctx's error. A source that fails is counted,
// shown in Health and asked again later. Links whose next try has come are published again. Of several processes that
// crawl with one database, one does all this; when it ends or dies, another takes over.
func (c *Crawler) Run(ctx context.Context) error {
	if !c.deps.Shared {
		return c.run(ctx)
	}
	return c.asOnly(ctx, dutyPoll, c.run)
}

func (c *Crawler) run(ctx context.Context) error {
	states, err := c.state.feeds(ctx)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wg sync.WaitGroup
	if hubs := (subscriptions{c}); c.cfg.WebSub.on() {
		wg.Go(func() {
			if err := hubs.serve(ctx); err != nil {
				cancel(err)
			}
		})
		wg.Go(func() { c.every(ctx, websubEvery, hubs.renew) })
	}
	c.eachPolled(func(src *Source, p polled) {
		f := c.known(states, src, p)
		wg.Go(func() { c.follow(ctx, src, p, f) })
	})
	wg.Go(func() { c.every(ctx, pruneEvery, c.forget) })
	wg.Go(func() { _ = c.Retry(ctx) }) // it ends with ctx
	wg.Go(func() { c.every(ctx, flushEvery, c.flush) })
	wg.Go(func() { c.every(ctx, judgeEvery, c.judge) })
	wg.Wait()
	if errors.Is(context.Cause(ctx), errLeaseLost) {
		c.unnote() // another process knows better by now
		return errLeaseLost
	}
	last, done := context.WithTimeout(context.WithoutCancel(ctx), lastFlush)
	defer done()
	return errors.Join(context.Cause(ctx), c.flush(last))
}

// eachPolled calls do for everything that is polled.
func (c *Crawler) eachPolled(do func(src *Source, p polled)) {
	for i := range c.cfg.Sources {
		src := &c.cfg.Sources[i]
		if src.Disabled {
			continue
		}
		for _, p := range src.polled() {
			do(src, p)
		}
	}
}

// known is the stored state of a feed, or that of a new one.
func (c *Crawler) known(states map[string]feedState, src *Source, p polled) feedState {
	f, ok := states[p.url]
	if !ok {
		f = feedState{url: p.url, created: c.deps.Now()}
	}
	f.source, f.channel = src.ID, p.channel
	return f
}

// follow polls one feed for ever. A feed that is overdue, as all are at a first start, is asked at once, but for a
// little jitter when many are.
func (c *Crawler) follow(ctx context.Context, src *Source, p polled, f feedState) {
	shortest, _ := c.bounds(src, p.channel)
	for {
		wait := f.next.Sub(c.deps.Now())
		if wait <= 0 {
			wait = jittered(min(2*time.Second, shortest/20))
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-c.wakes[p.url]:
			timer.Stop()
			if rest(ctx, pushPause-c.deps.Now().Sub(f.lastPoll)) != nil { // whoever wakes a feed cannot have it asked without end
				return
			}
		case <-timer.C:
		}
		f, _ = c.poll(ctx, src, p, f) // poll has logged and stored the failure
	}
}

// wake asks for a feed to be polled now. It never waits: a feed that has been woken already is polled once.
func (c *Crawler) wake(feed string) {
	select {
	case c.wakes[feed] <- struct{}{}:
	default:
	}
}

// wakeHost wakes the feeds of a host that answers again after it was given up for a while.
func (c *Crawler) wakeHost(host string) {
	for _, feed := range c.hosts[host] {
		c.wake(feed)
	}
}

// every calls do now and then until ctx ends.
func (c *Crawler) every(ctx context.Context, pause time.Duration, do func(context.Context) error) {
	for {
		if err := do(ctx); err != nil && ctx.Err() == nil {
			c.log.Warn("crawler housekeeping", "err", err)
		}
		if rest(ctx, pause) != nil {
			return
		}
	}
}

// forget prunes the memory of what was seen.
func (c *Crawler) forget(ctx context.Context) error {
	before := c.deps.Now().Add(-c.cfg.SeenFor.Std())
	if _, err := c.state.db.Exec(ctx, "DELETE FROM crawl_revisits WHERE next_at = 0 AND flagged_at < ?", millis(before)); err != nil {
		return stateError("forget flagged articles", err)
	}
	if _, err := c.state.db.Exec(ctx, "DELETE FROM crawl_evidence WHERE fetched_at < ?", millis(c.deps.Now().Add(-keepEvidence))); err != nil {
		return stateError("forget old evidence", err)
	}
	return errors.Join(c.state.prune(ctx, before), c.state.forgetTurns(ctx, c.deps.Now()))
}

// judge measures how the sources are.
func (c *Crawler) judge(ctx context.Context) error {
	health, err := c.Health(ctx)
	if err != nil {
		return err
	}
	c.metrics.sources(health)
	return nil
}

// note keeps the state of a feed to be written with others. What a crash loses of it is the time of a poll.
func (c *Crawler) note(f feedState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.dirty[f.url] = f
}

// kept drops what was noted of a feed, which is about to be written as it is now.
func (c *Crawler) kept(f feedState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.dirty, f.url)
}

// unnote drops all that is not written yet.
func (c *Crawler) unnote() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.dirty)
}

// noted returns what is not written yet.
func (c *Crawler) noted() []feedState {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := make([]feedState, 0, len(c.dirty))
	for _, f := range c.dirty {
		out = append(out, f)
	}
	return out
}

// flush writes what is not written yet. A feed that is polled meanwhile is noted again.
func (c *Crawler) flush(ctx context.Context) error {
	feeds := c.noted()
	if err := c.state.save(ctx, feeds); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, f := range feeds {
		if c.dirty[f.url] == f {
			delete(c.dirty, f.url)
		}
	}
	return nil
}
