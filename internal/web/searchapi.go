package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"haidang/index"
	"haidang/internal/export"
)

// searchRequest reads the parameters of the page, of the API and of the exports, which are the same.
func searchRequest(r *http.Request) (index.Request, error) {
	q := r.URL.Query()
	req := index.Request{
		Query: q.Get("q"), Sort: index.Sort(q.Get("sort")), After: q.Get("after"), Like: q.Get("like"),
		Fold: q.Get("copies") == "fold", Suggest: q.Get("suggest") == "1",
	}
	switch req.Sort {
	case "":
		req.Sort = index.ByRelevance
		if req.Query == "" && req.Like == "" {
			req.Sort = index.BySeen
		}
	default:
		if !slices.Contains(index.Sorts, req.Sort) {
			return req, badRequest{fmt.Sprintf("sort=%q: relevance, fresh, seen or published", req.Sort)}
		}
	}
	for _, p := range []struct {
		name string
		to   *int
		most int
	}{{"limit", &req.Limit, index.MaxLimit}, {"facets", &req.Facets, index.MaxFacetValues}} {
		v := q.Get(p.name)
		if v == "" {
			continue
		}
		n, err := strconv.Atoi(v)
		if err != nil || n < 0 || n > p.most {
			return req, badRequest{fmt.Sprintf("%s=%q: a number from 1 to %d", p.name, v, p.most)}
		}
		*p.to = n
	}
	for name, at := range map[string]*time.Time{"from": &req.From, "to": &req.To} {
		if v := q.Get(name); v != "" {
			t, err := time.Parse(time.RFC3339, v)
			if err != nil {
				return req, badRequest{fmt.Sprintf("%s=%q: a time such as 2026-11-22T00:00:00+07:00", name, v)}
			}
			*at = t
		}
	}
	return req, nil
}

// apiSearch answers as `haidang search --json` prints.
func (s *Server) apiSearch(w http.ResponseWriter, r *http.Request) error {
	req, err := searchRequest(r)
	if err != nil {
		return err
	}
	result, err := s.deps.Archive.Search(r.Context(), req)
	if sentence, ok := queryMistake(err); ok {
		return s.advise(w, r, req, sentence)
	}
	if err != nil {
		return err
	}
	s.writeJSON(w, http.StatusOK, result)
	return nil
}

// advise answers a mistake of a program's user with what he may have meant, where he asks for suggestions.
func (s *Server) advise(w http.ResponseWriter, r *http.Request, req index.Request, sentence string) error {
	answer := map[string]string{"error": sentence}
	if req.Suggest {
		meant, err := s.deps.Archive.Suggest(r.Context(), req.Query)
		if err != nil {
			return err
		}
		if meant != "" {
			answer["did_you_mean"] = meant
		}
	}
	s.writeJSON(w, http.StatusBadRequest, answer)
	return nil
}

const (
	feedItems  = 50     // of a feed: the newest
	exportRows = 10_000 // of a table at most
	exportPage = 500
)

// export writes a search as a table or as a feed. A table has all that is found, up to exportRows; the head of the answer
// says when that is not all. A feed has the newest, and may be asked every few minutes.
func (s *Server) export(w http.ResponseWriter, r *http.Request) error {
	format := export.Format(strings.TrimPrefix(r.URL.Path, "/search."))
	req, err := searchRequest(r)
	if err != nil {
		return err
	}
	req.Facets, req.Suggest, req.Limit = 0, false, exportPage
	most := exportRows
	if format == export.RSS || format == export.Atom {
		req.Sort, req.Limit, most, req.After = index.BySeen, feedItems, feedItems, ""
	}
	result, err := s.deps.Archive.Search(r.Context(), req)
	if sentence, ok := queryMistake(err); ok {
		return badRequest{sentence}
	}
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", format.Type())
	h.Set("Cache-Control", "no-store")
	h.Set("X-Haidang-Total", strconv.Itoa(result.Total))
	if result.AtLeast || result.Total > most && most == exportRows {
		h.Set("X-Haidang-Partial", "true")
	}
	if most == exportRows {
		h.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="haidang-%s.%s"`, s.deps.Now().In(zone).Format("20060102-1504"), format))
	}
	return s.writeHits(w, r, format, req, result, most)
}

// writeHits writes page after page. The head is out by then: what fails now cuts the answer short and is logged.
func (s *Server) writeHits(w http.ResponseWriter, r *http.Request, format export.Format, req index.Request, result index.Result, most int) error {
	base := s.base(r)
	out, err := export.New(format, w, export.About{
		Query: req.Query, Link: base + "/search?" + url.Values{"q": {req.Query}, "sort": {string(req.Sort)}}.Encode(), Self: base + r.URL.RequestURI(), Now: s.deps.Now(),
	})
	if err != nil {
		return err
	}
	for written := 0; ; {
		for i := range result.Hits[:min(len(result.Hits), most-written)] {
			if err := out.Write(&result.Hits[i]); err != nil {
				return nil // the visitor has gone
			}
			written++
		}
		if result.Next == "" || written >= most {
			break
		}
		req.After = result.Next
		if result, err = s.deps.Archive.Search(r.Context(), req); err != nil {
			s.log.Error("export cut short", "query", req.Query, "written", written, "err", err)
			panic(http.ErrAbortHandler) // so that nobody takes it for the whole
		}
	}
	if err := out.Close(); err != nil && r.Context().Err() == nil {
		s.log.Debug("export ended", "err", err)
	}
	return nil
}
