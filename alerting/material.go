package alerting

import (
	"context"
	"slices"
	"strconv"

	"haidang/internal/text"
)

// Material is a change for which a story that somebody has dealt with comes back.
type Material string

// The material changes.
const (
	TopSource        Material = "top_source"        // the first outlet of the top tier carries it
	SourcesDoubled   Material = "sources_doubled"   // twice as many outlets as when somebody last acted, four at least
	NewFigure        Material = "new_figure"        // a headline gives a number that none gave before
	NewLanguage      Material = "new_language"      // it is told in another language
	OfficialResponse Material = "official_response" // the first answer
	HeadlineEdited   Material = "headline_edited"   // an outlet changed its headline without saying so
)

// fewSources is the number of outlets below which a doubling means nothing.
const fewSources = 4

// comesBack reports whether a story in this state comes back for a material change.
func (s State) comesBack() bool {
	to, refusal := next(Change, s, "")
	return refusal == "" && to != s
}

// reopen brings a story back that somebody has dealt with, where an article changed it materially.
func (t *take) reopen(ctx context.Context, p pair, before, after *Story, kind Kind, detail string) error {
	if !after.State.comesBack() || !after.Rang() {
		return nil
	}
	m, err := t.material(ctx, p, before, after, kind, detail)
	if err != nil || m == "" {
		return err
	}
	was := after.State
	to, _ := next(Change, was, "")
	t.enter(after, to, Change)
	after.ReopenedFor, after.KnownOutlets = m, after.Outlets
	after.Outcome, after.Noise, after.ClosedAt = "", "", none
	t.callLater(after)
	if err := t.record(ctx, after, &AuditEntry{Actor: systemActor, Action: Change, Was: was}, acted{For: string(m), Articles: []string{p.a.ID}}); err != nil {
		return err
	}
	e := Event{Kind: KindReopened, Rings: true, StoryID: after.ID, ArticleID: p.a.ID, Detail: string(m)}
	if err := t.event(ctx, &e); err != nil {
		return err
	}
	after.Seq = e.Seq
	return t.notify(ctx, KindReopened, p, after)
}

// material names the first material change that an article is to a story.
func (t *take) material(ctx context.Context, p pair, before, after *Story, kind Kind, oldTitle string) (Material, error) {
	fresh := kind == KindJoined
	switch {
	case !before.Answered() && after.Answered():
		return OfficialResponse, nil
	case kind == KindEdited && oldTitle != "" && p.role == RoleCarries:
		return HeadlineEdited, nil
	case !fresh:
		return "", nil
	case len(after.Languages) > len(before.Languages):
		return NewLanguage, nil
	case after.Outlets >= max(fewSources, 2*before.KnownOutlets):
		return SourcesDoubled, nil
	}
	if p.a.OutletTier == 1 {
		var others int
		err := t.tx.QueryRow(ctx, `SELECT COUNT(*) FROM alerts WHERE story_id = ? AND role = 'carries' AND tier = 1 AND article_id <> ?`, after.ID, p.a.ID).Scan(&others)
		if err != nil || others == 0 {
			return TopSource, err
		}
	}
	isNew, err := t.newFigure(ctx, p, after.ID)
	if err != nil || !isNew {
		return "", err
	}
	return NewFigure, nil
}

// newFigure reports whether an article's headline gives a number of two digits or more that no headline of the story
// gave before it.
func (t *take) newFigure(ctx context.Context, p pair, storyID string) (bool, error) {
	mine := figures(p.a.Title)
	if len(mine) == 0 {
		return false, nil
	}
	rows, err := t.tx.Query(ctx, `SELECT title FROM alerts WHERE story_id = ? AND role = 'carries' AND article_id <> ? LIMIT ?`, storyID, p.a.ID, maxLimit)
	if err != nil {
		return false, err
	}
	titles, err := collect(rows, "read headlines", func(row scanner) (string, error) {
		var title string
		err := row.Scan(&title)
		return title, err
	})
	if err != nil {
		return false, err
	}
	known := map[string]bool{}
	for _, title := range titles {
		for _, f := range figures(title) {
			known[f] = true
		}
	}
	return slices.ContainsFunc(mine, func(f string) bool { return !known[f] }), nil
}

// figures returns the numbers of a headline that may be a toll or a sum.
func figures(title string) []string {
	var out []string
	for _, n := range text.Numbers(text.Analyze(title)) {
		if n.Value >= 10 {
			out = append(out, strconv.FormatFloat(n.Value, 'g', -1, 64))
		}
	}
	return out
}
