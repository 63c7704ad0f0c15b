package web

import (
	"encoding/csv"
	"html"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"haidang/alerting"
	"haidang/alerting/digest"
	"haidang/alerting/feedback"
	"haidang/alerting/response"
	"haidang/classifier"
	"haidang/internal/drafts"
	"haidang/internal/store"
)

// shippedRules are read once: that takes a while.
var shippedRules = sync.OnceValue(func() *classifier.Classifier {
	rules, err := classifier.Load(os.DirFS("../../configs"))
	if err != nil {
		panic(err)
	}
	return rules
})

// addReports gives pages what looks back, over a real desk.
func addReports(t testing.TB, deps *Deps, db *store.DB, desk *alerting.Desk) {
	t.Helper()
	var err error
	if deps.Feedback, err = feedback.New(db, deps.Now); err != nil {
		t.Fatal(err)
	}
	if deps.Response, err = response.New(db, deps.Now); err != nil {
		t.Fatal(err)
	}
	cfg := digest.DefaultConfig()
	cfg.Lists = append(cfg.Lists, digest.List{Name: "partners", Language: "en"})
	if deps.Digests, err = digest.New(cfg, digest.Deps{DB: db, Stories: desk, Now: deps.Now}); err != nil {
		t.Fatal(err)
	}
	deps.Drafts = drafts.New(filepath.Join(t.TempDir(), "rules-draft"), os.DirFS("../../configs"), shippedRules)
}

// noise closes a story as noise.
func (o *office) noise(session, id string) {
	o.t.Helper()
	version := versionOf(o.t, o.ask("GET", "/stories/"+id, session, nil).Body.String())
	w := o.ask("POST", "/stories/"+id+"/act", session, url.Values{"action": {"close"}, "version": {version}, "outcome": {"off_topic"}, "noise": {"rule_too_broad"}})
	if w.Code != http.StatusSeeOther {
		o.t.Fatalf("close as noise = %d:\n%s", w.Code, w.Body)
	}
}

func TestOutcomesShowOnTheRulesPages(t *testing.T) {
	o := newOffice(t, nil)
	id := o.rumour("flu")[0]
	lan := o.signIn("lan")
	if page := o.ask("GET", "/rules", lan, nil).Body.String(); !strings.Contains(page, "not judged yet") || !strings.Contains(page, "No rule needs mending") {
		t.Errorf("before any outcome:\n%s", page)
	}
	o.noise(lan, id)
	for path, wants := range map[string][]string{
		"/rules":     {"0 of 1 right", "Rule too broad (1)", "Báo 0", "95% interval: 0 to 80%"},
		"/rules/flu": {"0 of 1 right", "Off topic: Rule too broad", "/stories/" + id, "Add a required clause"},
		"/api/rules": {`"claim":"flu"`, `"rang":1`, `"noise_by_reason":{"rule_too_broad":1}`, `"outlet":"Báo 0"`},
	} {
		w := o.ask("GET", path, lan, nil)
		for _, want := range wants {
			if !strings.Contains(w.Body.String(), want) {
				t.Errorf("GET %s = %d lacks %q:\n%s", path, w.Code, want, w.Body)
			}
		}
	}
	if w := o.ask("GET", "/rules/nothing", lan, nil); w.Code != http.StatusNotFound {
		t.Errorf("a rule that does not exist = %d", w.Code)
	}
}

