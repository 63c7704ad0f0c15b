package index

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
)

// database is the SQLite file of a shard. Its connections are opened when it is asked something, and closed again when so many
// other shards were asked since that it is not among the last of [openFiles].
type database struct {
	*sql.DB
	dir     string
	files   *openFiles  // nil: connections stay open
	started atomic.Bool // the file of start.go tells what it holds
}

// QueryContext is that of the database.
func (d *database) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	d.files.use(d)
	return d.DB.QueryContext(ctx, query, args...)
}

// QueryRowContext is that of the database.
func (d *database) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	d.files.use(d)
	return d.DB.QueryRowContext(ctx, query, args...)
}

// BeginTx is that of the database. What is written from now on makes the file of start.go wrong.
func (d *database) BeginTx(ctx context.Context, opts *sql.TxOptions) (*sql.Tx, error) {
	if err := d.forgetStart(); err != nil {
		return nil, err
	}
	d.files.use(d)
	return d.DB.BeginTx(ctx, opts)
}

// forgetStart lets the next start read the database itself.
func (d *database) forgetStart() error {
	if !d.started.Swap(false) {
		return nil
	}
	if err := removeStart(d.dir); err != nil {
		d.started.Store(true)
		return err
	}
	return nil
}

// checkpoint brings what was written into the file itself.
func (d *database) checkpoint(ctx context.Context) error {
	d.files.use(d)
	_, err := d.ExecContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`)
	return err
}

// size is that of the file in bytes. It is an error where not all that was written is in it, or where it is no database.
func size(dir string) (int64, error) {
	path := filepath.Join(dir, "articles.db")
	if wal, err := os.Stat(path + "-wal"); err == nil && wal.Size() > 0 {
		return 0, errors.New("not all is in articles.db yet")
	}
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	const magic = "SQLite format 3\x00"
	begins := make([]byte, len(magic))
	if _, err := f.ReadAt(begins, 0); err != nil || string(begins) != magic {
		return 0, fmt.Errorf("articles.db: %w", errBroken)
	}
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// openFiles bounds how many databases keep connections that nobody uses: each has files and a page cache of 2 MB.
type openFiles struct {
	mu   sync.Mutex
	last []*database // that was asked last, the latest at the end
}

const (
	maxOpenFiles = 24
	idleConns    = 2 // kept of a database that is among them
)

// use notes that a database is asked.
func (o *openFiles) use(d *database) {
	if o == nil {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	i := slices.Index(o.last, d)
	if i < 0 {
		d.SetMaxIdleConns(idleConns)
	} else {
		o.last = slices.Delete(o.last, i, i+1)
	}
	if o.last = append(o.last, d); len(o.last) > maxOpenFiles {
		o.last[0].SetMaxIdleConns(-1) // those in use are closed when they come back
		o.last = slices.Delete(o.last, 0, 1)
	}
}

// forget leaves out a database that was closed.
func (o *openFiles) forget(d *database) {
	if o == nil {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.last = slices.DeleteFunc(o.last, func(x *database) bool { return x == d })
}
