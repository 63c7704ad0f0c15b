package crawler

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"haidang/internal/article"
	"haidang/internal/store/storetest"
)

// From feed to article, and the same feed again: nothing twice.
func TestFeedToArticle(t *testing.T) {
	s, bus, now := newSite(t), &recorder{}, newClock()
	s.show("/rss", "text/xml", s.feedOf("Kênh chính đã thông|/kenh.html?utm_source=rss|Nước về ruộng."))
	s.page("/kenh.html", "Kênh chính đã thông", "Sáng 21.11, ")
	c := newCrawler(t, testConfig(s), bus, now)
	if err := c.pollAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	links := bus.take()
	if len(links) != 1 || links[0].Edit || links[0].Host == "" || links[0].Origin != article.Live {
		t.Fatalf("links = %+v", links)
	}
	for range 2 { // a redelivery is not fetched again
		if err := c.HandleLink(t.Context(), links[0]); err != nil {
			t.Fatal(err)
		}
	}
	if n := s.asked("/kenh.html?utm_source=rss"); n != 1 {
		t.Errorf("the page was asked for %d times", n)
	}
	if len(bus.articles) != 1 {
		t.Fatalf("%d articles", len(bus.articles))
	}
	a := bus.articles[0]
	if a.Title != "Kênh chính đã thông" || a.CanonicalURL != s.URL+"/kenh.html" || a.ID != article.ID(a.CanonicalURL) || a.FeedOnly || a.Revision == "" || a.Language != "vi" {
		t.Errorf("article = %+v", a)
	}
	if !strings.HasPrefix(a.Text, "Sáng 21.11, Đội thủy nông") || strings.Count(a.Text, "\n") != 2 || strings.Contains(a.Text, "Bản quyền") {
		t.Errorf("text = %q", a.Text)
	}
	if want := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC); !a.Published.Equal(want) || a.PublishedFrom != article.DateFromFeed {
		t.Errorf("published %v from %s", a.Published, a.PublishedFrom)
	}
	if err := c.pollAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	if again := bus.take(); len(again) != 0 {
		t.Errorf("an unchanged feed gave %+v", again)
	}
}

