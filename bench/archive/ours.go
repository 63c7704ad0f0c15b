package main

import (
	"context"
	"strings"
	"time"

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

// bombs asks for what nobody should get, and tells how long each took to be refused or stopped.
func (o ours) bombs(ctx context.Context, frequent []string) []bombed {
	any := strings.Join(frequent, " OR ")
	var out []bombed
	for _, b := range []struct {
		name string
		req  index.Request
	}{
		{"ten thousand words", index.Request{Query: strings.Repeat(any+" OR ", 10_000/len(frequent)) + any}},
		{"four thousand brackets", index.Request{Query: strings.Repeat("(", 4000) + "lũ" + strings.Repeat(")", 4000)}},
		{"a page of a thousand million", index.Request{Query: "lũ", Limit: 1_000_000_000}},
		{"900 words, any, best, with facets, a page of 1,000", index.Request{Query: any, Sort: index.ByRelevance, Limit: index.MaxLimit, Facets: 10}},
		{"NEAR of the commonest words", index.Request{Query: "(và OR của OR là OR có) NEAR/50 (các OR một OR những OR được)", Facets: 10}},
		{"48 beginnings of words", index.Request{Query: "và OR " + strings.Repeat("nghi* OR than* OR thuo* OR chin* OR ", 12) + "của", Facets: 10}},
	} {
		begun := time.Now()
		res, err := o.archive.Search(ctx, b.req)
		one := bombed{Name: b.name, Took: time.Since(begun), End: "answered whole"}
		switch {
		case err != nil:
			one.End = "refused"
		case len(res.Partial) > 0:
			one.End = "stopped"
		}
		out = append(out, one)
	}
	return out
}

// bombed is how a bomb ended.
type bombed struct {
	Name, End string
	Took      time.Duration
}

func (o ours) close() error { return o.archive.Close() }
