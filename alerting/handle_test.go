package alerting

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"haidang/internal/article"
)

func TestFirstCarryingArticleOpensAStoryThatRings(t *testing.T) {
	d := newTestDesk(t, nil)
	d.handle(about("dam", "a1", "Báo Bến Cảng", -5, tellingA))
	s := d.only()
	if !s.RangAt.Equal(d.now) || s.State != StateNew || s.Articles != 1 || s.Outlets != 1 || s.Copies != 0 || s.MaxScore != 70 ||
		s.FirstOutlet != "Báo Bến Cảng" || !s.FirstSeen.Equal(start.Add(-5*time.Minute)) || s.Severity != article.High || s.Answered() {
		t.Errorf("story = %+v", s)
	}
	if got := d.kinds(); got != "opened!" {
		t.Errorf("events = %q, want one that rings", got)
	}
	detail := d.detail(s.ID)
	if len(detail.Alerts) != 1 || len(detail.Deliveries) != 1 || detail.Deliveries[0].Receiver != kafkaReceiver {
		t.Fatalf("alerts %+v, deliveries %+v", detail.Alerts, detail.Deliveries)
	}
	sn := detail.Alerts[0].Snippets
	if len(sn) != 1 || sn[0].Text[sn[0].Marks[0].Start:sn[0].Marks[0].End] != "Tin" {
		t.Errorf("snippets = %+v, want the marked word \"Tin\"", sn)
	}
}

func TestStoriesCountCopiesOnceAndOutletsWithoutThem(t *testing.T) {
	d := newTestDesk(t, nil)
	d.handle(about("dam", "a1", "Báo Bến Cảng", 0, tellingA))
	d.handle(about("dam", "a2", "Tin Nhanh", 2, tellingA+" Theo Báo Bến Cảng."),
		about("dam", "a3", "Đời Sống", 3, tellingA), about("dam", "a4", "Sông Hậu", 5, tellingB))
	s := d.only()
	if s.Articles != 4 || s.Copies != 2 || s.Outlets != 2 {
		t.Errorf("articles %d, copies %d, outlets %d; want 4, 2, 2", s.Articles, s.Copies, s.Outlets)
	}
	if got, want := d.kinds(), "opened! copied copied joined"; got != want {
		t.Errorf("events = %q, want %q", got, want)
	}
	for _, a := range d.detail(s.ID).Alerts {
		if want := map[string]string{"a2": "a1", "a3": "a1"}[a.ArticleID]; a.CopyOf != want {
			t.Errorf("%s is a copy of %q, want %q", a.ArticleID, a.CopyOf, want)
		}
	}
}

func TestOriginalSeenLateTakesItsCopiesOver(t *testing.T) {
	d := newTestDesk(t, nil)
	d.now = start.Add(time.Hour)
	d.handle(about("dam", "a2", "Tin Nhanh", 20, tellingA), about("dam", "a3", "Đời Sống", 30, tellingA), about("dam", "a1", "Báo Bến Cảng", 10, tellingA))
	s := d.only()
	if s.FirstOutlet != "Báo Bến Cảng" || s.Copies != 2 || s.Outlets != 1 {
		t.Errorf("first outlet %q, copies %d, outlets %d; want Báo Bến Cảng, 2, 1", s.FirstOutlet, s.Copies, s.Outlets)
	}
	for _, a := range d.detail(s.ID).Alerts {
		if want := map[string]string{"a2": "a1", "a3": "a1"}[a.ArticleID]; a.CopyOf != want {
			t.Errorf("%s is a copy of %q, want %q", a.ArticleID, a.CopyOf, want)
		}
	}
}

