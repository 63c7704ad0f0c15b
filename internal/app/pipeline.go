package app

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"haidang/crawler"
	"haidang/internal/bus"
	"haidang/internal/store"
)

const (
	pipePause    = 100 * time.Millisecond
	pipePatience = 2 * time.Minute // how long a broker may be away before a command gives up
)

// pipeline is a way to push articles through every stage: the process that runs on the data folder, or stages of our
// own.
type pipeline struct {
	bus     *bus.Bus
	crawler *crawler.Crawler // with Options.Fetch: to walk sitemaps and to see what became of links
	groups  []string
	count   func(context.Context) (int, error)
	failed  func() error // why the stages have stopped, or nil
	close   func() error
}

func openPipeline(ctx context.Context, opts Options) (*pipeline, error) {
	if running, ok := FindRunning(ctx, opts.DataDir); ok {
		return attach(ctx, opts, running)
	}
	return embed(ctx, opts)
}

// attach sends through the process that runs on this folder.
func attach(ctx context.Context, opts Options, running Running) (*pipeline, error) {
	cfg := opts.Config.Bus
	if cfg.Mode == bus.Embedded {
		cfg.Mode, cfg.Brokers, cfg.RetentionBytes = bus.External, []string{running.Broker}, 0
	}
	b, err := bus.Open(ctx, cfg, bus.Deps{Logger: opts.Logger})
	if err != nil {
		return nil, fmt.Errorf("reach the running haidang: %w", err)
	}
	p := &pipeline{
		bus: b, groups: running.Groups, close: b.Close, failed: func() error { return nil },
		count: func(ctx context.Context) (int, error) { return countAt(ctx, opts.DataDir) },
	}
	if opts.Fetch {
		if err := p.openCrawler(ctx, opts); err != nil {
			return nil, errors.Join(err, p.close())
		}
	}
	return p, nil
}

// openCrawler makes a crawler beside that of the running process. It asks for sitemaps only: pages go over the bus, where
// one consumer owns a host.
func (p *pipeline) openCrawler(ctx context.Context, opts Options) error {
	db, err := store.Open(ctx, opts.Config.Store)
	if err != nil {
		return err
	}
	closeBus := p.close
	p.close = func() error { return errors.Join(closeBus(), db.Close()) }
	p.crawler, err = crawler.New(opts.Config.Crawler, crawler.Deps{
		Publisher: publisher{p.bus}, DB: db, Logger: opts.Logger, Now: opts.Now, Shared: opts.Config.Bus.Mode == bus.External,
	})
	return err
}

// embed runs the stages in this process, without crawler and pages.
func embed(ctx context.Context, opts Options) (*pipeline, error) {
	opts.Roles, opts.Quiet = AllRoles(), true
	a, err := New(ctx, opts)
	if err != nil {
		return nil, err
	}
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	var mu sync.Mutex
	var failure error
	done := make(chan struct{})
	go func() {
		defer close(done)
		err := a.Run(running)
		mu.Lock()
		defer mu.Unlock()
		failure = err
	}()
	return &pipeline{
		bus: a.bus, crawler: a.crawler, groups: a.groups(), count: a.archive.Count,
		failed: func() error {
			mu.Lock()
			defer mu.Unlock()
			return failure
		},
		close: func() error {
			stop()
			<-done
			return errors.Join(failure, a.Close())
		},
	}, nil
}

// waiting is how many articles are not yet through the slowest stage.
func (p *pipeline) waiting(ctx context.Context) (int64, error) {
	var classify, last int64
	for _, g := range p.groups {
		lag, err := p.bus.Lag(ctx, g, topicOf(g))
		if err != nil {
			return 0, err
		}
		if g == classifyGroup {
			classify = lag.Total
		} else {
			last = max(last, lag.Total)
		}
	}
	return classify + last, nil
}

// dead is how many messages stages have given up on so far.
func (p *pipeline) dead(ctx context.Context) (int64, error) {
	report, err := p.bus.Lag(ctx, classifyGroup, bus.Dead)
	return int64(written(report)), err
}

// send publishes messages. A broker that is away, because its process is being restarted, is waited for.
func (p *pipeline) send(ctx context.Context, messages ...bus.Message) error {
	return p.patiently(ctx, func() error { return p.bus.Publish(ctx, messages...) })
}

// settle waits until at most so many articles are under way, and tells how many are.
func (p *pipeline) settle(ctx context.Context, most int64, tell func(waiting int64)) error {
	for {
		var waiting int64
		err := p.patiently(ctx, func() (err error) {
			waiting, err = p.waiting(ctx)
			return err
		})
		if err != nil {
			return err
		}
		tell(waiting)
		if waiting <= most {
			return nil
		}
		if err := pause(ctx, pipePause); err != nil {
			return err
		}
	}
}

// patiently repeats what fails because the broker is away.
func (p *pipeline) patiently(ctx context.Context, do func() error) error {
	deadline := time.Now().Add(pipePatience)
	for {
		err := do()
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return ErrInterrupted
		case p.failed() != nil:
			return p.failed()
		case bus.IsPermanent(err) || errors.Is(err, bus.ErrDiskFull) || time.Now().After(deadline):
			return err // nothing is lost: run again, it goes on from the last batch that was stored
		}
		if err := pause(ctx, time.Second); err != nil {
			return ErrInterrupted
		}
	}
}

// pause waits, or returns the context's error.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
