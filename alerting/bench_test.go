package alerting

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"haidang/internal/article"
	"haidang/internal/store"
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

// BenchmarkHome finds the story of an article among 500 open ones of its pattern, of which none is its own: with what is read of
// each from the store, and the comparison alone.
func BenchmarkHome(b *testing.B) {
	const open = 500
	d := newTestDesk(b, nil)
	tale := func(i int) func(*article.Article) {
		return tells(report{fmt.Sprintf("Ngân hàng Hải%d Thịnh%d sắp phá sản", i, i), fmt.Sprintf("Người gửi tiền ở Hải%d Thịnh%d kéo đến đòi %d tỷ đồng.", i, i, 100+i), manyWords(i)})
	}
	batch := make([]article.Article, open)
	for i := range batch {
		batch[i] = about("run", fmt.Sprintf("a%d", i), "Báo", 0, "", pattern(), tale(i))
	}
	d.handle(batch...)
	stories, err := d.Stories(context.Background(), Filter{Limit: maxLimit})
	if err != nil || len(stories) != open {
		b.Fatalf("%d stories, %v", len(stories), err)
	}
	a := about("run", "new", "Báo", 0, "", pattern(), tale(open))
	p := pair{&a, &a.Verdict.Claims[0], "run", RoleCarries, d.now}
	b.Run("stored", func(b *testing.B) {
		err := d.db.InTx(context.Background(), func(tx *store.Tx) error {
			t := &take{tx: tx, cfg: d.cfg, tellings: &d.tellings, now: d.now}
			for b.Loop() {
				if h, err := t.home(context.Background(), p); err != nil || h.storyID != "" {
					return fmt.Errorf("home = %+v, %w", h, err)
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	})
	b.Run("compared", func(b *testing.B) {
		mine := (&take{tellings: &tellings{}}).tellingOfNew(p)
		var theirs []*telling
		for key, known := range d.tellings.known {
			if !strings.HasPrefix(key, a.ID+" ") {
				theirs = append(theirs, known)
			}
		}
		for b.Loop() {
			for _, o := range theirs {
				if points := mine.likeness(o); points >= enough {
					b.Fatalf("%.1f points for %q and %q", points, mine.names, o.names)
				}
			}
		}
	})
}

// manyWords is a text of some 120 words, most of them its own.
func manyWords(seed int) string {
	words := strings.Fields(tellingB + " " + tellingC)
	r := rand.New(rand.NewPCG(uint64(seed), 1))
	r.Shuffle(len(words), func(i, j int) { words[i], words[j] = words[j], words[i] })
	return strings.Join(words, " ")
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
