package query

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"

	"haidang/internal/article"
)

func mustParse(tb testing.TB, src string) *Query {
	tb.Helper()
	q, err := withLists().Parse(src)
	if err != nil {
		tb.Fatalf("Parse(%q): %v", src, err)
	}
	return q
}

// marked returns the words that a match marks, as written.
func marked(a *article.Article, spans []article.Span) string {
	var out []string
	for _, s := range spans {
		out = append(out, a.Get(s.Field)[s.Start:s.End])
	}
	return strings.Join(out, "|")
}

// TestMarksRule is the table of what a spelling finds; the wanted words are cut out of the original bytes.
func TestMarksRule(t *testing.T) {
	unmarked := "Tin khan: vo dap thuy dien o thuong nguon, nguoi dan chay lu trong dem"
	for _, tt := range []struct{ name, query, text, want string }{
		{"same marks", `"vỡ đập"`, "Nước dâng, vỡ đập rồi.", "vỡ đập"},
		{"capitals", `"vỡ đập"`, "VỠ ĐẬP! Vỡ Đập.", "VỠ ĐẬP|Vỡ Đập"},
		{"other marks", `"vỡ đập"`, "Người vợ đáp lời.", ""},
		{"one other mark", `"vỡ đập"`, "Người vợ đập tường.", ""},
		{"bare words in marked text", `"vỡ đập"`, "Công trình ở vùng này bị vo dap rồi nhé các bạn ạ.", ""},
		{"unmarked text", `"vỡ đập"`, unmarked, "vo dap"},
		{"unmarked text, single words", `thuỷ dân`, unmarked, "thuy|dan"},
		{"a term without marks finds all", `"vo dap"`, "Vỡ đập. Vợ đáp. Vo dap.", "Vỡ đập|Vợ đáp|Vo dap"},
		{"an unmarked word of a marked term", `"bị an toàn"`, "Đã bị ăn toàn bộ.", ""},
		{"fold forgets marks", `fold:"vỡ đập"`, "Người vợ đáp lời.", "vợ đáp"},
		{"raw wants case", `raw:"Vỡ đập"`, "vỡ đập. Vỡ đập. VỠ ĐẬP.", "Vỡ đập"},
		{"raw wants marks", `raw:dap`, "Vỡ đập, đáp, dap.", "dap"},
		{"raw in unmarked text", `raw:đập`, unmarked, ""},
		{"NFD text", `"vỡ đập"`, norm.NFD.String("Nước dâng, vỡ đập rồi."), norm.NFD.String("vỡ đập")},
		{"NFD query", norm.NFD.String(`"vỡ đập"`), "Nước dâng, vỡ đập rồi.", "vỡ đập"},
		{"tone placement, new for old", `hoà`, "Cầu hòa bình.", "hòa"},
		{"tone placement, old for new", `"thủy điện"`, "Đập thuỷ điện.", "thuỷ điện"},
		{"Eth for Đ", `"Đà Nẵng"`, "Bão vào Ðà Nẵng.", "Ðà Nẵng"},
		{"zero-width characters", `"vỡ đập"`, "Đã v\u200bỡ đ\u00adập.", "v\u200bỡ đ\u00adập"},
		{"mixed scripts", `"vỡ đập"`, "Đã vỡ đậр rồi.", "vỡ đậр"},
		{"wildcard with marks", `thuỷ* đập`, "Đập thủy điện, thúy.", "Đập|thủy"},
		{"wildcard without marks", `thuy* đập`, "Đập thủy điện, thúy.", "Đập|thủy|thúy"},
		{"wildcard of a phrase", `"vỡ đậ*"`, "", ""},
		{"not inside a word", `lũ`, "Luỹ tre, lũy thành, lũng.", ""},
		{"English", `"dam collapse"`, "The Dam collapse was denied; a damcollapse.", "Dam collapse"},
		{"compounds", `covid-19`, "Ca Covid-19 mới, COVID 19.", "Covid-19|COVID 19"},
		{"long numbers", `"1234567 người"`, "Có 1234567 người.", "1234567 người"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			q, err := Parse(tt.query)
			if err != nil {
				if tt.text != "" {
					t.Fatal(err)
				}
				return
			}
			a := &article.Article{ID: "a", Text: tt.text}
			m, ok := q.Matches(Document(a))
			if got := marked(a, m.Spans); got != tt.want || ok != (tt.want != "") {
				t.Errorf("%s in %q marks %q, want %q", tt.query, tt.text, got, tt.want)
			}
			if got := marked(a, Highlight(q, Document(a))); ok && got != tt.want {
				t.Errorf("Highlight(%s) in %q = %q, want %q", tt.query, tt.text, got, tt.want)
			}
		})
	}
}

