package crawler

import (
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/text/encoding/charmap"

	"haidang/internal/article"
)

// unhurried reads every page in full, however busy the machine is.
var unhurried = extractor{}

func extracted(t *testing.T, body, address string, src *Source) Page {
	t.Helper()
	page, err := unhurried.extract([]byte(body), address, "", src)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

func TestExtract(t *testing.T) {
	body := fmt.Sprintf(samplePage, "Kênh chính đã thông", "Sáng 21.11, ")
	p := extracted(t, body, "https://baiboi.example.vn/kenh-123.html?fbclid=x", nil)
	if p.Reason != ReasonNone || p.Title != "Kênh chính đã thông" || p.Language != "vi" || p.Outlet != "Báo Bãi Bồi" {
		t.Errorf("page = %+v", p)
	}
	if p.CanonicalURL != "https://baiboi.example.vn/kenh-123.html" || !strings.HasPrefix(p.Lead, "Đội thủy nông huyện ven biển") {
		t.Errorf("page = %+v", p)
	}
	if want := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC); !p.Published.Equal(want) || p.PublishedFrom != article.DateFromMeta {
		t.Errorf("published %v from %s", p.Published, p.PublishedFrom)
	}
	if lines := strings.Split(p.Text, "\n"); len(lines) != 3 || !strings.HasPrefix(lines[0], "Sáng 21.11, Đội") || strings.Contains(p.Text, "Trang chủ") {
		t.Errorf("text = %q", p.Text)
	}
}

// What stands around an article, and inside it between its paragraphs, is not its text.
func TestExtractLeavesOutWhatIsNotTheArticle(t *testing.T) {
	insert := `<script>var a = {"x": 1};</script><div class="ads-zone">Mua một tặng một</div><style>.a{color:red}</style>
<div class="box-tinlienquan"><ul><li><a href="/a">Tuyến đê phía nam được gia cố trước bão số chín</a></li></ul></div>
<p>Xem thêm: Lịch thủy triều tuần này</p><p>googletag.cmd.push(function() { googletag.display('x'); });</p>
<div class="cookie-banner">Trang này dùng cookie để phục vụ bạn</div><div class="share-box">Chia sẻ Facebook Zalo</div>
<div id="comments" class="comment-list"><p>Bạn đọc Lê: Tin này tôi thấy hay quá, mong báo viết thêm về tuyến kênh nhánh ở xã tôi.</p></div>`
	body := strings.Replace(fmt.Sprintf(samplePage, "Kênh chính đã thông", ""), "</p>\n<p>Ba xã", "</p>"+insert+"<p>Ba xã", 1)
	p := extracted(t, body, "https://baiboi.example.vn/kenh.html", nil)
	for _, junk := range []string{"var a", "Mua một", "color", "Tuyến đê phía nam", "Xem thêm", "googletag", "cookie", "Facebook", "Bạn đọc Lê"} {
		if strings.Contains(p.Text, junk) {
			t.Errorf("%q came into the text: %q", junk, p.Text)
		}
	}
	if !strings.Contains(p.Text, "Ba xã ven biển") || !strings.Contains(p.Text, "đóng mở cống cho đúng") {
		t.Errorf("the text was cut: %q", p.Text)
	}
}

// A page without an article says why.
func TestExtractReasons(t *testing.T) {
	listing := manyTeasers("")
	for _, tt := range []struct {
		name, body, url, contentType string
		want                         Reason
	}{
		{"empty", "", "", "", ReasonEmpty},
		{"blank", " \n\t ", "", "", ReasonEmpty},
		{"pdf", "%PDF-1.7 ...", "", "", ReasonNotHTML},
		{"picture by header", "whatever", "", "image/webp", ReasonNotHTML},
		{"front page", listing, "https://baiboi.example.vn/", "", ReasonListing},
		{"section page", listing, "https://baiboi.example.vn/thoi-su", "", ReasonListing},
		{"section page from a file", listing, "", "", ReasonListing},
		{"front page beyond the budget", strings.Replace(listing, "</body>", strings.Repeat(" ", maxExtractBytes)+"</body>", 1), "https://baiboi.example.vn/", "", ReasonListing},
		{"not found", `<html><head><title>404 - Không tìm thấy trang</title></head><body><h1>Không tìm thấy trang</h1><p>Trang bạn tìm không có hoặc đã được chuyển đi nơi khác, mời bạn quay lại trang chủ của báo.</p></body></html>`, "https://a.vn/x", "", ReasonErrorPage},
		{"not found in English", `<html><head><title>Page not found | The Quay</title></head><body><p>Sorry, we could not find what you were looking for. Try our search page or go back to the home page.</p></body></html>`, "https://a.vn/x", "", ReasonErrorPage},
		{"challenge", `<html><head><title>Just a moment...</title></head><body><p>Enable JavaScript and cookies to continue</p></body></html>`, "https://a.vn/x", "", ReasonScriptOnly},
		{"script shell", `<html><head><title>Báo Bãi Bồi</title><script src=a></script><script src=b></script><script src=c></script></head><body><div id="app"></div></body></html>`, "https://a.vn/x", "", ReasonScriptOnly},
		{"a title alone", `<html><head><title>Kênh chính</title></head><body><h1>Kênh chính</h1></body></html>`, "https://a.vn/x", "", ReasonNoArticle},
		{"plain words", "hello", "https://a.vn/x", "", ReasonNoArticle},
	} {
		p, err := unhurried.extract([]byte(tt.body), tt.url, tt.contentType, nil)
		if err != nil || p.Reason != tt.want || p.Text != "" {
			t.Errorf("%s: reason %q, text %.80q, %v; want %q", tt.name, p.Reason, p.Text, err, tt.want)
		}
	}
	if _, err := Extract([]byte("x"), "file:///x", "", nil); ReasonOf(err) != ReasonInvalidURL {
		t.Errorf("a file address: %v", err)
	}
}

