package store

import "context"

// Redo takes every migration back and makes it again.
func Redo(ctx context.Context, db *DB) error {
	provider, err := db.migrations()
	if err != nil {
		return err
	}
	if _, err := provider.DownTo(ctx, 0); err != nil {
		return err
	}
	_, err = provider.Up(ctx)
	return err
}
