package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"haidang/alerting"
)

// maxForm bounds a form: five hundred stories and a long note fit.
const maxForm = 128 << 10

// actions are what a visitor can do with a story, as the page offers it.
type actions struct {
	L         language
	StoryID   string
	Version   int64
	Allowed   []alerting.Action
	People    []alerting.Person
	Outcomes  []alerting.Outcome
	Noises    []alerting.Noise
	Snoozes   []snooze
	Refused   string // why the last attempt was refused
	Note      string // what was written in it: a refusal loses nothing
	SignInTo  string // where to sign in; empty: the visitor may act
	Solo      bool
	Silences  bool        // the claim can be silenced
	Neighbour []neighbour // stories that this one could be merged into
}

// snooze is one choice of how long.
type snooze struct {
	Value string
	Until time.Time
}

// neighbour is another story, as a choice.
type neighbour struct{ ID, Label string }

// Can reports whether an action is offered.
func (a actions) Can(name string) bool { return slices.Contains(a.Allowed, alerting.Action(name)) }

// Noisy reports whether an outcome needs a reason.
func (a actions) Noisy(o alerting.Outcome) bool { return o.Noisy() }

// snoozes are the choices of a moment: hours, and the next mornings at eight.
func snoozes(now time.Time) []snooze {
	local := now.In(zone)
	morning := time.Date(local.Year(), local.Month(), local.Day(), 8, 0, 0, 0, zone)
	if !morning.After(now) {
		morning = morning.AddDate(0, 0, 1)
	}
	return []snooze{
		{"1h", now.Add(time.Hour)},
		{"4h", now.Add(4 * time.Hour)},
		{"morning", morning},
		{"3d", morning.AddDate(0, 0, 2)},
	}
}

// chosen is the moment that somebody chose, zero for none.
func chosen(choices []snooze, value string) time.Time {
	for _, c := range choices {
		if c.Value == value {
			return c.Until
		}
	}
	return time.Time{}
}

// readCommand reads what a form asks for. Who acts is never in it.
func (s *Server) readCommand(w http.ResponseWriter, r *http.Request) (alerting.Command, error) {
	if err := s.readForm(w, r); err != nil {
		return alerting.Command{}, err
	}
	c := alerting.Command{
		Action: alerting.Action(r.PostFormValue("action")), Note: r.PostFormValue("note"), To: r.PostFormValue("to"),
		Outcome: alerting.Outcome(r.PostFormValue("outcome")), Noise: alerting.Noise(r.PostFormValue("noise")), Into: storyOf(r.PostFormValue("into")),
	}
	if !c.Outcome.Noisy() {
		c.Noise = ""
	}
	c.Until = chosen(snoozes(s.deps.Now()), r.PostFormValue("until"))
	return c, nil
}

// readForm reads a form of bounded size.
func (s *Server) readForm(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return badRequest{s.language(r).T("act.form")}
	}
	return nil
}

// formVersion is the version of what the visitor saw when filling in a form.
func formVersion(r *http.Request) (int64, error) {
	return strconv.ParseInt(r.PostFormValue("version"), 10, 64)
}

// storyOf takes a story's ID out of what people paste: the ID, or the address of its page.
func storyOf(s string) string {
	s = strings.TrimSpace(s)
	if _, after, ok := strings.Cut(s, "/stories/"); ok {
		s, _, _ = strings.Cut(after, "?")
		s, _, _ = strings.Cut(s, "#")
	}
	return strings.Trim(s, "/")
}

// actor is who acts, or errSignIn.
func (s *Server) actor(r *http.Request) (visitor, error) {
	v, err := s.visitor(r)
	if err == nil && !v.Known() {
		err = errSignIn
	}
	return v, err
}

// actOnStory does one action on the story of the page, and comes back to it.
func (s *Server) actOnStory(w http.ResponseWriter, r *http.Request) error {
	v, err := s.actor(r)
	if err != nil {
		return err
	}
	c, err := s.readCommand(w, r)
	if err != nil {
		return err
	}
	id := r.PathValue("id")
	version, err := formVersion(r)
	if err != nil {
		return badRequest{s.language(r).T("act.form")}
	}
	c.Actor, c.Stories = v.ID, []alerting.Ref{{ID: id, Version: version}}
	if c.Action == alerting.Comment {
		c.Stories[0].Version = 0 // a comment is true whatever somebody else did meanwhile
	}
	results, err := s.deps.Desk.Act(r.Context(), c)
	var refusal *alerting.Refusal
	if errors.As(err, &refusal) {
		return s.refused(w, r, refusal, c.Note)
	}
	if err != nil {
		return err
	}
	if refusal = results[0].Refusal; refusal != nil {
		return s.refused(w, r, refusal, c.Note)
	}
	http.Redirect(w, r, "/stories/"+id+"#actions", http.StatusSeeOther)
	return nil
}

