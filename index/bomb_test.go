package index

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode"

	"haidang/internal/article"
	"haidang/internal/query"
	"haidang/internal/settings"
	"haidang/internal/text"
)

// TestBombsAreRefused: what asks for too much is told so before anything is searched. The quickest of five tries counts,
// since the machine does other things too.
func TestBombsAreRefused(t *testing.T) {
	x := open(t, testConfig(t))
	put(t, x, many(20)...)
	for _, tt := range []struct {
		name string
		req  Request
	}{
		{"ten thousand words", Request{Query: words(10_000, " OR ")}},
		{"ten thousand short words", Request{Query: strings.Repeat("a ", 7_900)}},
		{"a megabyte", Request{Query: strings.Repeat("x", 1<<20)}},
		{"brackets", Request{Query: strings.Repeat("(", 4_000) + "lũ" + strings.Repeat(")", 4_000)}},
		{"brackets never closed", Request{Query: strings.Repeat("(lũ OR ", 2_000)}},
		{"NOT of NOT", Request{Query: strings.Repeat("NOT ", 3_900) + "lũ"}},
		{"a thousand word*", Request{Query: strings.TrimSuffix(strings.Repeat("nghi* OR ", 1_000), " OR ")}},
		{"a long phrase", Request{Query: `"` + strings.Repeat("lũ ", 4_000) + `"`}},
		{"a huge page", Request{Query: "lũ", Limit: 1_000_000_000}},
		{"huge facets", Request{Query: "lũ", Facets: 1_000_000_000}},
		{"a huge cursor", Request{Query: "lũ", After: strings.Repeat("A", 1<<20)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			best := time.Hour
			for range 5 {
				begun := time.Now()
				_, err := x.Search(t.Context(), tt.req)
				best = min(best, time.Since(begun))
				var mistake *query.Error
				if !errors.As(err, &mistake) && !errors.Is(err, ErrRequest) {
					t.Fatalf("%v, want a refusal that says what to write", err)
				}
			}
			if best > 10*time.Millisecond && !raceDetector {
				t.Errorf("refused in %v, want 10 ms", best)
			}
		})
	}
}

// TestDearQueriesAreStopped: what is allowed and dear ends with what it has when its time is up.
func TestDearQueriesAreStopped(t *testing.T) {
	cfg := testConfig(t)
	cfg.HotDocuments, cfg.SearchTimeout = 200, settings.Duration(300*time.Millisecond)
	x := open(t, cfg)
	articles := corpus(t, 500)
	put(t, x, articles...)
	known := frequent(articles, 900)
	for _, tt := range []struct {
		name string
		req  Request
	}{
		{"a thousand words", Request{Query: strings.Join(known, " OR "), Sort: ByRelevance, Facets: 10, Limit: MaxLimit}},
		{"fifty word*", Request{Query: "và OR " + strings.TrimSuffix(strings.Repeat("nghi* OR than* OR thuo* OR chin* OR ", 12), " OR "), Facets: 10}},
		{"NEAR of common words", Request{Query: "(và OR của OR là OR có) NEAR/50 (các OR một OR những OR được)", Facets: 10}},
		{"weights", Request{Query: "[" + strings.Join(known, "^2 ") + "^2] >= 400"}},
		{"a page of a thousand", Request{Query: "và", Sort: ByRelevance, Limit: MaxLimit, Fold: true, Facets: MaxFacetValues}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			best := time.Hour
			for range 3 {
				begun := time.Now()
				if _, err := x.Search(t.Context(), tt.req); err != nil {
					t.Fatal(err)
				}
				best = min(best, time.Since(begun))
			}
			if best > 2*time.Second && !raceDetector {
				t.Errorf("stopped after %v, want 2 s at most", best)
			}
		})
	}
}

// frequent are the first n words of articles, each once.
func frequent(articles []article.Article, n int) []string {
	var out []string
	seen := map[string]bool{"and": true, "or": true, "not": true, "near": true}
	for i := range articles {
		for _, tok := range text.Analyze(articles[i].Text).Tokens {
			if w := tok.Word.Canon; !seen[w] && !tok.Word.Number && strings.IndexFunc(w, func(r rune) bool { return !unicode.IsLetter(r) }) < 0 && len(out) < n {
				seen[w] = true
				out = append(out, w)
			}
		}
	}
	return out
}

// words are n different words.
func words(n int, sep string) string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("từ%d", i)
	}
	return strings.Join(all, sep)
}
