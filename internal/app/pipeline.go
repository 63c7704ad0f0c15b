package app

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"haidang/internal/bus"
)

// pipeline is a way to push articles through every stage: the process that runs on the data folder, or stages of our
// own.
type pipeline struct {
	bus    *bus.Bus
	groups []string
	count  func(context.Context) (int, error)
	failed func() error // why the stages have stopped, or nil
	close  func() error
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
	return &pipeline{
		bus: b, groups: running.Groups, close: b.Close, failed: func() error { return nil },
		count: func(ctx context.Context) (int, error) { return countAt(ctx, opts.DataDir) },
	}, nil
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
		bus: a.bus, groups: a.groups(), count: a.archive.Count,
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
