package crawler

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

const ourCallback = "https://news.example.vn/websub"

// hubWorld is a feed that declares a hub, the hub, and a crawler that may subscribe.
type hubWorld struct {
	t     *testing.T
	site  *site
	asked []url.Values // what the hub was asked
	subs  subscriptions
	now   *clock
	feed  string
}

func newHubWorld(t *testing.T) *hubWorld {
	w := &hubWorld{t: t, site: newSite(t), now: newClock()}
	w.feed = w.site.URL + "/rss"
	w.site.on("/rss", func(out http.ResponseWriter, _ *http.Request) {
		feed := w.site.feedOf("Một|/1.html|a")
		head := `<channel><link xmlns="http://www.w3.org/2005/Atom" rel="hub" href="` + w.site.URL + `/hub"/><link xmlns="http://www.w3.org/2005/Atom" rel="self" href="` + w.feed + `"/>`
		_, _ = io.WriteString(out, strings.Replace(feed, "<channel>", head, 1))
	})
	w.site.on("/hub", func(out http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		w.asked = append(w.asked, r.PostForm)
		out.WriteHeader(http.StatusAccepted)
	})
	cfg := testConfig(w.site)
	cfg.WebSub = WebSub{Listen: "127.0.0.1:0", Callback: ourCallback}
	w.subs = subscriptions{newCrawler(t, cfg, &recorder{}, w.now)}
	if err := w.subs.c.pollAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	return w
}

