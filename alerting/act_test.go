package alerting

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"haidang/internal/article"
	"haidang/internal/settings"
)

func critical(a *article.Article) { a.Verdict.Claims[0].Severity = article.Critical }

func title(s string) func(*article.Article) { return func(a *article.Article) { a.Title = s } }

// do acts on one story as it is, and fails the test when that is refused.
func (d *testDesk) do(c Command, id string) Story {
	d.t.Helper()
	s, refusal := d.try(c, id)
	if refusal != nil {
		d.t.Fatalf("%s: %v", c.Action, refusal)
	}
	return s
}

func (d *testDesk) try(c Command, id string) (Story, *Refusal) {
	d.t.Helper()
	if c.Actor == "" {
		c.Actor = "lan"
	}
	if c.Stories == nil {
		c.Stories = []Ref{{ID: id}}
	}
	results, err := d.Act(context.Background(), c)
	var refusal *Refusal
	if errors.As(err, &refusal) {
		return Story{}, refusal
	}
	if err != nil {
		d.t.Fatal(err)
	}
	if results[0].Refusal != nil {
		return Story{}, results[0].Refusal
	}
	return *results[0].Story, nil
}

func (d *testDesk) runTimers() {
	d.t.Helper()
	if err := d.runOut(context.Background()); err != nil {
		d.t.Fatal(err)
	}
}

func (d *testDesk) trail(id string) string {
	d.t.Helper()
	entries, err := d.Audit(context.Background(), id, 0, 1000)
	if err != nil {
		d.t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		out = append(out, fmt.Sprintf("%s:%s:%s>%s", e.Actor, e.Action, e.Was, e.Became))
	}
	if n, err := d.VerifyAudit(context.Background()); err != nil {
		d.t.Errorf("the audit trail after %d entries: %v", n, err)
	}
	return strings.Join(out, " ")
}

// TestEveryPairActsAsTheTableSays brings a story into each state and tries every action of people on it.
func TestEveryPairActsAsTheTableSays(t *testing.T) {
	into := map[State][]Command{
		StateNew:          nil,
		StateAcknowledged: {{Action: Acknowledge}},
		StateInReview:     {{Action: Review}},
		StateEscalated:    {{Action: Escalate, Note: "x"}},
		StateResponded:    {{Action: Respond}},
		StateClosed:       {{Action: Close, Outcome: ConfirmedFalse}},
		StateSnoozed:      {{Action: Review}, {Action: Snooze, Until: start.Add(2 * time.Hour)}},
		StateMerged:       {{Action: Review}, {Action: Merge}},
	}
	for state, way := range into {
		for _, action := range Actions() {
			if !action.byPeople() {
				continue
			}
			t.Run(string(state)+" "+string(action), func(t *testing.T) {
				d := newTestDesk(t, nil)
				d.now = start.Add(time.Hour)
				d.handle(about("dam", "a1", "A", 0, tellingA), about("bank", "b1", "B", 0, tellingB))
				id, other := d.storyOf("a1").ID, d.storyOf("b1").ID
				for _, c := range way {
					c.Into = other
					d.do(c, id)
				}
				want, code := next(action, state, StateInReview)
				before := d.detail(id).Story
				got, refusal := d.try(Command{Action: action, Note: "vì sao", To: "minh", Outcome: Misleading, Until: start.Add(3 * time.Hour), Into: other}, id)
				switch {
				case code != "" && (refusal == nil || refusal.Code != code):
					t.Errorf("refusal = %v, want %s", refusal, code)
				case code != "" && d.detail(id).Version != before.Version:
					t.Error("a refused action changed the story")
				case code == "" && (refusal != nil || got.State != want || got.Version != before.Version+1):
					t.Errorf("state %s version %d, refusal %v; want %s version %d", got.State, got.Version, refusal, want, before.Version+1)
				}
				d.trail(id)
			})
		}
	}
}

