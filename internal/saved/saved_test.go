package saved

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"haidang/index"
	"haidang/internal/article"
	"haidang/internal/query"
	"haidang/internal/store"
	"haidang/internal/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

var now = time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)

type room struct {
	*Saved
	t  *testing.T
	db *store.DB
	n  int
}

func newRoom(t *testing.T) *room {
	t.Helper()
	synonyms, err := index.NewSynonyms([][]string{{"TP.HCM", "Sài Gòn"}})
	if err != nil {
		t.Fatal(err)
	}
	db := storetest.Open(t, t.TempDir())
	lists := func(name string) ([]string, bool) { return []string{"Sơn La", "Hoà Bình"}, name == "đập" }
	return &room{New(Deps{DB: db, Lists: lists, Synonyms: synonyms, Now: func() time.Time { return now }}), t, db, 0}
}

func (r *room) add(owner, name, src string, schedule Schedule, list string) Search {
	r.t.Helper()
	s, err := r.Add(r.t.Context(), Search{Owner: owner, Name: name, Query: src, Schedule: schedule, List: list})
	if err != nil {
		r.t.Fatalf("Add(%q): %v", src, err)
	}
	return s
}

// live makes an article that is first seen some minutes from now.
func (r *room) live(minutes int, outlet, title string) article.Article {
	r.n++
	return article.Article{
		ID: fmt.Sprintf("a%03d", r.n), Title: title, Outlet: outlet, Origin: article.Live, Language: "vi",
		FirstSeen: now.Add(time.Duration(minutes) * time.Minute), Published: now.Add(time.Duration(minutes) * time.Minute),
	}
}

func (r *room) handle(articles ...article.Article) {
	r.t.Helper()
	if err := r.Handle(r.t.Context(), articles); err != nil {
		r.t.Fatal(err)
	}
}

// rang lists the articles that rang, in order.
func (r *room) rang() []string {
	r.t.Helper()
	rings, err := r.Rings(r.t.Context(), 0, 1000)
	if err != nil {
		r.t.Fatal(err)
	}
	var out []string
	for _, ring := range rings {
		out = append(out, ring.ArticleID)
	}
	return out
}

func TestLiveArticlesRingOnce(t *testing.T) {
	r := newRoom(t)
	dam, _ := r.add("lan", "Đập", `"vỡ đập" NOT "diễn tập"`, Live, ""), r.add("lan", "Nơi", "@đập", Daily, "")
	hit, old := r.live(1, "Báo Sóng", "Vỡ đập ở Sơn La"), r.live(2, "Báo Sóng", "Vỡ đập")
	old.Origin = article.Backfill
	batch := []article.Article{hit, old, r.live(3, "Báo Sóng", "Diễn tập vỡ đập"), r.live(4, "Báo Sóng", "Vợ đáp lời")}
	r.handle(batch...)
	r.handle(batch...) // delivered twice
	hit.Title += " (cập nhật)"
	r.handle(hit) // edited
	if got := r.rang(); !slices.Equal(got, []string{"a001"}) {
		t.Errorf("rang for %q", got)
	}
	list, err := r.List(t.Context(), "lan")
	if err != nil || len(list) != 2 || list[1].ID != dam.ID || list[1].Matches != 1 || list[1].Rings != 1 || list[0].Matches != 1 {
		t.Errorf("list %+v, %v", list, err)
	}
	latest, err := r.Latest(t.Context(), "lan", 10)
	if err != nil || len(latest) != 1 || latest[0].Title != "Vỡ đập ở Sơn La" {
		t.Errorf("latest %+v, %v", latest, err)
	}
}

