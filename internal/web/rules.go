package web

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"haidang/alerting"
	"haidang/alerting/feedback"
	"haidang/classifier"
	"haidang/internal/drafts"
)

// Feedback is what the pages ask of the desk's decisions on rules and sources.
type Feedback interface {
	Rules(ctx context.Context) ([]feedback.Rule, error)
	Sources(ctx context.Context) ([]feedback.Source, error)
	Judged(ctx context.Context, claimID string, limit int) ([]feedback.Judged, error)
}

// Drafts is where counter-examples are written.
type Drafts interface {
	Teach(ctx context.Context, desk drafts.Desk, archive drafts.Archive, l drafts.Lesson) (drafts.Written, error)
	Pending() (map[string]int, error)
	Dir() string
}

// rulesBody is what the desk's decisions say of the rules and the sources.
type rulesBody struct {
	L       language
	Days    int
	ToMend  []ruleView
	Rang    []ruleView // every rule that rang in the window, those that need a hand first
	Silent  []ruleView // the others
	Sources []sourceTally
	Draft   string // the folder of the draft, where there are counter-examples in it
	Pending int
}

// ruleView is one rule.
type ruleView struct {
	tallyView
	feedback.Rule
	Statement string
	Pending   int // counter-examples of the draft
}

// Remedy is what usually mends such a rule.
func (v ruleView) Remedy() string {
	if why, n := v.Main(); n > 0 {
		return v.L.T("remedy." + string(why))
	}
	return ""
}

// sourceTally is one outlet.
type sourceTally struct {
	tallyView
	feedback.Source
}

// tallyView tells how rings were judged.
type tallyView struct {
	L language
	T feedback.Tally
}

// barWidth is the width of the picture of a precision, in its own units.
const barWidth = 100

// precisionBar is where a precision stands between 0 and barWidth, and how far it may be off.
type precisionBar struct{ Low, Width, At float64 }

// Bar draws the interval of the precision.
func (t tallyView) Bar() precisionBar {
	share, low, high := t.T.Precision()
	return precisionBar{low * barWidth, (high - low) * barWidth, share * barWidth}
}

// Share says the precision in words: "3 of 4 right".
func (t tallyView) Share() string {
	if t.T.Judged() == 0 {
		return t.L.T("rules.unjudged")
	}
	return t.L.T("rules.share", t.L.Int(t.T.Hits), t.L.Int(t.T.Judged()))
}

// Interval says within which bounds the precision lies.
func (t tallyView) Interval() string {
	_, low, high := t.T.Precision()
	return t.L.T("rules.interval", int(low*100), int(high*100+.999))
}

// Why says the most frequent reason of noise.
func (t tallyView) Why() string {
	why, n := t.T.Main()
	if n == 0 {
		return ""
	}
	return t.L.T("rules.mostly", t.L.T("noise."+string(why)), t.L.Int(n))
}

func (s *Server) rulesPage(w http.ResponseWriter, r *http.Request) error {
	if s.deps.Feedback == nil {
		return errNotFound
	}
	l := s.language(r)
	body := rulesBody{L: l, Days: int(feedback.Window / (24 * time.Hour))}
	rules, err := s.deps.Feedback.Rules(r.Context())
	if err != nil {
		return err
	}
	pending, err := s.pending()
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, rule := range rules {
		known[rule.ClaimID] = true
		v := s.ruleView(l, rule, pending)
		switch {
		case rule.Rang > 0:
			body.Rang = append(body.Rang, v)
		default:
			body.Silent = append(body.Silent, v)
		}
	}
	for _, rule := range feedback.ToMend(rules) {
		body.ToMend = append(body.ToMend, s.ruleView(l, rule, pending))
	}
	for _, claim := range s.claims() {
		if !known[claim.ID] {
			body.Silent = append(body.Silent, s.ruleView(l, feedback.Rule{ClaimID: claim.ID}, pending))
		}
	}
	for _, n := range pending {
		body.Pending += n
	}
	if body.Pending > 0 {
		body.Draft = s.deps.Drafts.Dir()
	}
	sources, err := s.deps.Feedback.Sources(r.Context())
	if err != nil {
		return err
	}
	for _, source := range sources {
		body.Sources = append(body.Sources, sourceTally{tallyView{l, source.Tally}, source})
	}
	return s.show(w, r, http.StatusOK, "rules", page{Title: l.T("rules.title"), Section: "rules", Body: body})
}

func (s *Server) ruleView(l language, rule feedback.Rule, pending map[string]int) ruleView {
	v := ruleView{tallyView: tallyView{l, rule.Tally}, Rule: rule, Statement: named(rule.ClaimID), Pending: pending[rule.ClaimID]}
	if s.deps.Claim != nil {
		if says := s.deps.Claim(rule.ClaimID, string(l)); says != "" {
			v.Statement = says
		}
	}
	return v
}

// pending are the counter-examples of the draft; none where there is no draft.
func (s *Server) pending() (map[string]int, error) {
	if s.deps.Drafts == nil {
		return nil, nil
	}
	return s.deps.Drafts.Pending()
}