func TestSectionAddresses(t *testing.T) {
	for address, want := range map[string]bool{
		"https://a.vn/": true, "https://a.vn/thoi-su": true, "https://a.vn/thoi-su/chinh-tri.htm": true, "https://a.vn/tag/vo-dap-song-2026": true,
		"https://a.vn/thoi-su/muc-nuoc-song-dang-cao-4712.html": false, "https://a.vn/bac-tin-vo-dap-trong-dem": false,
		"https://a.vn/index.php?id=47": false, "https://a.vn/2026/11/21/x": false, "%": false,
	} {
		if got := isSection(address); got != want {
			t.Errorf("isSection(%q) = %v, want %v", address, got, want)
		}
	}
}

func TestExtractWithSelectors(t *testing.T) {
	body := `<html><head><title>x</title></head><body><b id="t">Nước về ruộng</b><i class="s">Ba xã lấy nước luân phiên.</i><u class="d">21/11/2026 07:15</u>
<div class="b"><div>Đoạn một nói về tuyến kênh chính dài mười hai cây số vừa được nạo vét xong trước mùa mưa năm nay.</div><div class="x">Đừng đọc đoạn này.</div><div>Đoạn hai nói về lịch lấy nước của ba xã ven biển, mỗi xã hai ngày.</div></div></body></html>`
	src := &Source{Timezone: "Asia/Ho_Chi_Minh", Selectors: Selectors{Title: "#t", Lead: ".s", Text: ".b", Date: ".d", Remove: []string{".x"}}}
	p := extracted(t, body, "https://a.example.com/1", src)
	if p.Method != methodSelectors || p.Title != "Nước về ruộng" || p.Lead != "Ba xã lấy nước luân phiên." || strings.Count(p.Text, "\n") != 1 || strings.Contains(p.Text, "Đừng") {
		t.Errorf("page = %+v", p)
	}
	if want := time.Date(2026, 11, 21, 0, 15, 0, 0, time.UTC); !p.Published.Equal(want) || p.PublishedFrom != article.DateFromPage {
		t.Errorf("published %v from %s", p.Published, p.PublishedFrom)
	}
}

func TestCanonicalStaysOnTheSite(t *testing.T) {
	for _, tt := range []struct{ page, link, want string }{
		{"https://www.a.vn/tin/1.html", "https://a.vn/tin/1.html", "https://a.vn/tin/1.html"},
		{"https://m.a.vn/tin/1.html", "https://a.vn/tin/1.html?utm_source=x", "https://a.vn/tin/1.html"},
		{"https://a.vn/tin/1.html", "/tin/1-chinh.html", "https://a.vn/tin/1-chinh.html"},
		{"https://a.vn/tin/1.html", "https://evil.example/1.html", "https://a.vn/tin/1.html"},
		{"https://a.com.vn/tin/1.html", "https://b.com.vn/tin/1.html", "https://a.com.vn/tin/1.html"},
		{"https://a.vn/tin/1.html", "https://a.vn/", "https://a.vn/tin/1.html"},
		{"https://a.vn/tin/1.html", "https://a.vn/tin", "https://a.vn/tin/1.html"},
		{"https://a.vn/?p=12", "https://a.vn/", "https://a.vn/?p=12"},
		{"https://a.vn/tin/1.html", "javascript:alert(1)", "https://a.vn/tin/1.html"},
		{"https://a.vn/tin/1.html", "http://127.0.0.1/x", "https://a.vn/tin/1.html"},
		{"", "https://a.vn/tin/1.html", "https://a.vn/tin/1.html"},
	} {
		body := strings.Replace(fmt.Sprintf(samplePage, "Kênh chính", ""), "</head>", `<link rel="canonical" href="`+tt.link+`"></head>`, 1)
		if got := extracted(t, body, tt.page, nil).CanonicalURL; got != tt.want {
			t.Errorf("page %q says %q: canonical %q, want %q", tt.page, tt.link, got, tt.want)
		}
	}
}

