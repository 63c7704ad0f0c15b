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

// Why says in words why the source fails; "" when it does not, or nobody knows.
func (v sourceView) Why() string {
	if v.Reason == "" {
		return ""
	}
	return v.Reason.Words(string(v.L))
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