func (s *Server) claims() []classifier.Claim {
	if s.deps.Claims == nil {
		return nil
	}
	return s.deps.Claims()
}

// judgedRows is how many judged stories the page of a rule lists.
const judgedRows = 50

// ruleBody is one rule: how it was judged, and what it is made of.
type ruleBody struct {
	ruleView
	Claim   classifier.Claim
	Other   string // the statement in the other language
	Reasons []reasonBar
	Judged  []feedback.Judged
	Draft   string
}

// reasonBar is how often one reason of noise was given.
type reasonBar struct {
	Name  string
	N     int
	Width float64
}

func (s *Server) rulePage(w http.ResponseWriter, r *http.Request) error {
	if s.deps.Feedback == nil {
		return errNotFound
	}
	id, l := r.PathValue("id"), s.language(r)
	rules, err := s.deps.Feedback.Rules(r.Context())
	if err != nil {
		return err
	}
	pending, err := s.pending()
	if err != nil {
		return err
	}
	body, found := ruleBody{ruleView: s.ruleView(l, feedback.Rule{ClaimID: id}, pending)}, false
	for _, rule := range rules {
		if rule.ClaimID == id {
			body.ruleView, found = s.ruleView(l, rule, pending), true
		}
	}
	for _, claim := range s.claims() {
		if claim.ID == id {
			body.Claim, body.Other, found = claim, claim.Statement.EN, true
			if l == "en" {
				body.Other = claim.Statement.VI
			}
		}
	}
	if !found {
		return errNotFound
	}
	for _, n := range alerting.Noises() {
		if count := body.T.Reasons[n]; count > 0 {
			body.Reasons = append(body.Reasons, reasonBar{l.T("noise." + string(n)), count, barWidth * float64(count) / float64(body.Noise)})
		}
	}
	if body.Judged, err = s.deps.Feedback.Judged(r.Context(), id, judgedRows); err != nil {
		return err
	}
	if body.Pending > 0 {
		body.Draft = s.deps.Drafts.Dir()
	}
	return s.show(w, r, http.StatusOK, "rule", page{Title: body.Statement, Section: "rules", Body: body})
}

// apiRules tells programs how the rules and the sources were judged.
func (s *Server) apiRules(w http.ResponseWriter, r *http.Request) error {
	if s.deps.Feedback == nil {
		return errNotFound
	}
	rules, err := s.deps.Feedback.Rules(r.Context())
	if err != nil {
		return err
	}
	sources, err := s.deps.Feedback.Sources(r.Context())
	if err != nil {
		return err
	}
	s.writeJSON(w, http.StatusOK, map[string]any{"rules": orEmpty(rules), "sources": orEmpty(sources)})
	return nil
}

// lesson is what a story page offers to teach its rule.
type lesson struct {
	Articles []alertView
	Group    drafts.Group
}

// Groups are the kinds of example.
func (lesson) Groups() []drafts.Group { return []drafts.Group{drafts.NoMatch, drafts.Denies} }

// lessonOf is what can be taught by a story that was closed as noise; nil where it cannot.
func (s *Server) lessonOf(b *storyBody) *lesson {
	if s.deps.Drafts == nil || !b.Outcome.Noisy() || len(b.Actions.Allowed) == 0 {
		return nil
	}
	out := &lesson{Group: drafts.GroupFor(b.Story)}
	if b.Why != nil {
		out.Articles = append(out.Articles, *b.Why)
	}
	if out.Articles = append(out.Articles, b.Others.Shown...); len(out.Articles) == 0 {
		return nil
	}
	return out
}

// teach writes an article of a story as a counter-example.
func (s *Server) teach(w http.ResponseWriter, r *http.Request) error {
	v, err := s.actor(r)
	if err != nil {
		return err
	}
	if s.deps.Drafts == nil {
		return errNotFound
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	l, id := s.language(r), r.PathValue("id")
	out, err := s.deps.Drafts.Teach(r.Context(), s.deps.Desk, s.deps.Archive, drafts.Lesson{
		StoryID: id, ArticleID: r.PostFormValue("article"), Group: drafts.Group(r.PostFormValue("group")), By: v.ID,
	})
	for kind, key := range map[error]string{drafts.ErrTwice: "lesson.twice", drafts.ErrNoClaim: "lesson.no_claim", drafts.ErrNotNoise: "lesson.not_noise", drafts.ErrNoArticle: "lesson.no_article"} {
		if errors.Is(err, kind) {
			return s.showStory(w, r, http.StatusConflict, strings.TrimSuffix(l.T(key), "."), "")
		}
	}
	if errors.Is(err, alerting.ErrNotFound) {
		return errNotFound
	}
	if err != nil {
		return err
	}
	s.log.Info("counter-example written", "claim", out.File, "line", out.Line, "rings", out.Rings)
	http.Redirect(w, r, "/stories/"+id+"#trail", http.StatusSeeOther)
	return nil
}
