package index

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"haidang/internal/article"
	"haidang/internal/settings"
)

// filled is an archive of three shards of eight articles, closed.
func filled(t *testing.T) (Config, []string) {
	t.Helper()
	cfg := testConfig(t)
	cfg.HotDocuments = 8
	x := open(t, cfg)
	put(t, x, many(24)...)
	var dirs []string
	for _, s := range x.shards {
		dirs = append(dirs, s.dir)
	}
	if _, err := x.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	return cfg, dirs
}

// flip changes one byte in the middle of a file.
func flip(t *testing.T, path string, at int64) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	if at < 0 {
		at = info.Size() / 2
	}
	var b [1]byte
	if _, err := f.ReadAt(b[:], at); err != nil {
		t.Fatal(err)
	}
	b[0] ^= 0x40
	if _, err := f.WriteAt(b[:], at); err != nil {
		t.Fatal(err)
	}
}

func segment(t *testing.T, dir string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "bleve*", "store", "*.zap"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%d segments in %s, %v", len(files), dir, err)
	}
	return files[0]
}

func TestSoundArchiveHasNoFindings(t *testing.T) {
	cfg, dirs := filled(t)
	var told []string
	v, err := Verify(t.Context(), cfg.Dir, func(shard string, n, of int) { told = append(told, shard) })
	if err != nil || len(v.Findings) != 0 || v.Shards != 3 || v.Articles != 24 || v.Bytes == 0 || len(told) != 3 {
		t.Errorf("Verify = %+v, %v, told %q; want three sound shards with 24 articles", v, err, told)
	}
	for i, dir := range dirs {
		m, err := readManifest(dir)
		if i == 2 && !errors.Is(err, os.ErrNotExist) {
			t.Errorf("the hot shard is sealed: %+v, %v", m, err)
		}
		if i < 2 && (err != nil || m.Articles != 8 || len(m.Files) != 2 || len(m.Files[0].SHA256) != 64) {
			t.Errorf("manifest of %s = %+v, %v; want 8 articles in articles.db and one segment", dir, m, err)
		}
	}
}

// TestFlippedByteInASegmentIsFoundAndMended: bleve opens such a segment and answers from it.
func TestFlippedByteInASegmentIsFoundAndMended(t *testing.T) {
	cfg, dirs := filled(t)
	flip(t, segment(t, dirs[1]), -1)
	v, err := Verify(t.Context(), cfg.Dir, nil)
	if err != nil || len(v.Findings) == 0 || v.Findings[0].Lost || !strings.Contains(v.Findings[0].String(), "checksum") || !strings.Contains(v.Findings[0].String(), "haidang reindex") {
		t.Fatalf("Verify = %v, %v; want the damaged segment and what to do", v.Findings, err)
	}
	x := open(t, cfg)
	findings, err := x.Scrub(t.Context())
	if err != nil || len(findings) == 0 {
		t.Fatalf("Scrub = %v, %v", findings, err)
	}
	if res := find(t, x, Request{Query: "dâng", Limit: 100}); res.Total != 24 || len(res.Partial) != 0 {
		t.Errorf("%d articles found after mending, partial %q; want 24", res.Total, res.Partial)
	}
	x = reopened(t, x, cfg)
	if v, err = Verify(t.Context(), cfg.Dir, nil); err != nil || len(v.Findings) != 0 {
		t.Errorf("after mending: %v, %v", v.Findings, err)
	}
	if left, _ := filepath.Glob(filepath.Join(dirs[1], "bleve*")); len(left) != 1 {
		t.Errorf("indexes left in the shard: %q, want one", left)
	}
	if res := find(t, x, Request{Query: "dang", Limit: 100}); res.Total != 24 {
		t.Errorf("%d articles found after opening again, want 24", res.Total)
	}
}

