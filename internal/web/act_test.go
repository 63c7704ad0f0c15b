package web

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"

	"haidang/alerting"
	"haidang/alerting/digest"
	"haidang/internal/article"
	"haidang/internal/store"
	"haidang/internal/store/storetest"
	"haidang/internal/users"
)

func TestMain(m *testing.M) { storetest.Main(m) }

const rightPassword = "đèn biển sáng"

// office is the pages over a real desk, with two officers and a lead.
type office struct {
	t    *testing.T
	desk *alerting.Desk
	db   *store.DB
	mail *digest.Digest
	site http.Handler
}

func newOffice(t *testing.T, change func(*Config, *Deps)) *office {
	t.Helper()
	db := storetest.Open(t, t.TempDir())
	cfg := alerting.DefaultConfig()
	cfg.People = []alerting.Person{{ID: "lan", Name: "Lan Anh"}, {ID: "minh", Name: "Minh " + hostile}, {ID: "thu", Name: "Chị Thu", Lead: true}}
	clock := func() time.Time { return now }
	desk, err := alerting.New(cfg, alerting.Deps{DB: db, Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	known, err := users.New(db, clock, bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"lan", "thu"} {
		if err := known.SetPassword(t.Context(), id, rightPassword); err != nil {
			t.Fatal(err)
		}
	}
	web, deps := DefaultConfig(), Deps{
		Archive: fakeArchive{}, Desk: desk, Outbox: desk, Silences: desk, Mentions: desk, Users: known, People: cfg.People, Now: clock, Version: "test",
		OnDuty: func(time.Time) []alerting.Person { return cfg.People[2:] },
	}
	web.Language = "en"
	addReports(t, &deps, db, desk)
	if change != nil {
		change(&web, &deps)
	}
	s, err := New(web, deps)
	if err != nil {
		t.Fatal(err)
	}
	return &office{t, desk, db, deps.Digests.(*digest.Digest), s.Handler()}
}

// rumour makes stories ring, each of a claim of its own.
func (o *office) rumour(claims ...string) (ids []string) {
	o.t.Helper()
	for _, claim := range claims {
		for i := range 2 {
			at := now.Add(time.Duration(i-60) * time.Minute)
			a := article.Article{
				ID: claim + strconv.Itoa(i), URL: "https://" + claim + ".vn/" + strconv.Itoa(i), Outlet: "Báo " + strconv.Itoa(i), Language: "vi",
				Title: "Tin " + claim, Text: strings.Repeat(claim+" "+strconv.Itoa(i)+" kể khác. ", 9), Published: at, FirstSeen: at, Origin: article.Live,
			}
			m := article.ClaimMatch{ID: claim, Version: 1, Stance: article.Carries, Score: 70, Rings: true, Field: "health", Severity: article.High, StatementVI: "Tin " + claim, StatementEN: "Claim " + claim}
			a.Verdict = &article.Verdict{Rings: true, AboutVietnam: true, Score: 70, Severity: article.High, Claims: []article.ClaimMatch{m}}
			a.Revise()
			if err := o.desk.Handle(context.Background(), []article.Article{a}); err != nil {
				o.t.Fatal(err)
			}
		}
		stories, err := o.desk.Stories(o.t.Context(), alerting.Filter{ClaimID: claim})
		if err != nil || len(stories) != 1 {
			o.t.Fatalf("%d stories of %s, %v", len(stories), claim, err)
		}
		ids = append(ids, stories[0].ID)
	}
	return ids
}

func (o *office) story(id string) alerting.Story {
	o.t.Helper()
	d, err := o.desk.Story(o.t.Context(), id)
	if err != nil {
		o.t.Fatal(err)
	}
	return d.Story
}

// ask sends a request as a browser of this site would.
func (o *office) ask(method, path, session string, form url.Values) *httptest.ResponseRecorder {
	o.t.Helper()
	r := httptest.NewRequest(method, "http://localhost"+path, strings.NewReader(form.Encode()))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	if session != "" {
		r.AddCookie(&http.Cookie{Name: sessionCookie, Value: session})
	}
	w := httptest.NewRecorder()
	o.site.ServeHTTP(w, r)
	return w
}

// signIn returns the session of somebody.
func (o *office) signIn(id string) string {
	o.t.Helper()
	w := o.ask("POST", "/sign-in", "", url.Values{"id": {id}, "password": {rightPassword}, "back": {"/stories/x"}})
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/stories/x" {
		o.t.Fatalf("sign in: %d to %q", w.Code, w.Header().Get("Location"))
	}
	c := w.Result().Cookies()[0]
	if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Secure {
		o.t.Errorf("the session's cookie is %+v, want HttpOnly, Lax and, on this machine, not Secure", c)
	}
	return c.Value
}

func versionOf(t *testing.T, page string) string {
	t.Helper()
	m := regexp.MustCompile(`name="version" value="(\d+)"`).FindStringSubmatch(page)
	if m == nil {
		t.Fatalf("no form on the page:\n%s", page)
	}
	return m[1]
}

func TestOfficerActsOnAStory(t *testing.T) {
	o := newOffice(t, nil)
	id := o.rumour("flu")[0]
	page := o.ask("GET", "/stories/"+id, "", nil).Body.String()
	if strings.Contains(page, `value="acknowledge"`) || !strings.Contains(page, "Sign in to act") {
		t.Error("a stranger is offered an action, or not told to sign in")
	}
	if w := o.ask("POST", "/stories/"+id+"/act", "", url.Values{"action": {"acknowledge"}, "version": {"0"}}); w.Code != http.StatusUnauthorized {
		t.Errorf("a stranger's action = %d, want 401", w.Code)
	}
	lan := o.signIn("lan")
	page = o.ask("GET", "/stories/"+id, lan, nil).Body.String()
	version := versionOf(t, page)
	for _, want := range []string{`value="acknowledge"`, `value="close"`, "Lan Anh", "&lt;script&gt;"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(page, "<script>alert") || strings.Contains(page, `value="reopen"`) {
		t.Error("the page holds markup of a name, or offers to reopen what is open")
	}
	form := url.Values{"action": {"acknowledge"}, "version": {version}, "actor": {"thu"}, "Actor": {"thu"}}
	if w := o.ask("POST", "/stories/"+id+"/act", lan, form); w.Code != http.StatusSeeOther {
		t.Fatalf("acknowledge = %d:\n%s", w.Code, w.Body)
	}
	if s := o.story(id); s.State != alerting.StateAcknowledged || s.Owner != "lan" {
		t.Errorf("state %s of %q, want acknowledged by lan", s.State, s.Owner)
	}
	// The same page again: somebody was faster.
	form = url.Values{"action": {"close"}, "version": {version}, "outcome": {"misleading"}, "note": {"đã gọi Sở Y tế"}}
	w := o.ask("POST", "/stories/"+id+"/act", lan, form)
	page = w.Body.String()
	if w.Code != http.StatusConflict || !strings.Contains(page, "somebody else has just changed it") || !strings.Contains(page, "đã gọi Sở Y tế") {
		t.Errorf("an action on an old page = %d, want 409 with the reason and the note that was written", w.Code)
	}
	form.Set("version", versionOf(t, page))
	form.Set("outcome", "off_topic")
	if w = o.ask("POST", "/stories/"+id+"/act", lan, form); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "needs a reason") {
		t.Errorf("noise without a reason = %d, want 409 and why", w.Code)
	}
	form.Set("noise", "rule_too_broad")
	if w = o.ask("POST", "/stories/"+id+"/act", lan, form); w.Code != http.StatusSeeOther {
		t.Fatalf("close = %d:\n%s", w.Code, w.Body)
	}
	page = o.ask("GET", "/stories/"+id, lan, nil).Body.String()
	for _, want := range []string{"Who did what", "Acknowledge", "New → Acknowledged", "Off topic", "Rule too broad", "đã gọi Sở Y tế", `value="reopen"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page of the closed story lacks %q", want)
		}
	}
	if n, err := o.desk.VerifyAudit(t.Context()); err != nil || n != 2 {
		t.Errorf("the audit trail has %d entries, %v; want 2 sound ones", n, err)
	}
}

func TestDeskActsOnSeveral(t *testing.T) {
	o := newOffice(t, nil)
	ids := o.rumour("flu", "dam", "bank")
	lan := o.signIn("lan")
	page := o.ask("GET", "/", lan, nil).Body.String()
	ticks := regexp.MustCompile(`name="story" value="([^"]+)"`).FindAllStringSubmatch(page, -1)
	if len(ticks) != 3 || !strings.Contains(page, "On duty:") || !strings.Contains(page, "Chị Thu") {
		t.Fatalf("%d lines can be ticked, want 3 and who is on duty:\n%s", len(ticks), page)
	}
	var all []string
	for _, m := range ticks {
		all = append(all, m[1])
	}
	if w := o.ask("POST", "/act", lan, url.Values{"action": {"acknowledge"}}); w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "No story is ticked") {
		t.Errorf("nothing ticked = %d", w.Code)
	}
	if w := o.ask("POST", "/act", lan, url.Values{"action": {"acknowledge"}, "story": all[:2], "show": {"mine"}}); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/?show=mine" {
		t.Fatalf("two at once = %d to %q:\n%s", w.Code, w.Header().Get("Location"), w.Body)
	}
	// One of three is as it was ticked; the others have changed since.
	w := o.ask("POST", "/act", lan, url.Values{"action": {"close"}, "outcome": {"confirmed_false"}, "story": all})
	if page = w.Body.String(); w.Code != http.StatusConflict || !strings.Contains(page, "1 done; 2 refused:") || !strings.Contains(page, "2: somebody else has just changed it") {
		t.Errorf("three, of which two have changed = %d:\n%s", w.Code, page)
	}
	for show, want := range map[string]int{"": 2, "mine": 2, "all": 3, "nonsense": 2} {
		page := o.ask("GET", "/?show="+show, lan, nil).Body.String()
		if got := strings.Count(page, `<li class="row `); got != want {
			t.Errorf("the desk with show=%q has %d rows, want %d", show, got, want)
		}
	}
	if page := o.ask("GET", "/", "", nil).Body.String(); strings.Contains(page, `class="tick"`) || strings.Contains(page, "bulk-box") {
		t.Error("a stranger can tick lines")
	}
	_ = ids
}