func TestDenialAfterStopsTheClockAndNeverRings(t *testing.T) {
	d := newTestDesk(t, nil)
	d.now = start.Add(5 * time.Hour)
	d.handle(about("dam", "a1", "Báo Bến Cảng", 0, tellingA))
	d.handle(about("dam", "d1", "Báo Tỉnh", 120, tellingC, denies))
	d.handle(about("dam", "d2", "Báo Khác", 180, tellingC+" Công an đang xác minh.", denies))
	s := d.only()
	if got, want := s.Unanswered(d.now), 2*time.Hour; got != want || s.AnswerOutlet != "Báo Tỉnh" || s.AnswerStance != article.Denies || s.Answers != 2 || s.Articles != 1 {
		t.Errorf("unanswered %v (want %v), answer by %q %s, %d answers, %d articles", got, want, s.AnswerOutlet, s.AnswerStance, s.Answers, s.Articles)
	}
	if got, want := d.kinds(), "opened! answered evidence"; got != want {
		t.Errorf("events = %q, want %q", got, want)
	}
}

func TestDenialFirstIsKeptForTheArticleThatCarries(t *testing.T) {
	d := newTestDesk(t, nil)
	d.handle(about("dam", "d1", "Báo Tỉnh", -60, tellingC, denies))
	if s := d.only(); s.Rang() || s.Articles != 0 || s.Answers != 1 {
		t.Fatalf("after the denial alone: %+v, want a quiet story", s)
	}
	if shown, err := d.Stories(context.Background(), Filter{}); err != nil || len(shown) != 0 {
		t.Fatalf("the desk shows %d stories (%v), want none: a denial opens nothing", len(shown), err)
	}
	d.handle(about("dam", "a1", "Báo Bến Cảng", 0, tellingA))
	s := d.only()
	if !s.Rang() || !s.Answered() || s.Unanswered(d.now) != 0 || s.FirstOutlet != "Báo Bến Cảng" || s.AnswerOutlet != "Báo Tỉnh" {
		t.Errorf("story = %+v, want one that rang and is answered already", s)
	}
	if got, want := d.kinds(), "answered opened!"; got != want {
		t.Errorf("events = %q, want %q", got, want)
	}
}

func TestWeakDenialStopsNoClock(t *testing.T) {
	d := newTestDesk(t, nil)
	d.handle(about("dam", "a1", "Báo Bến Cảng", -60, tellingA), about("dam", "d1", "Báo Tỉnh", 0, tellingC, denies, func(a *article.Article) {
		a.Verdict.Claims[0].Silent = "score"
	}))
	if s := d.only(); s.Answered() || s.Answers != 0 {
		t.Errorf("story = %+v, want it unanswered", s)
	}
}

func TestBackfillAndReplayNeverRing(t *testing.T) {
	for _, origin := range []article.Origin{article.Backfill, article.Replay, ""} {
		t.Run(string(origin), func(t *testing.T) {
			d := newTestDesk(t, nil)
			set := func(a *article.Article) { a.Origin = origin }
			d.handle(about("dam", "a1", "Báo Bến Cảng", -90, tellingA, set), about("dam", "d1", "Báo Tỉnh", -60, tellingC, denies, set))
			c := d.counts()
			if c.Stories != 0 || c.Quiet != 1 || c.Alerts != 1 || c.Answers != 1 || c.DeliveriesPending != 0 {
				t.Errorf("counts = %+v, want one quiet story and nothing to deliver", c)
			}
			if got, want := d.kinds(), "history history"; got != want {
				t.Errorf("events = %q, want %q", got, want)
			}
			d.handle(about("dam", "a2", "Sông Hậu", 0, tellingB))
			if got, want := d.kinds(), "history history opened!"; got != want {
				t.Errorf("after a live article: events = %q, want %q", got, want)
			}
			if s := d.only(); s.FirstOutlet != "Báo Bến Cảng" || s.Articles != 2 || !s.Answered() {
				t.Errorf("story = %+v, want the history to be part of it", s)
			}
		})
	}
}