// TestDocumentBeforeRule finds words that no lexicon held when the article was read: their numbers come with the rule.
func TestDocumentBeforeRule(t *testing.T) {
	a := &article.Article{Text: "Mã số 90417733 được gửi tới xyzzyplughz9."}
	d := Document(a)
	for _, src := range []string{"90417733", `"số 90417733"`, "xyzzyplughz9"} {
		if m, ok := mustParse(t, src).Matches(d); !ok {
			t.Errorf("%s is not found in %q: %+v", src, a.Text, m)
		}
	}
}

func TestMatch(t *testing.T) {
	a := &article.Article{
		ID: "a", URL: "https://www.tin.bencang.vn/1", OutletCountry: "VN", Language: "vi",
		Title:     "Tin đồn vỡ đập thủy điện Sông Lam, 1.200 người sơ tán",
		Lead:      "Chính quyền bác bỏ tin vỡ đập lan truyền đêm qua.",
		Text:      "Theo các bài đăng, đập đã vỡ lúc 2 giờ. Ba người chết, hơn 30 người bị thương.\n\nChủ hồ nói không có sự cố. Mực nước thấp hơn 12% so với năm ngoái.",
		Published: time.Date(2024, 9, 7, 22, 0, 0, 0, time.UTC), // the 8th in Việt Nam
		FirstSeen: time.Date(2024, 9, 8, 1, 0, 0, 0, time.UTC),
		Verdict: &article.Verdict{
			Topics: []string{"thien_tai"}, Places: []string{"Nghệ An"},
			Claims: []article.ClaimMatch{{ID: "vo-dap", Stance: article.ReportsDebunk}},
		},
	}
	d := Document(a)
	for _, tt := range []struct {
		query string
		want  string // the words marked; "" for no match
	}{
		{`vỡ NEAR/1 đập`, "vỡ|đập|vỡ|đập|đập|vỡ"},
		{`vỡ ONEAR/1 đập`, "vỡ|đập|vỡ|đập"},
		{`đập ONEAR/1 vỡ`, "đập|vỡ"},
		{`vỡ NEAR/3 đêm`, "vỡ|đêm"},
		{`vỡ NEAR/2 đêm`, ""},
		{`tin NEAR/2 (vỡ NEAR/1 đập)`, "Tin|vỡ|đập|tin|vỡ|đập"},
		{`SENT(đập giờ)`, "đập|giờ"},
		{`SENT(đập chết)`, ""},
		{`PARA(đập chết)`, "đập|chết"},
		{`PARA(chết hồ)`, ""},
		{`SENT(người chết NOT đập)`, "người|chết|người"},
		{`title:"vỡ đập"`, "vỡ đập"},
		{`body:"vỡ đập"`, ""},
		{`lead:(vỡ NOT sông)`, "vỡ"},
		{`vỡ AND NOT "bác bỏ"`, ""},
		{`NUM(người chết, >=, 3)`, "Ba người chết"},
		{`NUM(người chết, >, 3)`, ""},
		{`NUM(người, >=, 1000)`, "1.200 người"},
		{`NUM(người bị thương, >, 30)`, "30 người bị thương"},
		{`mực AND NUM(%, =, 12)`, "Mực|12"},
		{`[vỡ^2 đập^1 "bác bỏ"^-1] >= 2`, "vỡ|đập|vỡ|đập|đập|vỡ"},
		{`[vỡ^2 đập^1 "bác bỏ"^-1] >= 3`, ""},
		{`[vỡ^2x3 "bác bỏ"^-1] >= 5`, "vỡ|vỡ|vỡ"},
		{`vỡ site:benCang.vn`, "vỡ|vỡ|vỡ"},
		{`vỡ site:cang.vn`, ""},
		{`chết country:vn lang:vi topic:thien-tai place:"nghệ an" claim:vo_dap stance:reports_debunk`, "chết"},
		{`chết lang:en`, ""},
		{`chết published:2024-09-08 seen:>=2024-09-08`, "chết"},
		{`chết published:2024-09-07`, ""},
		{`chết published:..2024-09-08`, "chết"},
	} {
		m, ok := mustParse(t, tt.query).Matches(d)
		if got := marked(a, m.Spans); got != tt.want || ok != (tt.want != "") {
			t.Errorf("%s marks %q, want %q", tt.query, got, tt.want)
		}
	}
}

