package saved

import (
	"context"
	"fmt"
	"time"

	"haidang/internal/article"
	"haidang/internal/query"
	"haidang/internal/store"
)

// Handle holds articles against all searches and keeps what matched. An article that was handled before changes nothing.
func (s *Saved) Handle(ctx context.Context, articles []article.Article) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.refresh(ctx); err != nil {
		return fmt.Errorf("saved searches: %w", err)
	}
	var found []match
	for i := range articles {
		a := &articles[i]
		if a.Origin != article.Live || s.set.Len() == 0 {
			continue
		}
		for _, m := range s.set.Match(query.Document(a)) {
			found = append(found, match{rule: s.rules[m.ID], article: a})
		}
	}
	if err := s.keep(ctx, found); err != nil {
		return fmt.Errorf("saved searches: %w", err)
	}
	return s.prune(ctx)
}

// match is one article that a search found.
type match struct {
	rule    rule
	article *article.Article
}

// refresh compiles the searches again when they have changed. One that cannot be compiled any more, because a list that it
// names is gone, is left out and counted.
func (s *Saved) refresh(ctx context.Context) error {
	var version int64
	if err := s.deps.DB.QueryRow(ctx, `SELECT version FROM saved_changes`).Scan(&version); err != nil {
		return err
	}
	if version == s.version {
		return nil
	}
	all, err := s.List(ctx, "")
	if err != nil {
		return err
	}
	set, err := query.Compile(nil)
	if err != nil {
		return err
	}
	rules, broken := map[string]rule{}, 0
	for _, one := range all {
		q, err := s.Parse(one.Query)
		if err != nil {
			broken++
			continue
		}
		with, err := set.With(query.Rule{ID: one.ID, Query: q})
		if err != nil {
			broken++
			continue
		}
		set, rules[one.ID] = with, rule{one, q.Story}
	}
	s.set, s.rules, s.version = set, rules, version
	s.metrics.searches.Set(float64(len(rules)))
	s.metrics.broken.Set(float64(broken))
	return nil
}

// keep stores matches, each once, and decides which of them ring. All or nothing is stored.
func (s *Saved) keep(ctx context.Context, found []match) error {
	if len(found) == 0 {
		return nil
	}
	matched, rang := 0, 0
	err := s.deps.DB.InTx(ctx, func(tx *store.Tx) error {
		matched, rang = 0, 0
		var ring int64
		if err := tx.QueryRow(ctx, `UPDATE sequences SET value = value WHERE name = 'saved' RETURNING value`).Scan(&ring); err != nil {
			return err
		}
		for _, m := range found {
			fresh, err := m.insert(ctx, tx)
			if err != nil {
				return err
			}
			if !fresh {
				continue
			}
			matched++
			rings, err := m.rings(ctx, tx)
			if err != nil {
				return err
			}
			if !rings {
				continue
			}
			rang++
			ring++
			if _, err := tx.Exec(ctx, `UPDATE saved_matches SET rings = ? WHERE search_id = ? AND article_id = ?`, ring, m.rule.ID, m.article.ID); err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, `UPDATE sequences SET value = ? WHERE name = 'saved'`, ring)
		return err
	})
	if err == nil {
		s.metrics.matches.Add(float64(matched))
		s.metrics.rings.Add(float64(rang))
	}
	return err
}

// insert stores a match; fresh is false when it was there. A search that was removed meanwhile has no more matches.
func (m match) insert(ctx context.Context, tx *store.Tx) (fresh bool, err error) {
	res, err := tx.Exec(ctx, `
		INSERT INTO saved_matches (search_id, article_id, at, outlet, title, url, rings)
		SELECT id, ?, ?, ?, ?, ?, 0 FROM saved_searches WHERE id = ? ON CONFLICT (search_id, article_id) DO NOTHING`,
		m.article.ID, m.article.FirstSeen.UnixMilli(), m.article.Outlet, m.article.Title, m.article.URL, m.rule.ID)
	if err != nil {
		return false, fmt.Errorf("keep match of article %q: %w", m.article.ID, err)
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

// rings decides about a match that was just stored.
func (m match) rings(ctx context.Context, tx *store.Tx) (bool, error) {
	if m.rule.story == nil {
		return true, nil
	}
	at := m.article.FirstSeen
	rows, err := tx.Query(ctx, `SELECT at, outlet, rings FROM saved_matches WHERE search_id = ? AND at > ? AND at < ? ORDER BY at`,
		m.rule.ID, at.Add(-m.rule.story.Within).UnixMilli(), at.Add(m.rule.story.Within).UnixMilli())
	if err != nil {
		return false, err
	}
	defer rows.Close()
	var near []sighting
	rang := false
	for rows.Next() {
		var one sighting
		var ms, ring int64
		if err := rows.Scan(&ms, &one.outlet, &ring); err != nil {
			return false, err
		}
		one.at = time.UnixMilli(ms)
		near, rang = append(near, one), rang || ring > 0
	}
	return !rang && enough(near, *m.rule.story), rows.Err()
}

// sighting is one match as COUNT sees it.
type sighting struct {
	at     time.Time
	outlet string
}

// enough reports whether, within some stretch of the given length, enough different outlets matched. The sightings are in
// order. Articles come late and out of order, so a stretch is looked for, not only the last one.
func enough(near []sighting, c query.Count) bool {
	from := 0
	outlets := map[string]int{}
	for _, one := range near {
		outlets[one.outlet]++
		for one.at.Sub(near[from].at) >= c.Within {
			if outlets[near[from].outlet]--; outlets[near[from].outlet] == 0 {
				delete(outlets, near[from].outlet)
			}
			from++
		}
		if len(outlets) >= c.AtLeast {
			return true
		}
	}
	return false
}

// pruneEvery is how often old matches are taken away.
const pruneEvery = time.Hour

func (s *Saved) prune(ctx context.Context) error {
	now := s.deps.Now()
	if now.Sub(s.pruned) < pruneEvery {
		return nil
	}
	if _, err := s.deps.DB.Exec(ctx, `DELETE FROM saved_matches WHERE at < ?`, now.Add(-keepFor).UnixMilli()); err != nil {
		return fmt.Errorf("forget old matches: %w", err)
	}
	s.pruned = now
	return nil
}
