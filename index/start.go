package index

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/gob"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// What a start needs of the articles of a shard lies beside them in a file of its own, so that no database is opened and read
// through for it: a year of coverage is shards that hardly anybody asks. The file is written when a shard is sealed or closed,
// and removed before the articles are written to: where it is missing, or not as it was written, the articles are read.

// started is the content of the file.
type started struct {
	Bytes       int64 // of articles.db
	Count       int
	First, Last int64 // first sights, milliseconds
	Change      int64
	IDs         []uint64 // the bits of the shard's bloom filter
	Words       [][2]string
}

const startName = "START"

// loadStart takes over what the file says, and reports whether it could.
func (s *shard) loadStart(capacity int) bool {
	from, err := readStart(s.dir)
	if err != nil {
		return false
	}
	held := span{count: from.Count, first: time.UnixMilli(from.First).UTC(), last: time.UnixMilli(from.Last).UTC(), change: from.Change}
	s.held.Store(&held)
	if s.ids = bloomOf(from.IDs, max(capacity, held.count)); s.ids == nil {
		return false
	}
	for _, w := range from.Words {
		s.vocab.add(w[0], w[1])
	}
	return true
}

func readStart(dir string) (started, error) {
	var out started
	raw, err := os.ReadFile(filepath.Join(dir, startName))
	if err != nil {
		return out, err
	}
	if len(raw) < sha256.Size || sha256.Sum256(raw[sha256.Size:]) != [sha256.Size]byte(raw) {
		return out, fmt.Errorf("%s is not as it was written", startName)
	}
	if err := gob.NewDecoder(bytes.NewReader(raw[sha256.Size:])).Decode(&out); err != nil {
		return out, fmt.Errorf("read %s: %w", startName, err)
	}
	have, err := size(dir)
	if err == nil && have != out.Bytes {
		err = errors.New("articles.db is another one")
	}
	return out, err
}

// saveStart writes the file where there is none and the articles are sound. The caller is the writer, or closes the shard.
func (s *shard) saveStart(ctx context.Context) error {
	if !s.loaded || s.articles.db.started.Load() || s.doubt.articles.Load() {
		return nil
	}
	if moved, err := s.articles.undone(ctx); err != nil || len(moved) > 0 {
		return err
	}
	held := s.held.Load()
	out := started{Count: held.count, First: held.first.UnixMilli(), Last: held.last.UnixMilli(), Change: held.change, IDs: s.ids.snapshot()}
	err := s.articles.eachWord(ctx, func(canon, fold string) { out.Words = append(out.Words, [2]string{canon, fold}) })
	if err != nil {
		return err
	}
	if err := s.articles.db.checkpoint(ctx); err != nil {
		return err
	}
	if out.Bytes, err = size(s.dir); err != nil {
		return nil //nolint:nilerr // somebody reads: the next time
	}
	if err := writeStart(s.dir, &out); err != nil {
		return err
	}
	s.articles.db.started.Store(true)
	return nil
}

func writeStart(dir string, from *started) error {
	buf := bytes.NewBuffer(make([]byte, sha256.Size))
	if err := gob.NewEncoder(buf).Encode(from); err != nil {
		return fmt.Errorf("encode %s: %w", startName, err)
	}
	sum := sha256.Sum256(buf.Bytes()[sha256.Size:])
	copy(buf.Bytes(), sum[:])
	path := filepath.Join(dir, startName)
	return errors.Join(os.WriteFile(path+".new", buf.Bytes(), 0o644), os.Rename(path+".new", path))
}

// removeStart removes the file, on the disk too.
func removeStart(dir string) error {
	err := os.Remove(filepath.Join(dir, startName))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = syncFolder(dir)
	}
	if err != nil {
		return fmt.Errorf("forget %s: %w", startName, err)
	}
	return nil
}
