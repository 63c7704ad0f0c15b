package index

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// manifest is what a sealed shard holds. It is made anew after a late edit: Change tells for which state it is.
type manifest struct {
	Format   int            `json:"format"`  // 1; 0 is without Offsets
	Offsets  map[int]int64  `json:"offsets"` // those that came with its last batch
	Change   int64          `json:"change"`
	Articles int            `json:"articles"`
	Sealed   time.Time      `json:"sealed"`
	Files    []manifestFile `json:"files"`
}

type manifestFile struct {
	Name   string `json:"name"` // within the shard's folder
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

const manifestName = "MANIFEST.json"

// seal merges the segments of a shard that takes no new articles, and writes down the SHA-256 of its files. The caller
// holds the writing lock.
func (s *shard) seal(ctx context.Context, now time.Time) error {
	held := s.held.Load()
	if m, err := readManifest(s.dir); err == nil && m.Change == held.change {
		return nil
	}
	if err := s.words.check(); err != nil { // merged, it would be signed anew
		s.unfinished(err)
		return fmt.Errorf("seal shard %s: %w", s.name, err)
	}
	if err := s.words.compact(ctx); err != nil {
		return fmt.Errorf("seal shard %s: %w", s.name, err)
	}
	if err := s.articles.db.checkpoint(ctx); err != nil {
		return fmt.Errorf("seal shard %s: %w", s.name, err)
	}
	offsets, err := s.words.offsets()
	if err != nil {
		return fmt.Errorf("seal shard %s: %w", s.name, err)
	}
	m := manifest{Format: 1, Offsets: offsets, Change: held.change, Articles: held.count, Sealed: now.UTC()}
	paths, err := filepath.Glob(filepath.Join(s.dir, s.words.folder, "store", "*.zap"))
	if err != nil {
		return err
	}
	for _, path := range append([]string{filepath.Join(s.dir, "articles.db")}, paths...) {
		f, err := summed(s.dir, path)
		if errors.Is(err, os.ErrNotExist) {
			continue // merged away meanwhile
		}
		if err != nil {
			return fmt.Errorf("seal shard %s: %w", s.name, err)
		}
		m.Files = append(m.Files, f)
	}
	return writeWhole(filepath.Join(s.dir, manifestName), m)
}

// summed reads a file for a manifest.
func summed(dir, path string) (manifestFile, error) {
	f, err := os.Open(path)
	if err != nil {
		return manifestFile{}, err
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(h, f)
	if err != nil {
		return manifestFile{}, err
	}
	name, err := filepath.Rel(dir, path)
	return manifestFile{filepath.ToSlash(name), n, hex.EncodeToString(h.Sum(nil))}, err
}

// writeWhole writes a file of JSON so that a reader sees the old one or the new one.
func writeWhole(path string, v any) error {
	raw, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("encode %s: %w", path, err)
	}
	if err := os.WriteFile(path+".new", append(raw, '\n'), 0o644); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

func readManifest(dir string) (manifest, error) {
	var m manifest
	raw, err := os.ReadFile(filepath.Join(dir, manifestName))
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(raw, &m); err != nil {
		return m, fmt.Errorf("read %s: %w", manifestName, err)
	}
	return m, nil
}

// checkManifest compares the segments of a sealed shard with its manifest, where that is still of today's state: an
// article that was edited late changes the shard, and the next seal writes a new one.
func checkManifest(dir string) (bad []badFile) {
	m, err := readManifest(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return []badFile{{manifestName, err.Error()}}
	}
	wal, err := os.Stat(filepath.Join(dir, "articles.db-wal"))
	if err == nil && wal.Size() > 0 {
		return nil // written to since
	}
	now := make([]manifestFile, 0, len(m.Files))
	for _, f := range m.Files {
		have, err := summed(dir, filepath.Join(dir, filepath.FromSlash(f.Name)))
		if errors.Is(err, os.ErrNotExist) {
			return nil // merged, or made again, since
		}
		if err != nil {
			return []badFile{{f.Name, err.Error()}}
		}
		now = append(now, have)
	}
	if len(now) > 0 && now[0] != m.Files[0] && now[0].Bytes != m.Files[0].Bytes {
		return nil // the articles have changed since
	}
	for i, f := range m.Files {
		if now[i] != f && i > 0 {
			bad = append(bad, badFile{f.Name, "is not what the manifest says"})
		}
	}
	return bad
}

// Seal brings every shard that takes no new articles into its final form: few segments, and a manifest of its files. It
// returns the names of those that were sealed now.
func (x *Index) Seal(ctx context.Context) ([]string, error) {
	var sealed []string
	shards, done, err := x.read()
	if err != nil {
		return nil, err
	}
	names := make([]string, 0, len(shards))
	for _, s := range shards[:len(shards)-1] {
		names = append(names, s.name)
	}
	done()
	for _, name := range names {
		if err := x.sealOne(ctx, name, &sealed); err != nil {
			return sealed, err
		}
	}
	return sealed, nil
}

func (x *Index) sealOne(ctx context.Context, name string, sealed *[]string) error {
	x.writing.Lock()
	defer x.writing.Unlock()
	shards, done, err := x.read()
	if err != nil {
		return err
	}
	defer done()
	i := slices.IndexFunc(shards, func(s *shard) bool { return s.name == name })
	if i < 0 || i == len(shards)-1 || shards[i].doubt.index.Load() != indexSound {
		return nil
	}
	m, err := readManifest(shards[i].dir)
	if err == nil && m.Change == shards[i].held.Load().change {
		return shards[i].saveStart(ctx)
	}
	if err := shards[i].seal(ctx, x.deps.Now()); err != nil {
		return err
	}
	x.deps.Logger.Info("shard sealed", "shard", name, "articles", shards[i].held.Load().count)
	*sealed = append(*sealed, name)
	return shards[i].saveStart(ctx)
}
