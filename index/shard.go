package index

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"haidang/internal/article"
)

// layoutVersion is the version of a shard folder; 1 had other bodies of articles, see codec. wordsVersion is the version of what is in its bleve index: raise it
// when the analysis or the fields change, and every shard makes its index again from its articles.
const (
	layoutVersion = 2
	wordsVersion  = 1
)

// shardVersion is the content of a shard's VERSION file.
type shardVersion struct {
	Layout  int       `json:"layout"`
	Words   int       `json:"words"`
	Index   string    `json:"index,omitempty"` // folder of its bleve index, firstFolder where it does not say
	Created time.Time `json:"created"`
}

// firstFolder is the folder of a shard's first bleve index; those that replace it are numbered.
const firstFolder = "bleve"

// shard is one folder of articles, first seen in one stretch of time, with the bleve index made from them.
type shard struct {
	name     string
	dir      string
	articles *articleFile
	words    *wordIndex
	ids      *bloom
	vocab    *vocabulary // of the whole archive

	loaded   bool                 // held and ids are all there is
	held     atomic.Pointer[span] // what it holds; replaced by each write
	indexed  int64                // the change number up to which words has the articles; the writer's
	noted    map[string]struct{}  // the words with marks that the article file has noted; the writer's, nil until it writes
	doubt    doubt
	log      *slog.Logger
	sealed   *manifest // set when it is of the state in which the shard was opened; its index is then opened when it is needed
	released []string  // articles that moved to another shard since it was opened; the writer's
}

// openShard opens a shard folder, or makes it, and indexes the articles that its bleve index has not; where these are more
// than ten batches, it is left for [Index.Mend].
func openShard(ctx context.Context, dir string, cfg Config, c *codec, v *vocabulary, deps Deps) (*shard, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("make shard %s: %w", dir, err)
	}
	version, stale, err := checkVersion(dir, deps.Now())
	if err != nil {
		return nil, err
	}
	if err := clearFolders(dir, version.Index); err != nil {
		return nil, fmt.Errorf("clear shard %s: %w", dir, err)
	}
	s := &shard{name: filepath.Base(dir), dir: dir, vocab: v, log: deps.Logger, doubt: doubt{found: func() {}}}
	if err := s.loadArticles(ctx, cfg, c); err != nil {
		return nil, err
	}
	if err := s.load(ctx, cfg, version.Index, stale, deps); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// loadArticles learns what the articles are, from the file that says so or from all of them.
func (s *shard) loadArticles(ctx context.Context, cfg Config, c *codec) (err error) {
	path := filepath.Join(s.dir, "articles.db")
	if s.loaded = s.loadStart(cfg.HotDocuments); s.loaded {
		if s.articles, err = laterArticles(path, c); err == nil {
			s.articles.db.started.Store(true)
		}
		return err
	}
	if err := removeStart(s.dir); err != nil {
		return err
	}
	if s.articles, err = openArticles(path, c); err != nil {
		return err
	}
	if err := s.readThrough(ctx, cfg); err != nil {
		return errors.Join(fmt.Errorf("open shard %s: %w", s.name, err), s.articles.close())
	}
	s.loaded = true
	return nil
}

func (s *shard) readThrough(ctx context.Context, cfg Config) error {
	held, err := s.articles.span(ctx)
	if err != nil {
		return err
	}
	s.held.Store(&held)
	s.ids = newBloom(max(cfg.HotDocuments, held.count))
	if err := s.articles.eachID(ctx, s.ids.add); err != nil {
		return err
	}
	return s.articles.eachWord(ctx, s.vocab.add)
}

