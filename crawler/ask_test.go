package crawler

import (
	"fmt"
	"net/http"
	"testing"
	"time"
)

// etags is a feed with validators that lies when it is told to.
type etags struct {
	site        *site
	items       []string
	etag        string
	full, cheap int
}

func newEtags(t *testing.T) *etags {
	e := &etags{site: newSite(t), items: []string{"Một|/1.html|a"}, etag: `"1"`}
	e.site.on("/rss", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", e.etag)
		if r.Header.Get("If-None-Match") == e.etag {
			e.cheap++
			w.WriteHeader(http.StatusNotModified)
			return
		}
		e.full++
		_, _ = w.Write([]byte(e.site.feedOf(e.items...)))
	})
	return e
}

// polls polls so many times, five minutes apart, and tells how it was asked.
func (e *etags) polls(t *testing.T, c *Crawler, now *clock, n int) (full, cheap int) {
	t.Helper()
	e.full, e.cheap = 0, 0
	for range n {
		if err := c.pollAll(t.Context()); err != nil {
			t.Fatal(err)
		}
		now.add(5 * time.Minute)
	}
	return e.full, e.cheap
}

// A 304 is believed after three full answers have borne it out, and put to the proof again a week later.
func TestNotModifiedIsBelievedAfterProof(t *testing.T) {
	e, bus, now := newEtags(t), &recorder{}, newClock()
	c := newCrawler(t, testConfig(e.site), bus, now)
	if full, cheap := e.polls(t, c, now, 1+proofs); full != 1+proofs || cheap != proofs {
		t.Errorf("on trial: %d full and %d conditional answers, want %d and %d", full, cheap, 1+proofs, proofs)
	}
	if full, cheap := e.polls(t, c, now, 5); full != 0 || cheap != 5 {
		t.Errorf("believed: %d full and %d conditional answers, want 0 and 5", full, cheap)
	}
	now.add(proofAgain)
	if full, cheap := e.polls(t, c, now, 2); full != 1 || cheap != 2 {
		t.Errorf("a week later: %d full and %d conditional answers, want 1 and 2", full, cheap)
	}
}

// A server that keeps its ETag while the content changes hides nothing and is asked in full from then on, for a week.
func TestLyingNotModified(t *testing.T) {
	e, bus, now := newEtags(t), &recorder{}, newClock()
	c := newCrawler(t, testConfig(e.site), bus, now)
	e.polls(t, c, now, 2)
	e.items = append(e.items, "Hai|/2.html|b") // under the same ETag
	bus.take()
	e.polls(t, c, now, 1)
	if links := bus.take(); len(links) != 1 {
		t.Errorf("%d links: what a lying server hid was not found", len(links))
	}
	for i := 3; i < 6; i++ {
		e.items = append(e.items, fmt.Sprintf("Tin %d|/%d.html|b", i, i))
		if full, cheap := e.polls(t, c, now, 1); full != 1 || cheap != 0 {
			t.Errorf("after the lie: %d full and %d conditional answers", full, cheap)
		}
	}
	if links := bus.take(); len(links) != 3 {
		t.Errorf("%d links after the lie, want 3", len(links))
	}
	health, err := c.Health(t.Context())
	if err != nil || health[0].Feeds[0].Lied.IsZero() {
		t.Errorf("health does not tell of the lie: %+v, %v", health, err)
	}
	now.add(proofAgain)
	if full, cheap := e.polls(t, c, now, 1); full != 1 || cheap != 1 {
		t.Errorf("a week later: %d full and %d conditional answers, want one of each", full, cheap)
	}
}

// A feed that begins to lie after it was believed is found out by its own rhythm, not only a week later.
func TestBelievedFeedBeginsToLie(t *testing.T) {
	e, bus, now := newEtags(t), &recorder{}, newClock()
	c := newCrawler(t, testConfig(e.site), bus, now)
	for i := range 12 {
		e.items = append(e.items, fmt.Sprintf("Tin %d|/t%d.html|b", i, i))
		e.etag = fmt.Sprintf("%q", fmt.Sprint(i))
		e.polls(t, c, now, 3)
	}
	if full, cheap := e.polls(t, c, now, 1); full != 0 || cheap != 1 {
		t.Fatalf("not believed: %d full and %d conditional", full, cheap)
	}
	bus.take()
	e.items = append(e.items, "Giấu|/giau.html|b") // from here on the ETag stays
	e.polls(t, c, now, 24)
	if links := bus.take(); len(links) != 1 {
		t.Errorf("two hours of a rhythm of a quarter of an hour: %d links found, want the hidden one", len(links))
	}
}

// Only a permanent redirect to a feed is a move; it is undone when the new address fails.
func TestMovesAreRemembered(t *testing.T) {
	for _, tt := range []struct {
		name   string
		status int
		feed   bool
		moved  bool
	}{
		{"301", http.StatusMovedPermanently, true, true},
		{"308", http.StatusPermanentRedirect, true, true},
		{"302", http.StatusFound, true, false},
		{"307", http.StatusTemporaryRedirect, true, false},
		{"301 to a page", http.StatusMovedPermanently, false, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, bus, now := newSite(t), &recorder{}, newClock()
			s.on("/rss", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/moi.rss", tt.status) })
			s.show("/moi.rss", "text/html", "<html><body>Đang bảo trì</body></html>")
			if tt.feed {
				s.show("/moi.rss", "text/xml", s.feedOf("Một|/1.html|a"))
			}
			c := newCrawler(t, testConfig(s), bus, now)
			for range 2 {
				if err := c.pollAll(t.Context()); (err == nil) != tt.feed {
					t.Fatal(err)
				}
			}
			health, err := c.Health(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if moved := health[0].Feeds[0].MovedTo; (moved == s.URL+"/moi.rss") != tt.moved || !tt.moved && moved != "" {
				t.Errorf("moved to %q", moved)
			}
			if n := s.asked("/rss"); tt.moved && n != 1 || !tt.moved && n != 2 {
				t.Errorf("the old address was asked %d times", n)
			}
			if !tt.moved {
				return
			}
			s.on("/moi.rss", http.NotFound)
			s.show("/rss", "text/xml", s.feedOf("Một|/1.html|a", "Hai|/2.html|b"))
			for range 3 {
				_ = c.pollAll(t.Context())
			}
			if err := c.pollAll(t.Context()); err != nil || len(bus.take()) != 2 {
				t.Errorf("after the move was undone: %v", err)
			}
		})
	}
}

// 410 makes a feed a daily one at once; it comes back by itself.
func TestGoneFeedIsAskedDaily(t *testing.T) {
	s, now := newSite(t), newClock()
	s.on("/rss", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusGone) })
	c := newCrawler(t, testConfig(s), &recorder{}, now)
	if err := c.pollAll(t.Context()); ReasonOf(err) != ReasonGone {
		t.Fatal(err)
	}
	health, err := c.Health(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if f := health[0].Feeds[0]; !f.Daily || f.NextPoll.Sub(now.now()) < 21*time.Hour || health[0].State != StateFailing {
		t.Errorf("after 410: %+v", f)
	}
	s.show("/rss", "text/xml", s.feedOf("Một|/1.html|a"))
	if err := c.pollAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	if health, _ = c.Health(t.Context()); health[0].Feeds[0].Daily || health[0].State != StateOK {
		t.Errorf("after it came back: %+v", health[0])
	}
}
