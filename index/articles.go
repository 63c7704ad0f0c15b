package index

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	_ "modernc.org/sqlite" // the database/sql driver "sqlite"

	"haidang/internal/article"
)

// articleFile is the record of truth of one shard: every article of it, whole and compressed, the wordings that later
// revisions replaced, the words with marks that occur in it, and what came from other shards. Each write of an article takes
// the next change number; the bleve index beside the file remembers the last one that it has, and so knows what it misses.
type articleFile struct {
	db    *database
	codec *codec
	state atomic.Uint64 // another one after each write
}

const articleSchema = `
CREATE TABLE IF NOT EXISTS articles (
	seq        INTEGER PRIMARY KEY,
	id         TEXT    NOT NULL UNIQUE,
	change     BIGINT  NOT NULL,
	first_seen BIGINT  NOT NULL,
	published  BIGINT  NOT NULL,
	revision   TEXT    NOT NULL,
	body       BLOB    NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS articles_change ON articles (change);
CREATE INDEX IF NOT EXISTS articles_first_seen ON articles (first_seen DESC, id);
CREATE TABLE IF NOT EXISTS revisions (
	id          TEXT   NOT NULL,
	revision    TEXT   NOT NULL,
	replaced_at BIGINT NOT NULL,
	body        BLOB   NOT NULL,
	PRIMARY KEY (id, revision)
);
CREATE TABLE IF NOT EXISTS words (
	canon TEXT NOT NULL PRIMARY KEY,
	fold  TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS moved (
	id    TEXT    NOT NULL,
	shard TEXT    NOT NULL,
	done  INTEGER NOT NULL,
	PRIMARY KEY (id, shard)
);
CREATE INDEX IF NOT EXISTS moved_undone ON moved (shard) WHERE done = 0;`

// openArticles opens the file or makes it.
func openArticles(path string, c *codec) (*articleFile, error) {
	f, err := laterArticles(path, c)
	if err != nil {
		return nil, err
	}
	if _, err := f.db.Exec(articleSchema); err != nil {
		_ = f.close()
		return nil, fmt.Errorf("open articles %s: %w", path, err)
	}
	return f, nil
}

// laterArticles is a file that is there and is opened when it is first asked. A commit is on the disk when it returns
// (synchronous FULL): the offsets that follow it promise as much.
func laterArticles(path string, c *codec) (*articleFile, error) {
	pragmas := "?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=busy_timeout(5000)&_txlock=immediate"
	db, err := sql.Open("sqlite", "file:"+path+pragmas)
	if err != nil {
		return nil, fmt.Errorf("open articles %s: %w", path, err)
	}
	db.SetMaxOpenConns(4) // one writer and a few readers; each costs a page cache of 2 MB
	return &articleFile{db: &database{DB: db, dir: filepath.Dir(path)}, codec: c}, nil
}

// readArticles opens the file for reading only, beside whoever writes it.
func readArticles(path string, c *codec) (*articleFile, error) {
	db, err := sql.Open("sqlite", "file:"+path+"?mode=ro&_pragma=busy_timeout(5000)")
	if err != nil {
		return nil, fmt.Errorf("open articles %s: %w", path, err)
	}
	db.SetMaxOpenConns(1)
	return &articleFile{db: &database{DB: db, dir: filepath.Dir(path)}, codec: c}, nil
}

func (f *articleFile) close() error {
	f.db.files.forget(f.db)
	return f.db.Close()
}

// span is what a shard holds: how many articles, first seen from when to when, and the last change number.
type span struct {
	count       int
	first, last time.Time
	change      int64
}

func (f *articleFile) span(ctx context.Context) (span, error) {
	var s span
	var first, last int64
	err := f.db.QueryRowContext(ctx, `SELECT COUNT(*), COALESCE(MIN(first_seen), 0), COALESCE(MAX(first_seen), 0),
		MAX(COALESCE(MAX(change), 0), (SELECT user_version FROM pragma_user_version)) FROM articles`).Scan(&s.count, &first, &last, &s.change)
	if err != nil {
		return span{}, fmt.Errorf("count articles: %w", err)
	}
	s.first, s.last = time.UnixMilli(first).UTC(), time.UnixMilli(last).UTC()
	return s, nil
}

// eachID calls fn with every ID.
func (f *articleFile) eachID(ctx context.Context, fn func(id string)) error {
	rows, err := f.db.QueryContext(ctx, `SELECT id FROM articles`)
	if err != nil {
		return fmt.Errorf("list article ids: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return fmt.Errorf("list article ids: %w", err)
		}
		fn(id)
	}
	return rows.Err()
}

// have returns which of the IDs the file holds.
func (f *articleFile) have(ctx context.Context, ids []string) (map[string]bool, error) {
	found := make(map[string]bool, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	rows, err := f.db.QueryContext(ctx, `SELECT id FROM articles WHERE id IN (`+marks(len(ids))+`)`, anys(ids)...)
	if err != nil {
		return nil, fmt.Errorf("look up %d article ids: %w", len(ids), err)
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("look up article ids: %w", err)
		}
		found[id] = true
	}
	return found, rows.Err()
}