func TestAStoryClosedAsNoiseOffersACounterExample(t *testing.T) {
	o := newOffice(t, nil)
	ids := o.rumour("scam-prize", "flu")
	lan := o.signIn("lan")
	const offer = "Add as counter-example"
	if page := o.ask("GET", "/stories/"+ids[0], lan, nil).Body.String(); strings.Contains(page, offer) {
		t.Error("an open story offers a counter-example")
	}
	form := url.Values{"article": {"scam-prize0"}, "group": {"no_match"}}
	if w := o.ask("POST", "/stories/"+ids[0]+"/counter-example", lan, form); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "close the story as noise") {
		t.Errorf("from an open story = %d", w.Code)
	}
	o.noise(lan, ids[0])
	o.noise(lan, ids[1])
	if page := o.ask("GET", "/stories/"+ids[0], lan, nil).Body.String(); !strings.Contains(page, offer) {
		t.Errorf("a story closed as noise does not offer one:\n%s", page)
	}
	if page := o.ask("GET", "/stories/"+ids[0], "", nil).Body.String(); strings.Contains(page, offer) {
		t.Error("a stranger is offered one")
	}
	if w := o.ask("POST", "/stories/"+ids[0]+"/counter-example", "", form); w.Code != http.StatusUnauthorized {
		t.Errorf("by a stranger = %d", w.Code)
	}
	if w := o.ask("POST", "/stories/"+ids[0]+"/counter-example", lan, form); w.Code != http.StatusSeeOther {
		t.Fatalf("by an officer = %d:\n%s", w.Code, w.Body)
	}
	for path, want := range map[string]string{"/stories/" + ids[0]: "claims/scam-links.yaml:", "/rules": "1 counter-example waits in the draft", "/rules/scam-prize": "1 counter-example waits"} {
		if page := o.ask("GET", path, lan, nil).Body.String(); !strings.Contains(page, want) {
			t.Errorf("%s lacks %q:\n%s", path, want, page)
		}
	}
	for id, want := range map[string]string{ids[0]: "the draft has this counter-example already", ids[1]: "do not have this claim"} {
		if w := o.ask("POST", "/stories/"+id+"/counter-example", lan, url.Values{"group": {"no_match"}}); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), want) {
			t.Errorf("again or of a rule that is gone = %d, want 409 and %q:\n%s", w.Code, want, w.Body)
		}
	}
}

func TestTheMeasuredResponseIsAPageATableAndAnAPI(t *testing.T) {
	o := newOffice(t, nil)
	lan := o.signIn("lan")
	if page := o.ask("GET", "/response", lan, nil).Body.String(); !strings.Contains(page, "No story has rung") {
		t.Errorf("an empty desk:\n%s", page)
	}
	o.noise(lan, o.rumour("flu", "dam")[0])
	for path, wants := range map[string][]string{
		"/response":          {"11/2026", "1 h 00 min", "noise"},
		"/response?by=field": {"Health", "/response.csv?by=field"},
		"/response?by=place&from=2026-11&to=2026-11": {"No place named", "from=2026-11"},
		"/response?from=2027-01":                     {"No story has rung"},
		"/api/response?by=field":                     {`"by":"field"`, `"key":"health"`, `"stories":2`, `"median_seconds":3600`},
	} {
		w := o.ask("GET", path, lan, nil)
		for _, want := range wants {
			if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), want) {
				t.Errorf("GET %s = %d lacks %q:\n%s", path, w.Code, want, w.Body)
			}
		}
	}
	for path, lines := range map[string]int{"/response.csv?by=field": 3, "/response.csv?by=story": 3} {
		w := o.ask("GET", path, lan, nil)
		table, err := csv.NewReader(w.Body).ReadAll()
		if err != nil || len(table) != lines || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/csv") {
			t.Errorf("GET %s: %d lines of %s, %v; want %d of CSV", path, len(table), w.Header().Get("Content-Type"), err, lines)
		}
	}
	for _, path := range []string{"/response?by=colour", "/response?from=yesterday", "/api/response?to=13", "/response.csv?by=colour"} {
		if w := o.ask("GET", path, lan, nil); w.Code != http.StatusBadRequest {
			t.Errorf("GET %s = %d, want 400", path, w.Code)
		}
	}
}

// draft stores the mail of a morning as one that waits for its time.
func (o *office) draft(date digest.Date) {
	o.t.Helper()
	list, err := o.mail.List("")
	if err != nil {
		o.t.Fatal(err)
	}
	e, err := o.mail.Build(o.t.Context(), date, list)
	if err != nil {
		o.t.Fatal(err)
	}
	_, err = o.db.Exec(o.t.Context(), `INSERT INTO digests (date, list, state, message_id, subject, html, plain, attempts, next_at, last_error, created_at, sent_at)
		VALUES (?, ?, 'pending', ?, ?, ?, ?, 0, 0, '', ?, 0)`, string(date), list.Name, e.MessageID, e.Subject, e.HTML, e.Text, now.UnixMilli())
	if err != nil {
		o.t.Fatal(err)
	}
}

