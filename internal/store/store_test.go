package store

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func open(t testing.TB, path string) *DB {
	t.Helper()
	db, err := Open(context.Background(), Config{Driver: "sqlite", Path: path})
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

func exec(t testing.TB, db *DB, query string, args ...any) {
	t.Helper()
	if _, err := db.Exec(context.Background(), query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

func value(t testing.TB, db *DB, name string) string {
	t.Helper()
	var v string
	err := db.QueryRow(context.Background(), `SELECT value FROM meta WHERE name = ?`, name).Scan(&v)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		t.Fatal(err)
	}
	return v
}

func TestOpenMakesTheFolderAndKeepsTheState(t *testing.T) {
	path := filepath.Join(t.TempDir(), "dữ liệu", "a?b#c", "state.db")
	db, err := Open(context.Background(), Config{Driver: "sqlite", Path: path})
	if err != nil {
		t.Fatal(err)
	}
	exec(t, db, `INSERT INTO meta (name, value) VALUES (?, ?)`, "k", "Đập")
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Errorf("the file is not where it was asked for: %v", err)
	}
	if got := value(t, open(t, path), "k"); got != "Đập" {
		t.Errorf("after opening again: %q, want %q", got, "Đập")
	}
}

func TestFolderIsForItsOwnerOnly(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	open(t, filepath.Join(dir, "state.db"))
	info, err := os.Stat(dir)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("mode = %v (%v), want 0700: sessions and tokens will be in it", info.Mode().Perm(), err)
	}
}

func TestSQLiteIsDurableAndChecksItsKeys(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "state.db"))
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "10000"} {
		var got string
		if err := db.QueryRow(context.Background(), "PRAGMA "+pragma).Scan(&got); err != nil || got != want {
			t.Errorf("PRAGMA %s = %q (%v), want %q", pragma, got, err, want)
		}
	}
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("this is no database, it is a letter to nobody"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		cfg  Config
		want string
	}{
		{"no path", Config{Driver: "sqlite"}, "store.path: missing"},
		{"unknown driver", Config{Driver: "oracle"}, `"oracle" is not known`},
		{"both", Config{Driver: "sqlite", DSN: "postgres://u:planted-canary@h/d"}, "store.dsn: only for driver postgres"},
		{"no address", Config{Driver: "postgres"}, "store.dsn: missing"},
		{"bad address", Config{Driver: "postgres", DSN: "mysql://u:planted-canary@h/d"}, "not a postgres:// address"},
		{"folder is a file", Config{Driver: "sqlite", Path: filepath.Join(file, "state.db")}, "state folder"},
		{"not a database", Config{Driver: "sqlite", Path: file}, "not a database"},
		{"nobody answers", Config{Driver: "postgres", DSN: "postgres://u:planted-canary@127.0.0.1:1/d?connect_timeout=2"}, "refused"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Open(context.Background(), tt.cfg)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Open = %v, want %q in it", err, tt.want)
			}
			if err != nil && strings.Contains(err.Error(), "planted-canary") {
				t.Errorf("the error shows the password: %v", err)
			}
		})
	}
	if err := DefaultConfig().Validate(); err != nil {
		t.Errorf("the default: Validate = %v", err)
	}
}

func TestDollars(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"SELECT 1", "SELECT 1"},
		{"a = ? AND b IN (?, ?)", "a = $1 AND b IN ($2, $3)"},
		{"a = '?' AND b = ?", "a = '?' AND b = $1"},
		{"a = 'it''s ?' AND b = ?", "a = 'it''s ?' AND b = $1"},
		{"-- đ\n?", "-- đ\n$1"},
		{strings.Repeat("?", 11), "$1$2$3$4$5$6$7$8$9$10$11"},
	} {
		if got := dollars(tt.in); got != tt.want {
			t.Errorf("dollars(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

// TestOpenMakesUpForMigrationsThatCameLater opens a state whose version is above that of a migration that it never had.
func TestOpenMakesUpForMigrationsThatCameLater(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	db, err := Open(context.Background(), Config{Driver: "sqlite", Path: path})
	if err != nil {
		t.Fatal(err)
	}
	exec(t, db, `INSERT INTO meta (name, value) VALUES (?, ?)`, "k", "Đập")
	exec(t, db, `DROP TABLE crawl_turns`)
	exec(t, db, `DROP TABLE crawl_leases`)
	exec(t, db, `DELETE FROM goose_db_version WHERE version_id = ?`, 110)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	db = open(t, path)
	exec(t, db, `INSERT INTO crawl_leases (duty, holder, until) VALUES ('d', 'h', 1)`)
	if got := value(t, db, "k"); got != "Đập" {
		t.Errorf("what the state held = %q, want %q", got, "Đập")
	}
}

// TestMigrationsArePortable holds every migration to the SQL that SQLite and PostgreSQL both speak.
func TestMigrationsArePortable(t *testing.T) {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil || len(names) == 0 {
		t.Fatalf("migrations = %q, %v", names, err)
	}
	banned := regexp.MustCompile(`(?i)\b(AUTOINCREMENT|SERIAL|INTEGER|BLOB|DATETIME|TIMESTAMP|REAL|WITHOUT ROWID|STRICT|PRAGMA|IFNULL|GROUP_CONCAT|INSERT OR)\b`)
	comment := regexp.MustCompile(`(?m)--.*$`)
	seen := map[string]string{}
	for _, name := range names {
		base := strings.TrimPrefix(name, "migrations/")
		if !regexp.MustCompile(`^\d{4}_[a-z_]+\.sql$`).MatchString(base) {
			t.Errorf("%s: the name is not like 0003_alerting.sql", base)
		}
		if other, ok := seen[base[:4]]; ok {
			t.Errorf("%s and %s share a number", base, other)
		}
		seen[base[:4]] = base
		raw, err := fs.ReadFile(migrations, name)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(raw), "-- +goose Up") || !strings.Contains(string(raw), "-- +goose Down") {
			t.Errorf("%s lacks a way up or down", base)
		}
		if found := banned.FindAllString(comment.ReplaceAllString(string(raw), ""), -1); len(found) > 0 {
			t.Errorf("%s uses %q, which one of the two databases does not know", base, found)
		}
	}
}
