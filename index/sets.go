package index

import (
	"context"
	"errors"
	"fmt"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/blevesearch/bleve/v2/index/scorch"
	"github.com/blevesearch/bleve/v2/search"
	bq "github.com/blevesearch/bleve/v2/search/query"
	zap "github.com/blevesearch/scorch_segment_api/v2"
)

// How hits without a score are found. bleve walks them one by one and puts all of them in order, which for a frequent word
// costs many times what it takes to find them. Here a query is made into the set of documents that it holds for, out of the
// bitmaps that bleve keeps of each term: they are counted without being walked, and only the newest are looked at
// (docs/adr/index-on-bleve.md has the figures).

// sets finds documents in one state of an index. It belongs to one goroutine.
type sets struct {
	snapshot *scorch.IndexSnapshot
	terms    map[fieldOf]zap.TermDictionary // those that were opened
	firsts   []uint64                       // the number of each segment's first document: bleve numbers them through
	times    *timeColumns                   // nil: times are left to bleve
}

// fieldOf is a field in one segment.
type fieldOf struct {
	segment int
	field   string
}

func newSets(snapshot *scorch.IndexSnapshot, times *timeColumns) sets {
	e := sets{snapshot: snapshot, terms: map[fieldOf]zap.TermDictionary{}, times: times}
	first := uint64(0)
	for _, s := range snapshot.Segments() {
		e.firsts = append(e.firsts, first)
		first += s.Segment().Count()
	}
	return e
}

// found are the documents that a query holds for, by their numbers in each segment of the snapshot. A nil set is empty. They
// may share memory with the index: nobody changes them.
type found []*roaring.Bitmap

func (f found) count() int {
	n := 0
	for _, set := range f {
		if set != nil {
			n += int(set.GetCardinality())
		}
	}
	return n
}

// readSets opens a shard's index for one search. done lets go of it.
func (s *shard) readSets() (_ sets, done func() error, err error) {
	advanced, err := s.words.scorch()
	if err != nil {
		return sets{}, nil, err
	}
	r, err := advanced.Reader()
	if err != nil {
		return sets{}, nil, err
	}
	snapshot, ok := r.(*scorch.IndexSnapshot)
	if !ok {
		return sets{}, nil, errors.Join(fmt.Errorf("an index of %T has no segments", r), r.Close())
	}
	return newSets(snapshot, &s.words.times), r.Close, nil
}

// of returns the documents for which a query holds.
func (e sets) of(ctx context.Context, q bq.Query) (found, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	switch q := q.(type) {
	case nil, *bq.MatchAllQuery:
		return e.everything(), nil
	case *bq.TermQuery:
		return e.term(q.FieldVal, q.Term)
	case *bq.PrefixQuery:
		return e.prefix(ctx, q.FieldVal, q.Prefix)
	case *bq.MultiPhraseQuery:
		return e.phrase(ctx, q.FieldVal, q.Terms)
	case *bq.NumericRangeQuery:
		if e.times != nil {
			return e.between(ctx, q)
		}
	case *bq.ConjunctionQuery:
		return e.each(ctx, q.Conjuncts, roaring.And)
	case *bq.DisjunctionQuery:
		if q.Min <= 1 {
			return e.each(ctx, q.Disjuncts, roaring.Or)
		}
	case *bq.BooleanQuery:
		if q.Should == nil && q.Filter == nil {
			return e.without(ctx, q.Must, q.MustNot)
		}
	}
	return e.walked(ctx, q)
}

// everything are all documents.
func (e sets) everything() found {
	out := make(found, len(e.firsts))
	for i, s := range e.snapshot.Segments() {
		out[i] = s.DocNumbersLive()
	}
	return out
}

// term returns the documents that hold a term.
func (e sets) term(field, term string) (found, error) {
	out := make(found, len(e.firsts))
	for i := range out {
		list, err := e.postings(i, field, term)
		if err != nil {
			return nil, err
		}
		out[i] = bitmapOf(list)
	}
	return out, nil
}

// postings returns where a term stands in the documents of a segment that were not deleted.
func (e sets) postings(segment int, field, term string) (zap.PostingsList, error) {
	s, k := e.snapshot.Segments()[segment], fieldOf{segment, field}
	terms := e.terms[k]
	if terms == nil {
		var err error
		if terms, err = s.Segment().Dictionary(field); err != nil {
			return nil, fmt.Errorf("terms of %s: %w", field, err)
		}
		e.terms[k] = terms
	}
	list, err := terms.PostingsList([]byte(term), s.Deleted(), nil)
	if err != nil {
		return nil, fmt.Errorf("read %s %q: %w", field, term, err)
	}
	return list, nil
}

// lists returns where a term stands in each segment, nil where it does not, and how many documents hold it.
func (e sets) lists(field, term string) ([]zap.PostingsList, uint64, error) {
	out, total := make([]zap.PostingsList, len(e.firsts)), uint64(0)
	for i := range out {
		list, err := e.postings(i, field, term)
		if err != nil {
			return nil, 0, err
		}
		if n := list.Count(); n > 0 {
			out[i] = list
			total += n
		}
	}
	return out, total, nil
}

