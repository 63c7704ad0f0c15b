package crawler

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"haidang/internal/article"
	"haidang/internal/store/storetest"
)

// outage is a crawler with one page that fails and comes back as the test says.
type outage struct {
	*testing.T
	*Crawler
	site *site
	bus  *recorder
	now  *clock
}

func newOutage(t *testing.T) *outage {
	t.Helper()
	s, bus, now := newSite(t), &recorder{}, newClock()
	return &outage{T: t, Crawler: newCrawler(t, testConfig(s), bus, now), site: s, bus: bus, now: now}
}

// link is the link of a page as the feed gave it.
func (o *outage) link(path, hash string) Link {
	address := o.site.URL + path
	return Link{
		Schema: LinkSchema, URL: address, CanonicalURL: address, ArticleID: article.ID(address), Host: o.site.host(), Source: "s0", Hash: hash,
		Item: Item{Title: "Kênh " + hash, Summary: "Tóm tắt " + hash + " của bản tin."}, FirstSeen: o.now.now(), Origin: article.Live,
	}
}

func (o *outage) answer(path string, status int, retryAfter string) {
	o.site.on(path, func(w http.ResponseWriter, _ *http.Request) {
		if retryAfter != "" {
			w.Header().Set("Retry-After", retryAfter)
		}
		w.WriteHeader(status)
	})
}

func (o *outage) handle(l Link) {
	o.Helper()
	if err := o.HandleLink(o.Context(), l); err != nil {
		o.Fatalf("link %+v: %v", l, err)
	}
}

// wait moves the clock and handles what is published again.
func (o *outage) wait(d time.Duration) []Link {
	o.Helper()
	o.now.add(d)
	o.fetcher.transport.hosts = newHostLimiter() // as if the clock of the host's turn had moved too
	if err := o.republish(o.Context()); err != nil {
		o.Fatal(err)
	}
	links := o.bus.take()
	for _, l := range links {
		o.handle(l)
	}
	return links
}

// told gives the articles published since the last call.
func (o *outage) told() []article.Article {
	o.bus.mu.Lock()
	defer o.bus.mu.Unlock()
	out := o.bus.articles
	o.bus.articles = nil
	return out
}

func (o *outage) row(l Link) pageState {
	o.Helper()
	p, err := o.state.page(o.Context(), l.ArticleID)
	if err != nil {
		o.Fatal(err)
	}
	return p
}

// A server that is down for a little: the article is told from the feed, and in full when the page is read.
func TestShortOutageLosesNothing(t *testing.T) {
	o := newOutage(t)
	l := o.link("/x.html", "a")
	o.answer("/x.html", 503, "")
	o.handle(l)
	o.handle(l) // a redelivery does not ask again before its time
	if told := o.told(); len(told) != 0 || o.site.asked("/x.html") != 1 {
		t.Fatalf("after the first failure: told %+v, asked %d times", told, o.site.asked("/x.html"))
	}
	if links := o.wait(9 * time.Second); len(links) != 0 {
		t.Fatalf("published again before its time: %+v", links)
	}
	if links := o.wait(time.Second); len(links) != 1 || links[0].Retry != 1 || links[0].Host != l.Host || links[0].Item != l.Item {
		t.Fatalf("published again: %+v", links)
	}
	told := o.told()
	if len(told) != 1 || !told[0].FeedOnly || told[0].ID != l.ArticleID {
		t.Fatalf("after the second failure: told %+v", told)
	}
	o.site.page("/x.html", "Kênh chính đã thông", "")
	o.wait(time.Minute)
	full := o.told()
	if len(full) != 1 || full[0].FeedOnly || full[0].ID != told[0].ID || full[0].Revision == told[0].Revision || !strings.Contains(full[0].Text, "Ba xã ven biển") {
		t.Fatalf("after it came back: told %+v", full)
	}
	if links := o.wait(48 * time.Hour); len(links) != 0 || o.row(l).outcome != outcomeOK {
		t.Errorf("after all is done: published %+v, row %+v", links, o.row(l))
	}
}

