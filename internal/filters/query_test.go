package filters

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"

	"haidang/internal/article"
)

// ask runs check, or explain if there are articles.
func ask(src string, o QueryOptions, articles ...article.Article) (out, errOut string, err error) {
	var stdin, stdout, stderr bytes.Buffer
	for _, a := range articles {
		if err := encoder(&stdin).Encode(a); err != nil {
			return "", "", err
		}
	}
	std := Streams{&stdin, &stdout, &stderr}
	if articles == nil {
		err = CheckQuery(src, o, std)
	} else {
		err = ExplainQuery(src, "-", o, std)
	}
	return stdout.String(), stderr.String(), err
}

func TestCheckQuery(t *testing.T) {
	for _, tt := range []struct {
		query   string
		options QueryOptions
		want    []string // lines
	}{
		{`vỡ ("sông Đà" OR xói)`, QueryOptions{}, []string{
			`đúng vỡ AND ("sông Đà" OR xói)`, `neo:      "sông Đà", xói  (khoảng `, `và có:    vỡ`, `giới hạn: 21/16000 ký tự, 3/1000 từ và cụm từ, 0/50 từ có *, ngoặc lồng 1/24`,
		}},
		{`xói AND COUNT(sources) >= 3 WITHIN 120m`, QueryOptions{Lang: "en"}, []string{
			`good xói AND COUNT(sources) >= 3 WITHIN 2h`, `anchors:  xói  (about 2 in 1,000 articles)`, `limits: `,
			`COUNT(sources) >= 3 WITHIN 2h is decided by the story, not by one article`,
		}},
		{`@nước khôngđâu`, QueryOptions{Lang: "en", Lists: map[string]string{"nước": "xói, vỡ đập ,"}}, []string{
			`good @nước AND khôngđâu`, `anchors:  khôngđâu  (fewer than 1 in 1,000 articles)`, `besides:  xói, "vỡ đập"`, `limits: `,
		}},
		{strings.Repeat("xói OR đê OR lở OR sạt OR ", 5) + "a1 OR a2 OR a3 OR a4 OR a5 OR a6 OR a7", QueryOptions{Color: true}, []string{
			"\x1b[1;32mđúng\x1b[0m xói OR đê", `xói, đê, lở, sạt, a1, a2, a3, a4, a5, a6 và 1 nữa`, `giới hạn:`,
		}},
	} {
		out, errOut, err := ask(tt.query, tt.options)
		lines := strings.Split(strings.TrimSpace(out), "\n")
		if err != nil || errOut != "" || len(lines) != len(tt.want) {
			t.Fatalf("check %s: %v %s\n%s", tt.query, err, errOut, out)
		}
		for i, want := range tt.want {
			if !strings.Contains(lines[i], want) {
				t.Errorf("check %s: line %d is %q, want %q in it", tt.query, i+1, lines[i], want)
			}
		}
	}
}

// TestCaret checks that the carets stand below the piece, whatever the query is written in.
func TestCaret(t *testing.T) {
	long := strings.Repeat("lũ ", 60)
	for _, tt := range []struct{ query, want string }{
		{`vỡ near/5 đập`, "vỡ near/5 đập\n   ^^^^^^\n"},
		{norm.NFD.String(`vỡ near/5 đập`), norm.NFD.String("vỡ near/5 đập") + "\n   ^^^^^^\n"},
		{`洪水 && đập`, "洪水 && đập\n     ^^\n"},
		{"vỡ\n\t&& \x1b[31mđập\u202e", "vỡ  && [31mđập\n    ^^\n"},
		{`vỡ AND`, "vỡ AND\n   ^^^\n"},
		{``, ""},
		{long + "|| " + long, "…  " + long[:23*4] + "|| " + long[:23*4] + " …\n" + strings.Repeat(" ", 72) + "^^\n"},
	} {
		_, got, err := ask(tt.query, QueryOptions{})
		if diff := cmp.Diff(tt.want, got); diff != "" || err == nil {
			t.Errorf("check %q: %v, -want +got\n%s", tt.query, err, diff)
		}
	}
	if _, got, _ := ask("a || b", QueryOptions{Color: true}); got != "a \x1b[1;31m||\x1b[0m b\n  \x1b[1;31m^^\x1b[0m\n" {
		t.Errorf("in colour: %q", got)
	}
}

