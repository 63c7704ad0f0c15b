package storetest

import (
	"context"
	"fmt"
	"testing"

	"haidang/internal/store"
)

// FailOn makes the nth write of a kind (INSERT or UPDATE) to a table fail, as a full disk would, until repair is called.
// The database counts the writes of a transaction that fails anew in the next one.
func FailOn(t testing.TB, db *store.DB, write, table string, nth int) (repair func()) {
	t.Helper()
	run := func(statements ...string) {
		t.Helper()
		for _, statement := range statements {
			if _, err := db.Exec(context.Background(), statement); err != nil {
				t.Fatal(err)
			}
		}
	}
	run(`CREATE TABLE crash (n BIGINT NOT NULL)`, `INSERT INTO crash (n) VALUES (0)`)
	if !Postgres() {
		run(fmt.Sprintf(`CREATE TRIGGER crash_here BEFORE %s ON %s BEGIN
			UPDATE crash SET n = n + 1;
			SELECT RAISE(ABORT, 'disk is full') WHERE (SELECT n FROM crash) >= %d;
		END`, write, table, nth))
		return func() { run(`DROP TRIGGER crash_here`, `DROP TABLE crash`) }
	}
	run(fmt.Sprintf(`CREATE FUNCTION crash() RETURNS trigger AS $$ BEGIN
		UPDATE crash SET n = n + 1;
		IF (SELECT n FROM crash) >= %d THEN RAISE EXCEPTION 'disk is full'; END IF;
		RETURN NEW;
	END $$ LANGUAGE plpgsql`, nth),
		fmt.Sprintf(`CREATE TRIGGER crash_here BEFORE %s ON %s FOR EACH ROW EXECUTE FUNCTION crash()`, write, table))
	return func() {
		run(`DROP TRIGGER crash_here ON `+table, `DROP FUNCTION crash()`, `DROP TABLE crash`)
	}
}
