package query

import (
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"haidang/internal/article"
)

// TestParse reads queries and prints them in canonical form.
func TestParse(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		// What people type into a search box.
		{"bare words", `vỡ đập sông Đà`, `vỡ đập sông Đà`},
		{"lower-case operators are words", `bạn and tôi or not near`, `bạn and tôi or not near`},
		{"a headline", `Thủ tướng: “Không để vỡ đê” – chỉ đạo khẩn!`, `Thủ tướng "Không để vỡ đê" chỉ đạo khẩn`},
		{"punctuation", `giá xăng tăng 5%, 10%... (thế nào?)`, `giá xăng tăng 5 10 thế nào`},
		{"comparison signs outside lists", `giá > 80 triệu < 90 = lãi`, `giá 80 triệu 90 lãi`},
		{"compounds are phrases", `covid-19 TP.HCM`, `"covid-19" "TP.HCM"`},
		{"no-break spaces", "vỡ\u00a0đập", `vỡ đập`},
		{"NFD", norm.NFD.String(`vỡ "đập thuỷ điện"`), `vỡ "đập thuỷ điện"`},
		{"colons of a clock", `lúc 10:30 vỡ`, `lúc "10:30" vỡ`},
		{"capitals with a colon", `Title: body`, `Title body`},
		{"a foreign letter before a colon", `tướng:không`, `"tướng:không"`},
		{"minus before figures", `-5 độ +84`, `5 độ 84`},
		{"an e-mail address", `a@b.vn`, `"a@b.vn"`},
		{"hash", `#vỡđập`, `vỡđập`},
		// Operators.
		{"AND is juxtaposition", `vỡ AND đập`, `vỡ đập`},
		{"OR binds loosest", `a b OR c d`, `(a b) OR (c d)`},
		{"NOT binds tighter than AND", `a NOT b c`, `a AND NOT b AND c`},
		{"NOT of NEAR", `a NOT b NEAR/2 c`, `a AND NOT b NEAR/2 c`},
		{"double NOT", `a NOT NOT b`, `a b`},
		{"flat", `((a b) c) OR (d OR e)`, `(a b c) OR d OR e`},
		{"NEAR from the left", `a NEAR/5 b ONEAR/2 c`, `a NEAR/5 b ONEAR/2 c`},
		{"NEAR on the right", `a NEAR/5 (b NEAR/2 c)`, `a NEAR/5 (b NEAR/2 c)`},
		{"NEAR of groups", `(a OR "b c") NEAR/05 dam*`, `(a OR "b c") NEAR/5 dam*`},
		{"quotes of all kinds", `“a b” „c d” «e f»`, `"a b" "c d" "e f"`},
		{"operators in quotes", `"AND" "or" a`, `"AND" or a`},
		{"wildcards", `thuỷ* "vỡ đập*" điện`, `thuỷ* "vỡ đập*" điện`},
		{"SENT and PARA", `SENT(a PARA(b OR c))`, `SENT(a AND PARA(b OR c))`},
		// Fields.
		{"scopes", `title:a lead:(b c) body:"d e" TITLE:f`, `title:a AND lead:(b c) AND body:"d e" AND title:f`},
		{"space after a field", `title: a`, `title:a`},
		{"raw and fold", `raw:(WHO OR "Bộ Y tế") fold:đập`, `(raw:WHO OR raw:"Bộ Y tế") AND fold:đập`},
		{"sites", `a site:(www.BBC.com | https://tuoitre.vn/x, b.vn)`, `a AND site:(bbc.com OR tuoitre.vn OR b.vn)`},
		{"values", `a country:vn lang:VI stance:Reports_Debunk place:"Hà Nội"`, `a AND country:VN AND lang:vi AND stance:reports_debunk AND place:ha-noi`},
		{"days", `a published:2024-09-07`, `a AND published:2024-09-07`},
		{"months", `a seen:2024-02`, `a AND seen:2024-02-01..2024-02-29`},
		{"years", `a published:2024`, `a AND published:2024-01-01..2024-12-31`},
		{"Vietnamese days", `a published:07/09/2024..9/9/2024`, `a AND published:2024-09-07..2024-09-09`},
		{"open ranges", `a published:2024-09.. seen:..2024-09`, `a AND published:>=2024-09-01 AND seen:<=2024-09-30`},
		{"comparisons", `a published:>2024-09-07 seen:<2024-09-07`, `a AND published:>=2024-09-08 AND seen:<=2024-09-06`},
		// Numbers, weights, lists, clauses, stories.
		{"NUM", `NUM( "người chết" | deaths, >=, 1.200 )`, `NUM(người chết | deaths, >=, 1200)`},
		{"NUM in words", `NUM(đồng, ≥, 5 tỷ)`, `NUM(đồng, >=, 5000000000)`},
		{"NUM with signs", `a NUM(% | phần trăm, =, 2,5)`, `a AND NUM(phần trăm | %, =, 2.5)`},
		{"NUM beside words", `NUM(người, >, 3) NEAR/4 lũ`, `NUM(người, >, 3) NEAR/4 lũ`},
		{"weights", `[a^3 b^-2.5 "c d"^1x2 e (f OR g)^2, title:h^2x3] >= 4`, `[a^3 b^-2.5 "c d"^1x2 e^1 (f OR g)^2 title:h^2x3] >= 4`},
		{"weights among others", `a AND [b^2]>=2`, `a AND [b^2] >= 2`},
		{"lists", `@nước NEAR/3 a OR fold:@people`, `@nước NEAR/3 a OR fold:@people`},
		{"clauses", `sự-kiện=(vỡ đập) AND nơi=("sông Đà" OR Yên)`, `sự-kiện=(vỡ đập) AND nơi=("sông Đà" OR Yên)`},
		{"stories, all of them", `(a OR b) COUNT(sources) >= 3 WITHIN 120m`, `(a OR b) AND COUNT(sources) >= 3 WITHIN 2h`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			q, err := withLists().Parse(tt.in)
			if err != nil {
				t.Fatalf("Parse(%q): %v", tt.in, err)
			}
			if got := Format(q); got != tt.want {
				t.Errorf("Format(Parse(%q)) = %q, want %q", tt.in, got, tt.want)
			}
			checkRoundTrip(t, q)
		})
	}
}

