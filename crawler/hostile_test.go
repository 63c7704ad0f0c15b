package crawler

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"haidang/internal/settings"
)

// mostAllocated is what one hostile answer may make us allocate in all, from its first byte to the end of its parsing, the
// server of the test included. What is held at one time is less.
const mostAllocated = 96 << 20

// bomb is an answer that is to cost us more than it costs its sender. want are the reasons for which it may be refused;
// one that is harmless may be read as well.
type bomb struct {
	name, path string
	serve      http.HandlerFunc
	want       []Reason
}

func packed(pack func(io.Writer) io.WriteCloser, body func(io.Writer)) []byte {
	var out bytes.Buffer
	z := pack(&out)
	body(z)
	_ = z.Close()
	return out.Bytes()
}

func gzipWriter(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }

func flateWriter(w io.Writer) io.WriteCloser {
	z, _ := flate.NewWriter(w, flate.BestSpeed) // the level is known
	return z
}

// zeros writes so many megabytes of nothing.
func zeros(megabytes int) func(io.Writer) {
	block := bytes.Repeat([]byte("<p> "), 1<<18)
	return func(w io.Writer) {
		for range megabytes {
			_, _ = w.Write(block)
		}
	}
}

func body(header, value string, data []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set(header, value)
		_, _ = w.Write(data)
	}
}

func document(contentType, text string) http.HandlerFunc {
	return body("Content-Type", contentType, []byte(text))
}