func (d *testDesk) storyOf(articleID string) Story {
	d.t.Helper()
	for _, s := range d.stories() {
		for _, a := range d.detail(s.ID).Alerts {
			if a.ArticleID == articleID {
				return s
			}
		}
	}
	d.t.Fatalf("article %s is in no story", articleID)
	return Story{}
}

func TestCommandsAreChecked(t *testing.T) {
	d := newTestDesk(t, func(c *Config, _ *Deps) { c.People = []Person{{ID: "lan", Name: "Lan"}, {ID: "minh", Name: "Minh"}} })
	d.handle(about("dam", "a1", "A", 0, tellingA))
	id := d.only().ID
	for _, tt := range []struct {
		name string
		c    Command
		want string
	}{
		{"nobody acts", Command{Action: Review, Actor: "\x00"}, refuseActor},
		{"an action of timers", Command{Action: Expire}, refuseUnknown},
		{"hand-over without a note", Command{Action: HandOver, To: "minh"}, refuseNote},
		{"hand-over to a stranger", Command{Action: HandOver, To: "nobody", Note: "x"}, refuseTo},
		{"closing without an outcome", Command{Action: Close}, refuseOutcome},
		{"noise without a reason", Command{Action: Close, Outcome: OffTopic}, refuseNoise},
		{"a reason without noise", Command{Action: Close, Outcome: ConfirmedFalse, Noise: NameClash}, refuseNoise},
		{"snooze into the past", Command{Action: Snooze, Until: start.Add(-time.Minute)}, refuseUntil},
		{"snooze for a month", Command{Action: Snooze, Until: start.AddDate(0, 1, 0)}, refuseUntil},
		{"merge into nothing", Command{Action: Merge}, refuseInto},
		{"merge into itself", Command{Action: Merge, Into: id}, refuseInto},
		{"a book", Command{Action: Comment, Note: strings.Repeat("đ", maxNote+1)}, refuseTooLong},
		{"an empty comment", Command{Action: Comment, Note: " \n "}, refuseNote},
		{"too many", Command{Action: Review, Stories: make([]Ref, maxBulk+1)}, refuseTooMany},
		{"no such story", Command{Action: Review, Stories: []Ref{{ID: "none"}}}, refuseGone},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, refusal := d.try(tt.c, id); refusal == nil || refusal.Code != tt.want {
				t.Errorf("refusal = %v, want %s", refusal, tt.want)
			}
		})
	}
	if got := d.trail(""); got != "" {
		t.Errorf("refused commands left %q", got)
	}
}

func TestTwoOfficersAtOnceOneWins(t *testing.T) {
	d := newTestDesk(t, nil)
	d.handle(about("dam", "a1", "A", 0, tellingA))
	s := d.only()
	var mu sync.Mutex
	var wg sync.WaitGroup
	var winners, told []string
	for _, officer := range []string{"lan", "minh", "hoa", "tu"} {
		wg.Go(func() {
			results, err := d.Act(context.Background(), Command{Action: Review, Actor: officer, Stories: []Ref{{s.ID, s.Version}}})
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err != nil:
				t.Error(err)
			case results[0].Refusal == nil:
				winners = append(winners, officer)
			case results[0].Refusal.Code == refuseConflict:
				told = append(told, results[0].Refusal.By)
			}
		})
	}
	wg.Wait()
	if len(winners) != 1 || len(told) != 3 || d.only().Owner != winners[0] || told[0] != winners[0] {
		t.Errorf("winners %q, owner %q, the others were told of %q; want one winner, named to the three others", winners, d.only().Owner, told)
	}
}

