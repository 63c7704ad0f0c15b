package web

import (
	"net/http"

	"haidang/crawler"
)

// sourcesBody is how the sources are doing.
type sourcesBody struct {
	Crawls  bool
	Sources []crawler.SourceHealth
}

func (s *Server) sources(w http.ResponseWriter, r *http.Request) error {
	body := sourcesBody{Crawls: s.deps.Sources != nil}
	if body.Crawls {
		var err error
		if body.Sources, err = s.deps.Sources(r.Context()); err != nil {
			return err
		}
	}
	return s.show(w, r, http.StatusOK, "sources", page{Title: s.language(r).T("sources.title"), Section: "sources", Body: body})
}
