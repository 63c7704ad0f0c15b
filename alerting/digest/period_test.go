package digest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"haidang/alerting"
	"haidang/alerting/feedback"
	"haidang/alerting/response"
	"haidang/internal/coverage"
)

func TestPeriodsOfEditions(t *testing.T) {
	end := time.Date(2026, 3, 1, 6, 30, 0, 0, time.UTC)
	for _, tt := range []struct {
		edition    string
		date, due  Date
		next       Date
		from       string
		bars       int
		first      string
		mornings   int // after 2026-01-01 up to 2026-03-31
		wrong      Date
		wrongNamed string
	}{
		{"", "2026-03-01", "2026-03-01", "2026-03-01", "2026-02-28", 14, "2026-02-15", 89, "", ""},
		{Weekly, "2026-03-01", "2026-02-23", "2026-03-02", "2026-02-22", 8, "2026-01-04", 13, "2026-03-03", "2026-03-02"},
		{Monthly, "2026-03-02", "2026-03-01", "2026-04-01", "2026-02-01", 6, "2025-09-01", 2, "2026-03-31", "2026-03-01"},
	} {
		l := List{Name: "l", Edition: tt.edition}
		if got := l.atOrBefore(tt.date); got != tt.due {
			t.Errorf("%s: atOrBefore(%s) = %s, want %s", l.edition(), tt.date, got, tt.due)
		}
		if got := l.atOrAfter(tt.date); got != tt.next {
			t.Errorf("%s: atOrAfter(%s) = %s, want %s", l.edition(), tt.date, got, tt.next)
		}
		if got := l.before(end).Format(time.DateOnly); got != tt.from {
			t.Errorf("%s: the period before %s begins on %s, want %s", l.edition(), end, got, tt.from)
		}
		bars := l.bars(end)
		if len(bars) != tt.bars+1 || !slices.IsSortedFunc(bars, time.Time.Compare) || bars[0].Format(time.DateOnly) != tt.first {
			t.Errorf("%s: bars = %v, want %d from %s", l.edition(), bars, tt.bars, tt.first)
		}
		if got := l.mornings("2026-01-01", "2026-03-31"); len(got) != tt.mornings {
			t.Errorf("%s: %d mornings, want %d", l.edition(), len(got), tt.mornings)
		}
		if tt.wrong != "" {
			if err := l.check(tt.wrong); err == nil || !strings.Contains(err.Error(), string(tt.wrongNamed)) {
				t.Errorf("%s: check(%s) = %v, want a refusal that names %s", l.edition(), tt.wrong, err, tt.wrongNamed)
			}
		}
	}
}

func TestWeeklyAndMonthlyAreSentOnTheirMornings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, func(c *Config, deps *Deps) {
			c.SMTP.Host = "mail.haidang.test"
			c.Lists = []List{
				{Name: "tuan", Edition: Weekly, Language: "vi", To: []string{"w@haidang.test"}},
				{Name: "thang", Edition: Monthly, Language: "en", To: []string{"m@haidang.test"}},
			}
			deps.Now, deps.Health = time.Now, nil
		})
		o := &outbox{}
		w.delivery = o
		w.runFor(34 * 24 * time.Hour) // from Saturday, 1 January 2000, 07:00 in Hà Nội
		want := "2000-01-03 w@haidang.test,2000-01-10 w@haidang.test,2000-01-17 w@haidang.test,2000-01-24 w@haidang.test," +
			"2000-01-31 w@haidang.test,2000-02-01 m@haidang.test"
		if got := strings.Join(o.sent, ","); got != want {
			t.Errorf("sent %q, want %q", got, want)
		}
	})
}

