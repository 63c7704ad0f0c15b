package index

import (
	"strings"
	"testing"
	"time"

	"haidang/internal/article"
	"haidang/internal/coverage"
	"haidang/internal/text"
)

const floodText = "Mực nước hồ thủy điện đã xuống dưới mức báo động vào sáng nay, người dân hạ du trở về nhà sau một đêm sơ tán. " +
	"Ban chỉ huy phòng chống thiên tai của tỉnh cho biết không có thiệt hại về người, một số đoạn đường còn ngập."

// printed makes an article with its fingerprint, as the crawler does.
func printed(n int, outlet, wording string, published time.Time) article.Article {
	a := made(n, "Hồ chứa an toàn", wording)
	a.Outlet, a.Published, a.FirstSeen = outlet, published, published.Add(time.Minute)
	a.Fingerprint = text.NewFingerprint(text.Analyze(a.Title + "\n" + a.Text)).String()
	return a
}

func TestACopyIsNotedWhenItComesIn(t *testing.T) {
	day := time.Date(2026, 9, 30, 12, 0, 0, 0, time.UTC)
	cfg := testConfig(t)
	cfg.HotDocuments = 2
	x := open(t, cfg)
	first, edited := printed(1, "Báo Sóng", floodText, day), printed(2, "Tin Biển", floodText+" Theo TTXVN.", day.Add(time.Hour))
	put(t, x, first, edited)
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	x = open(t, cfg) // what came last is remembered
	put(
		t, x, printed(3, "Báo Núi", floodText+" Theo Tin Biển.", day.Add(2*time.Hour)), // a copy of the copy
		printed(4, "Báo Núi", floodText, day.AddDate(0, 0, 7)), // the same bulletin, a week later
		printed(5, "Báo Núi", strings.Repeat("Giá vàng sáng nay tăng nhẹ ở các thành phố lớn. ", 4), day),
		first, // comes again: no copy of its own copies
	)
	for n, want := range map[int]string{1: "", 2: first.ID, 3: first.ID, 4: "", 5: ""} {
		a, err := x.Get(t.Context(), made(n, "", "").ID)
		if err != nil || a.CopyOf != want {
			t.Errorf("article %d is a copy of %q (%v), want %q", n, a.CopyOf, err, want)
		}
	}
	tally, err := x.Tally(t.Context(), coverage.Ask{From: day, To: day.AddDate(0, 0, 1), Cell: 24 * time.Hour})
	if err != nil || tally.Articles[0] != 2 || tally.Copies[0] != 2 {
		t.Errorf("the day has %v articles and %v copies (%v), want 2 and 2", tally.Articles, tally.Copies, err)
	}
}

// What is remembered is bounded, and what was forgotten is gone from every key.
func TestRecentForgetsTheOldest(t *testing.T) {
	r := &recent{bands: map[uint64][]int32{}}
	day := time.Date(2026, 9, 30, 12, 0, 0, 0, time.UTC)
	first := printed(0, "Báo Sóng", floodText, day)
	r.mark(&first)
	for n := 1; n <= copyWindow; n++ {
		a := article.Article{ID: made(n, "", "").ID, Published: day, Fingerprint: text.NewFingerprint(text.Analyze("một " + strings.Repeat("x", n%50) + " " + made(n, "", "").ID)).String()}
		r.mark(&a)
	}
	again := printed(copyWindow+1, "Tin Biển", floodText, day)
	if r.mark(&again); again.CopyOf != "" || len(r.ring) != copyWindow {
		t.Errorf("a copy of %q, %d remembered", again.CopyOf, len(r.ring))
	}
}