// What the server asks for is waited for, up to a day; what the feed says is told at once.
func TestNextTryIsNotBeforeTheServerAllowsIt(t *testing.T) {
	for _, tt := range []struct {
		name string
		down func(o *outage)
		want time.Duration
	}{
		{"429", func(o *outage) { o.answer("/x.html", 429, "") }, throttlePause},
		{"429 for an hour", func(o *outage) { o.answer("/x.html", 429, "3600") }, time.Hour},
		{"503 for a week", func(o *outage) { o.answer("/x.html", 503, strconv.Itoa(7*24*3600)) }, 24 * time.Hour},
		{"robots.txt down", func(o *outage) { o.answer("/robots.txt", 500, "") }, robotsRetry},
		{"robots.txt down for an hour", func(o *outage) { o.answer("/robots.txt", 503, "3600") }, time.Hour},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := newOutage(t)
			o.site.page("/x.html", "Kênh chính đã thông", "")
			tt.down(o)
			l := o.link("/x.html", "a")
			o.handle(l)
			if told := o.told(); len(told) != 1 || !told[0].FeedOnly {
				t.Errorf("told %+v", told)
			}
			if d := o.row(l).next.Sub(o.now.now()); d < tt.want || d > tt.want+2*time.Second {
				t.Errorf("the next try is in %v, want %v", d, tt.want)
			}
			o.site.page("/x.html", "Kênh chính đã thông", "")
			o.answer("/robots.txt", 404, "")
			o.wait(tt.want + 2*time.Second)
			if told := o.told(); len(told) != 1 || told[0].FeedOnly {
				t.Errorf("when the time had come: told %+v", told)
			}
		})
	}
}

// A page that never comes back is given up after the last delay, in one row, told once.
func TestGivenUpAfterTheLastDelay(t *testing.T) {
	o := newOutage(t)
	reg := prometheus.NewRegistry()
	reg.MustRegister(o.metrics.retries, o.metrics.waiting)
	o.answer("/x.html", 500, "")
	l := o.link("/x.html", "a")
	o.handle(l)
	for i, d := range retryDelays {
		if links := o.wait(d); len(links) != 1 {
			t.Fatalf("delay %d: published %+v", i, links)
		}
	}
	if links := o.wait(30 * 24 * time.Hour); len(links) != 0 {
		t.Errorf("after it was given up: published %+v", links)
	}
	if told, p := o.told(), o.row(l); len(told) != 1 || p.outcome != string(ReasonServerError) || p.link != "" || o.site.asked("/x.html") != len(retryDelays)+1 {
		t.Errorf("told %d times, row %+v, asked %d times", len(told), p, o.site.asked("/x.html"))
	}
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			for _, label := range m.GetLabel() {
				got[label.GetValue()] = m.GetCounter().GetValue()
			}
		}
	}
	if got[retryScheduled] != float64(len(retryDelays)) || got[retryGivenUp] != 1 || got[retryRecovered] != 0 {
		t.Errorf("counted %v", got)
	}
}

// The next try survives the process, a broker that is away, and a crash between publishing and noting it.
func TestRetriesAreDurable(t *testing.T) {
	s, bus, now, dir := newSite(t), &recorder{}, newClock(), t.TempDir()
	o := &outage{T: t, site: s, bus: bus, now: now}
	start := func() {
		c, err := New(testConfig(s), Deps{Publisher: bus, DB: storetest.Open(t, dir), Now: now.now})
		if err != nil {
			t.Fatal(err)
		}
		c.extract, o.Crawler = unhurried, c
	}
	start()
	o.answer("/x.html", 500, "")
	l := o.link("/x.html", "a")
	o.handle(l)
	start()
	now.add(retryDelays[0])
	bus.setFail(true)
	if err := o.republish(t.Context()); !errors.Is(err, errBrokerAway) || !OwnTrouble(err) {
		t.Fatalf("without a broker: %v", err)
	}
	bus.setFail(false)
	due := o.row(l).next
	var links []Link
	for range 2 {
		if err := o.republish(t.Context()); err != nil {
			t.Fatal(err)
		}
		links = append(links, o.bus.take()...)
		if _, err := o.state.db.Exec(t.Context(), "UPDATE crawl_pages SET next_at = ?", millis(due)); err != nil { // as if it had crashed before
			t.Fatal(err)
		}
	}
	if len(links) != 2 || links[0] != links[1] {
		t.Fatalf("published %+v", links)
	}
	o.handle(links[0])
	o.handle(links[1]) // failed again meanwhile: not due
	if n := o.site.asked("/x.html"); n != 2 {
		t.Errorf("asked %d times, a try that was published twice is one", n)
	}
	o.site.page("/x.html", "Kênh chính đã thông", "")
	done := o.wait(retryDelays[1])
	o.handle(done[0])
	o.handle(links[1])
	if n := o.site.asked("/x.html"); n != 3 || o.row(l).outcome != outcomeOK {
		t.Errorf("asked %d times, row %+v", n, o.row(l))
	}
}

