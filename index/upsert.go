package index

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"time"

	"haidang/internal/article"
)

// Reason says what became of an article that was put.
type Reason string

// What becomes of an article.
const (
	ReasonNew       Reason = "new"       // it was not in the archive
	ReasonRevised   Reason = "revised"   // its wording changed, the old one is in its history
	ReasonRejudged  Reason = "rejudged"  // the same wording with another verdict
	ReasonUnchanged Reason = "unchanged" // nothing to do
)

// outcome counts what became of the articles of one write.
type outcome map[Reason]int

// written is what one write left behind.
type written struct {
	articles []article.Article // those that the index must take, as they are stored
	fresh    []string          // IDs that were not there
	held     span
}

// put writes articles in one transaction.
func (f *articleFile) put(ctx context.Context, articles []article.Article, held span, now time.Time) (written, outcome, error) {
	w, o := written{held: held}, outcome{}
	err := f.within(ctx, func(tx *sql.Tx) error {
		for i := range articles {
			reason, err := f.upsert(ctx, tx, articles[i], &w, now)
			if err != nil {
				return fmt.Errorf("article %q: %w", articles[i].ID, err)
			}
			o[reason]++
		}
		return nil
	})
	if err != nil {
		return w, nil, fmt.Errorf("write %d articles: %w", len(articles), err)
	}
	return w, o, nil
}

// upsert writes one article, or what is new about it.
func (f *articleFile) upsert(ctx context.Context, tx *sql.Tx, a article.Article, w *written, now time.Time) (Reason, error) {
	var body []byte
	err := tx.QueryRowContext(ctx, `SELECT body FROM articles WHERE id = ?`, a.ID).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		w.fresh = append(w.fresh, a.ID)
		return ReasonNew, f.insert(ctx, tx, a, w)
	}
	if err != nil {
		return "", err
	}
	old, err := f.codec.decode(body)
	if err != nil {
		return "", err
	}
	merged, reason := merge(old, a)
	if reason == ReasonUnchanged {
		return reason, nil
	}
	if reason == ReasonRevised {
		if err := keep(ctx, tx, a.ID, replaced{old.Revision, now.UnixMilli(), body}); err != nil {
			return "", err
		}
	}
	return reason, f.update(ctx, tx, merged, w)
}

// merge decides what an article becomes when it comes again. The earliest first sight is kept always.
func merge(old, a article.Article) (article.Article, Reason) {
	if old.Revision != a.Revision {
		if old.FirstSeen.Before(a.FirstSeen) {
			a.FirstSeen = old.FirstSeen
		}
		return a, ReasonRevised
	}
	if a.Verdict == nil || reflect.DeepEqual(old.Verdict, a.Verdict) {
		return old, ReasonUnchanged
	}
	old.Verdict = a.Verdict
	return old, ReasonRejudged
}

func (f *articleFile) insert(ctx context.Context, tx *sql.Tx, a article.Article, w *written) error {
	body, err := f.codec.encode(&a)
	if err != nil {
		return err
	}
	w.take(a)
	w.held.count++
	_, err = tx.ExecContext(ctx, `INSERT INTO articles (id, change, first_seen, published, revision, body) VALUES (?,?,?,?,?,?)`,
		a.ID, w.held.change, a.FirstSeen.UnixMilli(), a.Published.UnixMilli(), a.Revision, body)
	return err
}

func (f *articleFile) update(ctx context.Context, tx *sql.Tx, a article.Article, w *written) error {
	body, err := f.codec.encode(&a)
	if err != nil {
		return err
	}
	w.take(a)
	_, err = tx.ExecContext(ctx, `UPDATE articles SET change = ?, first_seen = ?, published = ?, revision = ?, body = ? WHERE id = ?`,
		w.held.change, a.FirstSeen.UnixMilli(), a.Published.UnixMilli(), a.Revision, body, a.ID)
	return err
}

// keep moves a wording into the history.
func keep(ctx context.Context, tx *sql.Tx, id string, r replaced) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO revisions (id, revision, replaced_at, body) VALUES (?,?,?,?) ON CONFLICT DO NOTHING`,
		id, r.revision, r.at, r.body)
	return err
}

// take notes an article as changed under the next change number.
func (w *written) take(a article.Article) {
	w.articles = append(w.articles, a)
	w.held.take(time.UnixMilli(a.FirstSeen.UnixMilli()).UTC())
}

// take counts a change of an article that was first seen at a time.
func (s *span) take(seen time.Time) {
	if s.change == 0 || seen.Before(s.first) {
		s.first = seen
	}
	if s.change == 0 || seen.After(s.last) {
		s.last = seen
	}
	s.change++
}
