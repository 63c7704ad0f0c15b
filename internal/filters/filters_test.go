package filters

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"haidang/classifier"
	"haidang/configs"
	"haidang/crawler"
)

// loadShipped reads the shipped rules once: their examples take a while under the race detector.
var loadShipped = sync.OnceValues(func() (*classifier.Classifier, error) {
	cfg, err := configs.Load("", os.TempDir())
	if err != nil {
		return nil, err
	}
	return LoadRules(cfg.Classifier, cfg.RulesFS())
})

func rules(t *testing.T) *classifier.Classifier {
	t.Helper()
	c, err := loadShipped()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestClassifyKeepsOrderAndFields(t *testing.T) {
	var in, out, complaints bytes.Buffer
	const n = 500
	for i := range n {
		fmt.Fprintf(&in, `{"id":"a-%d","title":"Tin số %d","label":%d}`+"\n", i, i, i)
	}
	if err := Classify(t.Context(), rules(t), nil, Streams{In: &in, Out: &out, Err: &complaints}); err != nil {
		t.Fatal(err)
	}
	dec := json.NewDecoder(&out)
	for i := range n {
		var line struct {
			ID      string
			Label   int
			Verdict *struct {
				Claims []json.RawMessage
				Topics []string
			}
		}
		if err := dec.Decode(&line); err != nil {
			t.Fatal(err)
		}
		if line.ID != fmt.Sprintf("a-%d", i) || line.Label != i || line.Verdict == nil || line.Verdict.Claims == nil || line.Verdict.Topics == nil {
			t.Fatalf("line %d is %+v", i, line)
		}
	}
}

func TestClassifyGoesOnAfterBrokenLines(t *testing.T) {
	in := "{\"title\":\"một\"}\n\nbroken\n{\"title\":\"hai\"}\n" + `{"title":"` + strings.Repeat("x", maxLine) + "\"}\n{\"title\":\"ba\"}"
	var out, complaints bytes.Buffer
	err := Classify(t.Context(), rules(t), nil, Streams{In: strings.NewReader(in), Out: &out, Err: &complaints})
	if !errors.Is(err, ErrBroken) || !strings.Contains(err.Error(), "2 lines") {
		t.Errorf("error is %v, want two broken lines", err)
	}
	for _, want := range []string{"-:3:", "-:5: longer than"} {
		if !strings.Contains(complaints.String(), want) {
			t.Errorf("complaints do not say %q: %s", want, complaints.String())
		}
	}
	if got := strings.Count(out.String(), "\n"); got != 3 {
		t.Errorf("%d lines came out, want 3", got)
	}
}

// shut is a writer whose reader has gone.
type shut struct{}

func (shut) Write([]byte) (int, error) { return 0, os.ErrClosed }

func TestClassifyStopsWhenNobodyReads(t *testing.T) {
	in := strings.Repeat("{\"title\":\"một\"}\n", 2_000)
	err := Classify(t.Context(), rules(t), nil, Streams{In: strings.NewReader(in), Out: shut{}, Err: &bytes.Buffer{}})
	if !errors.Is(err, os.ErrClosed) {
		t.Errorf("error is %v, want that of the writer", err)
	}
}

func TestLinesReadsPlainAndPackedFiles(t *testing.T) {
	dir := t.TempDir()
	plain, packed := filepath.Join(dir, "a.jsonl"), filepath.Join(dir, "b.jsonl.gz")
	if err := os.WriteFile(plain, []byte("one\r\ntwo"), 0o600); err != nil {
		t.Fatal(err)
	}
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	_, _ = w.Write([]byte("three\n"))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(packed, zipped.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	var got []string
	err := Lines([]string{plain, packed, "-"}, strings.NewReader("four\n"), func(l Line) error {
		got = append(got, fmt.Sprintf("%s:%d:%s", filepath.Base(l.Name), l.Number, l.Data))
		return nil
	}, func(l Line, err error) { t.Errorf("%s:%d: %v", l.Name, l.Number, err) })
	if want := "a.jsonl:1:one a.jsonl:2:two b.jsonl.gz:1:three -:1:four"; err != nil || strings.Join(got, " ") != want {
		t.Errorf("lines = %v, %v, want %s", got, err, want)
	}
	if err := Lines([]string{filepath.Join(dir, "none")}, nil, nil, nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
	if err := os.WriteFile(packed, []byte("not packed"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Lines([]string{packed}, nil, nil, nil); err == nil || !strings.Contains(err.Error(), "b.jsonl.gz") {
		t.Errorf("a .gz that is none: %v", err)
	}
}

func TestFeedPrintsItems(t *testing.T) {
	feed := `<?xml version="1.0"?><rss version="2.0"><channel><title>Báo Thử</title><item><title>Tin &amp; một</title><link>/a.html</link>` +
		`<pubDate>Sun, 22 Nov 2026 06:45:00 +0700</pubDate><description>&lt;p&gt;Tóm &lt;b&gt;tắt&lt;/b&gt;&lt;/p&gt;</description></item></channel></rss>`
	var out bytes.Buffer
	err := Feed(t.Context(), crawler.DefaultConfig(), Target{Name: "-", URL: "https://bao.vn/rss"}, Streams{In: strings.NewReader(feed), Out: &out, Err: &bytes.Buffer{}})
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]string
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"title": "Tin & một", "url": "https://bao.vn/a.html", "summary": "Tóm tắt", "feed_title": "Báo Thử", "published_from": "feed",
	} {
		if got[name] != want {
			t.Errorf("%s = %q, want %q in %s", name, got[name], want, out.String())
		}
	}
}

func TestFetchNeedsNoNetworkForAFile(t *testing.T) {
	var out bytes.Buffer
	err := Fetch(t.Context(), crawler.DefaultConfig(), Target{Name: "-", URL: "https://bao.vn/"}, Streams{In: strings.NewReader("<html></html>"), Out: &out, Err: &bytes.Buffer{}})
	if err != nil || !strings.Contains(out.String(), `"reason"`) {
		t.Errorf("a page without an article: %v, %s", err, out.String())
	}
	err = Fetch(t.Context(), crawler.DefaultConfig(), Target{Name: "-"}, Streams{In: strings.NewReader("<html></html>"), Out: &out, Err: &bytes.Buffer{}})
	if !errors.Is(err, ErrNoAddress) {
		t.Errorf("a page without an address: %v, want ErrNoAddress", err)
	}
}
