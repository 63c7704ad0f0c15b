package web

import (
	"errors"
	"net/http"

	"haidang/alerting"
	"haidang/internal/article"
)

// storyBody is one story with everything that belongs to it.
type storyBody struct {
	row
	Carries    []alertView
	Answers    []alertView
	Withdrawn  []alertView
	Events     []eventView
	Deliveries []alerting.Delivery
}

// alertView is one article of a story.
type alertView struct {
	alerting.Alert
	L        language
	Passages []passage
}

// Total is what the parts of the score add up to.
func (a alertView) Total() int {
	sum := 0
	for _, p := range a.Parts {
		sum += p.Points
	}
	return sum
}

// eventView is one line of what happened.
type eventView struct {
	alerting.Event
	Title string // of the article it speaks of
}

func (s *Server) story(w http.ResponseWriter, r *http.Request) error {
	detail, err := s.deps.Desk.Story(r.Context(), r.PathValue("id"))
	if errors.Is(err, alerting.ErrNotFound) {
		return errNotFound
	}
	if err != nil {
		return err
	}
	body := storyBody{row: s.row(r, &detail.Story), Deliveries: detail.Deliveries}
	titles := map[string]string{}
	for _, a := range detail.Alerts {
		titles[a.ArticleID] = a.Title
		body.add(alertView{Alert: a, L: body.L, Passages: passages(a)})
	}
	for _, e := range detail.Events {
		body.Events = append(body.Events, eventView{Event: e, Title: titles[e.ArticleID]})
	}
	return s.show(w, r, http.StatusOK, "story", page{Title: body.Statement(), Section: "desk", Body: body})
}

func (b *storyBody) add(v alertView) {
	switch v.Role {
	case alerting.RoleAnswers:
		b.Answers = append(b.Answers, v)
	case alerting.RoleWithdrawn:
		b.Withdrawn = append(b.Withdrawn, v)
	default:
		b.Carries = append(b.Carries, v)
	}
}

// passages are the marked pieces of an article; an article without marks in its title shows the title unmarked, above.
func passages(a alerting.Alert) []passage {
	var out []passage
	for _, s := range a.Snippets {
		out = append(out, passageOf(s))
	}
	return out
}

// TitlePassage is the title with its marks, or nil when nothing in it is marked.
func (a alertView) TitlePassage() *passage {
	for i := range a.Passages {
		if a.Passages[i].Field == article.Title {
			return &a.Passages[i]
		}
	}
	return nil
}