// A link that was published again and got lost is published once more.
func TestRetryThatGotLost(t *testing.T) {
	o := newOutage(t)
	o.answer("/x.html", 500, "")
	o.handle(o.link("/x.html", "a"))
	for _, d := range []time.Duration{retryDelays[0], retryLease} {
		o.now.add(d)
		if err := o.republish(t.Context()); err != nil {
			t.Fatal(err)
		}
		if links := o.bus.take(); len(links) != 1 {
			t.Errorf("after %v: published %+v", d, links)
		}
	}
	if err := o.state.prune(t.Context(), o.now.now().Add(time.Hour)); err != nil || o.row(o.link("/x.html", "a")).next.IsZero() {
		t.Errorf("forgotten while it waits: %v", err)
	}
}

// Run publishes what is due.
func TestRunPublishesDuePages(t *testing.T) {
	o := newOutage(t)
	o.answer("/x.html", 500, "")
	o.handle(o.link("/x.html", "a"))
	o.now.add(time.Hour)
	o.cfg.Sources = nil
	published := make(chan []Link, 1)
	o.deps.Publisher = onLinks{o.bus, published}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- o.Crawler.Run(ctx) }()
	if links := <-published; len(links) != 1 || links[0].Retry != 1 {
		t.Errorf("published %+v", links)
	}
	stop()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("Run: %v", err)
	}
}

type onLinks struct {
	*recorder
	published chan []Link
}

func (o onLinks) PublishLinks(_ context.Context, links []Link) error {
	o.published <- links
	return nil
}

// An edited page that cannot be read again keeps the text that was read.
func TestFailedEditKeepsTheFullText(t *testing.T) {
	for _, tt := range []struct {
		name    string
		fail    func(o *outage)
		outcome string
		refused bool
	}{
		{"server error", func(o *outage) { o.answer("/x.html", 500, "") }, "", false},
		{"throttled", func(o *outage) { o.answer("/x.html", 429, "3600") }, "", false},
		{"gone", func(o *outage) { o.answer("/x.html", 404, "") }, string(ReasonGone), false},
		{"410", func(o *outage) { o.answer("/x.html", 410, "") }, string(ReasonGone), false},
		{"error page", func(o *outage) {
			o.site.show("/x.html", "text/html", "<html><head><title>404 - Không tìm thấy trang</title></head><body></body></html>")
		}, string(ReasonErrorPage), false},
		{"to a private address", func(o *outage) {
			o.site.on("/x.html", func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, "http://10.0.0.1/", http.StatusFound)
			})
		}, string(ReasonForbidden), true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := newOutage(t)
			o.site.page("/x.html", "Kênh chính đã thông", "")
			o.handle(o.link("/x.html", "a"))
			first := o.told()[0]
			edit := o.link("/x.html", "b")
			edit.Edit = true
			tt.fail(o)
			if err := o.HandleLink(t.Context(), edit); IsRefused(err) != tt.refused || err != nil && !tt.refused {
				t.Fatal(err)
			}
			o.wait(24 * time.Hour) // a second failure of those that are for now
			p := o.row(edit)
			if told := o.told(); len(told) != 0 || p.revision != first.Revision || p.outcome != tt.outcome || p.next.IsZero() == (tt.outcome == "") {
				t.Errorf("told %+v, row %+v", told, p)
			}
			o.site.page("/x.html", "Đính chính: kênh chính thông một nửa", "")
			o.wait(24 * time.Hour)
			told := o.told()
			if tt.outcome == "" && (len(told) != 1 || told[0].FeedOnly || told[0].ID != first.ID || told[0].Revision == first.Revision) {
				t.Errorf("after it came back: told %+v", told)
			}
		})
	}
}

