package crawler

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestDiscover(t *testing.T) {
	news := func(s *site) string {
		return `<urlset xmlns:news="n">` + newsEntry(s.URL, "/1.html", time.Now().Add(-time.Hour)) + `</urlset>`
	}
	for _, tt := range []struct {
		name, home, robots string
		feedAt             string
		mapAt              string
	}{
		{"declared", `<html lang="vi-VN"><head><title>Báo Bãi Bồi - Trang chủ</title><link rel="alternate" type="application/rss+xml" href="/tin.rss"><link rel="alternate" type="application/rss+xml" href="/hong.rss"></head>`, "sitemap: /ban-do-tin.xml\ndisallow: /cam", "/tin.rss", "/ban-do-tin.xml"},
		{"linked to", `<html><body><a href="/kenh.rss">RSS</a><a href="http://evil.test/rss">x</a></body></html>`, "", "/kenh.rss", "/news-sitemap.xml"},
		{"common place", `<html><body>Không có gì</body></html>`, "", "/rss/home.rss", "/sitemap-news.xml"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newSite(t)
			s.show("/", "text/html; charset=utf-8", tt.home)
			s.show("/robots.txt", "text/plain", "user-agent: *\n"+tt.robots)
			s.show(tt.feedAt, "text/xml", s.feedOf("Một|/1.html|a"))
			s.show(tt.mapAt, "text/xml", news(s))
			f := newTestFetcher(t, testConfig(s))
			d, err := f.Discover(t.Context(), s.URL+"/")
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(append(d.Source.Feeds, d.Source.Sitemaps...), " "); got != s.URL+tt.feedAt+" "+s.URL+tt.mapAt {
				t.Errorf("found %s; tried %+v", got, d.Trials)
			}
			if tt.name == "declared" && (d.Source.Name != "Báo Bãi Bồi - Trang chủ" || d.Source.Language != "vi") {
				t.Errorf("entry %+v", d.Source)
			}
		})
	}
}

// A hostile home page costs a bounded number of requests, none of them to a forbidden or a private address.
func TestDiscoverIsBounded(t *testing.T) {
	s, victim := newSite(t), newSite(t)
	var home strings.Builder
	home.WriteString("<html><head>")
	for i := range 2000 {
		fmt.Fprintf(&home, `<link rel="alternate" type="application/rss+xml" href="/%d.rss"><link rel="alternate" type="application/rss+xml" href="%s/rss"><a href="/cam/%d.rss">x</a>`, i, victim.URL, i)
	}
	s.show("/", "text/html", home.String())
	s.show("/robots.txt", "text/plain", "user-agent: *\ndisallow: /cam/\n"+strings.Repeat("sitemap: "+victim.URL+"/s.xml\n", 100))
	s.on("/0.rss", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, victim.URL+"/x", http.StatusMovedPermanently)
	})
	cfg := testConfig(s)
	d, err := newTestFetcher(t, cfg).Discover(t.Context(), s.URL+"/")
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Trials) > maxTries || len(s.requests) > maxTries+5 || len(victim.requests) != 0 || len(d.Source.Feeds) != 0 {
		t.Errorf("%d tries, %d requests, %d at the victim", len(d.Trials), len(s.requests), len(victim.requests))
	}
	for _, r := range s.requests {
		if strings.HasPrefix(r, "/cam/") {
			t.Errorf("%s was asked for", r)
		}
	}
}
