package index

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/blevesearch/bleve/v2"

	"haidang/internal/article"
)

// TestFlippedBytesNeverStopASearch flips one byte after another of a segment and searches in every way.
func TestFlippedBytesNeverStopASearch(t *testing.T) {
	cfg, dirs := filled(t)
	path := segment(t, dirs[1])
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	step := info.Size()/60 + 1
	if raceDetector {
		step = info.Size()/8 + 1
	}
	failed := 0
	for at := int64(3); at < info.Size(); at += step {
		flip(t, path, at)
		x := open(t, cfg)
		for _, req := range []Request{
			{Query: "dâng"}, {Query: "dang", Sort: ByRelevance, Facets: 5}, {Query: `"nước sông"`, Sort: ByPublished}, {Query: "nước sôn*", Sort: ByFreshness, Suggest: true},
		} {
			res, err := x.Search(t.Context(), req)
			if err != nil {
				t.Fatalf("byte %d: %+v: %v", at, req, err)
			}
			if len(res.Partial) > 0 {
				failed++
			}
		}
		if err := x.Close(); err != nil {
			t.Fatal(err)
		}
		flip(t, path, at)
		if left, err := filepath.Glob(path); err != nil || len(left) == 0 { // it was made again
			path = segment(t, dirs[1])
		}
	}
	t.Logf("%d searches noticed the damage", failed)
}

