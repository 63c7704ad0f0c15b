package crawler

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"haidang/crawler/crawltest"
)

// ways are all the ways in which something on the web is asked for. Each asks for an address that somebody else wrote.
var ways = []struct {
	name string
	ask  func(ctx context.Context, f *Fetcher, address string) error
}{
	{"feed", func(ctx context.Context, f *Fetcher, a string) error {
		_, err := f.Feed(ctx, FeedRequest{URL: a})
		return err
	}},
	{"page", func(ctx context.Context, f *Fetcher, a string) error {
		_, err := f.Page(ctx, a)
		return err
	}},
	{"sitemap", func(ctx context.Context, f *Fetcher, a string) error {
		_, err := f.Sitemap(ctx, FeedRequest{URL: a})
		return err
	}},
	{"section page", func(ctx context.Context, f *Fetcher, a string) error {
		return f.Try(ctx, &Source{Sections: []Section{{URL: a, Links: "."}}})[0].Err
	}},
	{"discovery", func(ctx context.Context, f *Fetcher, a string) error {
		_, err := f.Discover(ctx, a)
		return err
	}},
	{"hub", func(ctx context.Context, f *Fetcher, a string) error {
		return f.post(ctx, a, url.Values{"hub.mode": {"subscribe"}})
	}},
	{"webhook", func(ctx context.Context, f *Fetcher, a string) error {
		client, err := NewClient(f.cfg.AllowAddresses)
		if err != nil {
			return err
		}
		defer client.CloseIdleConnections()
		return send(ctx, client, http.MethodPost, a)
	}},
}

// send is one request of a client, and an answer read to its end.
func send(ctx context.Context, client *http.Client, method, address string) error {
	req, err := http.NewRequestWithContext(ctx, method, address, http.NoBody)
	if err != nil {
		return err
	}
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, res.Body)
	return errors.Join(err, res.Body.Close())
}

// inside is a victim, an outlet that is allowed and hostile, and the names of both.
type inside struct {
	*crawltest.Victim
	names  crawltest.Names
	outlet *site
	cfg    Config
}

func newInside(t *testing.T) *inside {
	victim, err := crawltest.NewVictim(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = victim.Close() })
	w := &inside{Victim: victim, outlet: newSite(t)}
	w.cfg = testConfig(w.outlet)
	for _, name := range []string{"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"} {
		t.Setenv(name, "http://127.0.0.1:"+victim.Port)
	}
	w.names.Say("localhost", "127.0.0.1")
	w.names.Say("trong-nha.test", "127.0.0.1")
	w.names.Say("mot-trong-mot-ngoai.test", "203.0.113.7 127.0.0.1", "127.0.0.1")
	before := net.DefaultResolver
	net.DefaultResolver = w.names.Resolver()
	t.Cleanup(func() { net.DefaultResolver = before })
	return w
}

// redirect is a path of the outlet that leads to an address; 307 keeps the method of a hub's or a webhook's call.
func (w *inside) redirect(path, address string) string {
	w.outlet.on(path, func(out http.ResponseWriter, _ *http.Request) {
		out.Header().Set("Location", address)
		out.WriteHeader(http.StatusTemporaryRedirect)
	})
	return w.outlet.URL + path
}

