package article

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"haidang/internal/text"
)

var update = flag.Bool("update", false, "rewrite golden files")

// eachLine calls do with every line of a packed file of the shared data, or skips the test.
func eachLine(t *testing.T, name string, do func([]byte)) {
	t.Helper()
	f, err := os.Open("../../../shared/data/" + name)
	if err != nil {
		t.Skipf("real data is absent: %v", err)
	}
	defer func() { _ = f.Close() }()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		do(lines.Bytes())
	}
}

type storyPair struct {
	A, B    string
	Jaccard float64 `json:"jaccard5"`
}

// TestCopies measures, on real pairs of articles, how many copies are found: by fingerprints alone, as the desk does, and
// with the texts, as search does; and how many pairs are taken for copies that are none.
func TestCopies(t *testing.T) {
	if raceDetector {
		t.Skip("measured without the race detector")
	}
	var pairs []storyPair
	docs := map[string]*Article{}
	eachLine(t, "near-duplicates/pairs.jsonl.gz", func(line []byte) {
		var p storyPair
		if err := json.Unmarshal(line, &p); err != nil {
			t.Fatal(err)
		}
		pairs = append(pairs, p)
		docs[p.A], docs[p.B] = nil, nil
	})
	for _, set := range []string{"dantri-vnexpress-vtv-2016", "baomoi-2017", "tuoitre-2024-11"} {
		eachLine(t, "news/"+set+".jsonl.gz", func(line []byte) {
			var a struct{ ID, Body string }
			if err := json.Unmarshal(line, &a); err != nil {
				t.Fatal(err)
			}
			if _, ok := docs[a.ID]; ok {
				docs[a.ID] = &Article{Text: a.Body}
				docs[a.ID].Revise()
			}
		})
	}
	golden(t, "copies_stats.txt", copyStats(pairs, docs))
}

func copyStats(pairs []storyPair, docs map[string]*Article) string {
	var copies, others, unlike, printed, printedUnlike, printedOthers, read, readUnlike, readOthers int
	for _, p := range pairs {
		a, b := docs[p.A], docs[p.B]
		if a == nil || b == nil {
			continue
		}
		x, _ := text.ParseFingerprint(a.Fingerprint)
		y, _ := text.ParseFingerprint(b.Fingerprint)
		similarity := text.Similarity(x, y)
		byPrint, byText := similarity >= text.CopySimilarity, similarity >= text.MayBeCopy && SameText(a, b)
		if p.Jaccard >= 0.5 {
			copies++
			printed += count(byPrint)
			read += count(byText)
			continue
		}
		others++
		printedOthers += count(byPrint)
		readOthers += count(byText)
		if p.Jaccard < 0.4 {
			unlike++
			printedUnlike += count(byPrint)
			readUnlike += count(byText)
		}
	}
	share := func(n, of int) string { return fmt.Sprintf("%d of %d (%.2f%%)", n, of, 100*float64(n)/float64(of)) }
	var out strings.Builder
	fmt.Fprintf(&out, "copies, Jaccard 0.5 and more: by fingerprint %s, with the texts %s\n", share(printed, copies), share(read, copies))
	fmt.Fprintf(&out, "taken for copies below 0.5:   by fingerprint %s, with the texts %s\n", share(printedOthers, others), share(readOthers, others))
	fmt.Fprintf(&out, "taken for copies below 0.4:   by fingerprint %s, with the texts %s\n", share(printedUnlike, unlike), share(readUnlike, unlike))
	return out.String()
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

// golden compares text with a file of testdata, or rewrites it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := "testdata/" + name
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