func TestWeeklyDigest(t *testing.T) {
	w := newWorld(t, func(c *Config, _ *Deps) {
		c.Lists = []List{{Name: "tuan", Edition: Weekly, Language: "vi"}}
	})
	w.day()
	w.tell(telling{claim: "fuel", outlet: "A", title: "Giá xăng tuần trước", ago: 9 * 24 * time.Hour, text: long("xăng"), field: "economy-finance"},
		telling{claim: "fuel", outlet: "B", title: "Bác tin giá xăng", ago: 9*24*time.Hour - time.Hour, text: long("bác"), field: "economy-finance", stance: "denies"})
	w.now = morning.Add(24 * time.Hour) // Monday
	e, err := w.Build(t.Context(), "2026-11-23", w.cfg.Lists[0])
	if err != nil {
		t.Fatal(err)
	}
	wants(t, "the text", e.Text, "Bản tin tuần, Thứ hai, 23.11.2026", "Từ 06:30 ngày 16.11 đến 06:30 ngày 23.11",
		"3 tin mới, kỳ trước 1. 1 đã được phản hồi, một nửa trong vòng 2 giờ.", "Kinh tế, tài chính: Tin mới 1, Chưa phản hồi 0, Tuần trước 1",
		"== Xu hướng tám tuần ==", "5 bài mang tin cần kiểm chứng; các kỳ trước thường không có", "16/11: 1, 23/11: 5")
	if _, err := w.Build(t.Context(), sunday, w.cfg.Lists[0]); err == nil || !strings.Contains(err.Error(), "2026-11-16") {
		t.Errorf("a weekly digest of a Sunday = %v, want a refusal that names a Monday", err)
	}
}

func TestListsForFieldsAndPlaces(t *testing.T) {
	w := newWorld(t, func(c *Config, _ *Deps) {
		c.Lists = []List{{Name: "kinh-te", Language: "vi", Fields: []string{"economy-finance"}}, {Name: "hue", Language: "vi", Places: []string{"hue"}}}
	})
	w.day()
	if _, err := w.db.Exec(t.Context(), `UPDATE stories SET places = '["da-nang"]' WHERE claim_id = 'dam'`); err != nil {
		t.Fatal(err)
	}
	e := w.build("kinh-te")
	wants(t, "the list of one field", e.Text, "Ngân hàng Bến Cảng", "1 bài mang tin")
	lacks(t, "the list of one field", e.Text, "Suối Ngang", "căn cước")
	e = w.build("hue")
	wants(t, "the list of a place", e.Text, "Ngân hàng Bến Cảng", "căn cước")
	lacks(t, "the list of a place", e.Text, "Suối Ngang")
}

// TestWeeklyLooksBackOnTheDesk: how fast it was, and for whoever keeps the rules, which of them to mend.
func TestWeeklyLooksBackOnTheDesk(t *testing.T) {
	w := newWorld(t, func(c *Config, d *Deps) {
		c.Link = "https://desk.haidang.test"
		c.Lists = []List{{Name: "tuan", Edition: Weekly, Language: "vi", Rules: true}, {Name: "hue", Edition: Weekly, Language: "en", Places: []string{"hue"}}}
		clock := func() time.Time { return morning.Add(24 * time.Hour) }
		var err error
		if d.Response, err = response.New(d.DB, clock); err != nil {
			t.Fatal(err)
		}
		d.Feedback = judged{
			{ClaimID: "dam", Advice: feedback.Mend, Tally: feedback.Tally{Hits: 1, Noise: 3, Reasons: map[alerting.Noise]int{alerting.OldNews: 2}}},
			{ClaimID: "bank", Tally: feedback.Tally{Hits: 4}},
		}
		d.ClaimName = func(id, language string) string { return id + "/" + language }
	})
	w.day()
	w.now = morning.Add(24 * time.Hour) // Monday
	e, err := w.Build(t.Context(), "2026-11-23", w.cfg.Lists[0])
	if err != nil {
		t.Fatal(err)
	}
	wants(t, "the weekly text", e.Text, "== Bàn trực phản ứng nhanh đến đâu ==", "- Từ lúc thấy đến lúc báo chuông: một nửa trong 0 giây", "bài bác bỏ đầu tiên: một nửa trong 2 giờ 00 phút",
		"== Quy tắc cần sửa hoặc bỏ ==", "- dam/vi · cần sửa, 1 trên 4 lần báo đúng, phần lớn vì tin cũ", "https://desk.haidang.test/rules/dam")
	lacks(t, "the weekly text", e.Text, "bank/vi")
	if e, err = w.Build(t.Context(), "2026-11-23", w.cfg.Lists[1]); err != nil {
		t.Fatal(err)
	}
	lacks(t, "the list of a place", e.Text, "How fast", "Rules to mend")
	if err := (Config{Time: "06:45", Cutoff: "06:30", From: "a@b.vn", Lists: []List{{Name: "a", Language: "vi", Rules: true}}}).Validate(); err == nil || !strings.Contains(err.Error(), "edition: weekly") {
		t.Errorf("rules in a daily edition: %v", err)
	}
}

