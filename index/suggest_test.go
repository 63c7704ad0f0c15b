package index

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"haidang/internal/query"
)

func TestTyped(t *testing.T) {
	for _, tt := range []struct{ keys, want string }{
		{"ddaapj", "đập"},
		{"ddapaj", "đập"},
		{"dapjd", "đạp"},
		{"d9a65p", "đập"},
		{"da65p9", "đập"},
		{"dap569", ""},
		{"dda^.p", "đập"},
		{"dda^p", "đâp"},
		{"vowx", "vỡ"},
		{"vo74", "vỡ"},
		{"vo+~", "vỡ"},
		{"nuwowcs", "nước"},
		{"nuocws", "nước"},
		{"nu7o71c", "nước"},
		{"luxw", ""},
		{"lux", "lũ"},
		{"thuyr", "thuỷ"},
		{"hoaf", "hoà"},
		{"hoà", ""},
		{"2024", ""},
		{"xe", ""},
		{"covid-19", ""},
	} {
		if got := typed(tt.keys); tt.want == "" && slices.Contains(got, tt.keys) || tt.want != "" && !slices.Contains(got, tt.want) {
			t.Errorf("typed(%q) = %q, want %q among them", tt.keys, got, tt.want)
		}
	}
}

func TestSuggest(t *testing.T) {
	x := open(t, testConfig(t))
	for n := range 8 {
		put(t, x, made(n, "Vỡ đập thuỷ điện", "Nước sông Đà dâng cao, công an sơ tán người dân. Vietnam dam collapse."))
	}
	put(t, x, made(20, "Vợ và đáp án", "Đạp xe. Đắp đê. Công ăn việc làm. Bà Thuy Nguyen."))
	for _, tt := range []struct{ src, want string }{
		{"vỡ dda^p", "vỡ đập"},
		{"ddaapj", "đập"},
		{"vowx ddaapj", "vỡ đập"},
		{"vo74 d9a65p", "vỡ đập"},
		{"thuyr ddieenj", "thủy điện"}, // and not thuy, which would find as much
		{`"vỡ đâp"`, `"vỡ đập"`},
		{"vỡ đáp", "vỡ đập"},
		{"title:(vở đập)", "title:(vỡ đập)"},
		{"colapse", "collapse"},
		{"colapse NOT vàng", "collapse NOT vàng"},
		{"thủy điên", "thủy điện"},
		{"vở đập sông dà", "vỡ đập sông đà"},
		{"nước sống Đà", "nước sông Đà"},
		{"nước đáp vàng", ""},
		{"vỡ đập", ""},
		{"vo dap", ""},
		{"zzzzzzzz", ""},
		{"site:bencang.example lang:vi", ""},
		{"", ""},
	} {
		got, err := x.Suggest(t.Context(), tt.src)
		if err != nil || got != tt.want {
			t.Errorf("Suggest(%q) = %q, %v, want %q", tt.src, got, err, tt.want)
		}
	}
	res := find(t, x, Request{Query: "ddaapj thuỷ điện", Suggest: true, Sort: ByRelevance})
	if res.DidYouMean != "đập thuỷ điện" {
		t.Errorf("did you mean %q", res.DidYouMean)
	}
}

// Whatever is typed, looking for a better spelling ends without an error.
func FuzzChunks(f *testing.F) {
	for _, s := range []string{`"vỡ đập" AND (x OR y*)`, "title:a lead: b:c", "dda^.p", ":::", "\u00a0", "“x”"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		words := chunks(s)
		if got := rebuilt(s, words); got != s {
			t.Fatalf("chunks(%q) put together are %q", s, got)
		}
		for _, w := range words {
			if s[w.start:w.end] != w.text {
				t.Fatalf("chunk %+v of %q", w, s)
			}
			_ = typed(w.text)
		}
	})
}

func synonymArchive(t *testing.T) *Index {
	t.Helper()
	s, err := NewSynonyms([][]string{{"TP.HCM", "Sài Gòn", "Thành phố Hồ Chí Minh", "HCMC"}, {"Bộ Y tế", "BYT"}})
	if err != nil {
		t.Fatal(err)
	}
	x, err := Open(testConfig(t), Deps{Synonyms: s})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := x.Close(); err != nil {
			t.Error(err)
		}
	})
	for n, place := range []string{"TP.HCM", "Sài Gòn", "Thành phố Hồ Chí Minh", "HCMC", "Hà Nội", "Sài Sơn, Gòn"} {
		put(t, x, made(n, "Ngập ở "+place, "Mưa to tại "+place+"."))
	}
	return x
}

