package demo

import (
	"slices"
	"sync"
	"time"
)

// Request is one request as the outlet saw it.
type Request struct {
	Outlet    string // Source.ID
	Method    string
	Path      string // with the query, if any
	UserAgent string
	Status    int
	Arrived   time.Time
	Overlap   int // requests of this outlet that were still being answered when this one arrived; 0 for a polite crawler
}

// requestLog collects the requests of all outlets.
type requestLog struct {
	mu       sync.Mutex
	requests []Request
	inFlight map[string]int
}

// begin notes an arrival and returns its number.
func (l *requestLog) begin(r Request) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.inFlight == nil {
		l.inFlight = map[string]int{}
	}
	r.Overlap = l.inFlight[r.Outlet]
	l.inFlight[r.Outlet]++
	l.requests = append(l.requests, r)
	return len(l.requests) - 1
}

// end notes the answer to request n.
func (l *requestLog) end(n, status int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.requests[n].Status = status
	l.inFlight[l.requests[n].Outlet]--
}

func (l *requestLog) all() []Request {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.requests)
}
