package demo

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"
)

//go:embed pages/*.html
var pageFiles embed.FS

// relatedCount is how many headlines of other articles stand beside each article: bait for a careless extractor.
const relatedCount = 4

// hostileDepth is how many elements are opened inside one another on the hostile page; browsers and parsers stop at 512.
const hostileDepth = 2000

// view is what the templates see.
type view struct {
	Outlet, Slogan, Lang string
	Home, SectionURL     string
	Title, Lead, Section string
	URL                  string
	Blocks               []block
	DateLine             string
	Published, Modified  string // RFC 3339
	Article              bool
	Related              []teaser
	Hostile              template.HTML // our own bundled fragment, put on the page unescaped on purpose
	Nested               template.HTML
}

// teaser is a link to another article.
type teaser struct{ Title, Lead, URL string }

// articlePage renders one page of the outlet.
func (o *outlet) articlePage(p *page) ([]byte, error) {
	w, modified := o.current(p)
	v := o.view(w.title, p.path)
	v.Lead, v.Section, v.Blocks = w.lead, p.section, w.blocks
	v.DateLine = p.published.Format(o.dateLine)
	v.Published, v.Modified = p.published.Format(time.RFC3339), modified.In(vietnam).Format(time.RFC3339)
	v.Article = p.kind != Listing
	v.Related = o.related(p)
	if p.kind == Listing {
		v.Related = o.teasers(o.pages)
	}
	if p.trait == Hostile {
		fragment, err := pageFiles.ReadFile("pages/hostile.html")
		if err != nil {
			return nil, fmt.Errorf("read the hostile fragment: %w", err)
		}
		v.Hostile = template.HTML(fragment) //nolint:gosec // bundled; being hostile is its purpose
		v.Nested = template.HTML(strings.Repeat("<div><b>", hostileDepth/2))
	}
	return o.render(v)
}

// sectionPage renders the page that links to every article.
func (o *outlet) sectionPage(path string) ([]byte, error) {
	v := o.view(o.sectionTitle, path)
	v.Related = o.teasers(o.pages)
	return o.render(v)
}

func (o *outlet) view(title, path string) view {
	return view{
		Outlet: o.name, Slogan: o.slogan, Lang: o.lang, Home: o.base + "/", SectionURL: o.base + o.sectionPath,
		Title: title, Section: o.sectionTitle, URL: o.base + path,
	}
}

func (o *outlet) render(v view) ([]byte, error) {
	var b bytes.Buffer
	if err := o.layout.Execute(&b, v); err != nil {
		return nil, fmt.Errorf("render %s: %w", v.URL, err)
	}
	return b.Bytes(), nil
}

// related picks the articles that follow p in the outlet's list.
func (o *outlet) related(p *page) []teaser {
	i := slices.Index(o.pages, p)
	var next []*page
	for n := 1; n <= relatedCount && n < len(o.pages); n++ {
		next = append(next, o.pages[(i+n)%len(o.pages)])
	}
	return o.teasers(next)
}

func (o *outlet) teasers(pages []*page) []teaser {
	var out []teaser
	for _, p := range pages {
		w, _ := o.current(p)
		out = append(out, teaser{Title: w.title, Lead: w.lead, URL: o.base + p.path})
	}
	return out
}

// Leaks are words that stand in the outlets' adverts, notices, scripts and hidden markup and in no article: none of
// them may appear in an extracted title, lead or text.
func Leaks() []string {
	return []string{
		"googletag", "dataLayer", "adsbygoogle", "wpemoji", "function(", "window.", "document.",
		"dùng cookie", "uses cookies", "Nhà tài trợ", "Sponsored", "Mua một tặng một",
		"Đăng ký nhận tin", "Subscribe to", "Bình luận của bạn đọc", "Leave a reply",
		"mồi nhử", "onerror", "javascript:", "alert(1", "alert(2", "alert(3",
	}
}
