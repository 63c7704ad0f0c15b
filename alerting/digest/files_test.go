package digest

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var renderTo = flag.String("render", "", "folder to write the tests' mails to, to look at them")

func TestWriteFiles(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "mail")
	if *renderTo != "" {
		dir = *renderTo
	}
	w := newWorld(t, func(c *Config, _ *Deps) {
		c.Link = "https://haidang.example.vn"
		c.Lists[0].Name = "day"
	})
	w.day()
	w.tell(
		telling{claim: "note", outlet: "Báo Bến Cảng", title: "Chợ ngừng nhận tiền mệnh giá lớn", ago: 50 * time.Hour, text: long("tiền"), field: "economy-finance"},
		telling{claim: "note", outlet: "Báo Thủ Đô", title: "Không có chuyện thu hồi tờ 500.000 đồng", ago: 49 * time.Hour, text: long("bác tiền"), field: "economy-finance", stance: "denies"},
		telling{claim: "note", outlet: "Đời Sống", title: "Người già ở quê đổi tiền", ago: 5 * time.Hour, text: long("đổi tiền"), field: "economy-finance"},
		telling{claim: "fuel", outlet: "Điểm Tin 24", title: "Giá xăng lên 50.000 đồng?", ago: 60 * time.Hour, text: long("xăng"), severity: "normal", field: "economy-finance"},
		telling{claim: "fuel", outlet: "Báo Thủ Đô", title: "Bộ Công Thương: tin giá xăng 50.000 đồng là giả", ago: 3 * time.Hour, text: long("bác xăng"), severity: "normal", field: "economy-finance", stance: "reports_debunk"},
	)
	w.health.Failing = []FailingSource{{"Sông Hậu", morning.Add(-5 * time.Hour), Sentence{VI: "máy chủ trả lời 503"}}}
	l, err := w.List("")
	if err != nil {
		t.Fatal(err)
	}
	names, err := w.WriteFiles(context.Background(), sunday, l, dir)
	if err != nil || len(names) != 3 {
		t.Fatalf("WriteFiles = %q, %v; want three files", names, err)
	}
	for i, extension := range []string{".eml", ".html", ".txt"} {
		if want := filepath.Join(dir, "digest-2026-11-22-day"+extension); names[i] != want {
			t.Errorf("file %d = %q, want %q", i, names[i], want)
		}
	}
	raw, err := os.ReadFile(names[0])
	if err != nil {
		t.Fatal(err)
	}
	m, page := parseMail(t, raw), readFile(t, names[1])
	if !strings.Contains(m.subject, "2 tin cần kiểm chứng") || m.header.Get("To") != "" || (Edition{HTML: unix(m.html), Chart: m.chart}).Standalone() != page {
		t.Errorf("subject %q, to %q; want the same page in the message and no receiver", m.subject, m.header.Get("To"))
	}
	if !bytes.HasPrefix(m.chart, []byte("\x89PNG")) || len(raw) > 60<<10 {
		t.Errorf("the chart has %d bytes, the mail %d; want a PNG in less than 60 KB", len(m.chart), len(raw))
	}
	lacks(t, "the message", string(raw), "go-mail")
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
