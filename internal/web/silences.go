package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"haidang/alerting"
	"haidang/classifier"
	"haidang/internal/article"
)

// Silences is what the pages ask of the times in which nobody is told.
type Silences interface {
	Silences(ctx context.Context, after time.Time) ([]alerting.Silence, error)
	AddSilence(ctx context.Context, s alerting.Silence) (alerting.Silence, error)
	EndSilence(ctx context.Context, id, actor string) error
	WouldHold(ctx context.Context, m alerting.Match, since time.Time) ([]alerting.Story, error)
}

const (
	silencesBack  = 7 * 24 * time.Hour // how far back ended ones are listed, and a new one is tried
	shownWouldBe  = 20                 // stories of a preview
	longestFilter = 300                // bytes of one value of a form
)

// silencesBody is the page of silences.
type silencesBody struct {
	Active, Coming, Ended []silenceView
	Form                  silenceForm
	Acts                  bool
	SignInTo              string
	Refused               string
}

// silenceView is one silence in words.
type silenceView struct {
	alerting.Silence
	L            language
	About        []aboutLine
	Who, EndedBy string
}

// aboutLine is one part of what a silence is about: "outlet: Báo Thử".
type aboutLine struct{ Name, Values string }

// silenceForm is what a visitor asks for: empty, made from a story, or as it was sent.
type silenceForm struct {
	Story     *alerting.Story // that it is made from; nil: from none
	Statement string
	Places    []aboutPlace
	Match     alerting.Match
	Lasts     string
	Begins    string
	Reason    string
	Lengths   []string
	Starts    []snooze
	Fields    []string
	Severity  []article.Severity
	Preview   *silencePreview
}

// aboutPlace is a place of the story, with its name.
type aboutPlace struct{ ID, Name string }

// silencePreview is what a silence would have held back in the last seven days.
type silencePreview struct {
	Stories  []row
	Count    int
	Critical int
}

// More is how many stories are not shown.
func (p silencePreview) More() int { return p.Count - len(p.Stories) }

// Has reports whether a value is ticked or chosen.
func (f silenceForm) Has(list []string, value string) bool { return slices.Contains(list, value) }

// Values writes a list as the form's field holds it.
func (f silenceForm) Values(list []string) string { return strings.Join(list, ", ") }

// Chosen reports whether the form is for stories of a severity.
func (f silenceForm) Chosen(s article.Severity) bool { return slices.Contains(f.Match.Severity, s) }

// silenceLengths are the choices of how long.
func silenceLengths() map[string]time.Duration {
	return map[string]time.Duration{"2h": 2 * time.Hour, "8h": 8 * time.Hour, "1d": 24 * time.Hour, "3d": 3 * 24 * time.Hour, "7d": 7 * 24 * time.Hour}
}

func (s *Server) silencesPage(w http.ResponseWriter, r *http.Request) error {
	return s.showSilences(w, r, http.StatusOK, "")
}

// showSilences shows the page with what the request asks for still in its form; after a refusal, with the reason.
func (s *Server) showSilences(w http.ResponseWriter, r *http.Request, status int, refused string) error {
	if s.deps.Silences == nil {
		return errNotFound
	}
	l := s.language(r)
	v, err := s.visitor(r)
	if err != nil {
		return err
	}
	body := silencesBody{Acts: v.Known(), Refused: refused, SignInTo: "/sign-in?" + url.Values{"back": {"/silences"}}.Encode()}
	list, err := s.deps.Silences.Silences(r.Context(), s.deps.Now().Add(-silencesBack))
	if err != nil {
		return err
	}
	body.sort(s, l, list)
	if body.Form, err = s.silenceForm(r, l); err != nil {
		return err
	}
	return s.show(w, r, status, "silences", page{Title: l.T("silences.title"), Section: "desk", Body: body})
}

// sort puts each silence where it stands in time.
func (b *silencesBody) sort(s *Server, l language, list []alerting.Silence) {
	now := s.deps.Now()
	for _, silence := range list {
		v := silenceView{Silence: silence, L: l, About: s.about(l, silence.Match), Who: s.personName(l, silence.Author)}
		if silence.EndedBy != "" {
			v.EndedBy = s.personName(l, silence.EndedBy)
		}
		switch {
		case !silence.EndsAt.After(now):
			b.Ended = append(b.Ended, v)
		case silence.StartsAt.After(now):
			b.Coming = append(b.Coming, v)
		default:
			b.Active = append(b.Active, v)
		}
	}
}

// about puts what a silence is about into words.
func (s *Server) about(l language, m alerting.Match) (out []aboutLine) {
	add := func(name string, values []string, word func(string) string) {
		if len(values) == 0 {
			return
		}
		words := make([]string, len(values))
		for i, v := range values {
			words[i] = word(v)
		}
		out = append(out, aboutLine{l.T("silences.about." + name), strings.Join(words, ", ")})
	}
	same := func(v string) string { return v }
	severities := make([]string, len(m.Severity))
	for i, v := range m.Severity {
		severities[i] = string(v)
	}
	tiers := make([]string, len(m.Tier))
	for i, n := range m.Tier {
		tiers[i] = l.Int(n)
	}
	add("claim", m.Claim, func(id string) string { return s.claimName(l, id) })
	add("outlet", m.Outlet, same)
	add("field", m.Field, func(f string) string { return l.T("field." + f) })
	add("severity", severities, func(v string) string { return l.T("severity." + v) })
	add("topic", m.Topic, func(id string) string { return nameOr(s.deps.Topic, id, l) })
	add("place", m.Place, func(id string) string { return nameOr(s.deps.Place, id, l) })
	add("language", m.Language, func(v string) string { return l.T("lang." + v) })
	add("tier", tiers, same)
	return out
}