func (s *shard) load(ctx context.Context, cfg Config, folder string, stale bool, deps Deps) error {
	held := s.held.Load()
	if m, err := readManifest(s.dir); err == nil && !stale && m.Format == 1 && m.Change == held.change && hasIndex(s.dir) {
		s.sealed, s.indexed, s.words = &m, held.change, &wordIndex{dir: s.dir, folder: folder}
		return nil
	}
	if err := s.openWords(folder, stale, deps); err != nil {
		return err
	}
	missing := held.change - s.indexed
	if missing > int64(10*cfg.BatchDocuments) {
		s.doubt.index.Store(indexUnfinished)
		deps.Logger.Warn("the index of a shard has to be made again from its articles: searches say so meanwhile", "shard", s.name, "changes", missing)
		return nil
	}
	if missing > 0 {
		deps.Logger.Info("indexing articles that the index has not", "shard", s.name, "changes", missing)
	}
	return s.catchUp(ctx, recoverBatch)
}

// recoverBatch is how many articles are indexed at a time when the index is made again.
const recoverBatch = 500

// openWords opens the bleve index and makes a new one in place of one that cannot be used: all of it comes from the
// articles.
func (s *shard) openWords(folder string, stale bool, deps Deps) error {
	dir := filepath.Join(s.dir, folder)
	if !stale {
		err := s.tryWords(folder)
		if err == nil {
			return nil
		}
		if !errors.Is(err, errDamaged) {
			return err
		}
		deps.Logger.Warn("making the index of a shard again from its articles", "shard", s.name, "err", err)
	}
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("clear bleve index %s: %w", dir, err)
	}
	if err := s.tryWords(folder); err != nil {
		return err
	}
	return writeVersion(s.dir, folder, deps.Now())
}

func (s *shard) tryWords(folder string) error {
	words, err := openWords(s.dir, folder)
	if err != nil {
		return err
	}
	change, err := words.change()
	if _, unsealed := readManifest(s.dir); err == nil && unsealed != nil { // it may be merged, which would sign what is damaged
		err = words.check()
	}
	if err == nil && change > s.held.Load().change {
		err = fmt.Errorf("bleve index %s has change %d, its articles end at %d: %w", folder, change, s.held.Load().change, errDamaged)
	}
	if err != nil {
		return errors.Join(err, words.close())
	}
	s.words, s.indexed = words, change
	return nil
}

// offsets are those that came with the last batch.
func (s *shard) offsets() (map[int]int64, error) {
	if s.sealed != nil {
		return s.sealed.Offsets, nil
	}
	return s.words.offsets()
}

// catchUp indexes every article that was written and not indexed: after a crash, after a failed batch, or into a new
// index.
func (s *shard) catchUp(ctx context.Context, batch int) error {
	for s.indexed < s.held.Load().change {
		articles, change, err := s.articles.since(ctx, s.indexed, batch)
		if err != nil {
			return fmt.Errorf("index shard %s: %w", s.name, err)
		}
		if len(articles) == 0 { // the last ones have moved to another shard
			change = s.held.Load().change
		}
		if err := s.index(ctx, articles, change, nil); err != nil {
			return err
		}
	}
	s.doubt.index.CompareAndSwap(indexUnfinished, indexSound)
	return nil
}

// put writes articles and indexes those that changed, with the offsets in the same bleve batch.
func (s *shard) put(ctx context.Context, articles []article.Article, offsets map[int]int64, now time.Time) (outcome, error) {
	before := s.held.Load().change
	changed, o, err := s.articles.put(ctx, articles, *s.held.Load(), now)
	if err != nil {
		return o, fmt.Errorf("shard %s: %w", s.name, err)
	}
	return o, s.follow(ctx, before, changed, offsets)
}

// follow brings the index to where the articles are after a write that began at a change number.
func (s *shard) follow(ctx context.Context, before int64, w written, offsets map[int]int64) error {
	for i := range w.fresh {
		s.ids.add(w.fresh[i])
	}
	s.held.Store(&w.held)
	if s.indexed != before { // an earlier batch failed: bring everything up to date in order
		if err := s.catchUp(ctx, recoverBatch); err != nil {
			return err
		}
		w.articles = nil
	}
	if len(w.articles) == 0 && len(offsets) == 0 {
		return nil
	}
	return s.index(ctx, w.articles, w.held.change, offsets)
}

