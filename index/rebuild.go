package index

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// Progress is how far a long piece of work has come.
type Progress struct {
	Shard    string
	Done, Of int // articles of the shard
}

// Reindex makes the index of every shard again from the articles beside it, while searches go on over the old one. Each
// shard is switched at once when its new index has everything; a stop in between leaves the others as they were. tell
// may be nil.
func (x *Index) Reindex(ctx context.Context, tell func(Progress)) error {
	shards, done, err := x.read()
	if err != nil {
		return err
	}
	var names []string
	for _, s := range shards {
		names = append(names, s.name)
	}
	done()
	for _, name := range names {
		if err := x.rebuild(ctx, name, tell); err != nil {
			return fmt.Errorf("reindex shard %s: %w", name, err)
		}
	}
	return nil
}

// Scrub compares every segment of every index with its checksum and makes the damaged ones again. It returns what it
// found; articles that cannot be read are only reported.
func (x *Index) Scrub(ctx context.Context) ([]Finding, error) {
	v, err := Verify(ctx, x.cfg.Dir, nil)
	if err != nil {
		return nil, err
	}
	mended := map[string]bool{}
	for _, f := range v.Findings {
		x.deps.Logger.Error("damage found in the archive", "shard", f.Shard, "file", f.File, "what", f.What)
		if mended[f.Shard] {
			continue
		}
		if err := x.note(f); err != nil {
			return v.Findings, err
		}
		if f.Lost {
			continue
		}
		mended[f.Shard] = true
		if err := x.rebuild(ctx, f.Shard, nil); err != nil {
			return v.Findings, fmt.Errorf("make the index of shard %s again: %w", f.Shard, err)
		}
		x.deps.Logger.Info("a damaged index was made again from its articles", "shard", f.Shard)
	}
	return v.Findings, x.checkOpen(ctx)
}

// checkOpen opens every index and looks whether all its segments are there: what is missing leaves no file to be damaged.
func (x *Index) checkOpen(ctx context.Context) error {
	shards, done, err := x.read()
	if err != nil {
		return err
	}
	for _, s := range shards {
		if err := s.words.check(); errors.Is(err, errDamaged) {
			s.unfinished(err)
		}
	}
	done()
	return x.Mend(ctx, nil)
}

// note lets searches say what is wrong with a shard.
func (x *Index) note(f Finding) error {
	s, done, err := x.named(f.Shard)
	if err != nil || s == nil {
		return err
	}
	defer done()
	if f.Lost {
		return s.lost()
	}
	s.doubt.index.Store(indexUnfinished)
	return nil
}

// rebuild makes one shard's index again in a folder of its own, and switches to it.
func (x *Index) rebuild(ctx context.Context, name string, tell func(Progress)) (err error) {
	x.upkeep.Lock()
	defer x.upkeep.Unlock()
	s, done, err := x.named(name)
	if err != nil || s == nil {
		return err
	}
	defer done()
	fresh, err := s.beginRebuild()
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, fresh.words.close(), os.RemoveAll(filepath.Join(s.dir, fresh.words.folder)))
		}
	}()
	indexed := 0
	for fresh.indexed < s.held.Load().change { // while others go on writing
		articles, change, err := s.articles.since(ctx, fresh.indexed, recoverBatch)
		if err != nil {
			return err
		}
		if len(articles) == 0 {
			break
		}
		if err := fresh.index(ctx, articles, change, nil); err != nil {
			return err
		}
		if tell != nil {
			indexed += len(articles)
			tell(Progress{name, indexed, s.held.Load().count})
		}
	}
	return x.switchTo(ctx, s, fresh)
}

// named returns the shard with a name for reading, or nil where there is none any more.
func (x *Index) named(name string) (*shard, func(), error) {
	shards, done, err := x.read()
	if err != nil {
		return nil, nil, err
	}
	i := slices.IndexFunc(shards, func(s *shard) bool { return s.name == name })
	if i < 0 {
		done()
		return nil, nil, nil
	}
	return shards[i], done, nil
}

// beginRebuild returns the shard with an empty index in a folder of its own.
func (s *shard) beginRebuild() (*shard, error) {
	folder := nextFolder(s.words.folder)
	if err := os.RemoveAll(filepath.Join(s.dir, folder)); err != nil {
		return nil, fmt.Errorf("clear %s: %w", folder, err)
	}
	words, err := openWords(s.dir, folder)
	if err != nil {
		return nil, err
	}
	fresh := &shard{name: s.name, dir: s.dir, loaded: s.loaded, articles: s.articles, words: words, ids: s.ids, vocab: s.vocab, log: s.log, doubt: doubt{found: s.doubt.found}}
	fresh.doubt.articles.Store(s.doubt.articles.Load())
	fresh.held.Store(s.held.Load())
	return fresh, nil
}

// nextFolder names the folder of the index that follows one: bleve, bleve-2, bleve-3.
func nextFolder(folder string) string {
	var n int
	if _, err := fmt.Sscanf(folder, firstFolder+"-%d", &n); err != nil {
		n = 1
	}
	return fmt.Sprintf("%s-%d", firstFolder, n+1)
}

// switchTo puts a shard with a new index in the place of the old one. What was written meanwhile is indexed first, with
// the offsets; the VERSION file is what decides after a crash.
func (x *Index) switchTo(ctx context.Context, old, fresh *shard) error {
	x.writing.Lock()
	defer x.writing.Unlock()
	fresh.held.Store(old.held.Load())
	if err := fresh.catchUp(ctx, recoverBatch); err != nil {
		return err
	}
	if err := fresh.words.remove(old.released); err != nil { // it may have had them already
		return err
	}
	offsets, err := old.words.offsets()
	if err != nil {
		offsets = nil // a damaged index may not know: the log is read again from where another shard says
	}
	if err := fresh.words.write(nil, nil, fresh.indexed, offsets); err != nil {
		return err
	}
	if err := writeVersion(old.dir, fresh.words.folder, x.deps.Now()); err != nil {
		return err
	}
	gone := x.replace([]*shard{old}, fresh)
	go func() { // readers may still look into the old one; the one who calls is a reader too
		gone.Wait()
		if err := errors.Join(old.words.close(), os.RemoveAll(filepath.Join(old.dir, old.words.folder))); err != nil {
			x.deps.Logger.Warn("old index not cleared away", "shard", old.name, "err", err)
		}
		x.clearing.Done()
	}()
	return nil
}

// replace puts one shard in the place of others, or takes them away when there is none, and returns what the readers of the
// old list are counted by.
func (x *Index) replace(old []*shard, fresh *shard) *sync.WaitGroup {
	x.mu.Lock()
	defer x.mu.Unlock()
	shards := make([]*shard, 0, len(x.shards))
	for _, s := range x.shards {
		switch {
		case !slices.Contains(old, s):
			shards = append(shards, s)
		case fresh != nil:
			shards, fresh = append(shards, fresh), nil
		}
	}
	gone := x.reading
	x.shards, x.reading = shards, new(sync.WaitGroup)
	x.clearing.Add(1)
	return gone
}

// clearFolders removes the indexes in a shard's folder that its VERSION file does not name: half made, or replaced.
func clearFolders(dir, keep string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.IsDir() && strings.HasPrefix(e.Name(), firstFolder) && e.Name() != keep {
			if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}
