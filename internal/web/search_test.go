package web

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mmcdole/gofeed"

	"haidang/index"
	"haidang/internal/article"
)

// shelf is a real archive with a few articles.
func shelf(t *testing.T) *index.Index {
	t.Helper()
	cfg := index.DefaultConfig()
	cfg.Dir = t.TempDir()
	synonyms, err := index.NewSynonyms([][]string{{"TP.HCM", "Sài Gòn"}})
	if err != nil {
		t.Fatal(err)
	}
	x, err := index.Open(cfg, index.Deps{Synonyms: synonyms})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := x.Close(); err != nil {
			t.Error(err)
		}
	})
	var all []article.Article
	for n := range 60 {
		a := article.Article{
			ID: "s" + string(rune('a'+n/26)) + string(rune('a'+n%26)), URL: "https://bao.example/" + string(rune('a'+n/26)) + string(rune('a'+n%26)), Outlet: []string{"Báo Sóng", "Tin Biển"}[n%2],
			OutletCountry: "VN", Language: "vi", Title: "=Lũ về trên sông", Text: "Nước lũ dâng cao ở bến " + strings.Repeat("x", n%7+2) + ".",
			Published: now.AddDate(0, 0, -n), FirstSeen: now.AddDate(0, 0, -n).Add(time.Hour),
			Verdict: &article.Verdict{Topics: []string{[]string{"disaster", "weather"}[n%2]}},
		}
		a.Revise()
		a.CanonicalURL = a.URL
		all = append(all, a)
	}
	all = append(all, article.Article{ID: "hcm", Title: "Ngập ở TP.HCM", Text: "Mưa to.", FirstSeen: now, Published: now})
	if err := x.Put(t.Context(), all, nil); err != nil {
		t.Fatal(err)
	}
	return x
}

func shelfServer(t *testing.T) http.Handler {
	t.Helper()
	s, err := New(DefaultConfig(), Deps{Archive: shelf(t), Desk: &fakeDesk{}, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	return s.Handler()
}

func fetch(t *testing.T, h http.Handler, path string, params url.Values) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	r := httptest.NewRequestWithContext(context.Background(), http.MethodGet, "http://localhost"+path+"?"+params.Encode(), nil)
	h.ServeHTTP(w, r)
	return w
}

func TestTheSearchPageNarrows(t *testing.T) {
	h := shelfServer(t)
	page := fetch(t, h, "/search", url.Values{"q": {"lũ OR bão"}}).Body.String()
	for _, want := range []string{
		"60 bài", "Báo Sóng", "Số bài theo ngày đăng", "/search?q=%28l%C5%A9&#43;OR&#43;b%C3%A3o%29&#43;outlet%3Abao-song", "/search.csv?", "Trích dẫn", "sha256:", "Bài tương tự",
	} {
		if !strings.Contains(strings.ReplaceAll(page, "+OR+", "&#43;OR&#43;"), want) && !strings.Contains(page, strings.ReplaceAll(want, "&#43;", "+")) {
			t.Errorf("the page does not have %q", want)
		}
	}
	narrow := fetch(t, h, "/search", url.Values{"q": {"(lũ OR bão) outlet:bao-song published:2026-11"}}).Body.String()
	if !strings.Contains(narrow, "11 bài") || !strings.Contains(narrow, "bỏ bộ lọc này") {
		t.Errorf("narrowed: %s", narrow)
	}
}

func TestTheSearchPageAdvises(t *testing.T) {
	h := shelfServer(t)
	for _, tt := range []struct{ q, want string }{
		{"luxx", "Không tìm thấy"},
		{"luwx", "Không tìm thấy"},
		{"nuowcs", "Có phải bạn tìm"},
		{"nuo+'c^", "Câu tìm chưa đúng"},
		{"lũ dâng bão vàng", "Không bài nào có đủ mọi từ"},
		{"ngập Sài Gòn", "Cũng tìm:"},
	} {
		if page := fetch(t, h, "/search", url.Values{"q": {tt.q}}).Body.String(); !strings.Contains(page, tt.want) {
			t.Errorf("%q: the page does not say %q", tt.q, tt.want)
		}
	}
	if page := fetch(t, h, "/search", url.Values{"like": {"saa"}}).Body.String(); !strings.Contains(page, "Các bài tương tự") {
		t.Errorf("similar articles: %s", page)
	}
}

func TestExports(t *testing.T) {
	h := shelfServer(t)
	w := fetch(t, h, "/search.csv", url.Values{"q": {"lũ"}})
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(w.Body.String(), "\ufeff"))).ReadAll()
	if err != nil || len(rows) != 61 || !strings.HasPrefix(w.Header().Get("Content-Disposition"), "attachment") || w.Header().Get("X-Haidang-Total") != "60" {
		t.Fatalf("%d rows, %v, %v", len(rows), err, w.Header())
	}
	if title := rows[1][slices.Index(rows[0], "title")]; title != "'=Lũ về trên sông" {
		t.Errorf("title %q", title)
	}
	if lines := strings.Count(fetch(t, h, "/search.jsonl", url.Values{"q": {"lũ"}}).Body.String(), "\n"); lines != 60 {
		t.Errorf("%d lines", lines)
	}
	for _, name := range []string{"rss", "atom"} {
		feed, err := gofeed.NewParser().ParseString(fetch(t, h, "/search."+name, url.Values{"q": {"lũ"}, "sort": {"relevance"}}).Body.String())
		if err != nil || len(feed.Items) != feedItems || feed.Items[0].Link != "https://bao.example/aa" {
			t.Errorf("%s: %v, %+v", name, err, feed)
		}
	}
	for _, path := range []string{"/search.csv", "/search.atom"} {
		if w := fetch(t, h, path, url.Values{"q": {"lũ AND ("}}); w.Code != http.StatusBadRequest {
			t.Errorf("%s of a wrong query = %d", path, w.Code)
		}
	}
}

func TestNarrowed(t *testing.T) {
	for _, tt := range []struct{ src, filter, want string }{
		{"", "topic:a", "topic:a"},
		{"lũ", "topic:a", "lũ topic:a"},
		{"lũ topic:a", "topic:a", "lũ topic:a"},
		{"lũ OR bão", "topic:a", "(lũ OR bão) topic:a"},
		{"(lũ OR bão) lang:vi", "topic:a", "(lũ OR bão) lang:vi topic:a"},
		{"lũ AND (", "topic:a", "lũ AND ( topic:a"},
	} {
		if got := narrowed(tt.src, tt.filter); got != tt.want {
			t.Errorf("narrowed(%q, %q) = %q, want %q", tt.src, tt.filter, got, tt.want)
		}
	}
}

// A program that sends a mistake is told what its user may have meant, where it asks for it.
func TestAPISuggestsBesideAMistake(t *testing.T) {
	srv, _ := newSite(t)
	for path, want := range map[string]string{
		"/api/search?q=%28l%C5%A9&suggest=1": "lũ",
		"/api/search?q=%28l%C5%A9":           "",
	} {
		res, body := get(t, srv, path, "en")
		var answer struct {
			Error string `json:"error"`
			Meant string `json:"did_you_mean"`
		}
		if err := json.Unmarshal([]byte(body), &answer); err != nil || res.StatusCode != 400 || answer.Error == "" || answer.Meant != want {
			t.Errorf("%s: %d %s (%v), want the advice %q", path, res.StatusCode, body, err, want)
		}
	}
}
