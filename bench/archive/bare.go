package main

import (
	"context"
	"fmt"
	"time"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/analysis"
	_ "github.com/blevesearch/bleve/v2/analysis/analyzer/custom" // registers the kind of analyser that is made of parts
	"github.com/blevesearch/bleve/v2/mapping"
	"github.com/blevesearch/bleve/v2/registry"
	"github.com/blevesearch/bleve/v2/search/query"
	index "github.com/blevesearch/bleve_index_api"

	"haidang/internal/article"
	products "haidang/internal/query"
	"haidang/internal/text"
)

// bare is one bleve index with our analyser and our fields, which stores the wording as well.
type bare struct{ index bleve.Index }

const analyser = "ours"

func init() { // bleve finds analysers by name in a registry of the process
	err := registry.RegisterTokenizer(analyser, func(map[string]any, *registry.Cache) (analysis.Tokenizer, error) { return tokenizer{}, nil })
	if err != nil {
		panic(err)
	}
}

// tokenizer gives bleve the terms that the archive makes of a text.
type tokenizer struct{}

// Tokenize returns the terms.
func (tokenizer) Tokenize(input []byte) analysis.TokenStream {
	tokens := text.Analyze(string(input)).Tokens
	out := make(analysis.TokenStream, len(tokens))
	all := make([]analysis.Token, len(tokens))
	for i, t := range tokens {
		term := t.Word.Canon
		if t.Unmarked {
			term = "~" + t.Word.Fold
		}
		all[i] = analysis.Token{Term: []byte(term), Start: t.Start, End: t.End, Position: i + 1}
		out[i] = &all[i]
	}
	return out
}

func openBleve(dir string) (side, error) {
	if b, err := bleve.Open(dir); err == nil {
		return bare{b}, nil
	}
	m := bleve.NewIndexMapping()
	if err := m.AddCustomAnalyzer(analyser, map[string]any{"type": "custom", "tokenizer": analyser}); err != nil {
		return nil, err
	}
	m.DefaultMapping = fields()
	m.ScoringModel = index.BM25Scoring
	b, err := bleve.New(dir, m)
	return bare{b}, err
}

// fields are those of the archive.
func fields() *mapping.DocumentMapping {
	m := bleve.NewDocumentStaticMapping()
	for _, name := range []string{"all", "title"} {
		f := bleve.NewTextFieldMapping()
		f.Analyzer, f.Store, f.IncludeInAll, f.DocValues = analyser, true, false, false
		m.AddFieldMappingsAt(name, f)
	}
	for _, name := range []string{"outlet", "country", "lang", "topic"} {
		f := bleve.NewKeywordFieldMapping()
		f.Store, f.IncludeInAll, f.IncludeTermVectors = false, false, false
		m.AddFieldMappingsAt(name, f)
	}
	for _, name := range []string{"seen", "published"} {
		f := bleve.NewNumericFieldMapping()
		f.Store, f.IncludeInAll = false, false
		m.AddFieldMappingsAt(name, f)
	}
	return m
}

func (b bare) put(_ context.Context, articles []article.Article) error {
	batch := b.index.NewBatch()
	for _, a := range articles {
		err := batch.Index(a.ID, map[string]any{
			"all": a.Title + "\n" + a.Lead + "\n" + a.Text, "title": a.Title,
			"outlet": products.Key(a.Outlet), "country": products.Key(a.OutletCountry), "lang": a.Language, "topic": a.Verdict.Topics[0],
			"seen": float64(a.FirstSeen.UnixMilli()), "published": float64(a.Published.UnixMilli()),
		})
		if err != nil {
			return err
		}
	}
	return b.index.Batch(batch)
}

func (bare) seal(context.Context) error { return nil }

func (b bare) ask(ctx context.Context, q question, k kind) (int, error) {
	req := bleve.NewSearchRequestOptions(b.query(q, k), page, 0, false)
	req.Fields = []string{"title", "all"}
	if len(q.Words) > 0 {
		req.Highlight = bleve.NewHighlight()
		req.Highlight.AddField("all")
	}
	if !k.best {
		req.SortBy([]string{"-seen", "_id"})
		req.Score = bleve.ScoreNone
	}
	res, err := b.index.SearchInContext(ctx, req)
	if err != nil {
		return 0, fmt.Errorf("bare bleve: %w", err)
	}
	return len(res.Hits), nil
}

func (bare) query(q question, k kind) query.Query {
	var must []query.Query
	var terms []string
	for _, w := range q.Words {
		term := text.Analyze(w).Tokens[0].Word.Canon
		terms = append(terms, term)
		one := bleve.NewTermQuery(term)
		one.SetField("all")
		must = append(must, one)
	}
	switch {
	case k.phrase:
		must = []query.Query{bleve.NewPhraseQuery(terms, "all")}
	case k.any:
		must = []query.Query{bleve.NewDisjunctionQuery(must...)}
	}
	if !q.From.IsZero() {
		must = append(must, since(q.From))
	}
	if q.Outlet != "" {
		one := bleve.NewTermQuery(products.Key(q.Outlet))
		one.SetField("outlet")
		must = append(must, one)
	}
	switch len(must) {
	case 0:
		return bleve.NewMatchAllQuery()
	case 1:
		return must[0]
	}
	return bleve.NewConjunctionQuery(must...)
}

func since(t time.Time) query.Query {
	from := float64(t.UnixMilli())
	q := bleve.NewNumericRangeQuery(&from, nil)
	q.SetField("seen")
	return q
}

func (b bare) close() error { return b.index.Close() }