// judged are rules as they were judged.
type judged []feedback.Rule

func (j judged) Rules(context.Context) ([]feedback.Rule, error) { return j, nil }

func TestListsForTopics(t *testing.T) {
	w := newWorld(t, func(c *Config, _ *Deps) {
		c.Lists = []List{{Name: "bo-tai-chinh", Language: "vi", Topics: []string{"economy", "banking"}}}
	})
	w.day()
	for claim, topics := range map[string]string{"dam": `["disaster"]`, "bank": `["banking", "law"]`} {
		if _, err := w.db.Exec(t.Context(), `UPDATE alerts SET topics = ? WHERE claim_id = ?`, topics, claim); err != nil {
			t.Fatal(err)
		}
	}
	e := w.build("bo-tai-chinh")
	wants(t, "the list of two topics", e.Text, "Ngân hàng Bến Cảng", "căn cước") // the latter has no topic
	lacks(t, "the list of two topics", e.Text, "Suối Ngang")
}

func TestWhatPeopleDecidedIsTold(t *testing.T) {
	decided := map[string]alerting.Decision{}
	w := newWorld(t, func(_ *Config, d *Deps) {
		desk, err := alerting.New(alerting.DefaultConfig(), alerting.Deps{
			DB: d.DB, Now: d.Now, Decisions: func(context.Context) (map[string]alerting.Decision, error) { return decided, nil },
		})
		if err != nil {
			t.Fatal(err)
		}
		d.Stories = desk
	})
	w.day()
	decided["dam"] = alerting.Decision{Verdict: "false", By: "Tổ trực"}
	wants(t, "the mail", w.build("ban-chi-dao").Text, "Kết luận: Sai sự thật (Tổ trực)")
}

func TestListProblemsAreToldAtOnce(t *testing.T) {
	c := DefaultConfig()
	c.Lists = []List{{Name: "a", Language: "vi", Edition: "hourly", Fields: []string{"weather"}}}
	err := c.Validate()
	if err == nil {
		t.Fatal("Validate took an unknown edition and an unknown field")
	}
	wants(t, "the refusal", err.Error(), `digest.lists[0].edition: "hourly" is not known; write daily, weekly or monthly`, `digest.lists[0].fields: "weather" is not a field; there are disaster-epidemic,`)
}

// library is an archive with made-up numbers.
type library struct {
	err   error
	asked coverage.Request
}

