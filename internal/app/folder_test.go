package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"haidang/internal/bus"
)

func TestAFileOfADeadProcessLeadsNowhere(t *testing.T) {
	other := quietOptions(t)
	a := start(t, other)
	waitFor(t, "the other process announces itself", func() bool { _, ok := FindRunning(t.Context(), other.DataDir); return ok })
	dir := t.TempDir()
	// The port of a process that was killed has been taken by one that serves another folder.
	left := Running{PID: 1, Instance: "somebody else", Web: a.Addr(), Broker: a.bus.Addr(), Started: time.Now()}
	if err := left.announce(dir); err != nil {
		t.Fatal(err)
	}
	if r, ok := FindRunning(t.Context(), dir); ok {
		t.Errorf("the process of another folder passes for ours: %+v", r)
	}
}

func TestCommandsMakeNoFolderByMistake(t *testing.T) {
	opts := quietOptions(t)
	if _, err := Search(t.Context(), opts.Config, opts.DataDir, SearchRequest{Query: "x"}); err == nil || !strings.Contains(err.Error(), "there is no archive in") {
		t.Errorf("search: %v", err)
	}
	if _, err := Digest(t.Context(), opts, DigestRequest{Folder: t.TempDir()}); err == nil || !strings.Contains(err.Error(), "there are no stories in") {
		t.Errorf("digest: %v", err)
	}
	for _, name := range []string{"archive", "state.db"} {
		if _, err := os.Stat(filepath.Join(opts.DataDir, name)); err == nil {
			t.Errorf("%s was made", name)
		}
	}
}

func TestDigestIsWrittenBesideARunningProcess(t *testing.T) {
	opts := quietOptions(t)
	start(t, opts)
	out := t.TempDir()
	files, err := Digest(t.Context(), opts, DigestRequest{Folder: out})
	if err != nil || len(files) != 3 {
		t.Fatalf("Digest = %q, %v, want three files", files, err)
	}
	if _, err := Digest(t.Context(), opts, DigestRequest{Date: "2026-13-44", Folder: out}); err == nil {
		t.Error("a day that does not exist is accepted")
	}
	if _, err := Digest(t.Context(), opts, DigestRequest{List: "nobody", Folder: out}); err == nil || !strings.Contains(err.Error(), "nobody") {
		t.Errorf("an unknown list: %v", err)
	}
}

// An archive from a backup is older than what its consumer group has acknowledged: it must read everything again.
func TestAnArchiveFromABackupCatchesUp(t *testing.T) {
	opts := quietOptions(t)
	backup := filepath.Join(t.TempDir(), "archive")
	if _, _, err := importLines(t, opts, `{"id":"a","title":"Tin thứ nhất"}`); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(backup, os.DirFS(opts.Config.Index.Dir)); err != nil {
		t.Fatal(err)
	}
	if report, _, err := importLines(t, opts, `{"id":"b","title":"Tin thứ hai"}`); err != nil || report.Archived != 2 {
		t.Fatalf("%+v, %v", report, err)
	}
	if err := os.RemoveAll(opts.Config.Index.Dir); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(opts.Config.Index.Dir, os.DirFS(backup)); err != nil {
		t.Fatal(err)
	}
	a := start(t, opts)
	waitFor(t, "the archive holds both articles again", func() bool {
		n, err := a.archive.Count(t.Context())
		return err == nil && n == 2
	})
}

func TestImportCountsWhatStagesGiveUp(t *testing.T) {
	opts := quietOptions(t)
	a := start(t, opts)
	waitFor(t, "the process announces itself", func() bool { _, ok := FindRunning(t.Context(), opts.DataDir); return ok })
	pipe := &pipeline{bus: a.bus}
	before, err := pipe.dead(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := a.bus.Publish(t.Context(), bus.Message{Topic: bus.Articles, Key: []byte("x"), Value: []byte("not an article")}); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the message is buried", func() bool {
		n, err := pipe.dead(t.Context())
		return err == nil && n == before+1
	})
}

func TestImportRefusesHugeLinesBeforeReadingThem(t *testing.T) {
	opts := quietOptions(t)
	report, broken, err := importLines(t, opts, `{"id":"huge","title":"`+strings.Repeat("x", 5<<20)+`"}`+"\n"+`{"id":"a","title":"Tin"}`)
	if err == nil || report.Sent != 1 || !strings.Contains(broken, ":1: a line of") {
		t.Errorf("%+v, %v, %q", report, err, broken)
	}
}
