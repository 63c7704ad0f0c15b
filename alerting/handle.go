package alerting

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"haidang/internal/article"
)

// ErrInvalid is an article that can never be taken in: send it to the dead letters.
var ErrInvalid = errors.New("not an article that alerting can take")

// Reason says what became of one pair of article and claim.
type Reason string

// The reasons.
const (
	ReasonOpened    Reason = "opened"    // it made a story ring
	ReasonJoined    Reason = "joined"    // it joined a story that had rung
	ReasonCopy      Reason = "copy"      // it joined as a near-identical copy
	ReasonAnswer    Reason = "answer"    // it was kept as an answer to the claim
	ReasonHistory   Reason = "history"   // not live: attached, and nobody was told
	ReasonEdited    Reason = "edited"    // a new revision of an article that is known
	ReasonWithdrawn Reason = "withdrawn" // a new revision without the claim
	ReasonReread    Reason = "reread"    // the same revision, read with other rules
	ReasonRepeat    Reason = "repeat"    // a redelivery: nothing was changed
)

func reasons() []Reason {
	return []Reason{
		ReasonOpened, ReasonJoined, ReasonCopy, ReasonAnswer, ReasonHistory,
		ReasonEdited, ReasonWithdrawn, ReasonReread, ReasonRepeat,
	}
}

func (d *Desk) handle(ctx context.Context, batch []article.Article) error {
	start := d.now()
	d.metrics.inFlight.Inc()
	defer d.metrics.inFlight.Dec()
	relevant, err := d.relevant(ctx, batch)
	if err != nil {
		return err
	}
	if len(relevant) > 0 {
		if err := d.change(ctx, func(t *take) error { return t.all(ctx, relevant) }); err != nil {
			return fmt.Errorf("take in %d articles: %w", len(relevant), err)
		}
	}
	d.metrics.duration.Observe(d.now().Sub(start).Seconds())
	d.metrics.lastSuccess.Set(float64(d.now().Unix()))
	return nil
}

// report tells the world what a committed transaction did.
func (d *Desk) report(t *take) {
	for _, reason := range t.reasons {
		d.metrics.articles.WithLabelValues(string(reason)).Inc()
	}
	for _, e := range t.events {
		if e.Rings {
			d.metrics.rings.Inc()
			d.log.Info("story rings", "story", e.StoryID, "article", e.ArticleID, "why", e.Kind)
		}
	}
	if len(t.events) > 0 {
		d.bell.ring()
	}
}

// relevant leaves out what can change nothing: articles without a claim that are in no story either.
func (d *Desk) relevant(ctx context.Context, batch []article.Article) ([]*article.Article, error) {
	ids := make([]any, 0, len(batch))
	for i := range batch {
		if batch[i].ID == "" {
			return nil, fmt.Errorf("article %q has no id: %w", batch[i].URL, ErrInvalid)
		}
		if !storable(batch[i].ID, batch[i].Revision, batch[i].Fingerprint) {
			return nil, fmt.Errorf("article %q has an id, revision or fingerprint that is no text: %w", batch[i].ID, ErrInvalid)
		}
		if batch[i].Verdict == nil {
			return nil, fmt.Errorf("article %s has no verdict: %w", batch[i].ID, ErrInvalid)
		}
		ids = append(ids, batch[i].ID)
	}
	known, err := d.inStories(ctx, ids)
	if err != nil {
		return nil, err
	}
	var out []*article.Article
	for i := range batch {
		a := &batch[i]
		if len(matches(a.Verdict)) > 0 {
			known[a.ID] = true
		}
		if known[a.ID] {
			out = append(out, a)
		}
	}
	return out, nil
}

// storable reports whether a database can hold these: PostgreSQL takes neither a zero byte nor broken UTF-8.
func storable(values ...string) bool {
	return !slices.ContainsFunc(values, func(s string) bool { return strings.ContainsRune(s, 0) || !utf8.ValidString(s) })
}

// lookup is how many IDs are asked for in one statement: SQLite and PostgreSQL both take many more.
const lookup = 500

func (d *Desk) inStories(ctx context.Context, ids []any) (map[string]bool, error) {
	known := map[string]bool{}
	for len(ids) > 0 {
		n := min(len(ids), lookup)
		err := d.countRows(ctx, func(row scanner) error {
			var id string
			defer func() { known[id] = true }()
			return row.Scan(&id)
		}, `SELECT DISTINCT article_id FROM alerts WHERE article_id IN (`+marks(n)+`)`, ids[:n]...)
		if err != nil {
			return nil, fmt.Errorf("look up known articles: %w", err)
		}
		ids = ids[n:]
	}
	return known, nil
}

// answered is the classifier's reason for a claim that is silent because the article answers it. A denial that is
// silent for another reason, such as too few points, is too weak to stop a clock.
const answered = "answered"

// role is what an article is to the story of one of its claims; "" is nothing.
func role(m *article.ClaimMatch) Role {
	switch {
	case m.Rings && m.Stance.MayRing():
		return RoleCarries
	case m.Stance.Answers() && (m.Silent == "" || m.Silent == answered):
		return RoleAnswers
	}
	return ""
}

// matches returns the claims that matter to a story, each once.
func matches(v *article.Verdict) []*article.ClaimMatch {
	var out []*article.ClaimMatch
	seen := map[string]bool{}
	for i := range v.Claims {
		m := &v.Claims[i]
		if role(m) == "" || seen[m.ID] {
			continue
		}
		seen[m.ID] = true
		out = append(out, m)
	}
	return out
}

// seenAt is the moment at which an article counts for its story: when we saw it, or, for one from the past, when it
// was published. It is never in the future.
func seenAt(a *article.Article, now time.Time) time.Time {
	at := a.FirstSeen
	if a.Origin != article.Live && !a.Published.IsZero() {
		at = a.Published
	}
	if at.IsZero() || at.After(now) {
		return now
	}
	return at
}
