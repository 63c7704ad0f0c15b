package main

import (
	"context"
	"strings"

	"haidang/index"
	"haidang/internal/article"
)

// ours is the archive as the product opens it.
type ours struct{ archive *index.Index }

func openArchive(dir string) (side, error) {
	cfg := index.DefaultConfig()
	cfg.Dir = dir
	archive, err := index.Open(cfg, index.Deps{})
	return ours{archive}, err
}

func (o ours) put(ctx context.Context, batch []article.Article) error {
	return o.archive.Put(ctx, batch, map[int]int64{0: 1})
}

func (o ours) seal(ctx context.Context) error {
	_, err := o.archive.Seal(ctx)
	return err
}

func (o ours) ask(ctx context.Context, q question, k kind) (int, error) {
	req := index.Request{Limit: page, Sort: index.BySeen, From: q.From}
	sep := " "
	if k.any {
		sep = " OR "
	}
	req.Query = strings.Join(q.Words, sep)
	if k.phrase {
		req.Query = `"` + req.Query + `"`
	}
	if q.Outlet != "" {
		req.Query += ` outlet:"` + q.Outlet + `"`
	}
	if k.best {
		req.Sort = index.ByRelevance
	}
	if k.facets {
		req.Facets = 10
	}
	res, err := o.archive.Search(ctx, req)
	return len(res.Hits), err
}

func (o ours) close() error { return o.archive.Close() }
