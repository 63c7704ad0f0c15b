package chat

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// maxAnswer bounds what is read of a service's answer: they are a line of JSON.
const maxAnswer = 64 << 10

var errRedirect = errors.New("it answers with a redirect, which is not followed")

// guard is the one way out: it bounds each request in time and its answer in size, follows no redirect, and remembers what
// became of the requests to a host while somebody watches.
type guard struct {
	next    http.RoundTripper
	timeout time.Duration

	mu      sync.Mutex
	watched map[string]*watch
}

// watch is what became of the requests to one host.
type watch struct {
	turn     sync.Mutex // held by who watches
	requests int
	err      error // the first that went wrong
}

// watch waits for its turn at a host and begins to count; done ends it and says what was seen.
func (g *guard) watch(host string) (done func() (requests int, failed error)) {
	g.mu.Lock()
	w, ok := g.watched[host]
	if !ok {
		w = &watch{}
		g.watched[host] = w
	}
	g.mu.Unlock()
	w.turn.Lock()
	g.mu.Lock()
	defer g.mu.Unlock()
	w.requests, w.err = 0, nil
	return func() (int, error) {
		g.mu.Lock()
		defer g.mu.Unlock()
		defer w.turn.Unlock()
		return w.requests, w.err
	}
}

func (g *guard) saw(host string, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if w := g.watched[host]; w != nil {
		w.requests++
		if w.err == nil {
			w.err = err
		}
	}
}

// RoundTrip implements [http.RoundTripper].
func (g *guard) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := g.roundTrip(r)
	failed := err
	if err == nil && res.StatusCode >= 400 {
		failed = fmt.Errorf("it answered %d %s", res.StatusCode, http.StatusText(res.StatusCode))
	}
	var withAddress *url.Error
	if errors.As(failed, &withAddress) {
		failed = withAddress.Err
	}
	g.saw(r.URL.Host, failed)
	return res, err
}

func (g *guard) roundTrip(r *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(r.Context(), g.timeout)
	defer cancel()
	res, err := g.next.RoundTrip(r.WithContext(ctx))
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }() // nothing was written to it
	if res.StatusCode >= 300 && res.StatusCode < 400 {
		return nil, errRedirect
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return nil, fmt.Errorf("read the answer: %w", err)
	}
	res.Body = io.NopCloser(bytes.NewReader(body))
	return res, nil
}
