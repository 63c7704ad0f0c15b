package bench

import (
	"strings"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/analysis/analyzer/custom"
	"github.com/blevesearch/bleve/v2/analysis/tokenizer/whitespace"
	"github.com/blevesearch/bleve/v2/mapping"
	blevequery "github.com/blevesearch/bleve/v2/search/query"
)

const bleveField = "t"

// documentIndex makes an index in memory of every document and asks it every query.
func documentIndex(c *corpus) (side, error) {
	m, err := wordsMapping()
	if err != nil {
		return nil, err
	}
	requests := make([]*bleve.SearchRequest, len(c.common))
	for i, e := range c.common {
		requests[i] = bleve.NewSearchRequestOptions(bleveQuery(c, e), 0, 0, false)
		requests[i].Score = "none"
	}
	return local{func(doc int, out []int32) []int32 {
		index, err := bleve.NewMemOnly(m)
		if err == nil {
			err = index.Index("d", map[string]any{bleveField: c.folded[doc]})
		}
		for i := 0; i < len(requests) && err == nil; i++ {
			var result *bleve.SearchResult
			if result, err = index.Search(requests[i]); err == nil && result.Total > 0 {
				out = append(out, int32(i))
			}
		}
		if err == nil {
			err = index.Close()
		}
		if err != nil {
			panic(err) // memory cannot fail us
		}
		return out
	}}, nil
}

// wordsMapping cuts at blanks and keeps nothing but words and their places.
func wordsMapping() (mapping.IndexMapping, error) {
	m := bleve.NewIndexMapping()
	err := m.AddCustomAnalyzer("words", map[string]any{"type": custom.Name, "tokenizer": whitespace.Name})
	if err != nil {
		return nil, err
	}
	field := bleve.NewTextFieldMapping()
	field.Analyzer, field.Store, field.IncludeInAll, field.DocValues = "words", false, false, false
	field.IncludeTermVectors = true // places, for phrases
	d := bleve.NewDocumentStaticMapping()
	d.AddFieldMappingsAt(bleveField, field)
	m.DefaultMapping = d
	return m, m.Validate()
}

func bleveQuery(c *corpus, e expr) blevequery.Query {
	switch e.op {
	case "term":
		words := strings.Fields(c.terms[e.term])
		if len(words) > 1 {
			return blevequery.NewPhraseQuery(words, bleveField)
		}
		q := blevequery.NewTermQuery(words[0])
		q.SetField(bleveField)
		return q
	case "or":
		var kids []blevequery.Query
		for _, k := range e.kids {
			kids = append(kids, bleveQuery(c, k))
		}
		return blevequery.NewDisjunctionQuery(kids)
	}
	var must, mustNot []blevequery.Query
	for _, k := range e.kids {
		if k.op == "not" {
			mustNot = append(mustNot, bleveQuery(c, k.kids[0]))
			continue
		}
		must = append(must, bleveQuery(c, k))
	}
	return blevequery.NewBooleanQuery(must, nil, mustNot)
}
