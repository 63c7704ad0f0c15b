package index

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"haidang/internal/disk"
)

// Shards of a closed month (of UTC, by the newest article of each) are merged into one, so that the number of shards, and with
// it what a search over all of them costs, grows with the months and not with how often a shard was begun or emptied by late
// edits. The merged shard is made in a folder that is no shard, from the articles alone; one rename puts it in the place of the
// others, which are dropped when their last readers are done.

// Why a merge was put off: nothing is wrong, and the next day it is tried again.
var (
	errNoRoom  = errors.New("not enough room on the disk")
	errGaveWay = errors.New("an index has to be made again first")
	errChanged = errors.New("the shards have changed meanwhile")
)

// compactOutcome is how a merge of shards ended.
type compactOutcome string

const (
	compactMerged    compactOutcome = "merged"
	compactPostponed compactOutcome = "postponed"
	compactFailed    compactOutcome = "failed"
)

func outcomeOf(err error) compactOutcome {
	switch {
	case err == nil:
		return compactMerged
	case errors.Is(err, errNoRoom), errors.Is(err, errGaveWay), errors.Is(err, errChanged), errors.Is(err, context.Canceled):
		return compactPostponed
	}
	return compactFailed
}

// Compact merges the shards of closed months, while searches and writes go on. It begins no new merge after
// Config.CompactTime. It returns the names of the merged shards; what failed does not keep it from the others.
func (x *Index) Compact(ctx context.Context) (merged []string, err error) {
	x.upkeep.Lock()
	defer x.upkeep.Unlock()
	until := x.deps.Now().Add(x.cfg.CompactTime.Std())
	var errs []error
	failed := map[string]bool{}
	for ctx.Err() == nil && x.deps.Now().Before(until) {
		m, done, err := x.beginMerge(failed)
		if err != nil || m == nil {
			return merged, errors.Join(append(errs, err)...)
		}
		start := time.Now()
		err = m.run(ctx)
		done()
		outcome := outcomeOf(err)
		x.metrics.compacted(outcome, len(m.sources), time.Since(start))
		switch outcome {
		case compactMerged:
			merged = append(merged, m.name)
			continue
		case compactPostponed:
			x.deps.Logger.Info("merge of shards put off", "shard", m.name, "err", err)
		case compactFailed:
			errs = append(errs, fmt.Errorf("merge shard %s: %w", m.name, err))
		}
		failed[m.name] = true
	}
	return merged, errors.Join(append(errs, ctx.Err())...)
}

// beginMerge prepares the first merge that is due and has not failed, or none. done has to be called at its end.
func (x *Index) beginMerge(failed map[string]bool) (m *merging, done func(), err error) {
	x.writing.Lock()
	defer x.writing.Unlock()
	shards, done, err := x.read()
	if err != nil {
		return nil, nil, err
	}
	for _, group := range ripe(shards, x.cfg.CompactDocuments, x.deps.Now()) {
		m := newMerging(x, group)
		if !failed[m.name] {
			return m, done, nil
		}
	}
	done()
	return nil, nil, nil
}

// ripe returns the groups of neighbouring shards that are to be merged: sound ones of one month that is over, none missing
// between them, of no more than limit articles in all.
func ripe(shards []*shard, limit int, now time.Time) [][]*shard {
	var groups [][]*shard
	var group []*shard
	articles := 0
	for _, s := range shards[:len(shards)-1] { // the last one is hot
		n := s.held.Load().count
		if len(group) == 0 || !mayJoin(group[len(group)-1], s) || articles+n > limit {
			groups, group, articles = append(groups, group), nil, 0
		}
		if mayMerge(s, now) {
			group, articles = append(group, s), articles+n
		}
	}
	return slices.DeleteFunc(append(groups, group), func(g []*shard) bool { return len(g) < 2 })
}

func mayMerge(s *shard, now time.Time) bool {
	return numbersOf(s.name).first > 0 && s.sound() && month(s).AddDate(0, 1, 0).Before(now)
}

func mayJoin(a, b *shard) bool {
	return numbersOf(b.name).first == numbersOf(a.name).last+1 && month(a).Equal(month(b))
}

// month is the first moment of the month in which the newest article of a shard was first seen.
func month(s *shard) time.Time {
	last := s.held.Load().last
	return time.Date(last.Year(), last.Month(), 1, 0, 0, 0, 0, time.UTC)
}

// sound reports whether nothing is known to be wrong with a shard.
func (s *shard) sound() bool {
	return s.doubt.index.Load() == indexSound && !s.doubt.articles.Load()
}

// room looks whether the merged shard fits beside the others: merging its segments takes its size once more.
func (m *merging) room() error {
	var need int64
	for _, s := range m.sources {
		n, err := folderBytes(s.dir)
		if err != nil {
			return err
		}
		need += 2 * n
	}
	if free, ok := disk.Free(m.x.shardsDir()); ok && free < need {
		return fmt.Errorf("%w: %d MB are free, a merge needs %d MB", errNoRoom, free>>20, need>>20)
	}
	return nil
}
