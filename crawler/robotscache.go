package crawler

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"
)

const (
	robotsFresh   = 24 * time.Hour // RFC 9309: not longer
	robotsRetry   = 5 * time.Minute
	maxRobotsKept = 4096
)

// robotsCache remembers the robots.txt of each site for at most a day, and asks for it once at a time.
type robotsCache struct {
	fetcher *Fetcher
	now     func() time.Time
	mu      sync.Mutex
	sites   map[string]*robotsEntry
}

type robotsEntry struct {
	turn    chan struct{} // holds one token: whoever has it may read and write the rest
	rules   *robotsRules  // nil: not known
	down    error         // why it could not be asked
	expires time.Time
}

func newRobotsCache(f *Fetcher) *robotsCache {
	return &robotsCache{fetcher: f, now: time.Now, sites: map[string]*robotsEntry{}}
}

// check returns nil when the site lets us ask for the address.
func (c *robotsCache) check(ctx context.Context, address string) error {
	u, err := url.Parse(address)
	if err != nil {
		return &Error{Reason: ReasonInvalidURL, Err: err}
	}
	e := c.entry(u.Scheme + "://" + hostKey(u))
	select {
	case e.turn <- struct{}{}:
		defer func() { <-e.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if e.expires.Before(c.now()) {
		if err := c.load(ctx, e, u); err != nil {
			return err
		}
	}
	if ReasonOf(e.down) == ReasonForbidden {
		return e.down // the same address would be refused for the page
	}
	if e.down != nil {
		return &Error{Reason: ReasonRobotsDown, Temporary: true, Wait: e.expires.Sub(c.now()) + time.Second, Err: e.down}
	}
	if !e.rules.allowed(c.fetcher.cfg.UserAgent, u) {
		return &Error{Reason: ReasonRobots, Err: fmt.Errorf("robots.txt of %s forbids %s", u.Host, u.EscapedPath())}
	}
	return nil
}

func (c *robotsCache) entry(site string) *robotsEntry {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.sites[site]
	if !ok {
		if len(c.sites) >= maxRobotsKept {
			clear(c.sites) // asking again is cheaper than tracking which were used last
		}
		e = &robotsEntry{turn: make(chan struct{}, 1)}
		c.sites[site] = e
	}
	return e
}

// load asks for robots.txt: a 4xx allows everything, a 5xx or silence nothing, for a while.
func (c *robotsCache) load(ctx context.Context, e *robotsEntry, u *url.URL) error {
	address := u.Scheme + "://" + u.Host + "/robots.txt"
	x := &exchange{limit: robotsLimit, truncate: true, left: c.fetcher.cfg.Timeout.Std()}
	start := time.Now()
	res, err := c.fetcher.get(ctx, address, http.Header{"Accept": {"text/plain, */*;q=0.5"}}, x, nil)
	c.fetcher.metrics.fetched("robots", err, time.Since(start), len(res.Body))
	if ctx.Err() != nil {
		return ctx.Err()
	}
	e.rules, e.down, e.expires = &robotsRules{}, nil, c.now().Add(robotsFresh)
	switch ReasonOf(err) {
	case ReasonNone:
		e.rules = parseRobots(res.Body)
	case ReasonGone, ReasonRefused, ReasonRedirects: // "unavailable": may be crawled
	default:
		e.down, e.expires = err, c.now().Add(max(robotsRetry, waitOf(err)))
	}
	if g := e.rules.agentGroup(c.fetcher.cfg.UserAgent); g != nil && g.delay > c.fetcher.cfg.Delay.Std() {
		c.fetcher.transport.hosts.slow(hostKey(u), g.delay)
	}
	return nil
}

// knownDelay is the Crawl-delay of a site that has been asked before.
func (c *robotsCache) knownDelay(u *url.URL) time.Duration {
	e := c.entry(u.Scheme + "://" + hostKey(u))
	select {
	case e.turn <- struct{}{}:
		defer func() { <-e.turn }()
	default:
		return 0
	}
	if e.rules == nil {
		return 0
	}
	if g := e.rules.agentGroup(c.fetcher.cfg.UserAgent); g != nil {
		return g.delay
	}
	return 0
}
