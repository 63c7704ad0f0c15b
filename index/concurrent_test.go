package index

import (
	"testing"

	"golang.org/x/sync/errgroup"
)

// TestSearchWhilePutting searches, counts and gets while articles come in and shards are begun: what Put has
// acknowledged is found, once, and the totals never fall.
func TestSearchWhilePutting(t *testing.T) {
	cfg := testConfig(t)
	cfg.HotDocuments = 8
	x := open(t, cfg)
	put(t, x, made(0, "Bản tin", "Nước sông dâng."))
	done := make(chan struct{})
	var g errgroup.Group
	g.Go(func() error {
		defer close(done)
		for n := 1; n <= 30; n += 3 {
			put(t, x, made(n, "Bản tin", "Nước sông dâng."), made(n+1, "Bản tin", "Nước hồ dâng."), made(n+2, "Bản tin", "Nước biển dâng."))
		}
		return nil
	})
	for range 2 {
		g.Go(func() error {
			last := 0
			for {
				select {
				case <-done:
					return nil
				default:
				}
				res, err := x.Search(t.Context(), Request{Query: "dâng", Limit: 100})
				if err != nil {
					return err
				}
				seen := map[string]bool{}
				for _, id := range ids(res) {
					if seen[id] {
						t.Errorf("%s was found twice", id)
					}
					seen[id] = true
				}
				if res.Total < last {
					t.Errorf("total fell from %d to %d", last, res.Total)
				}
				last = res.Total
				if _, err := x.Get(t.Context(), "a00000"); err != nil {
					return err
				}
			}
		})
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	if res := find(t, x, Request{Query: "dang", Limit: 100}); res.Total != 31 || len(res.Hits) != 31 {
		t.Errorf("total %d, %d hits at the end, want 31", res.Total, len(res.Hits))
	}
}
