package digest

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"haidang/alerting"
	"haidang/internal/article"
	"haidang/internal/settings"
	"haidang/internal/store"
	"haidang/internal/store/storetest"
)

// morning is 06:45 on Sunday, 22 November 2026 in Hà Nội.
var morning = time.Date(2026, 11, 21, 23, 45, 0, 0, time.UTC)

const sunday Date = "2026-11-22"

type healthy struct {
	Health
	err error
}

func (h *healthy) SourceHealth(context.Context) (Health, error) { return h.Health, h.err }

// world is a desk and a digest with a clock that stands still until it is moved.
type world struct {
	*Digest
	t      testing.TB
	desk   *alerting.Desk
	db     *store.DB
	now    time.Time
	health *healthy
}

func TestMain(m *testing.M) { storetest.Main(m) }

func newWorld(t testing.TB, change ...func(*Config, *Deps)) *world {
	t.Helper()
	db := storetest.Open(t, t.TempDir())
	w := &world{t: t, db: db, now: morning}
	w.health = &healthy{Health: Health{Sources: 12, LastArticle: morning.Add(-4 * time.Minute)}}
	var err error
	if w.desk, err = alerting.New(alerting.DefaultConfig(), alerting.Deps{DB: db, Now: func() time.Time { return w.now }}); err != nil {
		t.Fatal(err)
	}
	cfg := DefaultConfig()
	cfg.From = "Hải Đăng <haidang@haidang.test>"
	cfg.Lists = []List{
		{Name: "ban-chi-dao", Language: "vi", To: []string{"Trưởng ban <lead@haidang.test>", "member@haidang.test"}},
		{Name: "partners", Language: "en", To: []string{"member1@haidang.test"}},
	}
	deps := Deps{DB: db, Stories: w.desk, Health: w.health, Now: func() time.Time { return w.now }}
	for _, f := range change {
		f(&cfg, &deps)
	}
	if w.Digest, err = New(cfg, deps); err != nil {
		t.Fatal(err)
	}
	return w
}

// through sends the mails to a server.
func through(m *mailServer) func(*Config, *Deps) {
	return func(c *Config, _ *Deps) {
		c.SMTP = SMTP{Host: m.host, Port: m.port, TLS: TLSNone, Timeout: settings.Duration(5 * time.Second)}
	}
}

// telling is one article of a test's day.
type telling struct {
	claim, outlet, title string
	ago                  time.Duration // before the morning
	text                 string
	stance               article.Stance // carries when empty
	severity             article.Severity
	pattern              bool
	field                string
	verdict, decidedBy   string
}

// tell hands an article to the desk at the time that it was published.
func (w *world) tell(tellings ...telling) {
	w.t.Helper()
	for _, v := range tellings {
		at := morning.Add(-v.ago)
		saved := w.now
		w.now = at
		a := v.article(at)
		if err := w.desk.Handle(context.Background(), []article.Article{a}); err != nil {
			w.t.Fatal(err)
		}
		w.now = saved
	}
}

func (v telling) article(at time.Time) article.Article {
	if v.stance == "" {
		v.stance = article.Carries
	}
	if v.severity == "" {
		v.severity = article.High
	}
	if v.field == "" {
		v.field = "disaster-epidemic"
	}
	m := article.ClaimMatch{
		ID: v.claim, Version: 1, Stance: v.stance, Score: 72, Rings: v.stance.MayRing(), Field: v.field, Severity: v.severity, Pattern: v.pattern,
		StatementVI: statements[v.claim][0], StatementEN: statements[v.claim][1], Verdict: v.verdict, DecidedBy: v.decidedBy,
	}
	a := article.Article{
		ID: fmt.Sprintf("%s-%q-%d", v.claim, v.outlet, at.Unix()), Outlet: v.outlet, Language: "vi", Title: v.title, Text: v.text + v.title,
		Published: at, FirstSeen: at, Origin: article.Live,
		Verdict: &article.Verdict{Rings: m.Rings, AboutVietnam: true, RulesVersion: "rules-1", Claims: []article.ClaimMatch{m}},
	}
	a.Revise()
	return a
}

