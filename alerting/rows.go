package alerting

import (
	"context"
	"fmt"
	"strings"

	"haidang/internal/article"
	"haidang/internal/store"
)

// saveStory inserts or replaces a story.
func (t *take) saveStory(ctx context.Context, s *Story) error {
	places, err := jsonOf(s.Places)
	if err != nil {
		return err
	}
	languages, err := jsonOf(s.Languages)
	if err != nil {
		return err
	}
	s.UpdatedAt = t.now
	columns := strings.Split(strings.Join(strings.Fields(storyColumns), ""), ",")
	sets := make([]string, 0, len(columns))
	for _, c := range columns[1:] {
		sets = append(sets, c+" = excluded."+c)
	}
	_, err = t.tx.Exec(ctx, `INSERT INTO stories (`+storyColumns+`) VALUES (`+marks(len(columns))+`) ON CONFLICT (id) DO UPDATE SET `+strings.Join(sets, ", "),
		s.ID, s.ClaimID, s.ClaimVersion, s.StatementVI, s.StatementEN, s.Field, string(s.Severity), oneIf(s.Pattern), s.Verdict, s.DecidedBy,
		string(s.State), s.Owner, places, toMillis(s.FirstSeen), s.FirstArticle, s.FirstOutlet, s.FirstTitle, s.FirstURL, toMillis(s.LastSeen),
		s.Articles, s.Copies, s.Outlets, languages, s.MaxScore, s.Answers,
		toMillis(s.AnsweredAt), s.AnswerArticle, s.AnswerOutlet, s.AnswerTitle, s.AnswerURL, string(s.AnswerStance),
		toMillis(s.RangAt), toMillis(s.CreatedAt), toMillis(s.UpdatedAt), s.Seq, toMillis(s.Appeared), toMillis(s.AnswerAppeared),
		s.Version, string(s.StateBefore), string(s.Outcome), string(s.Noise), s.MergedInto, s.SuppressedBy, string(s.ReopenedFor),
		toMillis(s.UntilAt), toMillis(s.EscalateAt), s.Called, toMillis(s.AcknowledgedAt), toMillis(s.RespondedAt), toMillis(s.ClosedAt), s.KnownOutlets)
	if err != nil {
		return fmt.Errorf("save story %s: %w", s.ID, err)
	}
	return nil
}

func oneIf(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Longest title, lead and address that are kept, in bytes: a page may hold anything.
const (
	maxTitle = 1000
	maxLead  = 2000
	maxURL   = 4000
	maxCode  = 16 // a language, a country
)

// alertJSON holds the parts of an alert that are stored as JSON.
type alertJSON struct{ places, topics, parts, snippets string }

func encodeAlert(p pair) (out alertJSON, err error) {
	for _, f := range []struct {
		to *string
		v  any
	}{
		{&out.places, nonNil(p.a.Verdict.Places)},
		{&out.topics, nonNil(p.a.Verdict.Topics)},
		{&out.parts, nonNil(p.m.Parts)},
		{&out.snippets, nonNil(snippets(p.a, p.m.Spans))},
	} {
		if *f.to, err = jsonOf(f.v); err != nil {
			return out, fmt.Errorf("encode the alert: %w", err)
		}
	}
	return out, nil
}

func nonNil[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

func (t *take) insertAlert(ctx context.Context, p pair, storyID string, h home) error {
	j, err := encodeAlert(p)
	if err != nil {
		return err
	}
	a := p.a
	_, err = t.tx.Exec(ctx, `INSERT INTO alerts (claim_id, article_id, story_id, role, stance, score, url, outlet, country, title, lead, language,
			published, seen, origin, revision, fingerprint, moved_from, tier, copy_of, places, topics, rules_version, parts, snippets,
			credit, feed_only, opening)
		VALUES (`+marks(28)+`)`,
		p.id, a.ID, storyID, string(p.role), string(p.m.Stance), p.m.Score, clip(address(a), maxURL), clip(a.Outlet, maxTitle), clip(a.OutletCountry, maxCode),
		clip(a.Title, maxTitle), clip(a.Lead, maxLead), clip(a.Language, maxCode),
		toMillis(a.Published), toMillis(p.seen), string(a.Origin), a.Revision, a.Fingerprint, h.movedFrom, a.OutletTier, h.copyOf,
		j.places, j.topics, a.Verdict.RulesVersion, j.parts, j.snippets, clip(a.Credit, maxTitle), oneIf(a.FeedOnly), opening(a.Text))
	if err != nil {
		return fmt.Errorf("store the alert: %w", err)
	}
	if h.original == "" {
		return nil
	}
	// The new article was seen before the one that was held to be the original.
	_, err = t.tx.Exec(ctx, `UPDATE alerts SET copy_of = ? WHERE claim_id = ? AND story_id = ? AND (article_id = ? OR copy_of = ?)`,
		a.ID, p.id, storyID, h.original, h.original)
	if err != nil {
		return fmt.Errorf("name the new original: %w", err)
	}
	return nil
}

func (t *take) updateAlert(ctx context.Context, p pair) error {
	j, err := encodeAlert(p)
	if err != nil {
		return err
	}
	a := p.a
	_, err = t.tx.Exec(ctx, `UPDATE alerts SET role = ?, stance = ?, score = ?, title = ?, lead = ?, language = ?, revision = ?, fingerprint = ?,
			places = ?, topics = ?, rules_version = ?, parts = ?, snippets = ?, credit = ?, feed_only = ?, opening = ? WHERE claim_id = ? AND article_id = ?`,
		string(p.role), string(p.m.Stance), p.m.Score, clip(a.Title, maxTitle), clip(a.Lead, maxLead), clip(a.Language, maxCode), a.Revision, a.Fingerprint,
		j.places, j.topics, a.Verdict.RulesVersion, j.parts, j.snippets, clip(a.Credit, maxTitle), oneIf(a.FeedOnly), opening(a.Text), p.id, a.ID)
	return err
}

// address is where people read the article.
func address(a *article.Article) string {
	if a.URL != "" {
		return a.URL
	}
	return a.CanonicalURL
}

func insertEvent(ctx context.Context, tx *store.Tx, e *Event) error {
	_, err := tx.Exec(ctx, `INSERT INTO events (seq, at, kind, rings, story_id, article_id, detail) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		e.Seq, toMillis(e.At), string(e.Kind), oneIf(e.Rings), e.StoryID, e.ArticleID, clip(e.Detail, maxTitle))
	if err != nil {
		return fmt.Errorf("store the event: %w", err)
	}
	return nil
}
