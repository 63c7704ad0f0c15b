package crawler

import (
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
	"golang.org/x/net/publicsuffix"

	"haidang/internal/article"
	"haidang/internal/text"
)

// metadata is what a page says of itself outside its text.
type metadata struct {
	base      *url.URL
	src       *Source
	doc       *html.Node
	linked    linkedData
	named     map[string]string // meta elements by lower-case name, property or itemprop; the first one counts
	title     string            // the <title>
	headings  []string          // <h1>
	canonical string
}

func readMetadata(doc *html.Node, base *url.URL, src *Source) metadata {
	m := metadata{base: base, src: src, doc: doc, named: map[string]string{}}
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode {
			m.note(n)
		}
	}
	m.canonical = m.chooseCanonical(m.canonical)
	m.linked = readLinkedData(doc, m.canonical)
	return m
}

func (m *metadata) note(n *html.Node) {
	switch n.Data {
	case "meta":
		content := strings.TrimSpace(attr(n, "content"))
		for _, key := range []string{attr(n, "property"), attr(n, "name"), attr(n, "itemprop")} {
			if key = strings.ToLower(strings.TrimSpace(key)); key != "" && content != "" && m.named[key] == "" && len(m.named) < 500 {
				m.named[key] = content
			}
		}
	case "title":
		if m.title == "" && n.FirstChild != nil && (n.Parent == nil || n.Parent.Data != "svg") {
			m.title = plainLine(html.EscapeString(n.FirstChild.Data))
		}
	case "h1":
		if t := nodeText(n); t != "" && len(m.headings) < 20 {
			m.headings = append(m.headings, t)
		}
	case "link":
		if m.canonical == "" && strings.EqualFold(strings.TrimSpace(attr(n, "rel")), "canonical") {
			m.canonical = strings.TrimSpace(attr(n, "href"))
		}
	}
}

// page is what the metadata alone say.
func (m *metadata) page() Page {
	p := Page{CanonicalURL: m.canonical, Title: m.bestTitle(), Outlet: m.siteName()}
	p.Lead = m.bestLead(p.Title)
	p.Published, p.PublishedFrom = m.published()
	if t, ok := parseDate(firstOf(m.linked.modified, m.named["article:modified_time"], m.named["og:updated_time"]), m.hints()); ok {
		p.Modified = t.UTC()
	}
	return p
}

func (m *metadata) siteName() string {
	return cut(plainLine(firstOf(m.named["og:site_name"], m.linked.publisher, m.named["application-name"])), 200)
}

// chooseCanonical accepts the page's own word for its address only on the same site, and not when it names the front
// page or a section for all of its articles. og:url stands in where there is no link.
func (m *metadata) chooseCanonical(declared string) string {
	own := ""
	if m.base.Host != "" {
		if c, err := article.Canonicalize(m.base.String()); err == nil {
			own = c
		}
	}
	for _, candidate := range []string{declared, m.named["og:url"]} {
		ref, err := url.Parse(strings.TrimSpace(candidate))
		if err != nil || candidate == "" {
			continue
		}
		abs := m.base.ResolveReference(ref)
		c, err := article.Canonicalize(abs.String())
		if err != nil || own != "" && (!sameSite(m.base, abs) || swallows(c, own)) {
			continue
		}
		return c
	}
	return own
}

// swallows reports whether address is only a folder above own, such as the front page.
func swallows(address, own string) bool {
	a, errA := url.Parse(address)
	o, errO := url.Parse(own)
	if errA != nil || errO != nil || a.RawQuery != "" {
		return false
	}
	path := strings.TrimSuffix(a.Path, "/")
	return strings.TrimSuffix(o.Path, "/") != path && strings.HasPrefix(o.Path, path+"/") || path == "" && o.RawQuery != ""
}

// sameSite compares registrable domains, so that www.a.vn and m.a.vn are one site and a.com.vn and b.com.vn are two.
func sameSite(a, b *url.URL) bool {
	if strings.EqualFold(a.Host, b.Host) {
		return true
	}
	siteA, errA := publicsuffix.EffectiveTLDPlusOne(strings.ToLower(a.Hostname()))
	siteB, errB := publicsuffix.EffectiveTLDPlusOne(strings.ToLower(b.Hostname()))
	return errA == nil && errB == nil && siteA == siteB && a.Port() == b.Port()
}

// bestTitle prefers what the outlet calls its headline over what it shows in a tab.
func (m *metadata) bestTitle() string {
	if t := m.selected(m.src.Selectors.Title); t != "" {
		return cut(t, maxTitleBytes)
	}
	linked, social := m.titleOf(m.linked.headline), m.titleOf(m.named["og:title"])
	candidates := []string{linked, social, m.titleOf(m.named["twitter:title"])}
	if m.isHeading(social) && !m.isHeading(linked) {
		candidates[0] = social // two say what readers see, one what search engines are told
	}
	for _, c := range candidates {
		if c != "" {
			return cut(m.unshortened(c), maxTitleBytes)
		}
	}
	tab := m.withoutOutlet(m.title)
	for _, h := range m.headings {
		if strings.Contains(m.title, h) || tab == "" {
			return cut(h, maxTitleBytes)
		}
	}
	return cut(tab, maxTitleBytes)
}

