package querytest_test

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"haidang/internal/article"
	"haidang/internal/query"
	"haidang/internal/text"
)

const unmarked = "Tin khan: vo dap thuy dien o thuong nguon, nguoi dan chay lu trong dem."

// TestSpellings is the table of how one word can be written, and what finds it. What is wanted is cut out of the original
// bytes; "" is not found. Each case is tried in the title, the lead and the text, by itself, in NFD, and between others.
func TestSpellings(t *testing.T) {
	for _, tt := range []struct{ name, query, text, want string }{
		{"marks: the same", `"vỡ đập"`, "Nước dâng, vỡ đập rồi.", "vỡ đập"},
		{"marks: capitals", `"vỡ đập"`, "VỠ ĐẬP! Vỡ Đập.", "VỠ ĐẬP|Vỡ Đập"},
		{"marks: others", `"vỡ đập"`, "Người vợ đáp lời.", ""},
		{"marks: one other", `"vỡ đập"`, "Người vợ đập tường.", ""},
		{"marks: none in a term finds all", `"vo dap"`, "Vỡ đập. Vợ đáp. Vo dap.", "Vỡ đập|Vợ đáp|Vo dap"},
		{"marks: none in one word of a marked term", `"bị an toàn"`, "Đã bị ăn toàn bộ.", ""},
		{"marks: fold forgets them", `fold:"vỡ đập"`, "Người vợ đáp lời.", "vợ đáp"},
		{"marks: raw wants case", `raw:"Vỡ đập"`, "vỡ đập. Vỡ đập. VỠ ĐẬP.", "Vỡ đập"},
		{"tone: new finds old", `hoà`, "Cầu hòa bình.", "hòa"},
		{"tone: old finds new", `"thủy điện"`, "Đập thuỷ điện.", "thuỷ điện"},
		{"tone: khoẻ, khỏe", `"sức khoẻ"`, "Vì sức khỏe.", "sức khỏe"},
		{"tone: quý has one placement", `quý`, "Kỳ qúy ba, quý bốn.", "qúy|quý"},
		{"Ð of Iceland", `"Đà Nẵng"`, "Bão vào Ðà Nẵng.", "Ðà Nẵng"},
		{"Ɖ of Africa", `"Đà Nẵng"`, "Bão vào Ɖà Nẵng.", "Ɖà Nẵng"},
		{"unmarked run", `"vỡ đập"`, unmarked, "vo dap"},
		{"unmarked run: single words", `thuỷ dân`, unmarked, "thuy|dan"},
		{"unmarked run: not for raw", `raw:đập`, unmarked, ""},
		{"bare words among marked ones", `"vỡ đập"`, "Công trình ở vùng này bị vo dap rồi nhé các bạn ạ.", ""},
		{"zero-width space", `"vỡ đập"`, "Đã v\u200bỡ đ\u200bập rồi.", "v\u200bỡ đ\u200bập"},
		{"zero-width joiner, soft hyphen, BOM", `"vỡ đập"`, "Đã v\u200dỡ đ\u00adậ\ufeffp rồi.", "v\u200dỡ đ\u00adậ\ufeffp"},
		{"mixed scripts: Cyrillic р, о", `"vỡ đập" nước`, "Đã vỡ đậр, nướс tràn.", "vỡ đậр|nướс"},
		{"mixed scripts: Greek ο", `tròn`, "Một vòng trὸn, một vòng tròn.", "trὸn|tròn"},
		{"separators are no letters", `"vỡ đập"`, "Đã v.ỡ đ.ậ.p rồi.", ""},
		{"spaced letters are no word", `"lừa đảo"`, "Đây là l ừ a đ ả o.", ""},
		{"compounds", `covid-19`, "Ca Covid-19 mới, COVID 19.", "Covid-19|COVID 19"},
		{"never inside a word", `lũ`, "Luỹ tre, lũy thành, lũng.", ""},
		{"English", `"dam collapse"`, "The Dam collapse was denied; a damcollapse.", "Dam collapse"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, form := range []struct {
				name string
				form func(string) string
			}{{"as written", func(s string) string { return s }}, {"NFD", norm.NFD.String}} {
				check(t, tt.query, form.form(tt.text), form.form(tt.want))
				check(t, form.form(tt.query), tt.text, tt.want)
			}
			around := "Mưa lớn ở miền núi phía bắc.\n\n" + tt.text + "\n\nTheo báo cáo của địa phương."
			if !strings.HasPrefix(tt.name, "unmarked") { // a run is a whole sentence
				check(t, tt.query, around, tt.want)
			}
		})
	}
}

