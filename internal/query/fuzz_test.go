package query

import (
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"haidang/internal/article"
)

// FuzzParse checks that no input panics, that errors are complete and in place, and that Format is the inverse of Parse.
func FuzzParse(f *testing.F) {
	for _, src := range append(queries, mistakes...) {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src string) {
		q, err := withLists().Parse(src)
		if err != nil {
			e := err.(*Error)
			if n := len([]rune(src)); e.Column < 1 || e.Column > n+1 || e.Problem.VI == "" || e.Hint.EN == "" {
				t.Fatalf("Parse(%q): %+v", src, e)
			}
			if _, hint, ok := strings.Cut(e.Hint.EN, "`NUM("); ok {
				hint, _, _ = strings.Cut("NUM("+hint, "`")
				if _, err := Parse(hint); err != nil {
					t.Fatalf("the hint for %q says `%s`: %v", src, hint, err)
				}
			}
			return
		}
		checkRoundTrip(t, q)
	})
}

// queries are some with all that the language has.
var queries = []string{
	`vỡ đập sông Đà`, `“a b” NEAR/5 (c OR raw:"D e") NOT f*`, `[a^3 b^-2 "c d"^1x2] >= 4 title:x`, `x=(a) COUNT(sources) >= 3 WITHIN 2h`,
	`NUM(người | %, >=, 1.5 triệu) SENT(a PARA(b c))`, `a site:(b.vn OR c.vn) published:2024-09..2024-10 @nước`, "a\u200bb \u0301c Ð \xff d",
}

// FuzzMatch holds any query against any article: the compiled set finds what the plain reading of the language finds, the
// query alone and Explain say the same, and every span begins and ends between characters.
func FuzzMatch(f *testing.F) {
	for _, src := range queries {
		f.Add(src, "Vỡ đập", "Tin vỡ đập sông Đà, hơn 1,2 nghìn người. A b c D e.\n\nvo dap song da, nguoi dan chay lu trong dem")
		f.Add(src, norm.NFD.String("Ðà lũ quét"), "ba bốn người chết, a b\u200b c.\xff lũ 12% d e f x")
	}
	f.Fuzz(func(t *testing.T, src, title, body string) {
		q, err := withLists().Parse(src)
		if err != nil || len(src)+len(title)+len(body) > 600 { // the plain reading takes its time
			return
		}
		rules := []Rule{{"00", q}, {"01", mustParse(t, "lũ OR a")}}
		set, err := Compile(rules)
		if err != nil {
			t.Fatalf("Compile(%q): %v", src, err)
		}
		a := &article.Article{Title: title, Text: body}
		d := Document(a)
		got := set.Match(d)
		compareWithNaive(t, rules, d, got)
		_, held := q.Matches(d)
		if in := len(got) > 0 && got[0].ID == "00"; held != in || Explain(q, d).Held != in {
			t.Fatalf("%q: the set says %v, the query alone %v, Explain %v", src, in, held, !in)
		}
		for _, m := range got {
			checkSpans(t, a, m.Spans)
		}
		checkSpans(t, a, Highlight(q, d))
	})
}

func checkSpans(t *testing.T, a *article.Article, spans []article.Span) {
	t.Helper()
	for _, s := range spans {
		text := a.Get(s.Field)
		if s.Start < 0 || s.Start >= s.End || s.End > len(text) || !between(text, s.Start) || !between(text, s.End) {
			t.Fatalf("span %+v of %q is not between characters", s, text)
		}
	}
}

// between reports whether an offset parts no character. In a text that is no UTF-8 any byte may be one.
func between(text string, at int) bool {
	return at == len(text) || utf8.RuneStart(text[at]) || !utf8.ValidString(text)
}
