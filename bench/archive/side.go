package main

import (
	"context"

	"haidang/internal/article"
)

// side is one of the three that are compared.
type side interface {
	put(ctx context.Context, batch []article.Article) error
	seal(ctx context.Context) error                           // what is done when no more documents come
	ask(ctx context.Context, q question, k kind) (int, error) // how many hits were shown
	close() error
}

const (
	archiveSide = "archive"
	bleveSide   = "bare bleve"
	ftsSide     = "SQLite FTS5"

	batchSize = 500
	page      = 20
)

var sideNames = []string{archiveSide, bleveSide, ftsSide}

func openSide(name, dir string) (side, error) {
	switch name {
	case archiveSide:
		return openArchive(dir)
	case bleveSide:
		return openBleve(dir)
	}
	return openFTS(dir)
}
