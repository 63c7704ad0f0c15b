package web

import (
	"errors"
	"net/http"
	"slices"

	"haidang/alerting"
	"haidang/internal/article"
)

// shownArticles bounds each list of a story page: a rumour that swept the country still opens at once.
const shownArticles = 100

// storyBody is one story with everything that belongs to it.
type storyBody struct {
	row
	PlaceNames []string
	Why        *alertView // the article that made it ring; of a quiet story the first one
	Others     articleList
	Copied     articleList
	Answering  articleList
	Withdrawn  articleList
	Events     []eventView // the latest
	Deliveries []alerting.Delivery
}

// articleList is the first articles of a kind and the number of those left out.
type articleList struct {
	Shown []alertView
	More  int
}

func (a *articleList) add(v alertView) {
	if len(a.Shown) == shownArticles {
		a.More++
		return
	}
	a.Shown = append(a.Shown, v)
}

// Count is the number of articles in the list.
func (a articleList) Count() int { return len(a.Shown) + a.More }

// alertView is one article of a story.
type alertView struct {
	*alerting.Alert
	L        language
	Headline passage
	Passages []passage // of lead and text
	Lines    []scoreLine
}

// Total is what the parts of the score add up to.
func (a alertView) Total() int {
	sum := 0
	for _, p := range a.Parts {
		sum += p.Points
	}
	return sum
}

// AnswersIt reports whether the article answers the claim rather than carrying it.
func (a alertView) AnswersIt() bool { return a.Role == alerting.RoleAnswers }

// eventView is one line of what happened.
type eventView struct {
	alerting.Event
	Title string // of the article it speaks of
}

// Edited reports whether the event is an edit, whose detail is the headline as it was.
func (e eventView) Edited() bool { return e.Kind == alerting.KindEdited }

func (s *Server) story(w http.ResponseWriter, r *http.Request) error {
	detail, err := s.deps.Desk.Story(r.Context(), r.PathValue("id"))
	if errors.Is(err, alerting.ErrNotFound) {
		return errNotFound
	}
	if err != nil {
		return err
	}
	l := s.language(r)
	body := storyBody{row: s.row(l, &detail.Story, passage{}), PlaceNames: s.placeNames(l, detail.Places), Deliveries: detail.Deliveries}
	body.addArticles(detail.Alerts, ringer(&detail))
	body.addEvents(detail.Events, detail.Alerts)
	return s.show(w, r, http.StatusOK, "story", page{Title: body.Statement(), Section: "desk", Body: body})
}

// ringer is the article that made the story ring.
func ringer(d *alerting.StoryDetail) string {
	for _, e := range d.Events {
		if e.Rings {
			return e.ArticleID
		}
	}
	return d.FirstArticle
}

func (b *storyBody) addArticles(alerts []alerting.Alert, ringer string) {
	for i := range alerts {
		v := viewOf(b.L, &alerts[i])
		switch {
		case v.ArticleID == ringer && v.Role == alerting.RoleCarries:
			b.Why = &v
		case v.Role == alerting.RoleAnswers:
			b.Answering.add(v)
		case v.Role == alerting.RoleWithdrawn:
			b.Withdrawn.add(v)
		case v.CopyOf != "":
			b.Copied.add(v)
		default:
			b.Others.add(v)
		}
	}
	if b.Why == nil && len(b.Others.Shown) > 0 { // the ringing article took the claim out, or the story never rang
		b.Why, b.Others.Shown = &b.Others.Shown[0], b.Others.Shown[1:]
	}
}

func viewOf(l language, a *alerting.Alert) alertView {
	all := passages(a)
	return alertView{Alert: a, L: l, Headline: titleOf(a.Title, all), Lines: scoreLines(l, a.Parts, all), Passages: below(all)}
}

// below are the passages of lead and text. Many outlets begin the text with the lead: that is shown once, unless a word
// is marked in the lead only.
func below(all []passage) []passage {
	var text passage
	for _, p := range all {
		if p.Field == article.Text {
			text.Pieces = append(append(text.Pieces, p.Pieces...), piece{Text: "\n"})
		}
	}
	return slices.DeleteFunc(slices.Clone(all), func(p passage) bool {
		return p.Field == article.Title || p.Field == article.Lead && text.covers(p)
	})
}

func (b *storyBody) addEvents(events []alerting.Event, alerts []alerting.Alert) {
	titles := map[string]string{}
	for _, a := range alerts {
		titles[a.ArticleID] = a.Title
	}
	for _, e := range events[max(0, len(events)-shownArticles):] {
		b.Events = append(b.Events, eventView{Event: e, Title: titles[e.ArticleID]})
	}
}

func (s *Server) placeNames(l language, ids []string) []string {
	var out []string
	for _, id := range ids {
		name := ""
		if s.deps.Place != nil {
			name = s.deps.Place(id, string(l))
		}
		if name == "" {
			name = named(id)
		}
		out = append(out, name)
	}
	return out
}
