package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
)

// CopySQLite writes a copy of a SQLite database as it is at one moment, beside whoever writes it. The target must not
// exist.
func CopySQLite(ctx context.Context, path, target string) error {
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("copy the state: %w", err)
	}
	conn, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?mode=ro&_pragma=busy_timeout(10000)")
	if err != nil {
		return fmt.Errorf("copy the state %s: %w", path, err)
	}
	_, err = conn.ExecContext(ctx, `VACUUM INTO ?`, target)
	if err = errors.Join(err, conn.Close()); err != nil {
		return fmt.Errorf("copy the state %s: %w", path, err)
	}
	return nil
}