func TestRedeliveryChangesNothing(t *testing.T) {
	d := newTestDesk(t, nil)
	batch := []article.Article{
		about("dam", "a1", "Báo Bến Cảng", 0, tellingA), about("dam", "a2", "Tin Nhanh", 1, tellingA),
		about("dam", "d1", "Báo Tỉnh", 2, tellingC, denies), about("bank", "b1", "Sông Hậu", 3, tellingB, backfill),
	}
	d.now = start.Add(time.Hour)
	d.handle(batch...)
	before := d.dump()
	d.now = d.now.Add(time.Hour)
	d.handle(batch...)
	d.handle(batch[2])
	d.handle(append(slices.Clone(batch[1:]), batch[0])...)
	if after := d.dump(); after != before {
		t.Errorf("state after a redelivery:\n%s\nwant it unchanged:\n%s", after, before)
	}
}

func TestSameArticleTwiceInOneBatch(t *testing.T) {
	d := newTestDesk(t, nil)
	a := about("dam", "a1", "Báo Bến Cảng", 0, tellingA)
	d.handle(a, a)
	if s := d.only(); s.Articles != 1 || d.kinds() != "opened!" {
		t.Errorf("articles %d, events %q; want 1 and one ring", s.Articles, d.kinds())
	}
}

func TestEditUpdatesAndNeverRingsAgain(t *testing.T) {
	d := newTestDesk(t, nil)
	d.handle(about("dam", "a1", "Báo Bến Cảng", 0, tellingA))
	edited := about("dam", "a1", "Báo Bến Cảng", 0, tellingA, func(a *article.Article) {
		a.Title = "Tin mới về hồ Suối Ngang"
		a.Verdict.Claims[0].Score = 90
	})
	d.handle(edited)
	s := d.only()
	detail := d.detail(s.ID)
	if a := detail.Alerts[0]; len(detail.Alerts) != 1 || a.Title != edited.Title || a.Edits != 1 || s.MaxScore != 90 || len(detail.Deliveries) != 1 {
		t.Errorf("after an edit: %+v, score %d, %d deliveries", detail.Alerts, s.MaxScore, len(detail.Deliveries))
	}
	if got, want := d.kinds(), "opened! edited"; got != want {
		t.Errorf("events = %q, want %q", got, want)
	}
	if got, want := detail.Events[1].Detail, "Tin về hồ Suối Ngang a1"; got != want {
		t.Errorf("the edit's detail = %q, want the old title %q", got, want)
	}
}

func TestEditCanWithdrawTheClaimOrTurnIntoItsAnswer(t *testing.T) {
	none := func(a *article.Article) { a.Verdict.Claims = nil; a.Title = "Bài đã sửa" }
	for _, tt := range []struct {
		name     string
		edit     func(*article.Article)
		events   string
		role     Role
		articles int
		answered bool
	}{
		{"withdrawn", none, "opened! edited", RoleWithdrawn, 0, false},
		{"answers", func(a *article.Article) { denies(a); a.Title = "Bác tin hồ Suối Ngang vỡ" }, "opened! edited answered", RoleAnswers, 0, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := newTestDesk(t, nil)
			d.handle(about("dam", "a1", "Báo Bến Cảng", 0, tellingA))
			d.handle(about("dam", "a1", "Báo Bến Cảng", 0, tellingA, tt.edit))
			s := d.only()
			if got := d.kinds(); got != tt.events {
				t.Errorf("events = %q, want %q", got, tt.events)
			}
			if role := d.detail(s.ID).Alerts[0].Role; role != tt.role || s.Articles != tt.articles || s.Answered() != tt.answered || !s.Rang() {
				t.Errorf("role %s, articles %d, answered %v, rang %v; want %s, %d, %v, true", role, s.Articles, s.Answered(), s.Rang(), tt.role, tt.articles, tt.answered)
			}
		})
	}
}

func TestDenialEditedToCarryRings(t *testing.T) {
	d := newTestDesk(t, nil)
	d.handle(about("dam", "a1", "Báo Bến Cảng", 0, tellingC, denies))
	d.handle(about("dam", "a1", "Báo Bến Cảng", 0, tellingA))
	if s := d.only(); !s.Rang() || s.Answered() || s.Articles != 1 {
		t.Errorf("story = %+v, want it ringing and unanswered", s)
	}
	if got, want := d.kinds(), "answered edited opened!"; got != want {
		t.Errorf("events = %q, want %q", got, want)
	}
}

