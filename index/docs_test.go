package index

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	bq "github.com/blevesearch/bleve/v2/search/query"
	"github.com/google/go-cmp/cmp"

	"haidang/internal/query"
	"haidang/internal/text"
)

// operatorRow is a row of the table in docs/query.md that says what bleve is asked for each operator.
type operatorRow struct {
	samples []string // queries
	asked   []string // the kinds of bleve's queries, sorted
	answer  string   // exact or verified
}

var inCode = regexp.MustCompile("`([^`]+)`")

// operatorTable reads the table.
func operatorTable(t *testing.T) (rows []operatorRow) {
	t.Helper()
	page, err := os.ReadFile("../docs/query.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(page), "## What the archive asks of bleve\n")
	section, _, _ = strings.Cut(section, "\n## ")
	for line := range strings.Lines(section) {
		cells := strings.Split(strings.ReplaceAll(line, `\|`, "¦"), "|")
		if len(cells) != 6 || strings.HasPrefix(line, "|---") || strings.HasPrefix(line, "| operator") {
			continue
		}
		row := operatorRow{samples: codeIn(cells[1]), answer: strings.TrimSpace(cells[3])}
		row.asked = slices.DeleteFunc(codeIn(cells[2]), func(s string) bool { return !strings.HasSuffix(s, "Query") })
		slices.Sort(row.asked)
		row.asked = slices.Compact(row.asked)
		rows = append(rows, row)
	}
	return rows
}

func codeIn(cell string) (out []string) {
	for _, m := range inCode.FindAllStringSubmatch(cell, -1) {
		out = append(out, strings.ReplaceAll(m[1], "¦", "|"))
	}
	return out
}

// askedOf returns the kinds of query that q is made of.
func askedOf(q bq.Query) []string {
	kinds := map[string]bool{}
	var walk func(q bq.Query)
	walk = func(q bq.Query) {
		if q == nil || reflect.ValueOf(q).IsNil() {
			return
		}
		kinds[reflect.TypeOf(q).Elem().Name()] = true
		switch q := q.(type) {
		case *bq.BooleanQuery:
			walk(q.Must)
			walk(q.MustNot)
			walk(q.Should)
		case *bq.ConjunctionQuery:
			for _, c := range q.Conjuncts {
				walk(c)
			}
		case *bq.DisjunctionQuery:
			for _, c := range q.Disjuncts {
				walk(c)
			}
		}
	}
	walk(q)
	return slices.Sorted(maps.Keys(kinds))
}

// TestDocumentedOperators holds the table to the translation: what bleve is asked, and whether its answer is verified.
func TestDocumentedOperators(t *testing.T) {
	options := query.Options{Browse: true, Lists: func(name string) ([]string, bool) { return []string{"đập nước", "con đập"}, name == "đập" }}
	vocab := newVocabulary()
	for _, w := range text.Intern("đập thuỷ tiêm chủng") {
		vocab.add(w.Canon, w.Fold)
	}
	seen := map[string]bool{}
	for _, row := range operatorTable(t) {
		if row.answer != "exact" && row.answer != "verified" || len(row.samples) == 0 || len(row.asked) == 0 {
			t.Errorf("docs/query.md: row %+v is not whole", row)
		}
		for _, src := range row.samples {
			q, err := options.Parse(src)
			if err != nil {
				t.Errorf("docs/query.md says %s: %v", src, err)
				continue
			}
			query.Walk(q.Root, func(n query.Node) bool {
				seen[reflect.TypeOf(n).Elem().Name()] = true
				return true
			})
			got := newTranslator(vocab, false).node(q.Root)
			if want := row.answer == "exact"; got.exact != want {
				t.Errorf("%s: exact is %v, docs/query.md says %s", src, got.exact, row.answer)
			}
			if diff := cmp.Diff(row.asked, askedOf(got.query)); diff != "" {
				t.Errorf("%s: bleve is asked otherwise than docs/query.md says (-said +asked):\n%s", src, diff)
			}
		}
	}
	for _, kind := range nodeKinds(t) {
		if !seen[kind] {
			t.Errorf("docs/query.md does not say what bleve is asked for query.%s", kind)
		}
	}
}

// nodeKinds are the types that implement query.Node, read from the source.
func nodeKinds(t *testing.T) (kinds []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../internal/query/node.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Name.Name == "node" && f.Recv != nil {
			kinds = append(kinds, fmt.Sprint(f.Recv.List[0].Type.(*ast.StarExpr).X))
		}
	}
	if len(kinds) < 10 {
		t.Fatalf("only %d kinds of node found", len(kinds))
	}
	return kinds
}