func TestAcknowledgementRunsOut(t *testing.T) {
	d := newTestDesk(t, nil)
	d.handle(about("dam", "a1", "A", 0, tellingA))
	id := d.only().ID
	d.do(Command{Action: Acknowledge}, id)
	d.now = start.Add(59 * time.Minute)
	d.runTimers()
	if s := d.only(); s.State != StateAcknowledged || s.Owner != "lan" {
		t.Fatalf("after 59 minutes it is %s of %q", s.State, s.Owner)
	}
	d.now = start.Add(60 * time.Minute)
	d.runTimers()
	d.runTimers()
	if s := d.only(); s.State != StateNew || s.Owner != "" || !s.UntilAt.IsZero() {
		t.Errorf("after an hour it is %s of %q until %v, want new of nobody", s.State, s.Owner, s.UntilAt)
	}
	if got, want := d.trail(id), "lan:acknowledge:new>acknowledged haidang:expire:acknowledged>new"; got != want {
		t.Errorf("trail %q, want %q", got, want)
	}
	d.do(Command{Action: Acknowledge}, id)
	d.do(Command{Action: Review}, id)
	d.now = start.Add(5 * time.Hour)
	d.runTimers()
	if s := d.only(); s.State != StateInReview {
		t.Errorf("a story in review fell back to %s", s.State)
	}
}

func TestSnoozeReturnsToWhereItWas(t *testing.T) {
	d := newTestDesk(t, nil)
	d.handle(about("dam", "a1", "A", 0, tellingA))
	id := d.only().ID
	d.do(Command{Action: Review}, id)
	d.do(Command{Action: Snooze, Until: start.Add(2 * time.Hour)}, id)
	d.do(Command{Action: Snooze, Until: start.Add(3 * time.Hour)}, id)
	d.now = start.Add(2 * time.Hour)
	d.runTimers()
	if s := d.only(); s.State != StateSnoozed {
		t.Fatalf("it woke at the first time: %s", s.State)
	}
	d.now = start.Add(3 * time.Hour)
	d.runTimers()
	if s := d.only(); s.State != StateInReview || s.Owner != "lan" {
		t.Errorf("after the snooze it is %s of %q, want in_review of lan", s.State, s.Owner)
	}
}

func roster(c *Config, _ *Deps) {
	c.People = []Person{{ID: "lan", Name: "Lan"}, {ID: "minh", Name: "Minh"}, {ID: "hoa", Name: "Hoa", Lead: true}}
	c.Roster.Shifts = []Shift{
		{Hours: Hours{"06:00", "14:00"}, People: []string{"lan"}},
		{Days: []string{"sun"}, Hours: Hours{"22:00", "06:00"}, People: []string{"minh"}},
	}
	c.Roster.Chain = []string{"hoa"}
	c.Roster.Quiet = Hours{"22:00", "06:00"}
}

func TestRosterKnowsWhoIsOnDuty(t *testing.T) {
	c := DefaultConfig()
	roster(&c, nil)
	if err := c.Validate(); err != nil {
		t.Fatal(err)
	}
	ict := time.FixedZone("ICT", 7*3600)
	for _, tt := range []struct {
		at    time.Time
		want  string
		quiet bool
	}{
		{time.Date(2026, 11, 22, 6, 0, 0, 0, ict), "lan", false}, // a Sunday
		{time.Date(2026, 11, 22, 13, 59, 0, 0, ict), "lan", false},
		{time.Date(2026, 11, 22, 14, 0, 0, 0, ict), "", false},
		{time.Date(2026, 11, 22, 23, 0, 0, 0, ict), "minh", true},
		{time.Date(2026, 11, 23, 5, 59, 0, 0, ict), "minh", true}, // Monday, the shift began on Sunday
		{time.Date(2026, 11, 23, 23, 0, 0, 0, ict), "", true},
		{time.Date(2026, 11, 22, 1, 0, 0, 0, ict), "", true}, // Sunday before dawn belongs to Saturday's shift
		{time.Date(2026, 11, 21, 23, 30, 0, 0, time.UTC), "lan", false},
	} {
		var ids []string
		for _, p := range c.OnDuty(tt.at) {
			ids = append(ids, p.ID)
		}
		if got := strings.Join(ids, " "); got != tt.want || c.QuietAt(tt.at) != tt.quiet {
			t.Errorf("at %v: on duty %q quiet %v, want %q %v", tt.at, got, c.QuietAt(tt.at), tt.want, tt.quiet)
		}
	}
}

