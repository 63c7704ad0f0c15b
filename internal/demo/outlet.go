package demo

import (
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"time"
)

// vietnam is UTC+7 all year. It is fixed here so that the demo does not depend on a zone database.
var vietnam = time.FixedZone("+07", 7*60*60)

// design is how an outlet looks and behaves; the rest is in its template.
type design struct {
	id, name, lang string
	slogan         string
	feedPath       string
	feedType       string
	feed           func(*outlet) ([]byte, error)
	sectionPath    string
	sectionTitle   string
	articlePath    func(section, slug string) string
	template       string
	robots         string
	forbidden      string // the path under which robots.txt allows nothing
	dateLine       string // time layout of the date a reader sees
}

// designs are the three outlets.
var designs = []design{
	{
		id: "ben-cang", name: "Báo Bến Cảng", lang: "vi", slogan: "Tin từ cửa biển",
		feedPath: "/rss/tin-moi.rss", feedType: "application/rss+xml; charset=utf-8", feed: rssFeed,
		sectionPath: "/thoi-su", sectionTitle: "Thời sự",
		articlePath: func(section, slug string) string { return "/" + section + "/" + slug + ".html" },
		template:    "ben-cang.html", forbidden: "/noi-bo/",
		robots:   "# Báo Bến Cảng\nUser-agent: *\nDisallow: /noi-bo/\nDisallow: /tim-kiem\nAllow: /\n",
		dateLine: "02/01/2006 15:04 (GMT+7)",
	},
	{
		id: "song-hong", name: "Tin Nhanh Sông Hồng", lang: "vi", slogan: "Nhanh hơn một nhịp",
		feedPath: "/rss/trang-chu.rss", feedType: "text/xml; charset=utf-8", feed: oddDateFeed,
		sectionPath: "/tin-moi.htm", sectionTitle: "Tin mới",
		articlePath: func(_, slug string) string { return "/" + slug + ".htm" },
		template:    "song-hong.html", forbidden: "/in/",
		robots:   "User-agent: BadBot\nDisallow: /\n\nUser-agent: *\nDisallow: /in/\nDisallow: /*?print=\n",
		dateLine: "02/01/2006 15:04",
	},
	{
		id: "harbour-post", name: "Saigon Harbour Post", lang: "en", slogan: "Southern news, plainly told",
		feedPath: "/feed/atom/", feedType: "application/atom+xml; charset=utf-8", feed: atomFeed,
		sectionPath: "/category/news/", sectionTitle: "News",
		articlePath: func(_, slug string) string { return "/" + slug + "/" },
		template:    "harbour-post.html", forbidden: "/wp-admin/",
		robots:   "User-agent: *\nDisallow: /wp-admin/\nAllow: /wp-admin/admin-ajax.php\n",
		dateLine: "January 2, 2006 3:04 pm",
	},
}

// outlet is a design with its pages and, once started, its address.
type outlet struct {
	design
	pages  []*page // newest first
	byPath map[string]*page
	base   string // "http://127.0.0.1:40123"
	server *http.Server
	layout *template.Template

	edition edition
}

// page is an article as published by one outlet.
type page struct {
	*source
	path      string
	published time.Time
}

// newOutlet gives a design the articles that name it.
func newOutlet(d design, articles []*source, start time.Time) (*outlet, error) {
	layout, err := template.ParseFS(pageFiles, "pages/"+d.template)
	if err != nil {
		return nil, fmt.Errorf("page layout: %w", err)
	}
	o := &outlet{design: d, byPath: map[string]*page{}, layout: layout}
	for _, a := range articles {
		if !slices.Contains(a.outlets, d.id) {
			continue
		}
		p := &page{source: a, path: o.pathOf(a), published: start.Add(-a.age)}
		if a.trait == Syndicated && a.outlets[0] != d.id {
			p.published = p.published.Add(copyDelay)
		}
		if other := o.byPath[p.path]; other != nil {
			return nil, fmt.Errorf("%s and %s have the same address %s", other.file, a.file, p.path)
		}
		o.pages, o.byPath[p.path] = append(o.pages, p), p
	}
	slices.SortStableFunc(o.pages, func(a, b *page) int { return b.published.Compare(a.published) })
	return o, nil
}

// copyDelay is how much later than the first outlet a copy of an agency text appears. Ages of syndicated articles are
// longer than this.
const copyDelay = 25 * time.Minute

func (o *outlet) pathOf(a *source) string {
	switch a.kind {
	case Disallowed:
		return o.forbidden + a.slug
	case Listing:
		return "/chu-de/" + a.slug
	}
	return o.articlePath(sectionSlugs[a.section], a.slug)
}

// sectionSlugs are the address parts of the sections' names.
var sectionSlugs = map[string]string{
	"Thời sự": "thoi-su", "Kinh tế": "kinh-te", "Đời sống": "doi-song", "Văn hóa": "van-hoa", "Thể thao": "the-thao",
	"Góc nhìn": "goc-nhin", "Giáo dục": "giao-duc", "Sức khỏe": "suc-khoe", "Pháp luật": "phap-luat", "Môi trường": "moi-truong",
	"Trào phúng": "trao-phung", "Du lịch": "du-lich", "Công nghệ": "cong-nghe",
	"News": "news", "Business": "business", "Opinion": "opinion", "Satire": "satire", "Sport": "sport", "Culture": "culture",
	"Travel": "travel", "Fact check": "fact-check",
}

func (p *page) expectation(o *outlet) Expectation {
	e := Expectation{
		URL: o.base + p.path, Path: p.path, Slug: p.slug, Outlet: o.id, Title: p.text.title, Kind: p.kind, Trait: p.trait,
		Claims: slices.Clone(p.claims), Words: slices.Clone(p.words), Published: p.published, Rings: p.kind.Rings(),
	}
	if len(e.Claims) > 0 {
		e.Claim = e.Claims[0]
	}
	return e
}
