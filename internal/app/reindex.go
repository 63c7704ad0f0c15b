package app

import (
	"context"
	"errors"
	"fmt"

	"haidang/index"
	"haidang/internal/article"
	"haidang/internal/bus"
)

// ReindexOptions say from what the archive is made again.
type ReindexOptions struct {
	Options
	// FromLog first reads every verdict that the broker still has into the archive: articles that are missing come back,
	// with the wordings that they had, as after a shard was lost.
	FromLog bool
}

// Reindex makes every index of the archive again from its articles, and switches to each when it has everything. No other
// process may hold the archive: one that runs mends what is damaged by itself. say is told what happens.
func Reindex(ctx context.Context, opts ReindexOptions, say func(string)) error {
	return withArchive(ctx, opts.Options, inWords(say), func(x *index.Index) error {
		if opts.FromLog {
			if err := readLog(ctx, opts.Options, x, say); err != nil {
				return fmt.Errorf("read the verdicts of the log: %w", err)
			}
		}
		return x.Reindex(ctx, inWords(say))
	})
}

// logReader reads verdicts into an archive. Of an article that the archive holds only the last one counts: the others are
// in its history already.
type logReader struct {
	archive *index.Index
	batch   int
	last    map[string]spot
	held    map[string]bool // before anything was read
	docs    []article.Article
	read    int
	unread  int
	say     func(string)
}

// spot is where a message stands.
type spot struct {
	partition int
	offset    int64
}

func readLog(ctx context.Context, opts Options, x *index.Index, say func(string)) (err error) {
	b, err := openBus(ctx, opts)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	r := &logReader{archive: x, batch: opts.Config.Index.BatchDocuments, last: map[string]spot{}, held: map[string]bool{}, say: say}
	before, err := x.Count(ctx)
	if err != nil {
		return err
	}
	if err := b.ReadAll(ctx, bus.Verdicts, r.look); err != nil {
		return err
	}
	if err := b.ReadAll(ctx, bus.Verdicts, func(m bus.Message) error { return r.take(ctx, m) }); err != nil {
		return err
	}
	if err := r.put(ctx); err != nil {
		return err
	}
	after, err := x.Count(ctx)
	say(fmt.Sprintf("%d verdicts read from the log, %d articles brought back", r.read, after-before))
	if r.unread > 0 {
		say(fmt.Sprintf("%d messages of the log cannot be read by this version and were left out", r.unread))
	}
	return err
}

// look notes which message of each article is the last one.
func (r *logReader) look(m bus.Message) error {
	doc, err := article.Decode(m.Value)
	if err != nil {
		r.unread++
		return nil
	}
	r.last[doc.ID] = spot{m.Partition, m.Offset}
	return nil
}

// take reads one message into the archive, or leaves it out.
func (r *logReader) take(ctx context.Context, m bus.Message) error {
	doc, err := article.Decode(m.Value)
	if err != nil {
		return nil // counted before
	}
	held, known := r.held[doc.ID]
	if !known {
		_, err := r.archive.Get(ctx, doc.ID)
		if err != nil && !errors.Is(err, index.ErrNotFound) {
			return err
		}
		held = err == nil
		r.held[doc.ID] = held
	}
	if held && r.last[doc.ID] != (spot{m.Partition, m.Offset}) {
		return nil
	}
	if r.docs = append(r.docs, doc); len(r.docs) < r.batch {
		return nil
	}
	return r.put(ctx)
}

func (r *logReader) put(ctx context.Context) error {
	if err := r.archive.Put(ctx, r.docs, nil); err != nil {
		return err
	}
	r.read += len(r.docs)
	r.docs = r.docs[:0]
	r.say(fmt.Sprintf("%d verdicts of %d articles", r.read, len(r.last)))
	return nil
}
