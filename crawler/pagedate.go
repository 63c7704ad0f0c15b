package crawler

import (
	"regexp"
	"strings"
	"time"

	"github.com/markusmobius/go-htmldate"
	"golang.org/x/net/html"

	"haidang/internal/article"
)

// publishedNames are the meta elements that hold a publication date, most trusted first.
var publishedNames = []string{
	"article:published_time", "article:published", "og:article:published_time", "datepublished", "pubdate", "publishdate", "publish-date",
	"publish_date", "published_time", "date.published", "dc.date.issued", "dcterms.issued", "dc.date.created", "dcterms.created", "dc.date",
	"dcterms.date", "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime", "citation_publication_date", "date", "date_published", "article.published",
	"datecreated", "bt:pubdate", "its_publication", "rnews:datepublished", "originalpublicationdate", "shareaholic:article_published_time", "video:release_date", "last-modified",
}

func (m *metadata) hints() dateHints {
	address := m.canonical
	if m.base.Host != "" {
		address = m.base.String()
	}
	language := m.src.Language
	if language == "" {
		language = m.named["og:locale"]
	}
	if language == "" {
		if root := first(m.doc, byTag("html")); root != nil {
			language = attr(root, "lang")
		}
	}
	return dateHints{zone: zoneOf(m.src.location(), address, language)}
}

// published finds when the article was published, and where that is written.
func (m *metadata) published() (time.Time, article.DateSource) {
	hints := m.hints()
	if n := m.selectNode(m.src.Selectors.Date); n != nil {
		if t, ok := parseDate(firstOf(attr(n, "datetime"), attr(n, "content"), nodeText(n)), hints); ok && plausible(t) {
			return t.UTC(), article.DateFromPage
		}
	}
	if t, ok := parseDate(m.linked.published, hints); ok && plausible(t) {
		return t.UTC(), article.DateFromJSONLD
	}
	for _, name := range publishedNames {
		if t, ok := parseDate(m.named[name], hints); ok && plausible(t) {
			return t.UTC(), article.DateFromMeta
		}
	}
	if t, ok := m.shown(hints); ok {
		return t.UTC(), article.DateFromPage
	}
	if t, ok := dateInURL(m.base.Path, hints); ok {
		return t.UTC(), article.DateFromURL
	}
	return m.guessed(hints)
}

func plausible(t time.Time) bool { return t.Year() >= firstYear && t.Year() < 2100 }

var dateClass = regexp.MustCompile(`(?i)\b(pub-?date|publish(ed)?(-?(date|time))?|date-?time|post-?date|entry-date|detail-time|time-?(post|publish|detail)|ngay-?dang|header-content__date|article-?date|date-?(publish|created)|created-?date)`)

// shown reads the date that a reader sees: a <time>, a dated microdata property, an element named for it.
func (m *metadata) shown(hints dateHints) (time.Time, bool) {
	var byClass string
	for n := range m.doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		stamp := firstOf(attr(n, "datetime"), attr(n, "content"))
		isTime := n.Data == "time" || strings.EqualFold(attr(n, "itemprop"), "datePublished")
		if isTime && !inRelated(n) {
			if t, ok := parseDate(firstOf(stamp, nodeText(n)), hints); ok && plausible(t) {
				return t, true
			}
		}
		if byClass == "" && n.Data != "body" && dateClass.MatchString(attr(n, "class")+" "+attr(n, "id")) {
			if s := nodeText(n); len(s) <= maxDateText {
				if t, ok := parseDate(s, hints); ok && plausible(t) {
					byClass = s
				}
			}
		}
	}
	if byClass == "" {
		return time.Time{}, false
	}
	return parseDate(byClass, hints)
}

var relatedClass = regexp.MustCompile(`(?i)\b(related|sidebar|aside|footer|comment|recommend|most-?read|lien-?quan|copyright)`)

// inRelated keeps the dates of other articles out.
func inRelated(n *html.Node) bool {
	for p := n; p != nil; p = p.Parent {
		if p.Data == "aside" || p.Data == "footer" || p.Data == "nav" || relatedClass.MatchString(attr(p, "class")) {
			return true
		}
	}
	return false
}

var (
	urlDate   = regexp.MustCompile(`/((?:19|20)\d{2})[/_-](0?[1-9]|1[0-2])[/_-](0?[1-9]|[12]\d|3[01])(?:\D|$)`)
	urlDigits = regexp.MustCompile(`\D(20\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))(?:[01]\d|2[0-3])[0-5]\d`)
)

// dateInURL reads the date that many outlets write into their addresses.
func dateInURL(path string, hints dateHints) (time.Time, bool) {
	if m := urlDate.FindStringSubmatch(path); m != nil {
		return parseDate(m[1]+"-"+m[2]+"-"+m[3], hints)
	}
	if m := urlDigits.FindStringSubmatch(path); m != nil {
		return parseDate(m[1], hints)
	}
	return time.Time{}, false
}

// guessed asks htmldate, which looks at everything else.
func (m *metadata) guessed(hints dateHints) (time.Time, article.DateSource) {
	res, err := htmldate.FromDocument(m.doc, htmldate.Options{
		ExtractTime: true, UseOriginalDate: true, SkipExtensiveSearch: true, URL: m.base.String(),
		MinDate: time.Date(firstYear, 1, 1, 0, 0, 0, 0, time.UTC), MaxDate: time.Date(2099, 12, 31, 0, 0, 0, 0, time.UTC),
	})
	if err != nil || res.DateTime.IsZero() || !plausible(res.DateTime) {
		return time.Time{}, ""
	}
	t := res.DateTime
	if !res.HasTimezone {
		t = time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, zoneOr(hints.zone))
	}
	return t.UTC(), article.DateFromPage
}
