package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"haidang/alerting"
	"haidang/internal/settings"
)

// TestWhatCouldNotBeDeliveredIsOnThePage: the desk counts it, the page says to whom, of what and why, and an officer sends
// it again or lets it go.
func TestWhatCouldNotBeDeliveredIsOnThePage(t *testing.T) {
	o := newOffice(t, nil)
	cfg := alerting.DefaultConfig()
	cfg.Webhooks = []alerting.Webhook{{Name: "room", URL: "https://room.example.vn/", Secret: settings.Secret("0123456789abcdef")}}
	cfg.Retry.Attempts = 1
	down := &http.Client{Transport: refusing{}}
	sending, err := alerting.New(cfg, alerting.Deps{DB: o.db, HTTP: down, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	o.desk = sending
	o.rumour("fuel")
	stop, done := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- sending.Run(stop) }()
	for known := []alerting.Trouble(nil); len(known) == 0; { // noted behind the delivery that failed
		if known, err = sending.Troubles(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	done()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	lan := o.signIn("lan")
	if page := o.ask("GET", "/", lan, nil).Body.String(); !strings.Contains(page, `href="/outbox"><b>1</b> notifications not delivered`) {
		t.Errorf("the desk does not count it:\n%s", page)
	}
	page := o.ask("GET", "/outbox", lan, nil).Body.String()
	id := regexp.MustCompile(`name="delivery" value="([^"]+)"`).FindStringSubmatch(page)
	if id == nil || !strings.Contains(page, "Claim fuel") || !strings.Contains(page, "no route to host") || !strings.Contains(page, "Receivers out of reach") {
		t.Fatalf("the page does not say what failed:\n%s", page)
	}
	if stranger := o.ask("GET", "/outbox", "", nil).Body.String(); strings.Contains(stranger, `name="delivery"`) {
		t.Error("a stranger is offered to send it again")
	}
	if w := o.ask("POST", "/outbox", "", url.Values{"action": {"redeliver"}, "delivery": {id[1]}}); w.Code == http.StatusSeeOther && w.Header().Get("Location") == "/outbox" {
		t.Error("a stranger sent it again")
	}
	if w := o.ask("POST", "/outbox", lan, url.Values{"action": {"close"}, "delivery": {id[1]}}); w.Code != http.StatusBadRequest {
		t.Errorf("another action answers %d, want 400", w.Code)
	}
	if w := o.ask("POST", "/outbox", lan, url.Values{"action": {"let_go"}, "delivery": {id[1]}}); w.Code != http.StatusSeeOther {
		t.Errorf("letting it go answers %d", w.Code)
	}
	if page := o.ask("GET", "/outbox", lan, nil).Body.String(); strings.Contains(page, `name="delivery"`) {
		t.Errorf("it is still there:\n%s", page)
	}
}

type refusing struct{}

func (refusing) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, errors.New("no route to host")
}

// TestAlertsAreAFeed: an entry for each ring, which a feed reader can tell apart and open.
func TestAlertsAreAFeed(t *testing.T) {
	o := newOffice(t, nil)
	ids := o.rumour("fuel", "dam")
	w := o.ask("GET", "/alerts.atom?language=vi", "", nil)
	feed := w.Body.String()
	if w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Content-Type"), "application/atom+xml") {
		t.Fatalf("%d %s", w.Code, w.Header().Get("Content-Type"))
	}
	for _, want := range []string{
		"<title>[Cao] Tin fuel</title>", "http://localhost/stories/" + ids[0], "urn:haidang:alert:" + ids[1] + ":", "Chưa có phản hồi.", "Báo 0: “Tin fuel”.",
	} {
		if !strings.Contains(feed, want) {
			t.Errorf("the feed does not hold %q:\n%s", want, feed)
		}
	}
	if n := strings.Count(feed, "<entry>"); n != 2 {
		t.Errorf("%d entries, want one for each ring", n)
	}
}