// statements are the claims of the tests, in Vietnamese and English.
var statements = map[string][2]string{
	"dam":  {"Hồ chứa Suối Ngang đã nứt và sẽ vỡ trong đêm", "The Suoi Ngang reservoir has cracked and will burst tonight"},
	"bank": {"Ngân hàng Bến Cảng mất khả năng chi trả, người gửi phải rút tiền ngay", "Ben Cang Bank cannot pay out and depositors must withdraw at once"},
	"note": {"Tờ 500.000 đồng sẽ hết giá trị lưu hành từ tháng sau", "The 500,000 dong note will cease to be legal tender next month"},
	"fuel": {"Giá xăng tăng lên 50.000 đồng một lít từ nửa đêm", "Petrol rises to 50,000 dong a litre at midnight"},
	"flu":  {"Dịch cúm lạ làm hàng trăm trẻ ở Cửa Lạch tử vong", "An unknown flu has killed hundreds of children in Cua Lach"},
	"id":   {"Người dân phải nộp phí để đổi căn cước trước cuối năm", "People must pay a fee to renew their identity card before the year ends"},
}

// day is an ordinary bad day: two claims nobody answered, one answered, one copy, one from before.
func (w *world) day() {
	w.t.Helper()
	w.tell(
		telling{claim: "id", outlet: "Tin Nhanh", title: "Phí đổi căn cước", ago: 40 * time.Hour, text: "Bài này kể chuyện nộp phí ở xã. ", field: "policy-law", severity: article.Normal},
		telling{claim: "dam", outlet: "Báo Bến Cảng", title: "Nước hồ Suối Ngang dâng, dân xôn xao", ago: 9*time.Hour + 10*time.Minute, text: long("đập nứt"), severity: article.Critical},
		telling{claim: "dam", outlet: "Sông Hậu", title: "Hạ du thu dọn trong đêm", ago: 8 * time.Hour, text: long("thu dọn đồ đạc"), severity: article.Critical},
		telling{claim: "dam", outlet: "Điểm Tin 24", title: "Nước hồ Suối Ngang dâng, dân xôn xao", ago: 7 * time.Hour, text: long("đập nứt"), severity: article.Critical},
		telling{claim: "bank", outlet: "Tin Nhanh", title: "Khách xếp hàng trước ngân hàng", ago: 12 * time.Hour, text: long("rút tiền"), field: "economy-finance", verdict: "false", decidedBy: "Ngân hàng Nhà nước"},
		telling{
			claim: "bank", outlet: "Báo Thủ Đô", title: "Ngân hàng Bến Cảng bác tin mất thanh khoản", ago: 10 * time.Hour, text: long("bác bỏ"), field: "economy-finance",
			stance: article.Denies, verdict: "false", decidedBy: "Ngân hàng Nhà nước",
		},
	)
}

func long(s string) string {
	return strings.Repeat("Đoạn văn nói về việc "+s+" với nhiều chi tiết riêng của bài "+s+". ", 4)
}

func (w *world) build(list string) Edition {
	w.t.Helper()
	l, err := w.List(list)
	if err != nil {
		w.t.Fatal(err)
	}
	e, err := w.Build(context.Background(), sunday, l)
	if err != nil {
		w.t.Fatal(err)
	}
	return e
}

func wants(t *testing.T, what, text string, want ...string) {
	t.Helper()
	for _, s := range want {
		if !strings.Contains(text, s) {
			t.Errorf("%s lacks %q:\n%s", what, s, text)
		}
	}
}

func lacks(t *testing.T, what, text string, unwanted ...string) {
	t.Helper()
	for _, s := range unwanted {
		if strings.Contains(text, s) {
			t.Errorf("%s has %q:\n%s", what, s, text)
		}
	}
}

