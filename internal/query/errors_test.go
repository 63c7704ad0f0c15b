package query

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// mistakes are queries as people write them when they are wrong, or come from another system.
var mistakes = []string{
	// Other systems.
	`"vỡ đập"~5`, `vỡ near/5f đập`, `vỡ near/5 đập`, `vỡ NEAR đập`, `vỡ NEAR/x đập`, `vỡ w/3 đập`, `vỡ pre/3 đập`, `vỡ && đập`, `vỡ || đập`,
	`vỡ | đập`, `-diễn tập`, `vỡ !diễn`, `+vỡ đập`, `*đập`, `v?ỡ đập`, `th*y đập`, `vaccin~ đập`, `/vỡ.*/ đập`, `vỡ w/s đập`, `{WHO}`, `vaccin% đập`, `published:[2024-09-01 TO 2024-09-30] vỡ`, `blogger:Nam vỡ`, `sent(vỡ đập)`,
	`sentence(vỡ đập)`, `intitle:vỡ`, `headline:(vỡ đập)`, `author:Nam vỡ`, `source:bbc.com vỡ`, `https://vnexpress.net/a.html`, `vỡ^3 đập`,
	// Fields and values.
	`tilte:vỡ`, `màu:đỏ xyz:đỏ`, `title:`, `title:NOT vỡ`, `site: `, `site:"" vỡ`, `site:(a.vn vỡ`, `lang:fr vỡ`, `country:vietnam vỡ`,
	`stance:hostile vỡ`, `published:yesterday vỡ`, `published:2024-02-30 vỡ`, `published:2024-09-30..2024-09-01 vỡ`, `published:(2024 2025) vỡ`,
	`title:(lead:vỡ)`, `title:(site:a.vn vỡ)`, `raw:(site:a.vn vỡ)`, `SENT(site:a.vn vỡ)`, `SENT([vỡ^1] >= 1)`, `title:a NEAR/5 b`,
	// Structure.
	``, `   `, `?!`, `()`, `(vỡ đập`, `vỡ đập)`, `vỡ ]`, `"vỡ đập`, `“vỡ đập`, `""`, `"..."`, `AND vỡ`, `vỡ AND`, `vỡ OR`, `OR`, `vỡ AND OR đập`, `vỡ NOT`,
	`vỡ NEAR/5`, `NEAR/5 vỡ`, `vỡ NEAR/5 NOT đập`, `vỡ NEAR/0 đập`, `vỡ NEAR/51 đập`, `(vỡ đập) NEAR/5 sông`, `SENT(vỡ đập) NEAR/5 sông`,
	`th* vỡ`, `vacc* vỡ OR xyz* vỡ`, `x=()`,
	// Weighted lists.
	`[vỡ^3 đập]`, `[vỡ^3 đập] > 4`, `[] >= 1`, `[vỡ^3`, `[vỡ^x] >= 1`, `[vỡ^0] >= 1`, `[vỡ^0.125] >= 1`, `[vỡ^5000] >= 1`, `[vỡ^1] >= 0`, `[vỡ^1 đập^1] >= 3`,
	`[vỡ^3 NOT đập] >= 1`, `[(vỡ NEAR/2 đập)^2x3] >= 2`, `[vỡ^2 site:a.vn^1] >= 2`, `[vỡ^2x0] >= 1`,
	// Numbers, counts, lists.
	`NUM(người chết)`, `NUM(người chết, ~, 3)`, `NUM(người chết, >=, nhiều)`, `NUM(người chết > 30)`, `NUM(deaths, 1,200)`, `NUM(người |, >, 3)`, `NUM(|*, >, 3)`, `NUM(, >=, 3)`, `NUM(người chết, >=, 3`, `COUNT(sources) vỡ`,
	`vỡ AND COUNT(authors) >= 3 WITHIN 2h`, `COUNT(sources) >= 3 WITHIN 2h`, `vỡ OR COUNT(sources) >= 3 WITHIN 2h`, `@không vỡ`, `@rỗng vỡ`, `@hỏng vỡ`,
	// Anchors.
	`NOT vỡ`, `thuỷ*`, `site:a.vn`, `vỡ OR NOT đập`, `vỡ OR site:a.vn`, `NUM(%, >=, 3)`, `lang:vi AND published:2024`, `NOT (vỡ OR đập)`,
	// Limits.
	strings.Repeat("(", 30) + "vỡ" + strings.Repeat(")", 30), `"` + strings.Repeat("vỡ ", 25) + `"`,
}

