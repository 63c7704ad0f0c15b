package app

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"haidang/configs"
	"haidang/crawler"
	"haidang/internal/store"
)

// Feeds tells what the crawler has found out about each feed, by address: beside a running process or after it. It is
// empty where nothing has run yet.
func Feeds(ctx context.Context, cfg configs.Config) (known map[string]crawler.FeedHealth, err error) {
	known = map[string]crawler.FeedHealth{}
	if path := cfg.Store.Path; path != "" {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return known, nil
		}
	}
	db, err := store.Open(ctx, cfg.Store)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	c, err := crawler.New(cfg.Crawler, crawler.Deps{Publisher: publisher{}, DB: db})
	if err != nil {
		return nil, err
	}
	health, err := c.Health(ctx)
	if err != nil {
		return nil, err
	}
	for _, h := range health {
		for _, f := range h.Feeds {
			known[f.URL] = f
		}
	}
	return known, nil
}
