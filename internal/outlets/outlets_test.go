package outlets

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"haidang/crawler"
	"haidang/crawler/crawltest"
	"haidang/internal/settings"
)

const feed = `<rss version="2.0"><channel><title>Báo Bãi Bồi</title><item><title>Một</title><link>/1.html</link><pubDate>Sat, 21 Nov 2026 07:00:00 +0700</pubDate></item></channel></rss>`

func fetcher(t *testing.T) *crawler.Fetcher {
	t.Helper()
	cfg := crawler.DefaultConfig()
	cfg.Delay, cfg.AllowAddresses = settings.Duration(time.Millisecond), []string{"127.0.0.1"}
	f, err := crawler.NewFetcher(cfg, crawler.Deps{})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func outlet(t *testing.T) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/":
			fmt.Fprint(w, `<html lang="vi"><title>Báo Bãi Bồi</title><link rel="alternate" type="application/rss+xml" href="/rss">`)
		case "/rss":
			fmt.Fprint(w, feed)
		case "/cu":
			http.Redirect(w, r, "/rss", http.StatusMovedPermanently)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

func TestCheckTellsWhatEachSaid(t *testing.T) {
	s := outlet(t)
	var out bytes.Buffer
	sources := []crawler.Source{{ID: "a", Name: "A", Feeds: []string{s.URL + "/rss", s.URL + "/cu", s.URL + "/mat"}}, {ID: "b", Name: "B", Feeds: []string{"http://10.0.0.1/rss"}}}
	err := Check(t.Context(), fetcher(t), sources, map[string]crawler.FeedHealth{s.URL + "/rss": {MovedTo: "http://moi.test/rss", Daily: true}}, &out)
	if !errors.Is(err, ErrUnwell) {
		t.Errorf("error %v", err)
	}
	for _, want := range []string{
		"ok    a  feed " + s.URL + "/rss: 1 items, newest 2026-11-21 00:00Z; moved for good to http://moi.test/rss (as the crawler knows); asked once a day",
		"ok    a  feed " + s.URL + "/cu: 1 items, newest 2026-11-21 00:00Z; moved for good to " + s.URL + "/rss\n",
		"FAIL  a  feed " + s.URL + "/mat: the page is gone", "FAIL  b  feed http://10.0.0.1/rss: not a public address", "4 asked, 2 well, 2 not",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no word of %q in\n%s", want, out.String())
		}
	}
	if _, err := Choose(sources, []string{"a", "x"}); err == nil || !strings.Contains(err.Error(), `"x"`) {
		t.Errorf("an unknown id: %v", err)
	}
}

// What add finds goes into a file that can be read back; a file that would become wrong stays as it is.
func TestAddAndAppend(t *testing.T) {
	s := outlet(t)
	var told bytes.Buffer
	found, err := Add(t.Context(), fetcher(t), s.URL, &told)
	if err != nil {
		t.Fatalf("%v\n%s", err, told.String())
	}
	path := filepath.Join(t.TempDir(), "sources.yaml")
	found.ID = "bai-boi"
	if err := Append(path, []crawler.Source{found}); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(before), "  - id: bai-boi\n    name: Báo Bãi Bồi\n") || !strings.Contains(string(before), "      - "+s.URL+"/rss\n") {
		t.Errorf("%v\n%s", err, before)
	}
	if err := Append(path, []crawler.Source{found}); err == nil || !strings.Contains(err.Error(), "left as it is") {
		t.Errorf("the same source twice: %v", err)
	}
	if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
		t.Errorf("the file was changed:\n%s", after)
	}
	found.ID, found.Name, found.Feeds = "hai", `Tên: "lạ" # - {`, []string{"https://hai.test/rss"}
	found.Sections = []crawler.Section{{URL: "https://hai.test/", Links: `-\d+\.html$`}}
	if err := Append(path, []crawler.Source{found}); err != nil {
		t.Errorf("a name with YAML in it: %v", err)
	}
}

