package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"haidang/index"
	"haidang/internal/article"
	"haidang/internal/query"
)

// searchBody is the search page.
type searchBody struct {
	Query  string
	Sort   index.Sort
	Sorts  []index.Sort
	Asked  bool
	Wrong  string // what is wrong with the query, in the visitor's language
	Result index.Result
	Took   string
	Hits   []hitView
	Next   string // address of the next page
}

// hitView is one found article.
type hitView struct {
	index.Hit
	L       language
	Title   passage
	Passage passage
}

func (s *Server) search(w http.ResponseWriter, r *http.Request) error {
	l := s.language(r)
	req, err := searchRequest(r)
	if err != nil {
		return err
	}
	body := searchBody{Query: req.Query, Sort: req.Sort, Sorts: []index.Sort{index.ByRelevance, index.BySeen, index.ByPublished}, Asked: req.Query != ""}
	if body.Asked {
		err := s.find(r, req, &body)
		if err != nil {
			return err
		}
	}
	status := http.StatusOK
	if body.Wrong != "" {
		status = http.StatusBadRequest
	}
	return s.show(w, r, status, "search", page{Title: l.T("search.title"), Section: "search", Body: body})
}

func (s *Server) find(r *http.Request, req index.Request, body *searchBody) error {
	result, err := s.deps.Archive.Search(r.Context(), req)
	if sentence, ok := queryMistake(err, s.language(r)); ok {
		body.Wrong = sentence
		return nil
	}
	if err != nil {
		return err
	}
	body.Result, body.Took = result, fmt.Sprintf("%.1f", float64(result.Took.Microseconds())/1000)
	for i := range result.Hits {
		h := &result.Hits[i]
		body.Hits = append(body.Hits, hitView{
			Hit: *h, L: s.language(r), Title: fieldPassage(h, article.Title, 0, len(h.Title)),
			Passage: fieldPassage(h, h.Snippet.Field, h.Snippet.Start, h.Snippet.End),
		})
	}
	if result.Next != "" {
		next := url.Values{"q": {req.Query}, "sort": {string(req.Sort)}, "after": {result.Next}}
		body.Next = "/search?" + next.Encode()
	}
	return nil
}

// queryMistake tells a mistake of the visitor's from a failure of ours.
func queryMistake(err error, l language) (string, bool) {
	var wrong *query.Error
	switch {
	case err == nil:
		return "", false
	case errors.As(err, &wrong):
		return wrong.In(string(l)), true
	case errors.Is(err, index.ErrRequest):
		return err.Error(), true
	}
	return "", false
}

// searchRequest reads the parameters of the page and of the API, which are the same.
func searchRequest(r *http.Request) (index.Request, error) {
	q := r.URL.Query()
	req := index.Request{Query: q.Get("q"), Sort: index.Sort(q.Get("sort")), After: q.Get("after")}
	switch req.Sort {
	case "":
		req.Sort = index.ByRelevance
		if req.Query == "" {
			req.Sort = index.BySeen
		}
	case index.ByRelevance, index.BySeen, index.ByPublished:
	default:
		return req, badRequest{fmt.Sprintf("sort=%q: relevance, seen or published", req.Sort)}
	}
	if v := q.Get("limit"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 0 || n > index.MaxLimit {
			return req, badRequest{fmt.Sprintf("limit=%q: a number from 1 to %d", v, index.MaxLimit)}
		}
		req.Limit = n
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
	if sentence, ok := queryMistake(err, "en"); ok {
		return badRequest{sentence}
	}
	if err != nil {
		return err
	}
	s.writeJSON(w, http.StatusOK, result)
	return nil
}

// status is the state of this process in numbers.
type status struct {
	Version    string `json:"version"`
	Ready      bool   `json:"ready"`
	NotReady   string `json:"not_ready,omitempty"`
	Articles   int    `json:"articles"`
	Stories    int    `json:"stories"`
	Unanswered int    `json:"unanswered"`
	Alerts     int    `json:"alerts"`
	LastSeq    int64  `json:"last_seq"`
}

func (s *Server) apiStatus(w http.ResponseWriter, r *http.Request) error {
	counts, err := s.deps.Desk.Counts(r.Context())
	if err != nil {
		return err
	}
	articles, err := s.deps.Archive.Count(r.Context())
	if err != nil {
		return err
	}
	out := status{
		Version: s.deps.Version, Ready: true, Articles: articles, Stories: counts.Stories, Unanswered: counts.Unanswered,
		Alerts: counts.Alerts, LastSeq: counts.LastSeq,
	}
	if s.deps.Ready != nil {
		if err := s.deps.Ready(r.Context()); err != nil {
			out.Ready, out.NotReady = false, err.Error()
		}
	}
	s.writeJSON(w, http.StatusOK, out)
	return nil
}