// COUNT(sources): so many different outlets within the time, then quiet for that time.
func TestCountOfSources(t *testing.T) {
	for _, tt := range []struct {
		name string
		seen string // minute, outlet
		want []string
	}{
		{"three outlets", "0A 10B 20C", []string{"a003"}},
		{"one outlet thrice", "0A 10A 20A", nil},
		{"too slow", "0A 50B 130C", nil},
		{"quiet afterwards", "0A 10B 20C 30D 40E", []string{"a003"}},
		{"again when the time is over", "0A 10B 20C 200A 210B 220C", []string{"a003", "a006"}},
		{"out of order", "20C 0A 10B", []string{"a003"}},
		{"a stretch among others", "0A 110B 130C 139D", []string{"a004"}},
		{"the bound itself", "0A 60B 120C", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newRoom(t)
			r.add("lan", "Đập", `"vỡ đập" COUNT(sources) >= 3 WITHIN 2h`, Live, "")
			for piece := range strings.FieldsSeq(tt.seen) {
				var minute int
				var outlet string
				if _, err := fmt.Sscanf(piece, "%d%s", &minute, &outlet); err != nil {
					t.Fatal(err)
				}
				r.handle(r.live(minute, outlet, "Vỡ đập"))
			}
			if got := r.rang(); !slices.Equal(got, tt.want) {
				t.Errorf("rang for %q, want %q", got, tt.want)
			}
		})
	}
}

func TestSynonymsMatchToo(t *testing.T) {
	r := newRoom(t)
	r.add("lan", "Ngập", "ngập TP.HCM", Live, "")
	r.handle(r.live(1, "A", "Ngập nặng ở Sài Gòn"), r.live(2, "A", "Ngập ở Hà Nội"))
	if got := r.rang(); !slices.Equal(got, []string{"a001"}) {
		t.Errorf("rang for %q", got)
	}
}

// Another process adds and removes; this one knows before its next articles.
func TestChangesOfOthersAreSeen(t *testing.T) {
	r := newRoom(t)
	r.handle(r.live(1, "A", "Vỡ đập"))
	other := New(Deps{DB: r.db, Now: func() time.Time { return now }})
	s, err := other.Add(t.Context(), Search{Owner: "an", Name: "x", Query: "đập", Schedule: Live})
	if err != nil {
		t.Fatal(err)
	}
	r.handle(r.live(2, "A", "Vỡ đập"))
	if err := other.Remove(t.Context(), "lan", s.ID); !errors.Is(err, ErrNotFound) {
		t.Errorf("somebody else's search was removed: %v", err)
	}
	if got := r.rang(); !slices.Equal(got, []string{"a002"}) {
		t.Errorf("rang for %q", got)
	}
	if err := other.Remove(t.Context(), "an", s.ID); err != nil {
		t.Fatal(err)
	}
	r.handle(r.live(3, "A", "Vỡ đập"))
	if got := r.rang(); len(got) != 0 {
		t.Errorf("a search that was removed rang for %q", got)
	}
}

func TestWhoSeesWhat(t *testing.T) {
	r := newRoom(t)
	r.add("lan", "Của Lan", "lũ", Live, "")
	r.add("lan", "Chung", "bão", Weekly, "Thiên tai")
	r.add("an", "Của An", "vàng", Daily, "")
	for owner, want := range map[string][]string{"lan": {"Của Lan", "Chung"}, "an": {"Của An", "Chung"}, "": {"Của An", "Của Lan", "Chung"}} {
		list, err := r.List(t.Context(), owner)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, s := range list {
			got = append(got, s.Name)
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%q sees %q, want %q", owner, got, want)
		}
	}
}

func TestWhatMayNotBeSaved(t *testing.T) {
	r := newRoom(t)
	r.add("lan", "Đập", "đập", Live, "")
	for _, tt := range []struct {
		search Search
		want   string
	}{
		{Search{Owner: "lan", Name: "Đập", Query: "lũ", Schedule: Live}, "choose another"},
		{Search{Owner: "", Name: "x", Query: "lũ", Schedule: Live}, "no owner"},
		{Search{Owner: "lan", Name: " \u200b ", Query: "lũ", Schedule: Live}, "no name"},
		{Search{Owner: "lan", Name: "x", Query: "lũ", Schedule: "hourly"}, "live, daily or weekly"},
		{Search{Owner: "lan", Name: strings.Repeat("x", 121), Query: "lũ", Schedule: Live}, "120 characters"},
		{Search{Owner: "lan", Name: "x", Query: strings.Repeat("lũ ", 2000), Schedule: Live}, "4000 characters"},
		{Search{Owner: "lan", Name: "x", Query: "site:vnexpress.net", Schedule: Live}, ""},
		{Search{Owner: "lan", Name: "x", Query: "lũ AND (", Schedule: Live}, ""},
		{Search{Owner: "lan", Name: "x", Query: "", Schedule: Live}, ""},
		{Search{Owner: "lan", Name: "x", Query: "@nothing", Schedule: Live}, ""},
	} {
		_, err := r.Add(t.Context(), tt.search)
		var wrong *query.Error
		if tt.want != "" && (!errors.Is(err, ErrWrong) || !strings.Contains(err.Error(), tt.want)) || tt.want == "" && !errors.As(err, &wrong) {
			t.Errorf("Add(%+v): %v, want %q", tt.search, err, tt.want)
		}
	}
}

