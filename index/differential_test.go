package index

import (
	"bufio"
	"compress/gzip"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"haidang/internal/article"
	"haidang/internal/query"
	"haidang/internal/settings"
	"haidang/internal/text"
)

// readNews reads articles of the shared data, or skips the test where they are absent.
func readNews(t testing.TB, name string, limit int) []article.Article {
	t.Helper()
	path := "../../shared/data/news/" + name + ".jsonl.gz"
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		t.Skipf("%s is absent: it is real news, which is not part of this repository", path)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 16<<20)
	var out []article.Article
	for len(out) < limit && lines.Scan() {
		rec, err := article.ParseRecord(lines.Bytes())
		if err != nil {
			t.Fatalf("%s line %d: %v", name, len(out)+1, err)
		}
		a := rec.Article
		a.FirstSeen = start.Add(time.Duration(len(out)) * time.Minute)
		a.Revise()
		out = append(out, a)
	}
	return out
}

// corpus is news in Vietnamese and English, and some of it written without marks or decomposed.
func corpus(t testing.TB, n int) []article.Article {
	all := slices.Concat(readNews(t, "baomoi-2017", n), readNews(t, "tuoitre-2024-11", n/5), readNews(t, "en-vietnam", n/5))
	for i, a := range all[:n/5] {
		a.ID, a.Outlet = fmt.Sprint("changed-", i), "Diễn đàn"
		change := text.Fold
		if i%3 == 0 {
			change = norm.NFD.String
		}
		a.Title, a.Lead, a.Text = change(a.Title), change(a.Lead), change(a.Text)
		a.FirstSeen = a.FirstSeen.Add(24 * time.Hour)
		a.Revise()
		all = append(all, a)
	}
	seen := map[string]bool{}
	return slices.DeleteFunc(all, func(a article.Article) bool {
		double := seen[a.ID]
		seen[a.ID] = true
		return double
	})
}

var (
	articlesFlag = flag.Int("articles", 80, "articles for the differential test")
	queriesFlag  = flag.Int("queries", 150, "queries for the differential test")
)

// generator makes queries out of the words of articles, so that most of them find something.
type generator struct {
	*rand.Rand
	articles []article.Article
}

func pick[T any](g generator, of ...T) T { return of[g.IntN(len(of))] }

// phrase returns one to n words that stand side by side somewhere, changed as people change them.
func (g generator) phrase(n int) string {
	for {
		a := &g.articles[g.IntN(len(g.articles))]
		words := text.Analyze(a.Get(pick(g, article.Title, article.Lead, article.Text))).Tokens
		if len(words) < n+1 {
			continue
		}
		from := g.IntN(len(words) - n)
		var out []string
		for _, tok := range words[from : from+1+g.IntN(n)] {
			out = append(out, tok.Word.Canon)
		}
		s := strings.Join(out, " ")
		if g.IntN(3) == 0 {
			s = text.Fold(s)
		}
		if g.IntN(6) == 0 {
			s = norm.NFD.String(s)
		}
		return s
	}
}

func (g generator) term() string {
	s := `"` + g.phrase(3) + `"`
	switch g.IntN(12) {
	case 0:
		return "fold:" + s
	case 1:
		return "raw:" + s
	case 2:
		return "title:" + s
	case 3:
		return "lead:" + s
	case 4:
		return "body:" + s
	}
	return s
}

func (g generator) query(depth int) string {
	if depth == 0 {
		return g.term()
	}
	a, b := g.query(depth-1), g.query(depth-1)
	switch g.IntN(15) {
	case 0:
		return fmt.Sprintf("(%s OR %s)", a, b)
	case 1:
		return fmt.Sprintf("(%s NOT %s)", a, b)
	case 2:
		return fmt.Sprintf(`("%s" NEAR/%d "%s")`, g.phrase(2), 1+g.IntN(20), g.phrase(1))
	case 3:
		return fmt.Sprintf(`("%s" ONEAR/%d "%s")`, g.phrase(1), 1+g.IntN(20), g.phrase(2))
	case 4:
		return fmt.Sprintf(`SENT("%s" "%s")`, g.phrase(1), g.phrase(1))
	case 5:
		return fmt.Sprintf(`PARA("%s" "%s")`, g.phrase(1), g.phrase(2))
	case 6:
		return fmt.Sprintf("(%s (%s OR published:>2017-05-01))", a, pick(g, "lang:vi", "lang:en", "seen:2026-11-01"))
	case 7:
		return fmt.Sprintf(`["%s"^2 "%s"^1 "%s"^-1] >= 2`, g.phrase(1), g.phrase(2), g.phrase(1))
	case 8:
		return fmt.Sprintf("(%s AND %s*)", a, g.prefix())
	case 9:
		return fmt.Sprintf("NUM(người | đồng | tuổi | people, %s, %d)", pick(g, ">=", ">", "<=", "<", "="), g.IntN(300))
	case 10:
		return fmt.Sprintf(`["%s"^1x3 title:"%s"^2 ("%s" OR "%s")^0.5] >= 1.5`, g.phrase(1), g.phrase(1), g.phrase(1), g.phrase(2))
	case 11:
		return fmt.Sprintf(`(x=(%s) OR title:(raw:"%s" OR fold:"%s"))`, a, g.phrase(2), g.phrase(2))
	case 12:
		return fmt.Sprintf("(%s AND NUM(%s, %s, %d))", a, pick(g, "%", "$ | ₫", "% | người"), pick(g, ">=", "<"), g.IntN(100))
	}
	return fmt.Sprintf("(%s AND %s)", a, b)
}