func (l *library) Report(_ context.Context, r coverage.Request) (coverage.Report, error) {
	l.asked = r
	both := func(s string) coverage.Words { return coverage.Words{VI: s + "/vi", EN: s + "/en"} }
	topics := []coverage.Value{
		{ID: "sport", Name: both("sport"), Count: coverage.Count{Now: 300, Before: 300}},
		{ID: "disaster", Name: both("disaster"), Count: coverage.Count{Now: 150, Before: 90}},
		{ID: "new", Count: coverage.Count{Now: 3}},
	}
	return coverage.Report{
		Articles: coverage.Count{Now: 1000, Before: 970},
		By: []coverage.Breakdown{
			{Dimension: coverage.Topic, Values: topics},
			{Dimension: coverage.Outlet, Values: []coverage.Value{{ID: "a", Name: coverage.Words{VI: "Báo A", EN: "Báo A"}, Share: 0.62}, {ID: "b", Name: coverage.Words{VI: "Báo B", EN: "Báo B"}, Share: 0.38}}},
			{Dimension: coverage.Language, Values: []coverage.Value{{ID: "vi", Share: 0.9}, {ID: "en", Share: 0.1}}},
		},
		Tone:   []coverage.Tone{{Name: "repeats", Count: coverage.Count{Now: 7, Before: 4}}, {Name: "doubts"}, {Name: "answers", Count: coverage.Count{Now: 12, Before: 1}}},
		Rose:   []coverage.Move{{Dimension: coverage.Topic, ID: "disaster", Name: both("disaster"), Count: coverage.Count{Now: 150, Before: 90}, Score: 5}},
		Spikes: []coverage.Spike{{Said: both("Tất cả: 48 bài")}, {Dimension: coverage.Topic, Said: both("Lũ: 50 bài của 9 báo")}},
	}, l.err
}

func TestCoverageBesideTheWeekBefore(t *testing.T) {
	archive := &library{}
	w := newWorld(t, func(c *Config, d *Deps) {
		d.Coverage = archive
		c.Lists = append(c.Lists, List{Name: "bo", Language: "vi", Topics: []string{"new", "quiet"}}, List{Name: "tuan", Language: "vi", Edition: Weekly})
	})
	text := w.build("ban-chi-dao").Text
	wants(t, "the text", text, "- Tất cả các chủ đề: 1.000 bài; cùng ngày tuần trước 970 (+3\u00a0%)", "- disaster/vi: 150 bài; cùng ngày tuần trước 90 (+67\u00a0%)",
		"- sport/vi: 300 bài; cùng ngày tuần trước 300\n", "- new: 3 bài\n", "- Bất thường: Lũ: 50 bài của 9 báo/vi")
	lacks(t, "the daily text", text, "Tỷ trọng", "Tất cả: 48 bài")
	if strings.Index(text, "disaster/vi") > strings.Index(text, "sport/vi") {
		t.Error("the topic that moved most does not stand first")
	}
	if r := archive.asked; r.Clock != coverage.Seen || r.To.Sub(r.From) != 24*time.Hour || r.From.Sub(r.Before) != 7*24*time.Hour {
		t.Errorf("asked for %+v; want the day of the mail, by when it came in, beside the same day a week before", r)
	}
	text = w.build("bo").Text
	wants(t, "a list with topics of its own", text, "- new: 3 bài", "- quiet: 0 bài")
	lacks(t, "a list with topics of its own", text, "disaster/vi", "sport")
	e, err := w.Build(t.Context(), "2026-11-16", w.cfg.Lists[3])
	if err != nil {
		t.Fatal(err)
	}
	wants(t, "the weekly text", e.Text, "tuần trước đó 970", "- Tỷ trọng theo báo: Báo A 62\u00a0%; Báo B 38\u00a0%", "- Theo ngôn ngữ: tiếng Việt 90\u00a0%; tiếng Anh 10\u00a0%",
		"- Bài nói về các tin đồn: 7 bài nhắc lại như thật (trước đó 4); 12 bài bác bỏ (trước đó 1)", "- Được viết nhiều hơn: disaster/vi (90 → 150)")
	archive.err = errors.New("the archive sleeps")
	wants(t, "without an archive the text", w.build("partners").Text, "The amount of coverage is not known")
}

func TestPercent(t *testing.T) {
	for _, tt := range []struct{ n, usual, want int }{{150, 100, 50}, {50, 100, -50}, {1, 3, -67}, {2, 3, -33}, {200, 150, 33}, {0, 8, -100}} {
		if got := percent(tt.n, tt.usual); got != tt.want {
			t.Errorf("percent(%d, %d) = %d, want %d", tt.n, tt.usual, got, tt.want)
		}
	}
	if got := fmt.Sprint(median([]int{5, 1, 9, 3}, func(n int) int { return n })); got != "3" {
		t.Errorf("median = %s, want the lower of the two in the middle", got)
	}
}