func TestUnacknowledgedCriticalGoesDownTheRoster(t *testing.T) {
	d := newTestDesk(t, roster)
	d.handle(about("dam", "a1", "A", 0, tellingA, critical), about("bank", "b1", "B", 0, tellingB))
	id := d.storyOf("a1").ID
	var called []string
	for minute := range 20 {
		d.now = start.Add(time.Duration(minute) * time.Minute)
		d.runTimers()
		for _, e := range d.detail(id).Events {
			if line := fmt.Sprintf("%s@%d", e.Detail, int(e.At.Sub(start).Minutes())); e.Kind == KindCalled && !slices.Contains(called, line) {
				called = append(called, line)
			}
		}
	}
	if got, want := strings.Join(called, " "), "Lan@5 Hoa@10"; got != want {
		t.Errorf("called %q, want %q", got, want)
	}
	if got := d.detail(d.storyOf("b1").ID).Called; got != 0 {
		t.Errorf("for a story that is not critical %d people were called", got)
	}
	d = newTestDesk(t, roster)
	d.handle(about("dam", "a1", "A", 0, tellingA, critical))
	d.do(Command{Action: Acknowledge}, d.only().ID)
	d.now = start.Add(30 * time.Minute)
	d.runTimers()
	if got := d.only().Called; got != 0 {
		t.Errorf("after an acknowledgement %d people were called", got)
	}
}

func TestStoryComesBackOnlyForAMaterialChange(t *testing.T) {
	inEnglish := func(a *article.Article) { a.Language = "en" }
	topTier := func(a *article.Article) { a.OutletTier = 1 }
	toll := func(n int) func(*article.Article) {
		return title(fmt.Sprintf("Hồ Suối Ngang: %d người chết", n))
	}
	first := about("dam", "a1", "A", 0, tellingA, toll(12))
	for _, tt := range []struct {
		name string
		more []article.Article
		want Material
	}{
		{"one more outlet", []article.Article{about("dam", "a2", "B", 1, tellingB)}, ""},
		{"a copy", []article.Article{about("dam", "a2", "B", 1, tellingA, toll(99))}, ""},
		{"the same figure", []article.Article{about("dam", "a2", "B", 1, tellingB, toll(12))}, ""},
		{"history", []article.Article{about("dam", "a2", "B", 1, tellingB, toll(80), backfill)}, ""},
		{"a new figure", []article.Article{about("dam", "a2", "B", 1, tellingB, toll(80))}, NewFigure},
		{"another language", []article.Article{about("dam", "a2", "B", 1, tellingB, inEnglish)}, NewLanguage},
		{"a top outlet", []article.Article{about("dam", "a2", "B", 1, tellingB, topTier)}, TopSource},
		{"an answer", []article.Article{about("dam", "a2", "B", 1, tellingC, denies)}, OfficialResponse},
		{"another headline", []article.Article{about("dam", "a1", "A", 0, tellingA, title("Hồ Suối Ngang: chuyện đã khác"))}, HeadlineEdited},
		{"many outlets", []article.Article{
			about("dam", "a2", "B", 1, tellingB), about("dam", "a3", "C", 1, "Một bài khác hẳn về hồ chứa ở đầu nguồn, viết theo lời kể của người dân."),
			about("dam", "a4", "D", 1, "Phóng viên có mặt tại chỗ từ sớm và thấy đường vào đập đã bị chặn từ đêm hôm trước."),
		}, SourcesDoubled},
	} {
		for _, way := range [][]Command{{{Action: Close, Outcome: ConfirmedFalse}}, {{Action: Acknowledge}}, {{Action: Respond}}} {
			t.Run(tt.name+" after "+string(way[0].Action), func(t *testing.T) {
				d := newTestDesk(t, nil)
				d.now = start.Add(time.Hour)
				d.handle(first)
				id := d.only().ID
				was := d.do(way[0], id)
				d.handle(tt.more...)
				s := d.only()
				if s.ReopenedFor != tt.want || (s.State == StateNew) != (tt.want != "") {
					t.Fatalf("it is %s, reopened for %q; want %q", s.State, s.ReopenedFor, tt.want)
				}
				if tt.want == "" {
					if s.State != was.State {
						t.Errorf("it went from %s to %s", was.State, s.State)
					}
					return
				}
				if s.Outcome != "" || !strings.Contains(d.kinds(), "reopened!") || !strings.Contains(d.trail(id), "haidang:change:"+string(was.State)+">new") {
					t.Errorf("outcome %q, events %s, trail %s", s.Outcome, d.kinds(), d.trail(id))
				}
				d.handle(tt.more...) // a redelivery
				if again := d.only(); again.Version != s.Version {
					t.Error("a redelivery reopened it again")
				}
			})
		}
	}
}

