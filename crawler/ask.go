package crawler

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

const (
	// proofs is how many times a 304 must be borne out by a full answer, asked for at once, before it is believed.
	proofs = 3
	// proofAgain is how often a feed whose 304s are believed is put to the proof again, and how long one that lied is
	// asked without conditions.
	proofAgain = 7 * 24 * time.Hour
)

// answer is what a feed said when it was asked.
type answer struct {
	res     Response
	hash    string     // of the body
	full    bool       // it was asked without conditions
	proving bool       // a 304 came first, and this is the full answer that bears it out or not
	parts   []Response // of a sitemap index: the sitemaps that it names
}

// ask asks a feed, with conditions when its 304s can be believed. While they are on trial, a 304 is followed at once by
// a full request, so that a server that keeps an ETag while the content changes hides nothing.
func (c *Crawler) ask(ctx context.Context, p polled, f *feedState) (answer, error) {
	now := c.deps.Now()
	if !f.conditional(now) {
		return c.fetch(ctx, p, f, false)
	}
	a, err := c.fetch(ctx, p, f, true)
	if err != nil || !a.res.Unchanged || f.believed(now) {
		return a, err
	}
	a, err = c.fetch(ctx, p, f, false)
	a.proving = true
	return a, err
}

// fetch sends one request to where the feed is now.
func (c *Crawler) fetch(ctx context.Context, p polled, f *feedState, conditional bool) (answer, error) {
	r := FeedRequest{URL: firstOf(f.movedTo, p.url)}
	if conditional {
		r.ETag, r.LastModified = f.etag, f.lastModified
	}
	a, err := c.fetcher.ask(ctx, p, r)
	a.full = !conditional
	if err != nil && a.res.Status == http.StatusGone {
		err = fmt.Errorf("%w: %w", errGone, err)
	}
	a.hash = bodyHash(a.res.Body)
	for _, part := range a.parts {
		a.hash = bodyHash([]byte(a.hash + bodyHash(part.Body)))
	}
	return a, err
}

// errGone is a 410, which is stronger than a 404.
var errGone = errors.New("the server says that it is gone for good")

func isGone(err error) bool { return errors.Is(err, errGone) }

// conditional reports whether a request may carry validators: there are some, and they were not found to lie.
func (f *feedState) conditional(now time.Time) bool {
	if f.channel == ChannelSection || f.etag == "" && f.lastModified == "" {
		return false
	}
	return f.lied.IsZero() || now.Sub(f.lied) >= proofAgain
}

// believed reports whether a 304 needs no proof: it was borne out often enough, not too long ago, and the silence is not
// longer than the feed's rhythm lets expect.
func (f *feedState) believed(now time.Time) bool {
	if f.agreed < proofs || now.Sub(f.lastFull) >= proofAgain {
		return false
	}
	long := max(4*f.gap, time.Hour)
	return f.lastItem.IsZero() || now.Sub(f.lastItem) < long || now.Sub(f.lastFull) < long
}

// judge304 settles whether a 304 was true, once it is known how much of the full answer was new.
func (f *feedState) judge304(a answer, fresh int, now time.Time) {
	switch {
	case !a.proving:
	case fresh == 0:
		f.agreed++ // the bytes differ, as with a date of building, but the items do not
	default:
		f.agreed, f.lied = 0, now
	}
}

// validators keeps what the next request may be made conditional on. A 304 changes nothing of it.
func (f *feedState) validators(a answer) {
	if !a.res.Unchanged {
		f.etag, f.lastModified = cut(a.res.Header.Get("ETag"), 512), cut(a.res.Header.Get("Last-Modified"), 64)
	}
}

// remember notes when the feed was last asked in full, and where it has moved.
func (f *feedState) remember(a answer, address string) {
	if a.full {
		f.lastFull = f.lastPoll
	}
	to := a.res.Moved
	if to == "" || len(to) > 2048 || strings.HasPrefix(address, "https:") && !strings.HasPrefix(to, "https:") {
		return
	}
	f.movedTo = to
	if to == address {
		f.movedTo = ""
	}
}
