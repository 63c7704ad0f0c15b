package web

import (
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"haidang/internal/coverage"
)

// coverageBody is the page of volumes over time.
type coverageBody struct {
	L       language
	Query   string
	Days    string // of the choices, "" for a period of one's own
	Choices []string
	From    string // a period of one's own
	To      string
	Beside  string // other queries, parted by semicolons
	Wrong   *mistake
	Report  coverage.Report
	Chart   *coverageChart
	Tone    *toneChart
	By      []breakdownView
	values  url.Values // of the request
	label   func(facet, id string, name coverage.Words) string
}

// periods are the lengths that the page offers, in days.
var periods = []string{"1", "7", "30", "90", "365"}

func (s *Server) coverage(w http.ResponseWriter, r *http.Request) error {
	l, q := s.language(r), r.URL.Query()
	body := coverageBody{
		L: l, Query: q.Get("q"), Days: q.Get("days"), Choices: periods, From: q.Get("from"), To: q.Get("to"), Beside: strings.Join(q["beside"], "; "), values: q,
		label: func(facet, id string, name coverage.Words) string {
			return s.valueLabel(l, facet, id, name.In(string(l)))
		},
	}
	if body.Days == "" && body.From == "" {
		body.Days = "7"
		q.Set("days", "7")
	}
	if body.Days != "" {
		body.From, body.To = "", ""
		q.Del("from")
		q.Del("to")
	}
	status := http.StatusOK
	report, err := s.report(r, q)
	if _, ok := queryMistake(err); ok {
		body.Wrong, status = explainMistake(err, body.Query, l), http.StatusBadRequest
	} else if err != nil {
		return err
	} else {
		body.fill(report)
	}
	return s.show(w, r, status, "coverage", page{Title: l.T("coverage.title"), Section: "coverage", Body: body})
}

func (b *coverageBody) fill(r coverage.Report) {
	b.Report, b.Chart, b.Tone = r, newCoverageChart(b.L, r), newToneChart(b.L, r)
	for _, one := range r.By {
		if len(one.Values) == 0 || one.Dimension == coverage.Stance || len(one.Values) == 1 && one.Dimension != coverage.Outlet {
			continue // the tone tells stances; one language of one says nothing
		}
		b.By = append(b.By, b.breakdown(one))
	}
}

// Narrowed is the same page for a part of the articles.
func (b coverageBody) Narrowed(filter string) string {
	v := url.Values{"q": {narrowed(b.Query, filter)}}
	for _, name := range []string{"days", "from", "to", "before", "clock", "copies", "beside"} {
		if one := b.values.Get(name); one != "" {
			v.Set(name, one)
		}
	}
	return "/coverage?" + v.Encode()
}

// Kept is where the query can be kept; "" without one.
func (b coverageBody) Kept() string {
	if b.Query == "" {
		return ""
	}
	return searchBody{Query: b.Query}.Kept()
}

// Table is where spreadsheets read the same numbers.
func (b coverageBody) Table() string { return "/coverage.csv?" + b.values.Encode() }

// API is where programs read them.
func (b coverageBody) API() string { return "/api/coverage?" + b.values.Encode() }

// Articles is where the articles of the period are.
func (b coverageBody) Articles() string {
	return searchIn(b.Query, b.Report.Clock, b.Report.From, b.Report.To)
}

// searchIn is the search for articles of a stretch of time, in whole days, which is what the query language knows.
func searchIn(query string, clock coverage.Clock, from, to time.Time) string {
	first, last := from.In(coverage.Zone).Format(time.DateOnly), to.Add(-time.Second).In(coverage.Zone).Format(time.DateOnly)
	days := first
	if last != first {
		days += ".." + last
	}
	return "/search?" + url.Values{"q": {narrowed(query, string(clock)+":"+days)}, "sort": {string(clock)}}.Encode()
}

// Period says the days that are told of, and those beside them.
func (b coverageBody) Period() string {
	r := b.Report
	return b.L.T("coverage.period", stretch(r.From, r.To), stretch(r.Before, r.Before.Add(r.To.Sub(r.From))))
}

func stretch(from, to time.Time) string {
	first, last := from.In(coverage.Zone).Format("02/01/2006"), to.Add(-time.Second).In(coverage.Zone).Format("02/01/2006")
	if first == last {
		return first
	}
	return first + " – " + last
}

// figure is one number of the head of the page.
type figure struct{ Name, Number, Note string }

