package alerting

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"haidang/internal/article"
	"haidang/internal/store/storetest"
)

func diffStories(a, b []Story) string { return cmp.Diff(a, b) }

// TestCrashAtAnyWriteLeavesNothingHalfDone makes each kind of write fail, one after the other, as a full disk would,
// and then delivers the batch again, as the bus does.
func TestCrashAtAnyWriteLeavesNothingHalfDone(t *testing.T) {
	batch := func() []article.Article {
		return []article.Article{
			about("dam", "a1", "Báo Bến Cảng", 0, tellingA), about("dam", "a2", "Tin Nhanh", 1, tellingA), about("dam", "d1", "Báo Tỉnh", 2, tellingC, denies),
			about("dam", "a1", "Báo Bến Cảng", 0, tellingA, func(a *article.Article) { a.Title = "Sửa tựa" }),
		}
	}
	whole := newTestDesk(t, nil)
	whole.now = start.Add(time.Hour)
	whole.handle(batch()...)
	want := whole.dump()
	for _, table := range []string{"sequences", "stories", "alerts", "alert_readings", "events", "outbox"} {
		for _, write := range []string{"INSERT", "UPDATE"} {
			t.Run(write+" "+table, func(t *testing.T) {
				d := newTestDesk(t, nil)
				d.now = start.Add(time.Hour)
				empty := d.dump()
				nth := 1
				for ; d.failsAt(write, table, nth, batch()); nth++ {
					if got := d.dump(); got != empty {
						t.Fatalf("after write %d failed:\n%s\nwant nothing", nth, got)
					}
				}
				if got := d.dump(); got != want {
					t.Errorf("after %d failures and a whole delivery:\n%s\nwant:\n%s", nth-1, got, want)
				}
			})
		}
	}
}

// failsAt hands in a batch while the nth write of a kind fails; it reports false when there was no such write.
func (d *testDesk) failsAt(write, table string, nth int, batch []article.Article) bool {
	d.t.Helper()
	defer storetest.FailOn(d.t, d.db, write, table, nth)()
	return d.Handle(context.Background(), batch) != nil
}

func TestFailedBatchIsNamed(t *testing.T) {
	d := newTestDesk(t, nil)
	defer storetest.FailOn(t, d.db, "INSERT", "alerts", 1)()
	err := d.Handle(context.Background(), []article.Article{about("dam", "a1", "Báo Bến Cảng", 0, tellingA)})
	if err == nil || !strings.Contains(err.Error(), "a1") || !strings.Contains(err.Error(), "disk is full") {
		t.Errorf("Handle = %v, want the article and the cause", err)
	}
}
