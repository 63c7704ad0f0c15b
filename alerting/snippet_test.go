package alerting

import (
	"strings"
	"testing"
	"unicode/utf8"

	"haidang/internal/article"
)

func span(field article.Field, start, end int) article.Span {
	return article.Span{Field: field, Start: start, End: end, Clause: "c"}
}

// marked writes snippets down with brackets around what is marked.
func marked(snippets []Snippet) string {
	var out []string
	for _, sn := range snippets {
		var b strings.Builder
		at := 0
		for _, m := range sn.Marks {
			b.WriteString(sn.Text[at:m.Start] + "[" + sn.Text[m.Start:m.End] + "]")
			at = m.End
		}
		b.WriteString(sn.Text[at:])
		out = append(out, string(sn.Field)+": "+b.String())
	}
	return strings.Join(out, "\n")
}

func TestSnippetsMarkTheWordsThatMatched(t *testing.T) {
	title := "Hồ sắp vỡ"
	a := &article.Article{Title: title, Lead: "Đập nứt.", Text: "Đầu bài. " + strings.Repeat("chữ ", 200) + "vỡ đập ở đây"}
	last := len(a.Text) - len("vỡ đập ở đây")
	spans := []article.Span{
		span(article.Text, last, last+len("vỡ đập")),
		span(article.Title, len("Hồ "), len(title)),
		span(article.Title, len("Hồ sắp "), len(title)), // overlaps the one before
		span(article.Text, 0, len("Đầu")),
	}
	got := snippets(a, spans)
	want := "title: Hồ [sắp vỡ]\ntext: [Đầu] bài."
	if text := marked(got); !strings.HasPrefix(text, want) || !strings.HasSuffix(text, "chữ [vỡ đập] ở đây") {
		t.Errorf("snippets =\n%s\nwant them to begin with\n%s", text, want)
	}
	if len(got) != 3 || got[1].Cut != (Cut{After: true}) || got[2].Cut != (Cut{Before: true}) {
		t.Errorf("cuts = %+v, want the second cut behind and the third before", got)
	}
}

func TestSpansThatPointNowhereAreLeftOut(t *testing.T) {
	a := &article.Article{Title: "Đập"}
	bad := []article.Span{
		span(article.Title, -1, 2), span(article.Title, 0, 99), span(article.Title, 2, 2), span(article.Title, 3, 1),
		span(article.Title, 1, 3), span("body", 0, 1), // in the middle of Đ; no such field
	}
	if got := snippets(a, bad); len(got) != 0 {
		t.Errorf("snippets = %+v, want none", got)
	}
}

func TestSnippetsAreBounded(t *testing.T) {
	a := &article.Article{Text: strings.Repeat("vỡ đập ", 20_000)}
	var spans []article.Span
	for i := 0; i < len(a.Text); i += len("vỡ đập ") {
		spans = append(spans, span(article.Text, i, i+len("vỡ")))
	}
	got, total := snippets(a, spans), 0
	for _, sn := range got {
		total += len(sn.Text)
	}
	if len(got) > maxSnippets || total > maxSnippets*(maxSnippetLen+4*snippetMargin) {
		t.Errorf("%d snippets of %d bytes, more than the bounds allow", len(got), total)
	}
}

func FuzzSnippets(f *testing.F) {
	f.Add("Hồ Suối Ngang sắp vỡ", 0, 4, 5, 9)
	f.Add("\xff\xfe vỡ \x00", -1, 3, 1, 2)
	f.Fuzz(func(t *testing.T, text string, s1, e1, s2, e2 int) {
		a := &article.Article{Title: text, Text: strings.Repeat(text, 30)}
		for _, sn := range snippets(a, []article.Span{span(article.Title, s1, e1), span(article.Text, s2, e2), span(article.Text, s1, e2)}) {
			if !strings.Contains(a.Get(sn.Field), sn.Text) || !utf8.ValidString(sn.Text) {
				t.Fatalf("snippet %q is not part of the %s", sn.Text, sn.Field)
			}
			at := 0
			for _, m := range sn.Marks {
				if m.Start < at || m.End <= m.Start || m.End > len(sn.Text) {
					t.Fatalf("mark %+v does not fit behind %d in %q", m, at, sn.Text)
				}
				at = m.End
			}
		}
	})
}

func TestClip(t *testing.T) {
	for _, tt := range []struct {
		in   string
		n    int
		want string
	}{
		{"Đập", 10, "Đập"},
		{"Đập nước", 8, "Đậ…"},
		{"a\x00b\xff", 10, "ab?"},
	} {
		if got := clip(tt.in, tt.n); got != tt.want || len(got) > tt.n {
			t.Errorf("clip(%q, %d) = %q, want %q", tt.in, tt.n, got, tt.want)
		}
	}
}
