package demo

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 19, 12, 0, 30, 0, time.UTC)

// started returns a running site, closed with the test.
func started(t *testing.T) *Site {
	t.Helper()
	site, err := New(func() time.Time { return noon })
	if err != nil {
		t.Fatal(err)
	}
	if err := site.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := site.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return site
}

// get fetches a page and returns the response with its body read. Each header is "Name: value".
func get(t *testing.T, u string, headers ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, u, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Set(name, value)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("read %s: %v", u, err)
	}
	return resp, string(body)
}

// find returns the one expectation with the trait.
func find(t *testing.T, site *Site, trait Trait) Expectation {
	t.Helper()
	for _, e := range site.Expectations() {
		if e.Trait == trait {
			return e
		}
	}
	t.Fatalf("no article with trait %q", trait)
	return Expectation{}
}

func sourceOf(t *testing.T, site *Site, id string) Source {
	t.Helper()
	for _, s := range site.Sources() {
		if s.ID == id {
			return s
		}
	}
	t.Fatalf("no source %q", id)
	return Source{}
}

func TestSite_ListensOnLoopbackOnly(t *testing.T) {
	site := started(t)
	hosts := map[string]bool{}
	for _, s := range site.Sources() {
		for _, address := range []string{s.FeedURL, s.SectionURL} {
			u, err := url.Parse(address)
			if err != nil {
				t.Fatal(err)
			}
			if ip := net.ParseIP(u.Hostname()); ip == nil || !ip.IsLoopback() {
				t.Errorf("%s: %q is not a loopback address", s.ID, address)
			}
			hosts[u.Host] = true
		}
	}
	if len(hosts) != 3 {
		t.Errorf("outlets share a host: %v", hosts)
	}
}

func TestSite_CloseFreesThePorts(t *testing.T) {
	site, err := New(nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	if err := site.Start(ctx); err != nil {
		t.Fatal(err)
	}
	feed := site.Sources()[0].FeedURL
	get(t, feed)
	cancel()
	if err := site.Close(); err != nil {
		t.Errorf("close after the context ended: %v", err)
	}
	u, _ := url.Parse(feed)
	ln, err := net.Listen("tcp", u.Host)
	if err != nil {
		t.Fatalf("%s is still in use after Close: %v", u.Host, err)
	}
	ln.Close()
}

func TestSite_StartsOnce(t *testing.T) {
	site := started(t)
	if err := site.Start(t.Context()); err == nil {
		t.Error("a second Start is accepted")
	}
	closed, err := New(nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := closed.Close(); err != nil {
		t.Errorf("close before start: %v", err)
	}
	if err := closed.Start(t.Context()); err == nil {
		t.Error("Start after Close is accepted, and nobody would close the ports")
	}
}

func TestSite_ManifestIsComplete(t *testing.T) {
	site := started(t)
	seen := map[string]bool{}
	perOutlet := map[string]int{}
	for _, e := range site.Expectations() {
		key := e.Outlet + "/" + e.Slug
		if seen[key] || seen[e.URL] {
			t.Errorf("%s or %s is listed twice", key, e.URL)
		}
		seen[key], seen[e.URL] = true, true
		perOutlet[e.Outlet]++
		if e.Rings != (e.Kind == Carries || e.Kind == Question) {
			t.Errorf("%s: kind %q with Rings %t", key, e.Kind, e.Rings)
		}
		if (e.Claim != "") != (len(e.Words) > 0) || e.Rings && e.Claim == "" {
			t.Errorf("%s: claim %q, words %q, rings %t", key, e.Claim, e.Words, e.Rings)
		}
		if age := noon.Sub(e.Published); age < 0 || age > 20*time.Hour+time.Minute {
			t.Errorf("%s was published %s before now, want within the last 20 hours", key, age)
		}
	}
	for id, n := range perOutlet {
		if n < 20 {
			t.Errorf("outlet %s has %d pages, want at least 20", id, n)
		}
	}
}

func TestSite_RobotsForbidsOneLinkedPage(t *testing.T) {
	site := started(t)
	forbidden := 0
	for _, s := range site.Sources() {
		feed, _ := url.Parse(s.FeedURL)
		_, robots := get(t, "http://"+feed.Host+"/robots.txt")
		var rules []string
		for line := range strings.Lines(robots) {
			if rule, ok := strings.CutPrefix(line, "Disallow: "); ok && strings.TrimSpace(rule) != "/" {
				rules = append(rules, strings.TrimSpace(rule))
			}
		}
		if len(rules) == 0 {
			t.Errorf("%s: robots.txt forbids nothing:\n%s", s.ID, robots)
		}
		for _, e := range site.Expectations() {
			if e.Outlet != s.ID {
				continue
			}
			matched := false
			for _, rule := range rules {
				matched = matched || strings.HasPrefix(e.Path, rule)
			}
			if matched != (e.Kind == Disallowed) {
				t.Errorf("%s is forbidden = %t with kind %q", e.Path, matched, e.Kind)
			}
			if matched {
				forbidden++
			}
		}
	}
	if forbidden != 1 {
		t.Errorf("%d forbidden pages are linked, want 1", forbidden)
	}
}

func TestSite_RequestsTellOverlapFromPoliteness(t *testing.T) {
	site := started(t)
	feed := sourceOf(t, site, "ben-cang").FeedURL
	for range 20 {
		http.DefaultClient.CloseIdleConnections() // a new connection, so that only the log keeps them apart
		get(t, feed, "User-Agent: polite/1")
	}
	for i, r := range site.Requests() {
		if r.Overlap != 0 || r.Status != http.StatusOK || r.UserAgent != "polite/1" || r.Path != "/rss/tin-moi.rss" {
			t.Errorf("request %d = %+v, want a polite, answered one", i, r)
		}
	}
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			if resp, err := http.Get(feed); err == nil {
				resp.Body.Close()
			}
		})
	}
	wg.Wait()
	overlaps := 0
	for _, r := range site.Requests() {
		if r.Overlap > 0 {
			overlaps++
		}
	}
	if overlaps == 0 {
		t.Error("50 requests at once left no overlap in the log")
	}
}

