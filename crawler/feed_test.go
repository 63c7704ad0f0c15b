package crawler

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"haidang/internal/article"
)

const tideFeed = `<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>Bản tin Cửa Biển</title><link>https://cuabien.example.vn/</link>
<item><title>Đê biển &amp; kè đá vẫn an toàn</title><link>/tin/de-bien.html?utm_source=rss</link><guid>de-bien-1</guid>
<pubDate>Sat, 22 Aug 2026 18:13:39 +07:00</pubDate>
<description><![CDATA[<a href="/tin/de-bien.html"><img src="a.jpg"/></a><p>Đoàn kiểm tra <b>kết luận</b> sáng nay.</p><script>track()</script><ul><li><a href="/x">Tin liên quan</a></li></ul>]]></description></item>
<item><title>Lịch thủy triều</title><link>javascript:alert(1)</link><guid>https://cuabien.example.vn/tin/trieu.html</guid><pubDate>8/22/2026 8:40:00 PM</pubDate></item>
<item><title>Ngày mai</title><link>https://cuabien.example.vn/tin/mai.html</link><pubDate>Sat, 22 Aug 2099 18:13:39 +07:00</pubDate></item>
</channel></rss>`

func TestReadFeed(t *testing.T) {
	now := time.Date(2026, 8, 23, 0, 0, 0, 0, time.UTC)
	f, err := ReadFeed([]byte(tideFeed), "https://cuabien.example.vn/rss/home.rss", FeedDefaults{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	if f.Title != "Bản tin Cửa Biển" || len(f.Items) != 3 || f.Repaired {
		t.Fatalf("feed = %+v", f)
	}
	first := f.Items[0]
	if first.Title != "Đê biển & kè đá vẫn an toàn" || first.URL != "https://cuabien.example.vn/tin/de-bien.html?utm_source=rss" {
		t.Errorf("first item = %+v", first)
	}
	if first.Summary != "Đoàn kiểm tra kết luận sáng nay." {
		t.Errorf("summary = %q: no tags, scripts, pictures or related links belong in it", first.Summary)
	}
	for i, want := range []struct {
		url, published string
		from           article.DateSource
	}{
		{first.URL, "2026-08-22T11:13:39Z", article.DateFromFeed},
		{"https://cuabien.example.vn/tin/trieu.html", "2026-08-22T13:40:00Z", article.DateFromFeed},
		{"https://cuabien.example.vn/tin/mai.html", "2026-08-23T00:00:00Z", article.DateFromFirstSeen},
	} {
		it := f.Items[i]
		if got := it.Published.Format(time.RFC3339); it.URL != want.url || got != want.published || it.PublishedFrom != want.from {
			t.Errorf("item %d: %s, %s from %s, want %+v", i, it.URL, got, it.PublishedFrom, want)
		}
	}
}

// A feed read from a file has no address: its zone follows from what it says.
func TestReadFeedChoosesTheZone(t *testing.T) {
	for _, tt := range []struct{ title, language, link, want string }{
		{"Bản tin Cửa Biển", "", "http://baibien.example/1", "2026-08-09T12:05:00Z"},
		{"News", "", "https://cuabien.example.vn/1", "2026-08-09T12:05:00Z"},
		{"News", "vi-VN", "http://baibien.example/1", "2026-08-09T12:05:00Z"},
		{"The Quay: news of the day", "", "http://quay.example/1", "2026-08-09T19:05:00Z"},
	} {
		doc := `<rss version="2.0"><channel><title>` + tt.title + `</title><language>` + tt.language + `</language><item><title>A</title><link>` + tt.link + `</link><pubDate>8/9/2026 7:05:00 PM</pubDate></item></channel></rss>`
		f, err := ReadFeed([]byte(doc), "", FeedDefaults{})
		if err != nil || f.Items[0].Published.Format(time.RFC3339) != tt.want {
			t.Errorf("%+v: %v, %v", tt, f.Items, err)
		}
	}
}

func TestReadFeedRepairs(t *testing.T) {
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder().String(strings.Replace(tideFeed, "UTF-8", "UTF-16", 1))
	if err != nil {
		t.Fatal(err)
	}
	// windows-1258 writes a tone as a mark of its own: "Bản" is B, a, combining hook, n.
	old := func(s string) string {
		s = strings.NewReplacer("ả", "a\u0309", "ử", "ư\u0309", "ể", "ê\u0309", "ộ", "ô\u0323").Replace(s)
		out, err := charmap.Windows1258.NewEncoder().String(s)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	simple := func(title string) string {
		return `<rss version="2.0"><channel><title>` + title + `</title><item><title>Một</title><link>http://a.vn/1</link></item></channel></rss>`
	}
	for _, tt := range []struct{ name, doc, contentType, title string }{
		{"utf-16 without a mark", utf16, "", "Bản tin Cửa Biển"},
		{"windows-1258 undeclared", old(simple("Bản tin Cửa Biển")), "text/xml", "Bản tin Cửa Biển"},
		{"windows-1258 labelled 1252", `<?xml version="1.0" encoding="windows-1252"?>` + old(simple("Bản tin Cửa Biển")), "", "Bản tin Cửa Biển"},
		{"utf-8 labelled latin-1", `<?xml version="1.0" encoding="iso-8859-1"?>` + simple("Bản tin"), "text/xml; charset=iso-8859-1", "Bản tin"},
		{"unknown encoding", `<?xml version="1.0" encoding="utf8mb4_general"?>` + simple("Bản tin"), "", "Bản tin"},
		{"invalid bytes", simple("Bản tin \xff cuối ngày, nhiều chữ có dấu đúng"), "", "Bản tin cuối ngày, nhiều chữ có dấu đúng"},
		{"bare ampersand", simple("Tin & ảnh"), "", "Tin & ảnh"},
		{"bare angle bracket", simple("Giá < 5 đồng"), "", "Giá < 5 đồng"},
		{"control characters", simple("Bản\x01 tin\x0b"), "", "Bản tin"},
		{"junk before", "\n\nWarning: mysql gone\n<?xml version=\"1.0\"?>" + simple("Bản tin"), "", "Bản tin"},
		{"junk after", simple("Bản tin") + "<!-- cached --><script>1</script>", "", "Bản tin"},
		{"html entities", simple("B&aacute;o &ndash; tin"), "", "Báo – tin"},
		{"cut off", strings.TrimSuffix(simple("Bản tin"), "</channel></rss>") + "<item><title>Ha", "", "Bản tin"},
		{"crossing elements", strings.Replace(simple("Bản tin"), "</item>", "<b><i></b></i></item>", 1), "", "Bản tin"},
		{"json", `{"version":"https://jsonfeed.org/version/1","title":"Bản tin","items":[{"id":"1","url":"http://a.vn/1","title":"Một"}]}`, "", "Bản tin"},
		{"atom", `<feed xmlns="http://www.w3.org/2005/Atom"><title>Bản tin</title><entry><title>Một</title><link href="http://a.vn/1"/></entry></feed>`, "", "Bản tin"},
	} {
		f, err := ReadFeed([]byte(tt.doc), "https://a.vn/rss", FeedDefaults{ContentType: tt.contentType})
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if f.Title != tt.title {
			t.Errorf("%s: title %q, want %q", tt.name, f.Title, tt.title)
		}
		if len(f.Items) == 0 || tt.name != "utf-16 without a mark" && (f.Items[0].URL != "http://a.vn/1" || f.Items[0].Title != "Một") {
			t.Errorf("%s: items %+v", tt.name, f.Items)
		}
	}
}

func TestReadFeedRefuses(t *testing.T) {
	for _, tt := range []struct {
		name, doc string
		want      Reason
	}{
		{"empty", "  \n", ReasonEmpty},
		{"a page", "<!doctype html><html><body><h1>Bảo trì</h1></body></html>", ReasonNotFeed},
		{"text", "404", ReasonNotFeed},
		{"a json answer", `{"error":"not found"}`, ReasonNotFeed},
		{"nested extensions", `<rss><channel><item>` + strings.Repeat("<m:a>", 1_000_000), ReasonTooDeep},
		{"nested in an attribute's shadow", `<rss a="` + `"><channel>` + strings.Repeat("<m:a x='>'>", 500_000), ReasonTooDeep},
		{"nested json", `{"items":` + strings.Repeat("[", 1_000_000), ReasonTooDeep},
		{"attributes", `<rss ` + strings.Repeat("a='1' ", 1_000_000) + `>`, ReasonTooLarge},
	} {
		start := spent()
		_, err := ReadFeed([]byte(tt.doc), "https://a.vn/rss", FeedDefaults{})
		if ReasonOf(err) != tt.want {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.want)
		}
		if took := spent() - start; took > 2*time.Second {
			t.Errorf("%s took %v", tt.name, took)
		}
	}
}

// The scanner must never take a document for flatter than the decoder that gofeed uses finds it.
func FuzzScanFeedDepth(f *testing.F) {
	f.Add([]byte(`<a b="<c>"><!-- <d> --><![CDATA[<e>]]><f/></a>`))
	f.Add([]byte(`<!DOCTYPE a [<!ENTITY x "<b>">]><a b='>'><c d=e></a>`))
	f.Fuzz(func(t *testing.T, doc []byte) {
		scan, scanned := xmlScan{rest: doc}, 0
		for scan.next() {
			scanned = max(scanned, scan.depth)
		}
		scanned = max(scanned, scan.depth)
		d := xml.NewDecoder(bytes.NewReader(doc))
		d.Strict = false
		depth := 0
		for {
			token, err := d.Token()
			if err != nil {
				if !errors.Is(err, io.EOF) {
					return
				}
				return
			}
			switch token.(type) {
			case xml.StartElement:
				if depth++; depth > scanned+1 { // a self-closing element counts for a moment
					t.Fatalf("depth %d of %q was scanned as %d", depth, doc, scanned)
				}
			case xml.EndElement:
				depth--
			}
		}
	})
}

func FuzzReadFeed(f *testing.F) {
	f.Add([]byte(tideFeed))
	f.Add([]byte(`<feed><entry><title>a</title></entry>`))
	f.Fuzz(func(t *testing.T, doc []byte) {
		feed, err := ReadFeed(doc, "https://a.vn/rss", FeedDefaults{})
		if err != nil {
			return
		}
		for _, it := range feed.Items {
			if it.URL != "" && !strings.HasPrefix(it.URL, "http://") && !strings.HasPrefix(it.URL, "https://") {
				t.Errorf("link %q came through", it.URL)
			}
		}
	})
}

func TestReadFeedSurvivesXMLBombs(t *testing.T) {
	files, _ := filepath.Glob("../../shared/data/security/defusedxml/xmltestdata/*")
	if len(files) == 0 {
		t.Skip("real data is absent: ../../shared/data/security")
	}
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		start := spent()
		_, _ = ReadFeed(data, "https://a.vn/rss", FeedDefaults{}) // any answer will do, quickly
		if took := spent() - start; took > time.Second {
			t.Errorf("%s took %v", path, took)
		}
	}
}