// TestMergeOutlastsTheNextDuplicate merges two stories of different claims, lets copies and further tellings come, and
// takes the merge back.
func TestMergeOutlastsTheNextDuplicate(t *testing.T) {
	d := newTestDesk(t, nil)
	d.now = start.Add(2 * time.Hour)
	d.handle(about("dam", "a1", "A", 0, tellingA), about("flood", "b1", "B", 1, tellingB))
	dam, flood := d.storyOf("a1").ID, d.storyOf("b1").ID
	d.do(Command{Action: Review}, flood)
	s := d.do(Command{Action: Merge, Into: dam, Note: "cùng một vụ"}, flood)
	if s.State != StateMerged || s.MergedInto != dam {
		t.Fatalf("the merged story is %s into %q", s.State, s.MergedInto)
	}
	d.handle(
		about("flood", "b2", "C", 2, tellingB), // a copy of what was merged
		about("flood", "b3", "D", 3, "Đoàn cứu hộ của huyện lên đường lúc nửa đêm theo tin báo từ ba thôn ven suối."), // another telling
		about("dam", "a2", "E", 4, tellingA),
	)
	one := d.detail(dam)
	if one.Articles != 5 || one.Copies != 2 || one.Outlets != 3 || len(one.Alerts) != 5 {
		t.Errorf("the story holds %d articles, %d copies, %d outlets; want 5, 2, 3", one.Articles, one.Copies, one.Outlets)
	}
	listed, err := d.Stories(context.Background(), Filter{})
	if err != nil || len(listed) != 1 {
		t.Errorf("the desk lists %d stories (%v), want 1: one event, one line", len(listed), err)
	}
	s = d.do(Command{Action: Unmerge}, flood)
	if s.State != StateInReview || s.Articles != 3 || d.detail(dam).Articles != 2 || s.MergedInto != "" {
		t.Errorf("after unmerging: %s with %d articles, the other one with %d; want in_review, 3, 2", s.State, s.Articles, d.detail(dam).Articles)
	}
	d.handle(about("flood", "b4", "F", 5, tellingB))
	if got := d.storyOf("b4").ID; got != flood {
		t.Errorf("the next copy went to %s, want %s", got, flood)
	}
	if got := d.trail(flood); !strings.Contains(got, "lan:merge:in_review>merged lan:unmerge:merged>in_review") {
		t.Errorf("trail %q", got)
	}
}

func TestMergedStoriesGoAlong(t *testing.T) {
	d := newTestDesk(t, nil)
	d.now = start.Add(time.Hour)
	d.handle(about("c1", "a1", "A", 0, tellingA), about("c2", "b1", "B", 0, tellingB), about("c3", "x1", "C", 0, "Chuyện thứ ba không giống hai chuyện kia chút nào, kể từ một nơi khác."))
	one, two, three := d.storyOf("a1").ID, d.storyOf("b1").ID, d.storyOf("x1").ID
	d.do(Command{Action: Merge, Into: two}, one)
	d.do(Command{Action: Merge, Into: three}, two)
	if s := d.detail(one).Story; s.MergedInto != three || d.detail(three).Articles != 3 {
		t.Fatalf("the first is in %s, the third holds %d articles; want %s and 3", s.MergedInto, d.detail(three).Articles, three)
	}
	if _, refusal := d.try(Command{Action: Merge, Into: one}, three); refusal == nil || refusal.Code != refuseInto {
		t.Errorf("merging into a merged story: %v", refusal)
	}
	d.do(Command{Action: Unmerge}, one)
	if d.detail(one).Articles != 1 || d.detail(three).Articles != 2 {
		t.Errorf("after taking the first back: %d and %d articles, want 1 and 2", d.detail(one).Articles, d.detail(three).Articles)
	}
}

