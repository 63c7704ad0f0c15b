//go:build integration

package web

import (
	_ "embed"
	"io"
	"net/http"
	"path"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"haidang/alerting"
)

// richSite has a story of every kind, and words that are too long for any screen.
func richSite(t *testing.T) *site {
	t.Helper()
	s := newBrowserSite(t)
	long := strings.Repeat("Vỡđậpthủyđiệnởthượngnguồn", 12)
	s.handle(report(1, "Đập thượng nguồn vừa vỡ"), answer(1, "Không có chuyện vỡ đập"))
	wide := report(2, "Đập "+long)
	wide.Outlet, wide.URL, wide.Lead = "Báo "+long, "https://bao.example/"+long, long
	wide.Verdict.Claims[0].StatementVI, wide.Verdict.Claims[0].DecidedBy, wide.Verdict.Claims[0].Verdict = long, long, "false"
	edited := report(1, "Đập thượng nguồn đã vỡ hẳn")
	edited.Revision = "2"
	s.handle(wide, edited)
	for claim, c := range map[string]alerting.Command{
		"claim-2": {Action: alerting.Close, Outcome: alerting.OffTopic, Noise: alerting.RuleTooBroad}, "claim-1": {Action: alerting.Respond},
	} {
		stories, err := s.desk.Stories(t.Context(), alerting.Filter{ClaimID: claim})
		if err != nil || len(stories) == 0 {
			t.Fatalf("stories of %s: %d, %v", claim, len(stories), err)
		}
		c.Actor, c.Stories = "desk", []alerting.Ref{{ID: stories[0].ID}}
		if _, err := s.desk.Act(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	silence := alerting.Silence{Match: alerting.Match{Claim: []string{"claim-9"}, Outlet: []string{"Báo " + long}}, Author: "desk", Reason: long, EndsAt: time.Now().Add(time.Hour)}
	if _, err := s.desk.AddSilence(t.Context(), silence); err != nil {
		t.Fatal(err)
	}
	silence.Match = alerting.Match{Field: []string{"health"}}
	ended, err := s.desk.AddSilence(t.Context(), silence)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.desk.EndSilence(t.Context(), ended.ID, "desk"); err != nil {
		t.Fatal(err)
	}
	s.draft()
	return s
}

// draft stores the mail that comes next, so that it waits for a review.
func (s *site) draft() {
	s.t.Helper()
	_, date, _ := strings.Cut(s.nextDigest(), "/digests/")
	date, list, _ := strings.Cut(date, "/")
	_, err := s.db.Exec(s.t.Context(), `INSERT INTO digests (date, list, state, message_id, subject, html, plain, attempts, next_at, last_error, created_at, sent_at)
		VALUES (?, ?, 'pending', 'm', 'Bản tin', '<p>Bản tin</p>', 'Bản tin', 0, 0, '', 0, 0)`, date, list)
	if err != nil {
		s.t.Fatal(err)
	}
}

// nextDigest is the page of the mail that comes next.
func (s *site) nextDigest() string {
	return regexp.MustCompile(`/digests/[0-9-]+/[a-z-]+`).FindString(s.body("/digests"))
}

// body is a page as it is served.
func (s *site) body(path string) string {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, s.url(path), nil)
	if err != nil {
		s.t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return string(data)
}

// visited are the pages that a visitor can see.
func (s *site) visited() []string {
	return []string{
		s.url("/"), s.story("claim-1"), s.story("claim-2"), s.url("/search"), s.url("/search?q=x"), s.url("/saved"), s.url("/saved?q=x"), s.url("/saved?q=x+AND+%28"), s.url("/search?q=x+AND+%28"), s.url("/coverage"), s.url("/coverage?q=x&beside=y"), s.url("/coverage?q=x+AND+%28"), s.url("/sources"), s.url("/nowhere"),
		s.url("/silences"), s.url("/silences?preview=1&lasts=2h&story=" + path.Base(s.story("claim-2")) + "&claim=claim-2"), s.url("/rules"), s.url("/rules/claim-2"), s.url("/response"), s.url("/response?by=place"), s.url("/digests"), s.url(s.nextDigest()),
	}
}

func TestIntegrationPagesFitAPhone(t *testing.T) {
	s, b := richSite(t), newBrowser(t)
	for _, width := range []int64{375, 320} {
		b.screen(width, "light", "no-preference")
		for _, address := range s.visited() {
			b.open(address)
			eval[bool](b, `document.querySelectorAll("details").forEach((d) => { d.open = true; }), true`)
			if over := eval[int](b, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
				t.Errorf("%s scrolls %d px sideways at %d px", address, over, width)
			}
		}
	}
}

// faint lists texts whose contrast with what is behind them is below WCAG AA.
//
//go:embed testdata/faint.js
var faint string

func TestIntegrationTextIsLegible(t *testing.T) {
	s, b := richSite(t), newBrowser(t)
	for _, scheme := range []string{"light", "dark"} {
		b.screen(1280, scheme, "reduce")
		for _, address := range s.visited() {
			b.open(address)
			eval[bool](b, `document.querySelectorAll("details").forEach((d) => { d.open = true; }), true`)
			if found := eval[[]string](b, faint); len(found) > 0 {
				t.Errorf("%s (%s): too little contrast: %q", address, scheme, found)
			}
		}
	}
}

func TestIntegrationTheLanguageSwitchKeepsThePage(t *testing.T) {
	s, b := richSite(t), newBrowser(t)
	for _, address := range []string{s.url("/"), s.story("claim-1"), s.url("/search?q=%22v%E1%BB%A1+%C4%91%E1%BA%ADp%22&sort=seen"), s.url("/sources")} {
		b.open(address)
		for _, lang := range []string{"en", "vi"} {
			b.do(chromedp.Click(".language button"), chromedp.WaitReady("html[lang="+lang+"] footer"))
			if got := eval[string](b, `location.href`); got != address {
				t.Errorf("choosing %s on %s leads to %s", lang, address, got)
			}
		}
	}
	b.open(s.url("/"))
	b.do(chromedp.Click(".language button"), chromedp.WaitReady("html[lang=en] footer"))
	b.await(`document.getElementById("live").textContent === "Live"`)
	s.handle(report(7, "Tin bảy"))
	b.await(`document.querySelector("#rows h2").innerText === "Dam 7 has burst."`)
	b.silent("the English desk")
}

func TestIntegrationAKeyboardReachesEverything(t *testing.T) {
	s, b := richSite(t), newBrowser(t)
	b.open(s.url("/"))
	var seen []string
	for range 12 {
		b.do(chromedp.KeyEvent("\t"))
		if eval[string](b, `getComputedStyle(document.activeElement).outlineStyle`) == "none" {
			t.Errorf("the focus on %s cannot be seen", eval[string](b, `document.activeElement.outerHTML`))
		}
		seen = append(seen, eval[string](b, `document.activeElement.className || document.activeElement.innerText.trim()`))
	}
	if got := strings.Join(seen[:11], "|"); got != "skip|brand|Trực tin|Tìm kiếm|Đã lưu|Thống kê|Quy tắc|Phản ứng|Bản tin|Nguồn tin|English" {
		t.Errorf("the tab key goes %q", seen)
	}
}