// TestResetReadsAsNew: a document in used memory is matched like a new one, its figures too.
func TestResetReadsAsNew(t *testing.T) {
	var rules []Rule
	for _, src := range []string{`NUM(người chết, >=, 3)`, `"vỡ đập"`, `lead:mưa`, `chết site:bencang.example`, `dap published:2026`} {
		q, err := Parse(src)
		if err != nil {
			t.Fatal(err)
		}
		rules = append(rules, Rule{src, q})
	}
	set, err := Compile(rules)
	if err != nil {
		t.Fatal(err)
	}
	var used Doc
	matches := 0
	for _, a := range []article.Article{
		{ID: "a", Title: "Vỡ đập, ba người chết", Lead: "Mưa to.", Text: "Hơn 30 người chết. Tin khác.", URL: "https://bencang.example/1"},
		{ID: "b", Title: "Trời nắng", Text: "Có hai người chết."},
		{ID: "c", Lead: "Sau mưa", Text: "Tin khan: vo dap thuy dien o thuong nguon, nguoi dan chay lu", Published: time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)},
		{ID: "d", Title: "Vỡ đập", Text: "Năm người chết."},
	} {
		used.Reset(&a)
		want := set.Match(Document(&a))
		if diff := cmp.Diff(want, set.Match(&used)); diff != "" {
			t.Errorf("article %s (-new +used):\n%s", a.ID, diff)
		}
		matches += len(want)
	}
	if matches < 8 {
		t.Errorf("only %d matches: too few to mean anything", matches)
	}
}

func TestMatchTells(t *testing.T) {
	a := &article.Article{ID: "a", Title: "Vỡ đập", Text: "Đập vỡ, lũ lớn. Đập khác an toàn."}
	set, err := Compile([]Rule{{"r1", mustParse(t, `sự-kiện=(vỡ NEAR/3 đập) AND [@nước^2x2 hậu=(lũ)^0.5 an^-1] >= 1.5 AND NOT diễn`)}})
	if err != nil {
		t.Fatal(err)
	}
	want := []Match{{
		ID: "r1", Score: 4.5, Clauses: []string{"sự-kiện", "hậu"},
		Shares: []Share{
			{Clause: "sự-kiện", Term: "vỡ NEAR/3 đập", Points: 1, Count: 1},
			{Term: "@nước", Points: 4, Count: 2},
			{Clause: "hậu", Term: "lũ", Points: 0.5, Count: 1},
			{Term: "an", Points: -1, Count: 1},
		},
		Spans: []article.Span{
			{Field: "title", Start: 0, End: 4, Clause: "sự-kiện"},
			{Field: "title", Start: 0, End: 11, Clause: "vỡ đập"},
			{Field: "title", Start: 5, End: 11, Clause: "sự-kiện"},
			{Field: "text", Start: 0, End: 6, Clause: "sự-kiện"},
			{Field: "text", Start: 7, End: 11, Clause: "sự-kiện"},
			{Field: "text", Start: 13, End: 16, Clause: "hậu"},
			{Field: "text", Start: 13, End: 16, Clause: "lũ"},
			{Field: "text", Start: 24, End: 30, Clause: "sự-kiện"},
		},
	}}
	if diff := cmp.Diff(want, set.Match(Document(a))); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if diff := cmp.Diff([]Cost{{ID: "r1", Candidates: 1, Matches: 1}}, set.Costs(), cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Time" }, cmp.Ignore())); diff != "" {
		t.Errorf("costs: -want +got\n%s", diff)
	}
}

