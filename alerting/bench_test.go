package alerting

import (
	"context"
	"fmt"
	"testing"

	"haidang/internal/article"
)

// BenchmarkHandle takes in batches of ringing articles of 50 claims, each batch in one transaction. Stories grow as it
// runs, as on a day when everybody writes about the same thing.
func BenchmarkHandle(b *testing.B) {
	for _, size := range []int{1, 100} {
		b.Run(fmt.Sprintf("batch=%d", size), func(b *testing.B) {
			d := newTestDesk(b, nil)
			n := 0
			for b.Loop() {
				batch := make([]article.Article, size)
				for i := range batch {
					n++
					batch[i] = about(fmt.Sprintf("claim-%d", n%50), fmt.Sprintf("a%d", n), fmt.Sprintf("Báo %d", n%40), 0, fmt.Sprintf("%s Bài số %d có %d chi tiết riêng.", tellingB, n, n*7))
				}
				if err := d.Handle(context.Background(), batch); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "articles/s")
		})
	}
}

// BenchmarkActOnMany closes and reopens 500 stories by one command each.
func BenchmarkActOnMany(b *testing.B) {
	d := newTestDesk(b, nil)
	refs := make([]Ref, maxBulk)
	for i := range refs {
		d.handle(about(fmt.Sprintf("claim-%d", i), fmt.Sprintf("a%d", i), "Báo", 0, tellingA))
	}
	stories, err := d.Stories(context.Background(), Filter{Limit: maxBulk})
	if err != nil || len(stories) != maxBulk {
		b.Fatalf("%d stories, %v", len(stories), err)
	}
	for i, s := range stories {
		refs[i].ID = s.ID
	}
	for b.Loop() {
		for _, c := range []Command{{Action: Close, Outcome: Expired}, {Action: Reopen, Note: "lại"}} {
			c.Stories, c.Actor = refs, "lan"
			if _, err := d.Act(context.Background(), c); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(2*b.N), "s/command")
}
