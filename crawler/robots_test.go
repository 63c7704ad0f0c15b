package crawler

import (
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestRobotsAllowed(t *testing.T) {
	for _, tt := range []struct {
		name, robots, path string
		want               bool
	}{
		{"empty file", "", "/a", true},
		{"own group beats star", "user-agent: *\ndisallow: /\nuser-agent: haidang\nallow: /", "/a", true},
		{"own group forbids", "user-agent: HaiDang/2.0\ndisallow: /tin\n\nuser-agent: *\nallow: /", "/tin/a", false},
		{"star group", "User-Agent: *\nDisallow: /private", "/private/x", false},
		{"another's group is not ours", "user-agent: haidangbot\ndisallow: /", "/a", true},
		{"groups of one agent are merged", "user-agent: haidang\ndisallow: /a\nuser-agent: other\ndisallow: /c\nuser-agent: haidang\ndisallow: /b", "/b", false},
		{"several agents, one group", "user-agent: x\nuser-agent: haidang\ndisallow: /", "/b", false},
		{"longest match wins", "user-agent: *\nallow: /p\ndisallow: /", "/page", true},
		{"longest match wins, reversed", "user-agent: *\ndisallow: /page\nallow: /p", "/page", false},
		{"a tie allows", "user-agent: *\ndisallow: /page\nallow: /page", "/page", true},
		{"an empty disallow allows", "user-agent: *\ndisallow:", "/x", true},
		{"wildcard", "user-agent: *\ndisallow: /*.php", "/a/b.php?x", false},
		{"wildcard and end", "user-agent: *\ndisallow: /*.php$", "/a.php?x", true},
		{"wildcard and end match", "user-agent: *\ndisallow: /*.php$", "/a.php", false},
		{"end not reached by the first hit", "user-agent: *\ndisallow: /*a$", "/aba", false},
		{"dollar in the middle is itself", "user-agent: *\ndisallow: /a$b", "/a$b", false},
		{"double star", "user-agent: *\ndisallow: /a**b", "/axxb", false},
		{"star alone", "user-agent: *\ndisallow: *", "/x", false},
		{"paths are case-sensitive", "user-agent: *\ndisallow: /A", "/a", true},
		{"query counts", "user-agent: *\ndisallow: /s?q=", "/s?q=1", false},
		{"escapes compare equal", "user-agent: *\ndisallow: /ti%6E", "/tin", false},
		{"escaped Vietnamese", "user-agent: *\ndisallow: /thời-sự", "/th%E1%BB%9Di-s%E1%BB%B1/1", false},
		{"escaped slash is no slash", "user-agent: *\ndisallow: /a/b", "/a%2Fb", true},
		{"escaped star is a star", "user-agent: *\ndisallow: /a%2Ab", "/a*b", false},
		{"comment", "user-agent: * # all\ndisallow: /x # no", "/x", false},
		{"byte order mark", "\xef\xbb\xbfuser-agent: *\ndisallow: /", "/x", false},
		{"carriage returns", "user-agent: *\rdisallow: /\r", "/x", false},
		{"no colon", "user-agent *\ndisallow /x", "/x", false},
		{"rules before any agent are nobody's", "disallow: /\nuser-agent: *\nallow: /", "/x", true},
		{"a sitemap line does not end a group", "user-agent: haidang\nsitemap: https://x/s.xml\ndisallow: /", "/x", false},
		{"robots.txt itself", "user-agent: *\ndisallow: /", "/robots.txt", true},
		{"html instead of text", "<html><body>404</body></html>", "/x", true},
	} {
		u, err := url.Parse("https://example.vn" + tt.path)
		if err != nil {
			t.Fatal(err)
		}
		if got := parseRobots([]byte(tt.robots)).allowed("HaiDang", u); got != tt.want {
			t.Errorf("%s: allowed(%q) under %q = %v, want %v", tt.name, tt.path, tt.robots, got, tt.want)
		}
	}
}

func TestRobotsCrawlDelayIsCapped(t *testing.T) {
	for value, want := range map[string]time.Duration{"2.5": 2500 * time.Millisecond, "86400": maxCrawlDelay, "-1": 0, "x": 0, "NaN": 0} {
		if got := parseRobots([]byte("user-agent: *\ncrawl-delay: " + value)).agentGroup("HaiDang").delay; got != want {
			t.Errorf("crawl-delay %s: %v, want %v", value, got, want)
		}
	}
}

// A hostile file may try to make matching slow.
func TestRobotsMatchingIsLinear(t *testing.T) {
	rules := parseRobots([]byte("user-agent: *\n" + strings.Repeat("disallow: /"+strings.Repeat("*a", 900)+"b\n", 250)))
	u := &url.URL{Scheme: "https", Host: "example.vn", Path: "/" + strings.Repeat("a", 2000)}
	start := spent()
	if !rules.allowed("HaiDang", u) {
		t.Error("a path without b is forbidden")
	}
	if took := spent() - start; took > time.Second {
		t.Errorf("matching took %v", took)
	}
}

func FuzzParseRobots(f *testing.F) {
	f.Add([]byte("user-agent: *\ndisallow: /a*b$\ncrawl-delay: 1"), "/aab")
	f.Fuzz(func(t *testing.T, data []byte, path string) {
		rules := parseRobots(data)
		if !rules.allowed("HaiDang", &url.URL{Path: "/robots.txt"}) {
			t.Errorf("robots.txt forbidden by %q", data)
		}
		rules.allowed("HaiDang", &url.URL{Path: path})
	})
}