// refused shows the story again, with the reason and what was written.
func (s *Server) refused(w http.ResponseWriter, r *http.Request, refusal *alerting.Refusal, note string) error {
	return s.showStory(w, r, http.StatusConflict, s.whyRefused(s.language(r), refusal), note)
}

// whyRefused says why an act was refused, with the name of whoever was faster.
func (s *Server) whyRefused(l language, refusal *alerting.Refusal) string {
	if refusal.By != "" {
		refusal.By = s.personName(l, refusal.By)
	}
	return refusal.Sentence(string(l))
}

// moveArticles takes articles of a story into another one, or splits them off.
func (s *Server) moveArticles(w http.ResponseWriter, r *http.Request) error {
	v, err := s.actor(r)
	if err != nil {
		return err
	}
	if err := s.readForm(w, r); err != nil {
		return err
	}
	version, err := formVersion(r)
	if err != nil {
		return badRequest{s.language(r).T("act.form")}
	}
	m := alerting.Regroup{
		Story: alerting.Ref{ID: r.PathValue("id"), Version: version}, Articles: r.PostForm["article"], Into: storyOf(r.PostFormValue("into")),
		Actor: v.ID, Note: r.PostFormValue("note"),
	}
	to, err := s.deps.Desk.Move(r.Context(), m)
	var refusal *alerting.Refusal
	if errors.As(err, &refusal) {
		return s.refused(w, r, refusal, m.Note)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/stories/"+to.ID, http.StatusSeeOther)
	return nil
}

// actOnMany does one action on the stories that were ticked on the desk.
func (s *Server) actOnMany(w http.ResponseWriter, r *http.Request) error {
	v, err := s.actor(r)
	if err != nil {
		return err
	}
	c, err := s.readCommand(w, r)
	if err != nil {
		return err
	}
	l := s.language(r)
	for _, ref := range r.PostForm["story"] {
		id, version, _ := strings.Cut(ref, ":")
		n, err := strconv.ParseInt(version, 10, 64)
		if err != nil {
			return badRequest{l.T("act.form")}
		}
		c.Stories = append(c.Stories, alerting.Ref{ID: id, Version: n})
	}
	c.Actor = v.ID
	if len(c.Stories) == 0 {
		return s.showDesk(w, r, http.StatusBadRequest, []string{l.T("act.none")})
	}
	results, err := s.deps.Desk.Act(r.Context(), c)
	var refusal *alerting.Refusal
	if errors.As(err, &refusal) {
		return s.showDesk(w, r, http.StatusConflict, []string{refusal.Sentence(string(l))})
	}
	if err != nil {
		return err
	}
	said := s.tellRefused(l, results)
	if len(said) == 0 {
		http.Redirect(w, r, deskPath(r), http.StatusSeeOther)
		return nil
	}
	return s.showDesk(w, r, http.StatusConflict, said)
}

// tellRefused counts what was done and says why the rest was not, each reason once.
func (s *Server) tellRefused(l language, results []alerting.Result) []string {
	reasons, order := map[string]int{}, []string{}
	for _, r := range results {
		if r.Refusal == nil {
			continue
		}
		if r.Refusal.By != "" {
			r.Refusal.By = s.personName(l, r.Refusal.By)
		}
		sentence := r.Refusal.Sentence(string(l))
		if reasons[sentence] == 0 {
			order = append(order, sentence)
		}
		reasons[sentence]++
	}
	if len(order) == 0 {
		return nil
	}
	refused := 0
	for _, n := range reasons {
		refused += n
	}
	out := []string{l.T("act.some", l.Int(len(results)-refused), l.Int(refused))}
	for _, sentence := range order {
		out = append(out, l.Int(reasons[sentence])+": "+sentence)
	}
	return out
}

// Said puts what else an entry of the audit trail holds into words.
func (l language) Said(detail json.RawMessage) string {
	var d struct {
		To, Outcome, Noise, Into, From, For, About string
		Until                                      time.Time
		Articles                                   []string
	}
	if len(detail) == 0 || json.Unmarshal(detail, &d) != nil {
		return ""
	}
	var out []string
	if d.Outcome != "" {
		out = append(out, l.T("outcome."+d.Outcome))
	}
	if d.Noise != "" {
		out = append(out, l.T("noise."+d.Noise))
	}
	if d.To != "" {
		out = append(out, "→ "+d.To)
	}
	if d.About != "" {
		out = append(out, d.About)
	}
	if !d.Until.IsZero() {
		out = append(out, l.T("story.until", clock(d.Until)))
	}
	if d.For != "" {
		out = append(out, l.T("material."+d.For))
	}
	if d.Into != "" {
		out = append(out, "→ "+d.Into)
	}
	if d.From != "" {
		out = append(out, "← "+d.From)
	}
	if n := len(d.Articles); n > 0 {
		out = append(out, l.N("trail.articles", n))
	}
	return strings.Join(out, "; ")
}

// auditView is one line of what people did.
type auditView struct {
	alerting.AuditEntry
	Who string
}
