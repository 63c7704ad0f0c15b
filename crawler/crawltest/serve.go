package crawltest

import (
	"fmt"
	"html"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// recorder notes the status of an answer.
type recorder struct {
	http.ResponseWriter
	status int
}

// WriteHeader notes the status.
func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

// ServeHTTP answers as the script has it at this moment, and notes the request.
func (h *Host) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	begin := h.net.now()
	rec := &recorder{ResponseWriter: w, status: http.StatusOK}
	defer func() {
		h.net.note(Request{Host: h.Name, Path: r.URL.RequestURI(), Status: rec.status, Begin: begin, End: h.net.now(), Aborted: r.Context().Err() != nil})
	}()
	if h.troubled(rec, r) {
		return
	}
	h.answer(rec, r)
}

// wait spends time, or less when the asker goes away.
func wait(r *http.Request, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-r.Context().Done():
	}
}

// troubled answers when the host is not well.
func (h *Host) troubled(w http.ResponseWriter, r *http.Request) bool {
	if h.doing("hang") != nil {
		wait(r, time.Hour)
		return true
	}
	if s := h.doing("slow"); s != nil {
		d, _ := time.ParseDuration(s.arg)
		wait(r, d)
	}
	if s := h.doing("status"); s != nil {
		status, retry, _ := strings.Cut(s.arg, " ")
		if retry != "" {
			w.Header().Set("Retry-After", retry)
		}
		code, _ := strconv.Atoi(status)
		w.WriteHeader(code)
		return true
	}
	feed := r.URL.Path == "/rss"
	switch {
	case feed && h.doing("gone") != nil:
		w.WriteHeader(http.StatusGone)
	case feed && h.doing("parked") != nil:
		http.Redirect(w, r, "/", http.StatusFound)
	case feed && h.doing("away") != nil:
		http.Redirect(w, r, "/moi.rss", http.StatusMovedPermanently)
	default:
		return false
	}
	return true
}

func (h *Host) answer(w http.ResponseWriter, r *http.Request) {
	now := h.net.now()
	path := r.URL.Path
	switch body, static := h.files[path]; {
	case static:
		if strings.HasSuffix(path, ".txt") {
			w.Header().Set("Content-Type", "text/plain")
		}
		fmt.Fprint(w, strings.NewReplacer("{base}", h.URL, "{now}", strconv.FormatInt(now.UnixNano(), 36)).Replace(body))
	case path == "/rss" || path == "/moi.rss":
		h.feed(w, r, now)
	case path == "/sitemap-news.xml" && h.sitemap > 0:
		h.newsSitemap(w, now)
	case path == "/muc/":
		h.section(w, now)
	case strings.HasPrefix(path, "/lich/"):
		h.calendar(w, path)
	default:
		h.page(w, path, now)
	}
}

// shown are the articles that the feed shows, the newest first.
func (h *Host) shown(now time.Time) []Article {
	all := slices.DeleteFunc(h.Articles(now), func(a Article) bool { return a.Unfed })
	slices.Reverse(all)
	return all[:min(len(all), h.window)]
}

func (h *Host) feed(w http.ResponseWriter, r *http.Request, now time.Time) {
	shown := h.shown(now)
	changed := h.net.start
	for _, a := range shown {
		changed = later(changed, a.Published, a.Edited)
	}
	etag := fmt.Sprintf("%q", changed.Format("150405.000-0102"))
	if s := h.doing("lying"); s != nil || h.validators == "lying" {
		etag = `"luon-the"`
	}
	w.Header().Set("Content-Type", "application/rss+xml; charset=utf-8")
	if h.validators == "etag" || h.validators == "lying" {
		w.Header().Set("ETag", etag)
	}
	if h.validators == "modified" {
		w.Header().Set("Last-Modified", changed.UTC().Format(http.TimeFormat))
	}
	if tag := r.Header.Get("If-None-Match"); tag != "" && tag == etag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if since, err := http.ParseTime(r.Header.Get("If-Modified-Since")); err == nil && h.validators == "modified" && !changed.Truncate(time.Second).After(since) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body := h.rss(shown)
	if h.doing("broken") != nil {
		body = body[:40] + "<<lỗi cơ sở dữ liệu>>"
	}
	fmt.Fprint(w, body)
}

