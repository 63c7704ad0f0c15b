package app

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"haidang/index"
)

// TestReindexFromTheLogBringsBackALostShard: the articles of a shard are gone, and the broker still has them.
func TestReindexFromTheLogBringsBackALostShard(t *testing.T) {
	opts := quietOptions(t)
	opts.Config.Index.HotDocuments = 10
	var lines []string
	for n := range 25 {
		lines = append(lines, fmt.Sprintf(`{"id":"a%02d","title":"Tin thứ %d","text":"Nước sông dâng ở bến %d."}`, n, n, n))
	}
	lines = append(lines, `{"id":"a03","title":"Tin thứ ba, sửa","text":"Nước sông rút ở bến 3."}`) // in the hot shard from now on
	if report, _, err := importLines(t, opts, strings.Join(lines, "\n")); err != nil || report.Archived != 25 {
		t.Fatalf("%+v, %v", report, err)
	}
	shards, err := filepath.Glob(filepath.Join(opts.Config.Index.Dir, "shards", "*"))
	if err != nil || len(shards) != 3 {
		t.Fatal(shards, err)
	}
	if err := os.RemoveAll(shards[1]); err != nil {
		t.Fatal(err)
	}
	var said []string
	if err := Reindex(t.Context(), ReindexOptions{Options: opts, FromLog: true}, func(line string) { said = append(said, line) }); err != nil {
		t.Fatal(err)
	}
	if all := strings.Join(said, "\n"); !strings.Contains(all, "articles brought back") || strings.Contains(all, " 0 articles brought back") {
		t.Errorf("said %q, want how many came back", all)
	}
	x, err := index.Open(opts.Config.Index, index.Deps{})
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	for _, q := range []string{"dâng OR rút", "dang OR rut"} {
		if res, err := x.Search(t.Context(), index.Request{Query: q}); err != nil || res.Total != 25 {
			t.Errorf("%s: %d found, %v; want 25", q, res.Total, err)
		}
	}
	if history, err := x.History(t.Context(), "a03"); err != nil || len(history) != 1 || history[0].Title != "Tin thứ 3" {
		t.Errorf("History = %+v, %v; want the first wording once", history, err)
	}
}
