package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"haidang/index"
	"haidang/internal/article"
	"haidang/internal/export"
	"haidang/internal/query"
)

// pageFacets is how many values of a facet the page shows.
const pageFacets = 8

// searchBody is the search page.
type searchBody struct {
	L        language
	Query    string
	Like     string // the ID of the article that others are like
	LikeName string
	Sort     index.Sort
	Sorts    []index.Sort
	Asked    bool
	Wrong    *mistake
	Meant    string // a query that finds more
	Result   index.Result
	Took     string
	Hits     []hitView
	Facets   []facetView
	Chart    *chartView
	Filters  []filterView // those of the query that can be taken away
	Next     string       // address of the next page
	Later    bool         // not the first page
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

// Address is the same search with another query.
func (b searchBody) Address(src string) string {
	v := url.Values{"q": {src}, "sort": {string(b.Sort)}}
	if b.Like != "" {
		v.Set("like", b.Like)
	}
	return "/search?" + v.Encode()
}

// Export is the address of the search in another form.
func (b searchBody) Export(f export.Format) string {
	return strings.Replace(b.Address(b.Query), "/search?", "/search."+string(f)+"?", 1)
}

// Formats are the other forms.
func (searchBody) Formats() []export.Format { return export.Formats }

// Strict is the query with AND between its words: only articles that have all of them.
func (b searchBody) Strict() string { return b.Address(strings.Join(strings.Fields(b.Query), " AND ")) }

// Kept is where the search can be kept.
func (b searchBody) Kept() string { return "/saved?" + url.Values{"q": {b.Query}}.Encode() }

// Coverage is where the search is counted over time.
func (b searchBody) Coverage() string {
	return "/coverage?" + url.Values{"q": {b.Query}, "days": {"30"}}.Encode()
}

// SearchedBack says how far a search came that stopped early.
func (b searchBody) SearchedBack() string {
	if b.Result.SearchedBack.IsZero() {
		return ""
	}
	return b.L.T("search.back", clock(b.Result.SearchedBack))
}

// FacetsOf says how much the facets count, where that is not everything.
func (b searchBody) FacetsOf() string {
	if b.Result.Counted >= b.Result.Total {
		return ""
	}
	return b.L.T("facet.of", b.L.Int(b.Result.Counted))
}

// mistake is what is wrong with a query, in the visitor's language.
type mistake struct {
	L                    language
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

// Citation is the article as a report names it.
func (h hitView) Citation() string { return export.Citation(&h.Article) }

// Evidence is the hash of the wording.
func (h hitView) Evidence() string { return export.Evidence(&h.Article) }

// Similar is where articles like this one are.
func (h hitView) Similar() string { return "/search?" + url.Values{"like": {h.ID}}.Encode() }

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
	req.Fold, req.Suggest, req.Facets = true, true, pageFacets
	body := searchBody{
		L: l, Query: req.Query, Like: req.Like, Sort: req.Sort, Sorts: index.Sorts,
		Asked: req.Query != "" || req.Like != "", Later: req.After != "",
	}
	if body.Asked {
		if err := s.find(r, req, &body); err != nil {
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
	l := body.L
	result, err := s.deps.Archive.Search(r.Context(), req)
	if _, ok := queryMistake(err); ok {
		body.Wrong = explainMistake(err, req.Query, l)
		body.Meant, err = s.deps.Archive.Suggest(r.Context(), req.Query)
		return err
	}
	if err != nil {
		return err
	}
	if body.LikeName, err = s.likeName(r, req.Like); err != nil {
		return err
	}
	body.Result, body.Took, body.Meant = result, l.Millis(result.Took), result.DidYouMean
	for i := range result.Hits {
		h := &result.Hits[i]
		body.Hits = append(body.Hits, hitView{
			Hit: *h, L: l, Title: fieldPassage(h, article.Title, 0, len(h.Title)),
			Passage: fieldPassage(h, h.Snippet.Field, h.Snippet.Start, h.Snippet.End),
		})
	}
	body.Facets, body.Chart, body.Filters = s.facetViews(*body), chart(*body), filtersOf(*body)
	if result.Next != "" {
		body.Next = body.Address(req.Query) + "&" + url.Values{"after": {result.Next}}.Encode()
	}
	return nil
}

// likeName is the title of the article that others are like.
func (s *Server) likeName(r *http.Request, id string) (string, error) {
	if id == "" {
		return "", nil
	}
	a, err := s.deps.Archive.Get(r.Context(), id)
	if errors.Is(err, index.ErrNotFound) {
		return id, nil
	}
	return a.Title, err
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
		return &mistake{L: l, Problem: err.Error()}
	}
	m := &mistake{L: l, Problem: wrong.Problem.In(string(l)), Hint: wrong.Hint.In(string(l))}
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
