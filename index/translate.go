package index

import (
	"time"

	bq "github.com/blevesearch/bleve/v2/search/query"

	"haidang/internal/article"
	"haidang/internal/query"
	"haidang/internal/text"
)

// clause is one node of a query as bleve can say it: a bleve query that holds for every article for which the node
// holds. When exact is false it holds for others too, and the matcher must look at each. A nil query holds for every
// article.
type clause struct {
	query bq.Query
	exact bool
}

var everything = clause{}

// translator turns a parsed query into a bleve query. loose is set where words must stand together in a way that
// bleve does not know (one sentence, one field without an index of its own): what is not there cannot be told then.
type translator struct {
	vocab  *vocabulary
	field  string
	scored bool // hits are ordered by relevance: words in titles weigh more
	loose  bool
	slots  *[]*slot // those made so far, which want their rarity
}

func newTranslator(v *vocabulary, scored bool) translator {
	return translator{vocab: v, field: fieldAll, scored: scored, slots: &[]*slot{}}
}

// node translates one node. Every kind that it does not know is left to the matcher.
func (t translator) node(n query.Node) clause {
	switch n := n.(type) {
	case *query.And:
		return t.and(n.Nodes)
	case *query.Or:
		return t.or(n.Nodes)
	case *query.Not:
		return t.and([]query.Node{n})
	case *query.Term:
		return t.term(n)
	case *query.List:
		return t.or(query.Children(n))
	case *query.Near:
		return t.loosely().and(query.Children(n))
	case *query.Same:
		return t.loosely().node(n.Node)
	case *query.Number:
		return t.number(n)
	case *query.Weighted:
		return t.weighted(n)
	case *query.Scope:
		return t.scope(n)
	case *query.Meta:
		return t.meta(n)
	case *query.Date:
		return t.date(n)
	case *query.Named:
		return t.node(n.Node)
	}
	return everything
}

// loosely returns a translator for nodes of which bleve knows only the words.
func (t translator) loosely() translator {
	t.loose = true
	return t
}

func (t translator) and(nodes []query.Node) clause {
	var must, not []bq.Query
	exact := !t.loose
	for _, n := range nodes {
		if inner, ok := n.(*query.Not); ok {
			c := t.node(inner.Node)
			if !c.exact || c.query == nil {
				exact = false
				continue
			}
			not = append(not, c.query)
			continue
		}
		c := t.node(n)
		exact = exact && c.exact
		if c.query != nil {
			must = append(must, c.query)
		}
	}
	if len(not) == 0 {
		return clause{query: all(must), exact: exact}
	}
	if len(must) == 0 {
		must = []bq.Query{bq.NewMatchAllQuery()}
	}
	return clause{query: bq.NewBooleanQuery(must, nil, not), exact: exact}
}

func all(must []bq.Query) bq.Query {
	switch len(must) {
	case 0:
		return nil
	case 1:
		return must[0]
	}
	return bq.NewConjunctionQuery(must)
}

func (t translator) or(nodes []query.Node) clause {
	any := make([]bq.Query, 0, len(nodes))
	exact := !t.loose
	for _, n := range nodes {
		c := t.node(n)
		if c.query == nil {
			return everything
		}
		any, exact = append(any, c.query), exact && c.exact
	}
	return clause{query: either(any...), exact: exact}
}

func either(any ...bq.Query) bq.Query {
	if len(any) == 1 {
		return any[0]
	}
	return bq.NewDisjunctionQuery(any)
}

// number asks for the words that are units. A sign is no word: bleve does not know where one stands.
func (t translator) number(n *query.Number) clause {
	if len(n.Signs) > 0 {
		return everything
	}
	return t.loosely().or(query.Children(n))
}

// weighted is the sum of items that must reach a threshold above zero, so one item that adds to it must be there.
func (t translator) weighted(n *query.Weighted) clause {
	var adds []query.Node
	for _, item := range n.Items {
		if item.Weight > 0 {
			adds = append(adds, item.Node)
		}
	}
	if len(adds) == 0 {
		return clause{query: bq.NewMatchNoneQuery(), exact: !t.loose}
	}
	return t.loosely().or(adds)
}

// scope limits words to one field. The title has an index of its own; for the others bleve finds the article and the
// matcher the field.
func (t translator) scope(n *query.Scope) clause {
	if n.Field == article.Title {
		t.field, t.scored = fieldTitle, false
		return t.node(n.Node)
	}
	return t.loosely().node(n.Node)
}

