package index

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync/atomic"
)

// doubt is what is known to be wrong with a shard that goes on serving. Every search says so.
type doubt struct {
	index    atomic.Int32 // see below
	articles atomic.Bool  // articles of it cannot be read: it has to be put back from a backup
	found    func()       // told when the index fails in a search
}

// What may be wrong with an index.
const (
	indexSound      int32 = iota
	indexFailed           // it failed in a search: its files are to be looked at
	indexUnfinished       // it is damaged, or has not all articles: it is made again from them
)

// unfinished notes that the index has to be made again.
func (s *shard) unfinished(err error) {
	if s.doubt.index.Swap(indexUnfinished) != indexUnfinished {
		s.log.Error("the index of a shard is damaged and is made again from its articles", "shard", s.name, "err", err)
	}
	s.doubt.found()
}

// lost notes that articles cannot be read: the next start is to read all of them, and to set the shard aside.
func (s *shard) lost() error {
	s.doubt.articles.Store(true)
	return s.articles.db.forgetStart()
}

// guard runs what reads the index of a shard. bleve checks nothing of what it reads, so that damage shows as an error or
// as a panic. Then the shard gives nothing, and the only error is that of the context.
func (s *shard) guard(ctx context.Context, read func() error) (err error) {
	defer faultsPanic()()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
		switch {
		case err == nil:
		case ctx.Err() != nil:
			err = ctx.Err()
		case errors.Is(err, context.DeadlineExceeded):
		default:
			if s.doubt.index.CompareAndSwap(indexSound, indexFailed) {
				s.log.Error("the index of a shard fails in searches and gives nothing", "shard", s.name, "err", err)
				s.doubt.found()
			}
			err = nil
		}
	}()
	return read()
}

// Mend makes every index again that is known to be damaged or unfinished. tell may be nil.
func (x *Index) Mend(ctx context.Context, tell func(Progress)) error {
	shards, done, err := x.read()
	if err != nil {
		return err
	}
	defer done()
	var names []string
	for _, s := range shards {
		unfinished, err := s.judge()
		if err != nil {
			return err
		}
		if unfinished {
			names = append(names, s.name)
		}
	}
	for _, name := range names {
		if err := x.rebuild(ctx, name, tell); err != nil {
			return fmt.Errorf("make the index of shard %s again: %w", name, err)
		}
		x.deps.Logger.Info("an index was made again from its articles", "shard", name)
	}
	return nil
}

// judge looks at the files of an index that failed, and reports whether it has to be made again. A failure with sound
// files was the search's.
func (s *shard) judge() (unfinished bool, err error) {
	if s.doubt.index.Load() == indexFailed {
		err := s.words.check()
		if err != nil && !errors.Is(err, errDamaged) {
			return false, err
		}
		if err == nil {
			s.doubt.index.Store(indexSound)
			return false, nil
		}
		s.doubt.index.Store(indexUnfinished)
	}
	return s.doubt.index.Load() == indexUnfinished, nil
}

// doubts says in sentences what a search cannot find, for everybody who sees its result.
func doubts(shards []*shard) []string {
	var out []string
	for _, s := range shards {
		if s.doubt.index.Load() != indexSound {
			out = append(out, "the index of shard "+s.name+" is being made again: not all of its articles are found meanwhile")
		}
		if s.doubt.articles.Load() {
			out = append(out, "articles of shard "+s.name+" are damaged and not all are shown: put it back from a backup")
		}
	}
	return out
}

// faultsPanic makes a read beyond the end of a mapped file, which somebody has cut, a panic of this goroutine, where it would
// end the process. The function that it returns takes that back.
func faultsPanic() func() {
	before := debug.SetPanicOnFault(true)
	return func() { debug.SetPanicOnFault(before) }
}
