package crawler

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	nurl "net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/markusmobius/go-trafilatura"
)

// shingles counts the 4-word shingles of a text, as the benchmark's own evaluation does.
func shingles(s string) map[string]int {
	words := strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' })
	out := map[string]int{}
	const n = 4
	if len(words) < n {
		if len(words) > 0 {
			out[strings.Join(words, " ")]++
		}
		return out
	}
	for i := 0; i+n <= len(words); i++ {
		out[strings.Join(words[i:i+n], " ")]++
	}
	return out
}

// score is precision and recall of one page.
func score(got, want string) (p, r float64) {
	g, w := shingles(got), shingles(want)
	both, all, expected := 0, 0, 0
	for s, n := range g {
		all += n
		both += min(n, w[s])
	}
	for _, n := range w {
		expected += n
	}
	if all == 0 && expected == 0 {
		return 1, 1
	}
	if both == 0 {
		return 0, 0
	}
	return float64(both) / float64(all), float64(both) / float64(expected)
}

type means struct {
	p, r float64
	n    int
}

func (m *means) add(p, r float64) { m.p += p; m.r += r; m.n++ }

func (m *means) f1() float64 {
	p, r := m.p/float64(m.n), m.r/float64(m.n)
	return 2 * p * r / (p + r)
}

func (m *means) String() string {
	return fmt.Sprintf("pages %d precision %.3f recall %.3f F1 %.3f", m.n, m.p/float64(m.n), m.r/float64(m.n), m.f1())
}

