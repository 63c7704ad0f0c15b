package alerting

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// StoriesAt lists stories as their articles made them at a moment: what rang later is not there, and what was seen
// later is not counted. State, owner and the claim's wording and verdict are those of now. The filter is applied to
// the stories as they are now, so ask for more than the answer needs.
func (d *Desk) StoriesAt(ctx context.Context, at time.Time, f Filter) ([]Story, error) {
	if f.RangBefore.IsZero() || f.RangBefore.After(at) {
		f.RangBefore = at
	}
	stories, err := d.Stories(ctx, f)
	if err != nil {
		return nil, err
	}
	byID := make(map[string]*Story, len(stories))
	ids := make([]any, 0, len(stories))
	for i := range stories {
		stories[i].forget()
		byID[stories[i].ID] = &stories[i]
		ids = append(ids, stories[i].ID)
	}
	for chunk := range slices.Chunk(ids, lookup) {
		if err := d.replay(ctx, at, chunk, byID); err != nil {
			return nil, fmt.Errorf("read the articles of %d stories: %w", len(chunk), err)
		}
	}
	return slices.DeleteFunc(stories, func(s Story) bool { return s.Articles+s.Answers == 0 }), nil
}

// forget clears what follows from the articles of a story.
func (s *Story) forget() {
	s.FirstSeen, s.LastSeen, s.AnsweredAt, s.Appeared, s.AnswerAppeared = time.Time{}, time.Time{}, time.Time{}, time.Time{}, time.Time{}
	s.FirstArticle, s.FirstOutlet, s.FirstTitle, s.FirstURL = "", "", "", ""
	s.AnswerArticle, s.AnswerOutlet, s.AnswerTitle, s.AnswerURL, s.AnswerStance = "", "", "", "", ""
	s.Articles, s.Copies, s.Outlets, s.MaxScore, s.Answers = 0, 0, 0, 0, 0
	s.Languages = []string{}
}

func (d *Desk) replay(ctx context.Context, at time.Time, ids []any, byID map[string]*Story) error {
	outlets := map[[2]string]bool{}
	return d.countRows(ctx, func(row scanner) error {
		var a Alert
		err := row.Scan(&a.StoryID, &a.ArticleID, &a.Role, &a.Outlet, &a.Title, &a.URL, &a.Stance, &a.Language, &a.Score, millis{&a.FirstSeen}, millis{&a.Published}, &a.CopyOf, list{&a.Topics})
		if err != nil {
			return err
		}
		s := byID[a.StoryID]
		s.LastSeen = a.FirstSeen
		for _, topic := range a.Topics {
			if !slices.Contains(s.Topics, topic) {
				s.Topics = append(s.Topics, topic)
			}
		}
		switch a.Role {
		case RoleCarries:
			s.carriedBy(&a)
			if key := [2]string{a.StoryID, a.Outlet}; a.CopyOf == "" && !outlets[key] {
				outlets[key] = true
				s.Outlets++
			}
		case RoleAnswers:
			s.answeredBy(&a)
		}
		return nil
	}, `SELECT story_id, article_id, role, outlet, title, url, stance, language, score, seen, published, copy_of, topics FROM alerts
		WHERE story_id IN (`+marks(len(ids))+`) AND seen < ? ORDER BY seen, article_id`, append(slices.Clip(ids), toMillis(at))...)
}

func (s *Story) carriedBy(a *Alert) {
	if s.Articles == 0 {
		s.begins(a)
	}
	s.Articles++
	s.MaxScore = max(s.MaxScore, a.Score)
	if a.CopyOf != "" {
		s.Copies++
	}
	if a.Language != "" && !slices.Contains(s.Languages, a.Language) {
		s.Languages = append(s.Languages, a.Language)
		slices.Sort(s.Languages)
	}
}

func (s *Story) answeredBy(a *Alert) {
	if s.Answers == 0 {
		s.AnsweredAt, s.AnswerArticle, s.AnswerOutlet, s.AnswerTitle, s.AnswerURL = a.FirstSeen, a.ArticleID, a.Outlet, a.Title, a.URL
		s.AnswerStance, s.AnswerAppeared = a.Stance, appeared(a.Published, a.FirstSeen)
	}
	s.Answers++
	if s.Articles == 0 && s.FirstArticle == "" {
		s.begins(a)
	}
}

// begins makes an article the story's first.
func (s *Story) begins(a *Alert) {
	s.FirstSeen, s.FirstArticle, s.FirstOutlet, s.FirstTitle, s.FirstURL = a.FirstSeen, a.ArticleID, a.Outlet, a.Title, a.URL
	s.Appeared = appeared(a.Published, a.FirstSeen)
}
