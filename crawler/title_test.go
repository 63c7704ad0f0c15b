package crawler

import (
	"encoding/json"
	"fmt"
	"html"
	"strings"
	"testing"
)

// A headline may hold what looks like markup: the words that a reader sees survive whole.
func TestTitleWithAngleBrackets(t *testing.T) {
	page := `<html><head><title>%[1]s - Báo Bãi Bồi</title><meta property="og:title" content="%[1]s"><meta property="og:site_name" content="Báo Bãi Bồi">%[2]s</head>
<body><h1>%[1]s</h1>` + strings.Repeat("<p>Lớp học mở trên con tàu cũ, mỗi chiều thứ Bảy có mười tám học sinh đến ngồi.</p>", 5) + `</body></html>`
	for _, title := range []string{
		`Lớp học lập trình: các em tự vá lỗi "<script>" của trường`, `Dòng <script>alert("chào")</script> trên bảng`,
		"Nước dâng 3 < 5 m", "Vụ <Tên đã đổi> ở cảng", "Cảng A & B", "Thẻ <b>đậm</b> là gì", `Lỗi "<title>"`,
	} {
		for _, linked := range []string{"", `<script type="application/ld+json">{"@type":"NewsArticle","headline":` + string(must(json.Marshal(title))) + `}</script>`} {
			if p := extracted(t, fmt.Sprintf(page, html.EscapeString(title), linked), "https://baiboi.example.vn/lop-hoc-1.html", nil); p.Title != title {
				t.Errorf("title %q, want %q (JSON-LD %q)", p.Title, title, linked)
			}
		}
	}
	for in, want := range map[string]string{
		`vá lỗi "<script>" của trường`:             `vá lỗi "<script>" của trường`,
		`vá lỗi "&lt;script&gt;" của trường`:       `vá lỗi "<script>" của trường`,
		"<b>Nước</b> rút<br/> nhanh":               "Nước rút nhanh",
		"Nước <em class=x>rút":                     "Nước rút",
		"Nước rút<script>track()</script> nhanh":   "Nước rút nhanh",
		"Nước rút <ngày mai>":                      "Nước rút <ngày mai>",
		"<a href=/x>Nước rút</a> &amp;amp; biển":   "Nước rút &amp; biển",
		"Một tiêu đề\n trên hai dòng <style> hỏng": "Một tiêu đề trên hai dòng <style> hỏng",
	} {
		if got := plainLine(in); got != want {
			t.Errorf("plainLine(%q) = %q, want %q", in, got, want)
		}
	}
}
