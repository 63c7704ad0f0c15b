package index

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	bq "github.com/blevesearch/bleve/v2/search/query"

	"haidang/internal/article"
	"haidang/internal/query"
)

// Search answers a request. A mistake in the query is a *query.Error, another mistake of the request wraps ErrRequest.
// Time that runs out is no error: the result says what was left out.
func (x *Index) Search(ctx context.Context, req Request) (Result, error) {
	start := x.deps.Now()
	sort := req.Sort
	if sort == "" {
		sort = BySeen
	}
	s, err := x.newSearch(req, sort)
	if err != nil {
		x.metrics.searches.WithLabelValues(string(searchRefused)).Inc()
		return Result{}, err
	}
	shards, done, err := x.read()
	if err != nil {
		return Result{}, err
	}
	defer done()
	limited, cancel := context.WithTimeout(ctx, x.cfg.SearchTimeout.Std())
	defer cancel()
	var res Result
	if err = s.like(limited, x, shards); timedOut(limited, err) {
		s.stopped("the search took too long")
		res, err = s.result, nil
	} else if err == nil {
		res, err = s.run(limited, shards)
	}
	if err == nil && ctx.Err() != nil {
		err = ctx.Err()
	}
	if err == nil && req.Suggest && req.After == "" && (res.Total < suggestBelow || res.Loose) {
		res.DidYouMean, err = x.Suggest(ctx, req.Query)
	}
	if err != nil {
		x.metrics.searches.WithLabelValues(string(searchFailed)).Inc()
		return Result{}, fmt.Errorf("search %q: %w", req.Query, err)
	}
	res.Partial = append(res.Partial, append(x.partial(), doubts(shards)...)...)
	res.Took = x.deps.Now().Sub(start)
	outcome := searchWhole
	if len(res.Partial) > 0 {
		outcome = searchPartial
	}
	x.metrics.searched(outcome, sort, res.Took, s.read)
	return res, nil
}

// searching is one search on its way.
type searching struct {
	req     Request
	parsed  *query.Query // what the matcher verifies and marks; nil: every article
	ask     ask
	exact   bool // bleve's answer needs no verification
	limit   int
	budget  int     // candidates that may still be verified
	before  *cursor // the end of the page before
	read    int     // candidates that were verified
	slots   []*slot // the words that are scored
	plain   *plain  // a query of words only that is asked for by relevance, or nil
	begin   *place  // where the page before ended, in the order of the shards
	facets  int     // values of each facet, 0 for none
	fold    bool    // show copies once
	names   *names
	tallies *tallies                   // what was counted for facets
	each    func(*article.Article)     // is told of every article that was verified; may be nil
	known   map[string]article.Article // those that were read on the way
	result  Result
	last    *place    // the last candidate that was looked at
	back    time.Time // what was first seen since then has been searched whole; for orders other than BySeen
}

func (x *Index) newSearch(req Request, sort Sort) (*searching, error) {
	if !slices.Contains(Sorts, sort) {
		return nil, fmt.Errorf("%w: sort %q, write relevance, fresh, seen or published", ErrRequest, sort)
	}
	s := &searching{req: req, limit: req.Limit, budget: x.cfg.VerifyLimit, exact: true}
	if s.limit == 0 {
		s.limit = DefaultLimit
	}
	if s.limit < 0 || s.limit > MaxLimit {
		return nil, fmt.Errorf("%w: limit %d, write 1 to %d", ErrRequest, req.Limit, MaxLimit)
	}
	if req.Facets < 0 || req.Facets > MaxFacetValues {
		return nil, fmt.Errorf("%w: facets %d, write 0 to %d", ErrRequest, req.Facets, MaxFacetValues)
	}
	by := fieldPublished
	if sort == BySeen {
		by = fieldSeen
	}
	s.facets, s.fold, s.tallies, s.names = req.Facets, req.Fold, newTallies(by), &x.names
	if s.facets > 0 {
		s.each = s.tallies.article
	}
	var err error
	if s.before, err = parseCursor(req.After, sort); err != nil {
		return nil, err
	}
	s.ask = ask{sort: sort, page: s.limit + 1, now: x.deps.Now().Truncate(time.Millisecond)}
	if s.before != nil {
		if s.before.Now > 0 {
			s.ask.now = time.UnixMilli(s.before.Now)
		}
		s.begin = s.before.After
		s.ask.after = s.begin
	}
	return s, s.translate(req, x.vocab, x.deps)
}

// translate parses the query and turns it into bleve's.
func (s *searching) translate(req Request, v *vocabulary, deps Deps) error {
	var parts []bq.Query
	if strings.TrimSpace(req.Query) != "" {
		parsed, err := query.Options{Lists: deps.Lists, Browse: true}.Parse(req.Query)
		if err != nil {
			return err
		}
		written := parsed.Root
		parsed, s.result.Synonyms = deps.Synonyms.Expand(parsed)
		t := newTranslator(v, s.ask.sort.scored())
		c := t.node(parsed.Root)
		s.parsed, s.exact = parsed, c.exact
		if c.query != nil {
			parts = append(parts, c.query)
		}
		s.plain = t.plain(written)
		s.plain.ease(req.Query)
		if s.plain != nil {
			s.ask.page = max(s.ask.page, nearDepth+1) // see ranked
		}
		s.slots = *t.slots
	}
	if r := timeRange(fieldSeen, req.From, req.To); r != nil {
		parts = append(parts, r)
		s.plain.limit(r)
	}
	s.ask.query = all(parts)
	if !s.exact {
		s.ask.page = verifyPage
	}
	return nil
}