func TestDigestOfADay(t *testing.T) {
	w := newWorld(t)
	w.day()
	e := w.build("ban-chi-dao")
	if want := "Hải Đăng 22.11.2026: 2 tin cần kiểm chứng; 2 chưa được phản hồi, lâu nhất 39 giờ (1 từ hôm trước)"; e.Subject != want {
		t.Errorf("subject = %q, want %q", e.Subject, want)
	}
	wants(t, "the text", e.Text,
		"Chủ nhật, 22.11.2026", "Từ 06:30 ngày 21.11 đến 06:30 ngày 22.11, giờ Việt Nam", "chưa qua người duyệt",
		"[Khẩn cấp · Thiên tai, dịch bệnh]", "“Hồ chứa Suối Ngang đã nứt và sẽ vỡ trong đêm”", "Phản hồi: Chưa được phản hồi 8 giờ",
		"2 báo tự đăng, không tính 1 bản sao", "21:35 ngày 21.11, Báo Bến Cảng", "chưa ai nhận",
		"Báo Thủ Đô bác bỏ, sau 2 giờ: “Ngân hàng Bến Cảng bác tin mất thanh khoản”", "Sai sự thật (Ngân hàng Nhà nước)",
		"Cả 12 nguồn đều đang được đọc.", "Bài mới nhất nhận lúc 06:41 ngày 22.11.",
		"Thiên tai, dịch bệnh: Tin mới 1, Chưa phản hồi 1, Bài thêm 3")
	if i, j := strings.Index(e.Text, "Suối Ngang"), strings.Index(e.Text, "Ngân hàng Bến Cảng"); i > j {
		t.Errorf("the answered story stands before the critical one that nobody answered")
	}
	if len(e.HTML) > 60<<10 {
		t.Errorf("the HTML has %d bytes, more than 60 KB", len(e.HTML))
	}
	lacks(t, "the HTML", strings.Replace(e.HTML, `<img src="cid:chart@haidang" width="420" alt="9/11: 0, `, "", 1), "<img", "<script", "ZgotmplZ", "src=", "@import")
	wants(t, "the text", e.Text, "== Xu hướng hai tuần ==", "4 bài mang tin cần kiểm chứng; các kỳ trước thường không có", "20/11: 0, 21/11: 1, 22/11: 4 (mỗi cột 24 giờ")
}

func TestDigestInEnglish(t *testing.T) {
	w := newWorld(t)
	w.day()
	e := w.build("partners")
	if want := "Hải Đăng 22.11.2026: 2 claims need checking; 2 unanswered, the longest for 39 hours (1 from before)"; e.Subject != want {
		t.Errorf("subject = %q, want %q", e.Subject, want)
	}
	wants(t, "the text", e.Text, "Sunday, 22 November 2026", "The Suoi Ngang reservoir has cracked", "Unanswered for 8 hours",
		"2 outlets in their own words, not counting 1 copy", "Báo Thủ Đô denied it, after 2 hours", "False (Ngân hàng Nhà nước)", "nobody yet")
	lacks(t, "the text", e.Text, "Chưa", "giờ")
}

func TestEmptyDayIsSaidPlainly(t *testing.T) {
	w := newWorld(t)
	for list, want := range map[string]string{"ban-chi-dao": "Không có gì đáng kể", "partners": "Nothing significant"} {
		e := w.build(list)
		wants(t, "the subject", e.Subject, want)
		wants(t, "the text", e.Text, want, "12")
		lacks(t, "the text", e.Text, "== Cần quyết định ==", "== Needs a decision ==")
	}
}

func TestTroubleWithTheWatchItselfIsSaid(t *testing.T) {
	for _, tt := range []struct {
		name   string
		health Health
		err    error
		want   []string
	}{
		{"late pipeline", Health{Sources: 12, LastArticle: morning, Waiting: 4200, Behind: 2 * time.Hour}, nil, []string{"! Số liệu có thể chưa đủ: hệ thống xử lý trễ 2 giờ, còn 4.200 bài đang chờ."}},
		{"nothing came in", Health{Sources: 12, LastArticle: morning.Add(-9 * time.Hour)}, nil, []string{"không nhận được bài mới nào từ 21:45 ngày 21.11"}},
		{"failing source", Health{Sources: 12, LastArticle: morning, Failing: []FailingSource{{"Sông Hậu", morning.Add(-5 * time.Hour), Sentence{VI: "HTTP 503"}}}}, nil, []string{"1 trên 12 nguồn không đọc được hoặc im lặng bất thường.", "- Sông Hậu, 01:45 ngày 22.11: HTTP 503"}},
		{"unknown", Health{}, errors.New("no answer"), []string{"! Không rõ tình trạng các nguồn tin"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.health.Health, w.health.err = tt.health, tt.err
			wants(t, "the text", w.build("ban-chi-dao").Text, tt.want...)
		})
	}
}

