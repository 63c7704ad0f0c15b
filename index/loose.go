package index

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/blevesearch/bleve/v2/mapping"
	"github.com/blevesearch/bleve/v2/search"
	bq "github.com/blevesearch/bleve/v2/search/query"
	index "github.com/blevesearch/bleve_index_api"

	"haidang/internal/query"
)

const (
	// looseShare is how much of the rarity of all its words an article must hold to be found by most of them.
	looseShare = 0.2
	// looseWords is how many words a query must have before some of them may be missing.
	looseWords = 3
	// fewArticles is how many must have all the words for a search to be content with them. A query of sentenceWords is a
	// sentence, a question or a headline, and of those that have all its words most have them by chance.
	fewArticles     = 10
	sentenceWords   = 6
	fewForASentence = 100
)

// looseQuery holds for articles with most of the words, counted by how rare each is.
type looseQuery struct {
	slots []*slot
	share float64
}

var _ bq.Query = looseQuery{}

// Searcher opens the words on one index.
func (q looseQuery) Searcher(_ context.Context, r index.IndexReader, _ mapping.IndexMapping, _ search.SearcherOptions) (search.Searcher, error) {
	p := &loosePostings{}
	for _, s := range q.slots {
		words, err := openSlot(r, s)
		if err != nil {
			return nil, err
		}
		p.words = append(p.words, words)
		p.need += s.idf * q.share
	}
	p.order()
	if err := p.settle(); err != nil {
		return nil, err
	}
	return &searcher{postings: p}, nil
}

// loosePostings are articles whose words weigh enough together.
type loosePostings struct {
	words []*slotPostings // rarest first
	lead  int             // an article must hold one of the first so many: the others together weigh too little
	need  float64
	at    uint64
	ended bool
	sum   float64 // the score of the article that it stands on
}

func (p *loosePostings) order() {
	slices.SortStableFunc(p.words, func(a, b *slotPostings) int { return cmp.Compare(b.slot.idf, a.slot.idf) })
	rest := 0.0
	p.lead = len(p.words)
	for p.lead > 1 && rest+p.words[p.lead-1].slot.idf < p.need {
		p.lead--
		rest += p.words[p.lead].slot.idf
	}
}

// settle goes on to the first article, from where the leading words stand, that weighs enough.
func (p *loosePostings) settle() error {
	for {
		p.ended = true
		for _, w := range p.words[:p.lead] {
			if at, ok := w.doc(); ok && (p.ended || at < p.at) {
				p.at, p.ended = at, false
			}
		}
		if p.ended {
			return nil
		}
		enough, err := p.weigh()
		if err != nil || enough {
			return err
		}
		if err := p.leave(); err != nil {
			return err
		}
	}
}

// weigh adds up what the article that it stands on holds.
func (p *loosePostings) weigh() (enough bool, err error) {
	held := 0.0
	p.sum = 0
	for _, w := range p.words {
		if err := w.advance(p.at); err != nil {
			return false, err
		}
		if at, ok := w.doc(); ok && at == p.at {
			held += w.slot.idf
			p.sum += w.score()
		}
	}
	return held >= p.need, nil
}

func (p *loosePostings) leave() error {
	for _, w := range p.words[:p.lead] {
		if at, ok := w.doc(); ok && at == p.at {
			if err := w.next(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *loosePostings) doc() (uint64, bool) { return p.at, !p.ended }
func (p *loosePostings) score() float64      { return p.sum }

func (p *loosePostings) next() error {
	if p.ended {
		return nil
	}
	if err := p.leave(); err != nil {
		return err
	}
	return p.settle()
}

func (p *loosePostings) advance(id uint64) error {
	if p.ended || p.at >= id {
		return nil
	}
	for _, w := range p.words[:p.lead] {
		if err := w.advance(id); err != nil {
			return err
		}
	}
	return p.settle()
}

func (p *loosePostings) count() uint64 {
	var n uint64
	for _, w := range p.words[:p.lead] {
		n += w.count()
	}
	return n
}

// plain is a query of words and filters only. Its best hits are put in order once more, and with several words it may be
// answered with articles that hold most of them.
type plain struct {
	terms   []*query.Term
	slots   []*slot
	filters []bq.Query
}

// plain returns the words of such a query, or nil for any other.
func (t translator) plain(root query.Node) *plain {
	nodes := []query.Node{root}
	if and, ok := root.(*query.And); ok {
		nodes = and.Nodes
	}
	if !t.scored {
		return nil
	}
	p := &plain{}
	for _, n := range nodes {
		switch n := n.(type) {
		case *query.Term:
			if n.Mode == query.ModeRaw || n.Prefix {
				return nil
			}
			p.terms, p.slots = append(p.terms, n), append(p.slots, t.slotsOf(n)...)
		case *query.Meta, *query.Date:
			p.limit(t.node(n).query)
		default:
			return nil
		}
	}
	if len(p.slots) == 0 {
		return nil
	}
	return p
}

// limit adds a filter.
func (p *plain) limit(q bq.Query) {
	if p != nil && q != nil {
		p.filters = append(p.filters, q)
	}
}

// mayLoosen reports whether a search that found so many articles is to be tried again with fewer words. Whoever writes
// AND is taken at his word.
func (s *searching) mayLoosen(found int) bool {
	if s.plain == nil || len(s.plain.slots) < looseWords || s.before != nil || strings.Contains(s.parsed.Source, "AND") {
		return false
	}
	if len(s.plain.slots) >= sentenceWords {
		return found < fewForASentence
	}
	return found < fewArticles
}

// loosen asks for articles that hold most of the words. A cursor that says so without reason finds nothing.
func (s *searching) loosen() {
	if s.plain == nil {
		return
	}
	s.ask.query = all(append([]bq.Query{looseQuery{slots: s.plain.slots, share: looseShare}}, s.plain.filters...))
	s.result.Loose = true
}

// weigh gives each slot its rarity in the whole archive.
func weigh(ctx context.Context, slots []*slot, shards []*shard) error {
	if len(slots) == 0 {
		return nil
	}
	total, holding := 0.0, make([]float64, len(slots))
	for _, s := range shards {
		total += float64(s.held.Load().count)
		if err := s.guard(ctx, func() error { return s.tally(ctx, slots, holding) }); err != nil {
			return fmt.Errorf("shard %s: %w", s.name, err)
		}
	}
	for i, s := range slots {
		if holding[i] > 0 {
			s.idf = rarity(total, holding[i])
		}
		if s.function {
			s.idf *= functionShare
		}
	}
	return nil
}

// tally adds, for each slot, how many articles of the shard hold it; one that holds two forms counts twice.
func (s *shard) tally(ctx context.Context, slots []*slot, holding []float64) (err error) {
	e, done, err := s.readSets()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	for i, slot := range slots {
		for _, f := range slot.forms {
			if f.field != fieldAll {
				continue
			}
			_, n, err := e.lists(f.field, f.term)
			if err = errors.Join(err, ctx.Err()); err != nil {
				return err
			}
			holding[i] += float64(n)
		}
	}
	return nil
}
