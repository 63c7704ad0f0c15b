package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"haidang/alerting/response"
)

// Response is what the pages ask of the measured response.
type Response interface {
	Report(ctx context.Context, q response.Query) (response.Report, error)
	Cases(ctx context.Context, q response.Query) ([]response.Case, error)
	ParseMonth(s string) (time.Time, error)
}

// responseBody is how fast the desk meets a rumour.
type responseBody struct {
	L        language
	By       response.By
	Cuts     []response.By
	From, To string // months, as in the address
	Total    groupView
	Groups   []groupView
	Chart    []barView // months: how long claims stood until their first denial
	Said     string
	Wrong    string
}

// groupView is one line of the report.
type groupView struct {
	response.Group
	L    language
	Name string
}

// Step is one measure, with its name.
type Step struct {
	Name string
	response.Measure
	L language
}

// Says is the usual length, and the one that nine of ten keep.
func (s Step) Says() string {
	if s.Stories == 0 {
		return "–"
	}
	return s.L.Length(s.Median)
}

// Most says what nine of ten keep, and of how many stories.
func (s Step) Tail() string {
	if s.Stories == 0 {
		return s.L.T("response.none")
	}
	return s.L.T("response.tail", s.L.Length(s.P90), s.L.Int(s.Stories))
}

// Steps are the measures in the order in which they happen.
func (g groupView) Steps() []Step {
	var out []Step
	for _, s := range []struct {
		name string
		m    response.Measure
	}{{"alerted", g.Alerted}, {"told", g.Told}, {"acknowledged", g.Acknowledged}, {"responded", g.Responded}, {"closed", g.Closed}, {"denied", g.Denied}} {
		out = append(out, Step{g.L.T("response." + s.name), s.m, g.L})
	}
	return out
}

// Hours is how long claims stood unanswered, all together.
func (g groupView) Hours() string { return g.L.T("response.hours", g.L.Int(int(g.UnansweredHours+.5))) }

// Length says a length of time in two units, as a measure needs: "1 h 05 min".
func (l language) Length(d time.Duration) string {
	switch {
	case d < time.Minute:
		return l.T("length.seconds", int(d.Seconds()))
	case d < time.Hour:
		return l.T("length.minutes", int(d.Minutes()))
	case d < 48*time.Hour:
		return l.T("length.hours", int(d.Hours()), int(d.Minutes())%60)
	}
	return l.T("length.days", int(d.Hours())/24, int(d.Hours())%24)
}

// measured is the report that a request asks for.
func (s *Server) measured(r *http.Request) (response.Report, error) {
	q, err := s.responseQuery(r)
	if err != nil {
		return response.Report{}, err
	}
	return s.deps.Response.Report(r.Context(), q)
}

// responseQuery reads which stories a visitor asks for; a site that measures nothing has no such page.
func (s *Server) responseQuery(r *http.Request) (q response.Query, err error) {
	if s.deps.Response == nil {
		return q, errNotFound
	}
	f := r.URL.Query()
	q.By = response.By(f.Get("by"))
	if from := f.Get("from"); from != "" {
		if q.From, err = s.deps.Response.ParseMonth(from); err != nil {
			return q, badRequest{"from: " + err.Error()}
		}
	}
	if to := f.Get("to"); to != "" {
		if q.To, err = s.deps.Response.ParseMonth(to); err != nil {
			return q, badRequest{"to: " + err.Error()}
		}
		q.To = q.To.AddDate(0, 1, 0) // the month itself belongs to it
	}
	switch q.By {
	case "", response.ByMonth, response.ByField, response.ByPlace:
		return q, nil
	}
	return q, badRequest{fmt.Sprintf("by: %q; month, field or place", q.By)}
}

func (s *Server) responsePage(w http.ResponseWriter, r *http.Request) error {
	report, err := s.measured(r)
	if err != nil {
		return err
	}
	l := s.language(r)
	body := responseBody{L: l, By: report.By, Cuts: response.Cuts(), From: r.URL.Query().Get("from"), To: r.URL.Query().Get("to"), Total: groupView{report.Total, l, ""}}
	for _, g := range report.Groups {
		body.Groups = append(body.Groups, groupView{g, l, s.groupName(l, report.By, g.Key)})
	}
	if report.By == response.ByMonth {
		body.draw()
	}
	return s.show(w, r, http.StatusOK, "response", page{Title: l.T("response.title"), Section: "response", Body: body})
}

// groupName is the name of a month, a field or a place.
func (s *Server) groupName(l language, by response.By, key string) string {
	switch {
	case key == "":
		return l.T("response.nowhere")
	case by == response.ByField:
		return l.T("field." + key)
	case by == response.ByPlace:
		return s.placeNames(l, []string{key})[0]
	}
	t, err := time.Parse("2006-01", key)
	if err != nil {
		return key
	}
	return t.Format("01/2006")
}

// draw makes the chart: month by month, how long it usually took until the first denial.
func (b *responseBody) draw() {
	if len(b.Groups) < 2 {
		return
	}
	var most time.Duration
	for _, g := range b.Groups {
		most = max(most, g.Denied.Median)
	}
	if most == 0 {
		return
	}
	step := float64(chartWidth) / float64(len(b.Groups))
	for i, g := range b.Groups {
		height := chartHeight * g.Denied.Median.Hours() / most.Hours()
		b.Chart = append(b.Chart, barView{
			X: float64(i)*step + step*.15, Y: chartHeight - height, Width: step * .7, Height: height, Label: g.Name + ": " + Step{"", g.Denied, b.L}.Says(),
		})
	}
	b.Said = b.L.T("response.chart", b.L.Length(most))
}

// First and Last are the ends of the chart.
func (b responseBody) First() string { return b.Groups[0].Name }

// Last is its last month.
func (b responseBody) Last() string { return b.Groups[len(b.Groups)-1].Name }

// Address is this page cut in another way, or one of its tables.
func (b responseBody) Address(path string, by response.By) string {
	q := url.Values{"by": {string(by)}}
	if b.From != "" {
		q.Set("from", b.From)
	}
	if b.To != "" {
		q.Set("to", b.To)
	}
	return path + "?" + q.Encode()
}

// responseCSV writes the report as a table, or, by story, every story that it is made of.
func (s *Server) responseCSV(w http.ResponseWriter, r *http.Request) error {
	if f := r.URL.Query(); f.Get("by") == "story" {
		f.Del("by")
		r.URL.RawQuery = f.Encode()
		return s.casesCSV(w, r)
	}
	report, err := s.measured(r)
	if err != nil {
		return err
	}
	csvHeader(w)
	return report.WriteCSV(w)
}

func (s *Server) casesCSV(w http.ResponseWriter, r *http.Request) error {
	q, err := s.responseQuery(r)
	if err != nil {
		return err
	}
	cases, err := s.deps.Response.Cases(r.Context(), q)
	if err != nil {
		return err
	}
	csvHeader(w)
	return response.WriteCasesCSV(w, cases, s.deps.Now())
}

func csvHeader(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="response.csv"`)
}

// apiResponse tells programs what was measured.
func (s *Server) apiResponse(w http.ResponseWriter, r *http.Request) error {
	report, err := s.measured(r)
	if err != nil {
		return err
	}
	s.writeJSON(w, http.StatusOK, report)
	return nil
}
