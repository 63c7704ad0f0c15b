package index

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// Prune drops the oldest shards that retention does not keep: those whose newest article is older than Keep, and the
// oldest ones while the archive is larger than KeepBytes. The hot shard always stays. It returns their names.
func (x *Index) Prune(ctx context.Context) (dropped []string, err error) {
	for ctx.Err() == nil {
		name, err := x.pruneOne()
		if err != nil || name == "" {
			return dropped, err
		}
		dropped = append(dropped, name)
	}
	return dropped, ctx.Err()
}

func (x *Index) pruneOne() (string, error) {
	x.writing.Lock()
	defer x.writing.Unlock()
	shards, done, err := x.read()
	if err != nil {
		return "", err
	}
	defer done()
	if len(shards) < 2 {
		return "", nil
	}
	oldest := shards[0]
	reason, err := x.outOf(oldest, shards)
	if err != nil || reason == "" {
		return "", err
	}
	x.deps.Logger.Info("shard dropped by retention", "shard", oldest.name, "reason", reason, "articles", oldest.held.Load().count, "newest", oldest.held.Load().last)
	x.drop(x.replace(shards[:1], nil), shards[:1])
	return oldest.name, nil
}

// drop closes shards that are not in the list any more and removes them, when their last readers are done.
func (x *Index) drop(readers *sync.WaitGroup, gone []*shard) {
	x.metrics.show(x.shards)
	go func() {
		defer x.clearing.Done()
		readers.Wait()
		for _, s := range gone {
			if err := errors.Join(s.close(), dropFolder(s.dir)); err != nil {
				x.deps.Logger.Warn("dropped shard not cleared away", "shard", s.name, "err", err)
			}
		}
	}()
}

// dropFolder removes the folder of a shard. It is renamed first: a folder that begins with a dot is no shard, so that a crash
// leaves nothing half dropped.
func dropFolder(dir string) error {
	gone := filepath.Join(filepath.Dir(dir), droppedPrefix+filepath.Base(dir))
	return errors.Join(os.RemoveAll(gone), os.Rename(dir, gone), os.RemoveAll(gone))
}

// What begins with a dot in the folder of the shards is no shard, and goes at the next start.
const (
	droppedPrefix = ".dropped-"
	mergingPrefix = ".merging-"
)

// outOf says by which rule a shard goes, or "".
func (x *Index) outOf(s *shard, all []*shard) (string, error) {
	if keep := x.cfg.Keep.Std(); keep > 0 && x.deps.Now().Sub(s.held.Load().last) > keep {
		return fmt.Sprintf("older than %s", time.Duration(keep)), nil
	}
	if x.cfg.KeepBytes <= 0 {
		return "", nil
	}
	var total int64
	for _, s := range all {
		n, err := folderBytes(s.dir)
		if err != nil {
			return "", err
		}
		total += n
	}
	if total > int64(x.cfg.KeepBytes) {
		return fmt.Sprintf("the archive has %d bytes", total), nil
	}
	return "", nil
}

// folderBytes is the size of all files in a folder.
func folderBytes(dir string) (int64, error) {
	var total int64
	err := filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if errors.Is(err, os.ErrNotExist) {
			return nil // merged away while we look
		}
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if errors.Is(err, os.ErrNotExist) {
			return nil
		}
		if err == nil {
			total += info.Size()
		}
		return err
	})
	return total, err
}

// clearDropped removes what a stop left of dropped shards and of a merge that was not whole yet.
func (x *Index) clearDropped() error {
	for _, prefix := range []string{droppedPrefix, mergingPrefix} {
		left, err := filepath.Glob(filepath.Join(x.shardsDir(), prefix+"*"))
		if err != nil {
			return err
		}
		for _, dir := range left {
			if err := os.RemoveAll(dir); err != nil {
				return fmt.Errorf("clear %s: %w", dir, err)
			}
		}
	}
	return nil
}

// How often the archive looks after itself.
const (
	pruneEvery = time.Hour
	scrubEvery = 24 * time.Hour
)

// mendSoon wakes Run.
func (x *Index) mendSoon() {
	select {
	case x.mending <- struct{}{}:
	default: // it is awake
	}
}

// Run looks after the archive until the context ends: it makes indexes again that are damaged or unfinished, at once when
// one fails in a search, seals and prunes every hour, and once a day reads all of it and merges the shards of closed months.
// What it cannot do is logged and tried again.
func (x *Index) Run(ctx context.Context) error {
	tick := time.NewTicker(pruneEvery)
	defer tick.Stop()
	var scrubbed time.Time
	for {
		if err := x.Mend(ctx, nil); err != nil && ctx.Err() == nil {
			x.deps.Logger.Error("index not made again", "err", err)
		}
		if _, err := x.Seal(ctx); err != nil && ctx.Err() == nil {
			x.deps.Logger.Error("shards not sealed", "err", err)
		}
		if _, err := x.Prune(ctx); err != nil && ctx.Err() == nil {
			x.deps.Logger.Error("retention not applied", "err", err)
		}
		if now := x.deps.Now(); now.Sub(scrubbed) >= scrubEvery {
			scrubbed = now
			if findings, err := x.Scrub(ctx); err != nil && ctx.Err() == nil {
				x.deps.Logger.Error("archive not read through", "err", err)
			} else {
				x.metrics.damage(findings)
			}
			if _, err := x.Compact(ctx); err != nil && ctx.Err() == nil {
				x.deps.Logger.Error("shards not merged", "err", err)
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		case <-x.mending:
		}
	}
}
