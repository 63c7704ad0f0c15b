package store

import (
	"context"
	"fmt"
	"time"

	"github.com/gofrs/flock"
)

// migrationLock is the number of the PostgreSQL advisory lock under which one process at a time migrates.
const migrationLock = 7241093652181

// lockMigrations waits until no other process migrates the same database: goose itself would let two of them create
// the same table. The lock goes with the process, so one that dies leaves nothing to clean up.
func (db *DB) lockMigrations(ctx context.Context) (unlock func(), err error) {
	if db.file == "" {
		return db.advisoryLock(ctx)
	}
	lock := flock.New(db.file + ".migrate")
	if _, err := lock.TryLockContext(ctx, 20*time.Millisecond); err != nil {
		return nil, fmt.Errorf("wait for another process to migrate the state: %w", err)
	}
	return func() { _ = lock.Close() }, nil
}

func (db *DB) advisoryLock(ctx context.Context) (func(), error) {
	conn, err := db.sql.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("open state: %w", err)
	}
	if _, err := conn.ExecContext(ctx, `SELECT pg_advisory_lock($1)`, migrationLock); err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("wait for another process to migrate the state: %w", err)
	}
	return func() {
		// A lock that cannot be given back ends with its connection.
		_, _ = conn.ExecContext(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock($1)`, migrationLock)
		_ = conn.Close()
	}, nil
}
