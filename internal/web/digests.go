package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"haidang/alerting/digest"
)

// Digests is what the pages ask of the morning mail.
type Digests interface {
	Lists() []digest.List
	List(name string) (digest.List, error)
	Current(list digest.List) digest.Date
	SendTime(date digest.Date) (time.Time, error)
	Archive(ctx context.Context, before digest.Date, limit int) ([]digest.Past, error)
	Build(ctx context.Context, date digest.Date, list digest.List) (digest.Edition, error)
	Draft(ctx context.Context, date digest.Date, list digest.List) (digest.Draft, error)
	Review(ctx context.Context, date digest.Date, list digest.List, version int64, r digest.Review) error
}

// digestsAtATime bounds one page of past mails.
const digestsAtATime = 60

// digestsBody is the mails that wait, that come next, and that went out.
type digestsBody struct {
	L       language
	Waiting []pastView
	Next    []pastView
	Past    []pastView
	Older   digest.Date // where the next page begins; empty: this is the last
}

// pastView is one mail in a list.
type pastView struct {
	digest.Past
	L        language
	Due      time.Time
	Reviewer string
}

// Address is the mail's page.
func (v pastView) Address() string { return "/digests/" + string(v.Date) + "/" + v.List }

// Day is the morning it is for.
func (v pastView) Day() string { return dayOf(v.Date) }

func dayOf(date digest.Date) string {
	t, err := time.Parse(time.DateOnly, string(date))
	if err != nil {
		return string(date)
	}
	return t.Format("02/01/2006")
}

func (s *Server) digestsPage(w http.ResponseWriter, r *http.Request) error {
	if s.deps.Digests == nil {
		return errNotFound
	}
	l := s.language(r)
	before := digest.Date(r.URL.Query().Get("before"))
	if before != "" {
		if _, err := digest.ParseDate(string(before)); err != nil {
			return badRequest{"before: " + err.Error()}
		}
	}
	past, err := s.deps.Digests.Archive(r.Context(), before, digestsAtATime)
	if err != nil {
		return err
	}
	body := digestsBody{L: l}
	if len(past) == digestsAtATime {
		body.Older = past[len(past)-1].Date
	}
	for _, p := range past {
		v := pastView{Past: p, L: l, Reviewer: s.personName(l, p.ReviewedBy)}
		if p.Waits {
			if v.Due, err = s.deps.Digests.SendTime(p.Date); err != nil {
				return err
			}
			body.Waiting = append(body.Waiting, v)
			continue
		}
		body.Past = append(body.Past, v)
	}
	if before == "" {
		if err := s.comingNext(&body); err != nil {
			return err
		}
	}
	return s.show(w, r, http.StatusOK, "digests", page{Title: l.T("digests.title"), Section: "digests", Body: body})
}

// comingNext adds the mail of each list that covers this moment.
func (s *Server) comingNext(b *digestsBody) error {
	for _, list := range s.deps.Digests.Lists() {
		date := s.deps.Digests.Current(list)
		if slices.ContainsFunc(b.Waiting, func(v pastView) bool { return v.Date == date && v.List == list.Name }) {
			continue
		}
		due, err := s.deps.Digests.SendTime(date)
		if err != nil {
			return err
		}
		b.Next = append(b.Next, pastView{Past: digest.Past{Date: date, List: list.Name}, L: b.L, Due: due})
	}
	return nil
}

// digestBody is one mail, and what a lead can do with it.
type digestBody struct {
	L        language
	Draft    digest.Draft
	Preview  bool // it is not built yet: this is what it would be now
	Due      time.Time
	Reviewer string
	Note     string
	MayAct   bool
	SignInTo string
	Refused  string
}

// Day is the morning it is for.
func (b digestBody) Day() string { return dayOf(b.Draft.Date) }

// Address is the page itself; the mail alone lies below it.
func (b digestBody) Address() string {
	return "/digests/" + string(b.Draft.Date) + "/" + b.Draft.List.Name
}