// renew lets the crawler ask, and returns the newest request.
func (w *hubWorld) renew() url.Values {
	w.t.Helper()
	if err := w.subs.renew(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	if len(w.asked) == 0 {
		return nil
	}
	return w.asked[len(w.asked)-1]
}

// call calls back as the hub would.
func (w *hubWorld) call(method, path string, query url.Values, signature, body string) *httptest.ResponseRecorder {
	w.t.Helper()
	r := httptest.NewRequest(method, path+"?"+query.Encode(), strings.NewReader(body))
	if signature != "" {
		r.Header.Set("X-Hub-Signature", signature)
	}
	out := httptest.NewRecorder()
	w.subs.ServeHTTP(out, r)
	return out
}

// woken reports whether the feed was asked to be polled now.
func (w *hubWorld) woken() bool {
	select {
	case <-w.subs.c.wakes[w.feed]:
		return true
	default:
		return false
	}
}

func sign(secret, body string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = mac.Write([]byte(body))
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

func TestHubIsAskedVerifiedAndHeard(t *testing.T) {
	w := newHubWorld(t)
	ask := w.renew()
	callback := ask.Get("hub.callback")
	path, ours := strings.CutPrefix(callback, ourCallback)
	if ask.Get("hub.mode") != "subscribe" || ask.Get("hub.topic") != w.feed || !ours || len(path) < 20 || len(ask.Get("hub.secret")) < 20 {
		t.Fatalf("the hub was asked %v", ask)
	}
	verify := url.Values{"hub.mode": {"subscribe"}, "hub.topic": {w.feed}, "hub.challenge": {"c4lle<nge"}, "hub.lease_seconds": {"86400"}}
	if got := w.call("POST", path, nil, sign(ask.Get("hub.secret"), "x"), "x"); got.Code != http.StatusAccepted || w.woken() {
		t.Errorf("a call before the subscription was verified = %d, woken", got.Code)
	}
	for name, change := range map[string]url.Values{
		"another topic": {"hub.topic": {"https://evil.test/rss"}}, "to end it": {"hub.mode": {"unsubscribe"}}, "no challenge": {"hub.challenge": {""}},
	} {
		q := url.Values{}
		maps.Copy(q, verify)
		maps.Copy(q, change)
		if got := w.call("GET", path, q, "", ""); got.Code != http.StatusNotFound {
			t.Errorf("verification with %s = %d, want 404", name, got.Code)
		}
	}
	got := w.call("GET", path, verify, "", "")
	if got.Code != http.StatusOK || got.Body.String() != "c4lle<nge" || got.Header().Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(got.Header().Get("Content-Type"), "text/plain") {
		t.Errorf("verification = %d %q %v", got.Code, got.Body, got.Header())
	}
	for name, signature := range map[string]string{"none": "", "of another secret": sign("guess", "<rss/>"), "no hash": "sha256=zz", "unknown method": "md5=00"} {
		if got := w.call("POST", path, nil, signature, "<rss/>"); got.Code != http.StatusAccepted || w.woken() {
			t.Errorf("signature %s: %d, or the feed was woken; a hub must not learn which", name, got.Code)
		}
	}
	if got := w.call("POST", path, nil, sign(ask.Get("hub.secret"), "<rss/>"), "<rss/>"); got.Code != http.StatusAccepted || !w.woken() {
		t.Errorf("a signed call = %d, want the feed polled now", got.Code)
	}
	if got := w.call("POST", "/guess", nil, sign(ask.Get("hub.secret"), "<rss/>"), "<rss/>"); got.Code != http.StatusNotFound || w.woken() {
		t.Errorf("a call to a token that is not ours = %d", got.Code)
	}
	if got := w.call("PUT", path, nil, "", ""); got.Code != http.StatusMethodNotAllowed {
		t.Errorf("PUT = %d", got.Code)
	}
	n := len(w.asked)
	w.now.add(20 * time.Hour)
	if w.renew(); len(w.asked) != n {
		t.Error("asked again in the middle of the lease")
	}
	w.now.add(2 * time.Hour)
	if w.renew(); len(w.asked) != n+1 {
		t.Error("not asked again before the lease ends")
	}
}

func TestHubThatSaysNoOrNothing(t *testing.T) {
	w := newHubWorld(t)
	ask := w.renew()
	path := strings.TrimPrefix(ask.Get("hub.callback"), ourCallback)
	w.call("GET", path, url.Values{"hub.mode": {"denied"}, "hub.topic": {w.feed}}, "", "")
	w.now.add(24 * time.Hour)
	if w.renew(); len(w.asked) != 1 {
		t.Error("a hub that said no was asked again the next day")
	}
	w.now.add(7 * 24 * time.Hour)
	if w.renew(); len(w.asked) != 2 {
		t.Error("a hub that said no was not asked again after a week")
	}
	w.site.on("/hub", func(out http.ResponseWriter, r *http.Request) { http.Redirect(out, r, "/elsewhere", http.StatusFound) })
	w.now.add(2 * time.Hour)
	if w.renew(); w.site.asked("/elsewhere") != 0 {
		t.Error("a redirect to a page was followed with a subscription")
	}
}

// TestHubsAreOffByDefaultAndMayNotPointInside: nothing is asked without the setting, and no private address with it.
func TestHubsAreOffByDefaultAndMayNotPointInside(t *testing.T) {
	w := newHubWorld(t)
	quiet := newCrawler(t, testConfig(w.site), &recorder{}, w.now)
	if err := quiet.pollAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, hub := range []string{"http://169.254.169.254/latest", "http://10.0.0.1/hub", "file:///etc/passwd", "http://user:pw@hub.test/"} {
		if err := w.subs.want(t.Context(), w.feed, hub, w.feed); err != nil {
			t.Fatal(err)
		}
	}
	n := len(w.asked)
	w.renew()
	for _, c := range []subscriptions{{quiet}} {
		if err := c.renew(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if len(w.asked) > n {
		t.Errorf("asked %d times more", len(w.asked)-n)
	}
	for _, bad := range []WebSub{{Listen: "127.0.0.1:8424"}, {Listen: "nonsense", Callback: ourCallback}, {Listen: ":1", Callback: "ftp://a"}, {Listen: ":1", Callback: ourCallback + "?a=b"}} {
		if bad.validate() == nil {
			t.Errorf("%+v is accepted", bad)
		}
	}
}
