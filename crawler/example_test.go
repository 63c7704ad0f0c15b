package crawler_test

import (
	"fmt"
	"time"

	"haidang/crawler"
)

func ExampleReadFeed() {
	feed, err := crawler.ReadFeed([]byte(`<rss version="2.0"><channel><title>Bản tin Cửa Biển</title>
<item><title>Kè đá &amp; đê biển</title><link>/ke-da.html</link><pubDate>8/22/2026 8:40:00 PM</pubDate>
<description>&lt;p&gt;Kè &lt;b&gt;an toàn&lt;/b&gt;.&lt;/p&gt;</description></item></channel></rss>`),
		"https://cuabien.example.vn/rss", crawler.FeedDefaults{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, it := range feed.Items {
		fmt.Println(it.Title, it.URL, it.Published.Format(time.RFC3339), it.Summary)
	}
	// Output: Kè đá & đê biển https://cuabien.example.vn/ke-da.html 2026-08-22T13:40:00Z Kè an toàn.
}

func ExampleExtract() {
	page, err := crawler.Extract([]byte(`<html><head><title>Không tìm thấy trang</title></head><body></body></html>`),
		"https://cuabien.example.vn/mat.html", "text/html", nil)
	fmt.Println(page.Reason, page.Reason.Words("en"), err)
	// Output: error_page an error page <nil>
}