// What a feed shows otherwise than before is fetched again and published under the same ID with another revision.
func TestEditIsANewRevision(t *testing.T) {
	s, bus, now := newSite(t), &recorder{}, newClock()
	s.show("/rss", "text/xml", s.feedOf("Kênh chính đã thông|/kenh.html|Nước về."))
	s.page("/kenh.html", "Kênh chính đã thông", "Sáng 21.11, ")
	c := newCrawler(t, testConfig(s), bus, now)
	for _, title := range []string{"Kênh chính đã thông", "Đính chính: kênh chính thông một nửa"} {
		s.show("/rss", "text/xml", s.feedOf(title+"|/kenh.html|Nước về."))
		s.page("/kenh.html", title, "Sáng 21.11, ")
		if err := c.pollAll(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, l := range bus.take() {
			for range 2 {
				if err := c.HandleLink(t.Context(), l); err != nil {
					t.Fatal(err)
				}
			}
		}
		now.add(time.Hour)
	}
	if len(bus.articles) != 2 {
		t.Fatalf("%d articles, want the first and its edit", len(bus.articles))
	}
	first, second := bus.articles[0], bus.articles[1]
	if first.ID != second.ID || first.Revision == second.Revision || !first.FirstSeen.Equal(second.FirstSeen) {
		t.Errorf("first %s %s %v, second %s %s %v", first.ID, first.Revision, first.FirstSeen, second.ID, second.Revision, second.FirstSeen)
	}
}

// Two feeds of an outlet that word one item differently must not take turns in "editing" it.
func TestTwoFeedsDoNotEditEachOther(t *testing.T) {
	s, bus, now := newSite(t), &recorder{}, newClock()
	s.show("/rss", "text/xml", s.feedOf("Kênh đã thông|/kenh.html|Bản dài."))
	s.show("/rss2", "text/xml", s.feedOf("Kênh đã thông|/kenh.html|Bản ngắn."))
	cfg := testConfig(s)
	cfg.Sources[0].Feeds = append(cfg.Sources[0].Feeds, s.URL+"/rss2")
	c := newCrawler(t, cfg, bus, now)
	total := 0
	for i := range 3 {
		if err := c.pollAll(t.Context()); err != nil {
			t.Fatal(err)
		}
		links := bus.take()
		total += len(links)
		if i > 0 && len(links) > 0 {
			t.Errorf("poll %d published %+v", i, links)
		}
		s.show("/rss", "text/xml", s.feedOf("Kênh đã thông|/kenh.html|Bản dài.")+strings.Repeat(" ", i+1)) // another body, nothing new
	}
	if total < 1 || total > 2 { // both may meet it at the same first moment
		t.Errorf("%d links", total)
	}
}

// The broker fails after the feed was read: nothing is marked, the next poll publishes it all.
func TestNothingIsMarkedBeforeTheAcknowledgement(t *testing.T) {
	s, bus, now := newSite(t), &recorder{}, newClock()
	s.on("/rss", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("If-None-Match") != "" {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("ETag", `"1"`)
		_, _ = w.Write([]byte(s.feedOf("Một|/1.html|a", "Hai|/2.html|b")))
	})
	c := newCrawler(t, testConfig(s), bus, now)
	bus.setFail(true)
	if err := c.pollAll(t.Context()); !errors.Is(err, errBrokerAway) {
		t.Fatalf("poll without a broker: %v", err)
	}
	bus.setFail(false)
	if err := c.pollAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	links := bus.take()
	if len(links) != 2 {
		t.Fatalf("%d links after the broker came back, want 2", len(links))
	}
	s.page("/1.html", "Kênh chính đã thông", "")
	bus.setFail(true)
	if err := c.HandleLink(t.Context(), links[0]); !errors.Is(err, errBrokerAway) || !OwnTrouble(err) {
		t.Errorf("link without a broker: %v", err)
	}
	bus.setFail(false)
	if err := c.HandleLink(t.Context(), links[0]); err != nil || len(bus.articles) != 1 {
		t.Errorf("link after the broker came back: %v, %d articles", err, len(bus.articles))
	}
}

// Killed between the acknowledgement and the mark: a new process on the same state publishes again and loses nothing.
func TestCrashBetweenPublishAndMark(t *testing.T) {
	s, bus, now, dir := newSite(t), &recorder{}, newClock(), t.TempDir()
	s.show("/rss", "text/xml", s.feedOf("Kênh chính đã thông|/kenh.html|a"))
	s.page("/kenh.html", "Kênh chính đã thông", "")
	for i := range 2 {
		db := storetest.Open(t, dir)
		ctx, die := context.WithCancel(t.Context())
		var out Publisher = bus
		if i == 0 {
			out = dying{bus, die} // the context that the database needs ends as the broker answers
		}
		c, err := New(testConfig(s), Deps{Publisher: out, DB: db, Now: now.now})
		if err != nil {
			t.Fatal(err)
		}
		if err := c.pollAll(ctx); (err == nil) != (i == 1) {
			t.Fatalf("run %d: %v", i, err)
		}
		die()
	}
	if n := len(bus.take()); n != 2 {
		t.Errorf("the link was published %d times, want twice: once before the crash and once after", n)
	}
}

type dying struct {
	*recorder
	die context.CancelFunc
}

func (d dying) PublishLinks(ctx context.Context, links []Link) error {
	defer d.die()
	return d.recorder.PublishLinks(ctx, links)
}

// Pages that will never be read: told as the feed gives them, or refused with a reason, once.
func TestHandleLinkWithoutAPage(t *testing.T) {
	for _, tt := range []struct {
		name     string
		prepare  func(s *site)
		url      string
		feedOnly bool
	}{
		{"section", func(s *site) { s.show("/thoi-su/chinh-tri.htm", "text/html", manyTeasers("")) }, "/thoi-su/chinh-tri.htm", false},
		{"list by its own word", func(s *site) {
			s.show("/x-1.html", "text/html", manyTeasers(`<script type="application/ld+json">{"@type":"CollectionPage"}</script>`))
		}, "/x-1.html", false},
		{"article that reads like a list", func(s *site) { s.show("/muoi-cau-chuyen-cua-nam-1.html", "text/html", manyTeasers("")) }, "/muoi-cau-chuyen-cua-nam-1.html", true},
		{"gone", func(s *site) {}, "/x.html", true},
		{"robots forbid", func(s *site) { s.show("/robots.txt", "text/plain", "user-agent: *\ndisallow: /x") }, "/x.html", true},
		{"picture", func(s *site) { s.show("/x.html", "image/png", "\x89PNG") }, "/x.html", true},
		{"private address", func(s *site) {}, "http://127.0.0.1:1/x.html", false},
		{"metadata service", func(s *site) {}, "http://169.254.169.254/latest", false},
		{"file", func(s *site) {}, "file:///etc/passwd", false},
		{"redirect to a private address", func(s *site) {
			s.on("/x.html", func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, "http://10.0.0.1/", http.StatusFound)
			})
		}, "/x.html", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, bus := newSite(t), &recorder{}
			tt.prepare(s)
			c := newCrawler(t, testConfig(s), bus, newClock())
			address := tt.url
			if strings.HasPrefix(address, "/") {
				address = s.URL + address
			}
			l := Link{Schema: 1, URL: address, CanonicalURL: address, ArticleID: article.ID(address), Source: "s0", Hash: "h", Item: Item{Title: "Tin", Summary: "Tóm tắt của bản tin."}, Origin: article.Live}
			if err := c.HandleLink(t.Context(), l); IsRefused(err) == tt.feedOnly || tt.feedOnly && err != nil || OwnTrouble(err) {
				t.Fatalf("told from the feed: %t, error %v", tt.feedOnly, err)
			}
			if tt.feedOnly != (len(bus.articles) == 1) {
				t.Fatalf("articles = %+v", bus.articles)
			}
			if tt.feedOnly && (!bus.articles[0].FeedOnly || bus.articles[0].Lead != "Tóm tắt của bản tin." || bus.articles[0].Text != "") {
				t.Errorf("article = %+v", bus.articles[0])
			}
			if err := c.HandleLink(t.Context(), l); err != nil || len(bus.articles) > 1 {
				t.Errorf("redelivery: %v, %d articles", err, len(bus.articles))
			}
		})
	}
}

