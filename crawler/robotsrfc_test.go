package crawler

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// The examples of RFC 9309 and, in our words, the cases that Google tests its parser with. Paths are those of the agent
// foobot.
func TestRobotsByTheStandard(t *testing.T) {
	for _, tt := range []struct{ name, robots, allowed, forbidden string }{
		// RFC 9309, 5.1: one group for everybody, one of our own, one for two, one without rules.
		{"5.1 for foobot", rfcExample, "/example/page.html /example/allowed.gif", "/ /x /publications/ /example/ /example/page2.gif"},
		{"5.1 for barbot", swap(rfcExample, "barbot"), "/ /x.gif /example/", "/example/page.html"},
		{"5.1 for bazbot", swap(rfcExample, "bazbot"), "/ /x.gif /example/", "/example/page.html"},
		{"5.1 for quxbot", swap(rfcExample, "quxbot"), "/ /x.gif /example/page.html", ""},
		{"5.1 for others", swap(rfcExample, "nobody"), "/ /x.gif2 /publications/", "/x.gif /a/b.gif /example/ /example/page.html"},
		// RFC 9309, 5.2 and 2.2.2: the rule with the most octets, and an equal one that allows.
		{"5.2", "User-Agent: foobot\nAllow: /example/page/\nDisallow: /example/page/disallowed.gif", "/example/page/ /example/page/x", "/example/page/disallowed.gif"},
		{"equal rules", "User-Agent: foobot\nDisallow: /x/page.html\nAllow: /x/page.html", "/x/page.html", ""},
		{"2.2.2 letters outside ASCII", "user-agent: foobot\ndisallow: /\nallow: /foo/bar/ツ", "/foo/bar/%E3%83%84", "/foo/bar/"},
		{"2.2.2 escaped letters outside ASCII", "user-agent: foobot\ndisallow: /\nallow: /foo/bar/%e3%83%84", "/foo/bar/%E3%83%84", "/foo/bar/"},
		{"2.2.2 escaped letters", "user-agent: foobot\ndisallow: /\nallow: /foo/bar/%62%61%7A", "/foo/bar/baz /foo/bar/%62%61%7A", "/foo/bar/"},
		{"2.2.2 a query", "user-agent: foobot\ndisallow: /\nallow: /foo/bar?baz=quz", "/foo/bar?baz=quz", "/foo/bar /foo/bar?baz=x"},
		// RFC 9309, 2.2.3.
		{"2.2.3 end and middle", "user-agent: foobot\ndisallow: /\nallow: /this/path/exactly$\nallow: /this/*/exactly?", "/this/path/exactly /this/other/exactly?x", "/this/path/exactly/ /this/other/exactly"},
		{"2.2.3 special letters as themselves", "user-agent: foobot\ndisallow: /path/file-with-a-%2A.html\ndisallow: /path/foo-%24", "/path/file-with-a-x.html /path/foo-", "/path/file-with-a-*.html /path/foo-$"},
		{"comments", "# disallow: /\nuser-agent: foobot #x\ndisallow: /foo/quz#qux\nallow: /", "/foo/bar", "/foo/quz"},
		// RFC 9309, 2.2.1 and 2.2.4: groups.
		{"no group for us", "user-agent: barbot\ndisallow: /", "/x", ""},
		{"our group and everybody's", "user-agent: *\nallow: /\nuser-agent: foobot\ndisallow: /", "", "/x"},
		{"everybody's after ours", "user-agent: foobot\nallow: /\n\nuser-agent: *\ndisallow: /", "/x", ""},
		{"two groups of ours", "user-agent: foobot\ndisallow: /a\n\nuser-agent: barbot\ndisallow: /b\n\nuser-agent: foobot\ndisallow: /c", "/b", "/a /c"},
		{"rules before any group", "allow: /foo/bar/\n\nuser-agent: foobot\ndisallow: /\nuser-agent: barbot\nallow: /", "", "/foo/bar/ /x"},
		{"a group of two and one after", "user-agent: foobot\ndisallow: /\nallow: /x/\nuser-agent: barbot\ndisallow: /\nallow: /y/\n\nallow: /w/\nuser-agent: bazbot\n\nuser-agent: foobot\nallow: /z/\ndisallow: /", "/x/b /z/d", "/y/c /w/a"},
		{"another record does not end the agents", "user-agent: barbot\nsitemap: https://foo.bar/sitemap\nuser-agent: *\ndisallow: /", "", "/x"},
		{"an unknown record does not either", "user-agent: barbot\ninvalid-unknown-line: unknown\nuser-agent: *\ndisallow: /", "", "/x"},
		{"names of records in any case", "USER-AGENT: FOOBOT\nALLOW: /x/\nDISALLOW: /", "/x/y", "/a/b"},
		{"our name with a version", "user-agent: foobot/2.1\ndisallow: /", "", "/x"},
		{"our name and more words", "user-agent: foobot bar\ndisallow: /", "", "/x"},
		{"a name that begins like ours", "user-agent: foobot-news\ndisallow: /\nuser-agent: foo\ndisallow: /", "/x", ""},
		{"lines that are nothing", "foo: foobot\nbar: /\n", "/x", ""},
		{"without colons", "user-agent foobot\ndisallow /\n", "", "/x"},
		{"paths in another case", "user-agent: foobot\ndisallow: /X/", "/x/y", "/X/y"},
		{"line ends of all kinds", "user-agent: foobot\r\ndisallow: /a\rdisallow: /b\n\r\ndisallow: /c", "/d", "/a /b /c"},
		{"a byte order mark", "\ufeffuser-agent: foobot\ndisallow: /", "", "/x"},
		// Google's own documentation.
		{"/fish", "user-agent: foobot\ndisallow: /\nallow: /fish", "/fish /fish.html /fish/salmon.html /fishheads /fish.php?id=anything", "/Fish.asp /catfish /?id=fish"},
		{"/fish*", "user-agent: foobot\ndisallow: /\nallow: /fish*", "/fish /fish.html /fishheads/yummy.html", "/Fish.asp /catfish /?id=fish"},
		{"/fish/", "user-agent: foobot\ndisallow: /\nallow: /fish/", "/fish/ /fish/?salmon /fish/salmon.html", "/fish /fish.html"},
		{"/*.php", "user-agent: foobot\ndisallow: /\nallow: /*.php", "/filename.php /folder/any.php.file.html /x?/filename.php", "/ /windows.PHP"},
		{"/*.php$", "user-agent: foobot\ndisallow: /\nallow: /*.php$", "/filename.php /folder/filename.php", "/filename.php?parameters /filename.php/ /filename.php5 /aaaphp"},
		{"/fish*.php", "user-agent: foobot\ndisallow: /\nallow: /fish*.php", "/fish.php /fishheads/catfish.php?parameters", "/Fish.PHP"},
		{"longer allow", "user-agent: foobot\nallow: /p\ndisallow: /", "/page", "/x"},
		{"longer disallow with a star", "user-agent: foobot\nallow: /page\ndisallow: /*.html", "/page /other", "/page.html"},
		{"longer allow against a star", "user-agent: foobot\nallow: /x/page.\ndisallow: /*.html", "/x/page.html", "/x/y.html"},
		{"the front page only", "user-agent: foobot\nallow: /$\ndisallow: /", "/", "/page.html"},
		{"a directory and its name", "user-agent: foobot\ndisallow: /x\nallow: /x/", "/x/", "/x"},
		{"an empty allow", "user-agent: foobot\ndisallow: \nallow: ", "/x", ""},
	} {
		for path := range strings.FieldsSeq(tt.allowed) {
			holdRobots(t, tt.name, tt.robots, path, true)
		}
		for path := range strings.FieldsSeq(tt.forbidden) {
			holdRobots(t, tt.name, tt.robots, path, false)
		}
	}
}