// Figures are what a reader wants to know first.
func (b coverageBody) Figures() []figure {
	r, l, counted := b.Report, b.L, "coverage.articles"
	if b.values.Get("copies") == "all" {
		counted = "coverage.all"
	}
	out := []figure{
		{l.T(counted), l.Int(r.Articles.Now), l.change(r.Articles)},
		{l.T("coverage.copies"), l.Int(r.Copies.Now), l.change(r.Copies)},
	}
	for _, one := range r.By {
		if one.Dimension == coverage.Outlet {
			n := len(slices.DeleteFunc(slices.Clone(one.Values), func(v coverage.Value) bool { return v.Now == 0 })) + one.More
			out = append(out, figure{l.T("coverage.outlets"), l.Int(n), ""})
		}
	}
	for _, t := range r.Tone {
		if t.Name == "repeats" {
			out = append(out, figure{l.T("coverage.repeats"), l.Int(t.Now), l.change(t.Count)})
		}
	}
	return out
}

// change says how a number differs from the one before.
func (l language) change(c coverage.Count) string {
	by, known := c.Change()
	switch {
	case !known && c.Now == 0:
		return ""
	case !known:
		return l.T("coverage.new")
	case math.Abs(by) < .005:
		return l.T("coverage.same")
	case by > 0:
		return "▲ " + l.percent(by)
	}
	return "▼ " + l.percent(-by)
}

// percent writes a share: 12 %, and 1.3 % where it is small.
func (l language) percent(share float64) string {
	digits := 0
	if share < .0995 {
		digits = 1
	}
	s := fmt.Sprintf("%.*f%%", digits, 100*share)
	if l == "vi" {
		s = strings.Replace(s, ".", ",", 1)
	}
	return s
}

// spikeView is a spike and where its articles are.
type spikeView struct {
	coverage.Spike
	Sentence string
	Address  string
}

// Spikes are those of the report, in the visitor's language.
func (b coverageBody) Spikes() (out []spikeView) {
	for _, s := range b.Report.Spikes {
		out = append(out, spikeView{s, s.Said.In(string(b.L)), searchIn(s.Filter(b.Query), b.Report.Clock, s.From, s.To)})
	}
	return out
}

// Voices are the query and those beside it; nil for one query alone.
func (b coverageBody) Voices() *breakdownView {
	if len(b.Report.Voices) == 0 {
		return nil
	}
	out := &breakdownView{L: b.L, Title: b.L.T("coverage.voices")}
	for _, v := range b.Report.Voices {
		out.Rows = append(out.Rows, rowView{
			Label: v.Query, Address: searchIn(v.Query, b.Report.Clock, b.Report.From, b.Report.To), Count: b.L.Int(v.Now), Share: b.L.percent(v.Share),
			Change: b.L.change(v.Count), Part: int(100 * v.Share), Line: course(v.Bars, 100, 20),
		})
	}
	return out
}

// movesView are the values that rose, or those that fell.
type movesView struct {
	Title string
	Rows  []moveView
}

// moveView is one of them.
type moveView struct{ Kind, Label, Address, Numbers, Shares string }

// Moves are what rose and what fell, where anything did.
func (b coverageBody) Moves() (out []movesView) {
	for _, side := range []struct {
		title string
		list  []coverage.Move
	}{{"coverage.rose", b.Report.Rose}, {"coverage.fell", b.Report.Fell}} {
		if len(side.list) == 0 {
			continue
		}
		v := movesView{Title: b.L.T(side.title)}
		for _, m := range side.list {
			d := string(m.Dimension)
			v.Rows = append(v.Rows, moveView{
				Kind: b.L.T("facet." + d), Label: b.label(d, m.ID, m.Name), Address: b.Narrowed(d + ":" + m.ID),
				Numbers: b.L.Int(m.Before) + " → " + b.L.Int(m.Now), Shares: b.L.percent(m.ShareBefore) + " → " + b.L.percent(m.Share),
			})
		}
		out = append(out, v)
	}
	return out
}

// breakdownView is the coverage by one property.
type breakdownView struct {
	L     language
	Title string
	Rows  []rowView
	More  int
}

// rowView is one value.
type rowView struct {
	Label, Address, Count, Share, Change string
	Part                                 int    // per cent of the most frequent
	Line                                 string // points of its course, in a field of 100 by 20
}

func (b coverageBody) breakdown(one coverage.Breakdown) breakdownView {
	d := string(one.Dimension)
	out := breakdownView{L: b.L, Title: b.L.T("facet." + d), More: one.More}
	most := 1
	for _, v := range one.Values {
		most = max(most, v.Now)
	}
	for _, v := range one.Values {
		out.Rows = append(out.Rows, rowView{
			Label: b.label(d, v.ID, v.Name), Address: b.Narrowed(d + ":" + v.ID), Count: b.L.Int(v.Now), Share: b.L.percent(v.Share),
			Change: b.L.change(v.Count), Part: 100 * v.Now / most, Line: course(v.Bars, 100, 20),
		})
	}
	return out
}
