package index

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// merging is a merged shard on its way, in a folder that is no shard yet. What a stop leaves of it goes at the next start.
type merging struct {
	x       *Index
	name    string
	sources []*merged
	fresh   *shard
}

// merged is one of the shards that are merged, and how much of it was taken over.
type merged struct {
	*shard
	change   int64 // the number of the last change that was
	released int   // how many of the articles that left it are not in the copy
}

// newMerging is called by the writer.
func newMerging(x *Index, shards []*shard) *merging {
	m := &merging{x: x, name: mergedName(shards[0].name, shards[len(shards)-1].name)}
	for _, s := range shards {
		m.sources = append(m.sources, &merged{shard: s, released: len(s.released)})
	}
	return m
}

// run makes the merged shard and switches to it.
func (m *merging) run(ctx context.Context) (err error) {
	defer func() {
		if err != nil {
			err = errors.Join(err, m.giveUp())
		}
	}()
	if err := m.room(); err != nil {
		return err
	}
	if err := m.copyAll(ctx); err != nil {
		return err
	}
	if err := m.copyAll(ctx); err != nil { // what was written meanwhile, so that the writers wait for little
		return err
	}
	if err := m.seal(ctx); err != nil {
		return err
	}
	m.x.writing.Lock()
	defer m.x.writing.Unlock()
	if err := m.settle(ctx); err != nil {
		return err
	}
	if err := m.publish(); err != nil {
		return err
	}
	return m.show(ctx)
}

// folder is where the shard is made, dir where it belongs.
func (m *merging) folder() string { return filepath.Join(m.x.shardsDir(), mergingPrefix+m.name) }
func (m *merging) dir() string    { return filepath.Join(m.x.shardsDir(), m.name) }

// giveUp removes what was made.
func (m *merging) giveUp() error {
	var err error
	if m.fresh != nil {
		err = m.fresh.close()
	}
	return errors.Join(err, os.RemoveAll(m.folder()))
}

// begin makes the new shard, empty.
func (m *merging) begin(ctx context.Context) error {
	if err := os.RemoveAll(m.folder()); err != nil {
		return err
	}
	fresh, err := openShard(ctx, m.folder(), m.x.cfg, m.x.codec, m.x.vocab, m.x.deps)
	if err != nil {
		return err
	}
	articles := 0
	for _, s := range m.sources {
		articles += s.held.Load().count
	}
	fresh.ids = newBloom(max(m.x.cfg.HotDocuments, articles))
	m.fresh = fresh
	return nil
}

// copyAll takes over what is new in the shards, their articles and earlier wordings, and indexes it.
func (m *merging) copyAll(ctx context.Context) error {
	if m.fresh == nil {
		if err := m.begin(ctx); err != nil {
			return err
		}
	}
	for _, s := range m.sources {
		if err := m.copyShard(ctx, s); err != nil {
			return fmt.Errorf("take over shard %s: %w", s.name, err)
		}
	}
	return nil
}

// copyShard works half of the time at most: nobody waits for it, and searches go on.
func (m *merging) copyShard(ctx context.Context, s *merged) error {
	for {
		if m.x.doubtful() {
			return errGaveWay
		}
		begun := time.Now()
		n, err := m.copyPage(ctx, s)
		if err != nil || n == 0 {
			return err
		}
		select {
		case <-time.After(time.Since(begun)):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// copyPage takes over some articles and indexes them.
func (m *merging) copyPage(ctx context.Context, s *merged) (int, error) {
	rows, err := s.articles.rowsSince(ctx, s.change, recoverBatch)
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	held, err := m.fresh.articles.takeOver(ctx, rows, *m.fresh.held.Load())
	if err != nil {
		return 0, err
	}
	m.fresh.held.Store(&held)
	for _, r := range rows {
		m.fresh.ids.add(r.id)
	}
	s.change = rows[len(rows)-1].change
	return len(rows), m.fresh.catchUp(ctx, recoverBatch)
}

// doubtful reports whether an index has to be made again.
func (x *Index) doubtful() bool {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return slices.ContainsFunc(x.shards, func(s *shard) bool { return s.doubt.index.Load() != indexSound })
}

// seal writes the offsets of all the shards, merges the segments and sums up the files.
func (m *merging) seal(ctx context.Context) error {
	offsets := map[int]int64{}
	for _, s := range m.sources {
		of, err := s.offsets()
		if err != nil {
			return fmt.Errorf("shard %s: %w", s.name, err)
		}
		offsets = highest(offsets, of)
	}
	if err := m.fresh.words.write(nil, nil, m.fresh.indexed, offsets); err != nil {
		return err
	}
	return m.fresh.seal(ctx, m.x.deps.Now())
}

// settle takes over the last changes and closes the new shard's files. The caller holds the writing lock.
func (m *merging) settle(ctx context.Context) error {
	if err := m.unchanged(); err != nil {
		return err
	}
	if err := m.x.finishMoves(ctx); err != nil { // a write that failed may have left one, by the old name
		return err
	}
	for _, s := range m.sources {
		for n := -1; n != 0; {
			var err error
			if n, err = m.copyPage(ctx, s); err != nil {
				return err
			}
		}
		for ids := range slices.Chunk(s.shard.released[s.released:], recoverBatch) {
			if err := m.fresh.release(ctx, ids); err != nil {
				return err
			}
		}
		if err := m.fresh.articles.takeOverMoves(ctx, s.articles); err != nil {
			return err
		}
	}
	err := m.fresh.close()
	m.fresh = nil
	return err
}

// unchanged reports whether the shards are still those with which the merge began.
func (m *merging) unchanged() error {
	for _, s := range m.sources {
		if !slices.Contains(m.x.shards, s.shard) || !s.sound() {
			return fmt.Errorf("%w: %s", errChanged, s.name)
		}
	}
	return nil
}

// publish makes the folder a shard. From here on the others are covered by it, whatever happens.
func (m *merging) publish() error {
	if err := syncFolder(m.folder()); err != nil {
		return err
	}
	if err := os.Rename(m.folder(), m.dir()); err != nil {
		return err
	}
	if err := syncFolder(m.x.shardsDir()); err != nil {
		return m.withdraw(err)
	}
	return nil
}

// withdraw takes the merged shard away after an error: it must not be there at the next start, since what is written from now
// on goes to the others.
func (m *merging) withdraw(cause error) error { return errors.Join(cause, dropFolder(m.dir())) }

// show lets those who read from now on read the merged shard, and drops the others.
func (m *merging) show(ctx context.Context) error {
	x := m.x
	fresh, err := openShard(ctx, m.dir(), x.cfg, x.codec, x.vocab, x.deps)
	if err != nil {
		return m.withdraw(err)
	}
	x.join(fresh)
	old := make([]*shard, len(m.sources))
	for i, s := range m.sources {
		old[i] = s.shard
	}
	x.drop(x.replace(old, fresh), old)
	x.deps.Logger.Info("shards merged", "shard", m.name, "shards", len(old), "articles", fresh.held.Load().count)
	return nil
}

// syncFolder waits until the names in a folder are on the disk.
func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
