package index

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/text/unicode/norm"

	"haidang/internal/article"
	"haidang/internal/query"
)

var start = time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC)

func testConfig(t testing.TB) Config {
	t.Helper()
	cfg := DefaultConfig()
	cfg.Dir = filepath.Join(t.TempDir(), "archive")
	return cfg
}

func open(t testing.TB, cfg Config) *Index {
	t.Helper()
	x, err := Open(cfg, Deps{Now: func() time.Time { return start.Add(time.Hour) }})
	if err != nil {
		t.Fatalf("Open(%+v): %v", cfg, err)
	}
	t.Cleanup(func() {
		if err := x.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return x
}

func put(t testing.TB, x *Index, articles ...article.Article) {
	t.Helper()
	if err := x.Put(t.Context(), articles, nil); err != nil {
		t.Fatalf("Put of %d articles: %v", len(articles), err)
	}
}

// made makes an article first seen n minutes after the start.
func made(n int, title, text string) article.Article {
	a := article.Article{
		ID: fmt.Sprintf("a%05d", n), URL: fmt.Sprintf("https://www.bencang.example/tin/%d", n),
		Outlet: "Báo Bến Cảng", OutletCountry: "VN", Title: title, Text: text,
		FirstSeen: start.Add(time.Duration(n) * time.Minute), Published: start.Add(-time.Duration(n) * time.Hour), Origin: article.Live,
	}
	a.Revise()
	return a
}

// many makes n articles of the same words.
func many(n int) []article.Article {
	out := make([]article.Article, n)
	for i := range out {
		out[i] = made(i, "Bản tin", "Nước sông dâng.")
	}
	return out
}

func find(t testing.TB, x *Index, req Request) Result {
	t.Helper()
	res, err := x.Search(t.Context(), req)
	if err != nil {
		t.Fatalf("Search(%+v): %v", req, err)
	}
	return res
}

func ids(res Result) []string {
	out := []string{}
	for _, h := range res.Hits {
		out = append(out, h.ID)
	}
	return out
}

func wantIDs(t testing.TB, x *Index, req Request, want ...string) Result {
	t.Helper()
	res := find(t, x, req)
	if diff := cmp.Diff(append([]string{}, want...), ids(res)); diff != "" {
		t.Errorf("Search(%+v): wrong hits (-want +got):\n%s", req, diff)
	}
	if res.Total != len(want) || res.AtLeast {
		t.Errorf("Search(%+v): total %d, at least %v, want exactly %d", req, res.Total, res.AtLeast, len(want))
	}
	return res
}

func TestPutGetCount(t *testing.T) {
	x := open(t, testConfig(t))
	a := made(1, "Đập thủy điện vận hành bình thường", "Ban quản lý cho biết đập an toàn.")
	a.Verdict = &article.Verdict{Topics: []string{"disaster"}, Claims: []article.ClaimMatch{}, Places: []string{}}
	put(t, x, a, made(2, "Storm moves north", "Rain is expected on Monday."))
	got, err := x.Get(t.Context(), a.ID)
	if err != nil {
		t.Fatal(err)
	}
	a.Schema = article.SchemaVersion
	if diff := cmp.Diff(a, got); diff != "" {
		t.Errorf("Get(%q) (-want +got):\n%s", a.ID, diff)
	}
	if _, err := x.Get(t.Context(), "nobody"); !errors.Is(err, ErrNotFound) {
		t.Errorf("Get of an unknown id: %v, want ErrNotFound", err)
	}
	if n, err := x.Count(t.Context()); n != 2 || err != nil {
		t.Errorf("Count() = %d, %v, want 2", n, err)
	}
}

func TestPutFillsInWhatIsMissing(t *testing.T) {
	x := open(t, testConfig(t))
	put(t, x, article.Article{ID: "bare", Title: "Giá gạo tăng nhẹ"})
	got, err := x.Get(t.Context(), "bare")
	if err != nil {
		t.Fatal(err)
	}
	if got.Revision == "" || !got.FirstSeen.Equal(start.Add(time.Hour)) {
		t.Errorf("stored article has revision %q, first seen %v", got.Revision, got.FirstSeen)
	}
	if err := x.Put(t.Context(), []article.Article{{Title: "không có mã"}, {ID: " "}}, nil); err == nil || strings.Count(err.Error(), "has no id") != 2 {
		t.Errorf("Put of two articles without id: %v, want an error that names both", err)
	}
}

func TestPutTwiceEqualsOnce(t *testing.T) {
	x := open(t, testConfig(t))
	a := made(1, "Tin đồn vỡ đập", "Người dân hoang mang.")
	for range 3 {
		put(t, x, a, a)
	}
	wantIDs(t, x, Request{Query: "vỡ"}, a.ID)
	if n, _ := x.Count(t.Context()); n != 1 {
		t.Errorf("Count() = %d after the same article six times, want 1", n)
	}
	if h, err := x.History(t.Context(), a.ID); len(h) != 0 || err != nil {
		t.Errorf("History = %d entries, %v, want none", len(h), err)
	}
}

func TestPutNewVerdict(t *testing.T) {
	x := open(t, testConfig(t))
	a := made(1, "Tin đồn vỡ đập", "Người dân hoang mang.")
	put(t, x, a)
	wantIDs(t, x, Request{Query: "topic:disaster"})
	judged := a
	judged.FirstSeen = a.FirstSeen.Add(time.Hour)
	judged.Verdict = &article.Verdict{
		Rings: true, Topics: []string{"disaster"}, Places: []string{"Hòa Bình"},
		Claims: []article.ClaimMatch{{ID: "dam-burst", Stance: article.Carries}},
	}
	put(t, x, judged)
	for _, q := range []string{"topic:disaster", "claim:dam-burst", "stance:carries", `place:"Hoà Bình"`} {
		wantIDs(t, x, Request{Query: q}, a.ID)
	}
	got, _ := x.Get(t.Context(), a.ID)
	if !got.FirstSeen.Equal(a.FirstSeen) {
		t.Errorf("first seen moved to %v, want %v", got.FirstSeen, a.FirstSeen)
	}
	put(t, x, a) // without a verdict: it must not be lost
	wantIDs(t, x, Request{Query: "topic:disaster"}, a.ID)
}

func TestPutNewRevisionKeepsHistory(t *testing.T) {
	x := open(t, testConfig(t))
	first := made(1, "Ba người mất tích", "Nước lên nhanh.")
	second := first
	second.Title, second.FirstSeen = "Năm người mất tích", first.FirstSeen.Add(time.Hour)
	second.Revise()
	put(t, x, first)
	put(t, x, second)
	wantIDs(t, x, Request{Query: `"ba người"`})
	wantIDs(t, x, Request{Query: `"năm người"`}, first.ID)
	history, err := x.History(t.Context(), first.ID)
	if err != nil || len(history) != 1 || history[0].Title != first.Title {
		t.Errorf("History = %+v, %v, want the first wording", history, err)
	}
	if got, _ := x.Get(t.Context(), first.ID); !got.FirstSeen.Equal(first.FirstSeen) || got.Title != second.Title {
		t.Errorf("stored %q first seen %v, want the new title and the old time", got.Title, got.FirstSeen)
	}
	put(t, x, first) // back again, in the same call as a third wording
	third := second
	third.Title = "Sáu người mất tích"
	third.Revise()
	put(t, x, second, third)
	wantIDs(t, x, Request{Query: `"sáu người"`}, first.ID)
	if history, _ := x.History(t.Context(), first.ID); len(history) != 2 {
		t.Errorf("%d earlier wordings, want 2", len(history))
	}
}

func TestOffsets(t *testing.T) {
	cfg := testConfig(t)
	cfg.HotDocuments, cfg.BatchDocuments = 3, 2
	x := open(t, cfg)
	for i := range 5 {
		if err := x.Put(t.Context(), []article.Article{made(2*i, "Tin", "một"), made(2*i+1, "Tin", "hai")}, map[int]int64{i % 2: int64(10 * i)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := x.Put(t.Context(), nil, map[int]int64{0: 7, 2: 1}); err != nil { // lower: a replay
		t.Fatal(err)
	}
	want := map[int]int64{0: 40, 1: 30, 2: 1}
	for _, when := range []string{"before", "after"} {
		got, err := x.Offsets()
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("Offsets() %s a restart: %v (-want +got):\n%s", when, err, diff)
		}
		if when == "before" {
			if err := x.Close(); err != nil {
				t.Fatal(err)
			}
			x = open(t, cfg)
		}
	}
}

func TestMarksRuleAndExactHighlights(t *testing.T) {
	x := open(t, testConfig(t))
	texts := map[int]string{
		1: "Có tin đồn vỡ đập ở thượng nguồn.",
		2: norm.NFD.String("Tối qua người ta lan truyền tin vỡ đập khắp nơi."),
		3: "Tin nong: vo dap o thuong nguon, ba con can chay ngay len nui, nuoc dang len rat nhanh.",
		4: "Hai vợ đáp chuyến tàu sớm.",
		5: "VỠ ĐẬP! Nhiều người hoảng sợ.",
		6: "A dam burst upstream, officials deny.",
		7: "Hồ vỡ, còn đập thì không.",
	}
	for n := range len(texts) {
		put(t, x, made(n+1, "Bản tin số "+fmt.Sprint(n+1), texts[n+1]))
	}
	marked := []string{"a00005", "a00003", "a00002", "a00001"}
	for _, tt := range []struct {
		query string
		want  []string
	}{
		{`"vỡ đập"`, marked},
		{norm.NFD.String(`"vỡ đập"`), marked},
		{`vỡ đập`, append([]string{"a00007"}, marked...)},
		{`"vo dap"`, []string{"a00005", "a00004", "a00003", "a00002", "a00001"}},
		{`"vợ đáp"`, []string{"a00004", "a00003"}},
		{`fold:"vỡ đập"`, []string{"a00005", "a00004", "a00003", "a00002", "a00001"}},
		{`raw:"vỡ đập"`, []string{"a00002", "a00001"}},
		{`"dam burst"`, []string{"a00006"}},
		{`"vỡ vỡ"`, nil},
	} {
		res := wantIDs(t, x, Request{Query: tt.query}, tt.want...)
		for _, h := range res.Hits {
			checkHighlights(t, tt.query, h)
		}
	}
}

// checkHighlights holds the marked bytes of a hit against the words of a query.
func checkHighlights(t *testing.T, q string, h Hit) {
	t.Helper()
	if len(h.Highlights) == 0 {
		t.Errorf("%s: hit %s has no highlights", q, h.ID)
	}
	words := query.Key(strings.NewReplacer("fold:", "", "raw:", "", `"`, "").Replace(q))
	for _, m := range h.Highlights {
		field := h.Get(m.Field)
		if m.Start < 0 || m.End > len(field) || m.Start >= m.End {
			t.Fatalf("%s: hit %s has highlight %+v in a field of %d bytes", q, h.ID, m, len(field))
		}
		if got := query.Key(field[m.Start:m.End]); !strings.Contains(words, got) {
			t.Errorf("%s: hit %s marks %q", q, h.ID, field[m.Start:m.End])
		}
	}
	if s := h.Snippet; !strings.Contains(h.Get(s.Field)[s.Start:s.End], h.Get(h.Highlights[0].Field)[h.Highlights[0].Start:h.Highlights[0].End]) {
		t.Errorf("%s: snippet %q of hit %s does not hold the first highlight", q, h.Get(s.Field)[s.Start:s.End], h.ID)
	}
}

func TestFieldsDatesAndOperators(t *testing.T) {
	x := open(t, testConfig(t))
	a := made(1, "Lũ lớn ở Quảng Trị", "Ba người chết. Nước rút chậm.\n\nQuân đội đến giúp 45% dân.")
	a.Lead = "Mưa rất to suốt đêm"
	b := made(2, "Trời nắng", "Lũ đã rút. Người dân dọn bùn, 120 người chết vì lũ năm ngoái.")
	b.URL, b.OutletCountry, b.Outlet = "https://news.harbour.example/2", "SG", "Harbour News"
	b.Published = time.Date(2026, 10, 5, 3, 0, 0, 0, time.UTC)
	c := made(3, "Flood relief", "Soldiers bring food. The water falls slowly.")
	c.Language = "en"
	for _, p := range []*article.Article{&a, &b, &c} {
		p.Revise()
	}
	put(t, x, a, b, c)
	for _, tt := range []struct {
		query string
		want  []string
	}{
		{"title:lũ", []string{a.ID}},
		{"body:lũ", []string{b.ID}},
		{"lead:mưa", []string{a.ID}},
		{"body:mưa", nil},
		{"lũ NOT title:lũ", []string{b.ID}},
		{"lũ NOT body:lũ", []string{a.ID}},
		{"lũ OR flood", []string{c.ID, b.ID, a.ID}},
		{"(lũ OR flood) lang:en", []string{c.ID}},
		{"site:harbour.example", []string{b.ID}},
		{"site:example", []string{c.ID, b.ID, a.ID}},
		{"lũ country:sg", []string{b.ID}},
		{"lũ published:2026-10-05", []string{b.ID}},
		{"lũ published:<2026-10-05", nil},
		{"lũ seen:2026-11-01", []string{b.ID, a.ID}},
		{"nước NEAR/1 chậm", []string{a.ID}},
		{"ba NEAR/1 chậm", nil},
		{"chết ONEAR/2 rút", []string{a.ID}},
		{"rút ONEAR/1 chết", nil},
		{"SENT(rút bùn)", nil},
		{"SENT(ba chết)", []string{a.ID}},
		{"PARA(ba quân)", nil},
		{"lũ PARA(nước rút)", []string{a.ID}},
		{"NUM(người chết, >=, 100)", []string{b.ID}},
		{"nước NUM(%, >=, 40)", []string{a.ID}},
		{"lũ NUM(% | người chết, >=, 40)", []string{b.ID, a.ID}},
		{"[lũ^3 mưa^2 bùn^1] >= 5", []string{a.ID}},
		{"lũ NOT (nước NEAR/1 rút)", []string{b.ID}},
		{"flood sold*", []string{c.ID}},
		{"lũ quan*", []string{a.ID}},
		{`"quảng trị" title:lũ`, []string{a.ID}},
		{`"trị mưa"`, nil}, // title and lead are not one text
	} {
		wantIDs(t, x, Request{Query: tt.query}, tt.want...)
	}
	wantIDs(t, x, Request{From: b.FirstSeen, To: c.FirstSeen}, b.ID)
	wantIDs(t, x, Request{Query: "lũ", To: b.FirstSeen}, a.ID)
	wantIDs(t, x, Request{Sort: ByPublished, Query: "lũ"}, a.ID, b.ID)
}

func TestArticleThatOnlyTheFeedTold(t *testing.T) {
	x := open(t, testConfig(t))
	a := made(1, "Thực hư tin vỡ đập", "")
	a.Lead, a.FeedOnly = "Ban quản lý nói đập an toàn.", true
	a.Revise()
	put(t, x, a)
	for _, q := range []string{"vỡ đập", "an toàn", "lead:an toàn", "site:bencang.example"} {
		res := wantIDs(t, x, Request{Query: q}, a.ID)
		if len(res.Hits) == 1 && res.Hits[0].Snippet != (Snippet{Field: article.Lead, End: len(a.Lead)}) {
			t.Errorf("Search(%q): snippet %+v, want the lead", q, res.Hits[0].Snippet)
		}
	}
}

func TestRelevancePutsTitlesFirst(t *testing.T) {
	x := open(t, testConfig(t))
	filler := strings.Repeat("Hôm nay thời tiết ở nhiều nơi khá mát mẻ. ", 20)
	put(t, x,
		made(1, "Bão số 9 vào bờ", filler+"Gió giật mạnh."),
		made(2, "Chợ hoa xuân", filler+"Năm nay có bão muộn."),
		made(3, "Giá cà phê", filler))
	res := wantIDs(t, x, Request{Query: "bão", Sort: ByRelevance}, "a00001", "a00002")
	if len(res.Hits) == 2 && !(res.Hits[0].Score > res.Hits[1].Score && res.Hits[1].Score > 0) {
		t.Errorf("scores %v and %v, want falling and above zero", res.Hits[0].Score, res.Hits[1].Score)
	}
}

func TestPagesAcrossShards(t *testing.T) {
	cfg := testConfig(t)
	cfg.HotDocuments, cfg.BatchDocuments = 7, 5
	x := open(t, cfg)
	var all []article.Article
	for n := range 40 {
		text := "Nước sông dâng."
		if n%3 == 0 {
			text = "Nước sông tối nay không dâng."
		}
		all = append(all, made(n, "Bản tin", text))
	}
	all[11].FirstSeen = all[10].FirstSeen // a tie, within and across shards
	all[25].FirstSeen = all[3].FirstSeen
	put(t, x, all...)
	if len(x.shards) != 6 {
		t.Errorf("%d shards for 40 articles of 7 a shard, want 6", len(x.shards))
	}
	put(t, x, all[0], all[39]) // known articles stay where they are
	if n, _ := x.Count(t.Context()); n != 40 || len(x.shards) != 6 {
		t.Errorf("Count() = %d in %d shards after a repeat, want 40 in 6", n, len(x.shards))
	}
	for _, req := range []Request{
		{},
		{Query: "dâng"},
		{Query: "dâng", Sort: ByPublished},
		{Query: "sông dâng", Sort: ByRelevance},
		{Query: "sông NEAR/1 dâng"},
		{Query: "sông NEAR/1 dâng", Sort: ByRelevance},
		{Sort: ByPublished},
	} {
		whole := req
		whole.Limit = MaxLimit
		want := find(t, x, whole)
		if want.Next != "" || want.Total != len(want.Hits) || want.Total < 26 {
			t.Errorf("Search(%+v): total %d, %d hits, next %q", whole, want.Total, len(want.Hits), want.Next)
		}
		got := pages(t, x, req, want.Total)
		if diff := cmp.Diff(ids(want), got); diff != "" {
			t.Errorf("Search(%+v) by pages of 4 (-whole +pages):\n%s", req, diff)
		}
	}
}

// TestPagesOfTies pages through shards in which two articles each were seen at the same time.
func TestPagesOfTies(t *testing.T) {
	cfg := testConfig(t)
	cfg.HotDocuments = 60
	x := open(t, cfg)
	var all []article.Article
	for n := range 160 {
		text := "Nước sông dâng."
		if n > 36 && n%5 > 0 { // rare in the newest
			text = "Trời nắng."
		}
		all = append(all, made(n/2*2, "Bản tin", text)) // ties in pairs
		all[n].ID = fmt.Sprintf("a%05d", n)
	}
	put(t, x, all...)
	for _, q := range []string{"dâng", "nước ONEAR/1 dâng"} {
		whole := find(t, x, Request{Query: q, Limit: MaxLimit})
		if whole.Total != 37+24 {
			t.Errorf("%s: total %d, want %d", q, whole.Total, 37+24)
		}
		if diff := cmp.Diff(ids(whole), pages(t, x, Request{Query: q}, whole.Total)); diff != "" {
			t.Errorf("%s (-whole +pages):\n%s", q, diff)
		}
	}
}

func pages(t *testing.T, x *Index, req Request, total int) []string {
	t.Helper()
	var got []string
	for req.Limit = 4; ; {
		res := find(t, x, req)
		if res.Total != total {
			t.Errorf("Search(%+v): total %d, want %d", req, res.Total, total)
		}
		got = append(got, ids(res)...)
		if res.Next == "" || len(got) > total {
			return got
		}
		req.After = res.Next
	}
}

func TestNewestFirstLeavesOldShardsAlone(t *testing.T) {
	cfg := testConfig(t)
	cfg.HotDocuments = 10
	x := open(t, cfg)
	put(t, x, many(40)...)
	sources := newSources(x.shards, ask{query: newTranslator(x.vocab, false).anyOf([]string{"dâng"}), sort: BySeen, page: 5})
	st := newStream(sources)
	for range 4 {
		if _, ok, err := st.next(t.Context()); !ok || err != nil {
			t.Fatal(ok, err)
		}
	}
	loaded := 0
	for _, s := range sources {
		if s.after != nil {
			loaded++
		}
	}
	if loaded != 1 {
		t.Errorf("%d of %d shards were asked for the newest 4, want 1", loaded, len(sources))
	}
}

func TestVerificationStopsAtItsLimit(t *testing.T) {
	cfg := testConfig(t)
	cfg.VerifyLimit = 10
	x := open(t, cfg)
	put(t, x, many(30)...)
	res := find(t, x, Request{Query: "nước NEAR/1 dâng", Limit: 5})
	if !res.AtLeast || res.Total != 10 || len(res.Partial) != 1 || !res.SearchedBack.Equal(start.Add(20*time.Minute)) {
		t.Errorf("total %d, at least %v, partial %q, searched back to %v", res.Total, res.AtLeast, res.Partial, res.SearchedBack)
	}
	if len(res.Hits) != 5 || res.Next == "" {
		t.Errorf("%d hits, next %q, want 5 and a next page", len(res.Hits), res.Next)
	}
}

func TestSearchTimeout(t *testing.T) {
	cfg := testConfig(t)
	cfg.SearchTimeout = 1 // a nanosecond
	x := open(t, cfg)
	put(t, x, made(1, "Bản tin", "Nước sông dâng."))
	for _, q := range []string{"dâng", "nước NEAR/1 dâng"} {
		res := find(t, x, Request{Query: q})
		if len(res.Partial) == 0 || !res.AtLeast {
			t.Errorf("Search(%q) out of time: partial %q, at least %v", q, res.Partial, res.AtLeast)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := x.Search(ctx, Request{Query: "dâng"}); !errors.Is(err, context.Canceled) {
		t.Errorf("Search with a cancelled context: %v, want context.Canceled", err)
	}
}

func TestBadRequests(t *testing.T) {
	x := open(t, testConfig(t))
	good := cursor{Sort: BySeen, After: &place{Key: 1, ID: "a"}}.String()
	for _, req := range []Request{
		{Sort: "date"},
		{Limit: -1},
		{Limit: 1001},
		{After: "%%%"},
		{After: "e30x"},
		{After: strings.Repeat("A", 5000)},
		{After: good, Sort: ByRelevance},
	} {
		if _, err := x.Search(t.Context(), req); !errors.Is(err, ErrRequest) {
			t.Errorf("Search(%+.60v): %v, want ErrRequest", req, err)
		}
	}
	for _, src := range []string{`"vỡ đập`, "lang:vi NOT body:lũ"} {
		var mistake *query.Error
		if _, err := x.Search(t.Context(), Request{Query: src}); !errors.As(err, &mistake) {
			t.Errorf("Search(%s): %v, want a *query.Error", src, err)
		}
	}
}

func TestSecondProcessIsRefused(t *testing.T) {
	cfg := testConfig(t)
	open(t, cfg)
	begun := time.Now()
	x, err := Open(cfg, Deps{})
	if !errors.Is(err, ErrLocked) || x != nil {
		t.Fatalf("second Open: %v, %v, want ErrLocked", x, err)
	}
	if took := time.Since(begun); took > 2*time.Second || strings.Contains(err.Error(), "\n") {
		t.Errorf("refused after %v with %q, want one sentence within 2 s", took, err)
	}
}

func TestClosed(t *testing.T) {
	x := open(t, testConfig(t))
	if err := errors.Join(x.Close(), x.Close()); err != nil {
		t.Errorf("Close twice: %v", err)
	}
	_, searchErr := x.Search(t.Context(), Request{})
	_, getErr := x.Get(t.Context(), "a")
	_, countErr := x.Count(t.Context())
	_, offsetsErr := x.Offsets()
	for _, err := range []error{searchErr, getErr, countErr, offsetsErr, x.Put(t.Context(), nil, nil)} {
		if !errors.Is(err, ErrClosed) {
			t.Errorf("use after Close: %v, want ErrClosed", err)
		}
	}
}

func TestConfigValidateNamesEveryProblem(t *testing.T) {
	err := Config{LockTimeout: 1 << 40}.Validate()
	for _, field := range []string{"dir", "hot_documents", "batch_documents", "verify_limit", "lock_timeout", "search_timeout"} {
		if err == nil || !strings.Contains(err.Error(), "index."+field) {
			t.Errorf("Validate() = %v, want a problem with index.%s", err, field)
		}
	}
	cfg := DefaultConfig()
	cfg.Dir = "x"
	if err := cfg.Validate(); err != nil {
		t.Errorf("the defaults have a problem: %v", err)
	}
}

func TestNewerLayoutIsRefused(t *testing.T) {
	cfg := testConfig(t)
	x := open(t, cfg)
	path := filepath.Join(x.shards[0].dir, "VERSION")
	if err := errors.Join(x.Close(), os.WriteFile(path, []byte(`{"layout": 99}`), 0o644)); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(cfg, Deps{}); err == nil || !strings.Contains(err.Error(), "layout 99") {
		t.Errorf("Open of a newer layout: %v", err)
	}
}

func TestMetrics(t *testing.T) {
	reg := prometheus.NewRegistry()
	x, err := Open(testConfig(t), Deps{Registerer: reg})
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	put(t, x, made(1, "Bản tin", "Nước sông dâng."))
	find(t, x, Request{Query: "dâng"})
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			got[f.GetName()] += m.GetCounter().GetValue() + m.GetGauge().GetValue()
		}
	}
	for name, want := range map[string]float64{"haidang_index_articles_total": 1, "haidang_index_articles": 1, "haidang_index_searches_total": 1} {
		if got[name] != want {
			t.Errorf("%s = %v, want %v", name, got[name], want)
		}
	}
}
