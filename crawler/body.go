package crawler

import (
	"bytes"
	"regexp"
	"strings"
	"unicode/utf8"

	readability "codeberg.org/readeck/go-readability/v2"
	"github.com/andybalholm/cascadia"
	"github.com/markusmobius/go-trafilatura"
	"golang.org/x/net/html"
)

// enoughText is what an article has at least, in characters; with less, another extractor is asked.
const enoughText = 250

// body finds the text of the article: at the source's own selector, else by go-trafilatura, else by what the page
// tells search engines, else by go-readability. prose is how many bytes of paragraphs the page has in all: when less
// than half of it was found, the stricter reading has lost something.
func (e *extraction) body(doc *html.Node, meta *metadata, prose int, page *Page) {
	e.prune(doc)
	if lines := e.selectedText(meta); len(lines) > 0 {
		page.Text, page.Method = e.tidy(lines, page), methodSelectors
		return
	}
	page.Text, page.Method = e.tidy(e.trafilatura(doc, trafilatura.FavorPrecision), page), methodTrafilatura
	if n := runes(page.Text); (n < enoughText || len(page.Text)*2 < prose) && !e.late.Load() {
		if other := e.tidy(e.trafilatura(doc, trafilatura.Balanced), page); runes(other) > n {
			page.Text = other
		}
	}
	page.Text = completed(doc, page.Text)
	if linked := e.tidy(strings.Split(meta.linked.body, "\n"), page); betterLinked(linked, page.Text) {
		page.Text, page.Method = linked, methodJSONLD
	}
	if runes(page.Text) < enoughText && !e.late.Load() {
		if other := e.tidy(e.readability(doc), page); runes(other) > 2*runes(page.Text) {
			page.Text, page.Method = other, methodReadability
		}
	}
}

func runes(s string) int { return utf8.RuneCountInString(s) }

// betterLinked reports whether the text in the JSON-LD is the article and what the tree gave is only a part of it.
func betterLinked(linked, found string) bool {
	return runes(linked) >= enoughText && runes(linked) > 2*runes(found)
}

// prune takes out what is never part of an article, and what the source says to take out.
func (e *extraction) prune(doc *html.Node) {
	var own []cascadia.Sel
	for _, s := range e.src.Selectors.Remove {
		if sel, err := cascadia.Parse(s); err == nil {
			own = append(own, sel)
		}
	}
	junk := junkJudge{}
	removeAll(doc, func(n *html.Node) bool {
		for _, sel := range own {
			if sel.Match(n) {
				return true
			}
		}
		return n.Data == "script" || n.Data == "style" || n.Data == "template" || junk.is(n)
	})
}

// junkNames are the class names and ids of what surrounds articles on Vietnamese news sites and is not theirs. Each is
// a whole word of the attribute: go-trafilatura's own list covers the international ones.
var junkNames = regexp.MustCompile(`(?i)(?:^|[\s_-])(?:tin-?lien-?quan|box-?tin-?lien-?quan|lien-?quan|relate[ds]?-?(?:news|box|post|posts|article|articles|stories|content|list)|kbwscwl?-related(?:box)?|box-?related|link-content-footer|qc|quang-?cao|ads?|zone-?ads|ads?-?(?:zone|banner|box|slot|container|wrapper)|banner-?ads?|gpt-?ad\w*|sponsor(?:ed)?|most-?(?:read|viewed|popular)|doc-?nhieu|xem-?nhieu|tin-?khac|author-?(?:box|bio|info)|breadcrumbs?|adsbygoogle|advertisement|advert|newsletter(?:-?\w+)?|binh-?luan|box-?comment|comment-?(?:box|list|wrap\w*|section)|fb-?comments|share-?(?:box|social|bar|buttons?)|social-?share|cookie-?\w*|tags?-?(?:box|list)|box-?tags?)(?:$|[\s_-])`)

// insertedType is the kind of box that VCCorp's editor, which a third of the national press uses, puts between paragraphs.
var insertedType = regexp.MustCompile(`(?i)^(?:related\w*|video\w*|audio\w*|podcast\w*|poll\w*|quiz\w*|mini-?game\w*|boxnews\w*|insert(?:embed|link)\w*)$`)

// junkJudge remembers which names it has judged: a page repeats the same few hundred.
type junkJudge map[string]bool

func (j junkJudge) named(names string) bool {
	if len(names) < 3 || len(names) > 400 {
		return false
	}
	junk, known := j[names]
	if !known {
		junk = junkNames.MatchString(names)
		j[names] = junk
	}
	return junk
}

func (j junkJudge) is(n *html.Node) bool {
	switch n.Data {
	case "html", "body", "main", "article", "head", "h1":
		return false
	case "figure":
		return false
	}
	if n.Data == "div" && insertedType.MatchString(attr(n, "type")) {
		return true
	}
	if !j.named(attr(n, "class") + " " + attr(n, "id")) {
		return false
	}
	text := len(nodeText(n))
	if text < 200 {
		return true
	}
	links := linkBytes(n) // a name alone is no proof: some sites call their article so, or all that an advert may stand in
	return links*2 > text && text-links < 1000
}