// What else could put a feed's words in the place of a text: a row that was forgotten, and another address of the page.
func TestFeedNeverReplacesAText(t *testing.T) {
	t.Run("row forgotten", func(t *testing.T) {
		o := newOutage(t)
		o.answer("/x.html", 404, "")
		for _, hash := range []string{"b", "c"} {
			edit := o.link("/x.html", hash)
			edit.Edit = true
			o.handle(edit)
		}
		if told := o.told(); len(told) != 0 {
			t.Errorf("told %+v", told)
		}
	})
	t.Run("another address", func(t *testing.T) {
		o := newOutage(t)
		o.canonicalPage("/m/x.html", "/x.html")
		o.handle(o.link("/m/x.html", "a"))
		if told := o.told(); len(told) != 1 || told[0].ID != o.link("/x.html", "a").ArticleID {
			t.Fatalf("told %+v", told)
		}
		o.answer("/x.html", 404, "")
		o.handle(o.link("/x.html", "a"))
		if told := o.told(); len(told) != 0 {
			t.Errorf("told %+v", told)
		}
	})
}

// canonicalPage shows a page that names another address as its own.
func (o *outage) canonicalPage(path, canonical string) {
	body := strings.NewReplacer("%[1]s", "Kênh chính đã thông", "%[2]s", "", "</head>", `<link rel="canonical" href="`+o.site.URL+canonical+`"></head>`).Replace(samplePage)
	o.site.show(path, "text/html; charset=utf-8", body)
}

// An article that was told keeps its ID, whichever of feed and page tells it next.
func TestArticleKeepsItsID(t *testing.T) {
	t.Run("page after feed", func(t *testing.T) {
		o := newOutage(t)
		l := o.link("/a.html", "a")
		o.answer("/a.html", 429, "60")
		o.handle(l)
		o.canonicalPage("/a.html", "/b.html")
		o.wait(time.Minute + time.Second)
		told := o.told()
		if len(told) != 2 || told[0].ID != told[1].ID || told[1].FeedOnly || told[1].ID != article.ID(told[1].CanonicalURL) {
			t.Errorf("told %+v", told)
		}
	})
	t.Run("feed after page", func(t *testing.T) {
		o := newOutage(t)
		o.canonicalPage("/a.html", "/b.html")
		o.handle(o.link("/a.html", "a"))
		if _, err := o.state.db.Exec(t.Context(), "UPDATE crawl_pages SET read_at = 0"); err != nil { // else the feed may not tell it
			t.Fatal(err)
		}
		edit := o.link("/a.html", "b")
		edit.Edit = true
		o.answer("/a.html", 404, "")
		o.handle(edit)
		told := o.told()
		if len(told) != 2 || told[0].ID != o.link("/b.html", "").ArticleID || told[1].ID != told[0].ID || !told[1].FeedOnly || told[1].CanonicalURL != told[0].CanonicalURL {
			t.Errorf("told %+v", told)
		}
	})
	t.Run("page names another address later", func(t *testing.T) {
		o := newOutage(t)
		o.site.page("/a.html", "Kênh chính đã thông", "")
		o.handle(o.link("/a.html", "a"))
		o.canonicalPage("/a.html", "/b.html")
		edit := o.link("/a.html", "b")
		edit.Edit = true
		o.handle(edit)
		for _, a := range o.told() {
			if a.ID != edit.ArticleID {
				t.Errorf("told %+v", a)
			}
		}
	})
}

// What is refused says so once; nothing else does.
func TestRefused(t *testing.T) {
	o := newOutage(t)
	l := o.link("/x.html", "a")
	l.Item = Item{}
	o.answer("/x.html", 404, "")
	err := o.HandleLink(t.Context(), l)
	if !IsRefused(err) || ReasonOf(err) != ReasonGone || OwnTrouble(err) || !strings.Contains(err.Error(), l.URL) {
		t.Errorf("neither page nor feed: %v", err)
	}
	o.handle(l)
	if err := o.HandleLink(t.Context(), Link{}); !IsRefused(err) {
		t.Errorf("a link without an address: %v", err)
	}
	if IsRefused(nil) || IsRefused(&Error{Reason: ReasonGone}) {
		t.Error("an error that refuses nothing is taken for a refusal")
	}
}
