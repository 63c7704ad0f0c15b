package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"haidang/configs"
	"haidang/index"
	"haidang/internal/export"
)

// followEvery is how often a search that is followed is asked again.
const followEvery = time.Second

// followBack is how far behind the newest article another may still come in: it was first seen earlier and took longer.
const followBack = 10 * time.Minute

// Follow tells each article that is found from now on, once, oldest first, until the context ends. It asks the process that
// runs on this data folder: without one nothing new comes.
func Follow(ctx context.Context, dataDir string, r index.Request, tell func(*index.Hit) error) error {
	running, ok := FindRunning(ctx, dataDir)
	if !ok {
		return fmt.Errorf("nothing runs on %s, so nothing new will come; start haidang run", dataDir)
	}
	f := follower{request: r, tell: tell, seen: map[string]time.Time{}, search: func(ctx context.Context, r index.Request) (index.Result, error) {
		var result index.Result
		return result, ask(ctx, running.Web, "/api/search", searchParams(r), &result)
	}}
	tick := time.NewTicker(followEvery)
	defer tick.Stop()
	err := f.run(ctx, time.Now(), tick.C)
	if errors.Is(err, context.Canceled) {
		return nil // the reader has enough
	}
	return err
}

// follower asks one search again and again.
type follower struct {
	request index.Request
	search  func(context.Context, index.Request) (index.Result, error)
	tell    func(*index.Hit) error
	seen    map[string]time.Time // told or there before, by ID: when they were first seen
	newest  time.Time
}

func (f *follower) run(ctx context.Context, now time.Time, tick <-chan time.Time) error {
	f.newest = now
	if err := f.ask(ctx, func(*index.Hit) error { return nil }); err != nil {
		return err
	}
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick:
		}
		if err := f.ask(ctx, f.tell); err != nil {
			return err
		}
	}
}

// ask looks at everything that was first seen lately.
func (f *follower) ask(ctx context.Context, tell func(*index.Hit) error) error {
	r := f.request
	r.Sort, r.Limit, r.After, r.From, r.To = index.BySeen, index.MaxLimit, "", f.newest.Add(-followBack), time.Time{}
	var fresh []index.Hit
	for {
		result, err := f.search(ctx, r)
		if err != nil {
			return err
		}
		for _, h := range result.Hits {
			if _, ok := f.seen[h.ID]; !ok {
				fresh = append(fresh, h)
			}
		}
		if r.After = result.Next; r.After == "" {
			break
		}
	}
	for i := len(fresh) - 1; i >= 0; i-- {
		h := &fresh[i]
		if err := tell(h); err != nil {
			return err
		}
		f.seen[h.ID] = h.FirstSeen
		if h.FirstSeen.After(f.newest) {
			f.newest = h.FirstSeen
		}
	}
	for id, at := range f.seen {
		if at.Before(f.newest.Add(-2 * followBack)) {
			delete(f.seen, id)
		}
	}
	return nil
}

// Export writes everything that a search finds, page after page, up to a number of articles, in one of the formats of
// package export. It tells how many were found in all.
func Export(ctx context.Context, cfg configs.Config, dataDir string, r index.Request, format string, most int, w io.Writer) (found int, err error) {
	search, done, err := searcher(ctx, cfg, dataDir)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, done()) }()
	out, err := export.New(export.Format(format), w, export.About{Query: r.Query, Now: time.Now()})
	if err != nil {
		return 0, err
	}
	for written := 0; written < most; {
		r.Limit = min(most-written, index.MaxLimit)
		result, err := search(ctx, r)
		if err != nil {
			return found, err
		}
		found = max(found, result.Total)
		for i := range result.Hits {
			if err := out.Write(&result.Hits[i]); err != nil {
				return found, err
			}
			written++
		}
		if r.After = result.Next; r.After == "" {
			break
		}
	}
	return found, out.Close()
}

// ExportHit writes single hits, for a search that is followed.
func ExportHit(format string, w io.Writer) (write func(*index.Hit) error, flush func() error, err error) {
	out, err := export.New(export.Format(format), w, export.About{})
	if err != nil {
		return nil, nil, err
	}
	return out.Write, out.Close, nil
}
