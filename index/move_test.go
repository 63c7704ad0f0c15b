package index

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"haidang/internal/article"
)

// edited is article n of filled with another wording, seen again later.
func edited(n int, text string) article.Article {
	a := made(n, "Bản tin sửa", text)
	a.FirstSeen = start.AddDate(0, 1, 0)
	a.Revise()
	return a
}

// wantMoved looks whether article 3 is where it belongs, with all that is known of it.
func wantMoved(t *testing.T, x *Index, articles int) {
	t.Helper()
	wantIDs(t, x, Request{Query: "sửa"}, "a00003")
	if res := find(t, x, Request{Query: "bản OR tin", Limit: 100}); res.Total != articles || len(res.Hits) != articles {
		t.Errorf("%d articles found, %d shown, want %d", res.Total, len(res.Hits), articles)
	}
	if n, err := x.Count(t.Context()); n != articles || err != nil {
		t.Errorf("Count = %d, %v, want %d", n, err, articles)
	}
	a, err := x.Get(t.Context(), "a00003")
	if err != nil || a.Text != "Nước hồ rút." || !a.FirstSeen.Equal(made(3, "", "").FirstSeen) {
		t.Errorf("Get = %+v, %v; want the new wording and the first sight", a, err)
	}
	history, err := x.History(t.Context(), "a00003")
	if err != nil || len(history) != 2 || history[0].Text != many(4)[3].Text || history[1].Text != "Nước hồ dâng." {
		t.Errorf("History = %+v, %v; want the first wording and the second", history, err)
	}
	hot := x.shards[len(x.shards)-1]
	if have, err := hot.articles.have(t.Context(), []string{"a00003"}); err != nil || !have["a00003"] {
		t.Errorf("the hot shard does not hold the article: %v", err)
	}
}