func TestExtractDates(t *testing.T) {
	base := strings.Replace(fmt.Sprintf(samplePage, "Kênh chính", ""), `<meta property="article:published_time" content="2026-11-21T07:00:00+07:00">`, "", 1)
	for _, tt := range []struct {
		name, insert, url, want string
		from                    article.DateSource
	}{
		{"json-ld first", `<script type="application/ld+json">{"@graph":[{"@type":"NewsArticle","headline":"Kênh chính","datePublished":"2026-11-20T08:00:00+07:00"}]}</script><meta property="article:published_time" content="2026-11-21T07:00:00Z">`, "https://a.vn/1", "2026-11-20T01:00:00Z", article.DateFromJSONLD},
		{"broken json-ld", "<script type=\"application/ld+json\">{\"@type\":\"Article\",\"description\":\"hai\ndòng\",\"datePublished\":\"2026-11-20T08:00:00+07:00\",}</script>", "https://a.vn/1", "2026-11-20T01:00:00Z", article.DateFromJSONLD},
		{"meta without a zone, Vietnamese", `<meta property="article:published_time" content="2026-11-21T07:00:00">`, "https://a.vn/1", "2026-11-21T00:00:00Z", article.DateFromMeta},
		{"meta without a zone, elsewhere", `<meta property="article:published_time" content="2026-11-21T07:00:00"><meta property="og:locale" content="en_GB">`, "https://a.example/1", "2026-11-21T07:00:00Z", article.DateFromMeta},
		{"shown", `<div class="detail-time">Thứ bảy, 21/11/2026 07:00 (GMT+7)</div>`, "https://a.vn/1", "2026-11-21T00:00:00Z", article.DateFromPage},
		{"time element", `<time datetime="2026-11-21T07:00:00+07:00">sáng nay</time>`, "https://a.vn/1", "2026-11-21T00:00:00Z", article.DateFromPage},
		{"address", ``, "https://a.vn/2026/11/21/kenh.html", "2026-11-20T17:00:00Z", article.DateFromURL},
		{"address digits", ``, "https://a.vn/kenh-20261121070000123.htm", "2026-11-20T17:00:00Z", article.DateFromURL},
	} {
		p := extracted(t, strings.Replace(base, "<article>", tt.insert+"<article>", 1), tt.url, nil)
		if got := p.Published.Format(time.RFC3339); got != tt.want || p.PublishedFrom != tt.from {
			t.Errorf("%s: %s from %q, want %s from %q", tt.name, got, p.PublishedFrom, tt.want, tt.from)
		}
	}
}

func TestExtractCharsets(t *testing.T) {
	page := fmt.Sprintf(samplePage, "Kenh chinh da thong", "")
	page = strings.NewReplacer("ộ", "ô\u0323", "ả", "a\u0309", "ể", "ê\u0309").Replace(page)
	var old strings.Builder
	enc := charmap.Windows1258.NewEncoder()
	for _, r := range page { // what windows-1258 lacks is not needed here
		if b, err := enc.String(string(r)); err == nil {
			old.WriteString(b)
		}
	}
	for _, tt := range []struct{ name, body, contentType string }{
		{"labelled in the header", strings.Replace(old.String(), `<meta charset="utf-8">`, "", 1), "text/html; charset=windows-1258"},
		{"labelled utf-8 and not", old.String(), "text/html; charset=utf-8"},
		{"not labelled", strings.Replace(old.String(), `<meta charset="utf-8">`, "", 1), ""},
	} {
		p, err := unhurried.extract([]byte(tt.body), "https://a.vn/1", tt.contentType, nil)
		if err != nil || !strings.Contains(p.Text, "Ông") || !strings.Contains(p.Text, "bơm") || strings.Contains(p.Text, "\ufffd") {
			t.Errorf("%s: %q", tt.name, p.Text)
		}
	}
	latin := extracted(t, strings.Replace(fmt.Sprintf(samplePage, "Kênh chính đã thông", ""), "utf-8", "iso-8859-1", 1), "https://a.vn/1", nil)
	if latin.Title != "Kênh chính đã thông" {
		t.Errorf("utf-8 labelled latin-1: %q", latin.Title)
	}
}

