package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"haidang/index"
	"haidang/internal/store"
)

// backupManifest says what a backup holds, so that a restore can tell a whole one from a broken one.
type backupManifest struct {
	Format  int          `json:"format"`
	Version string       `json:"version"` // of the program that wrote it
	Created time.Time    `json:"created"`
	State   string       `json:"state"` // the driver of the state; PostgreSQL's is backed up with its own tools
	Files   []backupFile `json:"files"`
}

type backupFile struct {
	Name   string `json:"name"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

const (
	backupFormat = 1
	manifestFile = "MANIFEST.json"
	stateFile    = "state.db"
	archiveDir   = "archive"
)

// Backup writes a folder with the state and the articles into target, beside a running process or without one, and
// returns its name. It has its name only when it is whole. say is told what happens.
func Backup(ctx context.Context, opts Options, target string, say func(string)) (string, error) {
	cfg := opts.Config
	if _, err := os.Stat(filepath.Join(cfg.Index.Dir, "shards")); err != nil {
		return "", fmt.Errorf("there is no archive in %s; name another folder with --data", opts.DataDir)
	}
	now := opts.now()
	name := filepath.Join(target, "haidang-"+now.UTC().Format("20060102-150405"))
	half := name + ".partial"
	if err := os.MkdirAll(half, 0o700); err != nil {
		return "", fmt.Errorf("backup: %w", err)
	}
	m := backupManifest{Format: backupFormat, Version: opts.Version, Created: now.UTC(), State: cfg.Store.Driver}
	// The state first: whatever it speaks of is then among the articles that follow.
	if cfg.Store.Path == "" {
		say("the state is in " + cfg.Store.Driver + ": back it up with that database's own tools")
	} else if err := store.CopySQLite(ctx, cfg.Store.Path, filepath.Join(half, stateFile)); err != nil {
		return "", fmt.Errorf("backup of the state: %w", err)
	}
	err := index.Backup(ctx, cfg.Index.Dir, filepath.Join(half, archiveDir), func(shard string, n, of int) {
		say(fmt.Sprintf("shard %s (%d of %d)", shard, n, of))
	})
	if err != nil {
		return "", err
	}
	if m.Files, err = summedFiles(half); err != nil {
		return "", fmt.Errorf("backup: %w", err)
	}
	raw, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(filepath.Join(half, manifestFile), append(raw, '\n'), 0o600); err != nil {
		return "", fmt.Errorf("backup: %w", err)
	}
	if err := os.Rename(half, name); err != nil {
		return "", fmt.Errorf("backup: %w", err)
	}
	return name, nil
}

// summedFiles lists the files of a folder with their sums, the manifest left out.
func summedFiles(dir string) (out []backupFile, err error) {
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil || name == manifestFile {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		h := sha256.New()
		n, err := io.Copy(h, f)
		out = append(out, backupFile{filepath.ToSlash(name), n, hex.EncodeToString(h.Sum(nil))})
		return errors.Join(err, f.Sync())
	})
	return out, err
}

// VerifyBackup compares every file of a backup with its manifest.
func VerifyBackup(dir string) error {
	_, err := readBackup(dir)
	return err
}

func readBackup(dir string) (backupManifest, error) {
	var m backupManifest
	raw, err := os.ReadFile(filepath.Join(dir, manifestFile))
	if err != nil {
		return m, fmt.Errorf("%s is no backup, or not a whole one: %w", dir, err)
	}
	if err := json.Unmarshal(raw, &m); err != nil {
		return m, fmt.Errorf("%s is no backup, or not a whole one: %w", dir, err)
	}
	if m.Format > backupFormat {
		return m, fmt.Errorf("the backup %s has format %d, this program reads up to %d: use a newer haidang", dir, m.Format, backupFormat)
	}
	have, err := summedFiles(dir)
	if err != nil {
		return m, fmt.Errorf("read the backup: %w", err)
	}
	var errs []error
	for _, want := range m.Files {
		if !slices.Contains(have, want) {
			errs = append(errs, fmt.Errorf("%s is missing or not as it was written", want.Name))
		}
	}
	if len(have) > len(m.Files) {
		errs = append(errs, fmt.Errorf("the folder has %d files, its manifest %d", len(have), len(m.Files)))
	}
	if len(errs) > 0 {
		return m, fmt.Errorf("the backup %s is damaged: %w", dir, errors.Join(errs...))
	}
	return m, nil
}

// Restore puts a whole backup into an empty data folder and makes the indexes of its articles.
func Restore(ctx context.Context, opts Options, backup string, say func(string)) error {
	m, err := readBackup(backup)
	if err != nil {
		return err
	}
	cfg := opts.Config
	for _, path := range []string{filepath.Join(cfg.Index.Dir, "shards"), cfg.Store.Path} {
		if path == "" {
			continue
		}
		if _, err := os.Stat(path); err == nil {
			return fmt.Errorf("%s is there already: restore into a new folder (--data DIR), or move the old one away first", path)
		}
	}
	if m.State != cfg.Store.Driver {
		return fmt.Errorf("the backup is of a state in %s, this configuration keeps it in %s: set store.driver as it was", m.State, cfg.Store.Driver)
	}
	say(fmt.Sprintf("backup of %s, %d files, all as they were written", m.Created.Format(time.DateTime), len(m.Files)))
	for _, f := range m.Files {
		to := cfg.Store.Path
		if rest, ok := strings.CutPrefix(f.Name, archiveDir+"/"); ok {
			to = filepath.Join(cfg.Index.Dir, filepath.FromSlash(rest))
		} else if f.Name != stateFile {
			continue
		}
		if !filepath.IsLocal(filepath.FromSlash(f.Name)) {
			return fmt.Errorf("the backup names a file outside itself: %q", f.Name)
		}
		if err := restoreFile(filepath.Join(backup, filepath.FromSlash(f.Name)), to); err != nil {
			return fmt.Errorf("restore %s: %w", f.Name, err)
		}
	}
	say("making the indexes from the articles")
	return withArchive(ctx, opts, inWords(say), func(x *index.Index) error {
		n, err := x.Count(ctx)
		if err == nil {
			say(fmt.Sprintf("%d articles can be searched again", n))
		}
		return err
	})
}

func restoreFile(from, to string) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Sync(), out.Close())
}

// RestoreShard puts one shard of a backup in the place of the one that was set aside.
func RestoreShard(ctx context.Context, opts Options, backup, shard string, say func(string)) error {
	if _, err := readBackup(backup); err != nil {
		return err
	}
	if err := index.RestoreShard(opts.Config.Index, filepath.Join(backup, archiveDir), shard); err != nil {
		return err
	}
	say("making the index of shard " + shard + " from its articles")
	return withArchive(ctx, opts, inWords(say), func(*index.Index) error { return nil })
}

// inWords tells progress as lines.
func inWords(say func(string)) func(index.Progress) {
	return func(p index.Progress) { say(fmt.Sprintf("shard %s: %d of %d articles", p.Shard, p.Done, p.Of)) }
}

// withArchive opens the archive, which no other process may hold, makes indexes that are missing, and runs fn.
func withArchive(ctx context.Context, opts Options, tell func(index.Progress), fn func(*index.Index) error) error {
	x, err := index.Open(opts.Config.Index, index.Deps{Logger: opts.Logger, Now: opts.Now})
	if err != nil {
		return err
	}
	err = x.Mend(ctx, tell)
	if err == nil {
		err = fn(x)
	}
	return errors.Join(err, x.Close())
}

// Verify reads the whole archive, beside a running process or without one.
func Verify(ctx context.Context, opts Options, say func(string)) (index.Verified, error) {
	return index.Verify(ctx, opts.Config.Index.Dir, func(shard string, n, of int) { say(fmt.Sprintf("shard %s (%d of %d)", shard, n, of)) })
}