// titleOf reads a title that the page declares, without the outlet's name. One that a heading shows to the letter is
// words, whatever it looks like: "<script>alert(1)</script>" in a report on such things.
func (m *metadata) titleOf(declared string) string {
	if strings.Contains(declared, "<") && m.isHeading(declared) {
		return oneSpace(declared)
	}
	return m.withoutOutlet(plainLine(declared))
}

// unshortened returns the heading that a title was cut from.
func (m *metadata) unshortened(title string) string {
	for _, dots := range []string{"…", "..."} {
		short, ok := strings.CutSuffix(title, dots)
		if !ok || len(short) < 20 {
			continue
		}
		for _, h := range m.headings {
			if strings.HasPrefix(h, strings.TrimSpace(short)) {
				return h
			}
		}
	}
	return title
}

func sameWords(a, b string) bool { return strings.EqualFold(oneSpace(a), oneSpace(b)) }

func oneSpace(s string) string { return strings.Join(strings.Fields(s), " ") }

var titleSeparator = regexp.MustCompile(`\s+[-–—|·•»:]\s+|\s*[|»•]\s*`)

// withoutOutlet takes the outlet's name off a title: "Tin - Báo Bến Cảng". It goes by the names that the page and the
// source give, by the host, and by a heading that says the rest.
func (m *metadata) withoutOutlet(title string) string {
	title = oneSpace(title)
	for range 3 {
		cuts := titleSeparator.FindAllStringIndex(title, -1)
		if cuts == nil {
			return title
		}
		for _, c := range cuts {
			if m.isHeading(title[:c[0]]) {
				return title[:c[0]]
			}
		}
		last, firstCut := cuts[len(cuts)-1], cuts[0]
		head, tail := title[:last[0]], title[last[1]:]
		switch {
		case head != "" && m.isOutlet(tail):
			title = head
		case m.isOutlet(title[:firstCut[0]]) && title[firstCut[1]:] != "":
			title = title[firstCut[1]:]
		default:
			return title
		}
	}
	return title
}

func (m *metadata) isHeading(s string) bool {
	for _, h := range m.headings {
		if sameWords(h, s) || len(s) > 20 && straightQuotes(h) == straightQuotes(s) {
			return true
		}
	}
	return false
}

func straightQuotes(s string) string {
	return strings.NewReplacer("’", "'", "‘", "'", "“", `"`, "”", `"`).Replace(oneSpace(s))
}

// isOutlet recognises the names of the site, however they are spaced.
func (m *metadata) isOutlet(s string) bool {
	s = squeeze(s)
	if s == "" || utf8.RuneCountInString(s) > 60 {
		return false
	}
	host := m.base.Hostname()
	if host == "" {
		if u, err := url.Parse(m.canonical); err == nil {
			host = u.Hostname()
		}
	}
	names := []string{m.siteName(), m.src.Name, host, strings.TrimPrefix(host, "www.")}
	if site, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
		name, _, _ := strings.Cut(site, ".")
		names = append(names, site, name)
	}
	for _, name := range names {
		name = squeeze(name)
		if len(name) > 2 && (s == name || len(s) < 3*len(name) && (strings.HasPrefix(s, name) || strings.HasSuffix(s, name))) {
			return true
		}
	}
	return false
}

// squeeze keeps letters and digits only, in lower case and without marks: names are compared, not read.
func squeeze(s string) string {
	var out strings.Builder
	for _, r := range text.Fold(s) {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			out.WriteRune(r)
		}
	}
	return out.String()
}

// bestLead is the description that the page gives of its article, unless that is only the title again.
func (m *metadata) bestLead(title string) string {
	if t := m.selected(m.src.Selectors.Lead); t != "" {
		return cut(t, maxSummaryBytes)
	}
	for _, c := range []string{m.linked.lead, plainLine(m.named["og:description"]), plainLine(m.named["description"]), plainLine(m.named["twitter:description"])} {
		if c = withoutRepeat(c, title); c != "" {
			return cut(c, maxSummaryBytes)
		}
	}
	return ""
}

func withoutRepeat(lead, title string) string {
	if sameWords(lead, title) {
		return ""
	}
	return lead
}

// selected returns the text at a source's own selector.
func (m *metadata) selected(selector string) string {
	if n := m.selectNode(selector); n != nil {
		return nodeText(n)
	}
	return ""
}

func (m *metadata) selectNode(selector string) *html.Node {
	if selector == "" {
		return nil
	}
	group, err := cascadia.ParseGroup(selector)
	if err != nil {
		return nil // Validate has refused it; a Source made by hand may not have been validated
	}
	return cascadia.Query(m.doc, group)
}
