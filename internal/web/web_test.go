package web

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"haidang/alerting"
	"haidang/crawler"
	"haidang/index"
	"haidang/internal/article"
	"haidang/internal/query"
)

var now = time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)

// hostile is what an outlet might put anywhere: it must come out as text.
const hostile = `<script>alert(1)</script>"'><img src=x onerror=alert(1)>`

// fakeDesk is a desk of canned stories.
type fakeDesk struct {
	stories []alerting.StoryDetail
	events  []alerting.Event
	wake    chan struct{}
	reads   int // of whole stories
}

func (d *fakeDesk) Stories(context.Context, alerting.Filter) ([]alerting.Story, error) {
	var out []alerting.Story
	for _, s := range d.stories {
		out = append(out, s.Story)
	}
	return out, nil
}

func (d *fakeDesk) Story(_ context.Context, id string) (alerting.StoryDetail, error) {
	d.reads++
	for _, s := range d.stories {
		if s.ID == id {
			return s, nil
		}
	}
	return alerting.StoryDetail{}, alerting.ErrNotFound
}

func (d *fakeDesk) Events(_ context.Context, after int64, _ int) ([]alerting.Event, error) {
	var out []alerting.Event
	for _, e := range d.events {
		if e.Seq > after {
			out = append(out, e)
		}
	}
	return out, nil
}

func (d *fakeDesk) Subscribe() (<-chan struct{}, func()) { return d.wake, func() {} }

func (d *fakeDesk) Counts(context.Context) (alerting.Counts, error) {
	return alerting.Counts{Stories: len(d.stories), Unanswered: 1, LastSeq: 5}, nil
}

func (d *fakeDesk) Act(context.Context, alerting.Command) ([]alerting.Result, error) {
	return nil, errors.New("canned stories cannot be changed")
}

func (d *fakeDesk) Move(context.Context, alerting.Regroup) (alerting.Story, error) {
	return alerting.Story{}, errors.New("canned stories cannot be changed")
}

func (d *fakeDesk) Rings(context.Context, int) ([]alerting.Event, error) { return d.events, nil }

func (d *fakeDesk) Audit(context.Context, string, int64, int) ([]alerting.AuditEntry, error) {
	return nil, nil
}

// fakeArchive answers every query with the same hit, and the query "boom" with a failure.
type fakeArchive struct{}

func (fakeArchive) Search(_ context.Context, r index.Request) (index.Result, error) {
	if r.Query == "boom" {
		return index.Result{}, errors.New("secret internals")
	}
	if _, err := query.Parse(r.Query); err != nil {
		return index.Result{}, err
	}
	verdict := &article.Verdict{Rings: true, Claims: []article.ClaimMatch{
		{ID: "dam", Rings: true, Stance: article.Carries, Severity: article.Critical, StatementVI: "Đập đã vỡ", StatementEN: "A dam has burst"},
		{ID: "flood", Stance: article.Carries, Silent: "score", StatementVI: "Lũ về", StatementEN: "Floods"},
	}}
	doc := article.Article{Verdict: verdict, ID: "a1", Title: "Tin vỡ đập " + hostile, Text: "Sáng nay vỡ đập ở đầu nguồn.", URL: "javascript:alert(1)", Outlet: "Báo Thử", Published: now}
	return index.Result{Total: 1, Took: time.Millisecond, Next: "next-page", Hits: []index.Hit{{
		Article:    doc,
		Highlights: []index.Highlight{{Field: article.Title, Start: 4, End: 15}, {Field: article.Text, Start: 10, End: 21}},
		Snippet:    index.Snippet{Field: article.Text, Start: 0, End: len(doc.Text)},
	}}}, nil
}

func (fakeArchive) Get(context.Context, string) (article.Article, error) {
	return article.Article{}, index.ErrNotFound
}

func (fakeArchive) Suggest(_ context.Context, query string) (string, error) {
	return strings.Trim(query, "()"), nil
}
func (fakeArchive) History(context.Context, string) ([]article.Article, error) { return nil, nil }
func (fakeArchive) Count(context.Context) (int, error)                         { return 1234, nil }