func TestOfficerMergesAndSplits(t *testing.T) {
	o := newOffice(t, nil)
	ids := o.rumour("flu", "dam")
	lan := o.signIn("lan")
	v := func(id string) string { return versionOf(t, o.ask("GET", "/stories/"+id, lan, nil).Body.String()) }
	merge := url.Values{"action": {"merge"}, "version": {v(ids[0])}, "into": {"http://localhost:8420/stories/" + ids[1] + "?x#actions"}}
	if w := o.ask("POST", "/stories/"+ids[0]+"/act", lan, merge); w.Code != http.StatusSeeOther {
		t.Fatalf("merge = %d:\n%s", w.Code, w.Body)
	}
	if s := o.story(ids[1]); s.Articles != 4 {
		t.Errorf("the story that took the other in has %d articles, want 4", s.Articles)
	}
	if page := o.ask("GET", "/stories/"+ids[0], lan, nil).Body.String(); !strings.Contains(page, `href="/stories/`+ids[1]+`"`) || !strings.Contains(page, `value="unmerge"`) {
		t.Error("the merged story does not lead to the other one, or cannot be taken out again")
	}
	move := url.Values{"version": {v(ids[1])}, "article": {"flu0"}, "note": {"chuyện khác"}}
	w := o.ask("POST", "/stories/"+ids[1]+"/move", lan, move)
	if w.Code != http.StatusSeeOther {
		t.Fatalf("split = %d:\n%s", w.Code, w.Body)
	}
	fresh := strings.TrimPrefix(w.Header().Get("Location"), "/stories/")
	if s := o.story(fresh); fresh == ids[1] || s.Articles != 1 {
		t.Errorf("split off story %s with %d articles, want a new one with 1", fresh, s.Articles)
	}
	if w := o.ask("POST", "/stories/"+ids[1]+"/move", lan, move); w.Code != http.StatusConflict {
		t.Errorf("the same split again = %d, want 409", w.Code)
	}
}

