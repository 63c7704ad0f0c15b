package classifier_test

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"haidang/internal/article"
)

var (
	update    = flag.Bool("update", false, "rewrite the golden files")
	ringsFile = flag.String("rings", "", "write every ring on the shared data to this file, to be read by eye")
)

const sharedData = "../../shared/data"

// record is a line of the shared data under any of its names.
type record struct {
	Title      string `json:"title"`
	Summary    string `json:"summary"`
	Body       string `json:"body"`
	Text       string `json:"text"`
	SummaryRaw string `json:"summary_raw"`
}

func (r record) article() *article.Article {
	if r.Body == "" {
		r.Body = r.Text
	}
	return &article.Article{Title: r.Title, Lead: r.Summary, Text: r.Body}
}

// eachRecord calls use for every line of a shared file, or skips the test where the data is absent.
func eachRecord(t testing.TB, name string, use func(record)) {
	t.Helper()
	f, err := os.Open(filepath.Join(sharedData, name))
	if err != nil {
		t.Skipf("the shared data is not here: %v", err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatalf("open %s: %v", name, err)
	}
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var r record
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		use(r)
	}
	if err := lines.Err(); err != nil {
		t.Fatalf("read %s: %v", name, err)
	}
}

// tally is what the classifier did on one file.
type tally struct {
	articles, about, rings, recognised, answers int
}

// sampleStep is how many lines of a large file go by for one that is read by TestSharedData.
const sampleStep = 20

// sampleSlack is how many rings more than the promised rate a small sample may show by chance.
const sampleSlack = 2

// TestSharedData counts rings on a sample of real news and holds them to the limits we promise.
func TestSharedData(t *testing.T) {
	if raceDetector {
		t.Skip("a measurement, and the classifier starts no goroutine: TestIntegrationSharedData reads all of the data")
	}
	measureSharedData(t, sampleStep)
}

// measureSharedData reads every file, of large ones each step-th line, holds the rings to the limits and returns the counts.
func measureSharedData(t *testing.T, step int) string {
	t.Helper()
	c := load(t)
	var report, rings strings.Builder
	for _, set := range []struct {
		name  string
		large bool    // may be sampled
		limit float64 // rings per 1,000
		reads float64 // at least this share of recognised claims must be read as answers
	}{
		{"news/baomoi-2017.jsonl.gz", true, 0.5, 0},
		{"news/tuoitre-2024-11.jsonl.gz", false, 1.1, 0}, // one ring in 995 is already more than 0.5
		{"news/dantri-vnexpress-vtv-2016.jsonl.gz", true, 0.5, 0},
		{"news/en-vietnam.jsonl.gz", false, 1.5, 0},
		{"stream/items.jsonl.gz", true, 0.5, 0},
		{"misinformation/reports-about-rumours.jsonl.gz", false, 20, 0.9},
		{"misinformation/headlines-about-false-news.jsonl.gz", false, 20, 0.9},
		{"misinformation/opinion-never-rings.jsonl.gz", false, 0, 0},
	} {
		var n tally
		line := 0
		eachRecord(t, set.name, func(r record) {
			if line++; set.large && line%step != 0 {
				return
			}
			a := r.article()
			v := c.Classify(a)
			n.add(v)
			if v.Rings {
				writeRing(&rings, set.name, a, v)
			}
		})
		fmt.Fprintf(&report, "%-52s articles %6d  about %6d  rings %3d  per 1000 %5.2f  claims %4d  read as answers %4d\n",
			set.name, n.articles, n.about, n.rings, 1000*float64(n.rings)/float64(n.articles), n.recognised, n.answers)
		most := set.limit * float64(n.articles) / 1000
		if set.large && step > 1 {
			most += sampleSlack
		}
		if float64(n.rings) > most {
			t.Errorf("%s: %d rings in %d articles, want at most %.1f", set.name, n.rings, n.articles, most)
		}
		if n.recognised > 0 && float64(n.answers)/float64(n.recognised) < set.reads {
			t.Errorf("%s: %d of %d recognised claims read as answers, want %.0f%%", set.name, n.answers, n.recognised, 100*set.reads)
		}
	}
	if *ringsFile != "" {
		if err := os.WriteFile(*ringsFile, []byte(rings.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return report.String()
}

func (n *tally) add(v article.Verdict) {
	n.articles++
	if v.AboutVietnam {
		n.about++
	}
	if v.Rings {
		n.rings++
	}
	if !v.AboutVietnam || len(v.Claims) == 0 {
		return
	}
	n.recognised++
	for _, m := range v.Claims {
		if m.Stance.Answers() {
			n.answers++
			return
		}
	}
}

func writeRing(w *strings.Builder, set string, a *article.Article, v article.Verdict) {
	fmt.Fprintf(w, "== %s\n%s\n%.300s\n", set, a.Title, a.Lead)
	for _, m := range v.Claims {
		if !m.Rings {
			continue
		}
		fmt.Fprintf(w, "   %s %s %d %v\n", m.ID, m.Stance, m.Score, m.Parts)
		for _, s := range m.Spans {
			fmt.Fprintf(w, "      %s %s: %s\n", s.Clause, s.Field, a.Get(s.Field)[s.Start:s.End])
		}
	}
}

// golden compares with a file under testdata, or writes it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatalf("%v; run the test with -update", err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s changed; look at it, then run the test with -update (-want +got):\n%s", name, d)
	}
}

func BenchmarkClassify(b *testing.B) {
	c := load(b)
	var articles []*article.Article
	eachRecord(b, "news/baomoi-2017.jsonl.gz", func(r record) {
		if len(articles) < 2000 {
			articles = append(articles, r.article())
		}
	})
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		c.Classify(articles[i%len(articles)])
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "articles/s")
}
