package crawler

import (
	"net/url"
	"regexp"
	"strings"

	"golang.org/x/net/html"
)

// facts are what tells an article from a front page, an error and an empty shell. They are gathered before the tree is
// pruned.
type facts struct {
	front       bool            // the address is that of a front page
	described   bool            // the page calls itself an article
	listed      bool            // the page calls itself a list
	teasers     map[string]bool // links that read like headlines
	teaserBytes int
	prose       int // bytes of paragraphs that are no links
	scripts     int
	errorTitle  bool
	challenge   bool
}

var (
	errorTitle = regexp.MustCompile(`(?i)^\W*(?:(?:error|lỗi)?\s*(?:40[0-9]|410|50[0-4])\b.*|.{0,40}\b(?:page|trang|bài viết|nội dung|article)\b.{0,20}\b(?:not found|không (?:tìm thấy|tồn tại)|không còn tồn tại).{0,40}|not found|không tìm thấy.{0,40}|access denied|forbidden|service unavailable|bad gateway|internal server error|.{0,20}bảo trì.{0,30}|under maintenance.{0,30}|.{0,30}đã bị (?:gỡ|xóa|xoá).{0,20})\W*$`)
	challenge  = regexp.MustCompile(`(?i)(?:just a moment|enable javascript|bật javascript|checking your browser|verify(?:ing)? (?:that )?you are (?:a )?human|xác (?:minh|thực) .{0,20}(?:con người|robot)|attention required|captcha|please turn on javascript|javascript is (?:disabled|required))`)
)

func factsOf(doc *html.Node, meta *metadata) facts {
	f := facts{
		front:     isFrontPage(meta.base, meta.canonical),
		described: meta.linked.found || strings.EqualFold(meta.named["og:type"], "article") || meta.named["article:published_time"] != "",
		listed:    meta.linked.listing,
		teasers:   map[string]bool{},
	}
	for _, t := range append([]string{meta.title}, meta.headings...) {
		f.errorTitle = f.errorTitle || errorTitle.MatchString(meta.withoutOutlet(t))
		f.challenge = f.challenge || len(t) < 200 && challenge.MatchString(t)
	}
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && n.Data == "script" {
			f.scripts++
		}
	}
	f.walk(doc)
	return f
}

// isFront knows the addresses that front pages have.
func isFront(u *url.URL) bool {
	if u.Host == "" {
		return false
	}
	switch strings.ToLower(strings.Trim(u.Path, "/")) {
	case "", "index.html", "index.htm", "index.php", "home", "trang-chu", "trang-chu.html", "trang-chu.htm", "vi", "en":
		return u.RawQuery == ""
	}
	return false
}

// isFrontPage goes by the address of a page, or by the canonical one when it is not known where the page came from.
func isFrontPage(base *url.URL, canonical string) bool {
	if base.Host != "" {
		return isFront(base)
	}
	u, err := url.Parse(canonical)
	return err == nil && isFront(u)
}

// listFolders begin the addresses of lists.
var listFolders = map[string]bool{
	"tag": true, "tags": true, "tu-khoa": true, "chu-de": true, "su-kien": true, "chuyen-muc": true, "danh-muc": true, "tac-gia": true,
	"topic": true, "topics": true, "category": true, "author": true, "section": true, "search": true, "tim-kiem": true,
}

// isSection knows the addresses of front pages, of lists and of sections: a few words without a number, such as
// /thoi-su/chinh-tri.htm.
func isSection(address string) bool {
	u, err := url.Parse(address)
	if err != nil || isFront(u) {
		return err == nil
	}
	path := strings.ToLower(strings.Trim(u.Path, "/"))
	folders := strings.Split(path, "/")
	if listFolders[folders[0]] {
		return true
	}
	if len(folders) > 2 || u.RawQuery != "" || strings.ContainsAny(path, "0123456789") {
		return false
	}
	for _, f := range folders {
		if strings.Count(f, "-") > 2 {
			return false
		}
	}
	return true
}

