package index

import (
	"context"
	"runtime"
	"time"

	"golang.org/x/sync/errgroup"
)

// fanShare is the share of a search's time in which all shards must have answered; the rest is for the hits themselves.
const fanShare = 0.75

// fan asks all shards for their first page at once, the newest first: the best hits may be in any of them. Those that
// have not answered when the time is nearly up are left out, and what is said of the result is how far back every shard
// was searched. Hits in the order of first sight need none of this, the stream stops by itself.
func (s *searching) fan(ctx context.Context, sources []*source) error {
	if s.ask.sort == BySeen {
		return nil
	}
	limited := ctx
	if end, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		limited, cancel = context.WithTimeout(ctx, time.Duration(fanShare*float64(time.Until(end))))
		defer cancel()
	}
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i := len(sources) - 1; i >= 0; i-- { // sources are in the order of the shards, oldest first
		src := sources[i]
		g.Go(func() error {
			err := src.load(limited)
			if timedOut(limited, err) && ctx.Err() == nil {
				src.late, src.ended = true, true
				return nil
			}
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	s.late(sources)
	return nil
}

// late notes which shards were left out, and how far back all were searched.
func (s *searching) late(sources []*source) {
	left, whole := 0, true
	for i := len(sources) - 1; i >= 0; i-- {
		switch src := sources[i]; {
		case src.late:
			left, whole = left+1, false
		case whole:
			s.back = src.shard.held.Load().first
		}
	}
	if left > 0 {
		s.stopped("the search took too long")
	}
}
