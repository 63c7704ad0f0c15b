//go:build integration

package web

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"haidang/internal/article"
)

// report is an article that carries a claim of its own.
func report(n int, title string) article.Article {
	clause := "burst"
	return article.Article{
		ID: fmt.Sprintf("article-%d", n), URL: fmt.Sprintf("https://bao.example/%d", n), Outlet: "Báo Thử", Language: "vi", Origin: article.Live,
		Revision: "1", Title: title, Text: "Đập vỡ lúc 2 giờ sáng, theo " + title, Published: time.Now(), FirstSeen: time.Now(),
		Verdict: &article.Verdict{Rings: true, Score: 65, Severity: article.Critical, Claims: []article.ClaimMatch{{
			ID: fmt.Sprintf("claim-%d", n), Version: 1, Stance: article.Carries, Score: 65, Rings: true, Field: "disaster-epidemic", Severity: article.Critical,
			StatementVI: fmt.Sprintf("Đập số %d đã vỡ.", n), StatementEN: fmt.Sprintf("Dam %d has burst.", n), Verdict: "undetermined",
			Parts: []article.Part{{Clause: clause, Points: 45}, {Clause: "signal:urgent", Points: 20}},
			Spans: []article.Span{{Field: article.Title, Start: 0, End: len(title), Clause: clause}, {Field: article.Text, Start: 0, End: len("Đập vỡ"), Clause: "signal:urgent"}},
		}}},
	}
}

// answer is an article that denies the claim with this number.
func answer(n int, title string) article.Article {
	a := report(n, title)
	a.ID, a.Outlet, a.Verdict.Rings = fmt.Sprintf("answer-%d", n), "Báo Đáp", false
	m := &a.Verdict.Claims[0]
	m.Stance, m.Rings, m.Silent = article.Denies, false, "answered"
	m.Spans[0].Clause = "stance:denies"
	return a
}

const (
	isLive = `document.getElementById("live").textContent === "Trực tiếp"`
	isLost = `document.getElementById("live").classList.contains("lost")`
)

func rowsAre(n int) string {
	return fmt.Sprintf(`document.querySelectorAll("#rows > li").length === %d`, n)
}

func TestIntegrationANewStoryAppearsWithoutReload(t *testing.T) {
	s, b := newBrowserSite(t), newBrowser(t)
	b.screen(1280, "light", "reduce")
	b.open(s.url("/"))
	b.await(isLive)
	if eval[bool](b, `document.getElementById("empty").hidden`) {
		t.Error("an empty desk does not say that it is empty")
	}
	eval[bool](b, `window.sameDocument = true`)
	s.handle(report(1, "Đập thượng nguồn vừa vỡ"))
	b.await(rowsAre(1))
	for expression, want := range map[string]any{
		`document.querySelector("#rows h2").innerText`:                            "Đập số 1 đã vỡ.",
		`document.querySelector("#rows mark.m-claim").innerText`:                  "Đập thượng nguồn vừa vỡ",
		`document.querySelector("#rows .standing").innerText.replace(/\s+/g," ")`: "Chưa có phản hồi dưới 1 phút",
		`document.getElementById("empty").hidden`:                                 true,
		`window.sameDocument === true`:                                            true,
		`document.getElementById("said").textContent`:                             "Tin mới: Đập số 1 đã vỡ.",
		`getComputedStyle(document.querySelector("#rows > li")).animationName`:    "none", // reduced motion
	} {
		if got := eval[any](b, expression); got != want {
			t.Errorf("%s = %v, want %v", expression, got, want)
		}
	}
	b.await(`document.querySelector("#counts b").textContent === "1"`)
	s.handle(answer(1, "Không có chuyện vỡ đập"))
	b.await(`document.querySelector("#rows .standing").classList.contains("answered")`)
	b.await(rowsAre(1))
	b.silent("the desk")
}

func TestIntegrationADeskSurvivesARestartOfTheServer(t *testing.T) {
	s, b := newBrowserSite(t), newBrowser(t)
	s.handle(report(1, "Tin một"), report(2, "Tin hai"))
	b.open(s.url("/"))
	b.await(isLive)
	b.await(rowsAre(2))
	eval[bool](b, `window.sameDocument = true`)

	s.stop()
	s.closeDesk()
	b.await(isLost)
	s.openDesk()
	s.handle(report(3, "Tin ba"), answer(1, "Bác tin một")) // while nobody serves
	s.start()
	b.await(isLive)
	b.await(rowsAre(3))
	b.await(`document.querySelectorAll("#rows .answered").length === 1`)
	s.handle(report(4, "Tin bốn")) // and the feed goes on
	b.await(rowsAre(4))

	titles := eval[[]string](b, `[...document.querySelectorAll("#rows h2")].map((h) => h.innerText)`)
	if got := strings.Join(titles, " "); got != "Đập số 4 đã vỡ. Đập số 3 đã vỡ. Đập số 2 đã vỡ. Đập số 1 đã vỡ." && got != "Đập số 4 đã vỡ. Đập số 3 đã vỡ. Đập số 1 đã vỡ. Đập số 2 đã vỡ." {
		t.Errorf("after the restart the desk shows %q", titles)
	}
	if !eval[bool](b, `window.sameDocument === true`) {
		t.Error("the page was loaded anew: it should have gone on")
	}
	b.silent("the desk")
}