// run walks the candidates in order.
func (s *searching) run(ctx context.Context, shards []*shard) (Result, error) {
	if err := weigh(ctx, s.slots, shards); timedOut(ctx, err) {
		s.stopped("the search took too long")
		return s.result, nil
	} else if err != nil {
		return Result{}, err
	}
	if s.before != nil && s.before.Loose {
		s.loosen()
	}
	sources, page, err := s.pass(ctx, shards)
	if found := counted(sources); err == nil && !s.result.AtLeast && s.mayLoosen(found) {
		s.result.Whole, s.result.Next = found, ""
		s.loosen()
		sources, page, err = s.pass(ctx, shards)
	}
	if timedOut(ctx, err) {
		s.stopped("the search took too long")
	} else if err != nil {
		return Result{}, err
	}
	if s.exact {
		if err := s.total(ctx, sources); err != nil {
			return Result{}, err
		}
	}
	if err := s.facet(ctx, shards); err != nil {
		return Result{}, err
	}
	s.paginate(&page)
	s.result.Hits, err = s.hits(context.WithoutCancel(ctx), page)
	if s.fold {
		s.result.Hits = folded(s.result.Hits)
	}
	return s.result, err
}

// pass asks the shards for one page.
func (s *searching) pass(ctx context.Context, shards []*shard) (sources []*source, page []candidate, err error) {
	sources = newSources(shards, s.ask)
	if err := s.fan(ctx, sources); err != nil {
		return sources, nil, err
	}
	st := newStream(sources)
	switch {
	case s.plain != nil:
		page, err = s.ranked(ctx, st)
	case s.exact:
		page, err = s.take(ctx, st)
	default:
		page, err = s.verify(ctx, st)
	}
	return sources, page, err
}

// counted adds up what the shards have counted.
func counted(sources []*source) int {
	n := 0
	for _, src := range sources {
		n += src.total
	}
	return n
}

// timedOut tells an error that the deadline caused, whatever the engine below calls it.
func timedOut(ctx context.Context, err error) bool {
	return err != nil && (errors.Is(err, context.DeadlineExceeded) || errors.Is(ctx.Err(), context.DeadlineExceeded))
}

// take reads one page and one more, to know whether there is a next.
func (s *searching) take(ctx context.Context, st *stream) ([]candidate, error) {
	var page []candidate
	for len(page) <= s.limit {
		c, ok, err := st.next(ctx)
		if err != nil || !ok {
			return page, err
		}
		page, s.last = append(page, c), &c.place
	}
	return page, nil
}

// total adds up the hits of all shards. Those that gave hits have counted them already.
func (s *searching) total(ctx context.Context, sources []*source) error {
	for _, src := range sources {
		n := src.total
		if !src.loaded && !src.late {
			var err error
			n, err = src.shard.count(ctx, s.ask.query)
			if timedOut(ctx, err) {
				s.stopped("not every shard was counted in time")
				continue
			}
			if err != nil {
				return err
			}
		}
		s.result.Total += n
	}
	return nil
}

// stopped notes that the search ended before it had seen everything.
func (s *searching) stopped(why string) {
	s.result.AtLeast = true
	note := why
	if s.last != nil && s.ask.sort == BySeen {
		s.back = s.last.time()
	}
	if !s.back.IsZero() {
		s.result.SearchedBack = s.back
		note += ", searched back to " + s.result.SearchedBack.Format(time.RFC3339)
	}
	s.result.Partial = append(s.result.Partial, note)
}

// paginate cuts the page at the limit and marks where the next begins.
func (s *searching) paginate(page *[]candidate) {
	if len(*page) <= s.limit {
		return
	}
	*page = (*page)[:s.limit]
	next := s.cursor()
	next.After = &(*page)[s.limit-1].place
	if !s.exact {
		next.Verified = s.limit
		if s.before != nil {
			next.Verified += s.before.Verified
		}
	}
	s.result.Next = next.String()
}

// hits reads the found articles and marks what the query matched.
func (s *searching) hits(ctx context.Context, page []candidate) ([]Hit, error) {
	articles := s.known
	if articles == nil {
		var err error
		if articles, err = fetch(ctx, page); err != nil {
			return nil, err
		}
	}
	hits := make([]Hit, 0, len(page))
	for _, c := range page {
		a, ok := articles[c.ID]
		if !ok { // it was taken away between the two looks
			continue
		}
		hit := Hit{Article: a}
		if s.ask.sort.scored() {
			hit.Score = c.Key
		}
		hits = append(hits, hit)
	}
	if !mark(s.parsed, hits) {
		s.result.Partial = append(s.result.Partial, "the words were not marked in every hit: ask for a smaller page, or for fewer words")
	}
	return hits, nil
}

// fetch reads the articles of candidates, shard by shard.
func fetch(ctx context.Context, page []candidate) (map[string]article.Article, error) {
	byShard := make(map[*shard][]string)
	for _, c := range page {
		byShard[c.shard] = append(byShard[c.shard], c.ID)
	}
	out := make(map[string]article.Article, len(page))
	for s, ids := range byShard {
		found, err := s.articles.get(ctx, ids)
		if broken(err) {
			err = s.lost()
		}
		if err != nil {
			return nil, fmt.Errorf("shard %s: %w", s.name, err)
		}
		maps.Copy(out, found)
	}
	return out, nil
}
