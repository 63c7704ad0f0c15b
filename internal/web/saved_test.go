package web

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/mmcdole/gofeed"

	"haidang/internal/article"
	"haidang/internal/saved"
	"haidang/internal/store"
)

// keeper is the pages over a real archive and real saved searches.
type keeper struct {
	http.Handler
	t     *testing.T
	saved *saved.Saved
}

func newKeeper(t *testing.T) *keeper {
	t.Helper()
	db, err := store.Open(t.Context(), store.Config{Driver: "sqlite", Path: t.TempDir() + "/state.db"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	clock := func() time.Time { return now }
	kept := saved.New(saved.Deps{DB: db, Now: clock})
	s, err := New(DefaultConfig(), Deps{Archive: shelf(t), Desk: &fakeDesk{}, Saved: kept, Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	return &keeper{s.Handler(), t, kept}
}

func (k *keeper) post(path string, form url.Values) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	r := httptest.NewRequestWithContext(k.t.Context(), http.MethodPost, "http://localhost"+path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	k.ServeHTTP(w, r)
	return w
}

func TestSavedSearchesOnThePage(t *testing.T) {
	k := newKeeper(t)
	preview := fetch(t, k, "/saved", url.Values{"q": {"lũ"}}).Body.String()
	if !strings.Contains(preview, "Trong 30 ngày qua sẽ báo 30 lần, từ 30 bài.") || !strings.Contains(preview, "Chưa lưu câu tìm nào") {
		t.Errorf("the preview: %s", preview)
	}
	form := url.Values{"q": {"lũ COUNT(sources) >= 2 WITHIN 2d"}, "name": {"Lũ " + hostile}, "schedule": {"live"}, "list": {"Thiên tai"}}
	if w := k.post("/saved", form); w.Code != http.StatusSeeOther {
		t.Fatalf("saving = %d: %s", w.Code, w.Body)
	}
	if w := k.post("/saved", form); w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "Bạn đã có một câu tìm tên này") {
		t.Errorf("the same name again = %d", w.Code)
	}
	live := article.Article{ID: "n1", Title: "Lũ " + hostile, URL: "javascript:alert(1)", Outlet: "Báo Sóng", Origin: article.Live, FirstSeen: now}
	other := live
	other.ID, other.Outlet = "n2", "Tin Biển"
	if err := k.saved.Handle(t.Context(), []article.Article{live, other}); err != nil {
		t.Fatal(err)
	}
	page := fetch(t, k, "/saved", url.Values{}).Body.String()
	for _, want := range []string{"Thiên tai", "dùng chung", "30 ngày: báo 1 lần, 2 bài", "Vừa báo", "/feed"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not have %q", want)
		}
	}
	if strings.Contains(page, "<script>alert") || strings.Contains(page, `href="javascript:`) {
		t.Error("what an outlet wrote came alive")
	}
	var rings struct{ Rings []saved.Ring }
	if err := json.Unmarshal(fetch(t, k, "/api/saved/rings", url.Values{"after": {"0"}}).Body.Bytes(), &rings); err != nil || len(rings.Rings) != 1 || rings.Rings[0].ArticleID != "n2" {
		t.Errorf("rings %+v, %v", rings, err)
	}
	var list struct{ Searches []saved.Search }
	if err := json.Unmarshal(fetch(t, k, "/api/saved", url.Values{}).Body.Bytes(), &list); err != nil || len(list.Searches) != 1 {
		t.Fatalf("searches %+v, %v", list, err)
	}
	id := list.Searches[0].ID
	if page := fetch(t, k, "/saved/"+id, url.Values{}).Body.String(); !strings.Contains(page, "Lũ &lt;script&gt;") || !strings.Contains(page, "Mọi bài khớp") {
		t.Errorf("the page of the search: %s", page)
	}
	feed, err := gofeed.NewParser().ParseString(fetch(t, k, "/saved/"+id+"/feed", url.Values{}).Body.String())
	if err != nil || len(feed.Items) != 1 || feed.Items[0].Title != "Lũ "+hostile || feed.Items[0].Link != "" {
		t.Errorf("feed %+v, %v", feed, err)
	}
	if w := fetch(t, k, "/saved/nowhere", url.Values{}); w.Code != http.StatusNotFound {
		t.Errorf("a search that is not there = %d", w.Code)
	}
	if w := k.post("/saved/"+list.Searches[0].ID+"/remove", nil); w.Code != http.StatusSeeOther {
		t.Errorf("removing = %d", w.Code)
	}
	if w := k.post("/saved/"+list.Searches[0].ID+"/remove", nil); w.Code != http.StatusNotFound {
		t.Errorf("removing twice = %d", w.Code)
	}
}

func TestMistakesOfSavingAreTold(t *testing.T) {
	k := newKeeper(t)
	for _, tt := range []struct {
		form url.Values
		want string
	}{
		{url.Values{"q": {"lũ AND ("}, "name": {"x"}, "schedule": {"live"}}, "Câu tìm chưa đúng"},
		{url.Values{"q": {"site:bao.example"}, "name": {"x"}, "schedule": {"live"}}, "Câu tìm chưa đúng"},
		{url.Values{"q": {"lũ"}, "name": {" "}, "schedule": {"live"}}, "Hãy đặt tên"},
		{url.Values{"q": {"lũ"}, "name": {"x"}, "schedule": {"hourly"}}, "live, daily or weekly"},
	} {
		if w := k.post("/saved", tt.form); w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), tt.want) {
			t.Errorf("%v = %d, without %q", tt.form, w.Code, tt.want)
		}
	}
	if w := fetch(t, k, "/saved", url.Values{"q": {"thuỷ*"}}); w.Code != http.StatusBadRequest {
		t.Errorf("a preview of what cannot be an alert = %d", w.Code)
	}
	if w := fetch(t, k, "/api/saved/rings", url.Values{"after": {"x"}}); w.Code != http.StatusBadRequest {
		t.Errorf("rings after x = %d", w.Code)
	}
}

