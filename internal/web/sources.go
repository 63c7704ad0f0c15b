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
	Sources []crawler.SourceHealth // those that need a look first
	Failing int
	Quiet   int
}

// urgency is the order of the states on the page.
var urgency = []crawler.State{crawler.StateFailing, crawler.StateQuiet, crawler.StateNew, crawler.StateOK}

func (s *Server) sources(w http.ResponseWriter, r *http.Request) error {
	body := sourcesBody{Crawls: s.deps.Sources != nil}
	if body.Crawls {
		health, err := s.deps.Sources(r.Context())
		if err != nil {
			return err
		}
		body.take(slices.Clone(health))
	}
	return s.show(w, r, http.StatusOK, "sources", page{Title: s.language(r).T("sources.title"), Section: "sources", Body: body})
}

func (b *sourcesBody) take(health []crawler.SourceHealth) {
	slices.SortStableFunc(health, func(x, y crawler.SourceHealth) int {
		return cmp.Compare(slices.Index(urgency, x.State), slices.Index(urgency, y.State))
	})
	b.Sources = health
	for _, h := range health {
		switch h.State {
		case crawler.StateFailing:
			b.Failing++
		case crawler.StateQuiet:
			b.Quiet++
		}
	}
}
