package web

import (
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"haidang/alerting"
)

func TestASilenceIsMadeFromAStoryAndEnded(t *testing.T) {
	o := newOffice(t, nil)
	id := o.rumour("flu", "dam")[0]
	lan, thu := o.signIn("lan"), o.signIn("thu")
	if page := o.ask("GET", "/stories/"+id, lan, nil).Body.String(); !strings.Contains(page, `href="/silences?story=`+id) {
		t.Error("the story offers no silence")
	}
	page := o.ask("GET", "/silences?story="+id, lan, nil).Body.String()
	for _, want := range []string{`name="claim" value="flu" checked`, `name="outlet" value="Báo 0">`, "No silence holds"} {
		if !strings.Contains(page, want) {
			t.Errorf("the form lacks %q:\n%s", want, page)
		}
	}
	form := url.Values{"story": {id}, "claim": {"flu"}, "lasts": {"2h"}, "reason": {"diễn tập " + hostile}}
	preview := url.Values{"preview": {"1"}}
	maps.Copy(preview, form)
	page = o.ask("GET", "/silences?"+preview.Encode(), lan, nil).Body.String()
	for _, want := range []string{"would have held back 1 story", "Claim flu", `<option value="2h" selected>`, "diễn tập &lt;script"} {
		if !strings.Contains(page, want) {
			t.Errorf("the preview lacks %q:\n%s", want, page)
		}
	}
	if w := o.ask("POST", "/silences", "", form); w.Code != http.StatusUnauthorized {
		t.Errorf("by a stranger = %d", w.Code)
	}
	if w := o.ask("POST", "/silences", lan, form); w.Code != http.StatusSeeOther {
		t.Fatalf("by an officer = %d:\n%s", w.Code, w.Body)
	}
	if w := o.ask("POST", "/silences", thu, form); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "somebody has asked for this silence already (Lan Anh)") {
		t.Errorf("the same again = %d:\n%s", w.Code, w.Body)
	}
	page = o.ask("GET", "/silences", thu, nil).Body.String()
	if !strings.Contains(page, "asked for by Lan Anh") || !strings.Contains(page, "from 15:00 22/11/2026 until 17:00 22/11/2026") || strings.Contains(page, "<script>alert") {
		t.Errorf("the list:\n%s", page)
	}
	end := regexp.MustCompile(`/silences/[0-9a-f]{8}/end`).FindString(page)
	if w := o.ask("POST", end, thu, nil); w.Code != http.StatusSeeOther {
		t.Fatalf("end = %d:\n%s", w.Code, w.Body)
	}
	if w := o.ask("POST", end, lan, nil); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "no such silence holds any more (Chị Thu)") {
		t.Errorf("ended twice = %d:\n%s", w.Code, w.Body)
	}
	if page = o.ask("GET", "/silences", lan, nil).Body.String(); !strings.Contains(page, "ended early by Chị Thu") {
		t.Errorf("the ended one:\n%s", page)
	}
	page = o.ask("GET", "/stories/"+id, lan, nil).Body.String()
	for _, want := range []string{"Silence begun", "claim=flu", "Silence ended early"} {
		if !strings.Contains(page, want) {
			t.Errorf("the story's trail lacks %q", want)
		}
	}
}

func TestASilencedStoryStandsOnTheDesk(t *testing.T) {
	o := newOffice(t, nil)
	lan := o.signIn("lan")
	form := url.Values{"claims": {"flu, dam"}, "severity": {"high"}, "field": {""}, "lasts": {"1d"}, "reason": {"x"}}
	if w := o.ask("POST", "/silences", lan, form); w.Code != http.StatusSeeOther {
		t.Fatalf("a silence = %d:\n%s", w.Code, w.Body)
	}
	id := o.rumour("flu")[0]
	if got := o.story(id); got.State != alerting.StateSuppressed {
		t.Fatalf("state %s, want suppressed", got.State)
	}
	for path, wants := range map[string][]string{
		"/":              {`id="story-` + id, "Held back", "Silences (1)"},
		"/stories/" + id: {"a silence keeps its notifications"},
		"/silences":      {"holds back 1 story now"},
	} {
		page := o.ask("GET", path, lan, nil).Body.String()
		for _, want := range wants {
			if !strings.Contains(page, want) {
				t.Errorf("GET %s lacks %q:\n%s", path, want, page)
			}
		}
	}
}

func TestSilencesThatAreRefusedKeepWhatWasWritten(t *testing.T) {
	o := newOffice(t, nil)
	lan := o.signIn("lan")
	for name, tt := range map[string]struct {
		form url.Values
		want string
	}{
		"everything":     {url.Values{"lasts": {"2h"}, "reason": {"vì sao"}}, "say what it is about"},
		"no reason":      {url.Values{"claims": {"vì sao"}, "lasts": {"2h"}}, "a note is needed"},
		"a length of no": {url.Values{"claims": {"vì sao"}, "lasts": {"90d"}, "reason": {"x"}}, "lasts 7 days at most"},
		"no such level":  {url.Values{"severity": {"loud"}, "claims": {"vì sao"}, "lasts": {"2h"}, "reason": {"x"}}, "say what it is about"},
	} {
		w := o.ask("POST", "/silences", lan, tt.form)
		if w.Code/100 != 4 || !strings.Contains(w.Body.String(), tt.want) || w.Code == http.StatusConflict && !strings.Contains(w.Body.String(), "vì sao") {
			t.Errorf("%s = %d, want a refusal with %q that keeps the form:\n%s", name, w.Code, tt.want, w.Body)
		}
	}
	if w := o.ask("GET", "/silences?story=none", lan, nil); w.Code != http.StatusNotFound {
		t.Errorf("from a story that does not exist = %d", w.Code)
	}
}
