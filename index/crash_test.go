package index

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"haidang/internal/article"
)

// reopened closes an archive and opens it again.
func reopened(t *testing.T, x *Index, cfg Config) *Index {
	t.Helper()
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	return open(t, cfg)
}

func TestCrashBetweenArticlesAndIndex(t *testing.T) {
	cfg := testConfig(t)
	x := open(t, cfg)
	put(t, x, made(1, "Bản tin", "Nước sông dâng."), made(2, "Bản tin", "Nước sông rút."))
	// What a crash leaves: articles on the disk, a revision of one among them, and bleve without them.
	s := x.shards[0]
	edited := made(2, "Bản tin sửa", "Nước sông dâng.")
	for _, group := range [][]article.Article{{made(3, "Bản tin", "Nước biển dâng.")}, {edited}} {
		w, _, err := s.articles.put(t.Context(), group, *s.held.Load(), start)
		if err != nil {
			t.Fatal(err)
		}
		s.held.Store(&w.held)
	}
	wantIDs(t, x, Request{Query: "dâng"}, "a00001")
	x = reopened(t, x, cfg)
	wantIDs(t, x, Request{Query: "dâng"}, "a00003", "a00002", "a00001")
	wantIDs(t, x, Request{Query: "dang"}, "a00003", "a00002", "a00001")
	wantIDs(t, x, Request{Query: "rút"})
	if n, _ := x.Count(t.Context()); n != 3 {
		t.Errorf("Count() = %d, want 3", n)
	}
}

func TestFailedBatchIsMadeGoodByTheNext(t *testing.T) {
	cfg := testConfig(t)
	x := open(t, cfg)
	put(t, x, made(1, "Bản tin", "Nước sông dâng."))
	s := x.shards[0]
	w, _, err := s.articles.put(t.Context(), []article.Article{made(2, "Bản tin", "Nước hồ dâng.")}, *s.held.Load(), start)
	if err != nil {
		t.Fatal(err)
	}
	s.held.Store(&w.held) // its bleve batch failed
	s.ids.add("a00002")
	if err := x.Put(t.Context(), []article.Article{made(2, "Bản tin", "Nước hồ dâng.")}, map[int]int64{0: 9}); err != nil {
		t.Fatal(err)
	}
	wantIDs(t, x, Request{Query: "dâng"}, "a00002", "a00001")
	x = reopened(t, x, cfg)
	if offsets, err := x.Offsets(); offsets[0] != 9 || err != nil {
		t.Errorf("Offsets() = %v, %v, want 9 for partition 0", offsets, err)
	}
}

func TestDamagedIndexIsMadeAgain(t *testing.T) {
	for _, tt := range []struct {
		name   string
		damage func(dir string) error
	}{
		{"root cut", func(dir string) error { return os.Truncate(filepath.Join(dir, "store", "root.bolt"), 100) }},
		{"meta emptied", func(dir string) error { return os.Truncate(filepath.Join(dir, "index_meta.json"), 0) }},
		{"meta missing", func(dir string) error { return os.Remove(filepath.Join(dir, "index_meta.json")) }},
		{"all missing", os.RemoveAll},
		{"segments missing", func(dir string) error {
			files, err := filepath.Glob(filepath.Join(dir, "store", "*.zap"))
			if err != nil || len(files) == 0 {
				return fmt.Errorf("%d segments: %v", len(files), err)
			}
			return os.Remove(files[0])
		}},
		{"older words", func(dir string) error {
			return os.WriteFile(filepath.Join(filepath.Dir(dir), "VERSION"), []byte(`{"layout":1,"words":0}`), 0o644)
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cfg := testConfig(t)
			x := open(t, cfg)
			put(t, x, made(1, "Bản tin", "Nước sông dâng."), made(2, "Bản tin", "Nước biển dâng."))
			dir := filepath.Join(x.shards[0].dir, "bleve")
			if err := x.Close(); err != nil {
				t.Fatal(err)
			}
			if err := tt.damage(dir); err != nil {
				t.Fatal(err)
			}
			x = open(t, cfg)
			wantIDs(t, x, Request{Query: "dâng"}, "a00002", "a00001")
			x = reopened(t, x, cfg)
			wantIDs(t, x, Request{Query: "dang"}, "a00002", "a00001")
		})
	}
}

const (
	childFolder   = "HAIDANG_TEST_INDEX_CHILD"
	hotWhenKilled = 200
)

// TestChild is not a test of its own: it is the process that TestKillNine kills. It writes batch after batch and
// tells how far it got.
func TestChild(t *testing.T) {
	dir := os.Getenv(childFolder)
	if dir == "" {
		t.Skip("run by TestKillNine")
	}
	cfg := DefaultConfig()
	cfg.Dir, cfg.HotDocuments, cfg.BatchDocuments = dir, hotWhenKilled, 20
	begun := time.Now()
	x, err := Open(cfg, Deps{Now: later})
	if err != nil {
		t.Fatal(err)
	}
	offsets, err := x.Offsets()
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println("opened", time.Since(begun).Milliseconds())
	for next := int(offsets[0]); ; next += 20 {
		if next%100 == 0 { // merging segments, and shards, too
			if _, err := x.Seal(context.Background()); err != nil {
				t.Fatal(err)
			}
			if _, err := x.Compact(context.Background()); err != nil {
				t.Fatal(err)
			}
		}
		batch := delivery(next)
		if err := x.Put(context.Background(), batch, map[int]int64{0: int64(next + 20)}); err != nil {
			t.Fatal(err)
		}
		fmt.Println("put", next+20)
	}
}

