package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"haidang/internal/query"
	"haidang/internal/saved"
)

// Saved is what the pages ask of the searches that people keep.
type Saved interface {
	Add(ctx context.Context, s saved.Search) (saved.Search, error)
	Edit(ctx context.Context, s saved.Search) (saved.Search, error)
	Remove(ctx context.Context, owner, id string) error
	List(ctx context.Context, owner string) ([]saved.Search, error)
	Latest(ctx context.Context, owner string, limit int) ([]saved.Ring, error)
	Issues(ctx context.Context, owner, id string) (saved.Search, []saved.Issue, error)
	Rings(ctx context.Context, after int64, limit int) ([]saved.Ring, error)
	Preview(ctx context.Context, archive saved.Archive, query string) (saved.Preview, error)
}

// latestRings is how many of the newest matches the page shows.
const latestRings = 30

// savedBody is the page of saved searches.
type savedBody struct {
	L         language
	Form      saved.Search
	Schedules []saved.Schedule
	Wrong     *mistake
	Refused   string
	Preview   *previewView
	Lists     []savedList
	Latest    []saved.Ring
	MayKeep   bool
}

// savedList is the searches of one list: the visitor's own, or a shared one.
type savedList struct {
	Name     string // empty: the visitor's own
	Searches []savedView
}

// savedView is one saved search.
type savedView struct {
	saved.Search
	L         language
	OwnerName string
	Mine      bool
}

// Action is where the form goes, Again where it is previewed: a search that has an ID is edited.
func (b savedBody) Action() string {
	if b.Form.ID == "" {
		return "/saved"
	}
	return "/saved/" + b.Form.ID
}

// Again shows the form as it is filled in.
func (b savedBody) Again() string {
	if b.Form.ID == "" {
		return "/saved"
	}
	return b.Action() + "/edit"
}

// Address is the search itself.
func (v savedView) Address() string { return "/search?" + searchParams(v.Query) }

// Page is what the search has told.
func (v savedView) Page() string { return "/saved/" + v.ID }

// Feed is what the search tells, for feed readers.
func (v savedView) Feed() string { return v.Page() + "/feed" }

// searchParams leaves out the condition on the number of sources: a search page shows all that matches.
func searchParams(src string) string { return url.Values{"q": {src}, "sort": {"seen"}}.Encode() }

// previewView is how often a search would have rung.
type previewView struct {
	saved.Preview
	L    language
	Said string
	Bars []barView
}

func (s *Server) savedPage(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	return s.showSaved(w, r, http.StatusOK, savedBody{Form: saved.Search{Query: q.Get("q"), Schedule: saved.Live, Name: q.Get("name"), List: q.Get("list")}})
}

// showSaved shows the form, with a preview of what is in it, and all that the visitor sees.
func (s *Server) showSaved(w http.ResponseWriter, r *http.Request, status int, b savedBody) error {
	if s.deps.Saved == nil {
		return errNotFound
	}
	v, err := s.visitor(r)
	if err != nil {
		return err
	}
	b.L, b.Schedules, b.MayKeep = s.language(r), saved.Schedules, v.Known()
	if b.Form.Query != "" && b.Wrong == nil {
		p, err := s.deps.Saved.Preview(r.Context(), s.deps.Archive, b.Form.Query)
		switch _, mistaken := queryMistake(err); {
		case mistaken:
			b.Wrong, status = explainMistake(err, b.Form.Query, b.L), http.StatusBadRequest
		case err != nil:
			return err
		default:
			b.Preview = previewed(b.L, p)
		}
	}
	owner := viewer(v)
	list, err := s.deps.Saved.List(r.Context(), owner)
	if err != nil {
		return err
	}
	b.Lists = s.savedLists(b.L, owner, list)
	if b.Latest, err = s.deps.Saved.Latest(r.Context(), owner, latestRings); err != nil {
		return err
	}
	return s.show(w, r, status, "saved", page{Title: b.L.T("saved.title"), Section: "saved", Body: b})
}

// viewer is as whom somebody looks: nobody we know sees what is shared.
func viewer(v visitor) string {
	if v.Known() {
		return v.ID
	}
	return "-" // nobody has this name
}

// savedLists puts searches onto their lists; they come in the order of these.
func (s *Server) savedLists(l language, owner string, all []saved.Search) []savedList {
	var out []savedList
	for _, one := range all {
		if n := len(out); n == 0 || out[n-1].Name != one.List {
			out = append(out, savedList{Name: one.List})
		}
		last := &out[len(out)-1]
		last.Searches = append(last.Searches, savedView{one, l, s.personName(l, one.Owner), one.Owner == owner})
	}
	return out
}

// previewed draws a preview.
func previewed(l language, p saved.Preview) *previewView {
	v := &previewView{Preview: p, L: l}
	most := p.Days[0]
	for _, d := range p.Days {
		if d.Rings > most.Rings {
			most = d
		}
	}
	step := float64(chartWidth) / float64(len(p.Days))
	for i, d := range p.Days {
		height := float64(chartHeight*d.Rings) / float64(max(1, most.Rings))
		v.Bars = append(v.Bars, barView{
			X: float64(i)*step + step*.1, Y: chartHeight - height, Width: step * .8, Height: height, Label: barName("day", d.Date) + ": " + l.Int(d.Rings),
		})
	}
	v.Said = l.T("saved.would", len(p.Days), l.Int(p.Rings), l.Int(p.Matches))
	if p.Rings > 0 {
		v.Said += " " + l.T("saved.most", barName("day", most.Date), l.Int(most.Rings))
	}
	return v
}