func detail(id string) alerting.StoryDetail {
	story := alerting.Story{
		ID: id, ClaimID: "dam-burst", StatementVI: "Đập ở thượng nguồn đã vỡ", StatementEN: "A dam upstream has burst", Field: "disaster-epidemic",
		Severity: article.Critical, Pattern: true, Verdict: "undetermined", State: alerting.StateNew, FirstSeen: now.Add(-3 * time.Hour),
		FirstOutlet: "Báo Thử", FirstTitle: "Tin " + hostile, FirstURL: "https://bao.vn/a", Articles: 2, Copies: 1, Outlets: 1, Seq: 5,
		RangAt: now.Add(-3 * time.Hour), Places: []string{"son-la"},
	}
	text := "Vỡ đập trong đêm " + hostile
	return alerting.StoryDetail{
		Story: story,
		Alerts: []alerting.Alert{{
			ClaimID: "dam-burst", ArticleID: "a1", Role: alerting.RoleCarries, Stance: article.Carries, Score: 70, URL: "https://bao.vn/a", Outlet: "Báo Thử",
			Title: "Tin " + hostile, Published: now, FirstSeen: now, Edits: 1, Parts: []article.Part{{Clause: "burst", Points: 50}, {Clause: "signal:unsourced", Points: 30}, {Clause: "buried", Points: -10}},
			Snippets: []alerting.Snippet{{Field: article.Text, Text: text, Marks: []alerting.Mark{{Start: 0, End: len("Vỡ đập"), Clause: "burst"}}}},
		}, {
			ArticleID: "a2", Role: alerting.RoleAnswers, Stance: article.Denies, URL: "javascript:alert(1)", Outlet: "Báo Khác", Title: "Bác tin vỡ đập", FirstSeen: now,
			Snippets: []alerting.Snippet{{Field: article.Title, Text: "Bác tin vỡ đập", Marks: []alerting.Mark{{Start: 0, End: len("Bác"), Clause: "stance:denies"}}}},
		}},
		Events:     []alerting.Event{{Seq: 5, At: now, Kind: alerting.KindOpened, Rings: true, StoryID: id, ArticleID: "a1"}},
		Deliveries: []alerting.Delivery{{Receiver: "desk", Change: alerting.KindOpened, State: alerting.DeliveryFailed, LastError: hostile}},
	}
}

