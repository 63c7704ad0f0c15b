package web

import (
	"context"
	"net/http"
	"strconv"

	"haidang/alerting"
)

// Mentions is what the pages ask of the notes that call somebody by name.
type Mentions interface {
	Mentions(ctx context.Context, person string, limit int) ([]alerting.Mention, error)
	UnreadMentions(ctx context.Context, person string) (int, error)
	ReadMentions(ctx context.Context, person string, upTo int64) error
}

// shownMentions bounds the page: the latest are what somebody waits for.
const shownMentions = 100

// mentionsBody is the notes that call the visitor.
type mentionsBody struct {
	Notes  []mentionView
	Unread int
	UpTo   int64 // the latest note on the page
}

// mentionView is one note, with the names that people know.
type mentionView struct {
	alerting.Mention
	Who, Statement string
}

func (s *Server) mentionsPage(w http.ResponseWriter, r *http.Request) error {
	if s.deps.Mentions == nil || s.solo() {
		return errNotFound
	}
	v, err := s.actor(r)
	if err != nil {
		return err
	}
	l := s.language(r)
	list, err := s.deps.Mentions.Mentions(r.Context(), v.ID, shownMentions)
	if err != nil {
		return err
	}
	var body mentionsBody
	for _, m := range list {
		if !m.Read() {
			body.Unread++
		}
		body.UpTo = max(body.UpTo, m.Seq)
		body.Notes = append(body.Notes, mentionView{m, s.personName(l, m.By), m.Story.Statement(string(l))})
	}
	return s.show(w, r, http.StatusOK, "mentions", page{Title: l.T("mentions.title"), Section: "desk", Body: body})
}

// readMentions notes that the visitor has seen what the page showed.
func (s *Server) readMentions(w http.ResponseWriter, r *http.Request) error {
	if s.deps.Mentions == nil || s.solo() {
		return errNotFound
	}
	v, err := s.actor(r)
	if err != nil {
		return err
	}
	if err := s.readForm(w, r); err != nil {
		return err
	}
	upTo, err := strconv.ParseInt(r.PostFormValue("up_to"), 10, 64)
	if err != nil {
		return badRequest{s.language(r).T("act.form")}
	}
	if err := s.deps.Mentions.ReadMentions(r.Context(), v.ID, upTo); err != nil {
		return err
	}
	http.Redirect(w, r, "/mentions", http.StatusSeeOther)
	return nil
}