func TestSplitTakesCopiesAlong(t *testing.T) {
	d := newTestDesk(t, nil)
	d.now = start.Add(time.Hour)
	d.handle(about("dam", "a1", "A", 0, tellingA), about("dam", "b1", "B", 1, tellingB), about("dam", "b2", "C", 2, tellingB))
	s := d.only()
	for _, bad := range []Regroup{
		{Story: Ref{ID: s.ID}},
		{Story: Ref{ID: s.ID}, Articles: []string{"a1", "b1"}}, // with b2 that is all of them
		{Story: Ref{ID: s.ID}, Articles: []string{"elsewhere"}},
		{Story: Ref{ID: s.ID, Version: s.Version + 1}, Articles: []string{"b1"}},
		{Story: Ref{ID: s.ID}, Articles: []string{"b1"}, Into: "none"},
		{Story: Ref{ID: "none"}, Articles: []string{"b1"}},
	} {
		bad.Actor = "lan"
		var refusal *Refusal
		if _, err := d.Move(context.Background(), bad); !errors.As(err, &refusal) {
			t.Errorf("Move(%+v) = %v, want a refusal", bad, err)
		}
	}
	split, err := d.Move(context.Background(), Regroup{Story: Ref{ID: s.ID, Version: s.Version}, Articles: []string{"b1"}, Actor: "lan", Note: "hồ khác"})
	if err != nil {
		t.Fatal(err)
	}
	if split.Articles != 2 || split.Copies != 1 || d.detail(s.ID).Articles != 1 || !split.Rang() || split.State != StateNew {
		t.Errorf("split off: %d articles, %d copies, %s; left %d; want 2, 1, new, 1", split.Articles, split.Copies, split.State, d.detail(s.ID).Articles)
	}
	d.handle(about("dam", "b3", "D", 3, tellingB), about("dam", "a2", "E", 4, tellingA))
	if d.storyOf("b3").ID != split.ID || d.storyOf("a2").ID != s.ID {
		t.Error("the next duplicates did not follow what they copy")
	}
	back, err := d.Move(context.Background(), Regroup{Story: Ref{ID: split.ID}, Articles: []string{"b3"}, Into: s.ID, Actor: "lan"})
	if err != nil || back.ID != s.ID || d.storyOf("b3").ID != s.ID {
		t.Errorf("Move back = %v, %v", back.ID, err)
	}
	d.trail("")
}

func TestBulkActsOnWhatCan(t *testing.T) {
	d := newTestDesk(t, nil)
	d.handle(about("dam", "a1", "A", 0, tellingA), about("bank", "b1", "B", 0, tellingB))
	closed, open := d.storyOf("a1").ID, d.storyOf("b1").ID
	d.do(Command{Action: Close, Outcome: Expired}, closed)
	results, err := d.Act(context.Background(), Command{Action: Close, Outcome: OffTopic, Noise: RuleTooBroad, Actor: "lan", Stories: []Ref{{ID: closed}, {ID: open}, {ID: "none"}}})
	if err != nil || len(results) != 3 {
		t.Fatalf("%d results, %v", len(results), err)
	}
	if results[0].Refusal == nil || results[1].Refusal != nil || results[2].Refusal == nil || d.detail(open).Noise != RuleTooBroad {
		t.Errorf("results = %+v", results)
	}
}

