package crawler

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// hostilePage is a page made to be slow or deep. method is what reads it, reads whether the article in it is found.
type hostilePage struct {
	name, body string
	reads      bool
	method     string
}

// hostilePages are made of so many repetitions, divided by shrink.
func hostilePages(shrink int) []hostilePage {
	article := fmt.Sprintf(samplePage, "Kênh chính đã thông", "")
	repeat := func(s string, n int) string { return strings.Repeat(s, n/shrink) }
	wrap := func(open, end string) string {
		return strings.Replace(article, "<article>", open+"<article>", 1) + end
	}
	atEnd := func(s string) string { return strings.Replace(article, "</article>", s+"</article>", 1) }
	inHead := func(s string) string { return strings.Replace(article, "</head>", s+"</head>", 1) }
	paragraph := "<p>Đoạn văn ngắn trong một trang rất dài, viết ra để thử.</p>"
	link := `<a href="/x">Một bản tin khác có tiêu đề dài</a> `
	group := func(element, of string, each int) string {
		return "<" + element + ">" + strings.Repeat(of, each) + "</" + element + ">"
	}
	return []hostilePage{
		{"flat paragraphs", atEnd(repeat(paragraph, 20_000)), true, methodCheap},
		{"paragraphs in groups", atEnd(repeat(group("div", paragraph, 900), 20)), true, methodCheap},
		{"paragraphs in small groups", atEnd(repeat(group("div", paragraph, 20), 900)), true, methodCheap},
		{"some flat paragraphs", atEnd(strings.Repeat(paragraph, 950)), true, methodTrafilatura},
		{"all paragraphs that are allowed", atEnd(strings.Repeat(group("div", paragraph, 20), 124)), true, methodTrafilatura},
		{"nested divs", wrap(repeat("<div>", 100_000), repeat("</div>", 100_000)), true, methodCheap},
		{"nested a million deep", wrap(repeat("<b>", 600_000), ""), true, methodCheap},
		{"nested 600", wrap(strings.Repeat("<div>", 600), strings.Repeat("</div>", 600)), true, methodCheap},
		{"nested 500", wrap(strings.Repeat("<div>", 500), strings.Repeat("</div>", 500)), true, methodTrafilatura},
		{"nested spans", wrap(repeat("<b><i><font>", 50_000), ""), true, methodCheap},
		{"formatting", repeat("<font size=1><b id=2>", 20_000) + article, true, methodCheap},
		{"links", strings.Replace(article, "<footer>", repeat(link, 30_000)+"<footer>", 1), true, methodCheap},
		{"links in groups", strings.Replace(article, "<footer>", repeat(group("div", link, 300), 40)+"<footer>", 1), true, methodCheap},
		{"lists", atEnd(repeat(group("ul", "<li>"+link+"</li>", 200), 60)), true, methodCheap},
		{"line breaks", atEnd(repeat(group("p", "chữ<br>", 480), 40)), true, methodCheap},
		{"tables", wrap(repeat("<table>", 100_000), ""), true, methodCheap},
		{"cells", atEnd(repeat(group("table", "<tr><td>a</td><td>b</td></tr>", 100), 60)), true, methodCheap},
		{"attributes", "<html " + repeat("a=1 ", 400_000) + ">" + article, true, methodCheap},
		{"one line of text", atEnd("<p>" + repeat("chữ nối chữ ", 150_000) + "</p>"), true, methodCheap},
		{"one line of dates", atEnd("<p>" + repeat("21/11/2026 07:00 ", 100_000) + "</p>"), true, methodTrafilatura},
		{"blanks", atEnd("<p>" + repeat(" \n", 900_000) + "</p>"), true, methodTrafilatura},
		{"entities", atEnd("<p>" + repeat("&amp;", 350_000) + "</p>"), true, methodTrafilatura},
		{"zeros", repeat("\x00", 1<<20) + article, true, methodTrafilatura},
		{"open angle brackets", repeat("<", 2<<20), false, methodTrafilatura},
		{"open comment", "<!--" + repeat("-", 2<<20), false, ""},
		{"four megabytes", article + repeat("<div>chữ</div>", 300_000), true, methodCheap},
		{"select", repeat("<select><option>", 60_000) + article, false, ""},
		{"deep json-ld", inHead(`<script type="application/ld+json">` + repeat(`{"@graph":[`, 50_000) + "</script>"), true, methodTrafilatura},
		{"long title", strings.Replace(article, "<title>", "<title>"+repeat("không tìm thấy trang ", 50_000), 1), true, methodTrafilatura},
	}
}

// Pages made to be slow or deep are kept from the extractors that they would keep busy, and give the article where one is.
// The times are in BenchmarkHostilePages: here they would say how busy the machine is. Under the race detector the pages are
// of a tenth of the size, and more of them are within the budget.
func TestExtractIsBounded(t *testing.T) {
	shrink := 1
	if raceDetector {
		shrink = 10
	}
	for _, page := range hostilePages(shrink) {
		p := extracted(t, page.body, "https://a.vn/1.html", nil)
		if p.Method != page.method && !raceDetector {
			t.Errorf("%s: read by %q, want %q", page.name, p.Method, page.method)
		}
		if read := strings.Contains(p.Text, "Ba xã ven biển"); page.reads && !read {
			t.Errorf("%s: reason %q, title %q, text %.100q", page.name, p.Reason, p.Title, p.Text)
		}
	}
}

// BenchmarkHostilePages reads each hostile page with its deadline, as the crawler does: worst-ms is the slowest of the
// pages that have at most 2 MB; the log tells which it is.
func BenchmarkHostilePages(b *testing.B) {
	pages := hostilePages(1)
	best := make([]time.Duration, len(pages))
	for b.Loop() {
		for i, page := range pages {
			best[i] = quickest(best[i], measure(1, func() { _, _ = Extract([]byte(page.body), "https://a.vn/1.html", "", nil) }))
		}
	}
	worst, which := time.Duration(0), ""
	for i, page := range pages {
		if len(page.body) <= 2<<20 && best[i] > worst {
			worst, which = best[i], page.name
		}
	}
	b.Logf("slowest: %s", which)
	b.ReportMetric(float64(worst.Milliseconds()), "worst-ms")
}
