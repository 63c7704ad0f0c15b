package index

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Backup copies the articles of every shard of an archive, beside the process that writes it: each copy is one moment of
// its shard. Shards that are merged meanwhile are copied merged. Indexes and offsets are left out: the first are made from the articles when the copy is opened, and without
// the second the log is read again from its beginning, which brings what came in meanwhile. tell may be nil.
func Backup(ctx context.Context, dir, target string, tell func(shard string, n, of int)) error {
	done := 0
	for { // again for shards that were begun meanwhile: articles may have moved there from one that was not copied yet
		names, err := shardFolders(filepath.Join(dir, "shards"))
		if err != nil {
			return err
		}
		fresh := slices.DeleteFunc(names, func(name string) bool { _, err := os.Stat(filepath.Join(target, "shards", name)); return err == nil })
		if len(fresh) == 0 {
			return dropCovered(filepath.Join(target, "shards"))
		}
		for _, name := range fresh {
			done++
			if tell != nil {
				tell(name, done, max(done, len(names)))
			}
			if err := backupShard(ctx, filepath.Join(dir, "shards", name), filepath.Join(target, "shards", name)); err != nil {
				return fmt.Errorf("back up shard %s: %w", name, err)
			}
		}
	}
}

// dropCovered removes the shards of a folder that lie in merged ones.
func dropCovered(dir string) error {
	names, err := listFolders(dir)
	if err != nil {
		return err
	}
	for _, name := range names {
		if coveredBy(names, name) {
			if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
				return err
			}
		}
	}
	return nil
}

func backupShard(ctx context.Context, from, to string) error {
	if err := os.MkdirAll(to, 0o755); err != nil {
		return err
	}
	f, err := readArticles(filepath.Join(from, "articles.db"), nil)
	if err != nil {
		return err
	}
	defer func() { _ = f.close() }() // only read
	if _, err := f.db.ExecContext(ctx, `VACUUM INTO ?`, filepath.Join(to, "articles.db")); err != nil {
		if _, gone := os.Stat(from); errors.Is(gone, os.ErrNotExist) {
			return os.RemoveAll(to) // dropped by retention, or merged, meanwhile
		}
		return err
	}
	// An article may have moved after its old shard was copied and before its new one was: it is in both.
	return recheckMoves(filepath.Join(to, "articles.db"), "")
}

// recheckMoves lets the next start look again at what came into a file from a shard, or from any where it is "". What came
// from a merged shard may be in those of which it was made.
func recheckMoves(path, from string) error {
	if err := removeStart(filepath.Dir(path)); err != nil {
		return err
	}
	f, err := openArticles(path, nil)
	if err != nil {
		return err
	}
	if from == "" {
		_, err = f.db.Exec(`UPDATE moved SET done = 0`)
	} else {
		err = f.recheck(from)
	}
	return errors.Join(err, f.close())
}

func (f *articleFile) recheck(from string) error {
	shards, err := f.movedFrom()
	if err != nil {
		return err
	}
	for _, shard := range shards {
		if shard != from && !coveredBy([]string{shard}, from) {
			continue
		}
		_, err := f.db.Exec(`INSERT OR REPLACE INTO moved (id, shard, done) SELECT id, ?, 0 FROM moved WHERE shard = ?`, from, shard)
		if err != nil {
			return err
		}
	}
	return nil
}

// movedFrom lists the shards from which articles came.
func (f *articleFile) movedFrom() (shards []string, err error) {
	rows, err := f.db.Query(`SELECT DISTINCT shard FROM moved`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var shard string
		if err := rows.Scan(&shard); err != nil {
			return nil, err
		}
		shards = append(shards, shard)
	}
	return shards, rows.Err()
}

// RestoreShard puts one shard of a backup into an archive that no process holds, in the place of the one that was set
// aside. It refuses to replace a shard that is in use.
func RestoreShard(cfg Config, backup, name string) error {
	lock, err := lockFolder(cfg.Dir, cfg.LockTimeout.Std())
	if err != nil {
		return err
	}
	defer func() { _ = lock.Unlock() }() // the process ends with it
	if name == "" || name != filepath.Base(name) {
		return fmt.Errorf("%q is not the name of a shard", name)
	}
	from, to := filepath.Join(backup, "shards", name, "articles.db"), filepath.Join(cfg.Dir, "shards", name)
	if _, err := os.Stat(from); err != nil {
		return errors.Join(fmt.Errorf("the backup has no shard %s: %w", name, err), partsIn(backup, name))
	}
	if _, err := os.Stat(to); err == nil {
		return fmt.Errorf("shard %s is in the archive already: nothing was changed", name)
	}
	names, err := shardFolders(filepath.Join(cfg.Dir, "shards"))
	if err != nil {
		return err
	}
	if coveredBy(names, name) {
		return fmt.Errorf("shard %s was merged into another that is in the archive: nothing was changed", name)
	}
	half := filepath.Join(cfg.Dir, "shards", "."+name)
	if err := errors.Join(os.RemoveAll(half), os.MkdirAll(half, 0o755)); err != nil {
		return fmt.Errorf("restore shard %s: %w", name, err)
	}
	if err := copyFile(from, filepath.Join(half, "articles.db")); err != nil {
		return fmt.Errorf("restore shard %s: %w", name, err)
	}
	for _, other := range names { // what has moved away since the backup is in the backup too
		if err := recheckMoves(filepath.Join(cfg.Dir, "shards", other, "articles.db"), name); err != nil {
			return fmt.Errorf("restore shard %s: %w", name, err)
		}
	}
	if err := os.Rename(half, to); err != nil {
		return fmt.Errorf("restore shard %s: %w", name, err)
	}
	return os.RemoveAll(filepath.Join(cfg.Dir, "damaged", name))
}

// partsIn is advice where a backup has, in place of a merged shard, those of which it was made.
func partsIn(backup, name string) error {
	names, err := shardFolders(filepath.Join(backup, "shards"))
	if err != nil {
		return err
	}
	parts := slices.DeleteFunc(names, func(part string) bool { return !coveredBy([]string{name}, part) })
	if len(parts) == 0 {
		return nil
	}
	return fmt.Errorf("it has the shards that were merged into it, put each of them back: %s", strings.Join(parts, ", "))
}

// copyFile copies a file and waits until it is on the disk.
func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Sync(), out.Close())
}