// Every way out refuses every way to write an address that is not public, given straight or by a redirect, and the victim
// there hears nothing, not even a connection.
func TestNoAddressTrickReachesAVictim(t *testing.T) {
	w := newInside(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	asked := 0
	for i, trick := range w.Tricks() {
		addresses := []string{trick.URL, w.redirect(fmt.Sprintf("/r%d", i), trick.URL)}
		for _, way := range ways {
			for _, address := range addresses {
				asked++
				err := way.ask(ctx, newTestFetcher(t, w.cfg), address)
				if err == nil {
					t.Errorf("%s, %s: %s was answered", way.name, trick.Kind, address)
				}
				if r := ReasonOf(err); trick.Bites && way.name != "webhook" && r != ReasonForbidden && r != ReasonInvalidURL {
					t.Errorf("%s, %s: %s was refused as %q: %v", way.name, trick.Kind, address, r, err)
				}
				if n := w.Hits(); n != 0 {
					t.Fatalf("%s, %s: %s reached the victim", way.name, trick.Kind, address)
				}
			}
		}
	}
	t.Logf("%d tricks by %d ways, straight and redirected: %d times, %d connections to the victim", len(w.Tricks()), len(ways), asked, w.Hits())
}

// What a site names beside its pages leads nowhere either: its robots.txt, the sitemaps of it and of an index, the feeds
// of a home page, a hub.
func TestNoAddressThatASiteNamesReachesAVictim(t *testing.T) {
	w := newInside(t)
	s := w.outlet
	for _, trick := range w.Tricks() {
		s.on("/robots.txt", func(out http.ResponseWriter, _ *http.Request) {
			out.Header().Set("Location", trick.URL)
			out.WriteHeader(http.StatusFound)
		})
		s.page("/x.html", "T", "")
		if _, err := newTestFetcher(t, w.cfg).Page(t.Context(), s.URL+"/x.html"); err == nil || s.asked("/x.html") != 0 {
			t.Errorf("%s: robots.txt redirects to %s: %v, and the page was asked for %d times", trick.Kind, trick.URL, err, s.asked("/x.html"))
		}
		s.show("/robots.txt", "text/plain", "user-agent: *\nsitemap: "+trick.URL+"\nsitemap: "+w.redirect("/s.xml", trick.URL))
		s.show("/", "text/html", `<html><head><link rel="alternate" type="application/rss+xml" href="`+trick.URL+`"></head><body><a href="`+trick.URL+`rss">RSS</a></body></html>`)
		if d, err := newTestFetcher(t, w.cfg).Discover(t.Context(), s.URL+"/"); err != nil || len(d.Source.Feeds)+len(d.Source.Sitemaps) > 0 {
			t.Errorf("%s: discovery found %+v, %v", trick.Kind, d.Source, err)
		}
		index := `<sitemapindex><sitemap><loc>` + trick.URL + `</loc></sitemap><sitemap><loc>` + s.URL + `/s.xml</loc></sitemap></sitemapindex>`
		s.show("/index.xml", "text/xml", strings.ReplaceAll(index, "&", "&amp;"))
		if trial := newTestFetcher(t, w.cfg).Try(t.Context(), &Source{Sitemaps: []string{s.URL + "/index.xml"}})[0]; trial.Items != 0 {
			t.Errorf("%s: an index led to %+v", trick.Kind, trial)
		}
	}
	if w.Hits() != 0 {
		t.Errorf("the victim was reached %d times", w.Hits())
	}
}

// The tricks are worth refusing: a client without our guard falls for them.
func TestTricksBite(t *testing.T) {
	w := newInside(t)
	bare := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	for i, trick := range w.Tricks() {
		if !trick.Bites {
			continue
		}
		for _, address := range []string{trick.URL, w.redirect(fmt.Sprintf("/r%d", i), trick.URL)} {
			before := w.Hits()
			err := send(t.Context(), bare, http.MethodGet, address) // a connection is enough
			if w.Hits() == before {
				t.Errorf("%s: %s does not reach the victim: %v", trick.Kind, address, err)
			}
		}
	}
}

// A name that is public when it is looked at and private when it is used, and one that is both at the same time: what
// counts is the address that is dialled.
func TestRebindingNames(t *testing.T) {
	w := newInside(t)
	u, _ := url.Parse(w.outlet.URL)
	second, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.2:"+u.Port()) // where the name leads later
	if err != nil {
		t.Skipf("no second loopback address: %v", err)
	}
	defer func() { _ = second.Close() }()
	reached := make(chan bool, 100)
	go func() {
		for {
			conn, err := second.Accept()
			if err != nil {
				return
			}
			reached <- true
			_ = conn.Close()
		}
	}()
	w.outlet.on("/rss", func(out http.ResponseWriter, _ *http.Request) { out.Header().Set("Connection", "close") })
	w.outlet.on("/robots.txt", func(out http.ResponseWriter, _ *http.Request) { out.Header().Set("Connection", "close") })
	address := "http://doi-cho.test:" + u.Port() + "/rss"
	for _, way := range ways {
		w.names.Say("doi-cho.test", "127.0.0.1", "127.0.0.2")
		f := newTestFetcher(t, w.cfg)
		first, again := send(t.Context(), guardedClient(t, w.cfg), http.MethodGet, address), way.ask(t.Context(), f, address)
		if first != nil || again == nil {
			t.Errorf("%s: the name led outside first: %v; then inside: %v", way.name, first, again)
		}
		w.names.Say("doi-cho.test", "127.0.0.2 127.0.0.1")
		_ = way.ask(t.Context(), f, address) // it may reach the one that is allowed
	}
	if len(reached) > 0 {
		t.Errorf("the victim was reached %d times", len(reached))
	}
}

func guardedClient(t *testing.T, cfg Config) *http.Client {
	client, err := NewClient(cfg.AllowAddresses)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.CloseIdleConnections)
	return client
}