func TestCommentsMentionPeople(t *testing.T) {
	d := newTestDesk(t, roster)
	d.handle(about("dam", "a1", "A", 0, tellingA))
	id := d.only().ID
	d.do(Command{Action: Comment, Note: "Nhờ @minh hỏi tỉnh, @hoa xem lại; không phải a@lan.example, @nobody, @minh"}, id)
	entries, err := d.Audit(context.Background(), id, 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	var detail acted
	if err := json.Unmarshal(entries[0].Detail, &detail); err != nil || strings.Join(detail.Mentions, " ") != "minh hoa" {
		t.Errorf("mentions %q (%v), want minh hoa", detail.Mentions, err)
	}
	d.do(Command{Action: Comment, Note: "@minh thêm một việc; @lan tự nhắc mình"}, id)
	list, err := d.Mentions(context.Background(), "minh", 10)
	if err != nil || len(list) != 2 || list[1].Seq != entries[0].Seq || list[1].By != "lan" || !strings.Contains(list[1].Note, "hỏi tỉnh") || list[1].Story.ClaimID != "dam" {
		t.Fatalf("Mentions of minh = %+v, %v; want both notes, the latest first", list, err)
	}
	if err := d.ReadMentions(context.Background(), "minh", list[1].Seq); err != nil {
		t.Fatal(err)
	}
	for person, want := range map[string]int{"minh": 1, "hoa": 1, "lan": 0} {
		if n, err := d.UnreadMentions(context.Background(), person); err != nil || n != want {
			t.Errorf("%s has %d unread (%v), want %d", person, n, err, want)
		}
	}
	if list, err = d.Mentions(context.Background(), "minh", 10); err != nil || list[0].Read() || !list[1].Read() {
		t.Errorf("Mentions of minh = %+v, %v; want the older one read", list, err)
	}
}

func TestAuditTrailShowsTampering(t *testing.T) {
	for _, tt := range []struct{ name, statement, want string }{
		{"a changed note", `UPDATE audit SET note = 'khác' WHERE seq = 2`, "entry 2 is not as it was written"},
		{"a missing entry", `DELETE FROM audit WHERE seq = 2`, "entry 2 is missing"},
		{"a cut end", `DELETE FROM audit WHERE seq = 3`, "3 to 3 are missing at the end"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := newTestDesk(t, nil)
			d.handle(about("dam", "a1", "A", 0, tellingA))
			for range 3 {
				d.do(Command{Action: Comment, Note: "một dòng"}, d.only().ID)
			}
			if n, err := d.VerifyAudit(context.Background()); n != 3 || err != nil {
				t.Fatalf("VerifyAudit = %d, %v", n, err)
			}
			if _, err := d.db.Exec(context.Background(), tt.statement); err != nil {
				t.Fatal(err)
			}
			if _, err := d.VerifyAudit(context.Background()); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("VerifyAudit = %v, want %q", err, tt.want)
			}
		})
	}
}

func TestRosterProblemsAreAllSaid(t *testing.T) {
	c := DefaultConfig()
	c.People = []Person{{ID: "Lan"}, {ID: "minh", Name: "Minh"}, {ID: "minh", Name: "Minh"}}
	c.AckTimeout = 0
	c.Roster = Roster{Zone: "Mars", CallAfter: settings.Duration(-1), Quiet: Hours{From: "22"}, Chain: []string{"tu"}, Shifts: []Shift{{Days: []string{"mo"}, Hours: Hours{"6", "14:00"}}}}
	err := c.Validate()
	if err == nil {
		t.Fatal("Validate accepts it")
	}
	for _, want := range []string{
		"people[0].id", "people[0].name", `"minh" is taken`, "ack_timeout", `"Mars"`, "call_after", "roster.quiet", `"tu" is nobody`,
		"shifts[0]: from", `"mo" is no weekday`, "shifts[0].people: missing",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("Validate does not say %q:\n%v", want, err)
		}
	}
}
