package query

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"haidang/internal/article"
	"haidang/internal/text"
)

// A small vocabulary, so that generated queries and articles meet often: the same folds with other marks, words without
// marks, English, figures.
var vocabulary = []string{
	"vỡ", "vợ", "vo", "đập", "đáp", "dap", "Đập", "sông", "song", "Đà", "lũ", "lu", "người", "chết", "hoà", "hòa",
	"the", "dam", "Dam", "collapse", "12", "300", "ba", "nghìn",
}

var testLists = map[string][]string{"nước": {"lũ", "vỡ đập", "dam*"}, "people": {"người chết", "người"}}

func withLists() Options {
	return Options{Lists: func(name string) ([]string, bool) { l, ok := testLists[name]; return l, ok }}
}

func drawWords(t *rapid.T, least, most int) []string {
	return rapid.SliceOfN(rapid.SampledFrom(vocabulary), least, most).Draw(t, "words")
}

func drawText(t *rapid.T, most int) string {
	if rapid.IntRange(0, 4).Draw(t, "unmarked") == 0 {
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{"vo dap", "song da", "nguoi chet", "lu lut", "hom nay", "o day", "12", "khong co gi"}), 1, most).Draw(t, "runs"), " ")
	}
	var b strings.Builder
	for _, w := range drawWords(t, 0, most) {
		b.WriteString(w + rapid.SampledFrom([]string{" ", " ", " ", " ", ", ", ". ", ".\n\n"}).Draw(t, "after"))
	}
	return b.String()
}

func drawDoc(t *rapid.T) *Doc {
	a := &article.Article{
		ID: "a", Title: drawText(t, 6), Lead: drawText(t, 8), Text: drawText(t, 40),
		URL:      "https://www." + rapid.SampledFrom([]string{"a.vn", "b.vn", "tin.a.vn"}).Draw(t, "host") + "/x",
		Language: rapid.SampledFrom([]string{"vi", "en"}).Draw(t, "lang"),
	}
	a.Published = time.Date(2024, 9, rapid.IntRange(1, 30).Draw(t, "day"), 20, 0, 0, 0, time.UTC)
	a.Verdict = &article.Verdict{Topics: []string{"thien-tai"}, Claims: []article.ClaimMatch{{ID: "vo-dap", Stance: article.ReportsDebunk}}}
	return Document(a)
}

func drawTerm(t *rapid.T) string {
	switch rapid.IntRange(0, 9).Draw(t, "term") {
	case 0, 1:
		return `"` + strings.Join(drawWords(t, 2, 3), " ") + `"`
	case 2:
		return rapid.SampledFrom([]string{"dam*", "coll*", "đập*", "ngư*", `"vỡ đập*"`}).Draw(t, "prefix")
	case 3:
		return rapid.SampledFrom([]string{"raw:", "fold:"}).Draw(t, "mode") + drawWords(t, 1, 1)[0]
	case 4:
		return rapid.SampledFrom([]string{"@nước", "@people", "fold:@nước"}).Draw(t, "list")
	}
	return drawWords(t, 1, 1)[0]
}

func drawPlace(t *rapid.T, depth int) string {
	switch rapid.IntRange(0, 7).Draw(t, "place") {
	case 0:
		return "(" + drawTerm(t) + " OR " + drawTerm(t) + ")"
	case 1:
		return fmt.Sprintf("NUM(người | người chết, %s, %d)", rapid.SampledFrom([]string{">=", "<", "="}).Draw(t, "op"), rapid.SampledFrom([]int{3, 12, 300}).Draw(t, "n"))
	case 2:
		if depth > 0 {
			return "(" + drawNear(t, depth-1) + ")"
		}
	case 3:
		return "c" + fmt.Sprint(depth) + "=(" + drawTerm(t) + ")"
	}
	return drawTerm(t)
}

func drawNear(t *rapid.T, depth int) string {
	return drawPlace(t, depth) + rapid.SampledFrom([]string{" NEAR/", " ONEAR/"}).Draw(t, "near") +
		fmt.Sprint(rapid.IntRange(1, 4).Draw(t, "distance")) + " " + drawPlace(t, depth)
}

