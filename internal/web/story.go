package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
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
	Actions    actions
	Trail      []auditView // what people did, the latest last
	Merged     string      // the address of the story that this one was merged into
	Lesson     *lesson     // what it can teach its rule; nil: nothing
	Spread     spread
	Related    []alerting.Story // of the same claim, a few days before and after
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

// Says is the detail for people: of a material change its name, otherwise the words as they are.
func (e eventView) Says(l language) string {
	if e.Kind == alerting.KindReopened {
		if _, ok := sentences["material."+e.Detail]; ok {
			return l.T("material." + e.Detail)
		}
	}
	return e.Detail
}

// Movable are the articles that can be taken into another story: those that carry the claim, while some stay.
func (b storyBody) Movable() []alertView {
	var out []alertView
	if b.Why != nil {
		out = append(out, *b.Why)
	}
	out = append(append(out, b.Others.Shown...), b.Answering.Shown...)
	if len(out) < 2 {
		return nil
	}
	return out
}

// Edited reports whether the event is an edit, whose detail is the headline as it was.
func (e eventView) Edited() bool { return e.Kind == alerting.KindEdited }

func (s *Server) story(w http.ResponseWriter, r *http.Request) error {
	return s.showStory(w, r, http.StatusOK, "", "")
}

// showStory shows a story; after an action that was refused, with the reason and what was written.
func (s *Server) showStory(w http.ResponseWriter, r *http.Request, status int, refused, note string) error {
	detail, err := s.deps.Desk.Story(r.Context(), r.PathValue("id"))
	if errors.Is(err, alerting.ErrNotFound) {
		return errNotFound
	}
	if err != nil {
		return err
	}
	l := s.language(r)
	body := storyBody{row: s.row(l, &detail.Story, passage{}), PlaceNames: s.placeNames(l, detail.Places), Deliveries: detail.Deliveries}
	body.Spread, body.Related = spreadOf(l, &detail.Story, detail.Alerts), detail.Related
	body.addArticles(detail.Alerts, ringer(&detail))
	body.addEvents(detail.Events, detail.Alerts)
	if body.Actions, err = s.actionsOn(r, &detail.Story); err != nil {
		return err
	}
	body.Actions.Refused, body.Actions.Note = refused, note
	body.Lesson = s.lessonOf(&body)
	if body.Trail, err = s.trail(r.Context(), l, detail.ID); err != nil {
		return err
	}
	if detail.MergedInto != "" {
		body.Merged = "/stories/" + url.PathEscape(detail.MergedInto)
	}
	return s.show(w, r, status, "story", page{Title: body.Statement(), Section: "desk", Body: body})
}

// actionsOn is what a visitor can do with a story.
func (s *Server) actionsOn(r *http.Request, story *alerting.Story) (actions, error) {
	v, err := s.visitor(r)
	if err != nil {
		return actions{}, err
	}
	a := actions{L: s.language(r), StoryID: story.ID, Version: story.Version, Solo: s.solo(), Silences: s.deps.Silences != nil}
	if !v.Known() {
		a.SignInTo = "/sign-in?" + url.Values{"back": {"/stories/" + story.ID}}.Encode()
		return a, nil
	}
	a.Allowed, a.People, a.Outcomes, a.Noises = alerting.Allowed(story.State), s.deps.People, alerting.Outcomes(), alerting.Noises()
	a.Snoozes = snoozes(s.deps.Now())
	others, err := s.deps.Desk.Stories(r.Context(), alerting.Filter{ClaimID: story.ClaimID, Limit: maxNeighbours})
	if err != nil {
		return a, err
	}
	for i := range others {
		if o := &others[i]; o.ID != story.ID {
			a.Neighbour = append(a.Neighbour, neighbour{o.ID, clock(o.FirstSeen) + " · " + o.FirstTitle})
		}
	}
	return a, nil
}

// maxNeighbours bounds the stories that are offered for a merge.
const maxNeighbours = 30

// trail is what people and timers did with a story: the latest lines of the audit trail.
func (s *Server) trail(ctx context.Context, l language, id string) ([]auditView, error) {
	var out []auditView
	for after := int64(0); ; {
		entries, err := s.deps.Desk.Audit(ctx, id, after, 1000)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			out = append(out, auditView{e, s.personName(l, e.Actor)})
			after = e.Seq
		}
		if len(entries) < 1000 {
			return out[max(0, len(out)-shownArticles):], nil
		}
	}
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
	events = slices.DeleteFunc(slices.Clone(events), func(e alerting.Event) bool { return e.Kind == alerting.KindActed }) // the trail tells them
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