func TestSite_AnswersConditionsHonestly(t *testing.T) {
	site := started(t)
	for _, s := range site.Sources() {
		get(t, s.FeedURL) // polls after the first are alike
		for _, u := range []string{s.FeedURL, s.SectionURL, site.Expectations()[0].URL} {
			resp, _ := get(t, u)
			etag, modified := resp.Header.Get("ETag"), resp.Header.Get("Last-Modified")
			if etag == "" || modified == "" {
				t.Errorf("%s: ETag %q, Last-Modified %q, want both", u, etag, modified)
			}
			for _, condition := range []string{"If-None-Match: " + etag, "If-Modified-Since: " + modified} {
				if resp, body := get(t, u, condition); resp.StatusCode != http.StatusNotModified || body != "" {
					t.Errorf("%s with %s: %s with %d bytes, want 304 and none", u, condition, resp.Status, len(body))
				}
			}
			if resp, _ := get(t, u, `If-None-Match: "other"`); resp.StatusCode != http.StatusOK {
				t.Errorf("%s with another ETag: %s, want 200", u, resp.Status)
			}
		}
	}
}

func TestSite_RefusesWhatItDoesNotHave(t *testing.T) {
	site := started(t)
	feed := sourceOf(t, site, "song-hong").FeedURL
	if resp, _ := get(t, feed+"/khong-co"); resp.StatusCode != http.StatusNotFound {
		t.Errorf("unknown page: %s, want 404", resp.Status)
	}
	resp, err := http.Post(feed, "text/plain", strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("POST: %s, want 405", resp.Status)
	}
}

func Example() {
	site, err := New(time.Now)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer site.Close()
	if err := site.Start(context.Background()); err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range site.Sources() {
		fmt.Println(s.ID, s.Name, s.Language)
	}
	// Output:
	// ben-cang Báo Bến Cảng vi
	// song-hong Tin Nhanh Sông Hồng vi
	// harbour-post Saigon Harbour Post en
}
