package index

import (
	"context"
	"errors"

	"haidang/internal/article"
)

// Index is an open archive. It is safe for concurrent use.
type Index struct {
	cfg  Config
	deps Deps
}

var errEmpty = errors.New("archive is being built")

// Open opens the archive in cfg.Dir, makes it when the folder is empty, and indexes what a crash left unindexed.
func Open(cfg Config, deps Deps) (*Index, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	return &Index{cfg: cfg, deps: deps.withDefaults()}, nil
}

// Put writes articles and the offsets up to which the caller has read. Writing an article again changes nothing but
// its verdict; a new revision of it replaces what is searched, and the old one is kept in history.
func (x *Index) Put(ctx context.Context, articles []article.Article, offsets map[int]int64) error {
	return errEmpty
}

// Offsets returns, per partition, the highest offset that Put was given.
func (x *Index) Offsets() (map[int]int64, error) { return nil, errEmpty }

// Search answers a request.
func (x *Index) Search(ctx context.Context, req Request) (Result, error) { return Result{}, errEmpty }

// Get returns one article, or ErrNotFound.
func (x *Index) Get(ctx context.Context, id string) (article.Article, error) {
	return article.Article{}, errEmpty
}

// Count returns how many articles the archive holds.
func (x *Index) Count(ctx context.Context) (int, error) { return 0, errEmpty }

// Close writes what is pending and lets go of the folder.
func (x *Index) Close() error { return nil }
