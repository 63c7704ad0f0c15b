package saved

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// Ring is one article of which a search tells.
type Ring struct {
	Seq       int64     `json:"seq,omitempty"` // numbers the rings of all searches; 0: it matched and did not ring
	SearchID  string    `json:"search_id"`
	Search    string    `json:"search"` // its name
	Owner     string    `json:"owner"`
	ArticleID string    `json:"article_id"`
	At        time.Time `json:"at"` // first seen
	Outlet    string    `json:"outlet"`
	Title     string    `json:"title"`
	URL       string    `json:"url"`
}

const ringColumns = `m.rings, m.search_id, s.name, s.owner, m.article_id, m.at, m.outlet, m.title, m.url FROM saved_matches m JOIN saved_searches s ON s.id = m.search_id`

// Rings returns what searches with the schedule live rang for after a number, oldest first. Whoever tells them on keeps
// the last number.
func (s *Saved) Rings(ctx context.Context, after int64, limit int) ([]Ring, error) {
	rows, err := s.deps.DB.Query(ctx, `SELECT `+ringColumns+` WHERE m.rings > ? AND s.schedule = 'live' ORDER BY m.rings LIMIT ?`, after, limit)
	if err != nil {
		return nil, fmt.Errorf("rings after %d: %w", after, err)
	}
	return scanRings(rows)
}

// Latest returns what the live searches that somebody sees rang for last.
func (s *Saved) Latest(ctx context.Context, owner string, limit int) ([]Ring, error) {
	rows, err := s.deps.DB.Query(ctx, `SELECT `+ringColumns+` WHERE m.rings > 0 AND s.schedule = 'live' AND (s.owner = ? OR s.list <> '') ORDER BY m.at DESC, m.article_id LIMIT ?`, owner, limit)
	if err != nil {
		return nil, fmt.Errorf("latest matches of %q: %w", owner, err)
	}
	return scanRings(rows)
}

func scanRings(rows *sql.Rows) ([]Ring, error) {
	defer rows.Close()
	var out []Ring
	for rows.Next() {
		var r Ring
		var at int64
		if err := rows.Scan(&r.Seq, &r.SearchID, &r.Search, &r.Owner, &r.ArticleID, &at, &r.Outlet, &r.Title, &r.URL); err != nil {
			return nil, err
		}
		r.At = time.UnixMilli(at)
		out = append(out, r)
	}
	return out, rows.Err()
}