func TestSignInRefuses(t *testing.T) {
	o := newOffice(t, nil)
	for _, form := range []url.Values{{"id": {"lan"}, "password": {"x"}}, {"id": {"minh"}, "password": {rightPassword}}, {"id": {"nobody"}, "password": {rightPassword}}, {}} {
		w := o.ask("POST", "/sign-in", "", form)
		if w.Code != http.StatusUnauthorized || !strings.Contains(w.Body.String(), "is wrong") || len(w.Result().Cookies()) != 0 {
			t.Errorf("sign in with %v = %d, want 401 and one sentence for all", form, w.Code)
		}
	}
	for range 6 {
		o.ask("POST", "/sign-in", "", url.Values{"id": {"lan"}, "password": {"guess"}})
	}
	if w := o.ask("POST", "/sign-in", "", url.Values{"id": {"lan"}, "password": {rightPassword}}); w.Code != http.StatusTooManyRequests {
		t.Errorf("after many wrong passwords = %d, want 429", w.Code)
	}
	for _, back := range []string{"https://evil.vn/", "//evil.vn", "/\\evil.vn", "x"} {
		if page := o.ask("GET", "/sign-in?back="+url.QueryEscape(back), "", nil).Body.String(); !strings.Contains(page, `name="back" value="/"`) {
			t.Errorf("sign-in would go on to %q", back)
		}
	}
	r := httptest.NewRequest("POST", "http://localhost/act", strings.NewReader("action=close"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	w := httptest.NewRecorder()
	o.site.ServeHTTP(w, r)
	if w.Code != http.StatusForbidden {
		t.Errorf("a form of another site = %d, want 403", w.Code)
	}
}

func TestSignOutEndsTheSession(t *testing.T) {
	o := newOffice(t, nil)
	lan := o.signIn("lan")
	if page := o.ask("GET", "/", lan, nil).Body.String(); !strings.Contains(page, "Lan Anh") {
		t.Error("the page does not say who is signed in")
	}
	o.ask("POST", "/sign-out", lan, nil)
	if w := o.ask("POST", "/act", lan, url.Values{"action": {"close"}}); w.Code != http.StatusUnauthorized {
		t.Errorf("an action after signing out = %d, want 401", w.Code)
	}
}

// TestPagesForOtherMachinesNeedSignIn: under its own names behind a proxy nothing is shown to strangers.
func TestPagesForOtherMachinesNeedSignIn(t *testing.T) {
	o := newOffice(t, func(c *Config, _ *Deps) { c.Hosts = []string{"desk.example.vn"} })
	get := func(host, path string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("GET", "http://"+host+path, nil)
		w := httptest.NewRecorder()
		o.site.ServeHTTP(w, r)
		return w
	}
	for path, want := range map[string]int{"/": 303, "/stories/x": 303, "/search": 303, "/events": 303, "/api/search?q=a": 401, "/sign-in": 200, "/healthz": 200} {
		if w := get("desk.example.vn", path); w.Code != want {
			t.Errorf("GET %s by a stranger = %d, want %d", path, w.Code, want)
		}
	}
	if w := get("evil.example.vn", "/"); w.Code != http.StatusMisdirectedRequest {
		t.Errorf("a foreign name = %d, want 421", w.Code)
	}
	w := o.ask("POST", "/sign-in", "", url.Values{"id": {"lan"}, "password": {rightPassword}})
	if c := w.Result().Cookies(); len(c) != 1 || !c[0].Secure {
		t.Errorf("the cookie behind a proxy is %v, want a secure one", c)
	}
	if _, err := New(Config{Listen: "0.0.0.0:80", Language: "vi", Hosts: []string{"desk.example.vn"}}, Deps{}); err == nil {
		t.Error("pages for other machines without people are served")
	}
}

// TestSoloDeskActsWithoutSignIn: a desk that names nobody is one person's, on this machine.
func TestSoloDeskActsWithoutSignIn(t *testing.T) {
	o := newOffice(t, func(_ *Config, d *Deps) { d.People, d.Users = nil, nil })
	id := o.rumour("flu")[0]
	version := versionOf(t, o.ask("GET", "/stories/"+id, "", nil).Body.String())
	if w := o.ask("POST", "/stories/"+id+"/act", "", url.Values{"action": {"review"}, "version": {version}}); w.Code != http.StatusSeeOther {
		t.Fatalf("review = %d:\n%s", w.Code, w.Body)
	}
	if s := o.story(id); s.State != alerting.StateInReview || s.Owner != soloActor {
		t.Errorf("state %s of %q, want in_review by the desk", s.State, s.Owner)
	}
	if w := o.ask("GET", "/sign-in", "", nil); w.Code != http.StatusSeeOther {
		t.Errorf("the sign-in page of a desk without people = %d, want the desk", w.Code)
	}
}

func TestEveryActionAndOutcomeHasWords(t *testing.T) {
	var keys []string
	for _, a := range append(alerting.Actions(), alerting.Split, alerting.MoveHere) {
		keys = append(keys, "action."+string(a))
	}
	for _, v := range alerting.Outcomes() {
		keys = append(keys, "outcome."+string(v))
	}
	for _, v := range alerting.Noises() {
		keys = append(keys, "noise."+string(v))
	}
	for _, v := range []alerting.Material{alerting.TopSource, alerting.SourcesDoubled, alerting.NewFigure, alerting.NewLanguage, alerting.OfficialResponse, alerting.HeadlineEdited} {
		keys = append(keys, "material."+string(v))
	}
	for _, s := range snoozes(now) {
		keys = append(keys, "snooze."+s.Value)
		if !s.Until.After(now) || s.Until.Sub(now) > 7*24*time.Hour {
			t.Errorf("snooze %s until %s is no time that the desk takes", s.Value, s.Until)
		}
	}
	for _, key := range keys {
		if _, ok := sentences[key]; !ok {
			t.Errorf("no sentence for %q", key)
		}
	}
}