func TestOPML(t *testing.T) {
	sources := []crawler.Source{{ID: "a", Name: `Báo "A" & <con>`, Language: "vi", Feeds: []string{"https://a.vn/1.rss", "https://a.vn/2.rss"}}, {ID: "s", Name: "S"}}
	var list, told bytes.Buffer
	if err := ExportOPML(sources, time.Unix(0, 0), &list); err != nil {
		t.Fatal(err)
	}
	back, err := ImportOPML(bytes.NewReader(list.Bytes()), nil, &told)
	if err != nil || len(back) != 1 || back[0].Name != sources[0].Name || strings.Join(back[0].Feeds, " ") != "https://a.vn/1.rss https://a.vn/2.rss" || !back[0].Unverified {
		t.Fatalf("%+v, %v, from\n%s", back, err, list.String())
	}
	if again, err := ImportOPML(bytes.NewReader(list.Bytes()), sources, &told); err != nil || len(again) != 0 {
		t.Errorf("known feeds came again: %+v, %v", again, err)
	}
	for name, in := range map[string]string{
		"none": `<opml><body><outline text="x"/></body></opml>`, "html": "<html></html>", "deep": "<opml>" + strings.Repeat("<outline>", 1_000_000),
		"many":  "<opml>" + strings.Repeat(`<outline xmlUrl="http://a.vn/x"/>`, maxOutlines+1),
		"large": strings.Repeat(" ", maxOPML+1), "cut": `<opml><body><outline xmlUrl="`,
	} {
		start := time.Now()
		if out, err := ImportOPML(strings.NewReader(in), nil, &told); err == nil {
			t.Errorf("%s: %d sources", name, len(out))
		}
		if took := time.Since(start); took > 2*time.Second {
			t.Errorf("%s took %v", name, took)
		}
	}
	hostile := `<opml><body><outline xmlUrl="file:///etc/passwd"/><outline xmlUrl="http://u:p@a.vn/"/><outline xmlUrl="javascript:x"/><outline text="đỏ` + "\u202e" + `" xmlUrl="http://ok.test/rss"/></body></opml>`
	out, err := ImportOPML(strings.NewReader(hostile), nil, &told)
	if err != nil || len(out) != 1 || strings.ContainsAny(out[0].Name, "\x1b\u202e") {
		t.Errorf("%+v, %v", out, err)
	}
	if strings.ContainsAny(told.String(), "\x1b\u202e") {
		t.Errorf("told: %q", told.String())
	}
}

func FuzzImportOPML(f *testing.F) {
	f.Add(`<opml><body><outline text="x" xmlUrl="http://a.vn/rss"/></body></opml>`)
	f.Fuzz(func(t *testing.T, in string) {
		var told bytes.Buffer
		out, err := ImportOPML(strings.NewReader(in), nil, &told)
		if err != nil {
			return
		}
		cfg := crawler.DefaultConfig()
		cfg.Sources = out
		if err := cfg.Validate(); err != nil {
			t.Errorf("what was imported is not valid: %v", err)
		}
	})
}

// A list that somebody else wrote leads nobody inside: neither when it is taken over nor when its feeds are checked.
func TestOPMLLeadsToNoVictim(t *testing.T) {
	victim, err := crawltest.NewVictim(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = victim.Close() }()
	cfg := crawler.DefaultConfig()
	cfg.Delay = settings.Duration(time.Millisecond)
	f, err := crawler.NewFetcher(cfg, crawler.Deps{})
	if err != nil {
		t.Fatal(err)
	}
	for _, trick := range victim.Tricks() {
		if !trick.Bites || strings.Contains(trick.URL, ".test") {
			continue // names need a name service; the crawler's own tests have one
		}
		list := `<!DOCTYPE opml [<!ENTITY x SYSTEM "` + trick.URL + `">]><opml version="2.0"><body><outline text="x" xmlUrl="` + trick.URL + `"/></body></opml>`
		sources, err := ImportOPML(strings.NewReader(list), nil, io.Discard)
		if err != nil {
			t.Errorf("%s: %v", trick.URL, err)
			continue
		}
		if err := Check(t.Context(), f, sources, nil, io.Discard); len(sources) > 0 && !errors.Is(err, ErrUnwell) {
			t.Errorf("%s was answered: %v", trick.URL, err)
		}
	}
	if n := victim.Hits(); n != 0 {
		t.Errorf("the victim was reached %d times", n)
	}
}

// The list tells all that an entry says, and the entries are read back as they were.
func TestEntriesSayEverything(t *testing.T) {
	source := crawler.Source{
		ID: "bai-boi", Name: "Báo Bãi Bồi", Kind: "press", Feeds: []string{"https://a.test/rss"},
		Delay: settings.Duration(10 * time.Second), PollMin: settings.Duration(5 * time.Minute), Selectors: crawler.Selectors{Text: ".noi-dung", Remove: []string{".qc"}},
	}
	var out bytes.Buffer
	if err := List([]crawler.Source{source}, true, &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"delay":"10s"`, `"poll_min":"5m0s"`, `"selectors":{"text":".noi-dung","remove":[".qc"]}`} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%s is missing in %s", want, out.String())
		}
	}
	path := filepath.Join(t.TempDir(), "sources.yaml")
	if err := Append(path, []crawler.Source{source}); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var read file
	if err := settings.Decode(path, data, &read); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]crawler.Source{source}, read.Sources); diff != "" {
		t.Errorf("read back (-want +got):\n%s\n%s", diff, data)
	}
}