func TestHighlightSkipsWhatIsNotAskedFor(t *testing.T) {
	a := &article.Article{Title: "Vỡ đập lớn", Text: "Diễn tập vỡ đập. Đập lớn vỡ."}
	for _, tt := range []struct{ query, want string }{
		{`vỡ NOT diễn`, "Vỡ|vỡ|vỡ"},
		{`title:lớn OR "vỡ đập"`, "Vỡ đập|lớn|vỡ đập"},
		{`vỡ NEAR/1 đập`, "Vỡ|đập|vỡ|đập|Đập|vỡ"},
		{`vỡ OR "vỡ đập"`, "Vỡ đập|vỡ đập|vỡ"},
		{`[vỡ^1 diễn^-3] >= 1`, "Vỡ|vỡ|vỡ"},
		{`vỡ khôngcó`, "Vỡ|vỡ|vỡ"},
	} {
		if got := marked(a, Highlight(mustParse(t, tt.query), Document(a))); got != tt.want {
			t.Errorf("Highlight(%s) = %q, want %q", tt.query, got, tt.want)
		}
	}
}

func TestExplain(t *testing.T) {
	a := &article.Article{
		URL: "https://benCang.vn/1", Title: "Người vợ đáp lời", Text: "Đập lớn bị vỡ. Có 12 người chết.\n\nMưa lũ.",
		Published: time.Date(2024, 9, 7, 1, 0, 0, 0, time.UTC),
	}
	d := Document(a)
	for _, tt := range []struct{ query, vi, en string }{
		{`"vỡ đáp"`, "bài viết khác dấu hoặc khác chữ hoa: «vợ đáp»", "the article has it with other marks or case: «vợ đáp»"},
		{`"đập vỡ"`, "có đủ các từ nhưng không đứng liền nhau", "all its words occur, but not side by side"},
		{`"đập thuỷ điện"`, "không có từ: thủy, điện", "these words do not occur: thủy, điện"},
		{`động`, "không có từ này", "the word does not occur"},
		{`title:đập`, "chỉ có trong: text", "it stands only in: text"},
		{`đập AND động AND đất`, "thiếu: động, đất", "missing: động, đất"},
		{`động OR đất`, "không có phần nào trong 2 phần", "none of its 2 parts holds"},
		{`đập NOT lũ`, "thiếu: NOT lũ", "missing: NOT lũ"},
		{`đập NEAR/1 vỡ`, "gần nhất cách 2 tiếng, cho phép 1", "at the nearest 2 words are between, 1 are allowed"},
		{`vỡ ONEAR/5 đập`, "có ở gần nhau nhưng ngược thứ tự", "they stand near each other, but in the other order"},
		{`đập NEAR/5 động`, "không có: động", "missing: động"},
		{`đập NEAR/5 lời`, "hai vế không cùng ở một phần của bài", "the two sides never stand in the same field"},
		{`lũ NEAR/5 lũ`, "hai vế chỉ gặp nhau ở cùng một chỗ", "the two sides are found only in the same words"},
		{`SENT(đập lũ)`, "bài có đủ nhưng không trong cùng một câu", "the article holds it, but not in one sentence"},
		{`PARA(đập lũ)`, "bài có đủ nhưng không trong cùng một đoạn", "the article holds it, but not in one paragraph"},
		{`SENT(đập động)`, "thiếu: động", "missing: động"},
		{`NUM(người chết, >, 100)`, "con số bên cạnh đơn vị: «12»", "the figures beside the unit: «12»"},
		{`NUM(lũ, >, 100)`, "không có con số nào bên cạnh đơn vị", "no figure stands beside the unit"},
		{`[đập^2 động^3] >= 4`, "được 2 trên 4 điểm", "it reaches 2 of 4 points"},
	} {
		e := Explain(mustParse(t, tt.query), d)
		if e.Held || e.Missing != (Message{tt.vi, tt.en}) {
			t.Errorf("Explain(%s) = held %v, %q, want %q", tt.query, e.Held, e.Missing, Message{tt.vi, tt.en})
		}
	}
	e := Explain(mustParse(t, `nơi=(lũ) AND đập AND NOT site:benCang.vn AND published:2024-09-08`), d)
	var lines []string
	for _, p := range e.Parts {
		lines = append(lines, fmt.Sprint(p.Text, " ", p.Clause, " ", p.Held, " ", p.Missing.EN))
	}
	want := []string{"nơi=(lũ) nơi true ", "đập  true ", "NOT site:bencang.vn  false the article holds what is excluded: site:bencang.vn", "published:2024-09-08  false the article has published: 2024-09-07"}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("parts: -want +got\n%s", diff)
	}
	if e := Explain(mustParse(t, `SENT(đập vỡ)`), d); !e.Held || e.Count != 1 || marked(a, e.Spans) != "Đập|vỡ" {
		t.Errorf("Explain of what holds = %+v", e)
	}
}

