package index

import (
	"encoding/json"
	"errors"
	"time"

	"haidang/internal/article"
)

// Sort is the order of hits.
type Sort string

// The orders. Seen is the order of an empty Sort.
const (
	BySeen      Sort = "seen"      // newest first by the time we first saw them
	ByPublished Sort = "published" // newest first by the time they were published
	ByRelevance Sort = "relevance" // best match first
	ByFreshness Sort = "fresh"     // best match first, and of two that match alike the newer
)

// scored tells the orders that go by a score.
func (s Sort) scored() bool { return s == ByRelevance || s == ByFreshness }

// Sorts are all the orders.
var Sorts = []Sort{ByRelevance, ByFreshness, BySeen, ByPublished}

// Limits of a request.
const (
	DefaultLimit = 20
	MaxLimit     = 1000
)

// ErrNotFound is returned for an article that the archive does not hold.
var ErrNotFound = errors.New("article not found")

// ErrRequest is wrapped by the error of a request that cannot be answered as it is written.
var ErrRequest = errors.New("bad search request")

// Request asks for a page of hits. The zero Request asks for the newest articles.
type Request struct {
	Query string    // in the query language; empty: every article
	Sort  Sort      // empty: BySeen
	Limit int       // 0: DefaultLimit; at most MaxLimit
	After string    // Result.Next of the page before
	From  time.Time // first seen at or after; zero: no bound
	To    time.Time // first seen before; zero: no bound
	// Like is the ID of an article: only others that are about the same are found, best by ByRelevance.
	Like string
	// Suggest asks for Result.DidYouMean.
	Suggest bool
	// Facets asks for Result.Facets with so many values each, at most MaxFacetValues, and for Result.Histogram.
	Facets int
	// Fold shows copies of one text once on a page, under the first of them.
	Fold bool
}

// Result is a page of hits.
type Result struct {
	Total        int           // articles that match, on all pages
	AtLeast      bool          // there may be more than Total: the search stopped at a limit
	Took         time.Duration //
	Hits         []Hit         //
	Loose        bool          // few articles have all the words: these have most of them
	Whole        int           // with Loose, on the first page: how many have all the words
	Synonyms     [][]string    // names that were searched for one another
	DidYouMean   string        // a query that finds more, where this one finds hardly anything
	Partial      []string      // what was left out and why, in sentences; empty: nothing
	SearchedBack time.Time     // set when the search stopped early: articles first seen before this were not looked at
	Next         string        // Request.After of the next page; empty: this was the last
	Facets       []Facet       // when asked for
	Histogram    *Histogram    // when facets are asked for: by the time that hits are sorted by, or by publication
	Counted      int           // articles that Facets and Histogram count; fewer than Total when their time ran out
}

// Hit is one found article.
type Hit struct {
	article.Article
	Score      float64     `json:"score"`
	Highlights []Highlight `json:"highlights"`
	Snippet    Snippet     `json:"snippet"`
	Copies     []Copy      `json:"copies,omitempty"` // with Request.Fold: articles with nearly the same text
}

// Copy is an article that is shown under another with nearly the same text.
type Copy struct {
	ID        string    `json:"id"`
	Outlet    string    `json:"outlet,omitempty"`
	Title     string    `json:"title"`
	URL       string    `json:"url,omitempty"`
	FirstSeen time.Time `json:"first_seen"`
}

// Highlight marks words that the query matched: byte offsets into the named field as it was given.
type Highlight struct {
	Field article.Field `json:"field"`
	Start int           `json:"start"`
	End   int           `json:"end"`
}

// Snippet is a piece of one field around the first highlights: byte offsets on rune boundaries.
type Snippet struct {
	Field article.Field `json:"field"`
	Start int           `json:"start"`
	End   int           `json:"end"`
}

type resultJSON struct {
	Total        int        `json:"total"`
	AtLeast      bool       `json:"at_least,omitempty"`
	TookMS       float64    `json:"took_ms"`
	Hits         []Hit      `json:"hits"`
	Loose        bool       `json:"loose,omitempty"`
	Whole        int        `json:"whole,omitempty"`
	Synonyms     [][]string `json:"synonyms,omitempty"`
	DidYouMean   string     `json:"did_you_mean,omitempty"`
	Partial      []string   `json:"partial,omitempty"`
	SearchedBack time.Time  `json:"searched_back,omitzero"`
	Next         string     `json:"next,omitempty"`
	Facets       []Facet    `json:"facets,omitempty"`
	Histogram    *Histogram `json:"histogram,omitempty"`
	Counted      int        `json:"counted,omitempty"`
}

// MarshalJSON writes the form that `haidang search --json` prints.
func (r Result) MarshalJSON() ([]byte, error) {
	hits := r.Hits
	if hits == nil {
		hits = []Hit{}
	}
	return json.Marshal(resultJSON{
		Total: r.Total, AtLeast: r.AtLeast, TookMS: float64(r.Took.Microseconds()) / 1000,
		Hits: hits, Loose: r.Loose, Whole: r.Whole, Partial: r.Partial, Synonyms: r.Synonyms, DidYouMean: r.DidYouMean, SearchedBack: r.SearchedBack, Next: r.Next,
		Facets: r.Facets, Histogram: r.Histogram, Counted: r.Counted,
	})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (r *Result) UnmarshalJSON(data []byte) error {
	var j resultJSON
	if err := json.Unmarshal(data, &j); err != nil {
		return err
	}
	*r = Result{
		Total: j.Total, AtLeast: j.AtLeast, Took: time.Duration(j.TookMS * float64(time.Millisecond)),
		Hits: j.Hits, Loose: j.Loose, Whole: j.Whole, Partial: j.Partial, Synonyms: j.Synonyms, DidYouMean: j.DidYouMean, SearchedBack: j.SearchedBack, Next: j.Next,
		Facets: j.Facets, Histogram: j.Histogram, Counted: j.Counted,
	}
	return nil
}
