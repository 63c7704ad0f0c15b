package index

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// errBroken says that the articles of a shard, its record of truth, cannot be read.
var errBroken = errors.New("articles cannot be read")

// broken reports whether an error says that a file is damaged, and not that the machine is out of space, of rights or
// of patience: only then is a shard set aside.
func broken(err error) bool {
	var e *sqlite.Error
	if errors.As(err, &e) {
		code := e.Code() & 0xff
		return code == sqlite3.SQLITE_CORRUPT || code == sqlite3.SQLITE_NOTADB
	}
	return errors.Is(err, errBroken)
}

// Aside is a shard that was set aside because its articles could not be read. What it held is not found until it is
// restored from a backup or read again.
type Aside struct {
	Name string // of the shard
	Why  string
}

func (x *Index) asideDir() string { return filepath.Join(x.cfg.Dir, "damaged") }

// setAside moves a broken shard out of the way, with a note of what was wrong, and goes on without it.
func (x *Index) setAside(name string, cause error) error {
	target := filepath.Join(x.asideDir(), name)
	if err := os.MkdirAll(x.asideDir(), 0o755); err != nil {
		return errors.Join(cause, fmt.Errorf("set shard %s aside: %w", name, err))
	}
	for n := 2; ; n++ {
		if _, err := os.Stat(target); errors.Is(err, os.ErrNotExist) {
			break
		}
		target = filepath.Join(x.asideDir(), fmt.Sprintf("%s.%d", name, n))
	}
	if err := os.Rename(filepath.Join(x.shardsDir(), name), target); err != nil {
		return errors.Join(cause, fmt.Errorf("set shard %s aside: %w", name, err))
	}
	if err := os.WriteFile(filepath.Join(target, "WHY"), []byte(cause.Error()+"\n"), 0o644); err != nil {
		return errors.Join(cause, fmt.Errorf("set shard %s aside: %w", name, err))
	}
	x.deps.Logger.Error("a shard is damaged and was set aside; search goes on without its articles. Put it back from a backup (haidang restore --shard), or delete the folder to accept the loss",
		"shard", name, "folder", target, "err", cause)
	return nil
}

// findAside lists what was set aside, now or at an earlier start.
func findAside(dir string) ([]Aside, error) {
	names, err := listFolders(dir)
	if err != nil {
		return nil, err
	}
	var out []Aside
	for _, name := range names {
		why, err := os.ReadFile(filepath.Join(dir, name, "WHY"))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return nil, fmt.Errorf("read why shard %s was set aside: %w", name, err)
		}
		out = append(out, Aside{name, strings.TrimSpace(string(why))})
	}
	return out, nil
}

// Aside lists the shards that were set aside.
func (x *Index) Aside() []Aside { return slices.Clone(x.aside) }

// partial says in a sentence what a search cannot find, for everybody who sees its result.
func (x *Index) partial() []string {
	if len(x.aside) == 0 {
		return nil
	}
	names := make([]string, len(x.aside))
	for i, a := range x.aside {
		names[i] = a.Name
	}
	return []string{"damaged parts of the archive were set aside and not searched: " + strings.Join(names, ", ")}
}