func (e *extraction) selectedText(meta *metadata) []string {
	if e.src.Selectors.Text == "" {
		return nil
	}
	group, err := cascadia.ParseGroup(e.src.Selectors.Text)
	if err != nil {
		return nil
	}
	var lines []string
	var last *html.Node
	for _, n := range cascadia.QueryAll(meta.doc, group) {
		if last != nil && within(n, last) {
			continue // a selector that also meets the inside of what it met
		}
		last = n
		lines = append(lines, paragraphs(n)...)
	}
	return lines
}

func within(n, outer *html.Node) bool {
	for p := n.Parent; p != nil; p = p.Parent {
		if p == outer {
			return true
		}
	}
	return false
}

func (e *extraction) trafilatura(doc *html.Node, focus trafilatura.ExtractionFocus) []string {
	res, err := trafilatura.ExtractDocument(doc, trafilatura.Options{
		OriginalURL: e.base, EnableFallback: true, ExcludeComments: true, Focus: focus, HtmlDateMode: trafilatura.Disabled,
	})
	if err != nil || res.ContentNode == nil {
		return nil
	}
	return paragraphs(res.ContentNode)
}

func (e *extraction) readability(doc *html.Node) []string {
	parser := readability.NewParser()
	a, err := parser.ParseAndMutate(cloneTree(doc), e.base)
	if err != nil {
		return nil
	}
	var out bytes.Buffer
	if err := a.RenderText(&out); err != nil {
		return nil
	}
	return strings.Split(tidyLines(out.String(), true), "\n")
}

// junkLine is a line that is no sentence of the article, whatever element it stands in.
var junkLine = regexp.MustCompile(`(?i)^\W*(?:(?:quảng cáo|advertisements?|tin liên quan|bài liên quan|xem thêm|đọc thêm|tin cùng chuyên mục|có thể bạn quan tâm|(?:tin|bài)? ?(?:đọc|xem) nhiều(?: nhất)?(?: (?:trong )?(?:ngày|tuần|tháng))?|(?:các )?(?:tin|bài)(?: viết)? (?:khác|mới(?: nhất)?|nổi bật|cùng chuyên mục)|video đang tải|đọc ngay|xem ngay|đăng ký nhận (?:bản )?tin|chia sẻ|bình luận|theo dõi báo|từ khóa|chủ đề|thích|sao chép liên kết|gửi bình luận|ý kiến của bạn|read more|read also|related(?: articles?| stories| topics)?|see also|share this(?: article| story)?|sign up|subscribe|comments?|follow us|recommended|most read|copy link|share|tweet|print|email)(?:\s*[:.…>»].{0,80}|\s*)|(?:xem thêm|đọc thêm|mời (?:quý )?(?:độc giả|bạn đọc)|read more|related|see also|sign up (?:for|to)|subscribe to|follow .{2,40} on (?:twitter|facebook|instagram|google)|theo dõi .{2,60} trên (?:facebook|zalo|youtube|tiktok|google)|click here|this site uses cookies|we use cookies|by clicking|all rights reserved|copyright (?:©|\(c\)|\d{4})|©).{0,160})$`)

// tidy drops lines that are not the article's own: the title once more, share bars, adverts, scripts left as text.
func (e *extraction) tidy(lines []string, page *Page) string {
	var out []string
	for _, line := range lines {
		line = oneSpace(line)
		switch {
		case line == "":
		case sameWords(line, page.Title) && len(out) < 3:
		case len(line) < 240 && junkLine.MatchString(line):
		case looksLikeCode(line):
		case len(out) > 0 && line == out[len(out)-1]:
		default:
			out = append(out, line)
		}
	}
	return strings.Join(out, "\n")
}

var codeLine = regexp.MustCompile(`(?:\bfunction\s*\w*\s*\(|\bvar\s+\w+\s*=|\bdocument\.(?:getElement|write|createElement)|\bwindow\.\w+\s*=|googletag|adsbygoogle|\.push\(|=>\s*\{|\{\s*"@context")`)

// looksLikeCode recognises scripts and styles that a page shows as text.
func looksLikeCode(line string) bool {
	return strings.ContainsAny(line, "{}();=") && codeLine.MatchString(line)
}

// cloneTree copies a tree without recursion deeper than the parser allows.
func cloneTree(n *html.Node) *html.Node {
	c := &html.Node{Type: n.Type, DataAtom: n.DataAtom, Data: n.Data, Namespace: n.Namespace, Attr: append([]html.Attribute(nil), n.Attr...)}
	for k := n.FirstChild; k != nil; k = k.NextSibling {
		c.AppendChild(cloneTree(k))
	}
	return c
}
