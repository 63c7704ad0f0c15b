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
	Wrong  *mistake
	Result index.Result
	Took   string
	Hits   []hitView
	Next   string // address of the next page
}

// Total is the number of articles found, in words.
func (b searchBody) Total(l language) string {
	if b.Result.AtLeast {
		return l.T("search.at_least", l.Int(b.Result.Total), b.Took)
	}
	if b.Result.Total == 1 {
		return l.T("search.total.one", l.Int(1), b.Took)
	}
	return l.T("search.total", l.Int(b.Result.Total), b.Took)
}

// mistake is what is wrong with a query, in the visitor's language.
type mistake struct {
	Problem, Hint        string
	Before, Piece, After string // the query, parted at the piece that is wrong; all empty when it is not one piece
}

// hitView is one found article.
type hitView struct {
	index.Hit
	L       language
	Title   passage
	Passage passage
}

// shownClaims is how many claims a hit names.
const shownClaims = 2

// Claims are what the article says of claims: the first few, which matter most.
func (h hitView) Claims() []claimView {
	if h.Verdict == nil {
		return nil
	}
	var out []claimView
	for _, m := range h.Verdict.Claims[:min(len(h.Verdict.Claims), shownClaims)] {
		statement := m.StatementVI
		if h.L == "en" && m.StatementEN != "" {
			statement = m.StatementEN
		}
		out = append(out, claimView{ClaimMatch: m, L: h.L, Statement: statement})
	}
	return out
}

// claimView is one claim that a hit speaks of.
type claimView struct {
	article.ClaimMatch
	L         language
	Statement string
}

// Silence says why the article did not ring for the claim; "" when it did, or when it answers it.
func (c claimView) Silence() string {
	if c.Rings || c.Stance.Answers() {
		return ""
	}
	return c.L.known("silent."+c.Silent, "")
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
	if body.Wrong != nil {
		status = http.StatusBadRequest
	}
	return s.show(w, r, status, "search", page{Title: l.T("search.title"), Section: "search", Body: body})
}

func (s *Server) find(r *http.Request, req index.Request, body *searchBody) error {
	result, err := s.deps.Archive.Search(r.Context(), req)
	if _, ok := queryMistake(err); ok {
		body.Wrong = explainMistake(err, req.Query, s.language(r))
		return nil
	}
	if err != nil {
		return err
	}
	body.Result, body.Took = result, s.language(r).Millis(result.Took)
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

// queryMistake tells a mistake of the visitor's from a failure of ours, and says it on one line.
func queryMistake(err error) (string, bool) {
	var wrong *query.Error
	if errors.As(err, &wrong) {
		return wrong.Error(), true
	}
	if errors.Is(err, index.ErrRequest) {
		return err.Error(), true
	}
	return "", false
}

// explainMistake says a mistake and shows where it is.
func explainMistake(err error, asked string, l language) *mistake {
	var wrong *query.Error
	if !errors.As(err, &wrong) {
		return &mistake{Problem: err.Error()}
	}
	m := &mistake{Problem: wrong.Problem.In(string(l)), Hint: wrong.Hint.In(string(l))}
	runes := []rune(asked)
	if start := wrong.Column - 1; start >= 0 && start <= len(runes) {
		end := min(len(runes), start+len([]rune(wrong.Piece)))
		m.Before, m.Piece, m.After = string(runes[:start]), string(runes[start:end]), string(runes[end:])
		if m.Piece == "" {
			m.Piece = " " // the end of the query: something is missing there
		}
	}
	return m
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
	if sentence, ok := queryMistake(err); ok {
		return badRequest{sentence}
	}
	if err != nil {
		return err
	}
	s.writeJSON(w, http.StatusOK, result)
	return nil
}