// delivery is the batch that begins with an article, as the log brings it, the first time and again.
func delivery(next int) []article.Article {
	batch := make([]article.Article, 20)
	for i := range batch {
		batch[i] = made(next+i, "Bản tin", "Nước sông dâng số"+strconv.Itoa(next+i))
	}
	if next >= hotWhenKilled { // and moving: an article of a closed shard is edited
		old := next - hotWhenKilled
		batch = append(batch, made(old, "Bản tin sửa", "Nước sông dâng số"+strconv.Itoa(old)))
	}
	return batch
}

// TestKillNine: what was acknowledged is there after every kill, and nothing twice. A batch that two shards share may be there
// in part, without its offset: it comes again, and then all is there, once.
func TestKillNine(t *testing.T) {
	batches := []int{5, 12, 19, 26, 33}
	if raceDetector {
		batches = []int{3, 5, 7}
	}
	survive(t, batches)
}

// survive kills the process after so many batches each, and looks what is left.
func survive(t *testing.T, batches []int) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "archive")
	acknowledged := 0
	for _, n := range batches {
		acknowledged = max(acknowledged, killAfter(t, dir, n))
	}
	cfg := DefaultConfig()
	cfg.Dir, cfg.HotDocuments = dir, hotWhenKilled
	begun := time.Now()
	x := open(t, cfg)
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("opened after the kills in %v, want less than 5 s", took)
	}
	n, err := x.Count(t.Context())
	if err != nil || n < acknowledged {
		t.Fatalf("Count() = %d, %v, want at least the %d that were acknowledged", n, err, acknowledged)
	}
	offsets, err := x.Offsets()
	from := int(offsets[0])
	if err != nil || from > n || from < acknowledged || n > from+20 {
		t.Errorf("offset %d, %v, want between %d and %d, and no more than a batch behind that", from, err, acknowledged, n)
	}
	wantOnce(t, x, n)
	for next := from; next < from+40; next += 20 { // the log brings what has no offset, and goes on
		if err := x.Put(t.Context(), delivery(next), map[int]int64{0: int64(next + 20)}); err != nil {
			t.Fatal(err)
		}
	}
	wantOnce(t, x, from+40)
}

// wantOnce looks whether the first n articles are there, each once, and nothing else.
func wantOnce(t *testing.T, x *Index, n int) {
	t.Helper()
	if got, err := x.Count(t.Context()); err != nil || got != n {
		t.Errorf("Count() = %d, %v, want %d", got, err, n)
	}
	if res := find(t, x, Request{Query: "dâng", Limit: MaxLimit}); res.Total != n {
		t.Errorf("%d articles found, want %d", res.Total, n)
	}
	for i := range n {
		if _, err := x.Get(t.Context(), fmt.Sprintf("a%05d", i)); err != nil {
			t.Fatal(err)
		}
		if i%7 == 0 {
			wantIDs(t, x, Request{Query: "số" + strconv.Itoa(i)}, fmt.Sprintf("a%05d", i))
		}
	}
	if v, err := Verify(t.Context(), x.cfg.Dir, nil); err != nil || len(v.Findings) != 0 || v.Articles != n {
		t.Errorf("Verify = %+v, %v; want %d sound articles", v, err, n)
	}
}

// killAfter starts the child, kills it after a number of batches and returns how many articles it acknowledged.
func killAfter(t *testing.T, dir string, batches int) int {
	t.Helper()
	child := exec.Command(os.Args[0], "-test.run=^TestChild$", "-test.v")
	child.Env = append(os.Environ(), childFolder+"="+dir)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	acknowledged, killed := 0, false
	lines := bufio.NewScanner(out)
	for seen := 0; lines.Scan(); {
		if took, ok := strings.CutPrefix(lines.Text(), "opened "); ok {
			if ms, err := strconv.Atoi(took); err != nil || ms > 5000 {
				t.Errorf("opened after a kill in %s ms, want less than 5,000", took)
			}
		}
		n, ok := strings.CutPrefix(lines.Text(), "put ")
		if !ok {
			continue
		}
		if acknowledged, err = strconv.Atoi(n); err != nil {
			t.Fatal(err)
		}
		if seen++; seen == batches {
			killed = true
			delay := time.Duration(batches*7919%40_000) * time.Microsecond // somewhere in the next batches, or in a merge
			time.AfterFunc(delay, func() { _ = child.Process.Kill() })     // SIGKILL; Wait tells how it ended
		}
	}
	err = child.Wait()
	var exit *exec.ExitError
	if !killed || !errors.As(err, &exit) || exit.ExitCode() != -1 {
		t.Fatalf("child ended by itself: %v", err)
	}
	return acknowledged
}