func TestCutOffSeparatesTheDays(t *testing.T) {
	w := newWorld(t)
	w.tell(telling{claim: "dam", outlet: "A", title: "trước giờ chốt", ago: 16 * time.Minute, text: long("a")},
		telling{claim: "bank", outlet: "B", title: "sau giờ chốt", ago: 14 * time.Minute, text: long("b")},
		telling{claim: "dam", outlet: "C", title: "bác bỏ sau giờ chốt", ago: 10 * time.Minute, text: long("c"), stance: article.Denies})
	e := w.build("ban-chi-dao")
	wants(t, "the subject", e.Subject, "1 tin cần kiểm chứng; 1 chưa được phản hồi 1 phút")
	lacks(t, "the text", e.Text, "Ngân hàng Bến Cảng", "C bác bỏ")
}

func TestAtMostThreeOnTopAndEachStoryOnce(t *testing.T) {
	w := newWorld(t)
	for i, claim := range []string{"dam", "bank", "note", "fuel", "flu", "id"} {
		w.tell(telling{claim: claim, outlet: "Báo " + claim, title: "Tựa " + claim, ago: time.Duration(i+2) * time.Hour, text: long(claim)})
	}
	e := w.build("ban-chi-dao")
	top, rest, _ := strings.Cut(e.Text, "== Thay đổi so với hôm qua ==")
	if n := strings.Count(top, "Nội dung cần kiểm chứng"); n != 3 {
		t.Errorf("%d stories on top, want 3", n)
	}
	wants(t, "the rest", rest, "Tin mới khác")
	for claim, s := range statements {
		if n := strings.Count(e.Text, s[0]); n != 1 {
			t.Errorf("the story of %s is told %d times, want once", claim, n)
		}
	}
}

func TestChangesSinceYesterday(t *testing.T) {
	w := newWorld(t)
	before := 30 * time.Hour
	for _, claim := range []string{"dam", "bank", "note", "fuel", "flu"} {
		w.tell(telling{claim: claim, outlet: "Báo " + claim, title: "Tựa " + claim, ago: before, text: long(claim)})
	}
	w.tell(telling{claim: "flu", outlet: "Báo Y", title: "Bác tin cúm", ago: before - time.Hour, text: long("bác cúm"), stance: article.ReportsDebunk},
		telling{claim: "bank", outlet: "Báo Thủ Đô", title: "Bác tin", ago: 5 * time.Hour, text: long("bác"), stance: article.Denies},
		telling{claim: "flu", outlet: "Báo Mới", title: "Cúm lại lan", ago: 4 * time.Hour, text: long("cúm lan")})
	e := w.build("ban-chi-dao")
	wants(t, "the text", e.Text, "Vừa được phản hồi\n- “Ngân hàng Bến Cảng mất khả năng chi trả, người gửi phải rút tiền ngay” · Báo Thủ Đô bác bỏ",
		"Tiếp tục lan rộng\n- “Dịch cúm lạ làm hàng trăm trẻ ở Cửa Lạch tử vong” · thêm 1 bài; 2 báo tự đăng")
	if e.Subject != "Hải Đăng 22.11.2026: Không có tin mới; 3 chưa được phản hồi, lâu nhất 29 giờ" {
		t.Errorf("subject = %q", e.Subject)
	}
}

func TestPreviewAndLateMailsSaySo(t *testing.T) {
	w := newWorld(t)
	w.now = morning.Add(-6 * time.Hour)
	if w.Current(List{}) != sunday {
		t.Fatalf("Current = %s, want %s", w.Current(List{}), sunday)
	}
	wants(t, "the preview", w.build("ban-chi-dao").Text, "! Bản xem trước: số liệu tính đến 00:45 ngày 22.11")
	w.now = morning.Add(5 * time.Hour)
	wants(t, "the late mail", w.build("ban-chi-dao").Text, "! Gửi muộn: bản tin này lẽ ra được gửi lúc 06:45 ngày 22.11.")
}