// drawWordsOnly draws what may stand in SENT and title:.
func drawWordsOnly(t *rapid.T, depth int) string {
	if depth == 0 {
		return drawTerm(t)
	}
	switch rapid.IntRange(0, 8).Draw(t, "inside") {
	case 0, 1:
		return "(" + drawWordsOnly(t, depth-1) + " AND " + drawWordsOnly(t, depth-1) + ")"
	case 2:
		return "(" + drawWordsOnly(t, depth-1) + " OR " + drawWordsOnly(t, depth-1) + ")"
	case 3:
		return "(" + drawWordsOnly(t, depth-1) + " NOT " + drawWordsOnly(t, depth-1) + ")"
	case 4:
		return "(" + drawNear(t, 1) + ")"
	case 5:
		return rapid.SampledFrom([]string{"SENT(", "PARA("}).Draw(t, "unit") + drawWordsOnly(t, depth-1) + " " + drawWordsOnly(t, depth-1) + ")"
	}
	return drawTerm(t)
}

func drawItem(t *rapid.T) string {
	switch rapid.IntRange(0, 5).Draw(t, "item") {
	case 0:
		return "(" + drawNear(t, 0) + ")^" + fmt.Sprint(rapid.IntRange(1, 4).Draw(t, "weight"))
	case 1:
		return "title:" + drawTerm(t) + "^2x2"
	case 2:
		return drawTerm(t) + "^-" + fmt.Sprint(rapid.IntRange(1, 3).Draw(t, "minus"))
	}
	return drawTerm(t) + fmt.Sprintf("^%dx%d", rapid.IntRange(1, 4).Draw(t, "weight"), rapid.IntRange(1, 3).Draw(t, "cap"))
}

func drawQuery(t *rapid.T, depth int) string {
	if depth == 0 {
		return drawTerm(t)
	}
	below := func() string { return "(" + drawQuery(t, depth-1) + ")" }
	switch rapid.IntRange(0, 13).Draw(t, "op") {
	case 0, 1, 2:
		return below() + " AND " + below()
	case 3, 4:
		return below() + " OR " + below()
	case 5:
		return below() + " NOT " + below()
	case 6, 7:
		return drawNear(t, 1)
	case 8:
		return rapid.SampledFrom([]string{"SENT(", "PARA("}).Draw(t, "unit") + drawWordsOnly(t, 2) + ")"
	case 9:
		return rapid.SampledFrom([]string{"title:", "lead:", "body:"}).Draw(t, "scope") + "(" + drawWordsOnly(t, 2) + ")"
	case 10:
		return rapid.SampledFrom([]string{
			"site:a.vn", "site:(b.vn OR tin.a.vn)", "lang:vi", "published:2024-09-01..2024-09-12", "published:>=2024-09-20",
			"topic:thien-tai", "claim:vo-dap", "stance:reports_debunk", "NOT site:a.vn",
		}).Draw(t, "meta") + " AND " + below()
	case 11, 12:
		items := make([]string, rapid.IntRange(1, 4).Draw(t, "items"))
		for i := range items {
			items[i] = drawItem(t)
		}
		return "[" + strings.Join(items, " ") + "] >= " + fmt.Sprint(rapid.IntRange(1, 5).Draw(t, "goal"))
	}
	return "tên" + fmt.Sprint(depth) + "=(" + drawQuery(t, depth-1) + ")"
}

// drawRules draws queries that parse. What may be refused is a query without an anchor or with too high a threshold.
func drawRules(t *rapid.T, n int) []Rule {
	var rules []Rule
	for i := range n {
		src := drawQuery(t, rapid.IntRange(0, 3).Draw(t, "depth"))
		q, err := withLists().Parse(src)
		if err != nil {
			e := err.(*Error)
			if r := e.Reason; r != ReasonAnchor && !strings.Contains(e.Problem.EN, "never be reached") {
				t.Fatalf("Parse(%s): %v", src, err)
			}
			continue
		}
		rules = append(rules, Rule{fmt.Sprintf("%02d", i), q})
	}
	return rules
}

// reporter is what a test, a property and a fuzz target have in common.
type reporter interface {
	Logf(string, ...any)
	Fatalf(string, ...any)
}