// bombs are answers to whatever is asked for.
func bombs() []bomb {
	big := packed(gzipWriter, zeros(100))
	twice := packed(gzipWriter, func(w io.Writer) { _, _ = w.Write(big) })
	tooLarge := []Reason{ReasonTooLarge}
	unreadable := []Reason{ReasonUnreachable, ReasonRobotsDown}
	harmless := []Reason{ReasonNone, ReasonNotFeed, ReasonNotHTML, ReasonTooLarge, ReasonEmpty, ReasonNoArticle, ReasonListing, ReasonTooDeep}
	xml := func(text string) http.HandlerFunc { return document("text/xml; charset=utf-8", text) }
	repeat := strings.Repeat
	return []bomb{
		{"gzip", "/x", body("Content-Encoding", "gzip", big), tooLarge},
		{"a gzip file", "/feed.xml.gz", body("Content-Type", "application/gzip", big), tooLarge},
		{"a gzip file with another name", "/x.xml", body("Content-Type", "text/xml", big), tooLarge},
		{"gzip within gzip", "/x", body("Content-Encoding", "gzip", twice), harmless},
		{"deflate", "/x", body("Content-Encoding", "deflate", packed(flateWriter, zeros(100))), tooLarge},
		{"two encodings", "/x", body("Content-Encoding", "gzip, gzip", twice), unreadable},
		{"brotli, which was not asked for", "/x", body("Content-Encoding", "br", []byte(repeat("\x1b", 1<<20))), unreadable},
		{"zstd, which was not asked for", "/x", body("Content-Encoding", "zstd", []byte("\x28\xb5\x2f\xfd"+repeat("\x00", 1<<20))), unreadable},
		{"endless", "/x", func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				if _, err := w.Write(bytes.Repeat([]byte("x"), 1<<16)); err != nil {
					return
				}
			}
		}, tooLarge},
		{"a hundred megabytes", "/x", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "<rss><channel>")
			item := []byte(repeat("<item><title>Tin</title><link>/1.html</link></item>", 1<<14))
			for range 128 {
				if _, err := w.Write(item); err != nil {
					return
				}
			}
		}, tooLarge},
		{"a length that is not true", "/x", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Length", strconv.Itoa(1<<40)) }, append(unreadable, ReasonTooLarge)},
		{"headers", "/x", func(w http.ResponseWriter, _ *http.Request) {
			for i := range 5000 {
				w.Header().Set(fmt.Sprintf("X-%d", i), repeat("y", 1000))
			}
		}, unreadable},
		{"informational answers", "/x", func(w http.ResponseWriter, _ *http.Request) {
			for range 2000 {
				w.WriteHeader(http.StatusEarlyHints)
			}
		}, append(unreadable, harmless...)},
		{"a redirect to itself", "/x", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path, http.StatusFound) }, []Reason{ReasonRedirects}},
		{"redirects without end", "/x", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, r.URL.Path+"?"+r.URL.RawQuery+"a", http.StatusMovedPermanently)
		}, []Reason{ReasonRedirects}},
		{"a redirect of a megabyte", "/x", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/"+repeat("a", 1<<20), http.StatusFound)
		}, unreadable},
		{"nested a million deep", "/x", xml("<rss><channel><item>" + repeat("<a>", 1_000_000)), harmless},
		{"nested extensions", "/x", xml("<rss xmlns:m='m'><channel><item>" + repeat("<m:a>", 800_000)), harmless},
		{"nested json", "/x", document("application/json", `{"version":"https://jsonfeed.org/version/1","items":`+repeat("[", 4_000_000)), harmless},
		{"entities of entities", "/x", xml(laughs()), harmless},
		{"one entity many times", "/x", xml(`<!DOCTYPE r [<!ENTITY a "` + repeat("a", 1<<20) + `">]><rss><channel><title>` + repeat("&a;", 1<<20) + "</title></channel></rss>"), harmless},
		{"an entity from a file", "/x", xml(`<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss><channel><title>&a;</title><item><title>&a;</title></item></channel></rss>`), harmless},
		{"attributes", "/x", xml("<rss " + repeat("a='1' ", 800_000) + "></rss>"), harmless},
		{"namespaces", "/x", xml("<rss " + manyNamespaces() + "><channel></channel></rss>"), harmless},
		{"one title", "/x", xml("<rss><channel><item><title>" + repeat("chữ ", 900_000) + "</title></item></channel></rss>"), harmless},
		{"items", "/x", xml("<rss><channel>" + repeat("<item><link>/1.html</link></item>", 150_000) + "</channel></rss>"), harmless},
		{"bare angle brackets", "/x", xml("<rss><channel>" + repeat("<", 4_000_000)), harmless},
		{"an open comment", "/x", xml("<rss><!--" + repeat("-", 4_000_000)), harmless},
		{"UTF-16 that nests", "/x", document("text/xml; charset=utf-16", "\xff\xfe"+wide("<rss><channel><item>"+repeat("<a>", 600_000))), harmless},
		{"zeros", "/x", document("text/xml", repeat("\x00", 4_000_000)), harmless},
	}
}

func laughs() string {
	var out strings.Builder
	out.WriteString(`<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY l0 "ha">`)
	for i := range 30 {
		fmt.Fprintf(&out, `<!ENTITY l%d "%s">`, i+1, strings.Repeat(fmt.Sprintf("&l%d;", i), 10))
	}
	return out.String() + `]><rss><channel><title>&l30;</title><item><title>&l30;</title><link>/1.html</link></item></channel></rss>`
}

func manyNamespaces() string {
	var out strings.Builder
	for i := range 150_000 {
		fmt.Fprintf(&out, "xmlns:n%d='u' ", i)
	}
	return out.String()
}

func wide(s string) string {
	out := make([]byte, 0, 2*len(s))
	for i := range len(s) {
		out = append(out, s[i], 0)
	}
	return string(out)
}