// When the disk is full in the middle of a batch nothing of it is kept, and the same batch works later.
func TestABatchIsKeptWholeOrNotAtAll(t *testing.T) {
	r := newRoom(t)
	r.add("lan", "Đập", "đập", Live, "")
	batch := []article.Article{r.live(1, "A", "Vỡ đập"), r.live(2, "B", "Vỡ đập"), r.live(3, "C", "Vỡ đập")}
	repair := storetest.FailOn(t, r.db, "INSERT", "saved_matches", 2)
	if err := r.Handle(t.Context(), batch); err == nil {
		t.Fatal("a full disk went unnoticed")
	}
	repair()
	if got := r.rang(); len(got) != 0 {
		t.Errorf("half a batch was kept: %q", got)
	}
	r.handle(batch...)
	if got := r.rang(); !slices.Equal(got, []string{"a001", "a002", "a003"}) {
		t.Errorf("rang for %q", got)
	}
}

// A preview says what Handle would have done.
func TestPreviewIsWhatHandleDoes(t *testing.T) {
	r := newRoom(t)
	cfg := index.DefaultConfig()
	cfg.Dir = t.TempDir()
	x, err := index.Open(cfg, index.Deps{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := x.Close(); err != nil {
			t.Error(err)
		}
	})
	var articles []article.Article
	for i := range 400 {
		a := r.live(-i*97, string(rune('A'+i*i%5)), []string{"Vỡ đập", "Vỡ đập trong đêm", "Giá vàng"}[i%3])
		articles = append(articles, a)
	}
	slices.Reverse(articles)
	if err := x.Put(context.Background(), articles, nil); err != nil {
		t.Fatal(err)
	}
	for i, src := range []string{`"vỡ đập"`, `"vỡ đập" COUNT(sources) >= 3 WITHIN 6h`, `[vỡ^1 đêm^2] >= 3 COUNT(sources) >= 2 WITHIN 1d`, "vàng OR đêm"} {
		p, err := r.Preview(t.Context(), x, src)
		if err != nil {
			t.Errorf("Preview(%s): %v", src, err)
			continue
		}
		s := r.add("lan", fmt.Sprint(i), src, Live, "")
		r.handle(articles...)
		list, err := r.List(t.Context(), "lan")
		if err != nil {
			t.Fatal(err)
		}
		at := slices.IndexFunc(list, func(o Search) bool { return o.ID == s.ID })
		if list[at].Rings != p.Rings || list[at].Matches != p.Matches || p.Rings == 0 || len(p.Days) != previewDays || p.Partial {
			t.Errorf("%s: the preview says %d rings of %d, there were %d of %d", src, p.Rings, p.Matches, list[at].Rings, list[at].Matches)
		}
		sum := 0
		for _, d := range p.Days {
			sum += d.Rings
		}
		if sum != p.Rings || !strings.Contains(p.String(), fmt.Sprintf("rung %d times", p.Rings)) {
			t.Errorf("%s: the days add up to %d of %d; %s", src, sum, p.Rings, p)
		}
	}
	var wrong *query.Error
	if _, err := r.Preview(t.Context(), x, "đập AND ("); !errors.As(err, &wrong) {
		t.Errorf("preview of a wrong query: %v", err)
	}
}
