package alerting

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"
)

// tellings remembers how articles told their rumours: each new article is held against all that opened a story.
type tellings struct {
	mu    sync.Mutex
	known map[string]*telling // by article and revision
}

// maxTellings bounds the memory; beyond it they are read again.
const maxTellings = 5000

func (m *tellings) get(key string) *telling {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.known[key]
}

func (m *tellings) put(key string, t *telling) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.known == nil || len(m.known) >= maxTellings {
		m.known = map[string]*telling{}
	}
	m.known[key] = t
}

// tellingOf returns how a known article tells a claim.
func (t *take) tellingOf(ctx context.Context, claim, article, revision string) (*telling, error) {
	key := article + " " + revision + " " + claim
	if known := t.tellings.get(key); known != nil {
		return known, nil
	}
	var f told
	var snips, places string
	err := t.tx.QueryRow(ctx, `SELECT title, lead, opening, outlet, language, snippets, places FROM alerts WHERE claim_id = ? AND article_id = ?`, claim, article).
		Scan(&f.title, &f.lead, &f.opening, &f.outlet, &f.language, &snips, &places)
	if err == nil {
		err = errors.Join(json.Unmarshal([]byte(snips), &f.snippets), json.Unmarshal([]byte(places), &f.places))
	}
	if err != nil {
		return nil, fmt.Errorf("read what article %s tells: %w", article, err)
	}
	out := f.telling()
	t.tellings.put(key, out)
	return out, nil
}

// tellingOfNew returns how an article that is not stored yet tells its claim. It is kept under the article's name: it may open a
// story.
func (t *take) tellingOfNew(p pair) *telling {
	key := p.a.ID + " " + p.a.Revision + " " + p.id
	known := t.tellings.get(key)
	if known == nil {
		known = told{p.a.Title, p.a.Lead, opening(p.a.Text), p.a.Outlet, p.a.Language, snippets(p.a, p.m.Spans), p.a.Verdict.Places}.telling()
		t.tellings.put(key, known)
	}
	return known
}

// mostOpeners bounds what one article is held against.
const mostOpeners = 2000

// kin returns the story of a pattern, within the window, that tells of the same event as an article: of those with enough points
// the one with most. The article is held against the one that opened each, so that a story does not grow from one rumour into the
// next; an answer, against any of a story. What was merged away is found too: it sends its articles on.
func (t *take) kin(ctx context.Context, p pair, from, to time.Time) (candidate, error) {
	opened := `a.article_id = s.first_article AND (a.story_id = s.id OR a.moved_from = s.id)`
	if p.role == RoleAnswers {
		opened = `a.story_id = s.id`
	}
	type opener struct {
		candidate
		article, revision string
		role              Role
	}
	rows, err := t.tx.Query(ctx, `SELECT s.id, s.merged_into, s.state, a.article_id, a.revision, a.role FROM stories s JOIN alerts a ON a.claim_id = s.claim_id AND `+opened+`
		WHERE s.claim_id = ? AND s.last_seen >= ? AND s.first_seen <= ? ORDER BY s.last_seen DESC, s.id, a.seen LIMIT ?`, p.id, toMillis(from), toMillis(to), mostOpeners)
	if err != nil {
		return candidate{}, fmt.Errorf("read who opened stories: %w", err)
	}
	openers, err := collect(rows, "read who opened stories", func(row scanner) (opener, error) {
		var o opener
		err := row.Scan(&o.id, &o.mergedInto, &o.state, &o.article, &o.revision, &o.role)
		return o, err
	})
	if err != nil || len(openers) == 0 {
		return candidate{}, err
	}
	var best candidate
	mine := t.tellingOfNew(p)
	for _, o := range openers {
		theirs, err := t.tellingOf(ctx, p.id, o.article, o.revision)
		if err != nil {
			return candidate{}, err
		}
		need := float64(enough)
		if (p.role == RoleAnswers) != (o.role == RoleAnswers) { // an answer may be read before its rumour
			need = enoughAnswer
		}
		if o.points = mine.likeness(theirs); o.points >= need && o.points > best.points {
			best = o.candidate
		}
	}
	return best, nil
}
