package index

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"haidang/internal/article"
)

// An article that is edited after its shard was closed moves into the hot shard, with its history and its first sight, so
// that a closed shard stays as it was sealed but for what was taken out of it. The order is: into the hot shard's articles,
// with a note of where from; into its index; out of the old index; out of the old articles; the note is done. Whatever a
// crash leaves undone is done when the archive is opened, and until then the newer shard is the one that is asked first.

// moving is an article on its way into the hot shard.
type moving struct {
	article article.Article // as it is from now on
	earlier []replaced      // its history, the wording that was edited last
}

// replaced is a row of the history.
type replaced struct {
	revision string
	at       int64
	body     []byte
}

// moveEdited moves those articles whose wording has changed from a closed shard to the hot one, and returns the others.
func (x *Index) moveEdited(ctx context.Context, from, hot *shard, articles []article.Article) (stay []article.Article, err error) {
	var moves []moving
	var ids []string
	for _, a := range articles {
		m, err := from.articles.moving(ctx, a, x.deps.Now().UnixMilli())
		if err != nil {
			return nil, fmt.Errorf("shard %s: %w", from.name, err)
		}
		if m == nil {
			stay = append(stay, a)
			continue
		}
		moves, ids = append(moves, *m), append(ids, a.ID)
	}
	if len(moves) == 0 {
		return stay, nil
	}
	if err := hot.adopt(ctx, moves, from.name); err != nil {
		return nil, err
	}
	if err := from.release(ctx, ids); err != nil {
		return nil, err
	}
	x.metrics.took(outcome{ReasonRevised: len(ids)})
	return stay, hot.articles.moveDone(ctx, from.name, ids)
}

// moving returns what has to move of an article that came again, or nil where its wording is as it was.
func (f *articleFile) moving(ctx context.Context, a article.Article, now int64) (*moving, error) {
	var last replaced
	err := f.db.QueryRowContext(ctx, `SELECT revision, body FROM articles WHERE id = ?`, a.ID).Scan(&last.revision, &last.body)
	if err != nil {
		return nil, fmt.Errorf("read article %q: %w", a.ID, err)
	}
	old, err := f.codec.decode(last.body)
	if err != nil {
		return nil, fmt.Errorf("read article %q: %w", a.ID, err)
	}
	changed, reason := merge(old, a)
	if reason != ReasonRevised {
		return nil, nil
	}
	m := &moving{article: changed}
	rows, err := f.db.QueryContext(ctx, `SELECT revision, replaced_at, body FROM revisions WHERE id = ? ORDER BY replaced_at, rowid`, a.ID)
	if err != nil {
		return nil, fmt.Errorf("read history of article %q: %w", a.ID, err)
	}
	defer rows.Close()
	for rows.Next() {
		var r replaced
		if err := rows.Scan(&r.revision, &r.at, &r.body); err != nil {
			return nil, fmt.Errorf("read history of article %q: %w", a.ID, err)
		}
		m.earlier = append(m.earlier, r)
	}
	last.at = now
	m.earlier = append(m.earlier, last)
	return m, rows.Err()
}

// adopt takes articles over from another shard, and notes where each was.
func (s *shard) adopt(ctx context.Context, moves []moving, from string) error {
	w := written{held: *s.held.Load()}
	before := w.held.change
	err := s.articles.within(ctx, func(tx *sql.Tx) error {
		for _, m := range moves {
			if err := s.articles.adopt(ctx, tx, m, from, &w); err != nil {
				return fmt.Errorf("move article %q: %w", m.article.ID, err)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("shard %s: %w", s.name, err)
	}
	return s.follow(ctx, before, w, nil)
}

func (f *articleFile) adopt(ctx context.Context, tx *sql.Tx, m moving, from string, w *written) error {
	w.fresh = append(w.fresh, m.article.ID)
	if err := f.insert(ctx, tx, m.article, w); err != nil {
		return err
	}
	for _, r := range m.earlier {
		if err := keep(ctx, tx, m.article.ID, r); err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO moved (id, shard, done) VALUES (?, ?, 0) ON CONFLICT (id, shard) DO UPDATE SET done = 0`, m.article.ID, from)
	return err
}

// release takes articles out that another shard holds by now. The index comes first: an article that is still in the file
// is known not to be done.
func (s *shard) release(ctx context.Context, ids []string) error {
	if err := s.words.remove(ids); errors.Is(err, errDamaged) {
		s.unfinished(err) // made again from the articles it has none of these any more
	} else if err != nil {
		return fmt.Errorf("shard %s: %w", s.name, err)
	}
	var gone int64
	held := *s.held.Load()
	err := s.articles.within(ctx, func(tx *sql.Tx) error {
		for _, table := range []string{"revisions", "articles"} {
			res, err := tx.ExecContext(ctx, `DELETE FROM `+table+` WHERE id IN (`+marks(len(ids))+`)`, anys(ids)...)
			if err != nil {
				return err
			}
			if gone, err = res.RowsAffected(); err != nil { // those of the articles count, which are the last
				return err
			}
		}
		// The article of the last change may be among them, and its index must not seem to be ahead.
		_, err := tx.ExecContext(ctx, fmt.Sprintf(`PRAGMA user_version = %d`, held.change))
		return err
	})
	if err != nil {
		return fmt.Errorf("shard %s: take out %s: %w", s.name, strings.Join(ids, ", "), err)
	}
	held.count -= int(gone)
	s.held.Store(&held)
	s.released = append(s.released, ids...)
	return nil
}

// moveDone notes that articles are no longer where they were.
func (f *articleFile) moveDone(ctx context.Context, from string, ids []string) error {
	return f.within(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE moved SET done = 1 WHERE shard = ? AND id IN (`+marks(len(ids))+`)`, append([]any{from}, anys(ids)...)...)
		return err
	})
}

// finishMoves does what a crash left undone of moves, or what a shard that was put back from a backup undid.
func (x *Index) finishMoves(ctx context.Context) error {
	for _, to := range x.shards {
		if to.articles.db.started.Load() {
			continue // none was undone when that was written
		}
		moved, err := to.articles.undone(ctx)
		if err != nil {
			return fmt.Errorf("shard %s: %w", to.name, err)
		}
		for _, from := range x.shards {
			ids := moved[from.name]
			if len(ids) == 0 {
				continue
			}
			if err := from.release(ctx, ids); err != nil {
				return err
			}
			if err := to.articles.moveDone(ctx, from.name, ids); err != nil {
				return fmt.Errorf("shard %s: %w", to.name, err)
			}
		}
	}
	return nil
}

// undone lists, by shard, articles that came from there and may still be there.
func (f *articleFile) undone(ctx context.Context) (map[string][]string, error) {
	rows, err := f.db.QueryContext(ctx, `SELECT shard, id FROM moved WHERE done = 0`)
	if err != nil {
		return nil, fmt.Errorf("list moved articles: %w", err)
	}
	defer rows.Close()
	out := map[string][]string{}
	for rows.Next() {
		var from, id string
		if err := rows.Scan(&from, &id); err != nil {
			return nil, fmt.Errorf("list moved articles: %w", err)
		}
		out[from] = append(out[from], id)
	}
	return out, rows.Err()
}