// check holds a query against a text in each field: the spans of the match and the highlights are the wanted bytes.
func check(t *testing.T, src, doc, want string) {
	t.Helper()
	q, err := query.Parse(src)
	if err != nil {
		t.Fatal(err)
	}
	for i, a := range []article.Article{{Title: doc}, {Lead: doc}, {Text: doc}} {
		d := query.Document(&a)
		m, held := q.Matches(d)
		if got := cut(doc, m.Spans); held != (want != "") || got != want {
			t.Errorf("field %d: %s in %+q marks %+q, want %+q", i, src, doc, got, want)
		}
		if got := cut(doc, query.Highlight(q, d)); held && got != want {
			t.Errorf("field %d: %s in %+q highlights %+q, want %+q", i, src, doc, got, want)
		}
		if e := query.Explain(q, d); e.Held != held {
			t.Errorf("field %d: Explain(%s, %+q) says %v, Matches %v", i, src, doc, e.Held, held)
		}
	}
}

func cut(doc string, spans []article.Span) string {
	var out []string
	for _, s := range spans {
		out = append(out, doc[s.Start:s.End])
	}
	return strings.Join(out, "|")
}

// TestEvasionsAreTold is the other half of the table: what exact matching must not find is found as a guess, with its kind,
// the bytes as written, and words that a query's term is equal to.
func TestEvasionsAreTold(t *testing.T) {
	for _, tt := range []struct {
		text, query, written string
		kind                 text.EvasionKind
	}{
		{"Tin v.ỡ đ.ậ.p là thật", "vỡ", "v.ỡ", text.Separated},
		{"Tin v.ỡ đ.ậ.p là thật", "đập", "đ.ậ.p", text.Separated},
		{"Đây là l ừ a đ ả o đấy", `"lừa đảo"`, "l ừ a đ ả o", text.Separated},
		{"Đây là L-Ừ-A Đ-Ả-O", "đảo", "Đ-Ả-O", text.Separated},
		{"It is a s.c.a.m today", "scam", "s.c.a.m", text.Separated},
		{"Dịch ch3t người", "chet", "ch3t", text.Digits},
		{"Hôm nay hok có gì đâu", "không", "hok", text.Chat},
		{"Nghe mà kinh quáááá", "quá", "quáááá", text.Stretched},
	} {
		check(t, tt.query, tt.text, "")
		q, err := query.Parse(tt.query)
		if err != nil {
			t.Fatal(err)
		}
		want := q.Root.(*query.Term).Words
		d := text.Analyze(tt.text)
		if !slices.ContainsFunc(d.Evasions(), func(e text.Evasion) bool {
			return e.Kind == tt.kind && tt.text[e.Start:e.End] == tt.written && slices.EqualFunc(e.Words, want, (*text.Word).Is)
		}) {
			t.Errorf("Evasions(%q) = %+v, want %s %q that reads %s", tt.text, d.Evasions(), tt.kind, tt.written, tt.query)
		}
	}
	for _, tt := range []struct {
		text, query, written string
		kind                 text.EvasionKind
	}{
		{"Đã v\u200bỡ đập", "vỡ", "v\u200bỡ", text.Invisible},
		{"Đã vỡ đậр", "đập", "đậр", text.Mixed},
	} { // these are exact as well: what is written is the word, and that it is disguised is told besides
		check(t, tt.query, tt.text, tt.written)
		if e := text.Analyze(tt.text).Evasions(); len(e) != 1 || e[0].Kind != tt.kind || tt.text[e[0].Start:e[0].End] != tt.written {
			t.Errorf("Evasions(%q) = %+v, want %s %q", tt.text, e, tt.kind, tt.written)
		}
	}
}