// A reading that takes too long, or panics, costs its own result only: the cheap one gives the article.
func TestReadingThatDoesNotComeBack(t *testing.T) {
	page := fmt.Sprintf(samplePage, "Kênh chính đã thông", "")
	for name, full := range map[string]func(release chan bool) *Page{
		"too long": func(release chan bool) *Page { <-release; return &Page{Title: "late"} },
		"panics":   func(chan bool) *Page { panic("parser") },
		"too deep": func(chan bool) *Page { return nil },
	} {
		synctest.Test(t, func(t *testing.T) { // in which time passes only while everybody waits
			start := time.Now()
			e := extraction{base: &url.URL{}, src: &Source{}, extractor: newExtractor(), source: page}
			release := make(chan bool)
			defer close(release)
			p := e.run(func() *Page { return full(release) })
			if p.Method != methodCheap || p.Title != "Kênh chính đã thông" || !strings.Contains(p.Text, "Ba xã ven biển") {
				t.Errorf("%s: %+v", name, p)
			}
			if late := name == "too long"; e.late.Load() != late || late != (time.Since(start) == extractDeadline) {
				t.Errorf("%s: given up %t after %v of the bubble's time, the budget is %v", name, e.late.Load(), time.Since(start), extractDeadline)
			}
		})
	}
}

// Readings that do not come back cannot pile up: while two of them are still running, pages get the cheap reading at once.
func TestReadingsThatDoNotComeBackAreFew(t *testing.T) {
	page := fmt.Sprintf(samplePage, "Kênh chính đã thông", "")
	synctest.Test(t, func(t *testing.T) {
		var begun atomic.Int32
		x, release := newExtractor(), make(chan bool)
		read := func() Page {
			e := extraction{base: &url.URL{}, src: &Source{}, extractor: x, source: page}
			return e.run(func() *Page { begun.Add(1); <-release; return nil })
		}
		for range 5 {
			if p := read(); p.Method != methodCheap || p.Title != "Kênh chính đã thông" {
				t.Errorf("%+v", p)
			}
		}
		if n := begun.Load(); n != maxAbandoned {
			t.Errorf("%d readings were begun, want %d", n, maxAbandoned)
		}
		close(release)
		synctest.Wait()
		if read(); begun.Load() != maxAbandoned+1 {
			t.Errorf("after they came back: %d readings begun", begun.Load())
		}
	})
}

func TestVietnamesePages(t *testing.T) {
	read := func(name, address string) Page {
		data, err := os.ReadFile(extractionData + "vietnamese-pages/" + name)
		if err != nil {
			t.Skipf("real data is absent: %v", err)
		}
		return extracted(t, string(data), address, nil)
	}
	tn := read("thanhnien-2023-09-13-khoi-to.html", "https://thanhnien.vn/khoi-to-nguyen-giam-doc-so-tai-chinh-phu-yen-18523091316394135.htm")
	for _, junk := range []string{"function", "adm", "{", "}", "script", "var ", "Tin liên quan"} {
		if strings.Contains(tn.Text, junk) {
			t.Errorf("Thanh Niên: %q in the text %q", junk, tn.Text)
		}
	}
	if tn.Title != "Khởi tố nguyên Giám đốc Sở Tài chính Phú Yên" || tn.Published.In(vietnamZone()).Format(time.DateOnly) != "2023-09-13" || tn.Language != "vi" || len(tn.Text) < 1000 {
		t.Errorf("Thanh Niên: %+v", tn)
	}
	vne := read("vnexpress-2025-10-22.html", "https://vnexpress.net/dau-bung-keo-dai-phat-hien-ung-thu-lymphoma-ruot-non-4954426.html")
	if vne.Title != "Đau bụng kéo dài, phát hiện ung thư lymphoma ruột non" || vne.Lead == "" || len(strings.Split(vne.Text, "\n")) < 5 {
		t.Errorf("VnExpress: %+v", vne)
	}
	for _, address := range []string{"https://e.vnexpress.net/", ""} {
		if home := read("vnexpress-home-2025.html", address); home.Reason != ReasonListing {
			t.Errorf("front page at %q: reason %q, title %q", address, home.Reason, home.Title)
		}
	}
}

func FuzzExtract(f *testing.F) {
	f.Add(fmt.Appendf(nil, samplePage, "Kênh", ""), "text/html")
	f.Add([]byte("<title>x<h1>y<script type=application/ld+json>{}"), "")
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		p, err := Extract(body, "https://a.vn/1", contentType, nil)
		if err != nil {
			t.Fatal(err)
		}
		if p.Reason == ReasonNone && (p.Text == "" || p.Language == "") {
			t.Errorf("no reason and no text: %+v", p)
		}
	})
}