// manyTeasers is a page of headlines with something in its head.
func manyTeasers(head string) string {
	var out strings.Builder
	fmt.Fprintf(&out, `<html><head><title>Báo Bãi Bồi - Tin mới nhất</title>%s</head><body>`, head)
	for i := range 30 {
		fmt.Fprintf(&out, `<div class="item"><h3><a href="/%d.html">Đoàn xe chở gạo số %d đã đến cảng từ rạng sáng</a></h3><p>Gần %d xe nối nhau vào bãi, bốc dỡ đến trưa thì xong, chiều nay tàu sẽ rời bến.</p></div>`, i, i, 100+i)
	}
	return out.String() + `</body></html>`
}

func TestFeedTextIsNotTheSummaryAgain(t *testing.T) {
	c := newCrawler(t, testConfig(newSite(t)), &recorder{}, newClock())
	for _, tt := range []struct{ summary, content, lead, text string }{
		{"Nước rút.", "", "Nước rút.", ""},
		{"Nước rút.", "Nước  rút.\n", "Nước rút.", ""},
		{"Nước rút.", "Nước rút từ sáng.", "Nước rút.", "Nước rút từ sáng."},
		{"", "Nước rút từ sáng.", "", "Nước rút từ sáng."},
		{"Tin", "", "", ""},
	} {
		doc := c.fromFeed(Link{Item: Item{Title: "Tin", Summary: tt.summary, Content: tt.content}}, c.source("s0"))
		if doc.Lead != tt.lead || doc.Text != tt.text {
			t.Errorf("summary %q, content %q: lead %q, text %q, want %q, %q", tt.summary, tt.content, doc.Lead, doc.Text, tt.lead, tt.text)
		}
	}
}