// prefix returns the beginning of a word that is long enough for a star.
func (g generator) prefix() string {
	for {
		if r := []rune(norm.NFC.String(g.phrase(1))); len(r) > 4 && !strings.ContainsAny(string(r), " .,-/'’:&@%$") {
			return string(r[:4])
		}
	}
}

// TestIndexAndMatcherAgree holds the two engines to each other: what the archive finds for a query is what the matcher
// accepts, article by article.
func TestIndexAndMatcherAgree(t *testing.T) {
	if raceDetector {
		agree(t, *articlesFlag/2, *queriesFlag/2)
		return
	}
	agree(t, *articlesFlag, *queriesFlag)
}

func agree(t *testing.T, articleCount, queryCount int) {
	articles := corpus(t, articleCount)
	cfg := testConfig(t)
	cfg.HotDocuments, cfg.VerifyLimit, cfg.SearchTimeout = 100, 1_000_000, settings.Duration(time.Minute)
	x := open(t, cfg)
	put(t, x, articles...)
	g := generator{rand.New(rand.NewPCG(1, 2)), articles}
	var rules []query.Rule
	for i := range queryCount {
		src := g.query(i % 3)
		if q, err := query.Parse(src); err == nil { // not every phrase of a text is one of the language
			rules = append(rules, query.Rule{ID: src, Query: q})
		}
	}
	want, found := accepted(t, rules, articles)
	for _, r := range rules {
		if want, got := sorted(want[r.ID]), sorted(everyHit(t, x, r.ID)); !slices.Equal(want, got) {
			t.Errorf("%s: the matcher accepts %d articles and the index finds %d; only in the first %.200v, only in the second %.200v",
				r.ID, len(want), len(got), without(want, got), without(got, want))
		}
	}
	t.Logf("%d queries, %d query-article pairs, %d hits", len(rules), len(rules)*len(articles), found)
	if len(rules) < queryCount/2 || found < 3*len(rules) {
		t.Errorf("%d queries with %d hits: too few to mean anything", len(rules), found)
	}
}

// accepted returns the articles that the matcher accepts for each rule.
func accepted(t *testing.T, rules []query.Rule, articles []article.Article) (byRule map[string][]string, found int) {
	t.Helper()
	set, err := query.Compile(rules)
	if err != nil {
		t.Fatal(err)
	}
	byRule = map[string][]string{}
	for i := range articles {
		for _, m := range set.Match(query.Document(&articles[i])) {
			byRule[m.ID] = append(byRule[m.ID], articles[i].ID)
			found++
		}
	}
	return byRule, found
}

func everyHit(t *testing.T, x *Index, src string) []string {
	t.Helper()
	var got []string
	req := Request{Query: src, Limit: MaxLimit}
	for {
		res := find(t, x, req)
		for _, h := range res.Hits {
			got = append(got, h.ID)
			for _, m := range h.Highlights {
				if field := h.Get(m.Field); m.Start < 0 || m.Start >= m.End || m.End > len(field) {
					t.Errorf("%s: hit %s has highlight %+v", src, h.ID, m)
				}
			}
		}
		if res.Next == "" {
			if res.Total != len(got) || res.AtLeast {
				t.Errorf("%s: total %d (at least %v), %d hits", src, res.Total, res.AtLeast, len(got))
			}
			return got
		}
		req.After = res.Next
	}
}

func sorted(s []string) []string { return slices.Sorted(slices.Values(s)) }

func without(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(s string) bool { return slices.Contains(b, s) })
}
