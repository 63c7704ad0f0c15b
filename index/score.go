package index

import (
	"context"
	"fmt"
	"math"

	"github.com/blevesearch/bleve/v2/index/scorch"
	"github.com/blevesearch/bleve/v2/mapping"
	"github.com/blevesearch/bleve/v2/search"
	bq "github.com/blevesearch/bleve/v2/search/query"
	index "github.com/blevesearch/bleve_index_api"
	zap "github.com/blevesearch/scorch_segment_api/v2"
)

// How hits are scored by relevance. bleve scores each term by itself, which is wrong for us twice: a word typed without
// marks asks for twenty terms, and the rarest of them would win; and a word in the title would count as another word. So
// a word of the query is one slot: its forms and its fields are counted together and go through BM25 once (BM25F), with
// one rarity that holds for the whole archive, so that scores of different shards can be compared.
//
// The numbers were chosen on index/testdata/rank_stats.txt.
const (
	scoreK1      = 1.2
	scoreB       = 0.9
	typicalWords = 200.0 // not measured per shard, so that scores of different shards can be compared
	titleWeight  = 2.0   // an occurrence in the title counts so many times more
	foldedWeight = 0.6   // a form without marks, where the query has them
)

// form is one term that stands for a word of the query.
type form struct {
	field  string
	term   string
	weight float64
}

// slot is one word of a query with all the forms that it may have. idf is set before the first shard is asked.
type slot struct {
	forms    []form
	idf      float64
	function bool // it carries grammar, see functionShare
}

// rarity is BM25's idf.
func rarity(total, holding float64) float64 {
	holding = min(holding, total)
	return math.Log(1 + (total-holding+0.5)/(holding+0.5))
}

// slotQuery is a slot as bleve's searchers see it.
type slotQuery struct{ slot *slot }

var _ bq.Query = slotQuery{}

// Searcher opens the slot on one index.
func (q slotQuery) Searcher(_ context.Context, r index.IndexReader, _ mapping.IndexMapping, _ search.SearcherOptions) (search.Searcher, error) {
	p, err := openSlot(r, q.slot)
	if err != nil {
		return nil, err
	}
	return &searcher{postings: p}, nil
}

// unscored is a query that finds and adds nothing to the score.
type unscored struct{ query bq.Query }

var _ bq.Query = unscored{}

// Searcher opens the query without scores.
func (q unscored) Searcher(ctx context.Context, r index.IndexReader, m mapping.IndexMapping, o search.SearcherOptions) (search.Searcher, error) {
	snapshot, ok := r.(*scorch.IndexSnapshot)
	if !ok {
		o.Score = "none"
		return q.query.Searcher(ctx, r, m, o)
	}
	e := newSets(snapshot, nil)
	f, err := e.of(ctx, q.query)
	if err != nil {
		return nil, err
	}
	return &searcher{postings: newFoundPostings(e, f)}, nil
}

// postings walks articles in the order of one index.
type postings interface {
	doc() (id uint64, ok bool)
	next() error
	advance(id uint64) error // to the first article at or after id
	score() float64          // of the article that it stands on
	count() uint64
}

// searcher gives postings the shape that bleve's conjunctions and collectors expect.
type searcher struct {
	postings postings
	begun    bool
}

var _ search.Searcher = (*searcher)(nil)

// Next returns the next article.
func (s *searcher) Next(ctx *search.SearchContext) (*search.DocumentMatch, error) {
	if s.begun {
		if err := s.postings.next(); err != nil {
			return nil, err
		}
	}
	s.begun = true
	return s.match(ctx), nil
}

// Advance returns the first article at or after id.
func (s *searcher) Advance(ctx *search.SearchContext, id index.IndexInternalID) (*search.DocumentMatch, error) {
	s.begun = true
	if err := s.postings.advance(id.Value()); err != nil {
		return nil, err
	}
	return s.match(ctx), nil
}

func (s *searcher) match(ctx *search.SearchContext) *search.DocumentMatch {
	id, ok := s.postings.doc()
	if !ok {
		return nil
	}
	m := ctx.DocumentMatchPool.Get()
	m.IndexInternalID = index.NewIndexInternalID(m.IndexInternalID, id)
	m.Score = s.postings.score()
	return m
}

// Close does nothing: what is read belongs to the snapshot.
func (s *searcher) Close() error { return nil }

// Weight is what bleve norms its own scores by; ours need no norm.
func (s *searcher) Weight() float64 { return 1 }

// SetQueryNorm does nothing, see Weight.
func (s *searcher) SetQueryNorm(float64) {}

// Count is how many articles there may be.
func (s *searcher) Count() uint64 { return s.postings.count() }

// Min is of disjunctions only.
func (s *searcher) Min() int { return 0 }

// Size is a rough count of memory, which nobody asks for.
func (s *searcher) Size() int { return 1024 }

// DocumentMatchPoolSize is how many matches are held at a time.
func (s *searcher) DocumentMatchPoolSize() int { return 1 }