func TestHostileTextStaysText(t *testing.T) {
	w := newWorld(t)
	evil := "<script>alert(1)</script>\r\nBcc: everybody@example.vn\r\n\r\n\u202Egnorw\u202C \x00\x07 <img src=x onerror=alert(2)> \"'><a href=javascript:x> {{.Lead}} 😀" + strings.Repeat("rất dài ", 4000)
	statements["evil"] = [2]string{evil, evil}
	defer delete(statements, "evil")
	w.health.Failing = []FailingSource{{Name: evil, Reason: Sentence{VI: evil, EN: evil}}}
	w.tell(telling{claim: "evil", outlet: evil, title: evil, ago: 3 * time.Hour, text: long("x"), field: evil, verdict: evil, decidedBy: evil, severity: article.High},
		telling{claim: "evil", outlet: evil, title: evil, ago: 2 * time.Hour, text: long("y"), stance: article.Denies, field: evil, verdict: evil, decidedBy: evil})
	for _, list := range []string{"ban-chi-dao", "partners"} {
		e := w.build(list)
		lacks(t, "the HTML", e.HTML, "<script", "<img src=x", "onerror=alert(2)>", "\u202E", "\x00", "<a href=javascript")
		lacks(t, "the text", e.Text, "\u202E", "\x00", "\x07", "\r")
		lacks(t, "the subject", e.Subject, "\n", "\r")
		wants(t, "the HTML", e.HTML, "&lt;script&gt;", "{{.Lead}}")
		if regexp.MustCompile(`(?m)^Bcc:`).MatchString(e.Text) {
			t.Errorf("a title has broken into a line of its own:\n%s", e.Text)
		}
		if len(e.HTML) > 60<<10 || len(e.Text) > 20<<10 {
			t.Errorf("%d bytes of HTML, %d of text: the texts were not cut", len(e.HTML), len(e.Text))
		}
	}
}

func TestFullMailStaysSmall(t *testing.T) {
	w := newWorld(t, func(c *Config, _ *Deps) { c.Link = "https://haidang.example.vn/" })
	for i := range 60 {
		claim := fmt.Sprintf("c%02d", i)
		statements[claim] = [2]string{fmt.Sprintf("Tin số %d: ", i) + strings.Repeat("một câu dài hơn mức thường thấy ", 12), "Claim"}
		defer delete(statements, claim)
		w.tell(telling{claim: claim, outlet: "Báo", title: strings.Repeat("tựa dài ", 40), ago: time.Duration(2+i) * time.Hour, text: long(claim), field: fmt.Sprintf("f%d", i%8)})
		if i%3 == 0 {
			w.tell(telling{claim: claim, outlet: "Báo khác", title: "bác", ago: time.Duration(1+i/2) * time.Hour, text: long(claim + "bác"), stance: article.Denies, field: fmt.Sprintf("f%d", i%8)})
		}
	}
	e := w.build("ban-chi-dao")
	if len(e.HTML) > 60<<10 {
		t.Errorf("the HTML has %d bytes, more than 60 KB", len(e.HTML))
	}
	wants(t, "the text", e.Text, "tin khác", "https://haidang.example.vn/stories/")
	t.Logf("HTML %d bytes, text %d bytes", len(e.HTML), len(e.Text))
}

// TestPatternIsToldByItsArticle: a kind of rumour has a general wording; what is said this time stands in the headline.
func TestPatternIsToldByItsArticle(t *testing.T) {
	w := newWorld(t)
	w.tell(telling{claim: "dam", outlet: "Báo Bến Cảng", title: "Đập Khe Sanh Thượng nứt toác", ago: 2 * time.Hour, text: long("đập"), pattern: true})
	text := w.build("ban-chi-dao").Text
	wants(t, "the text", text, "Bài cần kiểm chứng: “Đập Khe Sanh Thượng nứt toác”\nDạng tin: Hồ chứa Suối Ngang")
	lacks(t, "the text", text, "Bài đầu tiên")
	wants(t, "the HTML", w.build("partners").HTML, "Article to check", "Kind of claim")
}
