package crawler

import (
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "rewrite golden files")

// golden compares text with a file of testdata, or rewrites it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (run with -update to write it)", err)
	}
	if got != string(want) {
		t.Errorf("%s has changed (run with -update if that is right)\n got: %s\nwant: %s", name, got, want)
	}
}

// tally counts expectations met by what they ask for.
type tally struct {
	met, all map[string]int
	failed   []string
}

func newTally() *tally { return &tally{met: map[string]int{}, all: map[string]int{}} }

func (c *tally) check(kind, file, got, want string) {
	c.all[kind]++
	if got == want {
		c.met[kind]++
		return
	}
	c.failed = append(c.failed, fmt.Sprintf("%-8s %s\n      got %.120q\n     want %.120q", kind, file, got, want))
}

func (c *tally) String() string {
	var kinds []string
	for k := range c.all {
		kinds = append(kinds, k)
	}
	sort.Strings(kinds)
	var out strings.Builder
	for _, k := range kinds {
		fmt.Fprintf(&out, "%-8s %4d of %4d (%.1f%%)\n", k, c.met[k], c.all[k], 100*float64(c.met[k])/float64(c.all[k]))
	}
	return out.String()
}

var (
	expectLine   = regexp.MustCompile(`Expect:\s*(.*)`)
	headerLine   = regexp.MustCompile(`Header:\s*([A-Za-z-]+):\s*(.*)`)
	expectString = regexp.MustCompile(`entries\[0\](?:\[u?'|\.)(title|link|description|summary|content)(?:'\])?(?:\[0\](?:\.|\[')value(?:'\])?)? == (u?)(["'])(.*)$`)
	expectFeed   = regexp.MustCompile(`feed(?:\['|\.)title(?:'\])? == (u?)(["'])(.*)$`)
	expectTime   = regexp.MustCompile(`entries\[0\](?:\['|\.)(published|updated)_parsed(?:'\])? == \((\d+), (\d+), (\d+), (\d+), (\d+), (\d+)`)
)

// pythonString reads a Python literal up to its closing quote.
func pythonString(s string, quote byte) (string, bool) {
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == quote:
			return out.String(), true
		case c == '\\' && i+1 < len(s):
			i++
			n := map[byte]int{'x': 2, 'u': 4, 'U': 8}[s[i]]
			switch {
			case n > 0 && i+n < len(s):
				var r rune
				if _, err := fmt.Sscanf(s[i+1:i+1+n], "%x", &r); err != nil {
					return "", false
				}
				out.WriteRune(r)
				i += n
			case s[i] == 'n':
				out.WriteByte('\n')
			case s[i] == 't':
				out.WriteByte('\t')
			default:
				out.WriteByte(s[i])
			}
		default:
			out.WriteByte(c)
		}
	}
	return "", false
}

