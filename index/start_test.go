package index

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"haidang/internal/article"
)

// connections counts those to the articles of a shard.
func connections(s *shard) int { return s.articles.db.Stats().OpenConnections }

func TestStartOpensNoArticlesOfSealedShards(t *testing.T) {
	cfg, _ := filled(t)
	x := open(t, cfg)
	find(t, x, Request{Query: "dâng", Limit: 3})
	for _, s := range x.shards[:2] {
		if n := connections(s); n != 0 || s.held.Load().count != 8 {
			t.Errorf("shard %s: %d connections, %d articles; want none and 8", s.name, n, s.held.Load().count)
		}
	}
	if n, err := x.Count(t.Context()); n != 24 || err != nil || connections(x.shards[0]) != 0 {
		t.Errorf("Count = %d, %v; want 24 without opening", n, err)
	}
	wantIDs(t, x, Request{Query: "dang", Limit: 1, Sort: ByRelevance, To: start.Add(time.Minute)}, "a00000")
	if connections(x.shards[0]) == 0 {
		t.Error("the article came from nowhere")
	}
}

// TestStartAfterAKill: what is on the disk while the archive is open is opened, after a write to a sealed shard.
func TestStartAfterAKill(t *testing.T) {
	cfg, dirs := filled(t)
	x := open(t, cfg)
	judged := many(10)[9]
	judged.Verdict = &article.Verdict{Topics: []string{"thien-tai"}}
	put(t, x, judged, edited(3, "Nước hồ dâng."))
	put(t, x, edited(3, "Nước hồ rút."))
	for _, dir := range dirs[:2] {
		if _, err := os.Stat(filepath.Join(dir, startName)); err == nil {
			t.Errorf("%s has a file for the start that is not of its articles", dir)
		}
	}
	killed := cfg
	killed.Dir = filepath.Join(t.TempDir(), "killed")
	if err := os.CopyFS(killed.Dir, os.DirFS(cfg.Dir)); err != nil {
		t.Fatal(err)
	}
	y := open(t, killed)
	wantMoved(t, y, 24)
	wantIDs(t, y, Request{Query: "topic:thien-tai"}, judged.ID)
	for range 2 { // the second start has the file again
		y = reopened(t, y, killed)
		wantMoved(t, y, 24)
		wantIDs(t, y, Request{Query: "topic:thien-tai"}, judged.ID)
	}
	if _, err := os.Stat(filepath.Join(y.shards[0].dir, startName)); err != nil {
		t.Error(err)
	}
}

// TestStartFileThatCannotBeUsed: then the articles are read.
func TestStartFileThatCannotBeUsed(t *testing.T) {
	for _, tt := range []struct {
		name   string
		damage func(dir string) error
	}{
		{"missing", func(dir string) error { return os.Remove(filepath.Join(dir, startName)) }},
		{"empty", func(dir string) error { return os.Truncate(filepath.Join(dir, startName), 0) }},
		{"cut", func(dir string) error { return os.Truncate(filepath.Join(dir, startName), 99) }},
		{"flipped", func(dir string) error { flip(t, filepath.Join(dir, startName), -1); return nil }},
		{"of another file", func(dir string) error {
			f, err := os.OpenFile(filepath.Join(dir, "articles.db"), os.O_APPEND|os.O_WRONLY, 0)
			if err != nil {
				return err
			}
			defer f.Close()
			_, err = f.Write(make([]byte, 4096))
			return err
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cfg, dirs := filled(t)
			if err := tt.damage(dirs[0]); err != nil {
				t.Fatal(err)
			}
			x := open(t, cfg)
			if connections(x.shards[0]) == 0 {
				t.Error("the articles were not read")
			}
			if res := find(t, x, Request{Query: "dang", Limit: 100}); res.Total != 24 || len(res.Hits) != 24 {
				t.Errorf("%d found, %d shown, want 24", res.Total, len(res.Hits))
			}
			put(t, x, many(8)...) // known ones
			if n, err := x.Count(t.Context()); n != 24 || err != nil {
				t.Errorf("Count = %d, %v, want 24", n, err)
			}
		})
	}
}

// TestIdleDatabasesAreBounded asks more shards than may be open.
func TestIdleDatabasesAreBounded(t *testing.T) {
	files := new(openFiles)
	all := make([]*articleFile, maxOpenFiles+8)
	for i := range all {
		f, err := openArticles(filepath.Join(t.TempDir(), fmt.Sprintf("%d.db", i)), nil)
		if err != nil {
			t.Fatal(err)
		}
		f.db.files = files
		all[i] = f
	}
	for range 2 {
		for _, f := range all {
			if _, err := f.span(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	idle := 0
	for _, f := range all {
		if f.db.Stats().OpenConnections > 0 {
			idle++
		}
	}
	if idle != maxOpenFiles {
		t.Errorf("%d databases keep connections, want %d", idle, maxOpenFiles)
	}
	for _, f := range all {
		if err := f.close(); err != nil {
			t.Error(err)
		}
	}
	if len(files.last) != 0 {
		t.Errorf("%d databases are remembered that were closed", len(files.last))
	}
}
