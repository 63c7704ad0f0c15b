package index

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"haidang/internal/article"
)

// judged makes an article with everything that facets count.
func judged(n int, title, outlet, country string, day time.Time, topics ...string) article.Article {
	a := made(n, title, "Nước lên nhanh.")
	a.Outlet, a.OutletCountry, a.Language, a.Published, a.FirstSeen = outlet, country, "vi", day, day.Add(time.Hour)
	a.Verdict = &article.Verdict{Topics: topics, Places: []string{"ha-noi"}, Claims: []article.ClaimMatch{{ID: "dam-burst", Stance: article.Carries}}}
	return a
}

func facetArchive(t *testing.T) *Index {
	cfg := testConfig(t)
	cfg.HotDocuments = 3
	x := open(t, cfg)
	day := time.Date(2026, 9, 30, 12, 0, 0, 0, time.UTC)
	put(
		t, x, judged(1, "Lũ lớn", "Báo Sóng", "VN", day, "disaster", "weather"), judged(2, "Lũ quét", "Báo Sóng", "VN", day, "disaster"),
		judged(3, "Lũ rút", "Tin Biển", "LA", day.AddDate(0, 0, 1), "disaster"), judged(4, "Lũ về", "Tin Biển", "VN", day.AddDate(0, 0, 3), "weather"),
		judged(5, "Giá vàng", "Tin Biển", "VN", day.AddDate(0, 0, 3), "economy"),
	)
	return x
}

func TestFacetsFollowTheQuery(t *testing.T) {
	x := facetArchive(t)
	for _, src := range []string{"lũ", "lũ NEAR/5 (lớn OR quét OR rút OR về)"} { // the second is verified, article by article
		res := find(t, x, Request{Query: src, Facets: 10, Sort: ByPublished})
		got := map[string][]FacetValue{}
		for _, f := range res.Facets {
			got[f.Name] = f.Values
		}
		want := map[string][]FacetValue{
			"outlet":    {{"bao-song", "Báo Sóng", 2}, {"tin-bien", "Tin Biển", 2}},
			"topic":     {{"disaster", "", 3}, {"weather", "", 2}},
			"place":     {{"ha-noi", "", 4}},
			"claim":     {{"dam-burst", "", 4}},
			"stance":    {{"carries", "", 4}},
			"country":   {{"vn", "", 3}, {"la", "", 1}},
			"lang":      {{"vi", "", 4}},
			"published": {{"2026-10", "", 2}, {"2026-09", "", 2}},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: facets (-want +got):\n%s", src, diff)
		}
		var bars []string
		for _, b := range res.Histogram.Bars {
			bars = append(bars, fmt.Sprint(b.From.Format(time.DateOnly), " ", b.Count))
		}
		if diff := cmp.Diff([]string{"2026-09-30 2", "2026-10-01 1", "2026-10-02 0", "2026-10-03 1"}, bars); diff != "" || res.Histogram.Unit != "day" {
			t.Errorf("%s: histogram by %s (-want +got):\n%s", src, res.Histogram.Unit, diff)
		}
		if res.Counted != 4 {
			t.Errorf("%s: %d counted, want 4", src, res.Counted)
		}
	}
}

// Every value of a facet is a filter that finds as many articles as it says.
func TestFacetValuesAreFilters(t *testing.T) {
	x := facetArchive(t)
	for _, f := range find(t, x, Request{Query: "lũ", Facets: 10}).Facets {
		for _, v := range f.Values {
			src := fmt.Sprintf("lũ %s:%s", f.Name, v.Value)
			if got := find(t, x, Request{Query: src}).Total; got != v.Count {
				t.Errorf("%s finds %d articles, the facet says %d", src, got, v.Count)
			}
		}
	}
}

func TestFacetsAreCut(t *testing.T) {
	x := facetArchive(t)
	for _, f := range find(t, x, Request{Facets: 1}).Facets {
		if len(f.Values) > 1 || f.Name == "topic" && f.More != 2 {
			t.Errorf("facet %s with one value: %+v", f.Name, f)
		}
	}
}

func TestHistogramUnits(t *testing.T) {
	for _, tt := range []struct {
		span time.Duration
		unit string
	}{
		{time.Hour, "hour"},
		{2 * 24 * time.Hour, "hour"},
		{30 * 24 * time.Hour, "day"},
		{300 * 24 * time.Hour, "week"},
		{3 * 365 * 24 * time.Hour, "month"},
		{90 * 365 * 24 * time.Hour, "year"},
	} {
		tl := newTallies(fieldSeen)
		from := time.Date(2026, 3, 15, 10, 0, 0, 0, time.UTC)
		tl.at(fieldSeen, from.UnixMilli())
		tl.at(fieldSeen, from.Add(tt.span).UnixMilli())
		h := tl.histogram()
		sum := 0
		for _, b := range h.Bars {
			sum += b.Count
		}
		if h.Unit != tt.unit || sum != 2 || h.Bars[0].Count == 0 || h.Bars[len(h.Bars)-1].Count == 0 {
			t.Errorf("histogram over %s: %s, %d articles in %d bars, want %s", tt.span, h.Unit, sum, len(h.Bars), tt.unit)
		}
	}
}

func TestCopiesAreShownOnce(t *testing.T) {
	x := open(t, testConfig(t))
	var b strings.Builder
	for i := range 60 {
		fmt.Fprintf(&b, "Câu thứ %d nói về nước lũ ở bến số %d. ", i, i*7)
	}
	text := b.String()
	first, copied, other := made(1, "Lũ lên", text), made(2, "Lũ lên nhanh", text), made(3, "Lũ khác", "Nước rút đã lâu.")
	copied.Outlet = "Tin Biển"
	put(t, x, first, copied, other)
	res := find(t, x, Request{Query: "lũ", Fold: true})
	if len(res.Hits) != 2 || res.Total != 3 || len(res.Hits[1].Copies) != 1 || res.Hits[1].Copies[0].Outlet != "Báo Bến Cảng" {
		t.Errorf("with copies folded: %d hits of %d, %+v", len(res.Hits), res.Total, res.Hits)
	}
	if res := find(t, x, Request{Query: "lũ"}); len(res.Hits) != 3 {
		t.Errorf("without: %d hits", len(res.Hits))
	}
}

// A search that has no time left answers with what it has, whatever it was asked for, and says so.
func TestNoTimeIsNoError(t *testing.T) {
	cfg := testConfig(t)
	cfg.SearchTimeout = 1
	x := open(t, cfg)
	for n := range 50 {
		put(t, x, made(n, "Lũ lớn", "Nước dâng cao ở bến sông."))
	}
	for _, req := range []Request{
		{Query: "lũ", Facets: 5},
		{Query: "lũ", Sort: ByRelevance, Facets: 5},
		{Query: "nước bến vàng", Sort: ByRelevance, Facets: 5, Suggest: true},
		{Query: "nước NEAR/3 cao", Facets: 5},
		{Like: "a00001", Sort: ByRelevance, Facets: 5},
		{Query: "luxx nuowcs", Suggest: true},
	} {
		res, err := x.Search(t.Context(), req)
		if err != nil || len(res.Partial) == 0 || !res.AtLeast {
			t.Errorf("Search(%+v): partial %q, at least %v, %v", req, res.Partial, res.AtLeast, err)
		}
	}
}