func later(t time.Time, others ...time.Time) time.Time {
	for _, o := range others {
		if o.After(t) {
			t = o
		}
	}
	return t
}

func (h *Host) rss(shown []Article) string {
	var out strings.Builder
	fmt.Fprintf(&out, `<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>%s</title><link>%s/</link>`, h.Title, h.URL)
	for _, a := range shown {
		fmt.Fprintf(&out, "<item><title>%s</title><link>%s%s?utm_source=rss</link><description>%s</description><pubDate>%s</pubDate></item>\n",
			html.EscapeString(a.Title), h.URL, a.Path, html.EscapeString(a.Opening), a.Published.Format(time.RFC1123Z))
	}
	return out.String() + "</channel></rss>"
}

func (h *Host) newsSitemap(w http.ResponseWriter, now time.Time) {
	w.Header().Set("Content-Type", "application/xml")
	fmt.Fprint(w, `<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">`)
	for _, a := range h.Articles(now) {
		if now.Sub(a.Published) < 48*time.Hour {
			fmt.Fprintf(w, "<url><loc>%s%s</loc><news:news><news:publication_date>%s</news:publication_date><news:title>%s</news:title></news:news></url>\n",
				h.URL, a.Path, a.Published.Format(time.RFC3339), html.EscapeString(a.Title))
		}
	}
	fmt.Fprint(w, "</urlset>")
}

// section is a page of headlines with the traps that such pages have: a calendar, sessions, sorting without end.
func (h *Host) section(w http.ResponseWriter, now time.Time) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprintf(w, "<html><head><title>%s</title></head><body><h1>Tin mới</h1>", h.Title)
	for _, a := range h.shown(now) {
		fmt.Fprintf(w, `<h3><a href="%s?PHPSESSID=%d">%s</a></h3>`, a.Path, now.UnixNano(), html.EscapeString(a.Title))
	}
	stamp := now.Unix()
	for i := range 20 {
		fmt.Fprintf(w, `<a href="/lich/%d/%02d/">Tháng %d</a> <a href="/muc/?trang=%d&sort=%d">Trang sau</a> <a href="/muc/?phpsessid=%d%d">Xem tiếp các tin khác</a>`, 2027+i, i%12+1, i%12+1, stamp+int64(i), i, stamp, i)
	}
	fmt.Fprint(w, "</body></html>")
}

// calendar leads to the next page of the calendar, for ever.
func (h *Host) calendar(w http.ResponseWriter, path string) {
	fmt.Fprintf(w, `<html><body><a href="%stiep/">Tháng sau</a></body></html>`, strings.TrimSuffix(path, "/")+"/")
}

func (h *Host) page(w http.ResponseWriter, path string, now time.Time) {
	for _, a := range h.Articles(now) {
		if a.Path == path {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			fmt.Fprintf(w, articlePage, html.EscapeString(a.Title), html.EscapeString(h.Title), a.Published.Format(time.RFC3339), html.EscapeString(a.Opening))
			return
		}
	}
	w.WriteHeader(http.StatusNotFound)
}

const articlePage = `<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>%[1]s - %[2]s</title>
<meta property="og:type" content="article"><meta property="og:site_name" content="%[2]s"><meta property="og:title" content="%[1]s">
<meta property="article:published_time" content="%[3]s"></head><body><nav><a href="/">Trang chủ</a></nav>
<article><h1>%[1]s</h1><p>%[4]s Đại diện xã cho biết bà con đã góp công từ đầu mùa khô, phần vật liệu do quỹ khuyến nông của tỉnh hỗ trợ.</p>
<p>Từ tuần sau công trình mở cửa cho ba ấp ven sông, mỗi ấp cử hai người trông coi và ghi sổ hằng ngày tại nhà văn hóa.</p>
<p>Ban quản lý nhắc người dân báo ngay khi thấy hư hỏng, để thợ của xã đến sửa trong buổi và không làm gián đoạn vụ mùa.</p></article>
<footer>Bản quyền thuộc %[2]s</footer></body></html>`
