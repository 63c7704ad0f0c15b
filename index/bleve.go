package index

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/index/scorch"
	"github.com/blevesearch/bleve/v2/index/scorch/mergeplan"
	"github.com/blevesearch/bleve/v2/mapping"
	index "github.com/blevesearch/bleve_index_api"
	zap "github.com/blevesearch/scorch_segment_api/v2"

	"haidang/internal/article"
)

const (
	changeKey  = "change"  // the last change number of the article file that bleve has
	offsetsKey = "offsets" // per partition, the offset up to which the caller has read; bleve cannot list keys, so one key
)

// wordIndex is the bleve index of one shard. All of it can be made again from the article file beside it.
type wordIndex struct {
	dir    string // the shard's
	folder string // within it
	times  timeColumns

	mu     sync.Mutex
	opened bleve.Index // nil: not yet, or no more
}

// open returns the index, and opens it when this is the first time: years of coverage are sealed shards that hardly
// anybody searches, and a start does not wait for them.
func (w *wordIndex) open() (bleve.Index, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.opened == nil {
		b, err := openBleve(filepath.Join(w.dir, w.folder))
		if err != nil { // b is then a typed nil: never look at it
			return nil, fmt.Errorf("open bleve index %s: %w: %w", w.folder, errDamaged, err)
		}
		w.opened = b
	}
	return w.opened, nil
}

// scorch returns the index below.
func (w *wordIndex) scorch() (index.Index, error) {
	b, err := w.open()
	if err != nil {
		return nil, err
	}
	return b.Advanced()
}

// openWords opens the index or makes it. The error of a damaged one wraps errDamaged.
func openWords(shard, folder string) (*wordIndex, error) {
	dir := filepath.Join(shard, folder)
	if _, err := os.Stat(filepath.Join(dir, "index_meta.json")); errors.Is(err, os.ErrNotExist) {
		if err := os.RemoveAll(dir); err != nil { // half made by a crash
			return nil, fmt.Errorf("clear bleve index %s: %w", dir, err)
		}
		b, err := bleve.NewUsing(dir, newMapping(), scorch.Name, scorch.Name, bleveConfig())
		if err != nil {
			return nil, fmt.Errorf("make bleve index %s: %w", dir, err)
		}
		return &wordIndex{dir: shard, folder: folder, opened: b}, nil
	}
	w := &wordIndex{dir: shard, folder: folder}
	_, err := w.open()
	return w, err
}

// openBleve opens an index that is there. A flipped byte where a segment begins or ends is a panic in bleve.
func openBleve(dir string) (b bleve.Index, err error) {
	defer faultsPanic()()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return bleve.OpenUsing(dir, bleveConfig())
}

// check compares the segments that the index is made of with their checksums.
func (w *wordIndex) check() (err error) {
	advanced, err := w.scorch()
	if err != nil {
		return err
	}
	r, err := advanced.Reader()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	snapshot, ok := r.(*scorch.IndexSnapshot)
	if !ok {
		return nil // another kind of index has no segments
	}
	for _, s := range snapshot.Segments() {
		file, ok := s.Segment().(zap.PersistedSegment)
		if !ok {
			continue // not written yet
		}
		if _, what, err := badSegment(file.Path()); err != nil || what != "" {
			return fmt.Errorf("segment %s: %s: %w", filepath.Base(file.Path()), what, errors.Join(errDamaged, err))
		}
	}
	return nil
}

// errDamaged says that a bleve index has to be made again.
var errDamaged = errors.New("index cannot be used")

func newMapping() mapping.IndexMapping {
	m := bleve.NewIndexMapping() // documents come with their fields made: it only holds how hits are scored
	m.ScoringModel = index.BM25Scoring
	m.DefaultAnalyzer = "keyword"
	m.StoreDynamic, m.IndexDynamic, m.DocValuesDynamic = false, false, false
	return m
}

// bleveConfig are the settings of scorch. A second opener is refused and not left waiting for ever. Batches are safe,
// on the disk when Batch returns: unsafe ones were no faster here (docs/adr/index-on-bleve.md).
func bleveConfig() map[string]any { return map[string]any{"bolt_timeout": "1s"} }

// compact merges the segments of an index that is not written to any more into as few as scorch's plan allows.
func (w *wordIndex) compact(ctx context.Context) error {
	advanced, err := w.scorch()
	if err != nil {
		return err
	}
	s, ok := advanced.(*scorch.Scorch)
	if !ok {
		return nil // another kind of index has no segments
	}
	plan := mergeplan.DefaultMergePlanOptions
	plan.MaxSegmentsPerTier, plan.SegmentsPerMergeTask = 1, 10
	return s.ForceMerge(ctx, &plan)
}

func (w *wordIndex) close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.opened == nil {
		return nil
	}
	b := w.opened
	w.opened = nil
	return b.Close()
}

// write indexes articles and, in the same batch, the change number and the offsets that they stand for.
func (w *wordIndex) write(articles []article.Article, analyses []*analysis, change int64, offsets map[int]int64) error {
	opened, err := w.open()
	if err != nil {
		return err
	}
	b := opened.NewBatch()
	for i := range articles {
		if err := b.IndexAdvanced(newDocument(&articles[i], analyses[i])); err != nil {
			return fmt.Errorf("index article %q: %w", articles[i].ID, err)
		}
	}
	b.SetInternal([]byte(changeKey), binary.AppendVarint(nil, change))
	if len(offsets) > 0 {
		whole, err := json.Marshal(offsets)
		if err != nil {
			return fmt.Errorf("encode offsets: %w", err)
		}
		b.SetInternal([]byte(offsetsKey), whole)
	}
	if err := opened.Batch(b); err != nil {
		return fmt.Errorf("write bleve batch of %d articles: %w", len(articles), err)
	}
	return nil
}

// remove takes articles out.
func (w *wordIndex) remove(ids []string) error {
	opened, err := w.open()
	if err != nil {
		return err
	}
	b := opened.NewBatch()
	for _, id := range ids {
		b.Delete(id)
	}
	if err := opened.Batch(b); err != nil {
		return fmt.Errorf("take %d articles out of bleve: %w", len(ids), err)
	}
	return nil
}

// internal returns what a batch wrote beside its articles.
func (w *wordIndex) internal(key string) ([]byte, error) {
	b, err := w.open()
	if err != nil {
		return nil, err
	}
	return b.GetInternal([]byte(key))
}

// change returns the last change number that the index has, 0 for a new index.
func (w *wordIndex) change() (int64, error) {
	raw, err := w.internal(changeKey)
	if err != nil {
		return 0, fmt.Errorf("read change number: %w", err)
	}
	v, _ := binary.Varint(raw)
	return v, nil
}

// offsets returns the offsets that came with the last batch that had any.
func (w *wordIndex) offsets() (map[int]int64, error) {
	raw, err := w.internal(offsetsKey)
	if err != nil {
		return nil, fmt.Errorf("read offsets: %w", err)
	}
	if len(raw) == 0 {
		return nil, nil
	}
	var out map[int]int64
	if err := json.Unmarshal(raw, &out); err != nil {
		return nil, fmt.Errorf("read offsets %q: %w", raw, err)
	}
	return out, nil
}
