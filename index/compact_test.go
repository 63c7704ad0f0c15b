package index

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"haidang/internal/article"
)

// later is a moment in which the month of start is over.
func later() time.Time { return start.AddDate(0, 2, 0) }

// openLater opens an archive when the months of its articles are over.
func openLater(t testing.TB, cfg Config) *Index {
	t.Helper()
	x, err := Open(cfg, Deps{Now: later})
	if err != nil {
		t.Fatalf("Open(%+v): %v", cfg, err)
	}
	t.Cleanup(func() {
		if err := x.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return x
}

// closedMonth is an archive of four full shards of a month that is over, late edits among them, and a hot one.
func closedMonth(t *testing.T) Config {
	t.Helper()
	cfg, _ := filled(t)
	x := open(t, cfg)
	if err := x.Put(t.Context(), []article.Article{edited(3, "Nước hồ dâng."), made(30, "Tin khác", "Trời nắng.")}, map[int]int64{0: 7}); err != nil {
		t.Fatal(err)
	}
	for n := range 8 {
		put(t, x, made(40+n, "Tin khác", "Trời nắng."))
	}
	if err := x.Put(t.Context(), []article.Article{edited(3, "Nước hồ rút.")}, map[int]int64{0: 9, 1: 4}); err != nil {
		t.Fatal(err)
	}
	if _, err := x.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	return cfg
}

// wantWhole looks whether the archive of closedMonth has everything, once.
func wantWhole(t *testing.T, x *Index, shards int) {
	t.Helper()
	if len(x.shards) != shards {
		t.Errorf("%d shards, want %d", len(x.shards), shards)
	}
	wantMoved(t, x, 33)
	if res := find(t, x, Request{Limit: 100}); res.Total != 33 || len(res.Hits) != 33 || len(res.Partial) > 0 {
		t.Errorf("%d found, %d shown, partial %q; want 33", res.Total, len(res.Hits), res.Partial)
	}
	if res := find(t, x, Request{Query: "nang OR dang OR rut", Limit: 100, Sort: ByRelevance}); res.Total != 33 {
		t.Errorf("%d found, want 33", res.Total)
	}
	if offsets, err := x.Offsets(); err != nil || offsets[0] != 9 || offsets[1] != 4 {
		t.Errorf("Offsets = %v, %v; want 9 and 4", offsets, err)
	}
	v, err := Verify(t.Context(), x.cfg.Dir, nil)
	if err != nil || len(v.Findings) > 0 || v.Articles != 33 {
		t.Errorf("Verify = %+v, %v; want 33 sound articles", v, err)
	}
}

func TestShardsOfAClosedMonthAreMerged(t *testing.T) {
	cfg := closedMonth(t)
	x := open(t, cfg)
	if merged, err := x.Compact(t.Context()); err != nil || len(merged) != 0 {
		t.Fatalf("Compact in the same month = %q, %v; want nothing", merged, err)
	}
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	x = openLater(t, cfg)
	before := len(x.shards)
	merged, err := x.Compact(t.Context())
	if err != nil || len(merged) != 1 || merged[0] != "000001-000004-20261101" {
		t.Fatalf("Compact = %q, %v of %d shards; want the four that are full", merged, err, before)
	}
	wantWhole(t, x, before-3)
	m, err := readManifest(x.shards[0].dir)
	if err != nil || m.Articles != x.shards[0].held.Load().count || len(m.Files) < 2 || x.shards[0].sealed == nil {
		t.Errorf("manifest %+v, %v; want the sums of a sealed shard of all its articles", m, err)
	}
	if again, err := x.Compact(t.Context()); err != nil || len(again) != 0 {
		t.Errorf("Compact again = %q, %v; want nothing", again, err)
	}
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	if folders, err := os.ReadDir(x.shardsDir()); err != nil || len(folders) != before-3 {
		t.Errorf("%v, %v; want only the folders of the shards", folders, err)
	}
	x = openLater(t, cfg)
	wantWhole(t, x, before-3)
	put(t, x, edited(5, "Nước hồ cạn.")) // the merged shard is a shard like others
	wantIDs(t, x, Request{Query: "cạn"}, "a00005")
	put(t, x, many(20)[6:]...) // and it knows its articles
	if n, err := x.Count(t.Context()); n != 33 || err != nil {
		t.Errorf("Count = %d, %v, want 33", n, err)
	}
	if err := x.Reindex(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	wantIDs(t, x, Request{Query: "can"}, "a00005")
}

// TestStopInTheMiddleOfAMerge stops after each step, as kill -9 does: what is on the disk then is opened.
func TestStopInTheMiddleOfAMerge(t *testing.T) {
	names := []string{"begun", "copied", "sealed", "settled", "published", "half dropped"}
	for after, name := range names {
		t.Run(name, func(t *testing.T) {
			cfg := closedMonth(t)
			x := openLater(t, cfg)
			m, done, err := x.beginMerge(nil)
			if err != nil || m == nil {
				t.Fatal(m, err)
			}
			defer done()
			steps := []func() error{
				func() error { return os.MkdirAll(m.folder(), 0o755) },
				func() error { return m.copyAll(t.Context()) },
				func() error { return m.seal(t.Context()) },
				func() error { return m.settle(t.Context()) },
				m.publish,
				func() error { return dropFolder(m.sources[1].dir) },
			}
			for _, step := range steps[:after+1] {
				if err := step(); err != nil {
					t.Fatal(err)
				}
			}
			killed := cfg
			killed.Dir = filepath.Join(t.TempDir(), "killed")
			if err := os.CopyFS(killed.Dir, os.DirFS(cfg.Dir)); err != nil {
				t.Fatal(err)
			}
			want := 5
			if after >= slices.Index(names, "published") {
				want = 2
			}
			y := openLater(t, killed)
			wantWhole(t, y, want)
			if entries, err := os.ReadDir(y.shardsDir()); err != nil || len(entries) != want {
				t.Errorf("%v, %v; want %d folders", entries, err, want)
			}
			if err := m.giveUp(); err != nil {
				t.Error(err)
			}
			merged, err := y.Compact(t.Context())
			if err != nil || len(merged) != (want-2)/3 {
				t.Errorf("Compact = %q, %v", merged, err)
			}
			wantWhole(t, y, 2)
		})
	}
}

// TestWritesDuringAMerge: a verdict comes to an article that was copied, and one that was copied moves away.
func TestWritesDuringAMerge(t *testing.T) {
	cfg := closedMonth(t)
	x := openLater(t, cfg)
	m, done, err := x.beginMerge(nil)
	if err != nil || m == nil {
		t.Fatal(m, err)
	}
	before, doneReading, err := x.read()
	if err != nil {
		t.Fatal(err)
	}
	if err := m.copyAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	judged := many(5)[4]
	judged.Verdict = &article.Verdict{Topics: []string{"thien-tai"}}
	put(t, x, judged, edited(6, "Nước hồ cạn."))
	if err := m.seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	x.writing.Lock()
	err = errors.Join(m.settle(t.Context()), m.publish(), m.show(t.Context()))
	x.writing.Unlock()
	if err != nil {
		t.Fatal(err)
	}
	look := func() {
		t.Helper()
		wantIDs(t, x, Request{Query: "topic:thien-tai"}, judged.ID)
		wantIDs(t, x, Request{Query: "cạn"}, "a00006")
		if res := find(t, x, Request{Limit: 100}); res.Total != 33 || len(res.Hits) != 33 {
			t.Errorf("%d found, %d shown, want 33", res.Total, len(res.Hits))
		}
		if n, err := x.Count(t.Context()); n != 33 || err != nil {
			t.Errorf("Count = %d, %v, want 33", n, err)
		}
		if history, err := x.History(t.Context(), "a00006"); err != nil || len(history) != 1 {
			t.Errorf("History = %+v, %v; want the first wording", history, err)
		}
	}
	look()
	// Who began to read before the switch ends on the old shards.
	if found, err := before[0].articles.have(t.Context(), []string{"a00001"}); err != nil || !found["a00001"] {
		t.Errorf("the old shard has %v, %v; want it readable", found, err)
	}
	if n, err := before[0].count(t.Context(), nil); err != nil || n == 0 {
		t.Errorf("the old index finds %d, %v", n, err)
	}
	doneReading()
	done()
	if _, err := x.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	x = reopenedLater(t, x, cfg)
	look()
	if len(x.shards) != 2 {
		t.Errorf("%d shards, want 2", len(x.shards))
	}
}

func reopenedLater(t *testing.T, x *Index, cfg Config) *Index {
	t.Helper()
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	return openLater(t, cfg)
}

// TestNumberOfShardsIsBoundedByTheMonths: many small shards over three months become one a month, as far as the limit allows.
func TestNumberOfShardsIsBoundedByTheMonths(t *testing.T) {
	cfg := testConfig(t)
	cfg.HotDocuments, cfg.CompactDocuments = 2, 10
	reg := prometheus.NewRegistry()
	x, err := Open(cfg, Deps{Registerer: reg, Now: func() time.Time { return start.AddDate(0, 4, 0) }})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for month, articles := range []int{8, 14, 6} {
		for range articles {
			a := made(n, "Bản tin", "Nước sông dâng.")
			a.FirstSeen = start.AddDate(0, month, n)
			put(t, x, a)
			n++
		}
	}
	before := len(x.shards)
	merged, err := x.Compact(t.Context())
	if err != nil || len(merged) != 4 { // 8 articles; 10 and 4; 6 but for the hot shard
		t.Fatalf("Compact = %q, %v of %d shards; want 4 merged", merged, err, before)
	}
	if res := find(t, x, Request{Query: "dang", Limit: 100}); res.Total != n || len(res.Hits) != n || len(x.shards) != 5 {
		t.Errorf("%d found, %d shown in %d shards, want %d in 5", res.Total, len(res.Hits), len(x.shards), n)
	}
	if got := counterOf(t, reg, "haidang_index_compacted_shards_total"); got != before-1 {
		t.Errorf("%d shards counted as merged, want %d", got, before-1)
	}
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
}

func counterOf(t *testing.T, reg *prometheus.Registry, name string) int {
	t.Helper()
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == name {
			return int(f.GetMetric()[0].GetCounter().GetValue())
		}
	}
	t.Fatalf("no metric %s", name)
	return 0
}

func TestWhatIsNotMerged(t *testing.T) {
	at := start.AddDate(0, 3, 0)
	made := func(name string, n int, last time.Time) *shard {
		s := &shard{name: name}
		s.held.Store(&span{count: n, last: last})
		return s
	}
	doubtful := made("000002-20261101", 5, start)
	doubtful.doubt.articles.Store(true)
	hot := made("000009-20261101", 5, start)
	first, second := made("000001-20261101", 5, start), made("000002-20261101", 5, start)
	for _, tt := range []struct {
		name   string
		shards []*shard
		want   int
	}{
		{"two of one month", []*shard{first, second, hot}, 1},
		{"the hot one", []*shard{first, hot}, 0},
		{"another month", []*shard{first, made("000002-20261201", 5, start.AddDate(0, 1, 0)), hot}, 0},
		{"one is set aside between them", []*shard{first, made("000003-20261101", 5, start), hot}, 0},
		{"more than the limit", []*shard{first, made("000002-20261101", 6, start), hot}, 0},
		{"articles that cannot be read", []*shard{first, doubtful, hot}, 0},
		{"a name by hand", []*shard{first, made("old", 5, start), hot}, 0},
		{"the month is not over", []*shard{made("000001-20261101", 5, at), made("000002-20261101", 5, at), hot}, 0},
	} {
		if got := ripe(tt.shards, 10, at); len(got) != tt.want {
			t.Errorf("%s: %d groups, want %d", tt.name, len(got), tt.want)
		}
	}
}

// TestSearchWhileMerging searches all the time: every answer has every article, once.
func TestSearchWhileMerging(t *testing.T) {
	cfg := closedMonth(t)
	x := openLater(t, cfg)
	done := make(chan struct{})
	var g errgroup.Group
	g.Go(func() error {
		defer close(done)
		_, err := x.Compact(t.Context())
		return err
	})
	for range 2 {
		g.Go(func() error {
			for {
				for _, sort := range []Sort{BySeen, ByRelevance} {
					res, err := x.Search(t.Context(), Request{Query: "nang OR dang OR rut", Limit: 100, Sort: sort})
					if err != nil {
						return err
					}
					found := ids(res)
					slices.Sort(found)
					if len(slices.Compact(found)) != 33 || res.Total != 33 {
						return fmt.Errorf("%d found, %d shown, want 33", res.Total, len(found))
					}
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
	wantWhole(t, x, 2)
}

// TestBackupDuringAMerge: some shards are copied before they are merged, the merged one after it.
func TestBackupDuringAMerge(t *testing.T) {
	cfg := closedMonth(t)
	x := openLater(t, cfg)
	target := t.TempDir()
	err := Backup(t.Context(), cfg.Dir, target, func(_ string, n, _ int) {
		if n == 3 {
			if _, err := x.Compact(t.Context()); err != nil {
				t.Error(err)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	restored := cfg
	restored.Dir = target
	y := openLater(t, restored)
	if len(y.shards) != 2 {
		t.Errorf("%d shards, want 2", len(y.shards))
	}
	wantMoved(t, y, 33)
	if err := RestoreShard(cfg, target, "000002-20261101"); err == nil {
		t.Error("a shard was put back that lies in a merged one")
	}
}

// TestOlderShardInPlaceOfADamagedMergedOne: what has moved away from the merged one does not come back with it.
func TestOlderShardInPlaceOfADamagedMergedOne(t *testing.T) {
	cfg := closedMonth(t)
	older := t.TempDir()
	if err := Backup(t.Context(), cfg.Dir, older, nil); err != nil {
		t.Fatal(err)
	}
	x := openLater(t, cfg)
	merged, err := x.Compact(t.Context())
	if err != nil || len(merged) != 1 {
		t.Fatal(merged, err)
	}
	put(t, x, edited(5, "Nước hồ cạn."))
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	flip(t, filepath.Join(cfg.Dir, "shards", merged[0], "articles.db"), 0) // its header
	x = openLater(t, cfg)
	if aside := x.Aside(); len(aside) != 1 || aside[0].Name != merged[0] {
		t.Fatalf("Aside = %+v, want the merged shard", aside)
	}
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	if err := RestoreShard(cfg, older, merged[0]); err == nil || !strings.Contains(err.Error(), "000001-20261101, 000002-20261101") {
		t.Errorf("RestoreShard of the merged one = %v, want the names of those that the backup has", err)
	}
	for n := 1; n <= 4; n++ {
		if err := RestoreShard(cfg, older, fmt.Sprintf("%06d-20261101", n)); err != nil {
			t.Fatal(err)
		}
	}
	x = openLater(t, cfg)
	if res := find(t, x, Request{Limit: 100}); res.Total != 33 || len(res.Hits) != 33 {
		t.Errorf("%d found, %d shown, want 33", res.Total, len(res.Hits))
	}
	wantIDs(t, x, Request{Query: "cạn"}, "a00005")
}
