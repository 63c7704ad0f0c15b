package index

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"haidang/internal/article"
)

// Each hands every article of an archive to a function, newest shard first, beside the process that holds the archive. An
// error of the function stops it and is returned, as does a shard that is dropped or merged meanwhile.
func Each(ctx context.Context, dir string, each func(*article.Article) error) error {
	names, err := shardFolders(filepath.Join(dir, "shards"))
	if err != nil {
		return err
	}
	c, err := newCodec()
	if err != nil {
		return err
	}
	defer c.close()
	for _, name := range slices.Backward(names) {
		shard := filepath.Join(dir, "shards", name)
		if err := eachOf(ctx, shard, c, each); err != nil {
			if _, gone := os.Stat(shard); errors.Is(gone, os.ErrNotExist) {
				return fmt.Errorf("shard %s was dropped or merged into another meanwhile: run it again", name)
			}
			return fmt.Errorf("read shard %s: %w", name, err)
		}
	}
	return nil
}

// eachPage is how many articles are read at a time.
const eachPage = 500

func eachOf(ctx context.Context, dir string, c *codec, each func(*article.Article) error) error {
	f, err := readArticles(filepath.Join(dir, "articles.db"), c)
	if err != nil {
		return err
	}
	defer func() { _ = f.close() }() // only read
	for change := int64(0); ; {
		articles, last, err := f.since(ctx, change, eachPage)
		if err != nil {
			return err
		}
		for i := range articles {
			if err := each(&articles[i]); err != nil {
				return err
			}
		}
		if change = last; len(articles) < eachPage {
			return nil
		}
	}
}
