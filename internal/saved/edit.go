package saved

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"haidang/internal/store"
)

// ErrEdited says that the search is another one than the editor saw.
var ErrEdited = errors.New("the saved search was edited meanwhile: look at it again")

// Edit gives a search of given.Owner another name, query, schedule and list. given.Version is the one that was seen; where it
// is not the present one, the error wraps [ErrEdited]. What the search has told stays. With another query, matches of the old one
// that did not ring are forgotten: they must not count for the new one.
func (s *Saved) Edit(ctx context.Context, given Search) (Search, error) {
	given.Name, given.List, given.Query = tidy(given.Name), tidy(given.List), strings.TrimSpace(given.Query)
	if err := given.check(); err != nil {
		return Search{}, err
	}
	if _, err := s.Parse(given.Query); err != nil {
		return Search{}, err
	}
	err := s.deps.DB.InTx(ctx, func(tx *store.Tx) error {
		if err := changed(ctx, tx); err != nil { // first, as in Add
			return err
		}
		return edit(ctx, tx, given, s.deps.Now())
	})
	if err != nil {
		return Search{}, fmt.Errorf("edit saved search %q: %w", given.ID, err)
	}
	given.Version++
	return given, nil
}

func edit(ctx context.Context, tx *store.Tx, given Search, now time.Time) error {
	var created int64
	var was Search
	err := tx.QueryRow(ctx, `SELECT version, query, schedule, created_at FROM saved_searches WHERE id = ? AND owner = ?`, given.ID, given.Owner).
		Scan(&was.Version, &was.Query, &was.Schedule, &created)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return ErrNotFound
	case err != nil:
		return err
	case was.Version != given.Version:
		return ErrEdited
	}
	was.ID, was.Created = given.ID, time.UnixMilli(created)
	var named int
	err = tx.QueryRow(ctx, `SELECT COUNT(*) FROM saved_searches WHERE owner = ? AND name = ? AND id <> ?`, given.Owner, given.Name, given.ID).Scan(&named)
	if err != nil {
		return err
	}
	if named > 0 {
		return errTaken(given.Name)
	}
	_, err = tx.Exec(ctx, `UPDATE saved_searches SET name = ?, query = ?, schedule = ?, list = ?, version = version + 1 WHERE id = ?`,
		given.Name, given.Query, given.Schedule, given.List, given.ID)
	if err == nil && was.Query != given.Query {
		_, err = tx.Exec(ctx, `DELETE FROM saved_matches WHERE search_id = ? AND rings = 0`, given.ID)
	}
	if err == nil && was.Schedule != Live && given.Schedule == Live {
		err = was.toLive(ctx, tx, now)
	}
	return err
}

// toLive notes that the lists that are over were told, and the running one was not. The other ways need nothing: a list is told
// by its time.
func (s *Search) toLive(ctx context.Context, tx *store.Tx, now time.Time) error {
	from, _ := s.Schedule.period(now)
	var ring int64
	err := tx.QueryRow(ctx, `SELECT COALESCE(MIN(CASE WHEN at >= ? THEN rings END) - 1, MAX(rings), 0) FROM saved_matches WHERE search_id = ? AND rings > 0`,
		from.UnixMilli(), s.ID).Scan(&ring)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO saved_told (search_id, ring, at, busy_until) VALUES (?, ?, ?, 0) ON CONFLICT (search_id) DO UPDATE SET ring = excluded.ring`,
		s.ID, ring, s.Created.UnixMilli())
	return err
}
