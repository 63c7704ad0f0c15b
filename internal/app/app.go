// Package app wires the stages into one process: it opens what they need in order, runs them until the context ends,
// and stops them in the opposite order.
//
// Build an [App] with [New], which opens everything and takes no traffic yet; [App.Run] works until its context ends.
// [Import], [Search] and [Demo] are the commands that need more than one stage. Limits: a data folder belongs to one
// process at a time; other commands find that process through a small file in the folder.
package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"slices"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"golang.org/x/sync/errgroup"

	"haidang/alerting"
	"haidang/alerting/digest"
	"haidang/classifier"
	"haidang/configs"
	"haidang/crawler"
	"haidang/index"
	"haidang/internal/bus"
	"haidang/internal/saved"
	"haidang/internal/store"
)

// Options say what to run and on what. Logger and Now may be nil.
type Options struct {
	Config  configs.Config
	DataDir string
	Roles   []Role
	Version string
	// Quiet leaves out the pages and the crawler: for commands that only push articles through.
	Quiet bool
	// Fetch has a quiet process fetch the pages of links all the same; it polls nothing.
	Fetch bool
	// Started, when set, is called once everything runs and other commands can find this process.
	Started func(addr string)
	Logger  *slog.Logger
	Now     func() time.Time
}

// now is the time by the options' clock.
func (o Options) now() time.Time {
	if o.Now == nil {
		return time.Now()
	}
	return o.Now()
}

// App is one process of the pipeline.
type App struct {
	opts     Options
	log      *slog.Logger
	registry *prometheus.Registry
	metrics  *metrics

	bus       *bus.Bus
	db        *store.DB
	archive   *index.Index
	current   atomic.Pointer[classifier.Classifier] // see rules
	rulesSeen string                                // fingerprint of the folder that it was read from
	desk      *alerting.Desk
	digest    *digest.Digest
	saved     *saved.Saved
	crawler   *crawler.Crawler
	web       *http.Server
	listener  net.Listener

	instance string // names this process
	node     string // names this archive's consumer group
	closers  []closer
}

type closer struct {
	name  string
	close func() error
}

// New opens what the roles need, in order. When something cannot be opened, what was opened before is closed again.
func New(ctx context.Context, opts Options) (*App, error) {
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if err := checkRoles(opts.Roles, opts.Config); err != nil {
		return nil, err
	}
	a := &App{opts: opts, log: opts.Logger, registry: prometheus.NewRegistry(), instance: rand.Text()}
	a.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	a.metrics = newMetrics(a.registry)
	if err := a.open(ctx); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

// open opens the parts from the bottom up.
func (a *App) open(ctx context.Context) error {
	if err := os.MkdirAll(a.opts.DataDir, 0o700); err != nil {
		return fmt.Errorf("data folder: %w", err)
	}
	steps := []struct {
		needed bool
		open   func(context.Context) error
	}{
		{!a.opts.Quiet, a.listen}, // first: a port that is taken is known before anything is touched
		{true, a.openBus},
		{a.has(Crawl) || a.has(Serve) || a.has(Alert), a.openStore},
		{a.has(Classify) || a.has(Serve), a.openClassifier}, // the pages need its names of places
		{a.has(Serve), a.openArchive},
		{a.has(Crawl), a.openCrawler},
		{a.has(Serve) || a.has(Alert), a.openDesk},
		{a.has(Serve) || a.has(Alert), a.openSaved},
		{(a.mails() || a.pages()) && !a.has(Crawl), a.openIdleCrawler}, // mail and pages tell of the sources whoever crawls them
		{a.mails() || a.pages(), a.openDigest},
		{!a.opts.Quiet, a.openPages},
	}
	for _, s := range steps {
		if !s.needed {
			continue
		}
		if err := s.open(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (a *App) has(r Role) bool {
	return slices.Contains(a.opts.Roles, r) && (r != Crawl || !a.opts.Quiet || a.opts.Fetch)
}

// pages reports whether this process serves the desk and the search, and so is the one that other commands ask.
func (a *App) pages() bool { return a.has(Serve) && !a.opts.Quiet }

// mails reports whether this process sends the morning mail.
func (a *App) mails() bool { return a.has(Alert) && !a.opts.Quiet }

// onClose remembers what to close; the last one opened is closed first.
func (a *App) onClose(name string, fn func() error) {
	a.closers = append(a.closers, closer{name, fn})
}

// Close closes what New opened. Call it after Run has returned.
func (a *App) Close() error {
	var errs []error
	for _, c := range slices.Backward(a.closers) {
		if err := c.close(); err != nil {
			errs = append(errs, fmt.Errorf("close %s: %w", c.name, err))
		}
	}
	a.closers = nil
	return errors.Join(errs...)
}

// Addr is where the pages are, "127.0.0.1:8420"; a process without the serve role has only metrics and health there.
func (a *App) Addr() string {
	if a.listener == nil {
		return ""
	}
	return a.listener.Addr().String()
}

// Run works until the context ends or a part fails for good; then it stops intake, lets the handlers finish, and
// returns. Close closes the rest.
func (a *App) Run(ctx context.Context) error {
	running := Running{PID: os.Getpid(), Instance: a.instance, Web: a.Addr(), Broker: a.bus.Addr(), Groups: a.groups(), Started: a.opts.Now()}
	if a.pages() {
		if err := running.announce(a.opts.DataDir); err != nil {
			return err
		}
	}
	if a.opts.Started != nil {
		a.opts.Started(a.Addr())
	}
	group, ctx := errgroup.WithContext(ctx)
	for _, part := range a.parts() {
		group.Go(func() error {
			err := part.run(ctx)
			if err != nil && ctx.Err() == nil {
				return fmt.Errorf("%s: %w", part.name, err)
			}
			return nil
		})
	}
	a.log.Info("running", "roles", a.opts.Roles, "pages", a.Addr(), "broker", a.bus.Addr())
	err := group.Wait()
	if a.pages() {
		err = errors.Join(err, running.withdraw(a.opts.DataDir))
	}
	return err
}

// part is one long-running piece of work.
type part struct {
	name string
	run  func(context.Context) error
}

// parts lists what Run runs for the roles.
func (a *App) parts() []part {
	var parts []part
	if a.has(Crawl) && !a.opts.Quiet {
		parts = append(parts, part{"crawl feeds", a.crawler.Run})
	} else if a.has(Crawl) {
		parts = append(parts, part{"try pages again", a.crawler.Retry})
	}
	if a.has(Crawl) {
		parts = append(parts, part{"fetch pages", a.fetchPages})
	}
	if a.has(Classify) {
		parts = append(parts, part{"classify", a.classifyArticles})
	}
	if a.rules() != nil {
		parts = append(parts, part{"rules", a.watchRules})
	}
	if a.has(Serve) {
		parts = append(parts, part{"index", a.indexVerdicts}, part{"archive", a.archive.Run})
	}
	if a.has(Alert) {
		parts = append(parts, part{"alert", a.raiseAlerts}, part{"send", a.desk.Run}, part{"saved searches", a.matchSaved})
	}
	if a.mails() || a.pages() {
		parts = append(parts, part{"digest", a.digest.Run}) // whichever process is first; see digest.Digest.Run
	}
	if a.mails() {
		parts = append(parts, part{"tell of saved searches", a.saved.Run})
	}
	if !a.opts.Quiet {
		parts = append(parts, part{"pages", a.servePages})
	}
	return parts
}
