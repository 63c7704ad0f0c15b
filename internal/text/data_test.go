package text

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
)

var update = flag.Bool("update", false, "rewrite golden files and weights.txt from ../shared/data")

// sharedData is where the real data lies, beside the repository.
const sharedData = "../../../shared/data"

// dataFile returns the path of a file of the shared data, or skips the test.
func dataFile(t testing.TB, name string) string {
	t.Helper()
	path := filepath.Join(sharedData, name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("real data is absent: %v", err)
	}
	return path
}

// item is one article of the shared data.
type item struct{ ID, Title, Summary, Body string }

func (a item) full() string { return a.Title + "\n\n" + a.Summary + "\n\n" + a.Body }

// measures skips a test that reads tens of thousands of articles to compare figures with a golden file: the race detector makes it ten times
// as long and has nothing to find there.
func measures(t *testing.T) {
	t.Helper()
	if raceDetector {
		t.Skip("measured without the race detector: go test ./internal/text")
	}
}

// news reads at most limit articles of one file of the shared data.
func news(t testing.TB, name string, limit int) []item {
	t.Helper()
	return readLines[item](t, name, limit)
}

// readLines reads at most limit lines of JSON of one packed file of the shared data.
func readLines[T any](t testing.TB, name string, limit int) (out []T) {
	t.Helper()
	f, err := os.Open(dataFile(t, name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() && len(out) < limit {
		var v T
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		out = append(out, v)
	}
	return out
}

const all = 1 << 30

// golden compares got with a golden file, or writes it with -update.
func golden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is\n%s\nwant\n%s\nrun with -update and commit the change with its cause", name, got, want)
	}
}

// withoutMarks writes s as somebody without a Vietnamese keyboard would.
func withoutMarks(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 0x300 && r <= 0x36F:
			return -1
		case r == 'đ':
			return 'd'
		case r == 'Đ':
			return 'D'
		}
		return r
	}, norm.NFD.String(s))
}