func TestLeadReviewsTheDigestOnItsPage(t *testing.T) {
	o := newOffice(t, nil)
	ids := o.rumour("flu", "dam")
	lan, thu := o.signIn("lan"), o.signIn("thu")
	const mail = "/digests/2026-11-23/ban-chi-dao"
	if page := o.ask("GET", "/digests", lan, nil).Body.String(); !strings.Contains(page, `href="`+mail+`"`) || !strings.Contains(page, "/partners") || !strings.Contains(page, "No digest has been sent yet") {
		t.Errorf("before the first draft the page does not lead to the previews:\n%s", page)
	}
	if page := o.ask("GET", mail, thu, nil).Body.String(); !strings.Contains(page, "preview: numbers as of now") || strings.Contains(page, "/review") {
		t.Errorf("a preview can be reviewed, or does not say what it is:\n%s", page)
	}
	o.draft("2026-11-23")
	if page := o.ask("GET", "/digests", lan, nil).Body.String(); !strings.Contains(page, "Waiting to be sent") || !strings.Contains(page, "not reviewed") {
		t.Errorf("the draft does not wait on the page:\n%s", page)
	}
	page := o.ask("GET", mail, thu, nil)
	if policy := page.Header().Get("Content-Security-Policy"); !strings.Contains(policy, "frame-src 'self'") || !strings.Contains(policy, "default-src 'none'") {
		t.Errorf("the page's policy is %q", policy)
	}
	version := versionOf(t, page.Body.String())
	form := url.Values{"version": {version}, "note": {"Họp lúc 8 giờ"}, "keep": ids[:1]}
	if w := o.ask("POST", mail+"/review", lan, form); w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), "Họp lúc 8 giờ") && !strings.Contains(w.Body.String(), "Only a lead") {
		t.Errorf("a review by an officer = %d:\n%s", w.Code, w.Body)
	}
	if w := o.ask("POST", mail+"/review", "", form); w.Code != http.StatusUnauthorized {
		t.Errorf("a review by a stranger = %d", w.Code)
	}
	if w := o.ask("POST", mail+"/review", thu, url.Values{"version": {version}, "note": {strings.Repeat("dài ", 400)}}); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "longer than 1,000") {
		t.Errorf("a note too long = %d", w.Code)
	}
	if w := o.ask("POST", mail+"/review", thu, form); w.Code != http.StatusSeeOther {
		t.Fatalf("a review by the lead = %d:\n%s", w.Code, w.Body)
	}
	if w := o.ask("POST", mail+"/review", thu, form); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "look at it again") {
		t.Errorf("the same review again = %d", w.Code)
	}
	w := o.ask("GET", mail+"/mail", lan, nil)
	if body := w.Body.String(); !strings.Contains(body, "Họp lúc 8 giờ") || !strings.Contains(body, "Chị Thu đã duyệt") || strings.Count(body, `class="card"`) != 1 {
		t.Errorf("the mail does not hold the lead's word, name and choice:\n%s", body)
	}
	if policy := w.Header().Get("Content-Security-Policy"); !strings.Contains(policy, "sandbox") || strings.Contains(policy, "script-src") {
		t.Errorf("the mail's policy is %q", policy)
	}
	if w := o.ask("GET", mail+"/mail?text", lan, nil); !strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain") || !strings.Contains(w.Body.String(), "== Cần quyết định ==") {
		t.Errorf("the plain part is %s:\n%s", w.Header().Get("Content-Type"), w.Body)
	}
	for _, path := range []string{"/digests/2026-11-01/ban-chi-dao", "/digests/x/ban-chi-dao", "/digests/2026-11-23/nobody"} {
		if w := o.ask("GET", path, lan, nil); w.Code != http.StatusNotFound {
			t.Errorf("GET %s = %d, want 404", path, w.Code)
		}
	}
	if w := o.ask("GET", "/digests?before=x", lan, nil); w.Code != http.StatusBadRequest {
		t.Errorf("before=x = %d, want 400", w.Code)
	}
}