func TestWrongQueryAsJSON(t *testing.T) {
	for _, articles := range [][]article.Article{nil, {{Title: "Tin"}}} {
		out, _, err := ask(`vỡ near/5 đập`, QueryOptions{JSON: true, Lang: "en"}, articles...)
		var got queryCheck
		if e := json.Unmarshal([]byte(out), &got); e != nil || got.OK || got.Error == nil || got.Error.Column != 4 || got.Error.Piece != "near/5" {
			t.Errorf("%v: %s", e, out)
		}
		if err == nil || !strings.HasPrefix(err.Error(), "column 4 (near/5): ") {
			t.Errorf("error = %v", err)
		}
	}
}

var dam = article.Article{
	ID: "a", Title: "Tin đồn vỡ đập Sông Lam, 1.200 người sơ tán",
	Text: "Đập đã vỡ lúc 2 giờ. Ba người chết.\n\nCuộc diễn tập vỡ đập diễn ra tuần trước.",
}

func TestExplainQuery(t *testing.T) {
	out, _, err := ask(`"vỡ đập" NOT "diễn tập"`, QueryOptions{}, dam, article.Article{ID: "b", Title: "Người vợ đáp lời"})
	want := `không khớp  Tin đồn vỡ đập Sông Lam, 1.200 người sơ tán
  ✗ "vỡ đập" AND NOT "diễn tập"  thiếu: NOT "diễn tập"
    ✓ "vỡ đập"  2 lần
    ✗ NOT "diễn tập"  bài có phần bị loại trừ: "diễn tập"
      ✓ "diễn tập"
    title: Tin đồn [vỡ đập] Sông Lam, 1.200 người sơ tán
    text: Cuộc [−diễn tập] [vỡ đập] diễn ra tuần trước.

không khớp  Người vợ đáp lời
  ✗ "vỡ đập" AND NOT "diễn tập"  thiếu: "vỡ đập"
    ✗ "vỡ đập"  bài viết khác dấu hoặc khác chữ hoa: «vợ đáp»
    ✓ NOT "diễn tập"

`
	if diff := cmp.Diff(want, out); diff != "" || err != nil {
		t.Errorf("explain: %v, -want +got\n%s", err, diff)
	}
	out, _, err = ask(`[vỡ^2 đập^1x2 "diễn tập"^-1.5] >= 3`, QueryOptions{Lang: "en"}, dam)
	want = `no match  Tin đồn vỡ đập Sông Lam, 1.200 người sơ tán
  ✗ [vỡ^2 đập^1x2 "diễn tập"^-1.5] >= 3  it reaches 2.5 of 3 points
    ✓ vỡ  3 times, +2 points
    ✓ đập  3 times, +2 points
    ✓ "diễn tập"  -1.5 points
    title: Tin đồn [vỡ] [đập] Sông Lam, 1.200 người sơ tán
    text: [Đập] đã [vỡ] lúc 2 giờ.
    text: Cuộc [−diễn tập] [vỡ] [đập] diễn ra tuần trước.

`
	if diff := cmp.Diff(want, out); diff != "" || err != nil {
		t.Errorf("explain points: %v, -want +got\n%s", err, diff)
	}
	out, _, err = ask(`vỡ NEAR/2 đập`, QueryOptions{Lang: "en", Color: true}, dam)
	want = "\x1b[1;32mmatch\x1b[0m  \x1b[1m" + dam.Title + "\x1b[0m\n"
	if !strings.HasPrefix(out, want) || !strings.Contains(out, "\x1b[1;32mĐập\x1b[0m đã \x1b[1;32mvỡ\x1b[0m lúc 2 giờ.\n") || err != nil {
		t.Errorf("explain in colour: %v\n%q", err, out)
	}
}