func TestCompileRefuses(t *testing.T) {
	_, err := Compile([]Rule{{"", mustParse(t, "a")}, {"b", nil}, {"c", mustParse(t, "c")}})
	if err == nil || !strings.Contains(err.Error(), "without an ID") || !strings.Contains(err.Error(), `rule "b": no query`) {
		t.Errorf("Compile = %v, want both problems", err)
	}
}

func TestHostileArticles(t *testing.T) {
	set, _ := Compile([]Rule{
		{"near", mustParse(t, "a NEAR/50 a NEAR/50 (a OR b) NEAR/50 a")},
		{"word", mustParse(t, "a OR b")},
		{"sent", mustParse(t, "SENT(a (b NEAR/50 a))")},
		{"num", mustParse(t, "NUM(a, >, 2)")},
		{"list", mustParse(t, `[a^2x100 "a b"^1x100] >= 200`)},
	})
	size := 40_000
	if raceDetector {
		size /= 4
	}
	for name, text := range map[string]string{
		"one word":     strings.Repeat("a ", size/2),
		"alternating":  strings.Repeat("a b ", size/4),
		"figures":      strings.Repeat("12 a ", size/4),
		"sentences":    strings.Repeat("A b. ", size/4),
		"broken bytes": strings.Repeat("a\xff\u0301\u200b ", size/8),
	} {
		start := time.Now()
		for _, m := range set.Match(Document(&article.Article{Text: text})) {
			if len(m.Spans) > MaxSpans {
				t.Errorf("%s: %s has %d spans, want at most %d", name, m.ID, len(m.Spans), MaxSpans)
			}
		}
		if d := time.Since(start); d > 10*time.Second {
			t.Errorf("%s: %d bytes took %v", name, size, d)
		}
	}
}

func TestNoAllocationWithoutMatch(t *testing.T) {
	var rules []Rule
	for i, src := range []string{`"vỡ đập" AND lũ`, `vỡ NEAR/2 lũ`, `SENT(vỡ lũ)`, `[vỡ^1 lũ^3] >= 4`, `thuỷ* lũ`, `title:vỡ`, `NUM(người, >, 9000)`, `vỡ NOT đập`} {
		rules = append(rules, Rule{fmt.Sprint(i), mustParse(t, src)})
	}
	set, _ := Compile(rules)
	d := Document(&article.Article{Title: "Mưa", Text: strings.Repeat("Đập thủy điện bị vỡ đập, 12 người. ", 50)})
	x := new(scratch)
	if n := testing.AllocsPerRun(100, func() {
		if len(set.match(x, d)) > 0 {
			t.Fatal("the rules are made not to match")
		}
	}); n > 0 {
		t.Errorf("an article that matches nothing costs %v allocations, want none", n)
	}
}