func (t translator) meta(n *query.Meta) clause {
	any := make([]bq.Query, len(n.Values))
	for i, v := range n.Values {
		any[i] = termQuery(string(n.Key), v)
	}
	if len(any) == 0 {
		return clause{query: bq.NewMatchNoneQuery(), exact: true}
	}
	return clause{query: either(any...), exact: true}
}

func (t translator) date(n *query.Date) clause {
	field := fieldSeen
	if n.Key == query.Published {
		field = fieldPublished
	}
	q := timeRange(field, n.From, n.Until)
	return clause{query: q, exact: true}
}

// timeRange holds for from <= time < until; a zero bound is open, and two of them hold for every article.
func timeRange(field string, from, until time.Time) bq.Query {
	if from.IsZero() && until.IsZero() {
		return nil
	}
	yes, no := true, false
	q := bq.NewNumericRangeInclusiveQuery(millis(from), millis(until), &yes, &no)
	q.SetField(field)
	return q
}

func millis(t time.Time) *float64 {
	if t.IsZero() {
		return nil
	}
	ms := float64(t.UnixMilli())
	return &ms
}

func termQuery(field, term string) bq.Query {
	q := bq.NewTermQuery(term)
	q.SetField(field)
	return q
}

func prefixQuery(field, prefix string) bq.Query {
	q := bq.NewPrefixQuery(prefix)
	q.SetField(field)
	return q
}

// term translates a word or phrase. Where hits are scored, bleve finds a phrase and the words in it give the score.
func (t translator) term(n *query.Term) clause {
	c := t.termIn(n)
	if !t.scored || c.query == nil || n.Prefix {
		return c
	}
	slots := t.slotsOf(n)
	if len(slots) == 1 {
		c.query = slotQuery{slots[0]}
		return c
	}
	parts := []bq.Query{unscored{c.query}}
	for _, s := range slots {
		parts = append(parts, slotQuery{s})
	}
	c.query = bq.NewConjunctionQuery(parts)
	return c
}

// slotsOf makes a slot of each word of a term.
func (t translator) slotsOf(n *query.Term) []*slot {
	marked := n.Marked() && n.Mode != query.ModeFold
	out := make([]*slot, len(n.Words))
	for i, w := range n.Words {
		s := &slot{}
		for k, term := range t.vocab.alternatives(w, marked) {
			weight := 1.0
			if marked && k > 0 {
				weight = foldedWeight
			}
			s.forms = append(s.forms, form{fieldAll, term, weight}, form{fieldTitle, term, weight * titleWeight})
		}
		out[i] = s
	}
	*t.slots = append(*t.slots, out...)
	return out
}

// termIn applies the marks rule: see terms.go for the terms that it asks for.
func (t translator) termIn(n *query.Term) clause {
	if len(n.Words) == 0 {
		return everything
	}
	for _, w := range n.Words {
		if w.Fold == "" || w.Canon == "" {
			return everything
		}
	}
	marked := n.Marked() && n.Mode != query.ModeFold
	words := n.Words
	exact := n.Mode != query.ModeRaw
	if !n.Prefix {
		return clause{query: t.words(words, marked), exact: exact && !t.loose}
	}
	last := t.beginning(words[len(words)-1], marked)
	if len(words) == 1 {
		return clause{query: last, exact: exact && !t.loose}
	}
	// bleve has no phrase that ends in a prefix
	return clause{query: bq.NewConjunctionQuery([]bq.Query{t.words(words[:len(words)-1], marked), last})}
}

// words asks for words side by side.
func (t translator) words(words []*text.Word, marked bool) bq.Query {
	phrase := make([][]string, len(words))
	for i, w := range words {
		phrase[i] = t.vocab.alternatives(w, marked)
	}
	if len(phrase) > 1 {
		return bq.NewMultiPhraseQuery(phrase, t.field)
	}
	return t.anyOf(phrase[0])
}

func (t translator) anyOf(terms []string) bq.Query {
	any := make([]bq.Query, len(terms))
	for i, term := range terms {
		any[i] = termQuery(t.field, term)
	}
	return either(any...)
}

// beginning asks for words that begin like w.
func (t translator) beginning(w *text.Word, marked bool) bq.Query {
	unmarked := prefixQuery(t.field, unmarkedPrefix+w.Fold)
	if marked {
		return either(prefixQuery(t.field, w.Canon), unmarked)
	}
	any := []bq.Query{prefixQuery(t.field, w.Fold), unmarked}
	if words := t.vocab.beginning(w.Fold); len(words) > 0 {
		any = append(any, t.anyOf(words))
	}
	return either(any...)
}
