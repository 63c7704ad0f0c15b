package crawler

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"haidang/internal/article"
)

// flagged is a site with one article that was read and rings, and its crawler.
func flagged(t *testing.T) (*site, *Crawler, *recorder, *clock, article.Article) {
	t.Helper()
	s, bus, now := newSite(t), &recorder{}, newClock()
	s.show("/rss", "application/rss+xml", s.feedOf("Kênh vỡ bờ|/1.html|a"))
	s.page("/1.html", "Kênh vỡ bờ", "Bờ kênh đã vỡ lúc rạng sáng.")
	c := newCrawler(t, testConfig(s), bus, now)
	if err := c.pollAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, l := range bus.links {
		if err := c.HandleLink(t.Context(), l); err != nil {
			t.Fatal(err)
		}
	}
	if len(bus.articles) != 1 || bus.articles[0].FeedOnly {
		t.Fatalf("%d articles read, want one with its text", len(bus.articles))
	}
	doc := bus.articles[0]
	doc.Verdict = &article.Verdict{Rings: true}
	bus.links, bus.articles = nil, nil
	return s, c, bus, now, doc
}

// turn moves the clock, publishes what is due and handles it; it returns how many pages were read again.
func turn(t *testing.T, c *Crawler, bus *recorder, now *clock, by time.Duration) int {
	t.Helper()
	now.add(by)
	bus.links = nil
	if err := c.publishRevisits(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, l := range bus.links {
		if err := c.HandleLink(t.Context(), l); err != nil {
			t.Fatal(err)
		}
	}
	return len(bus.links)
}

func TestFlaggedArticlesAreReadAgain(t *testing.T) {
	s, c, bus, now, doc := flagged(t)
	for range 2 { // once is enough
		if err := c.Watch(t.Context(), []article.Article{doc}); err != nil {
			t.Fatal(err)
		}
	}
	if n := turn(t, c, bus, now, 0); n != 1 || len(bus.articles) != 0 {
		t.Errorf("%d readings at once, %d revisions; want the page as evidence and no revision", n, len(bus.articles))
	}
	if n := turn(t, c, bus, now, 9*time.Minute); n != 0 {
		t.Errorf("read again after nine minutes")
	}
	if n := turn(t, c, bus, now, 2*time.Minute); n != 1 || len(bus.articles) != 0 {
		t.Errorf("%d readings after eleven minutes, %d revisions; want one and none", n, len(bus.articles))
	}
	s.page("/1.html", "Kênh không vỡ bờ", "Bờ kênh chỉ sạt một đoạn.")
	if n := turn(t, c, bus, now, time.Hour); n != 1 || len(bus.articles) != 1 {
		t.Fatalf("%d readings after an hour, %d revisions; want one each", n, len(bus.articles))
	}
	edit := bus.articles[0]
	if edit.ID != doc.ID || edit.Revision == doc.Revision || edit.Title != "Kênh không vỡ bờ" || !edit.Published.Equal(doc.Published) || !edit.FirstSeen.Equal(doc.FirstSeen) || edit.Outlet != doc.Outlet {
		t.Errorf("the revision is %+v, of %+v", edit, doc)
	}
	if n := turn(t, c, bus, now, 6*time.Hour); n != 1 || len(bus.articles) != 1 {
		t.Errorf("%d readings after six hours, %d revisions; the same words are no revision", n, len(bus.articles))
	}
	s.on("/1.html", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "gone", http.StatusGone) })
	if n := turn(t, c, bus, now, 24*time.Hour); n != 1 || len(bus.articles) != 1 {
		t.Errorf("%d readings after a day, %d revisions; a page that is gone is no revision", n, len(bus.articles))
	}
	if n := turn(t, c, bus, now, 30*24*time.Hour); n != 0 {
		t.Errorf("%d readings after a month, want none", n)
	}
	kept, err := c.Evidence(t.Context(), doc.ID)
	if err != nil || len(kept) != 2 {
		t.Fatalf("%d pages kept, %v; want the first and the edited one", len(kept), err)
	}
	for i, want := range []string{"Bờ kênh đã vỡ lúc rạng sáng.", "Bờ kênh chỉ sạt một đoạn."} {
		page, err := c.EvidencePage(t.Context(), doc.ID, kept[i].SHA256)
		if err != nil || !strings.Contains(string(page), want) || int64(len(page)) != kept[i].Bytes {
			t.Errorf("evidence %d of %d bytes, %v; want %q in it", i, len(page), err, want)
		}
	}
	if _, err := c.EvidencePage(t.Context(), doc.ID, "00"); !errors.Is(err, ErrNoEvidence) {
		t.Errorf("a page that was not kept = %v", err)
	}
	if _, err := c.state.db.Exec(t.Context(), "UPDATE crawl_evidence SET body = (SELECT body FROM crawl_evidence WHERE sha256 = ?) WHERE sha256 = ?", kept[0].SHA256, kept[1].SHA256); err != nil {
		t.Fatal(err)
	}
	if _, err := c.EvidencePage(t.Context(), doc.ID, kept[1].SHA256); err == nil {
		t.Error("a page that was changed in the database is shown as evidence")
	}
}

// TestSleptThroughRevisitsAreMadeOnce: a process that was down reads the page once, not for each time that it missed.
func TestSleptThroughRevisitsAreMadeOnce(t *testing.T) {
	_, c, bus, now, doc := flagged(t)
	if err := c.Watch(t.Context(), []article.Article{doc}); err != nil {
		t.Fatal(err)
	}
	total := turn(t, c, bus, now, 7*time.Hour)
	total += turn(t, c, bus, now, time.Minute)
	if total != 1 {
		t.Errorf("%d readings after seven hours of sleep, want one", total)
	}
	if n := turn(t, c, bus, now, 17*time.Hour+time.Minute); n != 1 {
		t.Errorf("%d readings at the last time, want one", n)
	}
}

func TestOnlyRingingPagesAreWatched(t *testing.T) {
	_, c, bus, now, doc := flagged(t)
	quiet, old, short, odd := doc, doc, doc, doc
	quiet.Verdict, old.Origin, short.FeedOnly, odd.URL = &article.Verdict{}, article.Backfill, true, "file:///etc/passwd"
	docs := []article.Article{quiet, old, short, odd}
	for i := range docs {
		docs[i].ID = fmt.Sprint("other", i)
	}
	if err := c.Watch(t.Context(), docs); err != nil {
		t.Fatal(err)
	}
	if n := turn(t, c, bus, now, time.Hour); n != 0 {
		t.Errorf("%d pages read again, want none", n)
	}
}