// readings are the ways in which an answer is fetched and read to the end.
var readings = []struct {
	name string
	read func(ctx context.Context, f *Fetcher, address string) error
}{
	{"feed", func(ctx context.Context, f *Fetcher, a string) error {
		return f.Try(ctx, &Source{Feeds: []string{a}})[0].Err
	}},
	{"sitemap", func(ctx context.Context, f *Fetcher, a string) error {
		return f.Try(ctx, &Source{Sitemaps: []string{a}})[0].Err
	}},
	{"section page", func(ctx context.Context, f *Fetcher, a string) error {
		return f.Try(ctx, &Source{Sections: []Section{{URL: a, Links: "."}}})[0].Err
	}},
	{"page", func(ctx context.Context, f *Fetcher, a string) error {
		res, err := f.Page(ctx, a)
		if err != nil {
			return err
		}
		page, err := Extract(res.Body, res.URL, res.ContentType, nil)
		if err == nil && page.Reason != ReasonNone {
			err = &Error{Reason: page.Reason}
		}
		return err
	}},
	{"discovery", func(ctx context.Context, f *Fetcher, a string) error {
		_, err := f.Discover(ctx, a)
		return err
	}},
	{"hub", func(ctx context.Context, f *Fetcher, a string) error { return f.post(ctx, a, url.Values{}) }},
}

// Whatever answers, and to whatever it answers, it is refused or reduced, with bounded memory, and the next request of the
// same fetcher goes on as if nothing had been.
func TestHostileAnswersCostLittle(t *testing.T) {
	s := newSite(t)
	s.show("/good.rss", "text/xml", s.feedOf("Một|/1.html|a"))
	worst, what := uint64(0), ""
	longest, slow := time.Duration(0), ""
	for i, b := range bombs() {
		if raceDetector && i%6 != 0 {
			continue // a sample
		}
		s.on(b.path, b.serve)
		for _, r := range readings {
			if r.name == "discovery" && b.path != "/x" || raceDetector && r.name != "feed" {
				continue
			}
			cfg := testConfig(s)
			cfg.Timeout = settings.Duration(20 * time.Second)
			f := newTestFetcher(t, cfg)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			err := r.read(t.Context(), f, s.URL+b.path)
			took := time.Since(start)
			runtime.ReadMemStats(&after)
			hub := r.name == "hub" // only the status of its answer counts, and only its beginning is read
			if got := ReasonOf(err); !slices.Contains(b.want, got) && !(hub && err == nil) && !(hub && slices.Contains([]Reason{ReasonRedirects, ReasonUnreachable}, got)) {
				t.Errorf("%s as a %s: %q (%v), want one of %q", b.name, r.name, got, err, b.want)
			}
			used := after.TotalAlloc - before.TotalAlloc
			if used > worst {
				worst, what = used, b.name+" as a "+r.name
			}
			if took > longest {
				longest, slow = took, b.name+" as a "+r.name
			}
			if testing.Verbose() {
				t.Logf("%-32s %-12s %4d MB  %s", b.name, r.name, used>>20, ReasonOf(err))
			}
			if used > mostAllocated {
				t.Errorf("%s as a %s: %d MB were allocated", b.name, r.name, used>>20)
			}
			if res, err := f.Feed(t.Context(), FeedRequest{URL: s.URL + "/good.rss"}); err != nil || res.Status != http.StatusOK {
				t.Errorf("after %s as a %s: %v", b.name, r.name, err)
			}
		}
	}
	t.Logf("most allocated: %d MB, %s; longest: %v, %s", worst>>20, what, longest.Round(time.Millisecond), slow)
}

// A robots.txt can be hostile too. What is beyond its first 500 KB counts as not written; one that cannot be read forbids.
func TestHostileRobotsCostLittle(t *testing.T) {
	for _, b := range bombs() {
		if raceDetector && b.name != "endless" {
			continue
		}
		s := newSite(t)
		s.page("/x.html", "T", "")
		s.on("/robots.txt", b.serve)
		f := newTestFetcher(t, testConfig(s))
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := f.Page(t.Context(), s.URL+"/x.html")
		runtime.ReadMemStats(&after)
		if r := ReasonOf(err); r != ReasonNone && r != ReasonRobotsDown {
			t.Errorf("%s as robots.txt: %v", b.name, err)
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > 16<<20 {
			t.Errorf("%s as robots.txt: %d MB were allocated", b.name, used>>20)
		}
	}
}