// mailOf finds the mail that an address names: as it is stored, or, for the next one, as it would be now.
func (s *Server) mailOf(r *http.Request) (d digest.Draft, preview bool, err error) {
	if s.deps.Digests == nil {
		return d, false, errNotFound
	}
	date, err := digest.ParseDate(r.PathValue("date"))
	if err != nil {
		return d, false, errNotFound
	}
	list, err := s.deps.Digests.List(r.PathValue("list"))
	if err != nil {
		return d, false, errNotFound
	}
	d, err = s.deps.Digests.Draft(r.Context(), date, list)
	if !errors.Is(err, digest.ErrNoDraft) {
		return d, false, err
	}
	if date != s.deps.Digests.Current(list) {
		return d, false, errNotFound
	}
	d.Edition, err = s.deps.Digests.Build(r.Context(), date, list)
	return d, true, err
}

func (s *Server) digestPage(w http.ResponseWriter, r *http.Request) error {
	return s.showDigest(w, r, http.StatusOK, "", "")
}

func (s *Server) showDigest(w http.ResponseWriter, r *http.Request, status int, refused, note string) error {
	d, preview, err := s.mailOf(r)
	if err != nil {
		return err
	}
	l := s.language(r)
	v, err := s.visitor(r)
	if err != nil {
		return err
	}
	body := digestBody{L: l, Draft: d, Preview: preview, Reviewer: s.personName(l, d.By), Note: d.Note, MayAct: v.Lead, Refused: refused}
	if refused != "" {
		body.Note = note
	}
	if !v.Known() {
		body.SignInTo = "/sign-in?back=" + body.Address()
	}
	if body.Due, err = s.deps.Digests.SendTime(d.Date); err != nil {
		return err
	}
	w.Header().Set("Content-Security-Policy", w.Header().Get("Content-Security-Policy")+"; frame-src 'self'")
	return s.show(w, r, status, "digest", page{Title: d.Subject, Section: "digests", Body: body})
}

// mailPolicy lets a mail have its own styles and its picture, and nothing else: no script, no address, no form.
const mailPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"

// digestMail is the mail alone, as a mail program shows it; with ?text its plain part.
func (s *Server) digestMail(w http.ResponseWriter, r *http.Request) error {
	d, _, err := s.mailOf(r)
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	if r.URL.Query().Has("text") {
		writeText(w, http.StatusOK, d.Text)
		return nil
	}
	w.Header().Set("Content-Security-Policy", mailPolicy)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write([]byte(d.Standalone())) // the visitor may have gone
	return nil
}

// reviewDigest approves a mail before its time, with a note and without some stories at its top.
func (s *Server) reviewDigest(w http.ResponseWriter, r *http.Request) error {
	v, err := s.actor(r)
	if err != nil {
		return err
	}
	d, preview, err := s.mailOf(r)
	if err != nil {
		return err
	}
	l := s.language(r)
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return badRequest{l.T("act.form")}
	}
	note := r.PostFormValue("note")
	if !v.Lead {
		return s.showDigest(w, r, http.StatusForbidden, l.T("digest.lead"), note)
	}
	version, err := formVersion(r)
	if err != nil || preview {
		return badRequest{l.T("act.form")}
	}
	review := digest.Review{By: v.Name, Note: note}
	kept := r.PostForm["keep"]
	for _, top := range d.Top {
		if !slices.Contains(kept, top.ID) {
			review.LeftOut = append(review.LeftOut, top.ID)
		}
	}
	err = s.deps.Digests.Review(r.Context(), d.Date, d.List, version, review)
	for kind, key := range map[error]string{digest.ErrAlreadySent: "digest.sent_already", digest.ErrReviewed: "digest.reviewed_already", digest.ErrLongNote: "digest.long_note"} {
		if errors.Is(err, kind) {
			return s.showDigest(w, r, http.StatusConflict, l.T(key), note)
		}
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/digests/"+string(d.Date)+"/"+d.List.Name, http.StatusSeeOther)
	return nil
}
