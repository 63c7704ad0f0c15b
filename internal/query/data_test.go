package query

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"haidang/internal/article"
)

var update = flag.Bool("update", false, "rewrite frequencies.txt from ../shared/data")

// news returns up to limit articles of a file under ../shared/data/news, or skips the test.
func news(tb testing.TB, name string, limit int) []article.Article {
	tb.Helper()
	path := filepath.Join("..", "..", "..", "shared", "data", "news", name)
	f, err := os.Open(path)
	if err != nil {
		tb.Skipf("no news to measure with: %v", err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		tb.Fatal(err)
	}
	var out []article.Article
	for dec := json.NewDecoder(bufio.NewReaderSize(z, 1<<20)); len(out) < limit; {
		var r struct {
			ID, URL, Title, Lead, Summary, Body, Text string
		}
		if err := dec.Decode(&r); err == io.EOF {
			break
		} else if err != nil {
			tb.Fatalf("%s: article %d: %v", name, len(out), err)
		}
		out = append(out, article.Article{
			ID: cmp.Or(r.ID, r.URL, fmt.Sprint(len(out))), URL: r.URL, Title: r.Title,
			Lead: cmp.Or(r.Lead, r.Summary), Text: cmp.Or(r.Text, r.Body),
		})
	}
	return out
}

// TestFrequencies checks that the shipped table orders words as the news does; with -update it learns the table anew.
func TestFrequencies(t *testing.T) {
	if *update {
		writeFrequencies(t)
	}
	for _, tt := range []struct{ rare, common string }{{"đê", "người"}, {"xói", "nước"}, {"dam", "the"}, {"tsunami", "storm"}} {
		a, _ := Parse(tt.rare)
		b, _ := Parse(tt.common)
		if x, y := costOf(required(a.Root)), costOf(required(b.Root)); x >= y {
			t.Errorf("costOf(%s) = %g, costOf(%s) = %g, want the first below the second", tt.rare, x, tt.common, y)
		}
	}
}

func writeFrequencies(t *testing.T) {
	counts, total := map[string]int{}, 0
	for _, name := range []string{"baomoi-2017.jsonl.gz", "tuoitre-2024-11.jsonl.gz", "en-vietnam.jsonl.gz"} {
		for _, a := range news(t, name, 12_000) {
			total++
			seen := map[string]bool{}
			d := Document(&a)
			for f := range d.fields {
				for _, tok := range d.fields[f].Tokens {
					if !tok.Word.Number {
						seen[tok.Word.Canon], seen["~"+tok.Word.Fold] = true, true
					}
				}
			}
			for w := range seen {
				counts[w]++
			}
		}
	}
	var lines []string
	for w, n := range counts {
		if strings.HasPrefix(w, "~") && counts[w[1:]] == n {
			continue // no word but the bare one has this fold
		}
		if share := (n*10_000 + total/2) / total; share >= 12 && len(w) < 24 {
			lines = append(lines, fmt.Sprintf("%s\t%d\n", w, share))
		}
	}
	slices.Sort(lines)
	if err := os.WriteFile("frequencies.txt", []byte(strings.Join(lines, "")), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Logf("learnt %d words from %d articles", len(lines), total)
}