// TestBrokenShardIsSetAside: one shard without its articles does not take the others with it.
func TestBrokenShardIsSetAside(t *testing.T) {
	for _, tt := range []struct {
		name   string
		damage func(dir string) error
	}{
		{"no database", func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "articles.db"), []byte(strings.Repeat("not a database ", 999)), 0o644)
		}},
		{"articles missing", func(dir string) error { return os.Remove(filepath.Join(dir, "articles.db")) }},
		{"header flipped", func(dir string) error { return os.Truncate(filepath.Join(dir, "articles.db"), 5000) }},
	} {
		for n, which := range []string{"oldest", "middle", "hot"} {
			t.Run(tt.name+" "+which, func(t *testing.T) {
				cfg, dirs := filled(t)
				for _, suffix := range []string{"-wal", "-shm"} {
					_ = os.Remove(filepath.Join(dirs[n], "articles.db") + suffix) // there is none after a clean stop
				}
				if err := tt.damage(dirs[n]); err != nil {
					t.Fatal(err)
				}
				x := open(t, cfg)
				res := find(t, x, Request{Query: "dâng", Limit: 100})
				if res.Total != 16 || len(res.Partial) != 1 || !strings.Contains(res.Partial[0], filepath.Base(dirs[n])) {
					t.Errorf("%d articles found, partial %q; want the 16 of the other shards, and it said", res.Total, res.Partial)
				}
				if got := x.Aside(); len(got) != 1 || got[0].Name != filepath.Base(dirs[n]) || got[0].Why == "" {
					t.Errorf("Aside = %+v", got)
				}
				put(t, x, made(99, "Bản tin", "Nước sông dâng."))
				x = reopened(t, x, cfg)
				if res := find(t, x, Request{Query: "dâng", Limit: 100}); res.Total != 17 || len(res.Partial) != 1 {
					t.Errorf("after opening again %d articles, partial %q; want 17 and still said", res.Total, res.Partial)
				}
				v, err := Verify(t.Context(), cfg.Dir, nil)
				if err != nil || len(v.Findings) != 1 || !v.Findings[0].Lost {
					t.Errorf("Verify = %v, %v; want what was set aside", v.Findings, err)
				}
			})
		}
	}
}

func TestFlippedByteInAnArticleIsFound(t *testing.T) {
	cfg, dirs := filled(t)
	path := filepath.Join(dirs[0], "articles.db")
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for at := int64(4096); at < info.Size(); at += 997 { // pages of the table, of its indexes, and free room in them
		flip(t, path, at)
		v, err := Verify(t.Context(), cfg.Dir, nil)
		if err != nil {
			t.Fatalf("byte %d: %v", at, err)
		}
		if len(v.Findings) > 0 {
			found++
		}
		flip(t, path, at)
	}
	if found == 0 {
		t.Error("no flipped byte of the articles was found")
	}
	if v, err := Verify(t.Context(), cfg.Dir, nil); err != nil || len(v.Findings) != 0 {
		t.Errorf("the file as it was: %v, %v", v.Findings, err)
	}
}

// TestReindexUnderLoad: everything is found all the time while every index is made again and articles come in.
func TestReindexUnderLoad(t *testing.T) {
	cfg := testConfig(t)
	cfg.HotDocuments = 60
	x := open(t, cfg)
	put(t, x, many(150)...)
	done := make(chan struct{})
	var g errgroup.Group
	g.Go(func() error {
		defer close(done)
		told := 0
		if err := x.Reindex(t.Context(), func(Progress) { told++ }); err != nil {
			return err
		}
		if told == 0 {
			return errors.New("nothing was told of the progress")
		}
		return nil
	})
	written := 150
	g.Go(func() error {
		for n := 150; ; n++ {
			select {
			case <-done:
				written = n
				return nil
			default:
			}
			if err := x.Put(t.Context(), []article.Article{made(n, "Bản tin", "Nước sông dâng.")}, map[int]int64{0: int64(n)}); err != nil {
				return err
			}
		}
	})
	g.Go(func() error {
		last := 150
		for {
			select {
			case <-done:
				return nil
			default:
			}
			res, err := x.Search(t.Context(), Request{Query: "dâng"})
			if err != nil {
				return err
			}
			if res.Total < last || len(res.Partial) > 0 {
				t.Errorf("total %d after %d, partial %q", res.Total, last, res.Partial)
			}
			last = res.Total
		}
	})
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	x = reopened(t, x, cfg)
	if res := find(t, x, Request{Query: "dang"}); res.Total != written {
		t.Errorf("%d articles found at the end, want %d", res.Total, written)
	}
	if offsets, err := x.Offsets(); err != nil || written > 150 && int(offsets[0]) != written-1 {
		t.Errorf("Offsets = %v, %v; want %d", offsets, err, written-1)
	}
}