func gunzipped(t testing.TB, path string) []byte {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// benchmarkPages are the pages of the benchmark of extraction, unpacked.
func benchmarkPages(t testing.TB) [][]byte {
	t.Helper()
	names, err := filepath.Glob(extractionData + "article-extraction-benchmark/html/*.html.gz")
	if err != nil || len(names) == 0 {
		t.Skip("real data is absent: " + extractionData)
	}
	pages := make([][]byte, len(names))
	for i, name := range names {
		pages[i] = gunzipped(t, name)
	}
	return pages
}

const extractionData = "../../shared/data/extraction/"

// The body of the benchmark's pages, beside what go-trafilatura alone makes of them.
func TestExtractionBenchmark(t *testing.T) {
	data, err := os.ReadFile(extractionData + "article-extraction-benchmark/ground-truth.json")
	if err != nil {
		t.Skipf("real data is absent: %v", err)
	}
	var truth map[string]struct {
		Body string `json:"articleBody"`
		URL  string `json:"url"`
	}
	if err := json.Unmarshal(data, &truth); err != nil {
		t.Fatal(err)
	}
	var ours, alone means
	var slowest time.Duration
	for i, id := range sortedKeys(truth) {
		if raceDetector && i%50 != 0 {
			continue
		}
		want := truth[id]
		html := gunzipped(t, extractionData+"article-extraction-benchmark/html/"+id+".html.gz")
		start := time.Now()
		page, err := unhurried.extract(html, want.URL, "", nil)
		if err != nil {
			t.Fatalf("%s: %v", id, err)
		}
		slowest = max(slowest, time.Since(start))
		p, r := score(page.Text, want.Body)
		ours.add(p, r)
		tp, tr := score(trafilaturaAlone(html, want.URL), want.Body)
		alone.add(tp, tr)
		if testing.Verbose() && (p < 0.95 || r < 0.95) {
			t.Logf("%.8s P %.3f R %.3f (trafilatura %.3f %.3f) %s %s %s", id, p, r, tp, tr, page.Method, page.Reason, want.URL)
		}
	}
	t.Logf("ours: %v\ntrafilatura alone: %v\nslowest page %v", &ours, &alone, slowest)
	if ours.f1() < alone.f1() {
		t.Errorf("ours %v is below go-trafilatura alone %v", &ours, &alone)
	}
	if raceDetector {
		return // a sample only
	}
	golden(t, "extraction_stats.txt", fmt.Sprintf("ours:              %v\ngo-trafilatura:    %v\n", &ours, &alone))
}

func trafilaturaAlone(html []byte, address string) string {
	u, _ := nurl.Parse(address)
	res, err := trafilatura.Extract(strings.NewReader(string(html)), trafilatura.Options{OriginalURL: u, EnableFallback: true, ExcludeComments: true})
	if err != nil {
		return ""
	}
	return res.ContentText
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

type fundusPage struct {
	Title string `json:"title"`
	Date  string `json:"publishing_date"`
	Body  struct {
		Summary  []string `json:"summary"`
		Sections []struct {
			Headline   []string `json:"headline"`
			Paragraphs []string `json:"paragraphs"`
		} `json:"sections"`
	} `json:"body"`
}

func (p fundusPage) text() string {
	var out []string
	for _, s := range p.Body.Sections {
		out = append(append(out, s.Headline...), s.Paragraphs...)
	}
	return strings.Join(out, "\n")
}

// Titles, dates and bodies of the pages that the fundus project tests with.
func TestFundusPages(t *testing.T) {
	files, _ := filepath.Glob(extractionData + "fundus/*/*.json")
	if len(files) == 0 {
		t.Skip("real data is absent: ../../shared/data/extraction/fundus")
	}
	var body, alone means
	c := newTally()
	for i, file := range files {
		if raceDetector && i%50 != 0 {
			continue
		}
		var expected map[string]fundusPage
		if err := json.Unmarshal(must(os.ReadFile(file)), &expected); err != nil {
			t.Fatal(err)
		}
		for _, path := range must(filepath.Glob(strings.TrimSuffix(file, ".json") + "_*.html.gz")) {
			html := gunzipped(t, path)
			want, ok := expectedFor(expected, string(html))
			if !ok {
				continue
			}
			page, err := unhurried.extract(html, "", "", nil)
			if err != nil {
				t.Fatal(err)
			}
			name := filepath.Base(path)
			c.check("title", name, oneSpace(page.Title), oneSpace(want.Title))
			if want.Date != "" {
				at, err := time.Parse("2006-01-02 15:04:05.999999-07:00", want.Date)
				if err != nil { // without a zone: any zone will do
					at = must(time.Parse("2006-01-02 15:04:05", want.Date))
					if d := page.Published.Sub(at); d > -14*time.Hour && d < 14*time.Hour {
						at = page.Published
					}
				}
				c.check("date", name, page.Published.UTC().Truncate(time.Minute).Format(time.RFC3339), at.UTC().Truncate(time.Minute).Format(time.RFC3339))
			}
			if want.text() != "" {
				p, r := score(page.Text, want.text())
				body.add(p, r)
				tp, tr := score(trafilaturaAlone(html, ""), want.text())
				alone.add(tp, tr)
				if testing.Verbose() && (p < 0.8 || r < 0.8) {
					t.Logf("%s P %.3f R %.3f (trafilatura %.3f %.3f) %s %s", name, p, r, tp, tr, page.Method, page.Reason)
				}
			}
		}
	}
	if testing.Verbose() {
		t.Log(strings.Join(c.failed, "\n"))
	}
	if raceDetector {
		return // a sample only
	}
	golden(t, "fundus_stats.txt", fmt.Sprintf("%vbody ours:           %v\nbody go-trafilatura: %v\n", c, &body, &alone))
}

// expectedFor finds the expectation that speaks of this page: the file names do not say it.
func expectedFor(all map[string]fundusPage, html string) (fundusPage, bool) {
	if len(all) == 1 {
		for _, p := range all {
			return p, true
		}
	}
	plain := oneSpace(plainText(strings.NewReplacer("<script", "<div", "</script", "</div").Replace(html)))
	for _, p := range all {
		for paragraph := range strings.SplitSeq(p.text(), "\n") {
			if len(paragraph) > 60 {
				if strings.Contains(plain, cut(oneSpace(paragraph), 50)) {
					return p, true
				}
				break
			}
		}
	}
	for _, p := range all {
		if strings.Contains(plain, oneSpace(p.Title)) {
			return p, true
		}
	}
	return fundusPage{}, false
}