// A failing feed is counted, shown and asked less often; the others go on, and it comes back.
func TestHealthOfAFailingSource(t *testing.T) {
	good, bad, bus, now := newSite(t), newSite(t), &recorder{}, newClock()
	good.show("/rss", "text/xml", good.feedOf("Một|/1.html|a"))
	bad.show("/rss", "text/html", "<html><body>Bảo trì</body></html>")
	c := newCrawler(t, testConfig(good, bad), bus, now)
	for range 3 {
		if err := c.pollAll(t.Context()); ReasonOf(err) != ReasonNotFeed {
			t.Fatalf("poll: %v", err)
		}
	}
	health, err := c.Health(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if h := health[0]; h.State != StateOK || h.Items != 1 || h.LastItem.IsZero() || h.Feeds[0].Title != "Báo Bãi Bồi" {
		t.Errorf("good source: %+v", h)
	}
	if h := health[1]; h.State != StateFailing || h.Failures != 3 || h.Reason != ReasonNotFeed || h.LastError == "" {
		t.Errorf("bad source: %+v", h)
	}
	if d := health[1].Feeds[0].NextPoll.Sub(now.now()); d < 150*time.Millisecond {
		t.Errorf("after three failures the next poll is in %v: no backoff", d)
	}
	bad.show("/rss", "text/xml", bad.feedOf("Hai|/2.html|a"))
	if err := c.pollAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	now.add(25 * time.Hour)
	if health, _ = c.Health(t.Context()); health[1].State != StateOK {
		t.Errorf("a day in which nobody asked is taken for silence: %+v", health[1])
	}
	_ = c.pollAll(t.Context())
	if health, _ = c.Health(t.Context()); health[1].State != StateQuiet || health[1].Failures != 0 {
		t.Errorf("after it came back and a silent day: %+v", health[1])
	}
}

// Run polls by itself and stops when told.
func TestRunPollsAndStops(t *testing.T) {
	s, bus := newSite(t), &recorder{}
	polls := make(chan int, 100)
	n := 0
	s.on("/rss", func(w http.ResponseWriter, _ *http.Request) {
		n++
		_, _ = w.Write([]byte(s.feedOf("Một|/1.html|a")))
		polls <- n
	})
	c, err := New(testConfig(s), Deps{Publisher: bus, DB: storetest.Open(t, t.TempDir())})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- c.Run(ctx) }()
	for <-polls < 3 {
	}
	stop()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("Run: %v", err)
	}
	if links := bus.take(); len(links) != 1 {
		t.Errorf("%d links from three polls of one item", len(links))
	}
}

func TestSeenIsForgottenByAge(t *testing.T) {
	s, bus, now := newSite(t), &recorder{}, newClock()
	s.show("/rss", "text/xml", s.feedOf("Một|/1.html|a"))
	c := newCrawler(t, testConfig(s), bus, now)
	count := func() (n int) {
		if err := c.state.db.QueryRow(t.Context(), "SELECT COUNT(*) FROM crawl_seen").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	for range 100 { // days on which the feed stays as it is: what it shows is not forgotten
		if err := c.pollAll(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := c.state.prune(t.Context(), now.now().Add(-c.cfg.SeenFor.Std())); err != nil {
			t.Fatal(err)
		}
		now.add(25 * time.Hour)
	}
	if count() != 1 || len(bus.take()) != 1 {
		t.Errorf("%d items remembered, want the one that the feed still shows", count())
	}
	s.show("/rss", "text/xml", s.feedOf("Hai|/2.html|b"))
	if err := c.pollAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	now.add(91 * 24 * time.Hour)
	if err := c.pollAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := c.state.prune(t.Context(), now.now().Add(-c.cfg.SeenFor.Std())); err != nil {
		t.Fatal(err)
	}
	if count() != 1 {
		t.Errorf("%d items remembered, want only the one still shown", count())
	}
	bus.take()
	s.show("/rss", "text/xml", s.feedOf("Một|/1.html|a", "Hai|/2.html|b"))
	if err := c.pollAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	if links := bus.take(); len(links) != 0 {
		t.Errorf("old news that was forgotten came back as new: %+v", links)
	}
}

func TestLinksComeOldestFirst(t *testing.T) {
	at := func(h int) time.Time { return time.Date(2026, 11, 22, h, 0, 0, 0, time.UTC) }
	links := []Link{{URL: "c", Item: Item{Published: at(3)}}, {URL: "a", Item: Item{Published: at(1)}}, {URL: "b2", Item: Item{Published: at(2)}}, {URL: "b1", Item: Item{Published: at(2)}}}
	oldestFirst(links)
	var got strings.Builder
	for _, l := range links {
		got.WriteString(l.URL + " ")
	}
	if got.String() != "a b1 b2 c " {
		t.Errorf("order is %s", got.String())
	}
}
