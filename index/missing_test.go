package index

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"
)

// TestVerifyNamesAMissingSegment beside the process that holds the archive, and without one.
func TestVerifyNamesAMissingSegment(t *testing.T) {
	cfg, dirs := filled(t)
	gone := segment(t, dirs[1])
	look := func(what string) {
		t.Helper()
		v, err := Verify(t.Context(), cfg.Dir, nil)
		if err != nil || len(v.Findings) != 1 || v.Findings[0].Lost || v.Findings[0].Shard != filepath.Base(dirs[1]) || !strings.HasSuffix(gone, v.Findings[0].File) {
			t.Errorf("%s: Verify = %+v, %v; want that %s is missing", what, v.Findings, err, gone)
		}
	}
	x := open(t, cfg)
	find(t, x, Request{Query: "dâng", Sort: ByRelevance}) // so that every index is open and locked
	if err := os.Remove(gone); err != nil {
		t.Fatal(err)
	}
	look("running")
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	look("stopped")
	x = open(t, cfg)
	if _, err := x.Scrub(t.Context()); err != nil {
		t.Fatal(err)
	}
	if v, err := Verify(t.Context(), cfg.Dir, nil); err != nil || len(v.Findings) > 0 {
		t.Errorf("scrubbed: Verify = %+v, %v", v.Findings, err)
	}
}

func TestVerifyNamesARootThatCannotBeRead(t *testing.T) {
	for _, size := range []int64{0, 100, 9000} {
		cfg, dirs := filled(t)
		if err := os.Truncate(filepath.Join(dirs[0], firstFolder, "store", "root.bolt"), size); err != nil {
			t.Fatal(err)
		}
		v, err := Verify(t.Context(), cfg.Dir, nil)
		if err != nil || len(v.Findings) != 1 || v.Findings[0].Lost || !strings.HasSuffix(v.Findings[0].File, "root.bolt") {
			t.Errorf("%d bytes left: Verify = %+v, %v; want the file that says what the index is made of", size, v.Findings, err)
		}
	}
}

// TestVerifyBesideAWriterFindsNothing: segments come and go all the time.
func TestVerifyBesideAWriterFindsNothing(t *testing.T) {
	x := open(t, testConfig(t))
	done := make(chan struct{})
	var g errgroup.Group
	g.Go(func() error {
		defer close(done)
		for n := range 120 {
			put(t, x, made(n, "Bản tin", "Nước sông dâng."))
		}
		return nil
	})
	for range 2 {
		g.Go(func() error {
			for {
				for _, b := range missingSegments(x.shards[0].dir) {
					t.Errorf("%s %s", b.file, b.what)
				}
				select {
				case <-done:
					return nil
				default:
				}
			}
		})
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
}
