package index

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"haidang/internal/article"
)

// Put writes articles and the offsets up to which the caller has read. Writing an article again changes nothing but
// its verdict; a new revision of it replaces what is searched, and the old one is kept in history. When Put returns
// nil the articles are on the disk and can be found. After an error it may be called again with the same articles.
func (x *Index) Put(ctx context.Context, articles []article.Article, offsets map[int]int64) error {
	x.writing.Lock()
	defer x.writing.Unlock()
	_, done, err := x.read()
	if err != nil {
		return err
	}
	defer done()
	start := x.deps.Now()
	if err := x.putAll(ctx, articles, highest(x.offsets, offsets)); err != nil {
		x.metrics.failed.Inc()
		return err
	}
	shards, done, err := x.read()
	if err != nil {
		return err
	}
	defer done()
	x.metrics.wrote(start, x.deps.Now(), shards)
	return nil
}

func (x *Index) putAll(ctx context.Context, articles []article.Article, offsets map[int]int64) error {
	articles, err := x.prepared(articles)
	if err != nil {
		return err
	}
	if err := x.markCopies(ctx, articles); err != nil {
		return err
	}
	for {
		n := pieceLen(articles, x.cfg.BatchDocuments)
		piece, last := articles[:n], n == len(articles)
		if !last {
			err = x.putPiece(ctx, piece, nil)
		} else {
			err = x.putPiece(ctx, piece, offsets)
		}
		if err != nil || last {
			return err
		}
		articles = articles[n:]
	}
}

// prepared returns copies of the articles with what the archive needs, or an error that names every one it cannot take.
func (x *Index) prepared(articles []article.Article) ([]article.Article, error) {
	out := make([]article.Article, len(articles))
	var errs []error
	for i, a := range articles {
		if strings.TrimSpace(a.ID) == "" {
			errs = append(errs, fmt.Errorf("article %d of %d (%q) has no id", i+1, len(articles), a.Title))
		}
		if a.FirstSeen.IsZero() {
			a.FirstSeen = x.deps.Now()
		}
		if a.Revision == "" {
			a.Revise()
		}
		out[i] = a
	}
	return out, errors.Join(errs...)
}

// markCopies notes which articles have the text of an earlier one.
func (x *Index) markCopies(ctx context.Context, articles []article.Article) error {
	if x.recent == nil {
		var err error
		if x.recent, err = loadRecent(ctx, x.shards); err != nil {
			return fmt.Errorf("look for copies: %w", err)
		}
	}
	for i := range articles {
		x.recent.mark(&articles[i])
	}
	return nil
}

// pieceLen returns how many articles make the next piece: at most limit, and no ID twice.
func pieceLen(articles []article.Article, limit int) int {
	seen := make(map[string]bool, min(limit, len(articles)))
	for i := range articles {
		if i == limit || seen[articles[i].ID] {
			return i
		}
		seen[articles[i].ID] = true
	}
	return len(articles)
}

// putPiece writes known articles to the shards that hold them, and new ones and those that were edited late to the hot
// shard. The offsets go into the last batch, when everything else is done.
func (x *Index) putPiece(ctx context.Context, articles []article.Article, offsets map[int]int64) error {
	hot, err := x.hot(ctx)
	if err != nil {
		return err
	}
	known, fresh, err := x.place(ctx, articles)
	if err != nil {
		return err
	}
	for s, group := range known {
		if s == hot {
			continue
		}
		stay, err := x.moveEdited(ctx, s, hot, group)
		if err != nil {
			return err
		}
		if err := x.putShard(ctx, s, stay, nil); err != nil {
			return err
		}
	}
	piece := known[hot]
	for {
		room := min(max(0, x.cfg.HotDocuments-hot.held.Load().count), len(fresh)) // moved articles come on top
		piece, fresh = append(piece, fresh[:room]...), fresh[room:]
		if len(fresh) == 0 {
			return x.putShard(ctx, hot, piece, offsets)
		}
		if err := x.putShard(ctx, hot, piece, nil); err != nil {
			return err
		}
		if hot, err = x.hot(ctx); err != nil {
			return err
		}
		piece = nil
	}
}

func (x *Index) putShard(ctx context.Context, s *shard, articles []article.Article, offsets map[int]int64) error {
	o, err := s.put(ctx, articles, offsets, x.deps.Now())
	if err != nil {
		return err
	}
	x.metrics.took(o)
	if offsets != nil {
		x.mu.Lock()
		x.offsets = offsets
		x.mu.Unlock()
	}
	return nil
}

// hot returns the shard that takes new articles, a new one when the last is full.
func (x *Index) hot(ctx context.Context) (*shard, error) {
	last := x.shards[len(x.shards)-1]
	if last.held.Load().count < x.cfg.HotDocuments {
		return last, nil
	}
	name := shardName(numbersOf(last.name).last+1, x.deps.Now())
	if err := x.addShard(ctx, name); err != nil {
		return nil, err
	}
	x.deps.Logger.Info("shard begun", "shard", name, "before", last.name, "articles", last.held.Load().count)
	return x.shards[len(x.shards)-1], nil
}

// place finds the shard of each article that the archive holds.
func (x *Index) place(ctx context.Context, articles []article.Article) (known map[*shard][]article.Article, fresh []article.Article, err error) {
	known = make(map[*shard][]article.Article)
	fresh = articles
	for _, s := range slices.Backward(x.shards) {
		var ask []string
		for i := range fresh {
			if s.ids.mayHold(fresh[i].ID) {
				ask = append(ask, fresh[i].ID)
			}
		}
		if len(ask) == 0 {
			continue
		}
		have, err := s.articles.have(ctx, ask)
		if broken(err) {
			err = errors.Join(err, s.lost())
		}
		if err != nil {
			return nil, nil, fmt.Errorf("shard %s: %w", s.name, err)
		}
		var rest []article.Article
		for _, a := range fresh {
			if have[a.ID] {
				known[s] = append(known[s], a)
			} else {
				rest = append(rest, a)
			}
		}
		fresh = rest
	}
	return known, fresh, nil
}