// get returns the articles with these IDs, those that are there.
func (f *articleFile) get(ctx context.Context, ids []string) (map[string]article.Article, error) {
	found := make(map[string]article.Article, len(ids))
	state := f.state.Load()
	var unread []string
	for _, id := range ids {
		if a, ok := f.codec.cache.get(cacheKey{f, state, id}); ok {
			found[id] = a
		} else {
			unread = append(unread, id)
		}
	}
	if len(unread) == 0 {
		return found, nil
	}
	query := `SELECT change, body FROM articles WHERE id IN (` + marks(len(unread)) + `)`
	err := f.scan(ctx, query, anys(unread), func(_ int64, a article.Article) {
		found[a.ID] = a
		f.codec.cache.add(cacheKey{f, state, a.ID}, a)
	})
	return found, err
}

// since returns at most limit articles changed after a change number, in order of change, and the last change number
// among them.
func (f *articleFile) since(ctx context.Context, change int64, limit int) ([]article.Article, int64, error) {
	var out []article.Article
	query := `SELECT change, body FROM articles WHERE change > ? ORDER BY change LIMIT ?`
	err := f.scan(ctx, query, []any{change, limit}, func(n int64, a article.Article) {
		out, change = append(out, a), n
	})
	return out, change, err
}

func (f *articleFile) scan(ctx context.Context, query string, args []any, fn func(int64, article.Article)) error {
	rows, err := f.db.QueryContext(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("read articles: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var change int64
		var body sql.RawBytes
		if err := rows.Scan(&change, &body); err != nil {
			return fmt.Errorf("read articles: %w", err)
		}
		a, err := f.codec.decode(body)
		if err != nil {
			return fmt.Errorf("read article of change %d: %w", change, err)
		}
		fn(change, a)
	}
	return rows.Err()
}

// history returns the wordings of an article that later revisions replaced, oldest first.
func (f *articleFile) history(ctx context.Context, id string) ([]article.Article, error) {
	var out []article.Article
	query := `SELECT replaced_at, body FROM revisions WHERE id = ? ORDER BY replaced_at, rowid`
	err := f.scan(ctx, query, []any{id}, func(_ int64, a article.Article) { out = append(out, a) })
	return out, err
}

func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?,", n), ",") }

func anys(ids []string) []any {
	out := make([]any, len(ids))
	for i, id := range ids {
		out[i] = id
	}
	return out
}

// newest returns the articles first seen last, after a place in that order.
func (f *articleFile) newest(ctx context.Context, after *place, limit int) ([]place, error) {
	query := `SELECT id, first_seen FROM articles ORDER BY first_seen DESC, id LIMIT ?`
	args := []any{limit}
	if after != nil {
		query = `SELECT id, first_seen FROM articles WHERE first_seen <= ?1 AND (first_seen < ?1 OR id > ?2)
			ORDER BY first_seen DESC, id LIMIT ?3`
		args = []any{int64(after.Key), after.ID, limit}
	}
	rows, err := f.db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("list newest articles: %w", err)
	}
	defer rows.Close()
	var out []place
	for rows.Next() {
		var p place
		var ms int64
		if err := rows.Scan(&p.ID, &ms); err != nil {
			return nil, fmt.Errorf("list newest articles: %w", err)
		}
		p.Key = float64(ms)
		out = append(out, p)
	}
	return out, rows.Err()
}

// eachWord calls fn with every word with marks that was noted.
func (f *articleFile) eachWord(ctx context.Context, fn func(canon, fold string)) error {
	rows, err := f.db.QueryContext(ctx, `SELECT canon, fold FROM words`)
	if err != nil {
		return fmt.Errorf("list words: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var canon, fold string
		if err := rows.Scan(&canon, &fold); err != nil {
			return fmt.Errorf("list words: %w", err)
		}
		fn(canon, fold)
	}
	return rows.Err()
}

// note keeps words with marks.
func (f *articleFile) note(ctx context.Context, words []markedWord) error {
	if len(words) == 0 {
		return nil
	}
	err := f.within(ctx, func(tx *sql.Tx) error {
		for _, w := range words {
			if _, err := tx.ExecContext(ctx, `INSERT INTO words (canon, fold) VALUES (?, ?) ON CONFLICT DO NOTHING`, w.canon, w.fold); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("note %d words: %w", len(words), err)
	}
	return nil
}

// within runs fn in one transaction.
func (f *articleFile) within(ctx context.Context, fn func(*sql.Tx) error) error {
	tx, err := f.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // no effect after Commit
	if err := fn(tx); err != nil {
		return err
	}
	defer f.state.Add(1)
	return tx.Commit()
}