func compareWithNaive(t reporter, rules []Rule, d *Doc, got []Match) {
	v := naive{d}
	var want, ids []string
	for _, r := range rules {
		if v.holds(r.Query.Root, v.everywhere()) {
			want = append(want, r.ID)
		}
	}
	for _, m := range got {
		ids = append(ids, m.ID)
	}
	if diff := cmp.Diff(want, ids, cmpopts.EquateEmpty()); diff != "" {
		for _, r := range rules {
			t.Logf("%s: %s", r.ID, r.Query.Source)
		}
		t.Fatalf("title %q lead %q text %q: -naive +set\n%s", d.fields[0].Text, d.fields[1].Text, d.fields[2].Text, diff)
	}
	for _, m := range got {
		i := slices.IndexFunc(rules, func(r Rule) bool { return r.ID == m.ID })
		q := rules[i].Query
		bare := slices.Clone(m.Spans)
		sum := 0.0
		for k := range bare {
			bare[k].Clause = ""
		}
		for _, s := range m.Shares {
			sum += s.Points
		}
		if diff := cmp.Diff(v.spans(q), slices.Compact(bare), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("spans of %s in title %q lead %q text %q: -naive +set\n%s", q.Source, d.fields[0].Text, d.fields[1].Text, d.fields[2].Text, diff)
		}
		if sum != m.Score {
			t.Fatalf("shares of %s add up to %g, score is %g", q.Source, sum, m.Score)
		}
	}
}

// TestSetAgreesWithNaive holds the compiled set to the plain reading of the language, and the printer to the parser.
func TestSetAgreesWithNaive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rules := drawRules(t, 8)
		set, err := Compile(rules)
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			d := drawDoc(t)
			got := set.Match(d)
			compareWithNaive(t, rules, d, got)
			for _, r := range rules {
				_, alone := r.Query.Matches(d)
				in := slices.ContainsFunc(got, func(m Match) bool { return m.ID == r.ID })
				if e := Explain(r.Query, d); e.Held != in || alone != in {
					t.Fatalf("%s: Explain says %v, Matches %v, the set %v", r.Query.Source, e.Held, alone, in)
				}
			}
		}
		for _, r := range rules {
			checkRoundTrip(t, r.Query)
		}
	})
}

// checkRoundTrip checks that a query's canonical form means the query and is its own canonical form.
func checkRoundTrip(t interface{ Fatalf(string, ...any) }, q *Query) {
	printed := Format(q)
	again, err := withLists().Parse(printed)
	if err != nil {
		t.Fatalf("Parse(Format(%q)) = Parse(%q): %v", q.Source, printed, err)
	}
	if diff := cmp.Diff(q.Root, again.Root, cmpopts.IgnoreUnexported(text.Word{})); diff != "" {
		t.Fatalf("Format(%q) = %q means something else:\n%s", q.Source, printed, diff)
	}
	if twice := Format(again); twice != printed || !cmp.Equal(q.Story, again.Story) {
		t.Fatalf("Format(%q) = %q, and of that %q", q.Source, printed, twice)
	}
}

// TestChangedSetIsLikeNew adds, replaces and removes rules and compares every stage with a set compiled anew.
func TestChangedSetIsLikeNew(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawDoc(t)
		set, _ := Compile(nil)
		held := map[string]Rule{}
		for range 12 {
			before := set.Match(d)
			old := set
			if rapid.IntRange(0, 2).Draw(t, "remove") == 0 {
				id := fmt.Sprintf("%02d", rapid.IntRange(0, 3).Draw(t, "id"))
				set = set.Without(id)
				delete(held, id)
			} else {
				rules := drawRules(t, 4)
				for _, r := range rules {
					held[r.ID] = r
				}
				set, _ = set.With(rules...)
			}
			if diff := cmp.Diff(before, old.Match(d)); diff != "" {
				t.Fatalf("the old set changed: %s", diff)
			}
			var rules []Rule
			for _, r := range held {
				rules = append(rules, r)
			}
			fresh, _ := Compile(rules)
			if diff := cmp.Diff(fresh.Match(d), set.Match(d)); diff != "" || set.Len() != len(held) {
				t.Fatalf("-new +changed (%d rules, want %d)\n%s", set.Len(), len(held), diff)
			}
		}
		for id := range held {
			set = set.Without(id)
		}
		if n := len(set.Match(d)); n != 0 || set.Len() != 0 || set.starCount != 0 {
			t.Fatalf("an emptied set has %d matches, %d rules, %d stars", n, set.Len(), set.starCount)
		}
	})
}
