package main

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"

	"golang.org/x/text/unicode/norm"
	_ "modernc.org/sqlite" // the database/sql driver "sqlite"

	"haidang/internal/article"
)

// fts is a table of articles with an FTS5 index over it. Its rows are numbered as they come, so that the newest first are
// the last of an index: what it is best at.
type fts struct{ db *sql.DB }

const ftsSchema = `
CREATE TABLE IF NOT EXISTS articles (
	n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, outlet TEXT, country TEXT, lang TEXT, topic TEXT, seen BIGINT, published BIGINT,
	title TEXT, lead TEXT, text TEXT
);
CREATE INDEX IF NOT EXISTS articles_seen ON articles (seen);
CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5(title, lead, text, content='articles', content_rowid='n',
	tokenize = 'unicode61 remove_diacritics 0');`

func openFTS(dir string) (side, error) {
	pragmas := "?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=busy_timeout(5000)&_pragma=cache_size(-65536)"
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "fts.db")+pragmas)
	if err != nil {
		return nil, err
	}
	_, err = db.Exec(ftsSchema)
	return fts{db}, err
}

func (f fts) put(ctx context.Context, batch []article.Article) error {
	tx, err := f.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // no effect after Commit
	for _, a := range batch {
		title, lead, body := norm.NFC.String(a.Title), norm.NFC.String(a.Lead), norm.NFC.String(a.Text)
		res, err := tx.ExecContext(ctx, `INSERT INTO articles (id, outlet, country, lang, topic, seen, published, title, lead, text) VALUES (?,?,?,?,?,?,?,?,?,?)`,
			a.ID, a.Outlet, a.OutletCountry, a.Language, a.Verdict.Topics[0], a.FirstSeen.UnixMilli(), a.Published.UnixMilli(), title, lead, body)
		if err != nil {
			return err
		}
		n, err := res.LastInsertId()
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO words (rowid, title, lead, text) VALUES (?,?,?,?)`, n, title, lead, body); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// seal does nothing: FTS5's own optimize merges everything into one tree, which nobody does while documents come in.
func (fts) seal(context.Context) error { return nil }

func (f fts) ask(ctx context.Context, q question, k kind) (int, error) {
	statement, args := ftsStatement(q, k)
	rows, err := f.db.QueryContext(ctx, statement, args...)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", statement, err)
	}
	defer rows.Close()
	hits := 0
	for rows.Next() {
		var id, title, lead, body string
		if err := rows.Scan(&id, &title, &lead, &body); err != nil {
			return hits, err
		}
		hits++
	}
	return hits, rows.Err()
}

func ftsStatement(q question, k kind) (string, []any) {
	if len(q.Words) == 0 {
		return `SELECT id, title, lead, text FROM articles ORDER BY n DESC LIMIT ?`, []any{page}
	}
	sep := " "
	switch {
	case k.phrase:
		sep = " + "
	case k.any:
		sep = " OR "
	}
	words := make([]string, len(q.Words))
	for i, w := range q.Words {
		words[i] = `"` + w + `"`
	}
	statement, args := `SELECT id, highlight(words, 0, '[', ']'), highlight(words, 1, '[', ']'), highlight(words, 2, '[', ']') FROM words JOIN articles ON articles.n = words.rowid WHERE words MATCH ?`, []any{strings.Join(words, sep)}
	if !q.From.IsZero() { // rows are numbered in the order of time, so the index of words itself can stop there
		statement += ` AND words.rowid >= (SELECT MIN(n) FROM articles WHERE seen >= ?)`
		args = append(args, q.From.UnixMilli())
	}
	if q.Outlet != "" {
		statement += ` AND outlet = ?`
		args = append(args, q.Outlet)
	}
	if k.best {
		return statement + ` ORDER BY words.rank LIMIT ?`, append(args, page)
	}
	return statement + ` ORDER BY words.rowid DESC LIMIT ?`, append(args, page)
}

func (f fts) close() error { return f.db.Close() }
