package crawler

import (
	"context"
	"errors"
	"sync"
	"time"
)

const pruneEvery = 12 * time.Hour

// Run polls every feed at its own interval until ctx ends, and returns ctx's error. A source that fails is counted,
// shown in Health and asked again later. Links whose next try has come are published again.
func (c *Crawler) Run(ctx context.Context) error {
	states, err := c.state.feeds(ctx)
	if err != nil {
		return err
	}
	var wg sync.WaitGroup
	c.eachFeed(func(src *Source, url string) {
		f := c.known(states, src, url)
		wg.Go(func() { c.follow(ctx, src, f) })
	})
	wg.Go(func() { c.forget(ctx) })
	wg.Go(func() { c.retry(ctx) })
	wg.Wait()
	return ctx.Err()
}

func (c *Crawler) eachFeed(do func(src *Source, url string)) {
	for i := range c.cfg.Sources {
		src := &c.cfg.Sources[i]
		if src.Disabled {
			continue
		}
		for _, url := range src.Feeds {
			do(src, url)
		}
	}
}

// known is the stored state of a feed, or that of a new one.
func (c *Crawler) known(states map[string]feedState, src *Source, url string) feedState {
	f, ok := states[url]
	if !ok {
		f = feedState{url: url, created: c.deps.Now()}
	}
	f.source = src.ID
	return f
}

// follow polls one feed for ever. A feed that is overdue, as all are at a first start, is asked at once, but for a
// little jitter when many are.
func (c *Crawler) follow(ctx context.Context, src *Source, f feedState) {
	shortest, _ := c.bounds(src)
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
		case <-timer.C:
		}
		f, _ = c.poll(ctx, src, f) // poll has logged and stored the failure
		c.noteFailing(f)
	}
}

// forget prunes the memory of what was seen.
func (c *Crawler) forget(ctx context.Context) {
	for {
		if err := c.state.prune(ctx, c.deps.Now().Add(-c.cfg.SeenFor.Std())); err != nil && ctx.Err() == nil {
			c.log.Warn("old items not forgotten", "err", err)
		}
		timer := time.NewTimer(pruneEvery)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
	}
}

// PollAll polls every feed once, now, whatever its interval, and returns when all are done: for one-shot runs.
// The error joins the failures of single feeds.
func (c *Crawler) PollAll(ctx context.Context) error {
	states, err := c.state.feeds(ctx)
	if err != nil {
		return err
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	var errs []error
	c.eachFeed(func(src *Source, url string) {
		f := c.known(states, src, url)
		wg.Go(func() {
			f, err := c.poll(ctx, src, f)
			c.noteFailing(f)
			mu.Lock()
			defer mu.Unlock()
			errs = append(errs, err)
		})
	})
	wg.Wait()
	return errors.Join(errs...)
}

// noteFailing keeps the gauge of failing feeds.
func (c *Crawler) noteFailing(f feedState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if f.failures > 0 {
		c.failing[f.url] = true
	} else {
		delete(c.failing, f.url)
	}
	c.metrics.failing.Set(float64(len(c.failing)))
}
