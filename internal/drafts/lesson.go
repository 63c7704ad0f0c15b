package drafts

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"haidang/alerting"
	"haidang/internal/article"
)

// Desk is what a lesson needs of the stories.
type Desk interface {
	Story(ctx context.Context, id string) (alerting.StoryDetail, error)
	Act(ctx context.Context, c alerting.Command) ([]alerting.Result, error)
}

// Archive gives whole articles.
type Archive interface {
	Get(ctx context.Context, id string) (article.Article, error)
}

// Lesson is what somebody of the desk wants a rule to learn from a story that was closed as noise.
type Lesson struct {
	StoryID   string
	ArticleID string // empty: the article that was first
	Group     Group  // empty: what the reason of the noise calls for
	By        string // who asks for it
}

// Why a lesson was not written.
var (
	ErrNotNoise  = errors.New("the story was not closed as noise: close it with the reason first, so that the rule is judged by it too")
	ErrNoArticle = errors.New("the story has no such article that carries the claim")
)

// Teach writes an article of a story as a counter-example of its claim, and notes it as a comment on the story. Where there
// is no archive, or it lost the article, the words that the desk keeps are written.
func (d *Drafts) Teach(ctx context.Context, desk Desk, archive Archive, l Lesson) (Written, error) {
	story, err := desk.Story(ctx, l.StoryID)
	if err != nil {
		return Written{}, err
	}
	if !story.Outcome.Noisy() {
		return Written{}, ErrNotNoise
	}
	if l.ArticleID == "" {
		l.ArticleID = story.FirstArticle
	}
	at := slices.IndexFunc(story.Alerts, func(a alerting.Alert) bool { return a.ArticleID == l.ArticleID && a.Role == alerting.RoleCarries })
	if at < 0 {
		return Written{}, ErrNoArticle
	}
	if l.Group == "" {
		l.Group = GroupFor(&story.Story)
	}
	note := fmt.Sprintf("%s, %s: %s, %s; story %s", story.ClosedAt.Format("2006-01-02"), l.By, story.Outcome, story.Noise, story.ID)
	out, err := d.Add(Example{ClaimID: story.ClaimID, Group: l.Group, Article: whole(ctx, archive, &story.Alerts[at]), Note: note})
	if err != nil {
		return out, err
	}
	_, err = desk.Act(ctx, alerting.Command{
		Action: alerting.Comment, Actor: l.By, Stories: []alerting.Ref{{ID: story.ID}}, Note: fmt.Sprintf("Phản ví dụ: %s:%d (%s)", strings.TrimPrefix(out.File, d.dir+string(filepath.Separator)), out.Line, l.Group),
	})
	return out, err
}

// GroupFor is the kind of example that a story's reason of noise calls for.
func GroupFor(s *alerting.Story) Group {
	if s.Outcome == alerting.DebunkNotClaim || s.Noise == alerting.WrongStance {
		return Denies
	}
	return NoMatch
}

// whole is an article as the archive has it, or else what the desk keeps of it.
func whole(ctx context.Context, archive Archive, a *alerting.Alert) *article.Article {
	if archive != nil {
		if found, err := archive.Get(ctx, a.ArticleID); err == nil {
			return &found
		}
	}
	var pieces []string
	for _, s := range a.Snippets {
		if s.Field == article.Text {
			pieces = append(pieces, s.Text)
		}
	}
	return &article.Article{ID: a.ArticleID, Title: a.Title, Lead: a.Lead, Text: strings.Join(pieces, "\n")}
}
