package saved

import (
	"fmt"
	"html"
	"net/url"
	"strings"

	"haidang/internal/query"
	"haidang/internal/text"
)

// letter is one issue on its way into words.
type letter struct {
	Search
	Reader
	link  string
	issue Issue
}

// letterWords are what a mail says: Vietnamese, English.
var letterWords = map[string][2]string{
	"new":     {"%d bài mới", "%d new articles"},
	"day":     {"ngày %s, %d bài", "%s, %d articles"},
	"week":    {"tuần từ %s, %d bài", "week of %s, %d articles"},
	"more":    {"và %d bài khác", "and %d more"},
	"query":   {"Câu tìm", "Query"},
	"all":     {"Xem tất cả, hoặc thôi nhận", "See all, or stop this"},
	"because": {"Bạn nhận thư này vì đã lưu câu tìm trên ở Hải Đăng.", "You get this mail because you saved the search above in Hải Đăng."},
}

func (l letter) word(key string, args ...any) string {
	words := letterWords[key][0]
	if l.Language == "en" {
		words = letterWords[key][1]
	}
	if len(args) > 0 {
		words = fmt.Sprintf(words, args...)
	}
	return words
}

// Longest pieces of foreign text in a mail, in letters.
const (
	mailTitle  = 160
	mailOutlet = 60
	mailQuery  = 400
)

// subject is the search and what it found.
func (l letter) subject() string {
	n, from := len(l.issue.Rings), l.issue.From.In(query.Zone).Format("02/01/2006")
	switch {
	case l.Schedule == Daily:
		return l.Name + ": " + l.word("day", from, n)
	case l.Schedule == Weekly:
		return l.Name + ": " + l.word("week", from, n)
	case n == 1:
		return l.Name + ": " + l.issue.Rings[0].Title
	}
	return l.Name + ": " + l.word("new", n)
}

const letterHead = `<!DOCTYPE html><html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"></head>` +
	`<body style="margin:0;padding:16px"><div style="max-width:600px;margin:0 auto;font:16px/1.5 -apple-system,'Segoe UI',Roboto,'Noto Sans',Arial,sans-serif">`

// write puts the issue into words. What outlets wrote is only ever text.
func (l letter) write(id string) Mail {
	m := Mail{ID: id, To: l.Address, Language: l.Language, Subject: text.Plain(l.subject(), mailTitle)}
	var plain, page strings.Builder
	page.WriteString(letterHead)
	fmt.Fprintf(&page, `<h1 style="margin:0 0 14px;font-size:20px;line-height:1.4">%s</h1>`, html.EscapeString(m.Subject))
	for i, r := range l.issue.Rings {
		if i == mailRings {
			more := l.word("more", len(l.issue.Rings)-mailRings)
			fmt.Fprintf(&plain, "%s\n\n", more)
			fmt.Fprintf(&page, `<p style="margin:0 0 14px">%s</p>`, html.EscapeString(more))
			break
		}
		l.article(&plain, &page, r)
	}
	q := l.word("query") + ": " + text.Plain(l.Query, mailQuery)
	fmt.Fprintf(&plain, "--\n%s\n%s\n", q, l.word("because"))
	fmt.Fprintf(&page, `<p style="color:#5b6b75;font-size:14px;margin:20px 0 0">%s<br>%s`, html.EscapeString(q), html.EscapeString(l.word("because")))
	if l.link != "" {
		address := strings.TrimSuffix(l.link, "/") + "/saved/" + url.PathEscape(l.ID)
		fmt.Fprintf(&plain, "%s: %s\n", l.word("all"), address)
		fmt.Fprintf(&page, `<br><a href="%s">%s</a>`, html.EscapeString(address), html.EscapeString(l.word("all")))
	}
	page.WriteString("</p></div></body></html>")
	m.Text, m.HTML = plain.String(), page.String()
	return m
}

func (l letter) article(plain, page *strings.Builder, r Ring) {
	title, from := text.Plain(r.Title, mailTitle), text.Plain(r.Outlet, mailOutlet)+", "+r.At.In(query.Zone).Format("15:04 02/01/2006")
	fmt.Fprintf(plain, "%s\n%s\n", title, from)
	shown := html.EscapeString(title)
	if u, err := url.Parse(r.URL); err == nil && (u.Scheme == "http" || u.Scheme == "https") {
		fmt.Fprintf(plain, "%s\n", u)
		shown = fmt.Sprintf(`<a href="%s">%s</a>`, html.EscapeString(u.String()), shown)
	}
	plain.WriteString("\n")
	fmt.Fprintf(page, `<p style="margin:0 0 14px"><bdi>%s</bdi><br><span style="color:#5b6b75;font-size:14px"><bdi>%s</bdi></span></p>`, shown, html.EscapeString(from))
}
