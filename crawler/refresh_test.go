package crawler

import (
	"strings"
	"testing"
)

// A page that only sends its readers on is followed once, on its own site and where robots.txt allows it.
func TestMetaRefreshIsFollowed(t *testing.T) {
	s := newSite(t)
	s.show("/robots.txt", "text/plain", "User-agent: *\nDisallow: /kin/")
	s.page("/moi.html", "Kênh chính đã thông", "")
	for path, to := range map[string]string{"/cu.html": "0; url=/moi.html", "/cu2.html": "1;URL='/moi.html'", "/vong.html": "0;url=/vong2.html", "/vong2.html": "0;url=/vong.html", "/xa.html": "0;url=http://10.0.0.1/", "/kin.html": "0;url=/kin/1.html", "/cham.html": "600;url=/moi.html"} {
		s.show(path, "text/html", `<html><head><META HTTP-EQUIV="Refresh" CONTENT="`+to+`"></head></html>`)
	}
	f, err := NewFetcher(testConfig(s), Deps{})
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{"/cu.html": "/moi.html", "/cu2.html": "/moi.html", "/vong.html": "/vong2.html", "/xa.html": "/xa.html", "/cham.html": "/cham.html", "/moi.html": "/moi.html"} {
		if res, err := f.Page(t.Context(), s.URL+path); err != nil || strings.TrimPrefix(res.URL, s.URL) != want {
			t.Errorf("%s: read at %s, %v; want %s", path, res.URL, err, want)
		}
	}
	if _, err := f.Page(t.Context(), s.URL+"/kin.html"); ReasonOf(err) != ReasonRobots || s.asked("/kin/1.html") != 0 {
		t.Errorf("a page that leads to what robots.txt forbids: %v", err)
	}
}