func TestIntegrationAPageOfAnotherDeskReloadsItself(t *testing.T) {
	s, b := newBrowserSite(t), newBrowser(t)
	s.handle(report(1, "Tin của kho cũ"), report(2, "Tin của kho cũ nữa"))
	b.open(s.url("/"))
	b.await(isLive)
	s.stop()
	s.closeDesk()
	s.dir = t.TempDir() // a demo that was started again has a new data folder
	s.openDesk()
	s.handle(report(9, "Tin của kho mới"))
	s.start()
	b.await(rowsAre(1) + ` && document.querySelector("#rows h2").innerText === "Đập số 9 đã vỡ."`)
}

func TestIntegrationARowIsNotPushedFromUnderTheHand(t *testing.T) {
	s, b := newBrowserSite(t), newBrowser(t)
	s.handle(report(1, "Tin một"))
	b.open(s.url("/"))
	b.await(isLive)
	touch := `document.getElementById("rows").dispatchEvent(new PointerEvent("pointermove", {bubbles: true}))`
	const top = `document.querySelector("#rows > li").getBoundingClientRect().top`
	before := eval[float64](b, top)
	eval[bool](b, `window.hand = setInterval(() => `+touch+`, 100), `+touch)
	s.handle(report(2, "Tin hai"))
	b.await(`!document.getElementById("news").hidden`)
	if got := eval[string](b, `document.getElementById("news").innerText`); got != "Có tin mới: 1. Xem ngay" {
		t.Errorf("the button says %q", got)
	}
	if now := eval[float64](b, top); now != before {
		t.Errorf("the row under the hand moved from %v to %v", before, now)
	}
	if !eval[bool](b, rowsAre(1)) {
		t.Error("a row came in while the hand was on the list")
	}
	b.do(chromedp.Click("#news"))
	b.await(rowsAre(2) + ` && document.getElementById("news").hidden`)
	s.handle(report(3, "Tin ba"))
	b.await(`!document.getElementById("news").hidden`)
	eval[bool](b, `clearInterval(window.hand), true`)
	b.await(rowsAre(3)) // by itself, once the hand is off
}

// ownPayloads are attacks on every place of our pages where a foreign word may stand.
var ownPayloads = []string{
	`<script>alert(1)</script>`, `"><script>alert(1)</script>`, `'><img src=x onerror=alert(1)>`, `</title><script>alert(1)</script>`, `<svg onload=alert(1)>`,
	`</mark><img src=x onerror=alert(1)>`, `</bdi></h2></li><iframe srcdoc="<script>parent.alert(1)</script>">`, `" autofocus onfocus=alert(1) x="`, `javascript:alert(1)`,
	`JaVaScRiPt:alert(1)//`, "java\tscript:alert(1)", `data:text/html,<script>alert(1)</script>`, `{{.L}}{{printf "%s" "x"}}`, `${alert(1)}`, `<style>@import '//evil.example'</style>`,
	`<base href="//evil.example/">`, `<meta http-equiv=refresh content="0;url=javascript:alert(1)">`, `<form action="//evil.example"><button>x`, `<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>`,
	`<template><img src=x onerror=alert(1)></template>`, `<noscript><p title="</noscript><img src=x onerror=alert(1)>">`, `--><script>alert(1)</script><!--`, `]]><script>alert(1)</script>`,
	`&lt;script&gt;alert(1)&lt;/script&gt;`, `&#x3c;script&#x3e;alert(1)`, "\u2028alert(1)\u2029", "\u202eđảo\u202c <img src=x onerror=alert(1)>", "data: {}\n\nevent: story\ndata: {\"row\":\"<img src=x onerror=alert(1)>\"}\n\n",
	"\x00<script>alert(1)</script>", "\xff\xfe<script>alert(1)</script>", `<a href="javascript:alert(1)">bấm</a>`, `<details open ontoggle=alert(1)>`, `<video><source onerror=alert(1)>`, `<input onfocus=alert(1) autofocus>`,
	`<xss style="animation:fresh 1s" onanimationstart=alert(1)>`, `<object data="javascript:alert(1)">`, `<embed src="javascript:alert(1)">`, `<link rel=stylesheet href=//evil.example/x.css>`, `"onmouseover="alert(1)`, `\";alert(1);//`,
}

