package web

import (
	"cmp"
	"net/http"
	"slices"

	"haidang/crawler"
)

// sourcesBody is how the sources are doing.
type sourcesBody struct {
	Crawls  bool
	Sources []sourceView // those that need a look first
	Failing int
	Quiet   int
}

// sourceView is one source.
type sourceView struct {
	crawler.SourceHealth
	L language
}

// Why says in words why the source fails or what its silence is measured by; "" when it is well, or nobody knows.
func (v sourceView) Why() string { return v.Words(string(v.L)) }

// Notes are what an operator may want to change: feeds that moved, that are asked once a day, that do not tell the truth
// about what has changed, and items that only a sitemap had.
func (v sourceView) Notes() []string {
	var out []string
	for _, f := range v.Feeds {
		if f.MovedTo != "" {
			out = append(out, v.L.T("sources.moved", f.URL, f.MovedTo))
		}
		if f.Daily {
			out = append(out, v.L.T("sources.daily", f.URL))
		}
		if !f.Lied.IsZero() {
			out = append(out, v.L.T("sources.lied", f.URL, clock(f.Lied)))
		}
		if f.Missed > 0 {
			out = append(out, v.L.T("sources.missed", v.L.Int(int(f.Missed)), f.URL))
		}
	}
	return out
}

// urgency is the order of the states on the page.
var urgency = []crawler.State{crawler.StateFailing, crawler.StateQuiet, crawler.StateNew, crawler.StateOK}

func (s *Server) sources(w http.ResponseWriter, r *http.Request) error {
	l := s.language(r)
	body := sourcesBody{Crawls: s.deps.Sources != nil}
	if body.Crawls {
		health, err := s.deps.Sources(r.Context())
		if err != nil {
			return err
		}
		body.take(l, slices.Clone(health))
	}
	return s.show(w, r, http.StatusOK, "sources", page{Title: l.T("sources.title"), Section: "sources", Body: body})
}

func (b *sourcesBody) take(l language, health []crawler.SourceHealth) {
	slices.SortStableFunc(health, func(x, y crawler.SourceHealth) int {
		return cmp.Compare(slices.Index(urgency, x.State), slices.Index(urgency, y.State))
	})
	for _, h := range health {
		b.Sources = append(b.Sources, sourceView{h, l})
		switch h.State {
		case crawler.StateFailing:
			b.Failing++
		case crawler.StateQuiet:
			b.Quiet++
		}
	}
}
