package index

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"unicode/utf8"

	"golang.org/x/sync/errgroup"

	"haidang/internal/article"
	"haidang/internal/query"
	"haidang/internal/text"
)

// A Vietnamese word is most often two syllables, and every token is one syllable: that "quốc" and "ca" stand side by side
// says more than that both occur. bleve's scores know nothing of that, so the best hits of a query of plain words are
// read and put in order once more.
const (
	nearDepth  = 30   // hits that are read at a time
	nearBytes  = 3000 // of each field that are looked at: what an article is about stands in front
	nearWeight = 1.0  // how much a pair that stands together adds, in rarities of its commoner word
	leadWeight = 0.05 // how much a word that stands in the lead adds, in its rarity: more does harm
)

// rerank puts hits of plain words in order by what stands together in them.
func (s *searching) rerank(ctx context.Context, window []candidate) error {
	var err error
	if s.known, err = fetch(ctx, window); err != nil {
		return err
	}
	pairs := newPairs(s.plain)
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i := range window {
		a, ok := s.known[window[i].ID]
		if !ok {
			continue
		}
		g.Go(func() error {
			if ctx.Err() == nil {
				bonus := pairs.bonus(&a)
				if s.ask.sort == ByFreshness {
					bonus *= freshness(a.Published, s.ask.now)
				}
				window[i].Key += bonus
			}
			return nil
		})
	}
	_ = g.Wait() // no function fails
	slices.SortStableFunc(window, func(a, b candidate) int { return a.compare(b.place) })
	return nil
}

// ranked reads a window of the best hits, puts it in order and cuts the page out of it. The cursor of the next page says
// where the window began and how far in it the page came, so that no hit is left out or shown twice.
func (s *searching) ranked(ctx context.Context, st *stream) ([]candidate, error) {
	size, from := max(nearDepth, s.limit), 0
	if s.before != nil && s.before.Window > 0 {
		size, from = s.before.Window, s.before.From
	}
	window, more, err := st.first(ctx, size)
	if err != nil || len(window) == 0 {
		return window[:min(len(window), s.limit)], err
	}
	last := window[len(window)-1].place
	if err := s.rerank(ctx, window); err != nil {
		return nil, err
	}
	page := window[min(from, len(window)):min(from+s.limit, len(window))]
	next := s.cursor()
	switch {
	case from+s.limit < len(window):
		next.Window, next.From, next.After = size, from+s.limit, s.begin
	case more:
		next.After = &last
	default:
		return page, nil
	}
	s.result.Next = next.String()
	return page, nil
}

// first reads at most n candidates and tells whether there are more.
func (st *stream) first(ctx context.Context, n int) (window []candidate, more bool, err error) {
	for {
		c, ok, err := st.next(ctx)
		if err != nil || !ok {
			return window, false, err
		}
		if len(window) == n {
			return window, true, nil
		}
		window = append(window, c)
	}
}

// pairs are the words of a query that stand side by side in it.
type pairs struct {
	words  []*text.Word
	marked []bool
	slots  []*slot
	byFold map[string][]int
}

func newPairs(p *plain) *pairs {
	out := &pairs{slots: p.slots, byFold: map[string][]int{}}
	for _, t := range p.terms {
		marked := t.Marked() && t.Mode != query.ModeFold
		for _, w := range t.Words {
			out.byFold[w.Fold] = append(out.byFold[w.Fold], len(out.words))
			out.words, out.marked = append(out.words, w), append(out.marked, marked)
		}
	}
	return out
}

// analyses are for analysing one text after another.
var analyses = sync.Pool{New: func() any { return new(text.Doc) }}

// bonus is what an article earns for pairs that it has side by side and for words in its lead, each counted once.
func (p *pairs) bonus(a *article.Article) float64 {
	met, held := make([]bool, len(p.words)), make([]bool, len(p.words))
	sum := 0.0
	d := analyses.Get().(*text.Doc)
	defer analyses.Put(d)
	for _, f := range []article.Field{article.Title, article.Text, article.Lead} {
		clear(held)
		field := a.Get(f)
		d.Reset(field[:clampRune(field, nearBytes)])
		p.meet(d.Tokens, met, held)
	}
	for i := range p.words {
		if held[i] { // in the lead, which was read last
			sum += leadWeight * p.slots[i].idf
		}
		if met[i] {
			sum += nearWeight * min(p.slots[i].idf, p.slots[i+1].idf)
		}
	}
	return sum
}

// meet notes which words a field holds, and which of them stand before the next one of the query.
func (p *pairs) meet(tokens []text.Token, met, held []bool) {
	var before, here []int
	for i := range tokens {
		here = here[:0]
		for _, n := range p.byFold[tokens[i].Word.Fold] {
			if p.matches(n, &tokens[i]) {
				here, held[n] = append(here, n), true
				if n > 0 && slices.Contains(before, n-1) {
					met[n-1] = true
				}
			}
		}
		before, here = here, before
	}
}

func (p *pairs) matches(n int, t *text.Token) bool {
	return !p.marked[n] || t.Unmarked || t.Word.Canon == p.words[n].Canon
}

// clampRune moves an offset into the text and back to the start of a letter.
func clampRune(s string, i int) int {
	if i >= len(s) {
		return len(s)
	}
	for i > 0 && !utf8.RuneStart(s[i]) {
		i--
	}
	return i
}