// First and Last are the ends of the chart.
func (v *previewView) First() string { return barName("day", v.Days[0].Date) }

// Last is its last day.
func (v *previewView) Last() string { return barName("day", v.Days[len(v.Days)-1].Date) }

// editSaved shows the form with a search of the visitor's own, as it is or as he was about to write it.
func (s *Server) editSaved(w http.ResponseWriter, r *http.Request) error {
	if s.deps.Saved == nil {
		return errNotFound
	}
	v, err := s.visitor(r)
	if err != nil {
		return err
	}
	own, err := s.deps.Saved.List(r.Context(), viewer(v))
	if err != nil {
		return err
	}
	i := slices.IndexFunc(own, func(one saved.Search) bool { return one.ID == r.PathValue("id") && one.Owner == v.ID })
	if i < 0 {
		return errNotFound
	}
	form := own[i]
	if q := r.URL.Query(); q.Has("version") {
		version, err := strconv.ParseInt(q.Get("version"), 10, 64)
		if err != nil {
			return badRequest{s.language(r).T("act.form")}
		}
		form.Query, form.Name, form.Schedule, form.List, form.Version = q.Get("q"), q.Get("name"), saved.Schedule(q.Get("schedule")), q.Get("list"), version
	}
	return s.showSaved(w, r, http.StatusOK, savedBody{Form: form})
}

// changeSaved takes the form of editSaved.
func (s *Server) changeSaved(w http.ResponseWriter, r *http.Request) error {
	return s.keepSaved(w, r, func(form saved.Search) error {
		version, err := formVersion(r)
		if err != nil {
			return badRequest{s.language(r).T("act.form")}
		}
		form.Version = version
		_, err = s.deps.Saved.Edit(r.Context(), form)
		return err
	})
}

func (s *Server) addSaved(w http.ResponseWriter, r *http.Request) error {
	return s.keepSaved(w, r, func(form saved.Search) error {
		_, err := s.deps.Saved.Add(r.Context(), form)
		return err
	})
}

// keepSaved hands the filled-in form on, and shows it again with what is wrong with it.
func (s *Server) keepSaved(w http.ResponseWriter, r *http.Request, keep func(saved.Search) error) error {
	if s.deps.Saved == nil {
		return errNotFound
	}
	v, err := s.actor(r)
	if err != nil {
		return err
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	form := saved.Search{
		ID: r.PathValue("id"), Owner: v.ID, Name: r.PostFormValue("name"), Query: r.PostFormValue("q"), Schedule: saved.Schedule(r.PostFormValue("schedule")), List: r.PostFormValue("list"),
	}
	err = keep(form)
	form.Version, _ = formVersion(r) // none on a new one
	b, status := savedBody{Form: form}, http.StatusBadRequest
	var wrong *query.Error
	switch {
	case errors.As(err, &wrong):
		b.Wrong = explainMistake(err, form.Query, s.language(r))
	case errors.Is(err, saved.ErrWrong):
		b.Refused = s.refusal(r, form, err)
	case errors.Is(err, saved.ErrEdited):
		b.Refused, status = s.language(r).T("saved.edited"), http.StatusConflict
	case errors.Is(err, saved.ErrNotFound):
		return errNotFound
	case err != nil:
		return err
	default:
		http.Redirect(w, r, "/saved", http.StatusSeeOther)
		return nil
	}
	return s.showSaved(w, r, status, b)
}

// refusal says in the visitor's language what is wrong with a name, and everything else as it is.
func (s *Server) refusal(r *http.Request, form saved.Search, err error) string {
	switch l := s.language(r); {
	case strings.TrimSpace(form.Name) == "":
		return l.T("saved.no_name")
	case strings.Contains(err.Error(), "choose another"):
		return l.T("saved.taken")
	}
	return err.Error()
}

func (s *Server) removeSaved(w http.ResponseWriter, r *http.Request) error {
	if s.deps.Saved == nil {
		return errNotFound
	}
	v, err := s.actor(r)
	if err != nil {
		return err
	}
	err = s.deps.Saved.Remove(r.Context(), v.ID, r.PathValue("id"))
	if errors.Is(err, saved.ErrNotFound) {
		return errNotFound
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/saved", http.StatusSeeOther)
	return nil
}

// apiSaved lists the searches that the visitor sees.
func (s *Server) apiSaved(w http.ResponseWriter, r *http.Request) error {
	if s.deps.Saved == nil {
		return errNotFound
	}
	v, err := s.visitor(r)
	if err != nil {
		return err
	}
	list, err := s.deps.Saved.List(r.Context(), viewer(v))
	if err != nil {
		return err
	}
	s.writeJSON(w, http.StatusOK, map[string]any{"searches": orEmpty(list)})
	return nil
}

// ringsAtATime bounds one answer.
const ringsAtATime = 500

// apiRings tells programs what rang after the last number that they have.
func (s *Server) apiRings(w http.ResponseWriter, r *http.Request) error {
	if s.deps.Saved == nil {
		return errNotFound
	}
	after, err := strconv.ParseInt(r.URL.Query().Get("after"), 10, 64)
	if err != nil && r.URL.Query().Get("after") != "" || after < 0 {
		return badRequest{"after: the seq of the last ring, a number from 0"}
	}
	rings, err := s.deps.Saved.Rings(r.Context(), after, ringsAtATime)
	if err != nil {
		return err
	}
	s.writeJSON(w, http.StatusOK, map[string]any{"rings": orEmpty(rings)})
	return nil
}

// orEmpty is a list that JSON writes as one even when there is nothing in it.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