func TestLateEditMovesToTheHotShard(t *testing.T) {
	cfg, dirs := filled(t)
	x := open(t, cfg)
	before := x.shards[0].held.Load().count
	if err := x.Put(t.Context(), []article.Article{edited(3, "Nước hồ dâng.")}, map[int]int64{0: 5}); err != nil {
		t.Fatal(err)
	}
	put(t, x, made(30, "Tin khác", "Trời nắng."), made(31, "Tin khác", "Trời nắng."))
	if err := x.Put(t.Context(), []article.Article{edited(3, "Nước hồ rút.")}, map[int]int64{0: 9}); err != nil {
		t.Fatal(err)
	}
	check := func() {
		t.Helper()
		wantIDs(t, x, Request{Query: `"tin khác"`}, "a00031", "a00030")
		if res := find(t, x, Request{Query: "bản", Limit: 100}); res.Total != 24 {
			t.Errorf("%d articles found, want 24", res.Total)
		}
		if got := x.shards[0].held.Load().count; got != before-1 {
			t.Errorf("the old shard holds %d articles, want %d", got, before-1)
		}
		history, err := x.History(t.Context(), "a00003")
		if err != nil || len(history) != 2 {
			t.Errorf("History = %d wordings, %v; want 2", len(history), err)
		}
		if offsets, err := x.Offsets(); err != nil || offsets[0] != 9 {
			t.Errorf("Offsets = %v, %v; want 9", offsets, err)
		}
	}
	check()
	// Nothing is to be made again: neither the index of the old shard, nor its seal.
	if sealed, err := x.Seal(t.Context()); err != nil || len(sealed) != 1 {
		t.Errorf("Seal = %q, %v; want the shard that was closed now", sealed, err)
	}
	x = reopened(t, x, cfg)
	check()
	if v, err := Verify(t.Context(), cfg.Dir, nil); err != nil || len(v.Findings) > 0 || v.Articles != 26 {
		t.Errorf("Verify = %+v, %v; want 26 sound articles", v, err)
	}
	if err := x.Reindex(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	check()
	if folders, err := filepath.Glob(filepath.Join(dirs[0], "bleve*")); err != nil || len(folders) == 0 {
		t.Errorf("%q, %v", folders, err)
	}
}

// TestCrashInTheMiddleOfAMove stops after each step and opens the archive again.
func TestCrashInTheMiddleOfAMove(t *testing.T) {
	for after := range 4 {
		t.Run(fmt.Sprint("step ", after), func(t *testing.T) {
			cfg, _ := filled(t)
			x := open(t, cfg)
			put(t, x, edited(3, "Nước hồ dâng.")) // so that it has a history; the second edit is the one that is stopped
			for n := range cfg.HotDocuments - 1 {
				put(t, x, made(30+n, "Tin khác", "Trời nắng."))
			}
			from := x.shards[3]
			hot, err := x.hot(t.Context())
			if err != nil || hot == from {
				t.Fatal(err, "no new hot shard")
			}
			m, err := from.articles.moving(t.Context(), edited(3, "Nước hồ rút."), time.Now().UnixMilli())
			if err != nil || m == nil {
				t.Fatal(m, err)
			}
			id := []string{"a00003"}
			steps := []func() error{
				func() error { return hot.adopt(t.Context(), []moving{*m}, from.name) },
				func() error { return from.words.remove(id) },
				func() error { return from.release(t.Context(), id) },
				func() error { return hot.articles.moveDone(t.Context(), from.name, id) },
			}
			for _, step := range steps[:after+1] {
				if err := step(); err != nil {
					t.Fatal(err)
				}
			}
			x = reopened(t, x, cfg)
			if res := find(t, x, Request{Query: `"tin khác"`}); res.Total != cfg.HotDocuments-1 {
				t.Errorf("%d of the other articles, want %d", res.Total, cfg.HotDocuments-1)
			}
			wantMoved(t, x, 24+cfg.HotDocuments-1)
		})
	}
}

// TestMoveDuringABackup: the old shard is copied before the edit and the hot one after it, so both copies hold the article.
func TestMoveDuringABackup(t *testing.T) {
	cfg, _ := filled(t)
	x := open(t, cfg)
	target := t.TempDir()
	err := Backup(t.Context(), cfg.Dir, target, func(shard string, n, _ int) {
		if n == 2 {
			put(t, x, edited(3, "Nước hồ dâng."))
			put(t, x, edited(3, "Nước hồ rút."))
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	restored := cfg
	restored.Dir = target
	wantMoved(t, open(t, restored), 24)
	wantMoved(t, x, 24)
}

// TestMoveDuringAReindex: the new index of the old shard has the article already when it moves away.
func TestMoveDuringAReindex(t *testing.T) {
	cfg, _ := filled(t)
	x := open(t, cfg)
	once := false
	err := x.Reindex(t.Context(), func(Progress) {
		if !once {
			once = true
			put(t, x, edited(3, "Nước hồ dâng."))
			put(t, x, edited(3, "Nước hồ rút."))
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	wantMoved(t, x, 24)
	wantMoved(t, reopened(t, x, cfg), 24)
}

// TestShardFromABackupDoesNotBringBackWhatMoved: its copy is older than the edit.
func TestShardFromABackupDoesNotBringBackWhatMoved(t *testing.T) {
	cfg, dirs := filled(t)
	backup := t.TempDir()
	if err := Backup(t.Context(), cfg.Dir, backup, nil); err != nil {
		t.Fatal(err)
	}
	x := open(t, cfg)
	put(t, x, edited(3, "Nước hồ dâng."))
	put(t, x, edited(3, "Nước hồ rút."))
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	flip(t, filepath.Join(dirs[0], "articles.db"), 0) // its header
	x = open(t, cfg)
	if len(x.Aside()) != 1 {
		t.Fatalf("Aside = %+v, want the oldest shard", x.Aside())
	}
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	if err := RestoreShard(cfg, backup, filepath.Base(dirs[0])); err != nil {
		t.Fatal(err)
	}
	wantMoved(t, open(t, cfg), 24)
}