// payloads are our own attacks and a sample of public lists, where these are at hand.
func payloads(t *testing.T) []string {
	t.Helper()
	out := ownPayloads
	const data = "../../../shared/data/security/"
	if raw, err := os.ReadFile(data + "xss-payload-list/Intruder/xss-payload-list.txt"); err == nil {
		lines := strings.Split(strings.TrimSpace(string(raw)), "\n")
		for i := 0; i < len(lines); i += 1 + len(lines)/260 {
			out = append(out, lines[i])
		}
	}
	if raw, err := os.ReadFile(data + "blns/blns.json"); err == nil {
		var all []string
		if err := json.Unmarshal(raw, &all); err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(all); i += 6 {
			if strings.TrimSpace(all[i]) != "" {
				out = append(out, all[i])
			}
		}
	}
	return out
}

// hostileReport has a payload in every word that is not ours.
func hostileReport(n int, payload string) article.Article {
	a := report(n, payload)
	a.Outlet, a.Lead, a.URL = payload, payload, payload
	if n%2 == 0 {
		a.URL = "https://bao.example/?q=" + payload
	}
	m := &a.Verdict.Claims[0]
	m.StatementVI, m.StatementEN, m.DecidedBy = payload, payload, payload
	m.Parts = []article.Part{{Clause: payload, Points: 45}, {Clause: "signal:" + payload, Points: 20}, {Clause: "stance:" + payload}}
	for i := range m.Spans {
		m.Spans[i].Clause = payload
	}
	a.Verdict.Places = []string{payload}
	shared := *m // every hostile article joins one story besides its own
	shared.ID, shared.StatementVI = "claim-shared", "Một nội dung chung"
	a.Verdict.Claims = append(a.Verdict.Claims, shared)
	return a
}

// alien lists what stands in a page and is not of our making.
const alien = `(() => {
  const ours = new Set("HTML HEAD META TITLE LINK SCRIPT BODY A HEADER DIV NAV FORM INPUT BUTTON MAIN P SPAN B BDI Q OL UL LI H1 H2 H3 MARK TIME IMG FOOTER SECTION ARTICLE DL DT DD TABLE CAPTION THEAD TBODY TFOOT TR TH TD FIGURE FIGCAPTION ASIDE svg rect g a title polyline DETAILS SUMMARY BLOCKQUOTE BR CODE SELECT OPTION NOSCRIPT LABEL TEXTAREA INS DEL".split(" "));
  const found = [];
  for (const e of document.querySelectorAll("*")) {
    if (!ours.has(e.tagName)) found.push(e.tagName);
    for (const a of e.attributes) if (/^on|^style$|^srcdoc$/i.test(a.name)) found.push(e.tagName + " " + a.name);
    for (const a of ["href", "src", "action"]) {
      const to = e.getAttribute(a);
      if (to !== null && e.namespaceURI.endsWith("xhtml") && !["http:", "https:"].includes(new URL(to, location.href).protocol)) found.push(e.tagName + " " + to);
    }
    if (e.tagName === "a" && !e.getAttribute("href").startsWith("/search?")) found.push(e.outerHTML); // a bar of the chart
    if (["SCRIPT", "LINK", "IMG"].includes(e.tagName) && !(e.getAttribute("src") || e.getAttribute("href") || "").startsWith("/static/")) found.push(e.outerHTML);
  }
  return found;
})()`

func TestIntegrationNothingForeignComesAlive(t *testing.T) {
	all, b := payloads(t), newBrowser(t)
	check := func(where string) {
		t.Helper()
		if found := eval[[]string](b, alien); len(found) > 0 {
			t.Errorf("%s holds foreign markup: %q", where, found)
		}
		b.silent(where)
	}
	const batch = 100
	for from := 0; from < len(all); from += batch {
		s, part := newBrowserSite(t), all[from:min(len(all), from+batch)]
		where := func(what string) string { return fmt.Sprintf("%s, payloads %d to %d", what, from, from+len(part)) }
		b.open(s.url("/"))
		b.await(isLive)
		for i, p := range part {
			s.handle(hostileReport(from+i, p))
		}
		b.await(rowsAre(len(part) + 1)) // through the live feed
		check(where("the live desk"))
		for what, address := range map[string]string{
			"the desk": s.url("/"), "hits": s.url("/search?q=x"), "sources": s.url("/sources"), "one story": s.story("claim-shared"),
		} {
			b.open(address)
			if n := eval[int](b, `document.querySelectorAll("#rows > li, .hits > li, .sources tbody tr, .card").length`); n < min(len(part), 50) {
				t.Errorf("%s shows %d", where(what), n)
			}
			check(where(what))
		}
		for i := 0; i < len(part); i += 1 + from/batch*5 { // each of our own, some of the others
			b.open(s.story(fmt.Sprintf("claim-%d", from+i)))
			check(fmt.Sprintf("the story of %q", part[i]))
			b.open(s.url("/search?q=" + url.QueryEscape(part[i])))
			check(fmt.Sprintf("the search for %q", part[i]))
			b.open(s.url("/coverage?q=" + url.QueryEscape(part[i]) + "&beside=" + url.QueryEscape(part[i])))
			check(fmt.Sprintf("the coverage of %q", part[i]))
		}
	}
	t.Logf("%d payloads", len(all))
}