// formOf is what a browser sends of the sentences on a digest's page, with one of them written anew.
func formOf(t *testing.T, page, was, becomes string) url.Values {
	t.Helper()
	form := url.Values{"version": {versionOf(t, page)}}
	for _, m := range regexp.MustCompile(`name="sentence" value="([^"]*)">.*?<textarea[^>]*>([^<]*)</textarea>`).FindAllStringSubmatch(page, -1) {
		key, words := html.UnescapeString(m[1]), html.UnescapeString(m[2])
		if strings.HasPrefix(key, was) {
			words = becomes
		}
		form["sentence"], form["becomes"] = append(form["sentence"], key), append(form["becomes"], words)
	}
	return form
}

func TestALeadRewritesSentencesOnTheDigestsPage(t *testing.T) {
	o := newOffice(t, nil)
	ids := o.rumour("flu")
	o.draft("2026-11-23")
	thu := o.signIn("thu")
	const mail = "/digests/2026-11-23/ban-chi-dao"
	page := o.ask("GET", mail, thu, nil).Body.String()
	form := formOf(t, page, "top/"+ids[0]+"/verdict#", "The ministry is checking "+hostile)
	form["keep"] = ids
	if len(form["sentence"]) < 5 {
		t.Fatalf("%d sentences on the page:\n%s", len(form["sentence"]), page)
	}
	long := formOf(t, page, "lead#", strings.Repeat("dài ", 200))
	if w := o.ask("POST", mail+"/review", thu, long); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "longer than 500") || !strings.Contains(w.Body.String(), "dài dài") {
		t.Errorf("a sentence too long = %d, want it kept:\n%s", w.Code, w.Body)
	}
	if w := o.ask("POST", mail+"/review", thu, form); w.Code != http.StatusSeeOther {
		t.Fatalf("a review = %d:\n%s", w.Code, w.Body)
	}
	page = o.ask("GET", mail, thu, nil).Body.String()
	for _, want := range []string{"Rewrite sentences (1 sentence rewritten)", "As it was: <bdi>Chưa có kết luận</bdi>", "<del><bdi>Chưa có kết luận</bdi></del>", "<ins><bdi>The ministry is checking &lt;script&gt;"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q:\n%s", want, page)
		}
	}
	if text := o.ask("GET", mail+"/mail?text", thu, nil).Body.String(); !strings.Contains(text, "đã sửa 1 câu") || !strings.Contains(text, "The ministry is checking") {
		t.Errorf("the mail is not marked as edited:\n%s", text)
	}
	if w := o.ask("POST", mail+"/review", thu, url.Values{"version": {versionOf(t, page)}, "sentence": {"lead#00000000"}, "becomes": {"x"}}); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "has changed in the mail") {
		t.Errorf("a sentence that is not there = %d", w.Code)
	}
	if w := o.ask("POST", mail+"/review", thu, url.Values{"version": {versionOf(t, page)}, "sentence": {"lead#00000000"}}); w.Code != http.StatusBadRequest {
		t.Errorf("a sentence without words = %d", w.Code)
	}
	if w := o.ask("POST", mail+"/review", thu, formOf(t, page, "top/", "")); w.Code != http.StatusSeeOther { // back to the words as they were
		t.Fatalf("a second review = %d:\n%s", w.Code, w.Body)
	}
	if page = o.ask("GET", mail, thu, nil).Body.String(); strings.Contains(page, "As it was:") || strings.Count(page, "<del>") != 1 {
		t.Errorf("the sentence is not as it was, or the trail lost the first review:\n%s", page)
	}
}

func TestReportsHaveWords(t *testing.T) {
	for _, n := range alerting.Noises() {
		if _, ok := sentences["remedy."+string(n)]; !ok {
			t.Errorf("no remedy for %q", n)
		}
	}
	for _, a := range feedback.Advices() {
		if _, ok := sentences["advice."+string(a)]; !ok {
			t.Errorf("no words for the advice %q", a)
		}
	}
	for d, want := range map[time.Duration]string{42 * time.Second: "42 s", 9 * time.Minute: "9 min", 65 * time.Minute: "1 h 05 min", 50 * time.Hour: "2 d 2 h"} {
		if got := language("en").Length(d); got != want {
			t.Errorf("Length(%s) = %q, want %q", d, got, want)
		}
	}
}