func TestDailyListsAreEntriesOfAFeed(t *testing.T) {
	k := newKeeper(t)
	s, err := k.saved.Add(t.Context(), saved.Search{Owner: soloActor, Name: "Lũ", Query: "lũ", Schedule: saved.Daily})
	if err != nil {
		t.Fatal(err)
	}
	var articles []article.Article
	for i, id := range []string{"d1", "d2", "d3"} {
		articles = append(articles, article.Article{ID: id, Title: "Lũ về " + id, Outlet: "Báo Sóng", Origin: article.Live, FirstSeen: now.AddDate(0, 0, -1).Add(time.Duration(i) * time.Minute)})
	}
	if err := k.saved.Handle(t.Context(), articles); err != nil {
		t.Fatal(err)
	}
	if page := fetch(t, k, "/saved/"+s.ID, url.Values{}).Body.String(); !strings.Contains(page, "Ngày 21/11/2026: 3 bài") {
		t.Errorf("the page: %s", page)
	}
	feed, err := gofeed.NewParser().ParseString(fetch(t, k, "/saved/"+s.ID+"/feed", url.Values{}).Body.String())
	if err != nil || len(feed.Items) != 1 || feed.Items[0].Title != "Lũ: Ngày 21/11/2026: 3 bài" || !strings.Contains(feed.Items[0].Description, "Lũ về d2") {
		t.Errorf("feed %+v, %v", feed, err)
	}
}

func TestEditingASavedSearch(t *testing.T) {
	k := newKeeper(t)
	s, err := k.saved.Add(t.Context(), saved.Search{Owner: soloActor, Name: "Lũ", Query: "lũ", Schedule: saved.Live})
	if err != nil {
		t.Fatal(err)
	}
	other, err := k.saved.Add(t.Context(), saved.Search{Owner: "somebody", Name: "Đập", Query: "đập", Schedule: saved.Live, List: "chung"})
	if err != nil {
		t.Fatal(err)
	}
	page := fetch(t, k, "/saved/"+s.ID+"/edit", nil).Body.String()
	for _, want := range []string{`action="/saved/` + s.ID + `"`, `name="version" value="1"`, `value="Lũ"`, "Sửa câu tìm đã lưu"} {
		if !strings.Contains(page, want) {
			t.Errorf("the form does not have %q", want)
		}
	}
	if list := fetch(t, k, "/saved", nil).Body.String(); !strings.Contains(list, "/saved/"+s.ID+"/edit") || strings.Contains(list, "/saved/"+other.ID+"/edit") {
		t.Error("the list offers to edit what is not the visitor's own, or not what is")
	}
	form := url.Values{"q": {"hạn"}, "name": {"Hạn"}, "schedule": {"daily"}, "list": {"chung"}, "version": {"1"}}
	if preview := fetch(t, k, "/saved/"+s.ID+"/edit", form).Body.String(); !strings.Contains(preview, `value="Hạn"`) || !strings.Contains(preview, `id="preview"`) {
		t.Errorf("the preview: %s", preview)
	}
	if w := k.post("/saved/"+s.ID, form); w.Code != http.StatusSeeOther {
		t.Fatalf("editing = %d: %s", w.Code, w.Body)
	}
	if w := k.post("/saved/"+s.ID, form); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "vừa được sửa ở nơi khác") {
		t.Errorf("editing an older version = %d: %s", w.Code, w.Body)
	}
	var list struct{ Searches []saved.Search }
	if err := json.Unmarshal(fetch(t, k, "/api/saved", nil).Body.Bytes(), &list); err != nil || len(list.Searches) != 2 {
		t.Fatalf("searches %+v, %v", list, err)
	}
	for _, one := range list.Searches {
		if one.ID == s.ID && (one.Name != "Hạn" || one.Query != "hạn" || one.Schedule != saved.Daily || one.List != "chung" || one.Version != 2) {
			t.Errorf("edited: %+v", one)
		}
	}
	for _, tt := range []struct {
		id   string
		with url.Values
		want int
	}{
		{other.ID, form, http.StatusNotFound},
		{"nowhere", form, http.StatusNotFound},
		{s.ID, url.Values{"q": {"hạn"}, "name": {"Hạn"}, "schedule": {"live"}}, http.StatusBadRequest},
		{s.ID, url.Values{"q": {"hạn AND ("}, "name": {"Hạn"}, "schedule": {"live"}, "version": {"2"}}, http.StatusBadRequest},
	} {
		if w := k.post("/saved/"+tt.id, tt.with); w.Code != tt.want {
			t.Errorf("editing %s with %v = %d, want %d", tt.id, tt.with, w.Code, tt.want)
		}
	}
	if w := fetch(t, k, "/saved/"+other.ID+"/edit", nil); w.Code != http.StatusNotFound {
		t.Errorf("the form of somebody else's = %d", w.Code)
	}
}