func TestSynonyms(t *testing.T) {
	x := synonymArchive(t)
	for _, tt := range []struct {
		src  string
		want int
	}{
		{"ngập TP.HCM", 4},
		{"ngập HCMC", 4},
		{"HCMC", 4},
		{"ngập Sài Gòn", 5}, // the words as written may stand apart, as without synonyms
		{"Thành phố Hồ Chí Minh ngập", 4},
		{`"Sài Gòn"`, 1},
		{"title:HCMC", 4},
		{"ngập NOT HCMC", 2},
		{"raw:HCMC", 1},
		{"(HCMC OR vàng) ngập", 4},
		{"Hà Nội", 1},
	} {
		res := find(t, x, Request{Query: tt.src})
		if res.Total != tt.want {
			t.Errorf("%s: %d articles, want %d", tt.src, res.Total, tt.want)
		}
		for _, h := range res.Hits {
			if len(h.Highlights) == 0 {
				t.Errorf("%s: nothing is marked in %q", tt.src, h.Title)
			}
		}
	}
	if res := find(t, x, Request{Query: "ngập HCMC"}); len(res.Synonyms) != 1 || strings.Join(res.Synonyms[0], " = ") != "TP.HCM = Sài Gòn = Thành phố Hồ Chí Minh = HCMC" {
		t.Errorf("told %q", res.Synonyms)
	}
}

// A query with a name that has others is still one of words, some of which may be missing.
func TestSynonymsMayBeMissing(t *testing.T) {
	x := synonymArchive(t)
	res := find(t, x, Request{Query: "ngập nặng vàng HCMC", Sort: ByRelevance})
	if !res.Loose || len(res.Hits) == 0 || !strings.Contains(res.Hits[0].Title, "HCMC") {
		t.Errorf("loose %v, %v", res.Loose, ids(res))
	}
}

// An expanded query is still one that the matcher takes, so a saved search finds what the search box finds.
func TestExpandedQueriesCompile(t *testing.T) {
	s, err := NewSynonyms([][]string{{"TP.HCM", "Sài Gòn"}})
	if err != nil {
		t.Fatal(err)
	}
	q, err := query.Parse("Sài Gòn")
	if err != nil {
		t.Fatal(err)
	}
	expanded, _ := s.Expand(q)
	if _, err := query.Compile([]query.Rule{{ID: "a", Query: expanded}}); err != nil {
		t.Error(err)
	}
}

func TestWrongSynonyms(t *testing.T) {
	_, err := NewSynonyms([][]string{{"một"}, {"TP.HCM", "TP.HCM"}, {"", "x"}, {`"a"`, "b"}, {"một hai ba bốn năm sáu bảy tám chín", "c"}})
	for _, want := range []string{"synonyms[0]: 1 names", "synonyms[1][1]", "synonyms[2][0]", "synonyms[3][0]", "synonyms[4][0]"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v does not tell of %s", err, want)
		}
	}
}

func TestSimilar(t *testing.T) {
	x := open(t, testConfig(t))
	put(
		t, x, made(1, "Vỡ đập thuỷ điện thượng nguồn", "Nước hồ chứa tràn qua thân đập trong đêm, dân sơ tán."),
		made(2, "Đập thuỷ điện ở thượng nguồn an toàn", "Hồ chứa vận hành đúng, thân đập không nứt, dân yên tâm."),
		made(3, "Giá vàng tăng", "Vàng miếng lên cao nhất trong năm."), made(4, "Đội bóng thắng", "Trận đấu hôm qua có ba bàn."),
	)
	for n := range 30 {
		put(t, x, made(10+n, fmt.Sprint("Tin ngắn ", n), "Tin trong ngày ở bến."))
	}
	if got := ids(find(t, x, Request{Like: "a00001", Sort: ByRelevance})); len(got) == 0 || got[0] != "a00002" || slices.Contains(got, "a00001") {
		t.Errorf("similar to the first: %v", got)
	}
	if got := ids(find(t, x, Request{Like: "a00001", Query: "site:bencang.example nứt", Sort: ByRelevance})); !slices.Equal(got, []string{"a00002"}) {
		t.Errorf("similar with a query: %v", got)
	}
	if _, err := x.Search(t.Context(), Request{Like: "nowhere"}); !errors.Is(err, ErrRequest) {
		t.Errorf("similar to an article that is not there: %v", err)
	}
}
