//go:build integration

package alerting

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"haidang/internal/text"
)

// TestIntegrationCommonPairs holds common.txt to the news that it was counted in: every word pair in the opening of one article in 200.
func TestIntegrationCommonPairs(t *testing.T) {
	f, err := os.Open("../../shared/data/news/baomoi-2017.jsonl.gz")
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("the shared data is not here: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(bufio.NewReader(f))
	if err != nil {
		t.Fatal(err)
	}
	articles, in := 0, map[string]int{}
	for dec := json.NewDecoder(z); dec.More(); articles++ {
		var n struct{ Title, Summary, Body string }
		if err := dec.Decode(&n); err != nil {
			t.Fatal(err)
		}
		once := map[string]bool{}
		for _, passage := range []string{n.Title, n.Summary, opening(n.Body)} {
			tokens := text.Analyze(passage).Tokens
			for i := 1; i < len(tokens); i++ {
				once[tokens[i-1].Word.Fold+" "+tokens[i].Word.Fold] = true
			}
		}
		for pair := range once {
			in[pair]++
		}
	}
	pairs := slices.SortedFunc(maps.Keys(in), func(a, b string) int { return cmp.Or(cmp.Compare(in[b], in[a]), cmp.Compare(a, b)) })
	var out strings.Builder
	out.WriteString("# Word pairs in the openings of news, folded, and in how many of 10,000 articles. Written by TestIntegrationCommonPairs -update.\n")
	for _, pair := range pairs {
		if in[pair]*200 < articles {
			break
		}
		fmt.Fprintf(&out, "%d %s\n", in[pair]*10000/articles, pair)
	}
	if *update {
		if err := os.WriteFile("common.txt", []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("common.txt")
	if err != nil {
		t.Fatal(err)
	}
	if out.String() != string(want) {
		t.Error("common.txt is not what the news says; run with -update and see what that does to TestIntegrationStoryQuality")
	}
}
