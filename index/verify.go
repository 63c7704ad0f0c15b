package index

import (
	"context"
	"runtime"

	"golang.org/x/sync/errgroup"

	"haidang/internal/query"
)

const (
	verifyPage  = 1000 // candidates read from a shard at a time
	verifyChunk = 64   // articles held in memory at a time
)

// verify reads candidates in order and keeps those that the matcher accepts: one page and one more, while all of them
// are counted, as far as the budget goes.
func (s *searching) verify(ctx context.Context, st *stream) ([]candidate, error) {
	if s.before != nil {
		s.result.Total = s.before.Verified
	}
	var page []candidate
	for {
		chunk, err := s.chunk(ctx, st)
		if err != nil {
			return page, err
		}
		if len(chunk) == 0 {
			return page, nil
		}
		matched, err := s.accept(ctx, chunk)
		if err != nil {
			return page, err
		}
		s.read += len(chunk)
		s.last = &chunk[len(chunk)-1].place
		s.result.Total += len(matched)
		if room := s.limit + 1 - len(page); room > 0 {
			page = append(page, matched[:min(room, len(matched))]...)
		}
		if s.budget -= len(chunk); s.budget <= 0 {
			if _, more, err := st.next(ctx); err != nil || !more {
				return page, err
			}
			s.stopped("too many articles have to be read to verify this query: add a word or a date")
			return page, nil
		}
	}
}

// chunk takes the next candidates, within the budget.
func (s *searching) chunk(ctx context.Context, st *stream) ([]candidate, error) {
	var chunk []candidate
	for len(chunk) < min(verifyChunk, s.budget) {
		c, ok, err := st.next(ctx)
		if err != nil {
			return nil, err
		}
		if !ok {
			break
		}
		chunk = append(chunk, c)
	}
	return chunk, nil
}

// accept returns those candidates that satisfy the query, in their order.
func (s *searching) accept(ctx context.Context, chunk []candidate) ([]candidate, error) {
	articles, err := fetch(ctx, chunk)
	if err != nil {
		return nil, err
	}
	held := make([]bool, len(chunk))
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, c := range chunk {
		a, ok := articles[c.ID]
		if !ok {
			continue
		}
		g.Go(func() error {
			if ctx.Err() == nil {
				d := documents.Get().(*query.Doc)
				d.Reset(&a)
				_, held[i] = s.parsed.Matches(d)
				documents.Put(d)
			}
			return nil
		})
	}
	_ = g.Wait() // no function fails
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var out []candidate
	for i, ok := range held {
		if ok {
			out = append(out, chunk[i])
			if a := articles[chunk[i].ID]; s.each != nil {
				s.each(&a)
			}
		}
	}
	return out, nil
}
