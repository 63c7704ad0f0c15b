// Package storetest gives tests a database of their own in a moment: the migrations, which take most of the time, run once
// for all tests of a process.
//
// [Open] makes one: an SQLite file, or a database on the PostgreSQL server that HAIDANG_TEST_POSTGRES names, so that every
// test of what keeps state is a conformance test of both. A package whose tests open databases inside a synctest bubble
// has [Main] as its TestMain.
package storetest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"haidang/internal/store"
)

// empty is the file of a database that is migrated and closed.
var empty = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "storetest")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "state.db")
	db, err := store.Open(context.Background(), store.Config{Driver: "sqlite", Path: path})
	if err != nil {
		return nil, err
	}
	if err := db.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// Main runs the tests of a package when the migrations are done: what they start must not belong to a bubble.
func Main(m *testing.M) {
	prepare := func() error { _, err := empty(); return err }
	if Postgres() {
		prepare = func() error { _, err := template(); return err }
	}
	if err := prepare(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	if err := cleanUp(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = max(code, 1)
	}
	os.Exit(code)
}

// Config returns the configuration of the database in a folder, which is made when there is none. Whoever opens it
// twice has two processes on one database.
func Config(t testing.TB, dir string) store.Config {
	t.Helper()
	if Postgres() {
		return onServer(t, dir)
	}
	path := filepath.Join(dir, "state.db")
	if _, err := os.Stat(path); err != nil {
		made, err := empty()
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, made, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return store.Config{Driver: "sqlite", Path: path}
}

// Open opens the database in a folder, made there when there is none, and closes it after the test.
func Open(t testing.TB, dir string) *store.DB {
	t.Helper()
	db, err := store.Open(context.Background(), Config(t, dir))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}