// bitmapOf returns the documents of a list, nil for none.
func bitmapOf(list zap.PostingsList) *roaring.Bitmap {
	all, ok := list.Iterator(false, false, false, nil).(zap.OptimizablePostingsIterator)
	if !ok {
		return nil
	}
	if set := all.ActualBitmap(); set != nil {
		return set
	}
	if list.Count() == 0 {
		return nil
	}
	only, ok := all.DocNum1Hit()
	if !ok {
		return nil
	}
	return roaring.BitmapOf(uint32(only))
}

// prefix returns the documents that hold a term with a beginning.
func (e sets) prefix(ctx context.Context, field, prefix string) (found, error) {
	out := make(found, len(e.firsts))
	for i, s := range e.snapshot.Segments() {
		terms, err := s.Segment().Dictionary(field)
		if err != nil {
			return nil, fmt.Errorf("terms of %s: %w", field, err)
		}
		set := roaring.New()
		all := terms.AutomatonIterator(nil, []byte(prefix), behind(prefix))
		for one, err := all.Next(); one != nil || err != nil; one, err = all.Next() {
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				return nil, fmt.Errorf("terms of %s that begin with %q: %w", field, prefix, err)
			}
			list, err := terms.PostingsList([]byte(one.Term), s.Deleted(), nil)
			if err != nil {
				return nil, fmt.Errorf("read %s %q: %w", field, one.Term, err)
			}
			if holding := bitmapOf(list); holding != nil {
				set.Or(holding)
			}
		}
		out[i] = set
	}
	return out, nil
}

// behind is the first term behind all that begin with a prefix, nil when there is none.
func behind(prefix string) []byte {
	out := []byte(prefix)
	for i := len(out) - 1; i >= 0; i-- {
		if out[i]++; out[i] != 0 {
			return out[:i+1]
		}
	}
	return nil
}

// each puts the sets of some queries together.
func (e sets) each(ctx context.Context, queries []bq.Query, join func(a, b *roaring.Bitmap) *roaring.Bitmap) (found, error) {
	var out found
	for _, q := range queries {
		one, err := e.of(ctx, q)
		if err != nil {
			return nil, err
		}
		if out == nil {
			out = one
			continue
		}
		out = out.joined(one, join)
	}
	if out == nil {
		out = make(found, len(e.firsts))
	}
	return out, nil
}

// without returns the documents of one query, nil for all, that another, nil for none, does not hold for.
func (e sets) without(ctx context.Context, must, not bq.Query) (found, error) {
	out, err := e.of(ctx, must)
	if err != nil || not == nil {
		return out, err
	}
	others, err := e.of(ctx, not)
	if err != nil {
		return nil, err
	}
	return out.joined(others, roaring.AndNot), nil
}

// joined puts two finds together, segment by segment.
func (f found) joined(o found, join func(a, b *roaring.Bitmap) *roaring.Bitmap) found {
	out := make(found, len(f))
	for i := range f {
		out[i] = join(orEmpty(f[i]), orEmpty(o[i]))
	}
	return out
}

func orEmpty(set *roaring.Bitmap) *roaring.Bitmap {
	if set == nil {
		return roaring.New()
	}
	return set
}

// walked finds what only a searcher of bleve finds.
func (e sets) walked(ctx context.Context, q bq.Query) (found, error) {
	out := make(found, len(e.firsts))
	for i := range out {
		out[i] = roaring.New()
	}
	segment := 0
	err := e.walk(ctx, q, search.SearcherOptions{Score: "none"}, func(m *search.DocumentMatch) error {
		number := m.IndexInternalID.Value()
		for segment+1 < len(e.firsts) && number >= e.firsts[segment+1] {
			segment++
		}
		out[segment].Add(uint32(number - e.firsts[segment]))
		return nil
	})
	return out, err
}

// foundPostings walks documents that were found, for bleve's scored searches.
type foundPostings struct {
	found   found
	firsts  []uint64 // see sets
	segment int
	current roaring.IntPeekable
	at      uint64
	ended   bool
}

var _ postings = (*foundPostings)(nil)

func newFoundPostings(e sets, f found) *foundPostings {
	p := &foundPostings{found: f, firsts: e.firsts, segment: -1}
	_ = p.next() // never fails
	return p
}

func (p *foundPostings) doc() (uint64, bool) { return p.at, !p.ended }

func (p *foundPostings) next() error {
	for !p.ended && (p.current == nil || !p.current.HasNext()) {
		p.open(p.segment + 1)
	}
	if !p.ended {
		p.at = p.firsts[p.segment] + uint64(p.current.Next())
	}
	return nil
}

// open goes on to a segment.
func (p *foundPostings) open(segment int) {
	p.segment = segment
	if p.ended = segment >= len(p.found); !p.ended {
		p.current = orEmpty(p.found[segment]).Iterator()
	}
}

func (p *foundPostings) advance(id uint64) error {
	if p.ended || p.at >= id {
		return nil
	}
	for p.segment+1 < len(p.found) && p.firsts[p.segment+1] <= id {
		p.open(p.segment + 1)
	}
	if id >= p.firsts[p.segment] {
		p.current.AdvanceIfNeeded(uint32(id - p.firsts[p.segment]))
	}
	return p.next()
}

func (p *foundPostings) score() float64 { return 0 }
func (p *foundPostings) count() uint64  { return uint64(p.found.count()) }