// index writes articles into the bleve index. Words with marks are noted first: what is found by them must be found
// without marks too, whatever happens in between.
func (s *shard) index(ctx context.Context, articles []article.Article, change int64, offsets map[int]int64) error {
	analyses := analyseAll(articles)
	if err := s.note(ctx, analyses); err != nil {
		return fmt.Errorf("index shard %s: %w", s.name, err)
	}
	if err := s.words.write(articles, analyses, change, offsets); err != nil {
		if errors.Is(err, errDamaged) {
			s.unfinished(err)
		}
		return fmt.Errorf("index shard %s: %w", s.name, err)
	}
	s.indexed = change
	return nil
}

func (s *shard) note(ctx context.Context, analyses []*analysis) error {
	if s.noted == nil {
		noted := map[string]struct{}{}
		if err := s.articles.eachWord(ctx, func(canon, _ string) { noted[canon] = struct{}{} }); err != nil {
			return err
		}
		s.noted = noted
	}
	fresh := newMarked(analyses, s.noted)
	if err := s.articles.note(ctx, fresh); err != nil {
		s.noted = nil // read again what is there
		return err
	}
	for _, w := range fresh {
		s.vocab.add(w.canon, w.fold)
	}
	return nil
}

func (s *shard) close() error {
	var errs []error
	if s.words != nil {
		errs = append(errs, s.words.close())
	}
	if err := s.saveStart(context.Background()); err != nil {
		s.log.Warn("the next start reads all articles of a shard", "shard", s.name, "err", err)
	}
	return errors.Join(append(errs, s.articles.close())...)
}

// checkVersion reads the VERSION file, or writes it into a new folder. It reports whether the bleve index was made by
// another version of the analysis.
func checkVersion(dir string, now time.Time) (v shardVersion, stale bool, err error) {
	path := filepath.Join(dir, "VERSION")
	v.Index = firstFolder
	raw, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return v, false, writeVersion(dir, firstFolder, now)
	}
	if err != nil {
		return v, false, fmt.Errorf("read shard version: %w", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "articles.db")); errors.Is(err, os.ErrNotExist) && hasIndex(dir) {
		return v, false, fmt.Errorf("shard %s has an index and no articles.db: %w", dir, errBroken)
	}
	if err := json.Unmarshal(raw, &v); err != nil || !plainFolder(v.Index) {
		v = shardVersion{Layout: layoutVersion, Index: firstFolder} // the articles are the truth: the index is made again
	}
	if v.Layout > layoutVersion {
		return v, false, fmt.Errorf("shard %s has layout %d, this program reads up to %d: use a newer haidang", dir, v.Layout, layoutVersion)
	}
	if v.Layout < layoutVersion { // what is written to it from now on an older program cannot read
		v.Layout = layoutVersion
		err = v.write(dir)
	}
	return v, v.Words != wordsVersion, err
}

// hasIndex reports whether a shard's folder holds a bleve index: it has held articles.
func hasIndex(dir string) bool {
	found, err := filepath.Glob(filepath.Join(dir, firstFolder+"*", "index_meta.json"))
	return err == nil && len(found) > 0
}

// plainFolder reports whether a name of a VERSION file is that of an index, and no way out of the shard's folder.
func plainFolder(name string) bool {
	return strings.HasPrefix(name, firstFolder) && name == filepath.Base(name)
}

func writeVersion(dir, folder string, now time.Time) error {
	return shardVersion{Layout: layoutVersion, Words: wordsVersion, Index: folder, Created: now.UTC()}.write(dir)
}

func (v shardVersion) write(dir string) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode shard version: %w", err)
	}
	path := filepath.Join(dir, "VERSION")
	if err := os.WriteFile(path+".new", append(raw, '\n'), 0o644); err != nil {
		return fmt.Errorf("write shard version: %w", err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		return fmt.Errorf("write shard version: %w", err)
	}
	return nil
}