func TestFeedparserFiles(t *testing.T) {
	root := "../../shared/data/feeds/feedparser/tests"
	if _, err := os.Stat(root); err != nil {
		t.Skipf("real data is absent: %v", err)
	}
	c, files := newTally(), 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".xml" {
			return err
		}
		if files++; raceDetector && files%10 != 0 {
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(root, path)
		checkFeedparser(c, name, data)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if testing.Verbose() {
		t.Log(strings.Join(c.failed, "\n"))
	}
	if raceDetector {
		return // a sample only
	}
	golden(t, "feedparser_stats.txt", c.String()+c.causes(feedparserCauses))
}

// feedparserCauses says of each expectation that is not met why, by the beginning of its file's name: no other may be missed.
var feedparserCauses = []struct{ file, cause string }{
	{"encoding/bozo_linenoise", "feedparser keeps bytes that are no text in any encoding; ours replaces them"},
	{"wellformed/cdf/", "CDF, Microsoft's channels of 1997, is no feed that anybody serves; gofeed does not read it either"},
	{"wellformed/rss/item_summary_and_description", "summary and description in one item: ours shows the description, which RSS defines"},
	{"entities/", "HTML 5 has given the angle brackets other characters since"},
	{"wellformed/sanitize/xml_declaration", "a title that begins a declaration and does not end it: nothing of it is text"},
	{"wellformed/sanitize/xml_malicious_comment", "a comment that readers of XML and of HTML end in different places"},
	{"wellformed/sanitize/style_", "feedparser takes the words of a paragraph with its style away; ours keeps words"},
	{"wellformed/sanitize/entry_content_iframe", "words after an iframe that is never closed: a browser hides them, and so does ours"},
	{"wellformed/sanitize/entry_summary_iframe", "the same"},
	{"wellformed/sanitize/item_content_encoded_script", "a script in a section within a section: nothing of it is text"},
	{"wellformed/sanitize/", "a page of broken tags as content: ours reads the words that a browser shows, feedparser those before them"},
}

// causes lists what was not met, by cause.
func (c *tally) causes(known []struct{ file, cause string }) string {
	var out strings.Builder
	left := c.failed
	for _, k := range known {
		var files []string
		left = slices.DeleteFunc(left, func(f string) bool {
			name := strings.Fields(f)[1]
			if !strings.HasPrefix(name, k.file) {
				return false
			}
			files = append(files, strings.Fields(f)[0]+" "+strings.TrimSuffix(name, ".xml"))
			return true
		})
		if len(files) > 0 {
			fmt.Fprintf(&out, "\n%s:\n  %s\n", k.cause, strings.Join(files, "\n  "))
		}
	}
	for _, f := range left {
		fmt.Fprintf(&out, "\nno cause is known:\n  %s\n", f)
	}
	return out.String()
}

func checkFeedparser(c *tally, name string, data []byte) {
	// Expectations of documents in other encodings are still ASCII, apart from the zeros of UTF-16 and UTF-32.
	head := strings.ReplaceAll(string(data), "\x00", "")
	m := expectLine.FindStringSubmatch(head)
	if m == nil {
		return
	}
	feedURL, defaults := "http://127.0.0.1:8097/"+name, FeedDefaults{}
	for _, h := range headerLine.FindAllStringSubmatch(head, -1) {
		switch strings.ToLower(h[1]) {
		case "content-type":
			defaults.ContentType = h[2]
		case "content-location":
			feedURL = h[2]
		}
	}
	feed, _ := ReadFeed(data, feedURL, defaults)
	var item Item
	if len(feed.Items) > 0 {
		item = feed.Items[0]
	}
	if e := expectString.FindStringSubmatch(m[1]); e != nil {
		want, ok := pythonString(e[4], e[3][0])
		if !ok {
			return
		}
		switch e[1] {
		case "title":
			c.check("title", name, item.Title, plainLine(want))
		case "link":
			c.check("link", name, item.URL, want)
		default:
			got := item.Summary
			if e[1] == "content" || got == "" {
				got = firstOf(item.Content, item.Summary)
			}
			c.check("content", name, oneSpace(got), oneSpace(plainText(want)))
		}
	}
	if e := expectFeed.FindStringSubmatch(m[1]); e != nil {
		if want, ok := pythonString(e[3], e[2][0]); ok {
			c.check("feed", name, feed.Title, plainLine(want))
		}
	}
	if e := expectTime.FindStringSubmatch(m[1]); e != nil {
		want := time.Date(number(e[2]), time.Month(number(e[3])), number(e[4]), number(e[5]), number(e[6]), number(e[7]), 0, time.UTC)
		got := item.Published
		if e[1] == "updated" && !item.Updated.IsZero() {
			got = item.Updated
		}
		c.check("date", name, got.UTC().Format(time.RFC3339), want.Format(time.RFC3339))
	}
}

func TestGofeedFiles(t *testing.T) {
	root := "../../shared/data/feeds/gofeed/testdata/translator"
	if _, err := os.Stat(root); err != nil {
		t.Skipf("real data is absent: %v", err)
	}
	c := newTally()
	for _, path := range must(filepath.Glob(root + "/*/*.json")) {
		var want struct {
			Title string `json:"title"`
			Items []struct {
				Title, Link, Description, Content string
				PublishedParsed                   *time.Time
			} `json:"items"`
		}
		source := strings.TrimSuffix(path, ".json") + ".xml"
		data, err := os.ReadFile(source)
		if err != nil || json.Unmarshal(must(os.ReadFile(path)), &want) != nil {
			continue
		}
		name, _ := filepath.Rel(root, source)
		feed, err := ReadFeed(data, "", FeedDefaults{})
		if err != nil {
			c.check("parsed", name, err.Error(), "")
			continue
		}
		c.check("title", name, feed.Title, plainLine(want.Title))
		for i, w := range want.Items {
			if i >= len(feed.Items) {
				c.check("items", name, fmt.Sprint(len(feed.Items)), fmt.Sprint(len(want.Items)))
				break
			}
			got := feed.Items[i]
			if w.Title != "" {
				c.check("title", name, got.Title, plainLine(w.Title))
			}
			if strings.HasPrefix(w.Link, "http") {
				c.check("link", name, got.URL, w.Link)
			}
			if w.Description != "" {
				c.check("content", name, oneSpace(got.Summary), oneSpace(plainText(w.Description)))
			}
			if w.Content != "" {
				c.check("content", name, oneSpace(got.Content), oneSpace(plainText(w.Content)))
			}
			if w.PublishedParsed != nil {
				c.check("date", name, got.Published.Format(time.RFC3339), w.PublishedParsed.UTC().Format(time.RFC3339))
			}
		}
	}
	if testing.Verbose() {
		t.Log(strings.Join(c.failed, "\n"))
	}
	golden(t, "gofeed_stats.txt", c.String())
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// Every file of both collections is read without a panic and without taking long.
func TestFeedFilesAreAllSurvived(t *testing.T) {
	root := "../../shared/data/feeds"
	if _, err := os.Stat(root); err != nil {
		t.Skipf("real data is absent: %v", err)
	}
	files, unread := 0, map[Reason]int{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if ext := filepath.Ext(path); err != nil || d.IsDir() || ext != ".xml" && ext != ".json" {
			return err
		}
		if files++; raceDetector && files%10 != 0 {
			return nil
		}
		start := spent()
		if _, err := ReadFeed(must(os.ReadFile(path)), "https://example.vn/feed", FeedDefaults{}); err != nil {
			unread[ReasonOf(err)]++
		}
		if took := spent() - start; took > time.Second {
			t.Errorf("%s took %v", path, took)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d files, not read: %v", files, unread)
}