// slotPostings are the articles that hold one of the forms of a slot.
type slotPostings struct {
	slot    *slot
	readers []formReader
	most    uint64 // articles that hold the commonest form
	at      uint64
	ended   bool
}

// formReader walks the articles that hold one term, segment by segment. bleve's own reader does the same at twice the cost: it
// makes a number of eight bytes and a record of every article.
type formReader struct {
	form    form
	firsts  []uint64 // see sets
	lists   []zap.PostingsList
	segment int
	all     zap.PostingsIterator // of the segment; nil: it is at its end
	spent   zap.PostingsIterator // of a segment before, whose memory is used again
	posting zap.Posting
	at      uint64
	ended   bool
}

func openSlot(r index.IndexReader, s *slot) (*slotPostings, error) {
	snapshot, ok := r.(*scorch.IndexSnapshot)
	if !ok {
		return nil, fmt.Errorf("an index of %T has no segments", r)
	}
	e := newSets(snapshot, nil)
	p := &slotPostings{slot: s, readers: make([]formReader, 0, len(s.forms))}
	for _, f := range s.forms {
		lists, n, err := e.lists(f.field, f.term)
		if err != nil {
			return nil, err
		}
		if n > 0 {
			p.most = max(p.most, n)
			p.readers = append(p.readers, formReader{form: f, firsts: e.firsts, lists: lists, segment: -1})
		}
	}
	for i := range p.readers {
		if err := p.readers[i].next(); err != nil {
			return nil, err
		}
	}
	p.settle()
	return p, nil
}

func (r *formReader) next() error {
	for {
		if r.all == nil {
			if r.open(r.segment + 1); r.ended {
				return nil
			}
		}
		if found, err := r.read(r.all.Next()); found || err != nil {
			return err
		}
	}
}

// advance goes on to the first article at or behind id, which is behind where it stands.
func (r *formReader) advance(id uint64) error {
	segment := r.segment
	for segment+1 < len(r.firsts) && r.firsts[segment+1] <= id {
		segment++
	}
	if segment > r.segment {
		r.open(segment)
	}
	if r.all != nil && id > r.firsts[r.segment] {
		if found, err := r.read(r.all.Advance(id - r.firsts[r.segment])); found || err != nil {
			return err
		}
	}
	return r.next()
}

// open goes on to a segment, or to the first one behind it that holds the term.
func (r *formReader) open(segment int) {
	if r.all != nil {
		r.spent = r.all
	}
	r.all = nil
	for segment < len(r.lists) && r.lists[segment] == nil {
		segment++
	}
	if r.segment, r.ended = segment, segment >= len(r.lists); !r.ended {
		r.all = r.lists[segment].Iterator(true, true, false, r.spent)
		r.spent = nil
	}
}

func (r *formReader) read(p zap.Posting, err error) (found bool, _ error) {
	if err != nil {
		return false, fmt.Errorf("read %s %q: %w", r.form.field, r.form.term, err)
	}
	if p == nil {
		r.all, r.spent = nil, r.all
		return false, nil
	}
	r.posting, r.at = p, r.firsts[r.segment]+p.Number()
	return true, nil
}

// settle finds the article that the slot stands on: the first of all its readers.
func (p *slotPostings) settle() {
	p.ended = true
	for i := range p.readers {
		if r := &p.readers[i]; !r.ended && (p.ended || r.at < p.at) {
			p.at, p.ended = r.at, false
		}
	}
}

func (p *slotPostings) doc() (uint64, bool) { return p.at, !p.ended }

func (p *slotPostings) next() error {
	if p.ended {
		return nil
	}
	for i := range p.readers {
		if r := &p.readers[i]; !r.ended && r.at == p.at {
			if err := r.next(); err != nil {
				return err
			}
		}
	}
	p.settle()
	return nil
}

func (p *slotPostings) advance(id uint64) error {
	if p.ended || p.at >= id {
		return nil
	}
	for i := range p.readers {
		if r := &p.readers[i]; !r.ended && r.at < id {
			if err := r.advance(id); err != nil {
				return err
			}
		}
	}
	p.settle()
	return nil
}

// score is BM25F of the article that the slot stands on.
func (p *slotPostings) score() float64 {
	var body, extra float64
	length := typicalWords
	for i := range p.readers {
		r := &p.readers[i]
		if r.ended || r.at != p.at {
			continue
		}
		n := float64(r.posting.Frequency()) * r.form.weight
		if r.form.field != fieldAll {
			extra += n
			continue
		}
		body += n
		if norm := r.posting.Norm(); norm > 0 {
			length = 1 / (norm * norm)
		}
	}
	tf := body/(1-scoreB+scoreB*length/typicalWords) + extra
	return p.slot.idf * tf * (scoreK1 + 1) / (tf + scoreK1)
}

func (p *slotPostings) count() uint64 { return p.most }
