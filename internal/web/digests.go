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
	Reviews(ctx context.Context, date digest.Date, list digest.List) ([]digest.Review, error)
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
	L         language
	Draft     digest.Draft
	Preview   bool // it is not built yet: this is what it would be now
	Due       time.Time
	Reviewer  string
	Note      string
	Sentences []digest.Rewrite // as the form has them
	Rewritten int              // of them
	Trail     []reviewView
	MayAct    bool
	SignInTo  string
	Refused   string
}

// reviewView is one line of the mail's trail.
type reviewView struct {
	digest.Review
	L language
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
	return s.showDigest(w, r, http.StatusOK, refusedReview{})
}

// refusedReview is why a review was not taken, and what was written in it: a refusal loses nothing.
type refusedReview struct {
	why, note string
	becomes   map[string]string // by the sentence's key
}

func (s *Server) showDigest(w http.ResponseWriter, r *http.Request, status int, refused refusedReview) error {
	d, preview, err := s.mailOf(r)
	if err != nil {
		return err
	}
	l := s.language(r)
	v, err := s.visitor(r)
	if err != nil {
		return err
	}
	body := digestBody{L: l, Draft: d, Preview: preview, Reviewer: s.personName(l, d.By), Note: d.Note, Sentences: d.Sentences, MayAct: v.Lead, Refused: refused.why}
	if refused.why != "" {
		body.Note = refused.note
	}
	body.fill(refused.becomes)
	if !v.Known() {
		body.SignInTo = "/sign-in?back=" + body.Address()
	}
	if body.Due, err = s.deps.Digests.SendTime(d.Date); err != nil {
		return err
	}
	trail, err := s.deps.Digests.Reviews(r.Context(), d.Date, d.List)
	if err != nil {
		return err
	}
	for _, review := range trail {
		body.Trail = append(body.Trail, reviewView{review, l})
	}
	w.Header().Set("Content-Security-Policy", w.Header().Get("Content-Security-Policy")+"; frame-src 'self'")
	return s.show(w, r, status, "digest", page{Title: d.Subject, Section: "digests", Body: body})
}

// fill puts into the form what a visitor wrote, and counts the sentences that are in other words.
func (b *digestBody) fill(becomes map[string]string) {
	for i := range b.Sentences {
		sentence := &b.Sentences[i]
		if written, ok := becomes[sentence.Key()]; ok {
			sentence.Becomes = written
		}
		if sentence.Becomes != "" && sentence.Becomes != sentence.Was {
			b.Rewritten++
		}
	}
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

// maxReview bounds the form of a review: a hundred sentences fit, in letters that take nine bytes each.
const maxReview = 512 << 10

// reviewDigest approves a mail before its time, with a note, without some stories at its top and with sentences in other words.
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
	r.Body = http.MaxBytesReader(w, r.Body, maxReview)
	if err := r.ParseForm(); err != nil {
		return badRequest{l.T("act.form")}
	}
	written, err := sentencesOf(r)
	if err != nil {
		return badRequest{l.T("act.form")}
	}
	refuse := func(status int, why string) error {
		return s.showDigest(w, r, status, refusedReview{l.T(why), r.PostFormValue("note"), written})
	}
	if !v.Lead {
		return refuse(http.StatusForbidden, "digest.lead")
	}
	version, err := formVersion(r)
	if err != nil || preview {
		return badRequest{l.T("act.form")}
	}
	review := digest.Review{By: v.Name, Note: r.PostFormValue("note"), LeftOut: leftOut(d.Top, r.PostForm["keep"])}
	var stale bool
	if review.Rewrites, stale = rewritten(d.Sentences, written); stale {
		return refuse(http.StatusConflict, "digest.stale")
	}
	err = s.deps.Digests.Review(r.Context(), d.Date, d.List, version, review)
	for kind, key := range map[error]string{
		digest.ErrAlreadySent: "digest.sent_already", digest.ErrReviewed: "digest.reviewed_already", digest.ErrLongNote: "digest.long_note",
		digest.ErrLongRewrite: "digest.long_sentence", digest.ErrStale: "digest.stale",
	} {
		if errors.Is(err, kind) {
			return refuse(http.StatusConflict, key)
		}
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/digests/"+string(d.Date)+"/"+d.List.Name, http.StatusSeeOther)
	return nil
}

// leftOut are the stories that were not ticked.
func leftOut(top []digest.TopStory, kept []string) (out []string) {
	for _, t := range top {
		if !slices.Contains(kept, t.ID) {
			out = append(out, t.ID)
		}
	}
	return out
}

// sentencesOf reads what a form says of sentences, by their keys.
func sentencesOf(r *http.Request) (map[string]string, error) {
	keys, becomes := r.PostForm["sentence"], r.PostForm["becomes"]
	if len(keys) != len(becomes) {
		return nil, errors.New("sentences without their words")
	}
	out := make(map[string]string, len(keys))
	for i, key := range keys {
		out[key] = becomes[i]
	}
	return out, nil
}

// rewritten are the sentences that are to stand in other words. It is stale where one of the form is not in the mail any more.
func rewritten(sentences []digest.Rewrite, written map[string]string) (out []digest.Rewrite, stale bool) {
	known := map[string]bool{}
	for _, sentence := range sentences {
		known[sentence.Key()] = true
		if becomes := written[sentence.Key()]; becomes != "" && becomes != sentence.Was {
			sentence.Becomes = becomes
			out = append(out, sentence)
		}
	}
	for key := range written {
		stale = stale || !known[key]
	}
	return out, stale
}