// nameOr is the name of an ID, or the ID spelled out.
func nameOr(name func(id, language string) string, id string, l language) string {
	if name != nil {
		if n := name(id, string(l)); n != "" {
			return n
		}
	}
	return named(id)
}

// claimName is what a claim says; its ID where no rule has it.
func (s *Server) claimName(l language, id string) string {
	if s.deps.Claim == nil {
		return id
	}
	return s.deps.Claim(id, string(l))
}

// silenceForm reads what the request asks for, and tries it on the last seven days where that is asked for.
func (s *Server) silenceForm(r *http.Request, l language) (silenceForm, error) {
	f := silenceForm{
		Match: readMatch(r), Lasts: r.FormValue("lasts"), Begins: r.FormValue("begins"), Reason: r.FormValue("reason"),
		Lengths: []string{"2h", "8h", "1d", "3d", "7d"}, Starts: snoozes(s.deps.Now()), Fields: classifier.Fields(), Severity: []article.Severity{article.Critical, article.High, article.Normal, article.Info},
	}
	if id := r.FormValue("story"); id != "" {
		detail, err := s.deps.Desk.Story(r.Context(), id)
		if errors.Is(err, alerting.ErrNotFound) {
			return f, errNotFound
		} else if err != nil {
			return f, err
		}
		f.Story, f.Statement = &detail.Story, detail.Statement(string(l))
		for _, p := range detail.Places {
			f.Places = append(f.Places, aboutPlace{p, nameOr(s.deps.Place, p, l)})
		}
		if !r.Form.Has("lasts") { // the form was not filled in yet: the claim is what most people mean
			f.Match.Claim = []string{detail.ClaimID}
		}
	}
	if r.Form.Has("preview") && f.Match.String() != "" {
		would, err := s.deps.Silences.WouldHold(r.Context(), f.Match, s.deps.Now().Add(-silencesBack))
		if err != nil {
			return f, err
		}
		f.Preview = s.previewOf(l, would)
	}
	return f, nil
}

func (s *Server) previewOf(l language, would []alerting.Story) *silencePreview {
	p := &silencePreview{Count: len(would)}
	for i := range would {
		if would[i].Severity == article.Critical {
			p.Critical++
		}
		if len(p.Stories) < shownWouldBe {
			p.Stories = append(p.Stories, s.row(l, &would[i], passage{}))
		}
	}
	return p
}

// readMatch reads what a silence is to be about: ticked boxes, and typed lists with commas.
func readMatch(r *http.Request) alerting.Match {
	_ = r.ParseForm() // one that cannot be read is empty, which is refused
	values := func(ticked, typed string) (out []string) {
		all := slices.Clone(r.Form[ticked])
		for _, v := range r.Form[typed] {
			all = append(all, strings.Split(v, ",")...)
		}
		for _, v := range all {
			if v = strings.TrimSpace(v); v != "" && len(v) <= longestFilter {
				out = append(out, v)
			}
		}
		return out
	}
	m := alerting.Match{Claim: values("claim", "claims"), Outlet: values("outlet", "outlets"), Field: values("field", ""), Place: values("place", "places")}
	for _, v := range values("severity", "") {
		m.Severity = append(m.Severity, article.Severity(v))
	}
	return m
}

// addSilence begins a silence, as the form asks for it.
func (s *Server) addSilence(w http.ResponseWriter, r *http.Request) error {
	if s.deps.Silences == nil {
		return errNotFound
	}
	v, err := s.actor(r)
	if err != nil {
		return err
	}
	if err := s.readForm(w, r); err != nil {
		return err
	}
	now := s.deps.Now()
	silence := alerting.Silence{Match: readMatch(r), Author: v.ID, Reason: r.PostFormValue("reason"), StoryID: r.PostFormValue("story"), StartsAt: now}
	if later := chosen(snoozes(now), r.PostFormValue("begins")); !later.IsZero() {
		silence.StartsAt = later
	}
	silence.EndsAt = silence.StartsAt.Add(silenceLengths()[r.PostFormValue("lasts")])
	_, err = s.deps.Silences.AddSilence(r.Context(), silence)
	return s.afterSilence(w, r, err)
}

// endSilence ends one before its time.
func (s *Server) endSilence(w http.ResponseWriter, r *http.Request) error {
	if s.deps.Silences == nil {
		return errNotFound
	}
	v, err := s.actor(r)
	if err != nil {
		return err
	}
	return s.afterSilence(w, r, s.deps.Silences.EndSilence(r.Context(), r.PathValue("id"), v.ID))
}

// afterSilence goes back to the page, or shows why nothing was done.
func (s *Server) afterSilence(w http.ResponseWriter, r *http.Request, err error) error {
	var refusal *alerting.Refusal
	if errors.As(err, &refusal) {
		return s.showSilences(w, r, http.StatusConflict, s.whyRefused(s.language(r), refusal))
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/silences", http.StatusSeeOther)
	return nil
}