// walk measures prose and headlines.
func (f *facts) walk(n *html.Node) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type != html.ElementNode {
			continue
		}
		switch {
		case silentTags[c.Data]:
		case c.Data == "a":
			if t := nodeText(c); len(t) >= 30 && len(strings.Fields(t)) >= 5 {
				f.teasers[t] = true
				f.teaserBytes += len(t)
			}
		case c.Data == "p":
			if t := len(nodeText(c)) - linkBytes(c); t >= 60 {
				f.prose += t
			}
		default:
			f.walk(c)
		}
	}
}

func linkBytes(n *html.Node) int {
	total := 0
	for c := range n.Descendants() {
		if c.Type == html.ElementNode && c.Data == "a" {
			total += len(nodeText(c))
		}
	}
	return total
}

// withoutTeasers drops lines that are nothing but a link with a headline, and counts them.
func (f *facts) withoutTeasers(text string) (string, int) {
	lines := strings.Split(text, "\n")
	kept := lines[:0]
	for _, l := range lines {
		if !f.teasers[l] {
			kept = append(kept, l)
		}
	}
	return strings.Join(kept, "\n"), len(lines) - len(kept)
}

// judge names the reason why a page is no article, or none. headlines were dropped from its text.
func (f *facts) judge(page *Page, headlines int) Reason {
	length := runes(page.Text)
	lines := strings.Split(page.Text, "\n")
	longest := 0
	for _, l := range lines {
		longest = max(longest, runes(l))
	}
	switch {
	case f.errorTitle && length < 2000 && !f.described:
		return ReasonErrorPage
	case f.challenge && length < 1200:
		return ReasonScriptOnly
	case f.front && len(f.teasers) >= 8:
		return ReasonListing
	case !f.described && f.isPatchwork(lines, headlines):
		return ReasonListing
	case !f.described && f.listed && length < 1500:
		return ReasonListing
	case page.Title == "" && length < 600:
		return f.nothing(length)
	case length < 80 || longest < 40:
		return f.nothing(length)
	}
	return ReasonNone
}

// isPatchwork recognises text that is made of teasers: between headlines that link elsewhere, or of many short pieces
// among a multitude of headlines.
func (f *facts) isPatchwork(lines []string, headlines int) bool {
	long, bytes := 0, 0
	for _, l := range lines {
		bytes += len(l)
		if len(l) >= 350 {
			long++
		}
	}
	if headlines >= 4 && headlines*4 >= len(lines) || headlines >= 2 && f.front {
		return true
	}
	if len(f.teasers) < 12 {
		return false
	}
	if long == 0 && len(lines) >= 8 && bytes < 3*f.teaserBytes {
		return true
	}
	return f.listed || bytes < f.teaserBytes && (len(lines) >= 6 && long*4 < len(lines) || f.teaserBytes > 3*bytes)
}

func (f *facts) nothing(length int) Reason {
	switch {
	case len(f.teasers) >= 12:
		return ReasonListing
	case f.scripts >= 3 && length == 0 && f.prose == 0:
		return ReasonScriptOnly
	}
	return ReasonNoArticle
}

// judgeCheap is judge for pages that were only cut into blocks.
func judgeCheap(page *Page, blocks []block, front bool) Reason {
	teasers, prose := 0, 0
	for _, k := range blocks {
		if k.links*2 > len(k.text) && len(k.text) >= 30 {
			teasers++
		}
		if k.worth() > 60 {
			prose++
		}
	}
	switch length := runes(page.Text); {
	case errorTitle.MatchString(page.Title) && length < 2000:
		return ReasonErrorPage
	case length < 80 && teasers >= 12, teasers > 20 && prose < 3, teasers >= 8 && front:
		return ReasonListing
	case length < 80:
		return ReasonNoArticle
	}
	return ReasonNone
}
