package storetest

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/url"
	"os"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"haidang/internal/settings"
	"haidang/internal/store"
)

// server is the address of a PostgreSQL server on which databases may be made, or empty.
var server = os.Getenv("HAIDANG_TEST_POSTGRES")

// Postgres reports whether the tests run on PostgreSQL.
func Postgres() bool { return server != "" }

// template is the name of a database that is migrated, of which every test gets a copy.
var template = sync.OnceValues(func() (string, error) {
	name := fmt.Sprintf("haidang_template_%d", os.Getpid())
	if err := admin("CREATE DATABASE " + name); err != nil {
		return "", err
	}
	db, err := store.Open(context.Background(), store.Config{Driver: "postgres", DSN: address(name)})
	if err != nil {
		return "", err
	}
	return name, db.Close()
})

// made are the databases that tests have, by folder.
var made struct {
	sync.Mutex
	names map[string]string
}

// onServer gives each folder a database of its own, which goes with the test.
func onServer(t testing.TB, dir string) store.Config {
	t.Helper()
	from, err := template()
	if err != nil {
		t.Fatal(err)
	}
	made.Lock()
	defer made.Unlock()
	name, ok := made.names[dir]
	if !ok {
		name = fmt.Sprintf("haidang_%d_%x", os.Getpid(), sha256.Sum256([]byte(dir)))[:40]
		if err := admin("CREATE DATABASE " + name + " TEMPLATE " + from); err != nil {
			t.Fatal(err)
		}
		if made.names == nil {
			made.names = map[string]string{}
		}
		made.names[dir] = name
		t.Cleanup(func() {
			made.Lock()
			defer made.Unlock()
			delete(made.names, dir)
			if err := admin("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
				t.Error(err)
			}
		})
	}
	return store.Config{Driver: "postgres", DSN: address(name)}
}

// cleanUp drops the template.
func cleanUp() error {
	if !Postgres() {
		return nil
	}
	name, err := template()
	if err != nil {
		return err
	}
	return admin("DROP DATABASE " + name + " WITH (FORCE)")
}

func address(database string) settings.Secret {
	u, err := url.Parse(server)
	if err != nil {
		return settings.Secret(server) // Open says what is wrong with it
	}
	u.Path = "/" + database
	return settings.Secret(u.String())
}

// admin runs one statement outside any test's database. Databases are made one at a time: PostgreSQL copies a template
// only while nobody is connected to it.
func admin(statement string) error {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		return fmt.Errorf("HAIDANG_TEST_POSTGRES: %w", err)
	}
	_, err = conn.Exec(ctx, statement)
	return errors.Join(err, conn.Close(ctx))
}