func TestBrowse(t *testing.T) {
	for _, src := range []string{"site:a.vn", "lang:vi AND published:2024 NOT topic:x", "NOT site:a.vn"} {
		if _, err := Parse(src); err == nil {
			t.Errorf("Parse(%q) has no word and no error", src)
		}
		q, err := Options{Browse: true}.Parse(src)
		if err != nil {
			t.Errorf("Browse: Parse(%q): %v", src, err)
		} else if _, err := Compile([]Rule{{"r", q}}); err == nil || !strings.Contains(err.Error(), `rule "r"`) {
			t.Errorf("Compile(%q) = %v, want an error that names the rule", src, err)
		}
	}
	q, _ := Options{Browse: true}.Parse("site:a.vn NOT lang:en")
	d := Document(&article.Article{URL: "https://tin.a.vn/1", Language: "vi"})
	if _, ok := q.Matches(d); !ok || len(Highlight(q, d)) > 0 || !Explain(q, d).Held {
		t.Errorf("filters alone do not hold: %+v", Explain(q, d))
	}
	for _, src := range []string{"topic:x", "NOT topic:x", "site:a.vn OR lang:en", "published:2024", "bộ-lọc=(lang:vi)"} { // each without one required word
		q, err := Options{Browse: true}.Parse(src)
		if err != nil {
			t.Fatalf("Browse: Parse(%q): %v", src, err)
		}
		_, ok := q.Matches(d)
		if e := Explain(q, d); e.Held != ok || len(Highlight(q, d)) > 0 {
			t.Errorf("%s: Matches says %v, Explain %+v, Highlight %v", src, ok, e, Highlight(q, d))
		}
	}
	if _, err := (Options{Browse: true}).Parse("thuỷ*"); err == nil {
		t.Error("Browse allows a wildcard alone, which is no filter")
	}
}

func TestStory(t *testing.T) {
	q, err := Parse("vỡ đập AND COUNT(sources) >= 3 WITHIN 90m")
	if err != nil {
		t.Fatal(err)
	}
	if q.Story == nil || *q.Story != (Count{"sources", 3, 90 * time.Minute}) {
		t.Errorf("Story = %+v", q.Story)
	}
	if got, want := Format(q), "vỡ đập AND COUNT(sources) >= 3 WITHIN 90m"; got != want {
		t.Errorf("Format = %q, want %q", got, want)
	}
}