// TestExplainLongSentences keeps a sentence without end to the neighbourhood of its marks, and many sentences to the first.
func TestExplainLongSentences(t *testing.T) {
	gap := strings.Repeat(" mưa", 100)
	out, _, err := ask(`lũ`, QueryOptions{Lang: "en"}, article.Article{Text: "a" + gap + " lũ" + gap + " lũ" + gap})
	before, after := strings.Repeat(" mưa", 18), strings.Repeat(" mưa", 17)
	if want := "    text: …" + before + " [lũ]" + after + " …" + before + " [lũ]" + after + " …\n"; !strings.Contains(out, want) || err != nil {
		t.Errorf("a long sentence: %v\n%swant\n%s", err, out, want)
	}
	out, _, err = ask(`lũ`, QueryOptions{Lang: "en"}, article.Article{Text: strings.Repeat("Nước lũ lên nhanh. ", 30)})
	if strings.Count(out, "[lũ]") != shownSentences || !strings.Contains(out, "text: 25 more sentences") || err != nil {
		t.Errorf("many sentences: %v\n%s", err, out)
	}
}

func TestExplainAsJSON(t *testing.T) {
	hostile := dam
	hostile.Title = "vỡ đập \u202e\u009b\U000e0041\x7f <b>"
	out, _, err := ask(`c=("vỡ đập") OR động`, QueryOptions{JSON: true}, hostile)
	var got explained
	if e := json.Unmarshal([]byte(out), &got); e != nil || err != nil {
		t.Fatal(e, err)
	}
	if !got.Held || got.Title != hostile.Title || got.Clauses[0] != "c" || len(got.Spans) != 2 || got.Explanation.Parts[1].Missing.VI != "không có từ này" {
		t.Errorf("%s", out)
	}
	for _, r := range strings.TrimSuffix(out, "\n") {
		if !unicode.IsPrint(r) {
			t.Errorf("%U stands raw in %q", r, out)
		}
	}
}

func TestExplainGoesOnAfterBrokenLines(t *testing.T) {
	var out, complaints bytes.Buffer
	in := strings.NewReader("{\"title\":\"lũ\"}\n\x1b[2J\n{\"title\":\"mưa\"}\n")
	err := ExplainQuery("lũ", "-", QueryOptions{Lang: "en"}, Streams{in, &out, &complaints})
	if !errors.Is(err, ErrBroken) || !strings.HasPrefix(complaints.String(), "-:2: ") || strings.Contains(complaints.String(), "\x1b") {
		t.Errorf("error %v, said %q", err, complaints.String())
	}
	if n := strings.Count(out.String(), "match  "); n != 2 {
		t.Errorf("%d articles explained, want 2:\n%s", n, out.String())
	}
	if err := ExplainQuery("lũ", "/nowhere/x.jsonl", QueryOptions{}, Streams{in, &out, &complaints}); err == nil {
		t.Error("a file that does not exist was explained")
	}
}

// FuzzExplainQuery: whatever an article holds, nothing reaches the terminal that could steer it.
func FuzzExplainQuery(f *testing.F) {
	f.Add("lũ \u202e\x1b[31m", "lũ", true)
	f.Add(strings.Repeat("lũ.", 40), "\u009b lũ \xff", false)
	f.Add("a", strings.Repeat("l\u200bũ x", 300), true)
	f.Fuzz(func(t *testing.T, title, text string, color bool) {
		for _, src := range []string{"lũ", "lũ NEAR/9 lũ", "SENT(lũ NOT x)", "lũ NOT x"} {
			out, errOut, _ := ask(src, QueryOptions{Color: color}, article.Article{Title: title, Text: text})
			for _, color := range []string{bold, red, green, faint, "0"} {
				out = strings.ReplaceAll(out, "\x1b["+color+"m", "")
			}
			for _, r := range out + errOut {
				if r != '\n' && !unicode.IsPrint(r) {
					t.Fatalf("explain %s of %q, %q prints %U in %q", src, title, text, r, out)
				}
			}
		}
	})
}