// TestASegmentCutWhileItIsReadStopsNoSearch: the part of a mapped file that is gone cannot be read any more.
func TestASegmentCutWhileItIsReadStopsNoSearch(t *testing.T) {
	cfg, dirs := filled(t)
	x := open(t, cfg)
	if res := find(t, x, Request{Query: "dâng"}); len(res.Partial) > 0 {
		t.Fatalf("before: Partial = %q", res.Partial)
	}
	if err := os.Truncate(segment(t, dirs[1]), 0); err != nil {
		t.Fatal(err)
	}
	partial := 0
	for _, req := range []Request{{Query: "nước"}, {Query: "song", Sort: ByRelevance, Facets: 5}, {Query: "nước sôn*", Sort: ByPublished, Suggest: true}} {
		partial += len(find(t, x, req).Partial)
	}
	if partial == 0 {
		t.Error("no search noticed that the segment is gone")
	}
	if err := x.Mend(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if res := find(t, x, Request{Query: "dâng"}); len(res.Partial) > 0 || res.Total != 24 {
		t.Errorf("mended: Partial = %q, total %d, want all 24", res.Partial, res.Total)
	}
}

func TestFailingIndexIsLeftOutAndMendedIfItsFilesAreBad(t *testing.T) {
	for _, damaged := range []bool{false, true} {
		cfg, dirs := filled(t)
		x := open(t, cfg)
		s := x.shards[1]
		if damaged {
			flip(t, segment(t, dirs[1]), -1)
		}
		err := s.guard(t.Context(), func() error { panic("index out of range") })
		if err != nil {
			t.Fatal(err)
		}
		select {
		case <-x.mending:
		default:
			t.Error("Run was not woken")
		}
		if res := find(t, x, Request{Query: "dâng"}); len(res.Partial) != 1 || !strings.Contains(res.Partial[0], s.name) {
			t.Errorf("Partial = %q, want the shard that failed", res.Partial)
		}
		if err := x.Mend(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		if res := find(t, x, Request{Query: "dâng"}); len(res.Partial) != 0 || res.Total != 24 {
			t.Errorf("mended: Partial = %q, total %d, want all 24", res.Partial, res.Total)
		}
		if rebuilt := x.shards[1] != s; rebuilt != damaged {
			t.Errorf("made again: %v, want %v", rebuilt, damaged)
		}
	}
}

func TestGuardPassesOnWhatTheContextSays(t *testing.T) {
	x := open(t, testConfig(t))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := x.shards[0].guard(ctx, func() error { return errors.New("stopped somewhere") })
	if !errors.Is(err, context.Canceled) || len(doubts(x.shards)) > 0 {
		t.Errorf("guard = %v, doubts %q; want the context's error and no doubt", err, doubts(x.shards))
	}
}

// TestLargeShardWithoutAnIndexOpensAtOnce: the others serve, searches say what is missing, and Mend makes it good.
func TestLargeShardWithoutAnIndexOpensAtOnce(t *testing.T) {
	cfg := testConfig(t)
	cfg.HotDocuments, cfg.BatchDocuments = 30, 1
	x := open(t, cfg)
	put(t, x, many(75)...)
	oldest := x.shards[0].dir
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(oldest, firstFolder)); err != nil {
		t.Fatal(err)
	}
	x = open(t, cfg)
	res := find(t, x, Request{Query: "dâng"})
	if res.Total != 45 || len(res.Partial) != 1 || !strings.Contains(res.Partial[0], filepath.Base(oldest)) {
		t.Errorf("%d found, partial %q; want the 45 of the other shards, and it said", res.Total, res.Partial)
	}
	if sealed, err := x.Seal(t.Context()); err != nil || len(sealed) != 1 {
		t.Errorf("Seal = %q, %v; want the one that is whole", sealed, err)
	}
	x = reopened(t, x, cfg) // stopped before it was mended
	told := 0
	if err := x.Mend(t.Context(), func(Progress) { told++ }); err != nil || told == 0 {
		t.Fatal(err, told)
	}
	if res := find(t, x, Request{Query: "dang"}); res.Total != 75 || len(res.Partial) != 0 {
		t.Errorf("mended: %d found, partial %q; want all 75", res.Total, res.Partial)
	}
	if n, err := x.shards[0].count(t.Context(), bleve.NewMatchAllQuery()); err != nil || n != 30 {
		t.Errorf("the shard finds %d, %v; want its 30", n, err)
	}
}

// TestSealedShardsAreOpenedWhenTheyAreNeeded: an index that nobody asks is not opened, and one that cannot be opened then is
// left out, and made again.
func TestSealedShardsAreOpenedWhenTheyAreNeeded(t *testing.T) {
	for _, tt := range []struct {
		name   string
		damage func(dir string) error
	}{
		{"sound", func(string) error { return nil }},
		{"root cut", func(dir string) error {
			return os.Truncate(filepath.Join(dir, firstFolder, "store", "root.bolt"), 100)
		}},
		{"segment missing", func(dir string) error { return os.Remove(segment(t, dir)) }},
		{"segment cut", func(dir string) error { return os.Truncate(segment(t, dir), 300) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cfg, dirs := filled(t)
			if err := tt.damage(dirs[0]); err != nil {
				t.Fatal(err)
			}
			x := open(t, cfg)
			if find(t, x, Request{Limit: 3}); x.shards[0].words.opened != nil || x.shards[1].words.opened != nil {
				t.Error("a sealed shard was opened for the newest three articles")
			}
			if offsets, err := x.Offsets(); err != nil || len(offsets) != 0 {
				t.Errorf("Offsets = %v, %v", offsets, err)
			}
			damaged := tt.name != "sound"
			res := find(t, x, Request{Query: "dâng", Limit: 100})
			if len(res.Partial) > 0 != damaged || !damaged && res.Total != 24 || damaged && res.Total != 16 {
				t.Errorf("%d found, partial %q", res.Total, res.Partial)
			}
			if err := x.Mend(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
			if res := find(t, x, Request{Query: "dâng", Limit: 100}); res.Total != 24 || len(res.Partial) > 0 {
				t.Errorf("mended: %d found, partial %q", res.Total, res.Partial)
			}
		})
	}
}

// TestOffsetsOfASealedShard: the hot shard has had no batch with offsets yet.
func TestOffsetsOfASealedShard(t *testing.T) {
	cfg := testConfig(t)
	cfg.HotDocuments = 8
	x := open(t, cfg)
	if err := x.Put(t.Context(), many(8), map[int]int64{2: 17}); err != nil {
		t.Fatal(err)
	}
	put(t, x, made(9, "Bản tin", "Nước sông dâng."))
	if _, err := x.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	x = reopened(t, x, cfg)
	if offsets, err := x.Offsets(); err != nil || offsets[2] != 17 {
		t.Errorf("Offsets = %v, %v; want 17 of partition 2", offsets, err)
	}
	if x.shards[0].words.opened != nil {
		t.Error("the sealed shard was opened")
	}
}

// TestScrubFindsAMissingSegment: there is no file left to be damaged.
func TestScrubFindsAMissingSegment(t *testing.T) {
	cfg, dirs := filled(t)
	if err := os.Remove(segment(t, dirs[1])); err != nil {
		t.Fatal(err)
	}
	x := open(t, cfg)
	if _, err := x.Scrub(t.Context()); err != nil {
		t.Fatal(err)
	}
	if res := find(t, x, Request{Query: "dâng", Limit: 100}); res.Total != 24 || len(res.Partial) > 0 {
		t.Errorf("%d found, partial %q; want all 24", res.Total, res.Partial)
	}
}

// TestWritesToAShardWithADamagedIndex: a late edit moves away all the same, and a new verdict is taken once it is mended.
func TestWritesToAShardWithADamagedIndex(t *testing.T) {
	cfg, dirs := filled(t)
	if err := os.Truncate(filepath.Join(dirs[0], firstFolder, "store", "root.bolt"), 100); err != nil {
		t.Fatal(err)
	}
	x := open(t, cfg)
	put(t, x, edited(3, "Nước hồ dâng."))
	put(t, x, edited(3, "Nước hồ rút."))
	judged := many(5)[4]
	judged.Verdict = &article.Verdict{Topics: []string{"thien-tai"}}
	if err := x.Put(t.Context(), []article.Article{judged}, nil); err == nil {
		t.Error("a verdict went into a damaged index")
	}
	if err := x.Mend(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	put(t, x, judged)
	wantIDs(t, x, Request{Query: "topic:thien-tai"}, judged.ID)
	wantMoved(t, x, 24)
}
