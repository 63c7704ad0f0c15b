// Package store is the state that is neither the log nor the archive: seen links, feed cursors, stories, alerts,
// deliveries, digests. It is SQL through database/sql: SQLite by default, PostgreSQL for several machines.
//
// [Open] connects and migrates. A stage keeps its own statements; it writes them with ? placeholders, which are
// rebound for PostgreSQL. Times are stored as Unix milliseconds.
package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // registers "pgx"
	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // registers "sqlite"

	"haidang/internal/settings"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Config says where the state lives.
type Config struct {
	// Driver is "sqlite" (the default) or "postgres".
	Driver string `yaml:"driver"`
	// Path is the SQLite file; empty means state.db in the data folder.
	Path string `yaml:"path"`
	// DSN is the PostgreSQL address, "postgres://user:password@host/db".
	DSN settings.Secret `yaml:"dsn"`
}

// DefaultConfig is an SQLite file in the data folder.
func DefaultConfig() Config { return Config{Driver: "sqlite"} }

// Validate reports every problem of the configuration at once.
func (c Config) Validate() error {
	var errs []error
	switch c.Driver {
	case "sqlite":
		if c.DSN != "" {
			errs = append(errs, errors.New("store.dsn: only for driver postgres; use store.path"))
		}
	case "postgres":
		if c.DSN == "" {
			errs = append(errs, errors.New("store.dsn: missing; write postgres://user:password@host/database"))
		} else if u, err := url.Parse(c.DSN.Reveal()); err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") {
			errs = append(errs, errors.New("store.dsn: not a postgres:// address"))
		}
	default:
		errs = append(errs, fmt.Errorf("store.driver: %q is not known; write sqlite or postgres", c.Driver))
	}
	return errors.Join(errs...)
}

// DB is the open state.
type DB struct {
	sql     *sql.DB
	file    string // of SQLite
	dialect goose.Dialect
	rebind  func(string) string
	turn    chan struct{} // of SQLite: one writer at a time, in the order of their coming; nil: the database sees to it
}

// Open connects to the database, creating the SQLite file when there is none, and brings its schema up to date.
func Open(ctx context.Context, cfg Config) (*DB, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	var db *DB
	var err error
	if cfg.Driver == "postgres" {
		db, err = openPostgres(cfg.DSN.Reveal())
	} else {
		db, err = openSQLite(cfg.Path)
	}
	if err != nil {
		return nil, err
	}
	if err := db.migrate(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// sqlitePragmas: WAL lets readers go on while one writes, FULL makes a commit survive a power cut, which at-least-once
// delivery relies on, and immediate transactions wait for the lock instead of failing half-way.
const sqlitePragmas = "_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=busy_timeout(10000)&_pragma=foreign_keys(1)&_txlock=immediate"

func openSQLite(path string) (*DB, error) {
	if path == "" {
		return nil, errors.New("store.path: missing")
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("state folder: %w", err)
	}
	conn, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+sqlitePragmas)
	if err != nil {
		return nil, fmt.Errorf("open state %q: %w", path, err)
	}
	conn.SetMaxOpenConns(8)
	return &DB{sql: conn, file: path, dialect: goose.DialectSQLite3, rebind: func(q string) string { return q }, turn: make(chan struct{}, 1)}, nil
}

func openPostgres(dsn string) (*DB, error) {
	conn, err := sql.Open("pgx", dsn)
	if err != nil {
		return nil, errors.New("open state: the postgres address cannot be read")
	}
	conn.SetMaxOpenConns(16)
	conn.SetConnMaxIdleTime(5 * time.Minute)
	return &DB{sql: conn, dialect: goose.DialectPostgres, rebind: dollars}, nil
}

func (db *DB) migrate(ctx context.Context) error {
	unlock, err := db.lockMigrations(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	provider, err := db.migrations()
	if err != nil {
		return err
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate state: %w", err)
	}
	return nil
}

func (db *DB) migrations() (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	// The numbers have gaps, which later versions fill: a database that is past such a number gets its migration all the same.
	provider, err := goose.NewProvider(db.dialect, db.sql, files, goose.WithDisableGlobalRegistry(true), goose.WithAllowOutofOrder(true))
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	return provider, nil
}

// dollars rewrites ? placeholders to $1, $2, … outside quoted text.
func dollars(query string) string {
	var out strings.Builder
	n, quoted := 0, false
	for i := range len(query) {
		switch c := query[i]; {
		case c == '\'':
			quoted = !quoted
			out.WriteByte(c)
		case c == '?' && !quoted:
			n++
			out.WriteString("$" + strconv.Itoa(n))
		default:
			out.WriteByte(c)
		}
	}
	return out.String()
}

// Close closes the connections.
func (db *DB) Close() error { return db.sql.Close() }

// Ping reports whether the database answers.
func (db *DB) Ping(ctx context.Context) error { return db.sql.PingContext(ctx) }

// takeTurn waits until this process has no other writer. SQLite itself lets writers sleep and try again, up to 100 ms each time and
// in no order: under load some wait for seconds.
func (db *DB) takeTurn(ctx context.Context) (done func(), err error) {
	if db.turn == nil {
		return func() {}, nil
	}
	select {
	case db.turn <- struct{}{}:
		return func() { <-db.turn }, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for the turn to write: %w", ctx.Err())
	}
}

// Exec runs a statement that returns no rows.
func (db *DB) Exec(ctx context.Context, query string, args ...any) (sql.Result, error) {
	done, err := db.takeTurn(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	return db.sql.ExecContext(ctx, db.rebind(query), args...)
}

// Query runs a statement that returns rows.
func (db *DB) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return db.sql.QueryContext(ctx, db.rebind(query), args...)
}

// QueryRow runs a statement that returns at most one row.
func (db *DB) QueryRow(ctx context.Context, query string, args ...any) *sql.Row {
	return db.sql.QueryRowContext(ctx, db.rebind(query), args...)
}

// Tx is one transaction.
type Tx struct {
	sql    *sql.Tx
	rebind func(string) string
}

// Exec runs a statement in the transaction.
func (tx *Tx) Exec(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return tx.sql.ExecContext(ctx, tx.rebind(query), args...)
}

// Query runs a statement that returns rows in the transaction.
func (tx *Tx) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return tx.sql.QueryContext(ctx, tx.rebind(query), args...)
}

// QueryRow runs a statement that returns at most one row in the transaction.
func (tx *Tx) QueryRow(ctx context.Context, query string, args ...any) *sql.Row {
	return tx.sql.QueryRowContext(ctx, tx.rebind(query), args...)
}

// InTx runs fn in one transaction: committed when fn returns nil, rolled back otherwise. Within fn only the transaction writes.
func (db *DB) InTx(ctx context.Context, fn func(*Tx) error) error {
	done, err := db.takeTurn(ctx)
	if err != nil {
		return err
	}
	defer done()
	tx, err := db.sql.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin transaction: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing; after a panic it frees the lock
	if err := fn(&Tx{sql: tx, rebind: db.rebind}); err != nil {
		return errors.Join(err, ignoreDone(tx.Rollback()))
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit transaction: %w", err)
	}
	return nil
}

func ignoreDone(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}
