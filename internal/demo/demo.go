// Package demo serves three bundled, fictional news outlets on loopback, so that the whole pipeline can be run, shown
// and tested with nothing to install and no network: two Vietnamese outlets and one English one, each with its own
// markup, feed format, robots.txt, adverts, cookie notice and scripts.
//
// Build a [Site] with [New], open its ports with [Site.Start], crawl what [Site.Sources] lists, and compare the outcome
// with [Site.Expectations]: one entry for each page, saying what a correct classifier makes of it. [Site.Requests] is
// the servers' own record of what was asked, for proving that the robots-forbidden page was never fetched and that no
// host was asked twice at once.
//
// The articles are text files in articles/, the page layouts templates in pages/: a new article needs no Go. Every
// outlet, bank, company and private person in them is invented; every page says so at its foot.
//
// Promise: only loopback addresses are listened on; the same clock gives the same bytes, except for the one article
// that is edited when its outlet's feed is polled for the second time. Limits: it is a demonstration, not a web server;
// all pages are kept in memory and the request log grows until Close.
package demo

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

// Site is the three outlets. Its methods are safe for concurrent use.
type Site struct {
	now     func() time.Time
	outlets []*outlet
	log     requestLog

	mu      sync.Mutex
	started bool        // or closed before it was
	stop    func() bool // detaches Close from the context given to Start
	running sync.WaitGroup
	closing sync.Once
	err     error // what Close found
}

// Source is one outlet as a crawler needs to know it.
type Source struct {
	ID         string // "ben-cang"
	Name       string // as shown: "Báo Bến Cảng"
	Country    string // ISO 3166-1 alpha-2
	Language   string // "vi" or "en"
	FeedURL    string
	SectionURL string // a page that links to every article
	Timezone   string // IANA name, for the feed whose dates have no zone
}

// New reads the bundled articles and gives each its publication time, counted back from now() as it is at this moment.
// It opens no port. An article file with a mistake is an error that names the file and the line.
func New(now func() time.Time) (*Site, error) {
	if now == nil {
		now = time.Now
	}
	articles, err := loadArticles()
	if err != nil {
		return nil, err
	}
	site := &Site{now: now}
	start := now().In(vietnam).Truncate(time.Minute)
	for _, d := range designs {
		o, err := newOutlet(d, articles, start)
		if err != nil {
			return nil, fmt.Errorf("demo outlet %q: %w", d.id, err)
		}
		site.outlets = append(site.outlets, o)
	}
	return site, nil
}

// Start opens one loopback port for each outlet and serves until ctx ends or [Site.Close] is called, whichever is
// first; it can be called once. The outlets listen on 127.0.0.1, 127.0.0.2 and 127.0.0.3 so that they are three hosts to a polite crawler;
// where the system has only 127.0.0.1, they share it and differ by port.
func (s *Site) Start(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.started {
		return errors.New("demo site: Start was called before; make another with New")
	}
	s.started = true
	for i, o := range s.outlets {
		ln, err := listen(ctx, i+1)
		if err != nil {
			return errors.Join(fmt.Errorf("demo outlet %q: %w", o.id, err), s.closeServers())
		}
		o.base = "http://" + ln.Addr().String()
		o.server = &http.Server{
			Handler:           s.handler(o),
			ReadHeaderTimeout: 5 * time.Second,
			IdleTimeout:       30 * time.Second,
			MaxHeaderBytes:    64 << 10,
		}
		s.running.Go(func() {
			// Serve always returns an error; after Close it is ErrServerClosed, and before that the crawler,
			// which finds the outlet gone, is the one to tell.
			_ = o.server.Serve(ln)
		})
	}
	s.stop = context.AfterFunc(ctx, func() { _ = s.Close() })
	return nil
}

// Close stops the outlets and waits until their ports are free. Further calls do nothing.
func (s *Site) Close() error {
	s.closing.Do(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.started = true
		if s.stop != nil {
			s.stop()
		}
		s.err = s.closeServers()
	})
	return s.err
}

func (s *Site) closeServers() error {
	var errs []error
	for _, o := range s.outlets {
		if o.server != nil {
			errs = append(errs, o.server.Close())
		}
	}
	s.running.Wait()
	return errors.Join(errs...)
}

// listen opens a port of the system's choice on 127.0.0.n, or on 127.0.0.1 where that address does not exist.
func listen(ctx context.Context, n int) (net.Listener, error) {
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "tcp4", fmt.Sprintf("127.0.0.%d:0", n))
	if err != nil && n > 1 && ctx.Err() == nil {
		ln, err = lc.Listen(ctx, "tcp4", "127.0.0.1:0")
	}
	if err != nil {
		return nil, fmt.Errorf("listen on loopback: %w", err)
	}
	return ln, nil
}

// Sources lists the outlets. The addresses are complete once Start has returned.
func (s *Site) Sources() []Source {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Source, 0, len(s.outlets))
	for _, o := range s.outlets {
		out = append(out, Source{
			ID: o.id, Name: o.name, Country: "VN", Language: o.lang,
			FeedURL: o.base + o.feedPath, SectionURL: o.base + o.sectionPath, Timezone: "Asia/Ho_Chi_Minh",
		})
	}
	return out
}

// Expectations is the manifest: an entry for each page that a feed links to, newest first within each outlet.
// The addresses are complete once Start has returned.
func (s *Site) Expectations() []Expectation {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Expectation
	for _, o := range s.outlets {
		for _, p := range o.pages {
			out = append(out, p.expectation(o))
		}
	}
	return out
}

// Requests is what the outlets have been asked so far, in order of arrival.
func (s *Site) Requests() []Request { return s.log.all() }
