package index

import (
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/blevesearch/bleve/v2/document"
	index "github.com/blevesearch/bleve_index_api"
	"golang.org/x/sync/errgroup"

	"haidang/internal/article"
	"haidang/internal/query"
	"haidang/internal/text"
)

// The fields of the bleve index, besides those named as in package query.
const (
	fieldAll       = "all"   // the words of title, lead and text
	fieldTitle     = "title" // those of the title again, for title: and because a word there weighs more
	fieldOutlet    = "outlet"
	fieldRings     = "rings"
	fieldCopy      = "copy"      // of an earlier article, see original.go
	fieldSeen      = "seen"      // milliseconds
	fieldPublished = "published" // milliseconds
)

const (
	wordOptions    = index.IndexField | index.IncludeTermVectors
	keywordOptions = index.IndexField | index.DocValues | index.SkipFreqNorm
	numberOptions  = index.IndexField | index.DocValues | index.SkipFreqNorm
)

// newDocument makes the bleve document of an article that was analysed.
func newDocument(a *article.Article, an *analysis) *document.Document {
	d := document.NewDocument(a.ID)
	d.AddField(&wordField{name: fieldAll, words: an.all})
	d.AddField(&wordField{name: fieldTitle, words: an.title})
	for _, p := range properties(a) {
		for _, v := range p.values {
			d.AddField(document.NewTextFieldCustom(p.name, nil, []byte(v), keywordOptions, nil))
		}
	}
	addTime(d, fieldSeen, a.FirstSeen)
	addTime(d, fieldPublished, a.Published)
	return d
}

// property is something of an article, other than its words, that can be asked for and counted.
type property struct {
	name   string
	values []string // none empty, none twice
}

// properties lists what bleve keeps of an article besides its words.
func properties(a *article.Article) []property {
	out := []property{
		{fieldOutlet, distinct(query.Key(a.Outlet))},
		{string(query.Site), distinct(domains(query.Host(a))...)},
		{string(query.Country), distinct(query.Key(a.OutletCountry))},
		{string(query.Lang), distinct(query.Key(a.Language))},
	}
	if a.CopyOf != "" {
		out = append(out, property{fieldCopy, []string{"1"}})
	}
	v := a.Verdict
	if v == nil {
		return out
	}
	var claims, stances []string
	for _, c := range v.Claims {
		claims = append(claims, query.Key(c.ID))
		stances = append(stances, query.Key(string(c.Stance)))
	}
	out = append(out,
		property{string(query.Topic), distinct(keys(v.Topics)...)},
		property{string(query.Place), distinct(keys(v.Places)...)},
		property{string(query.Claim), distinct(claims...)},
		property{string(query.Stance), distinct(stances...)},
	)
	if v.Rings {
		out = append(out, property{fieldRings, []string{"1"}})
	}
	return out
}

// distinct leaves out what is empty or came before.
func distinct(values ...string) []string {
	var out []string
	for _, v := range values {
		if v != "" && !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

func keys(values []string) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = query.Key(v)
	}
	return out
}

// domains returns a host and every domain above it, so that site: is one term.
func domains(host string) []string {
	if host == "" {
		return nil
	}
	out := []string{host}
	for {
		_, rest, ok := strings.Cut(host, ".")
		if !ok {
			return out
		}
		out, host = append(out, rest), rest
	}
}

func addTime(d *document.Document, name string, t time.Time) {
	d.AddField(document.NewNumericFieldWithIndexingOptions(name, nil, float64(t.UnixMilli()), numberOptions))
}

// analysis is the words of one article.
type analysis struct{ all, title wording }

func analyse(a *article.Article) *analysis {
	title := text.Analyze(a.Title).Tokens
	return &analysis{
		all:   wording{parts: [][]text.Token{title, text.Analyze(a.Lead).Tokens, text.Analyze(a.Text).Tokens}},
		title: wording{parts: [][]text.Token{title}},
	}
}

// analyseAll analyses articles on all cores.
func analyseAll(articles []article.Article) []*analysis {
	out := make([]*analysis, len(articles))
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i := range articles {
		g.Go(func() error {
			out[i] = analyse(&articles[i])
			return nil
		})
	}
	_ = g.Wait() // no function fails
	return out
}

// wordField is a field of words for bleve's segment builder. It stands in for bleve's own text field and analyser: the
// words are those of internal/text, from one analysis for all fields, and no copy of the text is needed.
type wordField struct {
	name  string
	words wording
	freqs index.TokenFrequencies
}

var _ document.Field = (*wordField)(nil)

// Analyze counts the terms of the field. bleve calls it on its own workers.
func (f *wordField) Analyze() { f.freqs = f.words.frequencies() }

// Name returns the name of the field.
func (f *wordField) Name() string { return f.name }

// Value returns nothing: the text is not stored in bleve.
func (f *wordField) Value() []byte { return nil }

// ArrayPositions returns nothing: there is one value.
func (f *wordField) ArrayPositions() []uint64 { return nil }

// EncodedFieldType says that this is text.
func (f *wordField) EncodedFieldType() byte { return 't' }

// Options says that positions are indexed and nothing is stored.
func (f *wordField) Options() index.FieldIndexingOptions { return wordOptions }

// AnalyzedLength returns the number of tokens, for BM25.
func (f *wordField) AnalyzedLength() int { return f.words.length() }

// AnalyzedTokenFrequencies returns the counted terms.
func (f *wordField) AnalyzedTokenFrequencies() index.TokenFrequencies { return f.freqs }

// NumPlainTextBytes is bleve's count of text read, which nobody asks for.
func (f *wordField) NumPlainTextBytes() uint64 { return 0 }

// Size is a rough count of memory, for bleve's statistics.
func (f *wordField) Size() int { return 96 * f.words.length() }