func TestNewRulesReadAnArticleAgainInSilence(t *testing.T) {
	d := newTestDesk(t, nil)
	d.handle(about("dam", "a1", "Báo Bến Cảng", 0, tellingA))
	d.handle(about("dam", "a1", "Báo Bến Cảng", 0, tellingA, func(a *article.Article) {
		a.Origin, a.Verdict.RulesVersion = article.Replay, "rules-2"
		a.Verdict.Claims[0].Version, a.Verdict.Claims[0].Severity, a.Verdict.Claims[0].Score = 2, article.Critical, 95
	}))
	if s := d.only(); s.Severity != article.Critical || s.ClaimVersion != 2 || s.MaxScore != 95 || d.kinds() != "opened!" {
		t.Errorf("story = %+v, events %q; want new severity and score and no event", s, d.kinds())
	}
	if a := d.detail(d.only().ID).Alerts[0]; a.Edits != 0 {
		t.Errorf("edits = %d, want 0: only the rules changed", a.Edits)
	}
}

func TestHandleRefusesWhatCanNeverBeTaken(t *testing.T) {
	d := newTestDesk(t, nil)
	bare := about("dam", "a1", "Báo Bến Cảng", 0, tellingA)
	bare.Verdict = nil
	nameless := about("dam", "", "Báo Bến Cảng", 0, tellingA)
	for name, a := range map[string]article.Article{"no verdict": bare, "no id": nameless, "id with a zero byte": about("dam", "a\x00", "A", 0, tellingA)} {
		err := d.Handle(context.Background(), []article.Article{about("dam", "a2", "Tin Nhanh", 0, tellingB), a})
		if !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: Handle = %v, want ErrInvalid", name, err)
		}
	}
	if n := len(d.stories()); n != 0 {
		t.Errorf("%d stories after refused batches, want 0", n)
	}
}

func TestFutureDatesAndOpinionsMakeNoStory(t *testing.T) {
	d := newTestDesk(t, nil)
	d.handle(about("dam", "o1", "Báo Bến Cảng", 0, tellingA, func(a *article.Article) {
		a.Verdict.Claims[0].Rings, a.Verdict.Claims[0].Silent = false, "opinion"
	}))
	if n := len(d.stories()); n != 0 {
		t.Fatalf("%d stories from an opinion, want 0", n)
	}
	d.handle(about("dam", "a1", "Báo Bến Cảng", 600, tellingA))
	if s := d.only(); s.FirstSeen.After(d.now) {
		t.Errorf("first seen %v, after now %v", s.FirstSeen, d.now)
	}
}

func TestEventsAreNumberedWithoutGapsAndWakeSubscribers(t *testing.T) {
	d := newTestDesk(t, nil)
	wake, cancel := d.Subscribe()
	d.handle(about("dam", "a1", "Báo Bến Cảng", 0, tellingA), about("bank", "b1", "Sông Hậu", 0, tellingB))
	select {
	case <-wake:
	default:
		t.Error("no wake-up after new events")
	}
	cancel()
	d.handle(about("dam", "a2", "Tin Nhanh", 0, tellingB))
	select {
	case <-wake:
		t.Error("a wake-up after cancel")
	default:
	}
	events, err := d.Events(context.Background(), 1, 10)
	if err != nil || len(events) != 2 || events[0].Seq != 2 || events[1].Seq != 3 || d.counts().LastSeq != 3 {
		t.Errorf("events after 1 = %+v (%v), last %d; want 2 and 3", events, err, d.counts().LastSeq)
	}
}

func TestStoryNotFound(t *testing.T) {
	if _, err := newTestDesk(t, nil).Story(context.Background(), "nothing"); !errors.Is(err, ErrNotFound) {
		t.Errorf("Story = %v, want ErrNotFound", err)
	}
}
