package alerting

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"haidang/internal/article"
)

func TestWhichArticlesAreOneStory(t *testing.T) {
	const hour = 60
	national := func(a *article.Article) { a.Verdict.Claims[0].National = true }
	sameTitle := func(a *article.Article) { a.Title = "Tin nóng trong ngày" }
	for _, tt := range []struct {
		name string
		a, b article.Article
		want int
	}{
		{"same claim within the window", about("dam", "a1", "A", 0, tellingA), about("dam", "a2", "B", 71*hour, tellingB), 1},
		{"same claim after the window", about("dam", "a1", "A", 0, tellingA), about("dam", "a2", "B", 73*hour, tellingB), 2},
		{"near-identical text after the window", about("dam", "a1", "A", 0, tellingA), about("dam", "a2", "B", 100*hour, tellingA), 1},
		{"near-identical text a fortnight later", about("dam", "a1", "A", 0, tellingA), about("dam", "a2", "B", 14*24*hour, tellingA), 2},
		{"other claim, same text", about("dam", "a1", "A", 0, tellingA), about("bank", "a2", "B", 1, tellingA), 2},
		{"same title alone", about("dam", "a1", "A", 0, tellingA, sameTitle), about("bank", "a2", "B", 1, tellingB, sameTitle), 2},
		{"pattern, same place", about("run", "a1", "A", 0, tellingA, pattern("hue", "da-nang")), about("run", "a2", "B", 1, tellingB, pattern("da-nang")), 1},
		{"pattern, other place", about("run", "a1", "A", 0, tellingA, pattern("hue")), about("run", "a2", "B", 1, tellingB, pattern("da-nang")), 2},
		{"pattern, no place, other names", about("run", "a1", "A", 0, "", pattern(), tells(bank)), about("run", "a2", "B", 1, "", pattern(), tells(bankOther)), 2},
		{"pattern, no place, same name", about("run", "a1", "A", 0, "", pattern(), tells(bank)), about("run", "a2", "B", 1, "", pattern(), tells(bankReworded)), 1},
		{"pattern, one place, same name", about("run", "a1", "A", 0, "", pattern("hue"), tells(bank)), about("run", "a2", "B", 1, "", pattern(), tells(bankReworded)), 1},
		{"pattern, growing toll", about("slide", "a1", "A", 0, "", pattern("lai-chau"), tells(slide)), about("slide", "a2", "B", hour, "", pattern("lai-chau"), tells(slideGrown)), 1},
		{"pattern, same toll elsewhere", about("slide", "a1", "A", 0, "", pattern("lai-chau"), tells(slide)), about("slide", "a2", "B", hour, "", pattern("ha-giang"), tells(slideOther)), 2},
		{"pattern, other sums", about("fine", "a1", "A", 0, "", pattern(), tells(fine)), about("fine", "a2", "B", hour, "", pattern(), tells(fineOther)), 2},
		{"pattern, nothing tells them apart", about("run", "a1", "A", 0, "tin đồn lan nhanh trong đêm", pattern()), about("run", "a2", "B", 1, "nghe nói chuyện ấy là thật", pattern()), 1},
		{"national pattern, other place and names", about("run", "a1", "A", 0, tellingA, pattern("hue"), national, tells(bank)), about("run", "a2", "B", 1, tellingB, pattern(), national, tells(bankOther)), 1},
		{"pattern, no place, near-identical text", about("run", "a1", "A", 0, tellingA, pattern()), about("run", "a2", "B", 1, tellingA, pattern()), 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := newTestDesk(t, nil)
			d.now = start.Add(30 * 24 * time.Hour)
			d.handle(tt.a)
			d.handle(tt.b)
			if got := len(d.stories()); got != tt.want {
				t.Errorf("%d stories, want %d", got, tt.want)
			}
		})
	}
}

func TestStoryNearestInTimeWins(t *testing.T) {
	d := newTestDesk(t, nil)
	d.now = start.Add(30 * 24 * time.Hour)
	const hour = 60
	d.handle(about("dam", "a1", "A", 0, tellingA), about("dam", "a2", "B", 100*hour, tellingB))
	d.handle(about("dam", "a3", "C", 60*hour, strings.Repeat("Một bài viết khác hẳn về đập nước và thời tiết ở vùng cao. ", 3)))
	if s := d.stories(); len(s) != 2 || s[0].Articles != 1 || s[1].Articles != 2 {
		t.Errorf("stories = %+v, want the article in the second, 40 hours away", s)
	}
}

// TestLikestStoryWins brings an article that could belong to two stories: it goes to the one whose words it shares.
func TestLikestStoryWins(t *testing.T) {
	d := newTestDesk(t, nil)
	other := tells(report{"Hải Thịnh đóng cửa hai chi nhánh", "Ngân hàng Hải Thịnh đóng cửa hai chi nhánh ở ngoại ô vì ít khách.", "Việc đóng cửa đã được báo trước từ đầu năm, nhân viên chuyển sang nơi khác."})
	d.handle(about("run", "a1", "A", -60, "", pattern(), tells(bank)), about("run", "a2", "B", -30, "", pattern(), other))
	if n := len(d.stories()); n != 2 {
		t.Fatalf("%d stories, want 2 to choose from", n)
	}
	d.handle(about("run", "a3", "C", 0, "", pattern(), tells(bankReworded)))
	if s := d.stories(); len(s) != 2 || s[0].Articles != 2 {
		t.Errorf("stories = %+v, want the rewording with the run on the bank, not with the story nearer in time", s)
	}
}

