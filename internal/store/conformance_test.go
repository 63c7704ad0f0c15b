package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"testing"

	"haidang/internal/store"
	"haidang/internal/store/storetest"
)

// What every database must promise. `make test` asks SQLite, `make integration` a real PostgreSQL.

func TestMain(m *testing.M) { storetest.Main(m) }

func exec(t testing.TB, db *store.DB, query string, args ...any) {
	t.Helper()
	if _, err := db.Exec(context.Background(), query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

func value(t testing.TB, db *store.DB, name string) string {
	t.Helper()
	var v string
	err := db.QueryRow(context.Background(), `SELECT value FROM meta WHERE name = ?`, name).Scan(&v)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		t.Fatal(err)
	}
	return v
}

func TestInTxKeepsAllOrNothing(t *testing.T) {
	db := storetest.Open(t, t.TempDir())
	boom := errors.New("boom")
	err := db.InTx(context.Background(), func(tx *store.Tx) error {
		if _, err := tx.Exec(context.Background(), `INSERT INTO meta (name, value) VALUES ('k', '1')`); err != nil {
			return err
		}
		return boom
	})
	if !errors.Is(err, boom) || value(t, db, "k") != "" {
		t.Errorf("InTx = %v, value %q; want the error and nothing kept", err, value(t, db, "k"))
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		_ = db.InTx(context.Background(), func(tx *store.Tx) error {
			_, _ = tx.Exec(context.Background(), `INSERT INTO meta (name, value) VALUES ('k', '2')`)
			panic("at the worst moment")
		})
	}()
	err = db.InTx(context.Background(), func(tx *store.Tx) error {
		_, err := tx.Exec(context.Background(), `INSERT INTO meta (name, value) VALUES ('k', '3')`)
		return err
	})
	if err != nil || value(t, db, "k") != "3" {
		t.Errorf("after a panic: InTx = %v, value %q; want 3: the panic must free its connection", err, value(t, db, "k"))
	}
}

func TestInTxStopsWithItsContext(t *testing.T) {
	db := storetest.Open(t, t.TempDir())
	ctx, cancel := context.WithCancel(context.Background())
	err := db.InTx(ctx, func(tx *store.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO meta (name, value) VALUES ('k', '1')`)
		cancel()
		return err
	})
	if err == nil || value(t, db, "k") != "" {
		t.Errorf("InTx = %v, value %q; want an error and nothing kept", err, value(t, db, "k"))
	}
}

// TestWritersWaitForEachOther: a transaction whose first statement writes a row has the row to itself until it ends,
// whoever else asks. Every stage that reads before it decides begins so.
func TestWritersWaitForEachOther(t *testing.T) {
	cfg := storetest.Config(t, t.TempDir())
	const processes, writers, rounds = 2, 4, 25
	var wg sync.WaitGroup
	for p := range processes {
		db, err := store.Open(context.Background(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if p == 0 {
			exec(t, db, `INSERT INTO meta (name, value) VALUES ('n', '0')`)
			exec(t, db, `INSERT INTO meta (name, value) VALUES ('turn', '')`)
		}
		for range writers {
			wg.Go(func() {
				for range rounds {
					if err := db.InTx(context.Background(), countUp); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
	wg.Wait()
	db, err := store.Open(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if got, want := value(t, db, "n"), fmt.Sprint(processes*writers*rounds); got != want {
		t.Errorf("counted to %s, want %s", got, want)
	}
}

func countUp(tx *store.Tx) error {
	ctx := context.Background()
	if _, err := tx.Exec(ctx, `UPDATE meta SET value = '' WHERE name = 'turn'`); err != nil {
		return err
	}
	var n int
	if err := tx.QueryRow(ctx, `SELECT value FROM meta WHERE name = 'n'`).Scan(&n); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `UPDATE meta SET value = ? WHERE name = 'n'`, fmt.Sprint(n+1))
	return err
}

func TestProcessesMayOpenAtOnce(t *testing.T) {
	cfg := storetest.Config(t, t.TempDir())
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			db, err := store.Open(context.Background(), cfg)
			if err != nil {
				t.Error(err)
				return
			}
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

// TestMigrationsGoUpAndDown takes every migration back, the newest first, and makes it again.
func TestMigrationsGoUpAndDown(t *testing.T) {
	db := storetest.Open(t, t.TempDir())
	exec(t, db, `INSERT INTO meta (name, value) VALUES ('k', 'Đập')`)
	if err := store.Redo(context.Background(), db); err != nil {
		t.Fatal(err)
	}
	if got := value(t, db, "k"); got != "" {
		t.Errorf("a table that was dropped still holds %q", got)
	}
	exec(t, db, `INSERT INTO meta (name, value) VALUES ('k', 'Đập')`)
	if got := value(t, db, "k"); got != "Đập" {
		t.Errorf("after making all anew: %q, want %q", got, "Đập")
	}
}
