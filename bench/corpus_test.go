package bench

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"haidang/internal/article"
	"haidang/internal/query"
	"haidang/internal/query/querytest"
)

// news returns up to limit articles of a file under ../shared/data/news, or an error if there is none.
func news(name string, limit int) ([]article.Article, error) {
	file, err := os.Open(filepath.Join("..", "..", "shared", "data", "news", name))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	unpacked, err := gzip.NewReader(file)
	if err != nil {
		return nil, err
	}
	var out []article.Article
	for dec := json.NewDecoder(bufio.NewReaderSize(unpacked, 1<<20)); len(out) < limit; {
		var r struct {
			ID, URL, Title, Lead, Summary, Body, Text string
		}
		if err := dec.Decode(&r); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, fmt.Errorf("%s: article %d: %w", name, len(out), err)
		}
		out = append(out, article.Article{
			ID: strconv.Itoa(len(out)), URL: r.URL, Title: r.Title, Lead: cmp.Or(r.Lead, r.Summary), Text: cmp.Or(r.Text, r.Body),
		})
	}
	return out, nil
}

// shares reads which part of all articles holds a word, as the matcher knows it.
func shares(tb testing.TB) map[string]float64 {
	tb.Helper()
	data, err := os.ReadFile("../internal/query/frequencies.txt")
	if err != nil {
		tb.Fatal(err)
	}
	out := map[string]float64{}
	for line := range strings.Lines(string(data)) {
		word, n, _ := strings.Cut(strings.TrimSpace(line), "\t")
		if v, err := strconv.Atoi(n); err == nil {
			out[word] = float64(v) / 10_000
		}
	}
	return out
}

// library is what documents and queries are taken from.
type library struct {
	articles []article.Article
	docs     []*query.Doc
	vi, en   []article.Article // the queries take their words from these
	shares   map[string]float64
	written  map[string][]string // queries by kind; the first thousand are the same however many there are
}

const (
	documents = 5000   // of baomoi-2017 are matched; the queries take their words from those that follow
	most      = 50_000 // queries
	mixed     = "mixed"
	common    = "common"
)

// newsLibrary is real news, or the test is skipped.
func newsLibrary(tb testing.TB) *library {
	tb.Helper()
	vi, err := news("baomoi-2017.jsonl.gz", documents+4000)
	if err != nil {
		tb.Skipf("no news to measure with: %v", err)
	}
	en, err := news("en-vietnam.jsonl.gz", 1500)
	if err != nil {
		tb.Skipf("no news to measure with: %v", err)
	}
	return &library{articles: vi[:documents], vi: vi[documents:], en: en, shares: shares(tb)}
}

// read analyses the first n articles.
func (l *library) read(n int) *library {
	l.articles = l.articles[:min(n, len(l.articles))]
	for i := range l.articles {
		l.docs = append(l.docs, query.Document(&l.articles[i]))
	}
	return l
}

// rules parses n queries of a kind; one in four takes its words from English news.
func (l *library) rules(tb testing.TB, kind string, n int) []query.Rule {
	tb.Helper()
	out := make([]query.Rule, n)
	for i, src := range l.queries(kind, n) {
		q, err := query.Parse(src)
		if err != nil {
			tb.Fatalf("generated %s: %v", src, err)
		}
		out[i] = query.Rule{ID: fmt.Sprintf("%05d", i), Query: q}
	}
	return out
}

func (l *library) queries(kind string, n int) []string {
	if len(l.written[kind]) >= n {
		return l.written[kind][:n]
	}
	vi, en := querytest.New(1, l.vi, l.shares), querytest.New(2, l.en, l.shares)
	out := make([]string, n)
	for i := range out {
		g := vi
		if i%4 == 3 {
			g = en
		}
		if kind == mixed {
			out[i] = g.Mixed()
		} else {
			out[i] = g.Common()
		}
	}
	if l.written == nil {
		l.written = map[string][]string{}
	}
	l.written[kind] = out
	return out
}

// corpus is what every side gets.
type corpus struct {
	*library
	folded []string // each document as its folded words between blanks: " vo dap ¶ nuoc len "
	rules  []query.Rule
	common []expr   // the queries
	terms  []string // their words and phrases, each once, between blanks: " vo dap "
}

const fieldEnd = "¶" // a word that stands between fields, so that no phrase reaches across; no query has it

func newCorpus(tb testing.TB, l *library, n int) *corpus {
	tb.Helper()
	c := &corpus{library: l, rules: l.rules(tb, common, n)}
	for _, d := range l.docs {
		c.folded = append(c.folded, foldedText(d))
	}
	numbers := map[string]int32{}
	for _, r := range c.rules {
		c.common = append(c.common, c.expression(numbers, r.Query.Root))
	}
	return c
}

func foldedText(d *query.Doc) string {
	var b strings.Builder
	b.WriteByte(' ')
	for _, f := range []article.Field{article.Title, article.Lead, article.Text} {
		for _, t := range d.Text(f).Tokens {
			b.WriteString(strings.Join(strings.Fields(t.Word.Fold), "_") + " ") // a figure may hold blanks
		}
		b.WriteString(fieldEnd + " ")
	}
	return b.String()
}

// expr is a query in the language that all sides know.
type expr struct {
	op   string // "term", "and", "or", "not"
	kids []expr
	term int32 // its number among the corpus' terms
}

func (c *corpus) expression(numbers map[string]int32, n query.Node) expr {
	switch n := n.(type) {
	case *query.Term:
		folds := make([]string, len(n.Words))
		for i, w := range n.Words {
			folds[i] = w.Fold
		}
		words := " " + strings.Join(folds, " ") + " "
		number, ok := numbers[words]
		if !ok {
			number = int32(len(c.terms))
			numbers[words] = number
			c.terms = append(c.terms, words)
		}
		return expr{op: "term", term: number}
	case *query.And:
		return c.group("and", numbers, n)
	case *query.Or:
		return c.group("or", numbers, n)
	case *query.Not:
		return c.group("not", numbers, n)
	}
	panic(fmt.Sprintf("the common language has no %T", n))
}

func (c *corpus) group(op string, numbers map[string]int32, n query.Node) expr {
	e := expr{op: op}
	for _, k := range query.Children(n) {
		e.kids = append(e.kids, c.expression(numbers, k))
	}
	return e
}

// prefix writes a query for another program: (and (term vo dap ) (not (term tap ) ) ).
func (c *corpus) prefix(e expr) string {
	if e.op == "term" {
		return "(term" + c.terms[e.term] + ")"
	}
	var b strings.Builder
	b.WriteString("(" + e.op + " ")
	for _, k := range e.kids {
		b.WriteString(c.prefix(k) + " ")
	}
	return b.String() + ")"
}