// TestRetentionUnderLoad: shards are dropped while articles come in, are edited and are searched for; of what retention
// keeps nothing is lost, and no search fails.
func TestRetentionUnderLoad(t *testing.T) {
	cfg := testConfig(t)
	cfg.HotDocuments, cfg.Keep = 20, settings.Duration(24*time.Hour)
	var at atomic.Int64 // minutes
	x, err := Open(cfg, Deps{Now: func() time.Time { return start.Add(time.Duration(at.Load())*time.Minute + 24*time.Hour) }})
	if err != nil {
		t.Fatal(err)
	}
	const last = 150
	done := make(chan struct{})
	var g errgroup.Group
	g.Go(func() error {
		defer close(done)
		for n := range last {
			at.Store(int64(n - 60)) // articles stay for an hour and a day
			batch := []article.Article{made(n, "Bản tin", "Nước sông dâng.")}
			if n >= 30 && n%5 == 0 {
				batch = append(batch, made(n-30, "Bản tin sửa", "Nước sông dâng."))
			}
			if err := x.Put(t.Context(), batch, map[int]int64{0: int64(n)}); err != nil {
				return err
			}
		}
		return nil
	})
	dropped := 0
	g.Go(func() error {
		for running := true; running; {
			select {
			case <-done:
				running = false
			default:
			}
			names, err := x.Prune(t.Context())
			if dropped += len(names); err != nil {
				return err
			}
			if _, err := x.Seal(t.Context()); err != nil {
				return err
			}
		}
		return nil
	})
	g.Go(func() error {
		for {
			select {
			case <-done:
				return nil
			default:
			}
			if res, err := x.Search(t.Context(), Request{Query: "dâng", Sort: ByRelevance}); err != nil || len(res.Partial) > 0 {
				return fmt.Errorf("partial %q, %w", res.Partial, err)
			}
		}
	})
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	if dropped == 0 {
		t.Error("nothing was dropped")
	}
	x = reopened(t, x, cfg)
	for n := last - 60; n < last; n++ {
		if _, err := x.Get(t.Context(), fmt.Sprintf("a%05d", n)); err != nil {
			t.Errorf("article %d: %v", n, err)
		}
	}
	n, err := x.Count(t.Context())
	if res := find(t, x, Request{Query: "dang", Limit: MaxLimit}); err != nil || res.Total != n || len(res.Hits) != n {
		t.Errorf("%d found, %d shown, %d held (%v)", res.Total, len(res.Hits), n, err)
	}
}

func TestStopInTheMiddleOfAReindexLeavesTheOldIndex(t *testing.T) {
	cfg, dirs := filled(t)
	half := filepath.Join(dirs[0], "bleve-2", "store")
	if err := os.MkdirAll(half, 0o755); err != nil {
		t.Fatal(err)
	}
	x := open(t, cfg)
	if res := find(t, x, Request{Query: "dâng", Limit: 100}); res.Total != 24 {
		t.Errorf("%d articles found, want 24", res.Total)
	}
	if _, err := os.Stat(half); !errors.Is(err, os.ErrNotExist) {
		t.Error("the half-made index was left")
	}
}

func TestRetentionDropsTheOldestShards(t *testing.T) {
	cfg, dirs := filled(t)
	cfg.Keep = 24 * 3600 * 1e9
	now := start.Add(24*time.Hour + 10*time.Minute) // the first shard ends at minute 7, the second at minute 15
	x, err := Open(cfg, Deps{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	dropped, err := x.Prune(t.Context())
	if err != nil || len(dropped) != 1 || dropped[0] != filepath.Base(dirs[0]) {
		t.Fatalf("Prune = %q, %v; want the oldest shard", dropped, err)
	}
	if res := find(t, x, Request{Query: "dâng", Limit: 100}); res.Total != 16 {
		t.Errorf("%d articles found, want 16", res.Total)
	}
	x.cfg.KeepBytes = 1
	if dropped, err = x.Prune(t.Context()); err != nil || len(dropped) != 1 {
		t.Errorf("Prune by size = %q, %v; want one more, and the hot one kept", dropped, err)
	}
	x.clearing.Wait()
	if left, err := shardFolders(x.shardsDir()); err != nil || len(left) != 1 {
		t.Errorf("shards left: %q, %v; want the hot one", left, err)
	}
	if _, err := os.Stat(dirs[0]); !errors.Is(err, os.ErrNotExist) {
		t.Error("the dropped shard is still there")
	}
}
