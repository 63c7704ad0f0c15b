package crawler

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"haidang/internal/store"
)

// state is the crawler's part of the database.
type state struct{ db *store.DB }

// feedState is one row of crawl_feeds: a feed, a news sitemap or a section page.
type feedState struct {
	url, source, title           string
	channel                      Channel
	movedTo                      string // where a permanent redirect led
	etag, lastModified, bodyHash string
	created, lastPoll, lastFull  time.Time
	lastSuccess, lastItem        time.Time
	shown, next                  time.Time
	interval                     time.Duration
	gap                          time.Duration // between two new items
	hint                         time.Duration // how long it asks to be left alone
	agreed                       int64         // times a 304 was borne out by a full answer
	lied                         time.Time     // when a 304 was last found untrue
	items, failures              int64
	strikes                      int64 // weight of the failures in a row, in quarters
	missed                       int64 // items of a sitemap that no feed had shown
	reason                       Reason
	err                          string

	// Not stored.
	unsettled bool      // a sitemap shows what its outlet's feeds may still show
	spent     int       // links that it brought on the day
	day       time.Time // of spent
}

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func fromMillis(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

func stateError(step string, err error) error {
	if err == nil {
		return nil
	}
	return &Error{Reason: ReasonStateFailed, Temporary: true, Err: fmt.Errorf("%s: %w", step, err)}
}

const feedColumns = "url, source, title, etag, last_modified, body_hash, created_at, last_poll, last_full, last_success, last_item, shown_at, next_poll, interval_ms, items, failures, reason, error, kind, moved_to, strikes, agreed, lied_at, gap_ms, hint_ms, missed"

// feeds returns all rows by address.
func (s state) feeds(ctx context.Context) (map[string]feedState, error) {
	rows, err := s.db.Query(ctx, "SELECT "+feedColumns+" FROM crawl_feeds")
	if err != nil {
		return nil, stateError("read feeds", err)
	}
	defer func() { _ = rows.Close() }() // rows.Err tells
	out := map[string]feedState{}
	for rows.Next() {
		var f feedState
		var created, poll, full, success, item, shown, next, interval, lied, gap, hint int64
		if err := rows.Scan(&f.url, &f.source, &f.title, &f.etag, &f.lastModified, &f.bodyHash, &created, &poll, &full, &success, &item, &shown, &next, &interval, &f.items, &f.failures, &f.reason, &f.err,
			&f.channel, &f.movedTo, &f.strikes, &f.agreed, &lied, &gap, &hint, &f.missed); err != nil {
			return nil, stateError("read feeds", err)
		}
		f.created, f.lastPoll, f.lastFull, f.lastSuccess = fromMillis(created), fromMillis(poll), fromMillis(full), fromMillis(success)
		f.lastItem, f.shown, f.next, f.interval = fromMillis(item), fromMillis(shown), fromMillis(next), time.Duration(interval)*time.Millisecond
		f.lied, f.gap, f.hint = fromMillis(lied), time.Duration(gap)*time.Millisecond, time.Duration(hint)*time.Millisecond
		out[f.url] = f
	}
	return out, stateError("read feeds", rows.Err())
}

// execer is a database or a transaction.
type execer interface {
	Exec(ctx context.Context, query string, args ...any) (sql.Result, error)
}

func saveFeed(ctx context.Context, db execer, f feedState) error {
	_, err := db.Exec(ctx, `INSERT INTO crawl_feeds (`+feedColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (url) DO UPDATE SET source = excluded.source, title = excluded.title, etag = excluded.etag, last_modified = excluded.last_modified,
body_hash = excluded.body_hash, last_poll = excluded.last_poll, last_full = excluded.last_full, last_success = excluded.last_success,
last_item = excluded.last_item, shown_at = excluded.shown_at, next_poll = excluded.next_poll, interval_ms = excluded.interval_ms,
items = excluded.items, failures = excluded.failures, reason = excluded.reason, error = excluded.error,
kind = excluded.kind, moved_to = excluded.moved_to, strikes = excluded.strikes, agreed = excluded.agreed, lied_at = excluded.lied_at,
gap_ms = excluded.gap_ms, hint_ms = excluded.hint_ms, missed = excluded.missed`,
		f.url, f.source, f.title, f.etag, f.lastModified, f.bodyHash, millis(f.created), millis(f.lastPoll), millis(f.lastFull), millis(f.lastSuccess), millis(f.lastItem),
		millis(f.shown), millis(f.next), f.interval.Milliseconds(), f.items, f.failures, string(f.reason), f.err,
		string(f.channel), f.movedTo, f.strikes, f.agreed, millis(f.lied), f.gap.Milliseconds(), f.hint.Milliseconds(), f.missed)
	return err
}

// seenItem is what is known of an article: by any feed, and by one.
type seenItem struct {
	first time.Time
	hash  string // as this feed showed it last; "" when only others did
}

// seen looks up articles, a few hundred at a time.
func (s state) seen(ctx context.Context, feed string, ids []string) (map[string]seenItem, error) {
	out := map[string]seenItem{}
	for len(ids) > 0 {
		n := min(len(ids), 200)
		args := make([]any, n)
		for i, id := range ids[:n] {
			args[i] = id
		}
		ids = ids[n:]
		rows, err := s.db.Query(ctx, "SELECT article_id, feed, hash, first_seen FROM crawl_seen WHERE article_id IN (?"+strings.Repeat(", ?", n-1)+")", args...)
		if err != nil {
			return nil, stateError("look up items", err)
		}
		if err := scanSeen(rows, feed, out); err != nil {
			return nil, stateError("look up items", err)
		}
	}
	return out, nil
}

func scanSeen(rows *sql.Rows, feed string, out map[string]seenItem) error {
	defer func() { _ = rows.Close() }() // rows.Err tells
	for rows.Next() {
		var id, from, hash string
		var first int64
		if err := rows.Scan(&id, &from, &hash, &first); err != nil {
			return err
		}
		it := out[id]
		if at := fromMillis(first); it.first.IsZero() || at.Before(it.first) {
			it.first = at
		}
		if from == feed {
			it.hash = hash
		}
		out[id] = it
	}
	return rows.Err()
}

// finish stores a successful poll and marks what the feed shows, in one transaction, after the acknowledgement.
func (s state) finish(ctx context.Context, f feedState, shown []Link, fresh int) error {
	return stateError("mark items seen", s.db.InTx(ctx, func(tx *store.Tx) error {
		for _, l := range shown {
			_, err := tx.Exec(ctx, `INSERT INTO crawl_seen (article_id, feed, hash, first_seen, last_seen) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (article_id, feed) DO UPDATE SET hash = excluded.hash, last_seen = excluded.last_seen`,
				l.ArticleID, l.Feed, l.Hash, millis(l.FirstSeen), millis(f.shown))
			if err != nil {
				return err
			}
		}
		if err := countHour(ctx, tx, f.source, f.shown, fresh); err != nil {
			return err
		}
		return saveFeed(ctx, tx, f)
	}))
}

// save stores the outcome of polls that brought nothing new, all in one transaction.
func (s state) save(ctx context.Context, feeds []feedState) error {
	if len(feeds) == 0 {
		return nil
	}
	return stateError("store feeds", s.db.InTx(ctx, func(tx *store.Tx) error {
		for _, f := range feeds {
			if err := saveFeed(ctx, tx, f); err != nil {
				return err
			}
		}
		return nil
	}))
}

// keep refreshes what an unchanged feed still shows, so that age does not forget it.
func (s state) keep(ctx context.Context, f feedState, now time.Time) error {
	_, err := s.db.Exec(ctx, "UPDATE crawl_seen SET last_seen = ? WHERE feed = ? AND last_seen = ?", millis(now), f.url, millis(f.shown))
	return stateError("refresh items", err)
}

// prune forgets what no feed has shown for long.
func (s state) prune(ctx context.Context, before time.Time) error {
	_, err1 := s.db.Exec(ctx, "DELETE FROM crawl_seen WHERE last_seen < ?", millis(before))
	_, err2 := s.db.Exec(ctx, "DELETE FROM crawl_pages WHERE done_at < ? AND next_at = 0", millis(before))
	_, err3 := s.db.Exec(ctx, "DELETE FROM crawl_hours WHERE hour < ?", hourOf(before))
	return stateError("forget old items", errors.Join(err1, err2, err3))
}
