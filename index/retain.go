package index

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
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
	// Renamed before it is removed: a folder that begins with a dot is no shard, so that a crash leaves nothing half dropped.
	gone := filepath.Join(x.shardsDir(), ".dropped-"+oldest.name)
	readers := x.replace(oldest, nil)
	x.metrics.show(x.shards)
	x.deps.Logger.Info("shard dropped by retention", "shard", oldest.name, "reason", reason, "articles", oldest.held.Load().count, "newest", oldest.held.Load().last)
	go func() {
		defer x.clearing.Done()
		readers.Wait()
		if err := errors.Join(oldest.close(), os.Rename(oldest.dir, gone), os.RemoveAll(gone)); err != nil {
			x.deps.Logger.Warn("dropped shard not cleared away", "shard", oldest.name, "err", err)
		}
	}()
	return oldest.name, nil
}

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

// clearDropped removes what a stop left of dropped shards.
func (x *Index) clearDropped() error {
	left, err := filepath.Glob(filepath.Join(x.shardsDir(), ".dropped-*"))
	if err != nil {
		return err
	}
	for _, dir := range left {
		if err := os.RemoveAll(dir); err != nil {
			return fmt.Errorf("clear dropped shard: %w", err)
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
// one fails in a search, seals and prunes every hour, and reads all of it once a day.
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
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		case <-x.mending:
		}
	}
}
