package app

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"haidang/index"
	"haidang/internal/article"
)

// TestBackupWhileRunningRestoresAnEqualArchive: articles come in while the backup is taken; what was acknowledged before
// it began is in it, whole and searchable.
func TestBackupWhileRunningRestoresAnEqualArchive(t *testing.T) {
	opts := quietOptions(t)
	var lines []string
	for n := range 40 {
		lines = append(lines, fmt.Sprintf(`{"id":"a%d","title":"Tin thứ %d","text":"Nước sông dâng ở bến %d."}`, n, n, n))
	}
	if report, _, err := importLines(t, opts, strings.Join(lines, "\n")); err != nil || report.Archived != 40 {
		t.Fatalf("%+v, %v", report, err)
	}
	a := start(t, opts)
	target, stop := t.TempDir(), make(chan struct{})
	var g errgroup.Group
	g.Go(func() error {
		for n := 40; ; n++ {
			select {
			case <-stop:
				return nil
			default:
			}
			doc := article.Article{ID: fmt.Sprintf("b%d", n), Title: "Tin chen ngang", Text: "Nước hồ dâng."}
			if err := a.archive.Put(t.Context(), []article.Article{doc}, nil); err != nil {
				return err
			}
		}
	})
	var said []string
	name, err := Backup(t.Context(), opts, target, func(line string) { said = append(said, line) })
	close(stop)
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	if err != nil || len(said) == 0 {
		t.Fatalf("Backup = %q, %v, said %q", name, err, said)
	}
	if err := VerifyBackup(name); err != nil {
		t.Fatal(err)
	}
	fresh := quietOptions(t)
	if err := Restore(t.Context(), fresh, name, func(string) {}); err != nil {
		t.Fatal(err)
	}
	if err := Restore(t.Context(), fresh, name, func(string) {}); err == nil || !strings.Contains(err.Error(), "there already") {
		t.Errorf("restoring over it = %v, want a refusal", err)
	}
	x, err := index.Open(fresh.Config.Index, index.Deps{})
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	for n := range 40 {
		res, err := x.Search(t.Context(), index.Request{Query: fmt.Sprintf(`"bến %d"`, n)})
		if err != nil || res.Total != 1 {
			t.Fatalf("article %d: %d found, %v", n, res.Total, err)
		}
		was, err := a.archive.Get(t.Context(), res.Hits[0].ID)
		if err != nil || was.Text != res.Hits[0].Text || was.Revision != res.Hits[0].Revision {
			t.Errorf("article %d is not what it was (%v)", n, err)
		}
	}
	v, err := Verify(t.Context(), fresh, func(string) {})
	if err != nil || len(v.Findings) > 0 || v.Articles < 40 {
		t.Errorf("Verify of the restored archive = %+v, %v", v, err)
	}
}

func TestDamagedBackupIsNotRestored(t *testing.T) {
	opts := quietOptions(t)
	if _, _, err := importLines(t, opts, `{"id":"a","title":"Tin thứ nhất"}`); err != nil {
		t.Fatal(err)
	}
	name, err := Backup(t.Context(), opts, t.TempDir(), func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	shards, err := filepath.Glob(filepath.Join(name, "archive", "shards", "*"))
	if err != nil || len(shards) != 1 {
		t.Fatal(shards, err)
	}
	path := filepath.Join(shards[0], "articles.db")
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	raw[len(raw)/2] ^= 1
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	fresh := quietOptions(t)
	if err := Restore(t.Context(), fresh, name, func(string) {}); err == nil || !strings.Contains(err.Error(), "articles.db is missing or not as it was written") {
		t.Errorf("Restore = %v, want a refusal that names the file", err)
	}
	if _, err := os.Stat(filepath.Join(fresh.Config.Index.Dir, "shards")); err == nil {
		t.Error("something of a damaged backup was restored")
	}
	if err := Restore(t.Context(), fresh, t.TempDir(), func(string) {}); err == nil || !strings.Contains(err.Error(), "is no backup") {
		t.Errorf("an empty folder = %v", err)
	}
}

// TestDamagedShardComesBackFromABackup: the whole way, as an operator walks it.
func TestDamagedShardComesBackFromABackup(t *testing.T) {
	opts := quietOptions(t)
	if _, _, err := importLines(t, opts, `{"id":"a","title":"Tin thứ nhất","text":"Nước sông dâng."}`); err != nil {
		t.Fatal(err)
	}
	name, err := Backup(t.Context(), opts, t.TempDir(), func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	shards, err := filepath.Glob(filepath.Join(opts.Config.Index.Dir, "shards", "*"))
	if err != nil || len(shards) != 1 {
		t.Fatal(shards, err)
	}
	for _, suffix := range []string{"", "-wal", "-shm"} {
		_ = os.Remove(filepath.Join(shards[0], "articles.db"+suffix)) // the last two are gone after a clean stop
	}
	shard := filepath.Base(shards[0])
	x, err := index.Open(opts.Config.Index, index.Deps{})
	if err != nil {
		t.Fatal(err)
	}
	res, err := x.Search(t.Context(), index.Request{Query: "dâng"})
	if err != nil || res.Total != 0 || len(res.Partial) != 1 {
		t.Errorf("with the shard set aside: %+v, %v", res, err)
	}
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	v, err := Verify(t.Context(), opts, func(string) {})
	if err != nil || len(v.Findings) != 1 || !strings.Contains(v.Findings[0].String(), "haidang restore --shard "+shard) {
		t.Errorf("Verify = %v, %v; want what to do", v.Findings, err)
	}
	if err := RestoreShard(t.Context(), opts, name, shard, func(string) {}); err != nil {
		t.Fatal(err)
	}
	if x, err = index.Open(opts.Config.Index, index.Deps{}); err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	if res, err = x.Search(t.Context(), index.Request{Query: "dâng"}); err != nil || res.Total != 1 || len(res.Partial) != 0 {
		t.Errorf("after the restore: %+v, %v", res, err)
	}
	if err := RestoreShard(t.Context(), opts, name, "../x", func(string) {}); err == nil {
		t.Error("a shard with a path for a name is taken")
	}
}
