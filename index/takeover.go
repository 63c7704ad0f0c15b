package index

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// row is an article as one file keeps it, taken over into another without being looked into.
type row struct {
	id, revision              string
	change, firstSeen, public int64
	body                      []byte
	earlier                   []replaced
}

// rowsSince returns at most limit articles changed after a change number, in order of change, with their earlier wordings.
func (f *articleFile) rowsSince(ctx context.Context, change int64, limit int) ([]row, error) {
	rows, err := f.db.QueryContext(ctx, `SELECT id, revision, change, first_seen, published, body FROM articles WHERE change > ? ORDER BY change LIMIT ?`, change, limit)
	if err != nil {
		return nil, fmt.Errorf("read articles: %w", err)
	}
	defer rows.Close()
	var out []row
	for rows.Next() {
		var r row
		if err := rows.Scan(&r.id, &r.revision, &r.change, &r.firstSeen, &r.public, &r.body); err != nil {
			return nil, fmt.Errorf("read articles: %w", err)
		}
		out = append(out, r)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read articles: %w", err)
	}
	return out, f.addEarlier(ctx, out)
}

// addEarlier fills in the earlier wordings.
func (f *articleFile) addEarlier(ctx context.Context, out []row) error {
	at := make(map[string]int, len(out))
	ids := make([]string, len(out))
	for i, r := range out {
		at[r.id], ids[i] = i, r.id
	}
	rows, err := f.db.QueryContext(ctx, `SELECT id, revision, replaced_at, body FROM revisions WHERE id IN (`+marks(len(ids))+`) ORDER BY replaced_at, rowid`, anys(ids)...)
	if err != nil {
		return fmt.Errorf("read earlier wordings: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		var r replaced
		if err := rows.Scan(&id, &r.revision, &r.at, &r.body); err != nil {
			return fmt.Errorf("read earlier wordings: %w", err)
		}
		out[at[id]].earlier = append(out[at[id]].earlier, r)
	}
	return rows.Err()
}

// takeOver writes articles of another file under change numbers of this one, in place of what it has of them. It returns what
// the file holds then.
func (f *articleFile) takeOver(ctx context.Context, rows []row, held span) (span, error) {
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.id
	}
	known, err := f.have(ctx, ids)
	if err != nil {
		return held, err
	}
	err = f.within(ctx, func(tx *sql.Tx) error {
		for _, r := range rows {
			held.take(time.UnixMilli(r.firstSeen).UTC())
			_, err := tx.ExecContext(ctx, `INSERT OR REPLACE INTO articles (id, change, first_seen, published, revision, body) VALUES (?,?,?,?,?,?)`,
				r.id, held.change, r.firstSeen, r.public, r.revision, r.body)
			if err != nil {
				return err
			}
			for _, e := range r.earlier {
				if err := keep(ctx, tx, r.id, e); err != nil {
					return err
				}
			}
		}
		return nil
	})
	held.count += len(rows) - len(known)
	if err != nil {
		return held, fmt.Errorf("take over %d articles: %w", len(rows), err)
	}
	return held, nil
}

// takeOverMoves writes down what came into another file from other shards.
func (f *articleFile) takeOverMoves(ctx context.Context, from *articleFile) error {
	rows, err := from.db.QueryContext(ctx, `SELECT id, shard, done FROM moved`)
	if err != nil {
		return fmt.Errorf("list moved articles: %w", err)
	}
	defer rows.Close()
	return f.within(ctx, func(tx *sql.Tx) error {
		for rows.Next() {
			var id, shard string
			var done int
			if err := rows.Scan(&id, &shard, &done); err != nil {
				return fmt.Errorf("list moved articles: %w", err)
			}
			if _, err := tx.ExecContext(ctx, `INSERT OR REPLACE INTO moved (id, shard, done) VALUES (?,?,?)`, id, shard, done); err != nil {
				return fmt.Errorf("note moved articles: %w", err)
			}
		}
		return rows.Err()
	})
}
