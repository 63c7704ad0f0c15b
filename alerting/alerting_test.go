package alerting

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"haidang/internal/article"
	"haidang/internal/store"
	"haidang/internal/store/storetest"
)

// start is when every test begins: a Sunday morning in Hà Nội.
var start = time.Date(2026, 11, 22, 1, 0, 0, 0, time.UTC)

func TestMain(m *testing.M) { storetest.Main(m) }

// published remembers what was put onto the alerts topic.
type published struct {
	mu     sync.Mutex
	keys   []string
	values []string
	err    error
	after  func() // called when a message has been accepted
}

func (p *published) PublishAlert(_ context.Context, key string, value []byte) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err != nil {
		return p.err
	}
	p.keys, p.values = append(p.keys, key), append(p.values, string(value))
	if p.after != nil {
		p.after()
	}
	return nil
}

// testDesk is a desk with a clock that stands still until it is moved.
type testDesk struct {
	*Desk
	t     testing.TB
	db    *store.DB
	topic *published
	now   time.Time
}

func newTestDesk(t testing.TB, change func(*Config, *Deps)) *testDesk {
	t.Helper()
	d := &testDesk{t: t, db: storetest.Open(t, t.TempDir()), topic: &published{}, now: start}
	cfg, deps := DefaultConfig(), Deps{DB: d.db, Publisher: d.topic, Now: func() time.Time { return d.now }}
	cfg.Route.RepeatInterval = 0 // the tests of routes turn it on
	if change != nil {
		change(&cfg, &deps)
	}
	var err error
	if d.Desk, err = New(cfg, deps); err != nil {
		t.Fatal(err)
	}
	return d
}

func (d *testDesk) handle(articles ...article.Article) {
	d.t.Helper()
	if err := d.Handle(context.Background(), articles); err != nil {
		d.t.Fatalf("Handle: %v", err)
	}
}

// stories returns all stories, the quiet ones too, oldest first.
func (d *testDesk) stories() []Story {
	d.t.Helper()
	out, err := d.Stories(context.Background(), Filter{Quiet: true})
	if err != nil {
		d.t.Fatal(err)
	}
	slices.SortFunc(out, func(a, b Story) int { return cmp.Or(a.FirstSeen.Compare(b.FirstSeen), cmp.Compare(a.ID, b.ID)) })
	return out
}

func (d *testDesk) only() Story {
	d.t.Helper()
	s := d.stories()
	if len(s) != 1 {
		d.t.Fatalf("there are %d stories, want 1: %+v", len(s), s)
	}
	return s[0]
}

func (d *testDesk) detail(id string) StoryDetail {
	d.t.Helper()
	out, err := d.Story(context.Background(), id)
	if err != nil {
		d.t.Fatal(err)
	}
	return out
}

// kinds returns the kinds of all events; those that ring have an exclamation mark.
func (d *testDesk) kinds() string {
	d.t.Helper()
	events, err := d.Events(context.Background(), 0, 1000)
	if err != nil {
		d.t.Fatal(err)
	}
	var out []string
	for _, e := range events {
		mark := ""
		if e.Rings {
			mark = "!"
		}
		out = append(out, string(e.Kind)+mark)
	}
	return strings.Join(out, " ")
}

func (d *testDesk) counts() Counts {
	d.t.Helper()
	c, err := d.Counts(context.Background())
	if err != nil {
		d.t.Fatal(err)
	}
	return c
}

// dump writes down every row that Handle can write, to compare two states.
func (d *testDesk) dump() string {
	d.t.Helper()
	var out strings.Builder
	for _, table := range []string{"sequences", "stories", "alerts", "alert_readings", "events", "outbox"} {
		rows, err := d.db.Query(context.Background(), `SELECT * FROM `+table+` ORDER BY 1, 2`)
		if err != nil {
			d.t.Fatal(err)
		}
		columns, err := rows.Columns()
		if err != nil {
			d.t.Fatal(err)
		}
		for rows.Next() {
			values := make([]any, len(columns))
			for i := range values {
				values[i] = new(any)
			}
			if err := rows.Scan(values...); err != nil {
				d.t.Fatal(err)
			}
			fmt.Fprintf(&out, "%s:", table)
			for i, v := range values {
				fmt.Fprintf(&out, " %s=%v", columns[i], *v.(*any))
			}
			out.WriteByte('\n')
		}
		if err := rows.Close(); err != nil {
			d.t.Fatal(err)
		}
	}
	return out.String()
}

// Three tellings of one rumour, different enough to be nobody's copy.
const (
	tellingA = `Trên mạng lan truyền thông tin hồ chứa Suối Ngang sắp vỡ trong đêm nay, người dân ba xã được kêu gọi rời nhà ngay lập tức. Nhiều tài khoản chia sẻ cùng một đoạn ghi âm không rõ nguồn gốc, trong đó một giọng nam tự nhận là cán bộ thủy lợi nói rằng thân đập đã nứt nhiều chỗ và nước tràn qua vai phải.`
	tellingB = `Từ chiều qua, hàng trăm hộ ở hạ du đã thu dọn đồ đạc sau khi nghe tin đập chính không còn giữ được nước. Chợ huyện đóng cửa sớm, giá thuyền nhỏ tăng gấp đôi, trường học cho học sinh nghỉ. Chưa có cơ quan nào lên tiếng về nguồn tin này, trong khi mưa được dự báo còn kéo dài hai ngày nữa.`
	tellingC = `Ban chỉ huy phòng chống thiên tai tỉnh bác bỏ tin hồ Suối Ngang sắp vỡ. Theo báo cáo lúc sáu giờ sáng, mực nước thấp hơn ngưỡng tràn hơn ba mét, công trình vận hành bình thường, đoạn ghi âm đang lan truyền là giả. Người tung tin sẽ bị xử lý theo quy định.`
)

// about builds a live article that carries a claim, and changes it.
func about(claim, id, outlet string, minutes int, text string, change ...func(*article.Article)) article.Article {
	at := start.Add(time.Duration(minutes) * time.Minute)
	a := article.Article{
		ID: id, URL: "https://" + id + ".example.vn/bai", Outlet: outlet, OutletCountry: "VN", Language: "vi",
		Title: "Tin về hồ Suối Ngang " + id, Text: text, Published: at, FirstSeen: at, Origin: article.Live,
	}
	a.Verdict = &article.Verdict{
		Rings: true, AboutVietnam: true, Score: 70, Severity: article.High, RulesVersion: "rules-1",
		Places: []string{"suoi-ngang"}, Topics: []string{"disaster"},
		Claims: []article.ClaimMatch{{
			ID: claim, Version: 1, Stance: article.Carries, Score: 70, Rings: true, Field: "disaster-epidemic", Severity: article.High,
			StatementVI: "Hồ Suối Ngang sắp vỡ", StatementEN: "The Suoi Ngang dam is about to burst", Verdict: "undetermined",
			Parts: []article.Part{{Clause: "dam", Points: 70}},
			Spans: []article.Span{{Field: article.Title, Start: 0, End: len("Tin"), Clause: "dam"}},
		}},
	}
	for _, f := range change {
		f(&a)
	}
	a.Revise()
	return a
}

func denies(a *article.Article) {
	m := &a.Verdict.Claims[0]
	m.Stance, m.Rings, m.Silent = article.Denies, false, "answered"
	a.Verdict.Rings, a.Verdict.Severity = false, ""
}

func backfill(a *article.Article) { a.Origin = article.Backfill }

func pattern(places ...string) func(*article.Article) {
	return func(a *article.Article) {
		a.Verdict.Claims[0].Pattern = true
		a.Verdict.Places = places
	}
}