var errorLists = Options{Lists: func(name string) ([]string, bool) {
	l, ok := map[string][]string{"rỗng": {}, "hỏng": {"vỡ", "(đập"}}[name]
	return l, ok
}}

// TestErrors holds the message for every mistake to testdata/errors.txt, where they can be read side by side.
func TestErrors(t *testing.T) {
	const file = "testdata/errors.txt"
	var b strings.Builder
	b.WriteString("What people get who write a query that cannot be read. Written by: go test ./internal/query -run TestErrors -update\n\n")
	for _, src := range mistakes {
		_, err := errorLists.Parse(src)
		e, ok := err.(*Error)
		if !ok {
			t.Errorf("Parse(%q) = %v, want an *Error", src, err)
			continue
		}
		if runes := []rune(src); e.Column < 1 || e.Column > len(runes)+1 || !strings.Contains(src, e.Piece) {
			t.Errorf("Parse(%q): piece %q at column %d is not in the query", src, e.Piece, e.Column)
		}
		if e.Problem.VI == "" || e.Problem.EN == "" || e.Hint.VI == "" || e.Hint.EN == "" || strings.Contains(err.Error(), "%s") {
			t.Errorf("Parse(%q): message is not complete: %+v", src, e)
		}
		fmt.Fprintf(&b, "-- %s --\n%s\n%s\n%s\n", src, e.Reason, e.In("vi"), e.In("en"))
	}
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("messages differ from %s:\n%s", file, diff)
	}
}

// TestHintsParse checks that whatever a message says to write can be written.
func TestHintsParse(t *testing.T) {
	for _, src := range mistakes {
		_, err := errorLists.Parse(src)
		e, _ := err.(*Error)
		if e == nil {
			continue
		}
		for _, hint := range []string{e.Hint.VI, e.Hint.EN} {
			for i, part := range strings.Split(hint, "`") {
				if i%2 == 0 || strings.Contains(part, "…") {
					continue
				}
				if !writable(part) {
					t.Errorf("for %q the hint says `%s`, which cannot be written", src, part)
				}
			}
		}
	}
}

// writable reports whether a hint parses, by itself or where it belongs.
func writable(part string) bool {
	for _, in := range []string{"%s", "vỡ AND %s", "%svỡ", "vỡ published:%s", "[%s a^9] >= 1", "vỡ %s", "%sa.vn vỡ", "NUM(vỡ, >, %s)"} {
		if _, err := Parse(strings.ReplaceAll(in, "%s", part)); err == nil {
			return true
		}
	}
	return false
}

func TestErrorPoints(t *testing.T) {
	src := "vỡ near/5f đập"
	_, err := Parse(src)
	if got, want := err.(*Error).Point(src), src+"\n   ^^^^^^^"; got != want {
		t.Errorf("Point(%q) = %q, want %q", src, got, want)
	}
}

func TestLimits(t *testing.T) {
	for _, tt := range []struct{ name, src, want string }{
		{"length", strings.Repeat("vỡ ", 8000), "longer than 16000"},
		{"terms", strings.Repeat("vỡ ", MaxTerms+1), "more than 1000 terms"},
		{"wildcards", "vỡ " + strings.Repeat("dam* ", MaxWildcards+1), "more than 50"},
		{"depth of fields", strings.Repeat("raw:", 40) + "vỡ", "more than 24 deep"},
		{"depth of lists", strings.Repeat("[", 40) + "vỡ", "more than 24 deep"},
		{"depth of NOT", strings.Repeat("NOT ", 40) + "vỡ", "more than 24 deep"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := Parse(tt.src); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Parse of %d characters: %v, want %q", len([]rune(tt.src)), err, tt.want)
			}
		})
	}
}