// TestConcurrentUse matches from many goroutines while rules are replaced; run it with -race.
func TestConcurrentUse(t *testing.T) {
	docs := []*Doc{Document(&article.Article{Text: "vỡ đập, 12 người chết"}), Document(&article.Article{Text: "mưa lũ ở hạ lưu"})}
	q := mustParse(t, `"vỡ đập" NUM(người, >, 2)`)
	base, _ := Compile([]Rule{{"dam", q}, {"rain", mustParse(t, "lũ SENT(mưa lũ)")}})
	var mu sync.RWMutex
	current := base
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := range 300 {
				mu.RLock()
				set := current
				mu.RUnlock()
				ids := map[string]bool{}
				for _, m := range set.Match(docs[i%2]) {
					ids[m.ID] = true
				}
				if i%2 == 0 && !ids["dam"] || i%2 == 1 && !ids["rain"] {
					t.Errorf("goroutine %d, round %d: matches %v", g, i, ids)
				}
				q.Matches(docs[0])
				Explain(q, docs[0])
				Highlight(q, docs[1])
				set.Costs()
			}
		})
	}
	for i := range 200 {
		next, err := current.With(Rule{fmt.Sprintf("r%d", i%7), mustParse(t, []string{"lũ", "thuỷ* đập", `"hạ lưu" OR chết`}[i%3])})
		if err != nil {
			t.Fatal(err)
		}
		if i%5 == 4 {
			next = next.Without(fmt.Sprintf("r%d", (i+3)%7))
		}
		mu.Lock()
		current = next
		mu.Unlock()
	}
	wg.Wait()
}

// TestChangeIsQuick replaces single rules of 50,000. It counts the processor's time, not the clock's.
func TestChangeIsQuick(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	count, changes := 50_000, 300
	if raceDetector {
		count, changes = 5_000, 30
	}
	queries := make([]*Query, count/5)
	for i := range queries {
		queries[i] = mustParse(t, fmt.Sprintf(`"k%d m%d" AND (n%d OR "k%d o%d")`, i%700, i/70, i%5000, i%900, i%77))
	}
	rules := make([]Rule, count)
	for i := range rules {
		rules[i] = Rule{fmt.Sprint(i), queries[i%len(queries)]}
	}
	set, err := Compile(rules)
	if err != nil {
		t.Fatal(err)
	}
	var times []time.Duration
	for i := range changes {
		start := spent()
		if set, err = set.With(Rule{fmt.Sprint(i * 97), rules[i*31].Query}); err != nil {
			t.Fatal(err)
		}
		set = set.Without(fmt.Sprint(i*97 + 1))
		if set, err = set.With(Rule{fmt.Sprint(i*97 + 1), rules[i*97+1].Query}); err != nil {
			t.Fatal(err)
		}
		times = append(times, (spent()-start)/3)
	}
	slices.Sort(times)
	if got := times[len(times)*95/100]; got > 10*time.Millisecond {
		t.Errorf("95 of 100 changes of one rule in %d took up to %v, want less than 10 ms", count, got)
	}
	t.Logf("a change: 95%% %v, longest %v", times[len(times)*95/100], times[len(times)-1])
}

func ExampleSet_Match() {
	q, _ := Parse(`sự-kiện=("vỡ đập" OR "dam collapse") AND NOT "diễn tập"`)
	set, _ := Compile([]Rule{{ID: "dam", Query: q}})
	a := &article.Article{Title: "Thực hư tin VỠ ĐẬP thượng nguồn"}
	for _, m := range set.Match(Document(a)) {
		for _, s := range m.Spans {
			fmt.Println(m.ID, s.Clause, a.Get(s.Field)[s.Start:s.End])
		}
	}
	// Output: dam sự-kiện VỠ ĐẬP
}

func ExampleParse_mistake() {
	_, err := Parse(`vỡ near/5 đập`)
	fmt.Println(err.(*Error).In("vi"))
	fmt.Println(err)
	// Output:
	// cột 4 (near/5): toán tử khoảng cách viết khác ở đây; viết `a NEAR/5 b`, bằng chữ hoa
	// column 4 (near/5): the distance operator is spelt otherwise here; write `a NEAR/5 b`, in capitals
}
