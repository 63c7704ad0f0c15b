package index

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"sync"

	"github.com/gofrs/flock"

	"haidang/internal/article"
)

// Index is an open archive. It is safe for concurrent use.
type Index struct {
	cfg     Config
	deps    Deps
	lock    *flock.Flock
	codec   *codec
	vocab   *vocabulary
	metrics *metrics
	names   names
	files   *openFiles

	upkeep  sync.Mutex // one index made again, or one merge of shards, at a time; taken before writing
	writing sync.Mutex // one Put at a time
	recent  *recent    // what came last; the writer's, nil until it writes

	mu      sync.RWMutex    // guards what is below, held only to read or replace it
	shards  []*shard        // oldest first; the last is the hot one
	offsets map[int]int64   //
	closed  bool            //
	reading *sync.WaitGroup // those who read the present shards

	mending  chan struct{}  // says to Run that an index failed
	clearing sync.WaitGroup // old indexes and dropped shards that wait for their last readers
	aside    []Aside        // shards that were set aside; set when the archive is opened
}

// ErrClosed is returned by an archive that was closed.
var ErrClosed = errors.New("archive is closed")

// Open opens the archive in cfg.Dir, makes it when the folder is empty, and indexes what a crash left unindexed.
func Open(cfg Config, deps Deps) (*Index, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	deps = deps.withDefaults()
	lock, err := lockFolder(cfg.Dir, cfg.LockTimeout.Std())
	if err != nil {
		return nil, err
	}
	x := &Index{cfg: cfg, deps: deps, lock: lock, vocab: newVocabulary(), metrics: newMetrics(deps.Registerer), offsets: map[int]int64{}, files: new(openFiles), reading: new(sync.WaitGroup), mending: make(chan struct{}, 1)}
	x.names.outlets = map[string]string{}
	if err := x.load(); err != nil {
		return nil, errors.Join(err, x.Close())
	}
	return x, nil
}

func (x *Index) load() error {
	var err error
	if x.codec, err = newCodec(); err != nil {
		return err
	}
	if err := x.clearDropped(); err != nil {
		return err
	}
	if err := x.openShards(context.Background()); err != nil {
		return err
	}
	if x.aside, err = findAside(x.asideDir()); err != nil {
		return err
	}
	if len(x.shards) == 0 {
		last := 0
		for _, a := range x.aside {
			last = max(last, numbersOf(a.Name).last)
		}
		if err := x.addShard(context.Background(), shardName(last+1, x.deps.Now())); err != nil {
			return err
		}
	}
	if err := x.finishMoves(context.Background()); err != nil {
		return err
	}
	for _, s := range x.shards {
		offsets, err := s.offsets()
		if err != nil {
			return fmt.Errorf("shard %s: %w", s.name, err)
		}
		x.offsets = highest(x.offsets, offsets)
	}
	x.metrics.show(x.shards)
	x.metrics.aside.Set(float64(len(x.aside)))
	return nil
}

// openShards opens every shard, and sets those aside that cannot be read. Shards that lie in a merged one that can be read
// are dropped: the stop came between the merge and that.
func (x *Index) openShards(ctx context.Context) error {
	names, err := listFolders(x.shardsDir())
	if err != nil {
		return err
	}
	var opened []string
	for _, name := range names {
		if coveredBy(opened, name) {
			if err := dropFolder(filepath.Join(x.shardsDir(), name)); err != nil {
				return fmt.Errorf("clear shard %s, which was merged: %w", name, err)
			}
			continue
		}
		err := x.addShard(ctx, name)
		if broken(err) {
			err = x.setAside(name, err)
		} else {
			opened = append(opened, name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (x *Index) shardsDir() string { return filepath.Join(x.cfg.Dir, "shards") }

// addShard opens a shard and makes it the hot one.
func (x *Index) addShard(ctx context.Context, name string) error {
	s, err := openShard(ctx, filepath.Join(x.shardsDir(), name), x.cfg, x.codec, x.vocab, x.deps)
	if err != nil {
		return err
	}
	x.join(s)
	x.mu.Lock()
	defer x.mu.Unlock()
	x.shards = append(slices.Clip(x.shards), s) // readers hold the old slice
	return nil
}

// join makes an open shard one of the archive.
func (x *Index) join(s *shard) {
	s.doubt.found = x.mendSoon
	s.articles.db.files = x.files
}

// read returns the shards for reading until done is called.
func (x *Index) read() (shards []*shard, done func(), err error) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.closed {
		return nil, nil, ErrClosed
	}
	reading := x.reading
	reading.Add(1)
	return x.shards, reading.Done, nil
}

// Offsets returns, per partition, the highest offset that Put was given.
func (x *Index) Offsets() (map[int]int64, error) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.closed {
		return nil, ErrClosed
	}
	return maps.Clone(x.offsets), nil
}

// highest returns the higher offset of each partition.
func highest(a, b map[int]int64) map[int]int64 {
	out := maps.Clone(a)
	for partition, offset := range b {
		if have, ok := out[partition]; !ok || offset > have {
			out[partition] = offset
		}
	}
	return out
}

// Get returns one article, or ErrNotFound.
func (x *Index) Get(ctx context.Context, id string) (article.Article, error) {
	s, done, err := x.holder(ctx, id)
	if err != nil {
		return article.Article{}, err
	}
	defer done()
	found, err := s.articles.get(ctx, []string{id})
	if err != nil {
		return article.Article{}, fmt.Errorf("shard %s: %w", s.name, err)
	}
	a, ok := found[id]
	if !ok {
		return article.Article{}, fmt.Errorf("%w: %q", ErrNotFound, id)
	}
	return a, nil
}

// History returns the earlier wordings of an article, oldest first, without the present one.
func (x *Index) History(ctx context.Context, id string) ([]article.Article, error) {
	s, done, err := x.holder(ctx, id)
	if err != nil {
		return nil, err
	}
	defer done()
	return s.articles.history(ctx, id)
}

// holder finds the shard that holds an article, for reading until done is called.
func (x *Index) holder(ctx context.Context, id string) (*shard, func(), error) {
	shards, done, err := x.read()
	if err != nil {
		return nil, nil, err
	}
	for _, s := range slices.Backward(shards) {
		if !s.ids.mayHold(id) {
			continue
		}
		found, err := s.articles.have(ctx, []string{id})
		if err != nil {
			done()
			return nil, nil, fmt.Errorf("shard %s: %w", s.name, err)
		}
		if found[id] {
			return s, done, nil
		}
	}
	done()
	return nil, nil, fmt.Errorf("%w: %q", ErrNotFound, id)
}

// Count returns how many articles the archive holds.
func (x *Index) Count(context.Context) (int, error) {
	shards, done, err := x.read()
	if err != nil {
		return 0, err
	}
	defer done()
	n := 0
	for _, s := range shards {
		n += s.held.Load().count
	}
	return n, nil
}

// Close waits for those who read, writes what is pending and lets go of the folder. Closing twice does nothing.
func (x *Index) Close() error {
	x.writing.Lock()
	defer x.writing.Unlock()
	x.mu.Lock()
	if x.closed {
		x.mu.Unlock()
		return nil
	}
	x.closed = true
	x.mu.Unlock()
	x.reading.Wait()
	x.clearing.Wait()
	var errs []error
	for _, s := range x.shards {
		errs = append(errs, s.close())
	}
	if x.codec != nil {
		x.codec.close()
	}
	return errors.Join(append(errs, x.lock.Unlock())...)
}