func TestTextsWithoutFingerprintAreNobodysCopy(t *testing.T) {
	d := newTestDesk(t, nil)
	for i, print := range []string{"", "", "not a fingerprint"} {
		a := about("dam", string(rune('a'+i)), "A", i, tellingA)
		a.Fingerprint = print
		d.handle(a)
	}
	if s := d.only(); s.Articles != 3 || s.Copies != 0 {
		t.Errorf("%d articles and %d copies, want 3 and none", s.Articles, s.Copies)
	}
}

func TestFiltersAndPages(t *testing.T) {
	d := newTestDesk(t, nil)
	urgent := func(a *article.Article) {
		a.Verdict.Claims[0].Severity, a.Verdict.Claims[0].Field = article.Critical, "economy-finance"
	}
	d.handle(about("dam", "a1", "A", -30, tellingA))
	d.now = d.now.Add(time.Minute)
	d.handle(about("bank", "b1", "B", -20, tellingB, urgent))
	d.now = d.now.Add(time.Minute)
	d.handle(about("fuel", "c1", "C", -10, tellingC, denies))
	d.handle(about("bank", "d1", "D", -5, tellingC, denies, urgent))
	for _, tt := range []struct {
		name   string
		filter Filter
		want   string
	}{
		{"what rang, newest first", Filter{}, "bank dam"},
		{"quiet ones too", Filter{Quiet: true}, "bank dam fuel"},
		{"unanswered", Filter{Unanswered: true}, "dam"},
		{"severity", Filter{Severities: []article.Severity{article.Critical, article.Info}}, "bank"},
		{"field", Filter{Fields: []string{"disaster-epidemic"}}, "dam"},
		{"claim", Filter{ClaimID: "dam"}, "dam"},
		{"state", Filter{States: []State{StateClosed}}, ""},
		{"since", Filter{Since: start.Add(-6 * time.Minute)}, "bank"},
		{"until", Filter{Until: start.Add(-25 * time.Minute)}, "dam"},
		{"rang before", Filter{RangBefore: start.Add(time.Second)}, "dam"},
		{"page", Filter{Limit: 1, Offset: 1}, "dam"},
	} {
		stories, err := d.Stories(context.Background(), tt.filter)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, s := range stories {
			got = append(got, s.ClaimID)
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s: Stories(%+v) = %q, want %q", tt.name, tt.filter, got, tt.want)
		}
	}
	c := d.counts()
	if c.Stories != 2 || c.Quiet != 1 || c.Unanswered != 1 || c.Alerts != 2 || c.Answers != 2 ||
		c.BySeverity[article.Critical] != 1 || c.ByField["economy-finance"] != 1 || c.ByState[StateNew] != 2 {
		t.Errorf("counts = %+v", c)
	}
}

func TestStoriesAtAgreesWithTheStoredNumbers(t *testing.T) {
	d := newTestDesk(t, nil)
	d.now = start.Add(3 * time.Hour)
	d.handle(about("dam", "d0", "Báo Tỉnh", 5, tellingC, denies), about("dam", "a1", "A", 10, tellingA), about("dam", "a2", "B", 20, tellingA),
		about("dam", "a3", "C", 30, tellingB, func(a *article.Article) { a.Language = "en" }), about("bank", "b1", "B", 40, tellingB),
		about("fuel", "f1", "A", 50, tellingC, denies))
	d.handle(about("bank", "b1", "B", 40, tellingB, func(a *article.Article) { a.Title = "Đã sửa" }))
	now, err := d.Stories(context.Background(), Filter{Quiet: true})
	if err != nil {
		t.Fatal(err)
	}
	at, err := d.StoriesAt(context.Background(), d.now.Add(time.Millisecond), Filter{Quiet: true})
	if err != nil {
		t.Fatal(err)
	}
	for i := range at {
		if !slices.Equal(at[i].Topics, []string{"disaster"}) {
			t.Errorf("StoriesAt: story %s has topics %q, want that of its articles", at[i].ID, at[i].Topics)
		}
		at[i].Topics = nil // not stored: only StoriesAt tells them
	}
	if diff := diffStories(now, at); diff != "" {
		t.Errorf("StoriesAt(now) differs from Stories (-stored +counted):\n%s", diff)
	}
}

func TestStoriesAtForgetsWhatCameLater(t *testing.T) {
	d := newTestDesk(t, nil)
	d.now = start.Add(20 * time.Minute)
	d.handle(about("dam", "a1", "A", 10, tellingA))
	d.now = start.Add(3 * time.Hour)
	d.handle(about("dam", "a2", "B", 60, tellingB), about("dam", "d1", "Báo Tỉnh", 90, tellingC, denies), about("bank", "b1", "B", 100, tellingB))
	got, err := d.StoriesAt(context.Background(), start.Add(30*time.Minute), Filter{})
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 1 || got[0].Articles != 1 || got[0].Answered() || got[0].Outlets != 1 {
		t.Errorf("stories at 30 min = %+v, want one with one article and no answer", got)
	}
}
