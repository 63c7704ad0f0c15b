package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

func TestMentionsOfMeAreUnreadUntilISayOtherwise(t *testing.T) {
	o := newOffice(t, nil)
	id := o.rumour("flu")[0]
	lan, thu := o.signIn("lan"), o.signIn("thu")
	comment := func(note string) {
		t.Helper()
		if w := o.ask("POST", "/stories/"+id+"/act", lan, url.Values{"action": {"comment"}, "version": {"1"}, "note": {note}}); w.Code != http.StatusSeeOther {
			t.Fatalf("comment = %d:\n%s", w.Code, w.Body)
		}
	}
	if w := o.ask("GET", "/mentions", "", nil); w.Code != http.StatusSeeOther {
		t.Errorf("a stranger's mentions = %d, want the sign-in", w.Code)
	}
	if page := o.ask("GET", "/mentions", thu, nil).Body.String(); !strings.Contains(page, "Nobody has mentioned you yet") {
		t.Errorf("before any mention:\n%s", page)
	}
	comment("Nhờ @thu quyết định " + hostile)
	if page := o.ask("GET", "/", thu, nil).Body.String(); !strings.Contains(page, `<a href="/mentions" class="unanswered">Mentions of me (1)</a>`) {
		t.Errorf("the desk does not lead to it:\n%s", page)
	}
	page := o.ask("GET", "/mentions", thu, nil).Body.String()
	for _, want := range []string{"Claim flu", "Lan Anh", "Nhờ @thu quyết định &lt;script", "Unread", `href="/stories/` + id + `#trail"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q:\n%s", want, page)
		}
	}
	comment("@thu thêm một tin") // while the page is open
	upTo := regexp.MustCompile(`name="up_to" value="([0-9]+)"`).FindStringSubmatch(page)[1]
	if w := o.ask("POST", "/mentions", thu, url.Values{"up_to": {upTo}}); w.Code != http.StatusSeeOther {
		t.Fatalf("read = %d:\n%s", w.Code, w.Body)
	}
	if page := o.ask("GET", "/mentions", thu, nil).Body.String(); strings.Count(page, ">Unread<") != 1 {
		t.Errorf("want the note that was not shown unread, alone:\n%s", page)
	}
	if page := o.ask("GET", "/", lan, nil).Body.String(); !strings.Contains(page, `<a href="/mentions">Mentions of me</a>`) {
		t.Error("whoever wrote the note is told of it")
	}
	if w := o.ask("POST", "/mentions", thu, url.Values{"up_to": {"x"}}); w.Code != http.StatusBadRequest {
		t.Errorf("up to x = %d", w.Code)
	}
}
