package crawler

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	maxHosts      = 4096             // remembered; beyond it hosts at rest are forgotten
	maxRetryAfter = 24 * time.Hour   // a longer Retry-After is taken for a mistake
	maxHold       = 90 * time.Second // a longer wait is an error to come back with, not a goroutine to keep
	maxCrawlDelay = time.Minute
	throttlePause = 30 * time.Second // after a 429 that does not say how long

	// A host that did not answer so many requests in a row is left alone for deadFirst; each request that it then leaves
	// unanswered doubles the time, up to deadLongest.
	deadAfter   = 3
	deadFirst   = 10 * time.Minute
	deadLongest = time.Hour
)

// hostLimiter lets one request at a time go to a host, with a pause between the end of one and the start of the next.
type hostLimiter struct {
	mu       sync.Mutex
	delay    time.Duration
	hosts    map[string]*hostTurn
	answered func(host string) // called when a host that was left alone answers again; may be nil
	shared   *turns            // with the other processes that crawl; nil when there are none
}

type hostTurn struct {
	turn    chan struct{} // holds one token: whoever has it may ask
	waiting int           // guarded by hostLimiter.mu, as are the rest
	delay   time.Duration
	next    time.Time // not before
	blocked time.Time // the server asked for silence until then
	silent  int       // requests in a row that were not answered
	dead    time.Time // it is left alone until then
}

func newHostLimiter() *hostLimiter { return &hostLimiter{hosts: map[string]*hostTurn{}} }

// hostKey is the host as the limiter counts it; a port of its own is a server of its own.
func hostKey(u *url.URL) string {
	host := strings.ToLower(u.Host)
	if port := u.Port(); port == "80" || port == "443" {
		host = strings.TrimSuffix(host, ":"+port)
	}
	return strings.TrimSuffix(host, ".")
}

func (l *hostLimiter) get(host string) *hostTurn {
	h, ok := l.hosts[host]
	if !ok {
		l.forget()
		h = &hostTurn{turn: make(chan struct{}, 1), delay: l.delay}
		l.hosts[host] = h
	}
	return h
}

// forget makes room when there are too many hosts; the caller holds the lock.
func (l *hostLimiter) forget() {
	if len(l.hosts) < maxHosts {
		return
	}
	now := time.Now()
	for name, h := range l.hosts {
		if h.waiting == 0 && now.After(h.next) && now.After(h.blocked) && now.After(h.dead) {
			delete(l.hosts, name)
		}
	}
}

// slow sets the pause of one host.
func (l *hostLimiter) slow(host string, delay time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.get(host).delay = delay
}

// block keeps everybody away from a host for some time.
func (l *hostLimiter) block(host string, d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	h := l.get(host)
	if until := time.Now().Add(min(d, maxRetryAfter)); until.After(h.blocked) {
		h.blocked = until
	}
}

// heard notes whether a host answered, whatever it said. After a few requests without an answer the host counts as dead
// for a while, so that the pages waiting for it do not each spend a timeout.
func (l *hostLimiter) heard(host string, ok bool) {
	l.mu.Lock()
	h := l.get(host)
	back := ok && !h.dead.IsZero()
	if ok {
		h.silent, h.dead = 0, time.Time{}
	} else if h.silent++; h.silent >= deadAfter {
		h.dead = time.Now().Add(min(deadFirst<<min(h.silent-deadAfter, 8), deadLongest))
	}
	l.mu.Unlock()
	if back && l.answered != nil {
		l.answered(host)
	}
}

// acquire waits for the host's turn. The release it returns starts the pause.
func (l *hostLimiter) acquire(ctx context.Context, host string) (release func(), err error) {
	l.mu.Lock()
	h := l.get(host)
	h.waiting++
	l.mu.Unlock()
	defer func() {
		if err != nil {
			l.mu.Lock()
			h.waiting--
			l.mu.Unlock()
		}
	}()
	select {
	case h.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	err = l.pause(ctx, h)
	if err == nil && l.shared != nil {
		err = l.shared.take(ctx, host)
	}
	if err != nil {
		<-h.turn
		return nil, err
	}
	return func() {
		pause, delay := l.ended(h)
		if l.shared != nil {
			l.shared.leave(ctx, host, pause, delay)
		}
		<-h.turn
	}, nil
}

// ended notes the end of a request. It returns how long the host is to be left alone now, and its usual delay.
func (l *hostLimiter) ended(h *hostTurn) (pause, delay time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	h.next = time.Now().Add(h.delay)
	h.waiting--
	return time.Until(latest(latest(h.next, h.blocked), h.dead)), h.delay
}

// await waits until the pause after a host's last request is over, without taking its turn: for whoever wants to hold nothing
// dear while it waits. What is to be waited for longer is told by acquire.
func (l *hostLimiter) await(ctx context.Context, host string) error {
	l.mu.Lock()
	h := l.get(host)
	wait := time.Until(latest(h.next, h.blocked))
	l.mu.Unlock()
	if wait <= 0 || wait > maxHold {
		return ctx.Err()
	}
	return rest(ctx, wait)
}

func (l *hostLimiter) pause(ctx context.Context, h *hostTurn) error {
	l.mu.Lock()
	if left := time.Until(h.dead); left > 0 {
		l.mu.Unlock()
		return &Error{Reason: ReasonHostDown, Temporary: true, Wait: left, Err: fmt.Errorf("the host did not answer %d requests in a row; it is asked again in %v", deadAfter, left.Round(time.Second))}
	}
	until := h.next
	blocked := h.blocked.After(until)
	if blocked {
		until = h.blocked
	}
	l.mu.Unlock()
	wait := time.Until(until)
	if wait <= 0 {
		return nil
	}
	if blocked && wait > maxHold {
		return &Error{Reason: ReasonThrottled, Temporary: true, Wait: wait, Err: fmt.Errorf("the server asked for silence for another %v", wait.Round(time.Second))}
	}
	return rest(ctx, wait)
}

// noteRetryAfter remembers that a server asked to be left alone.
func (t *transport) noteRetryAfter(req *http.Request, res *http.Response) {
	if res.StatusCode != http.StatusTooManyRequests && res.StatusCode != http.StatusServiceUnavailable {
		return
	}
	if d := retryAfter(res.Header, time.Now()); d > 0 {
		t.hosts.block(hostKey(req.URL), d)
	} else if res.StatusCode == http.StatusTooManyRequests {
		t.hosts.block(hostKey(req.URL), throttlePause)
	}
}

// retryAfter reads the header in both of its forms; 0 when there is none or it makes no sense.
func retryAfter(header http.Header, now time.Time) time.Duration {
	value := strings.TrimSpace(header.Get("Retry-After"))
	if seconds, err := strconv.ParseInt(value, 10, 64); err == nil && seconds > 0 {
		return time.Duration(min(seconds, int64(maxRetryAfter/time.Second))) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil && at.After(now) {
		return min(at.Sub(now), maxRetryAfter)
	}
	return 0
}
