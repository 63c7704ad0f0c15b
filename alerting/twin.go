package alerting

import (
	"context"
	"fmt"
	"time"

	"haidang/internal/text"
)

// original is an article that is no copy, with the fingerprint of its text.
type original struct {
	id, revision, story, movedFrom string
	seen                           time.Time
	print                          string
}

// twin looks for a near-identical text with the same claim among the articles that are not copies themselves. The same words about
// another bank are no copy.
func (t *take) twin(ctx context.Context, p pair) (home, error) {
	mine, err := text.ParseFingerprint(p.a.Fingerprint)
	if err != nil || len(mine) == 0 {
		return home{}, nil // a text without a fingerprint is like no other
	}
	originals, err := t.originals(ctx, p)
	if err != nil {
		return home{}, err
	}
	var best home
	closest := t.cfg.CopySimilarity
	for _, o := range originals {
		theirs, err := text.ParseFingerprint(o.print)
		if err != nil {
			continue // written by another version: no evidence of a copy
		}
		similarity := text.Similarity(mine, theirs)
		if similarity < closest || (similarity == closest && best.storyID != "") {
			continue
		}
		if other, err := t.elsewhere(ctx, p, o); err != nil {
			return home{}, err
		} else if other {
			continue
		}
		closest = similarity
		if best = (home{storyID: o.story, movedFrom: o.movedFrom, copyOf: o.id}); p.seen.Before(o.seen) {
			best = home{storyID: o.story, movedFrom: o.movedFrom, original: o.id}
		}
	}
	return best, nil
}

// originals returns the articles whose text a new one may be a copy of.
func (t *take) originals(ctx context.Context, p pair) ([]original, error) {
	span := t.cfg.CopyWindow.Std()
	rows, err := t.tx.Query(ctx, `SELECT article_id, revision, story_id, moved_from, seen, fingerprint FROM alerts
		WHERE claim_id = ? AND copy_of = '' AND seen >= ? AND seen <= ? AND role <> ? AND fingerprint <> ''`,
		p.id, toMillis(p.seen.Add(-span)), toMillis(p.seen.Add(span)), string(RoleWithdrawn))
	if err != nil {
		return nil, fmt.Errorf("look for copies: %w", err)
	}
	return collect(rows, "look for copies", func(row scanner) (original, error) {
		var o original
		err := row.Scan(&o.id, &o.revision, &o.story, &o.movedFrom, millis{&o.seen}, &o.print)
		return o, err
	})
}

// elsewhere reports whether an article of a pattern is about others than a known one: see [telling.elsewhere].
func (t *take) elsewhere(ctx context.Context, p pair, o original) (bool, error) {
	if !p.manyRumours() {
		return false, nil
	}
	theirs, err := t.tellingOf(ctx, p.id, o.id, o.revision)
	return err == nil && t.tellingOfNew(p).elsewhere(theirs), err
}
