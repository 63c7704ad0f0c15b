package index

import (
	"errors"
	"testing"

	"haidang/internal/article"
)

func TestEachReadsEverythingBesideAWriter(t *testing.T) {
	cfg := testConfig(t)
	cfg.HotDocuments = 8
	x := open(t, cfg)
	put(t, x, many(20)...)
	seen := map[string]bool{}
	if err := Each(t.Context(), cfg.Dir, func(a *article.Article) error { seen[a.ID] = true; return nil }); err != nil || len(seen) != 20 {
		t.Errorf("%d articles, %v; want all 20", len(seen), err)
	}
	stop := errors.New("stop")
	if err := Each(t.Context(), cfg.Dir, func(*article.Article) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("Each = %v, want the error of the function", err)
	}
}