const rfcExample = `User-Agent: *
Disallow: *.gif$
Disallow: /example/
Allow: /publications/

User-Agent: foobot
Disallow:/
Allow:/example/page.html
Allow:/example/allowed.gif

User-Agent: barbot
User-Agent: bazbot
Disallow: /example/page.html

User-Agent: quxbot
`

// swap makes a file's rules for an agent those for foobot.
func swap(robots, agent string) string {
	return strings.NewReplacer("foobot", "another", agent, "foobot").Replace(robots)
}

func holdRobots(t *testing.T, name, robots, path string, want bool) {
	t.Helper()
	u, err := url.Parse("https://foo.bar" + path)
	if err != nil {
		t.Fatal(err)
	}
	if got := parseRobots([]byte(robots)).allowed("FooBot", u); got != want {
		t.Errorf("%s: allowed(%q) = %v, want %v", name, path, got, want)
	}
}

// A robots.txt may lie behind redirects, on another host too, and rules the site that was asked. One that redirects without
// end counts as none (RFC 9309, 2.3.1.2).
func TestRobotsBehindRedirects(t *testing.T) {
	s, other := newSite(t), newSite(t)
	s.page("/x.html", "T", "")
	s.on("/robots.txt", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/a.txt", http.StatusMovedPermanently)
	})
	s.on("/a.txt", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other.URL+"/b.txt", http.StatusFound)
	})
	other.show("/b.txt", "text/plain", "user-agent: *\ndisallow: /x")
	if _, err := newTestFetcher(t, testConfig(s, other)).Page(t.Context(), s.URL+"/x.html"); ReasonOf(err) != ReasonRobots {
		t.Errorf("rules behind two redirects: %v", err)
	}
	s.on("/a.txt", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/a.txt", http.StatusFound) })
	if _, err := newTestFetcher(t, testConfig(s, other)).Page(t.Context(), s.URL+"/x.html"); err != nil {
		t.Errorf("redirects without end: %v", err)
	}
}
