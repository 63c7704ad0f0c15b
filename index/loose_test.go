package index

import (
	"fmt"
	"slices"
	"testing"
)

// pagesOf reads all pages of a search.
func pagesOf(t *testing.T, x *Index, req Request) (all []string, first Result) {
	t.Helper()
	for n := 0; ; n++ {
		res := find(t, x, req)
		if n == 0 {
			first = res
		}
		all = append(all, ids(res)...)
		if res.Next == "" {
			return all, first
		}
		if req.After = res.Next; n > 500 {
			t.Fatal("the pages do not end")
		}
	}
}

func TestFewWholeMatchesBringThoseWithMostWords(t *testing.T) {
	x := open(t, testConfig(t))
	put(
		t, x, made(1, "Vỡ đập trên sông", "Nước dâng cao."), made(2, "Đập trên sông Đà", "Hồ đầy."), made(3, "Giá vàng", "Vàng tăng."),
		made(4, "Vỡ đập sông Đà", "Tin đồn."), made(5, "Họp báo", "Ra thông cáo trên sông."),
	)
	res := find(t, x, Request{Query: "vỡ đập sông Đà", Sort: ByRelevance})
	if !res.Loose || res.Whole != 1 || len(res.Hits) < 3 || res.Hits[0].ID != "a00004" || slices.Contains(ids(res), "a00003") {
		t.Errorf("loose %v, %d whole, %v", res.Loose, res.Whole, ids(res))
	}
	for _, req := range []Request{
		{Query: "vỡ AND đập AND sông AND Đà", Sort: ByRelevance},
		{Query: "vỡ đập sông Đà", Sort: BySeen},
		{Query: `vỡ đập sông NOT "tin vui"`, Sort: ByRelevance},
		{Query: "vỡ đậ* sông", Sort: ByRelevance},
	} {
		if res, err := x.Search(t.Context(), req); err == nil && res.Loose {
			t.Errorf("%+v was answered with fewer words", req)
		}
	}
}

func TestFiltersStayWhenWordsAreLeftOut(t *testing.T) {
	x := open(t, testConfig(t))
	in, out := made(1, "Vỡ đập trên sông", "Nước dâng."), made(2, "Vỡ đập trên sông Đà", "Nước dâng.")
	out.OutletCountry = "LA"
	put(t, x, in, out)
	res := find(t, x, Request{Query: "vỡ đập sông Đà country:VN", Sort: ByRelevance})
	if got := ids(res); !slices.Equal(got, []string{"a00001"}) || !res.Loose {
		t.Errorf("with a filter: %v", got)
	}
}

// Pages of ranked hits are cut out of windows that are put in order: together they show every hit once.
func TestPagesByRelevanceShowEveryHitOnce(t *testing.T) {
	cfg := testConfig(t)
	cfg.HotDocuments = 60
	x := open(t, cfg)
	for n := range 170 {
		put(t, x, made(n, fmt.Sprintf("Tin %d", n), "Nước lũ dâng ở bến sông."))
	}
	for _, req := range []Request{
		{Query: "nước lũ dâng", Limit: 20},
		{Query: "nước lũ dâng", Limit: 7},
		{Query: "nước lũ dâng", Limit: 120},
		{Query: "nước lũ tràn đê", Limit: 20},
		{Query: "nước", Limit: 33},
	} {
		req.Sort = ByRelevance
		all, first := pagesOf(t, x, req)
		if got := len(slices.Compact(sorted(all))); got != 170 || len(all) != 170 || first.Total != 170 {
			t.Errorf("%+v: %d hits, %d different, of %d", req, len(all), got, first.Total)
		}
	}
}

// A word that stands beside its neighbour of the query beats two that only occur.
func TestNeighboursCount(t *testing.T) {
	x := open(t, testConfig(t))
	put(t, x, made(1, "Buổi lễ", "Ca đoàn hát mừng quốc khánh, ca ngợi đất nước."), made(2, "Buổi lễ", "Họ hát bài quốc ca mừng đất nước."))
	if got := ids(find(t, x, Request{Query: "hát quốc ca", Sort: ByRelevance})); len(got) != 2 || got[0] != "a00002" {
		t.Errorf("hits %v", got)
	}
}

// An article with the marks that were asked for stands above one without marks.
func TestExactMarksStandAboveFolded(t *testing.T) {
	x := open(t, testConfig(t))
	put(t, x, made(1, "vo dap roi", "nuoc dang cao qua vo dap that roi ba con oi"), made(2, "Vỡ đập rồi", "nước dâng cao quá vỡ đập thật rồi bà con ơi"))
	if got := ids(find(t, x, Request{Query: "vỡ đập", Sort: ByRelevance})); len(got) != 2 || got[0] != "a00002" {
		t.Errorf("hits %v", got)
	}
}