// newServer is a server over a desk of canned stories.
func newServer(t *testing.T, desk Desk) *Server {
	t.Helper()
	s, err := New(DefaultConfig(), Deps{
		Archive: fakeArchive{}, Desk: desk, Coverage: fakeCoverage{}, Now: func() time.Time { return now }, Version: "test",
		Sources: func(context.Context) ([]crawler.SourceHealth, error) {
			return []crawler.SourceHealth{{Name: "Tốt", State: crawler.StateOK, LastItem: now}, {Name: "Nguồn " + hostile, State: crawler.StateFailing, Failures: 3, Reason: crawler.ReasonTimeout, LastError: hostile}}, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func newSite(t *testing.T) (*httptest.Server, *fakeDesk) {
	t.Helper()
	desk := &fakeDesk{stories: []alerting.StoryDetail{detail("s1")}, wake: make(chan struct{}, 1)}
	srv := httptest.NewServer(newServer(t, desk).Handler())
	t.Cleanup(srv.Close)
	return srv, desk
}

// get asks for a page in a language and returns status, headers and body.
func get(t *testing.T, srv *httptest.Server, path, lang string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if lang != "" {
		req.AddCookie(&http.Cookie{Name: languageCookie, Value: lang})
	}
	res, err := srv.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(body)
}

// TestPagesAndTemplatesAreTheSame: every page that a handler shows has a template, and every template is shown.
func TestPagesAndTemplatesAreTheSame(t *testing.T) {
	call := regexp.MustCompile(`\.show\(w, r, [\w.]+, "(\w+)", page\{`)
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var shown []string
	for _, name := range files {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		found := call.FindAllSubmatch(source, -1)
		for _, m := range found {
			shown = append(shown, string(m[1]))
		}
		if n := strings.Count(string(source), "s.show("); n != len(found) && !strings.HasSuffix(name, "_test.go") {
			t.Errorf("%s shows %d pages, of which this test can read %d", name, n, len(found))
		}
	}
	slices.Sort(shown)
	have := slices.Sorted(maps.Keys(newServer(t, &fakeDesk{}).pages))
	if shown = slices.Compact(shown); !slices.Equal(shown, have) {
		t.Errorf("handlers show %q, templates are %q", shown, have)
	}
}

func TestEveryPageRendersInBothLanguages(t *testing.T) {
	srv, _ := newSite(t)
	tests := []struct {
		path   string
		status int
		vi, en string
	}{
		{"/", 200, "Bàn trực tin", "Live desk"},
		{"/stories/s1", 200, "Đập ở thượng nguồn đã vỡ", "A dam upstream has burst"},
		{"/stories/none", 404, "Không có trang này", "There is no such page"},
		{"/search", 200, "Tìm trong kho", "Search the archive"},
		{"/search?q=v%E1%BB%A1+%C4%91%E1%BA%ADp", 200, "1 bài · 1,0 ms", "1 article · 1.0 ms"},
		{"/search?q=boom", 500, "Đã xảy ra lỗi", "Something went wrong"},
		{"/search?sort=wrong", 400, "relevance, fresh, seen or published", "relevance, fresh, seen or published"},
		{"/sources", 200, "Nguồn tin", "Sources"},
		{"/nowhere", 404, "Không có trang này", "There is no such page"},
	}
	for _, tt := range tests {
		for lang, want := range map[string]string{"vi": tt.vi, "en": tt.en} {
			res, body := get(t, srv, tt.path, lang)
			if res.StatusCode != tt.status || !strings.Contains(body, want) {
				t.Errorf("GET %s (%s): status %d, want %d with %q in\n%s", tt.path, lang, res.StatusCode, tt.status, want, body)
			}
			if strings.Contains(body, "⟨") {
				t.Errorf("GET %s (%s) shows a sentence that does not exist: %s", tt.path, lang, regexp.MustCompile(`⟨[^⟩]*⟩`).FindString(body))
			}
			if strings.Contains(body, "<script>") || strings.Contains(body, "<img src=x") || strings.Contains(body, `href="javascript`) {
				t.Errorf("GET %s (%s): what an outlet wrote is live markup:\n%s", tt.path, lang, body)
			}
			if strings.Contains(body, "secret internals") {
				t.Errorf("GET %s shows an internal error", tt.path)
			}
			if csp := res.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || res.Header.Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("GET %s has weak headers: %v", tt.path, res.Header)
			}
		}
	}
}

func TestStoryMarksTheWordsAndAddsUp(t *testing.T) {
	srv, _ := newSite(t)
	for lang, wants := range map[string][]string{
		"vi": {"Vỡ đập, vỡ đê", "Không nêu rõ nguồn", "Chưa kiểm chứng", "đưa tin như thật", "bác bỏ", "Lập trường: bác bỏ", "Chuông reo vì bài này nêu nội dung trên: 70/100"},
		"en": {"Dam or dyke burst", "No named source", "Unverified", "carries the claim", "Stance: denies it", "70 of 100 points"},
	} {
		_, body := get(t, srv, "/stories/s1", lang)
		for _, want := range append(wants, `<mark class="m-claim">Vỡ đập</mark>`, `<mark class="m-stance">Bác</mark>`, "&#43;50", "&#43;30", "−10", `<td class="num">70</td>`, "Son La") {
			if !strings.Contains(body, want) {
				t.Errorf("story page (%s) has no %q", lang, want)
			}
		}
	}
}

func TestSearchMarksHits(t *testing.T) {
	srv, _ := newSite(t)
	_, body := get(t, srv, "/search?q=x", "vi")
	if !strings.Contains(body, `<mark class="m-hit">vỡ đập</mark>`) || !strings.Contains(body, "after=next-page") {
		t.Errorf("hits are not marked or there is no next page:\n%s", body)
	}
	for _, want := range []string{"Khẩn cấp", "đưa tin như thật", "Đập đã vỡ", "không báo: chưa đủ điểm"} {
		if !strings.Contains(body, want) {
			t.Errorf("hit does not say %q", want)
		}
	}
}

func TestSearchPointsAtTheMistake(t *testing.T) {
	srv, _ := newSite(t)
	res, body := get(t, srv, "/search?q=v%E1%BB%A1+AND+%28", "vi")
	if res.StatusCode != 400 || !strings.Contains(body, "Câu tìm chưa đúng") || !strings.Contains(body, "vỡ AND <span>(</span>") {
		t.Errorf("status %d, and the mistake is not pointed at:\n%s", res.StatusCode, body)
	}
}

func TestAssetsAreKeptForEverUnderTheirHash(t *testing.T) {
	srv, _ := newSite(t)
	_, page := get(t, srv, "/", "")
	for _, address := range regexp.MustCompile(`/static/[^"]+`).FindAllString(page, -1) {
		res, body := get(t, srv, address, "")
		if res.StatusCode != 200 || len(body) == 0 || !strings.Contains(res.Header.Get("Cache-Control"), "immutable") || res.Header.Get("Content-Type") == "" {
			t.Errorf("GET %s: %d %v", address, res.StatusCode, res.Header)
		}
	}
	for _, address := range []string{"/static/haidang.css", "/static/haidang.00000000.css", "/static/", "/static/../web.go"} {
		if res, _ := get(t, srv, address, ""); res.StatusCode != 404 {
			t.Errorf("GET %s: %d, want 404: an old name must not show new content", address, res.StatusCode)
		}
	}
}

func TestAPISearchAnswersJSON(t *testing.T) {
	srv, _ := newSite(t)
	res, body := get(t, srv, "/api/search?q=x", "")
	var out struct {
		Total int               `json:"total"`
		Hits  []json.RawMessage `json:"hits"`
	}
	if err := json.Unmarshal([]byte(body), &out); err != nil || out.Total != 1 || len(out.Hits) != 1 {
		t.Errorf("/api/search: %v, status %d: %s", err, res.StatusCode, body)
	}
	res, body = get(t, srv, "/api/search?limit=x", "")
	if res.StatusCode != 400 || !strings.Contains(body, `"error"`) {
		t.Errorf("wrong limit: status %d: %s", res.StatusCode, body)
	}
	_, body = get(t, srv, "/api/status", "")
	if !strings.Contains(body, `"articles":1234`) {
		t.Errorf("/api/status: %s", body)
	}
}

func TestSourcesInTroubleComeFirst(t *testing.T) {
	srv, _ := newSite(t)
	_, body := get(t, srv, "/sources", "vi")
	if strings.Index(body, "Nguồn &lt;script&gt;") > strings.Index(body, "Tốt</bdi>") || !strings.Contains(body, "1 đang lỗi") || !strings.Contains(body, crawler.ReasonTimeout.Words("vi")) {
		t.Errorf("a failing source is not first, not counted or not explained:\n%s", body)
	}
}

func TestForeignNamesAreRefused(t *testing.T) {
	srv, _ := newSite(t)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = "evil.example"
	res, err := srv.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusMisdirectedRequest {
		t.Errorf("a foreign Host got status %d, want 421", res.StatusCode)
	}
}

func TestLanguageChoice(t *testing.T) {
	srv, _ := newSite(t)
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	post := func(origin, language, back string) *http.Response {
		t.Helper()
		form := url.Values{"language": {language}, "back": {back}}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, srv.URL+"/language", strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Sec-Fetch-Site", origin)
		res, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		return res
	}
	res := post("same-origin", "en", "/search?q=a")
	if res.StatusCode != 303 || res.Header.Get("Location") != "/search?q=a" || !strings.Contains(res.Header.Get("Set-Cookie"), "en") {
		t.Errorf("choosing English: %d %v", res.StatusCode, res.Header)
	}
	for _, back := range []string{"//evil.example", "https://evil.example", `/\evil.example`} {
		if res := post("same-origin", "en", back); res.Header.Get("Location") != "/" {
			t.Errorf("back=%q leads to %q", back, res.Header.Get("Location"))
		}
	}
	if res := post("cross-site", "en", "/"); res.StatusCode != 403 {
		t.Errorf("a post from another site got %d, want 403", res.StatusCode)
	}
	if res := post("same-origin", "fr", "/"); res.StatusCode != 400 {
		t.Errorf("an unknown language got %d, want 400", res.StatusCode)
	}
}

func TestConfigRefusesOtherAddresses(t *testing.T) {
	for _, listen := range []string{"0.0.0.0:80", ":80", "192.168.1.2:80", "example.org:80", "127.0.0.1"} {
		if err := (Config{Listen: listen, Language: "vi"}).Validate(); err == nil {
			t.Errorf("web.listen %q is accepted without sign-in", listen)
		}
	}
	for _, listen := range []string{"127.0.0.1:0", "localhost:8420", "[::1]:8420"} {
		if err := (Config{Listen: listen, Language: "en"}).Validate(); err != nil {
			t.Errorf("web.listen %q: %v", listen, err)
		}
	}
}

func TestSentencesExistInBothLanguages(t *testing.T) {
	all := maps.Clone(sentences)
	maps.Copy(all, coverageSentences)
	if len(all) != len(sentences)+len(coverageSentences) {
		t.Error("a sentence stands in both lists")
	}
	for key, pair := range all {
		if pair[1] == "" || (pair[0] == "" && !strings.HasSuffix(key, ".one")) {
			t.Errorf("sentence %q is missing in a language: %q", key, pair)
		}
		if pair[0] != "" && strings.Count(pair[0], "%") != strings.Count(pair[1], "%") {
			t.Errorf("sentence %q takes different values in its two languages: %q", key, pair)
		}
	}
}
