package demo

import (
	"sync"
	"time"
)

// edition counts how often an outlet's feed was polled, because the edited article changes with the second poll.
type edition struct {
	mu       sync.Mutex
	polls    int
	editedAt time.Time
}

// poll notes one request of the feed at the given time.
func (e *edition) poll(now time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.polls++; e.polls == 2 {
		e.editedAt = now
	}
}

// edited says whether, and when, the newsroom has made its change.
func (e *edition) edited() (time.Time, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.editedAt, e.polls >= 2
}

// current returns what page p says now and when that was last changed.
func (o *outlet) current(p *page) (wording, time.Time) {
	if at, edited := o.edition.edited(); edited && p.source.edited != nil {
		return *p.source.edited, at
	}
	return p.text, p.published
}
