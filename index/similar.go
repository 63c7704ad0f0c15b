package index

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	bq "github.com/blevesearch/bleve/v2/search/query"

	"haidang/internal/article"
	"haidang/internal/text"
)

const (
	likeWords  = 25   // words of an article that say what it is about
	likeTokens = 600  // words of it that are read
	likeShare  = 0.25 // of their rarity that a similar article holds
)

// like makes the words that say what an article is about: those that are frequent in it, in its title above all, and rare
// elsewhere. The article itself is left out of the hits.
func (s *searching) like(ctx context.Context, x *Index, shards []*shard) error {
	if s.req.Like == "" {
		return nil
	}
	a, err := x.Get(ctx, s.req.Like)
	if errors.Is(err, ErrNotFound) {
		return fmt.Errorf("%w: like %q: the archive holds no such article", ErrRequest, s.req.Like)
	}
	if err != nil {
		return err
	}
	slots, counts := likeSlots(&a)
	if err := weigh(ctx, slots, shards); err != nil {
		return err
	}
	slices.SortStableFunc(slots, func(a, b *slot) int {
		return cmp.Compare(counts[b]*b.idf, counts[a]*a.idf)
	})
	must := []bq.Query{looseQuery{slots: slots[:min(len(slots), likeWords)], share: likeShare}}
	if s.ask.query != nil {
		must = append(must, s.ask.query)
	}
	s.ask.query = bq.NewBooleanQuery(must, nil, []bq.Query{bq.NewDocIDQuery([]string{a.ID})})
	s.plain = nil
	return nil
}

// likeSlots makes a slot of each word of an article that is no single letter and no figure, with its occurrences.
func likeSlots(a *article.Article) ([]*slot, map[*slot]float64) {
	var slots []*slot
	counts := map[*slot]float64{}
	byCanon := map[string]*slot{}
	read := 0
	for _, part := range []struct {
		text   string
		weight float64
	}{{a.Title, 3}, {a.Lead, 2}, {a.Text, 1}} {
		for _, tok := range text.Analyze(part.text).Tokens {
			if read++; read > likeTokens || tok.Word.Number || utf8.RuneCountInString(tok.Word.Canon) < 2 {
				continue
			}
			term := term(&tok)
			s := byCanon[term]
			if s == nil {
				s = &slot{forms: []form{{fieldAll, term, 1}, {fieldTitle, term, titleWeight}}}
				byCanon[term] = s
				slots = append(slots, s)
			}
			counts[s] += part.weight
		}
	}
	return slots, counts
}
