package crawler

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"

	"haidang/internal/article"
	"haidang/internal/text"
)

// maxFieldBytes bounds what a feed can make us carry for one item.
const (
	maxTitleBytes   = 2 << 10
	maxSummaryBytes = 16 << 10
	maxContentBytes = 256 << 10
)

// ReadFeed reads an RSS, Atom or JSON feed that was fetched from feedURL. It does no I/O; the depth of the document is
// checked before anything else, ill-formed feeds are repaired, and an error carries its Reason.
func ReadFeed(data []byte, feedURL string, defaults FeedDefaults) (Feed, error) {
	vietnamese := zoneOf(defaults.Location, feedURL, defaults.Language) != time.UTC
	doc := liftBodies(atomNamespace(unprefixed(cleanFeed(decodeText(data, defaults.ContentType, vietnamese)))))
	if len(doc) == 0 {
		return Feed{}, &Error{Reason: ReasonEmpty, Err: fmt.Errorf("%d bytes and no content", len(data))}
	}
	if err := scanFeed(doc, maxFeedElements); err != nil {
		return Feed{}, err
	}
	raw, repaired, err := parseFeed(doc)
	if err != nil {
		return Feed{}, err
	}
	r := feedReader{defaults: defaults, feedURL: feedURL}
	out := r.read(raw, repaired)
	out.TTL = askedInterval(doc)
	out.Hub, out.Self = declaredHub(doc, feedURL)
	return out, nil
}

// cleanFeed drops what stands before the document and the XML declaration, whose encoding is no longer true.
func cleanFeed(s string) []byte {
	s = strings.TrimLeft(s, " \t\r\n\x00\ufeff")
	if head := s[:min(len(s), 4096)]; !strings.HasPrefix(s, "<") && !strings.HasPrefix(s, "{") {
		for _, mark := range []string{"<?xml", "<rss", "<feed", "<rdf:RDF"} { // a warning printed before the feed
			if at := strings.Index(head, mark); at > 0 {
				s = s[at:]
				break
			}
		}
	}
	if at := strings.Index(s[:min(len(s), 4096)], "<?xml"); at > 0 && strings.HasPrefix(s, "<!--") {
		s = s[at:] // a declaration after a comment is an error to strict parsers
	}
	if loc := xmlDeclaration.FindStringIndex(s); loc != nil {
		s = s[loc[1]:]
	}
	return bytes.TrimSpace([]byte(s))
}

// parseFeed tries gofeed and then the loose reader. A panic in a parser costs the document, not the process.
func parseFeed(doc []byte) (f *gofeed.Feed, repaired bool, err error) {
	defer func() {
		if p := recover(); p != nil {
			f, err = nil, &Error{Reason: ReasonNotFeed, Err: fmt.Errorf("the parser panicked: %v", p)}
		}
	}()
	parser := gofeed.NewParser()
	// Left to itself gofeed parses every summary as a page to find its first picture: half of the time a feed takes.
	parser.RSSTranslator = &gofeed.DefaultRSSTranslator{DisableContentImageScan: true}
	f, err = parser.Parse(bytes.NewReader(doc))
	if err == nil && f.FeedType == "json" && len(f.Items) == 0 && !strings.Contains(f.FeedVersion, "jsonfeed.org") && f.Title == "" {
		return nil, false, &Error{Reason: ReasonNotFeed, Err: errors.New("a JSON document, and no feed")}
	}
	if err == nil {
		return f, false, nil
	}
	if loose := looseFeed(doc); loose != nil {
		return loose, true, nil
	}
	return nil, false, &Error{Reason: ReasonNotFeed, Err: err}
}

type feedReader struct {
	defaults FeedDefaults
	feedURL  string
}

func (r *feedReader) read(raw *gofeed.Feed, repaired bool) Feed {
	home := r.resolve(raw.Link)
	hints := dateHints{zone: r.zone(raw, home), now: r.defaults.Now}
	if strings.EqualFold(raw.Language, "en-us") && hints.zone == time.UTC {
		hints.monthFirst = true
	}
	f := Feed{Title: cut(plainLine(unpack64(raw.Title)), maxTitleBytes), URL: home, Language: raw.Language, Repaired: repaired}
	for i, it := range raw.Items {
		if i == maxFeedItems {
			break
		}
		if it != nil {
			f.Items = append(f.Items, r.item(it, home, hints))
		}
	}
	return f
}

// zone is that of dates without one: by the outlet's entry, the address of the feed, its declared language, and for a
// bare file by where its items lie and what language its headlines are in.
func (r *feedReader) zone(raw *gofeed.Feed, home string) *time.Location {
	language := firstOf(r.defaults.Language, raw.Language)
	address := firstOf(r.feedURL, home)
	var headlines strings.Builder
	headlines.WriteString(raw.Title)
	for i, it := range raw.Items {
		if i == 5 || it == nil {
			break
		}
		headlines.WriteString("\n" + it.Title)
		address = firstOf(address, it.Link)
	}
	if language == "" {
		language = string(text.Detect(headlines.String()))
	}
	return zoneOf(r.defaults.Location, address, language)
}

func (r *feedReader) item(it *gofeed.Item, home string, hints dateHints) Item {
	out := Item{
		ID:      cut(strings.TrimSpace(it.GUID), maxTitleBytes),
		Title:   cut(plainLine(unpack64(firstOf(it.Title, extension(it, "media", "title")))), maxTitleBytes),
		URL:     r.link(it, home),
		Summary: cut(plainText(unpack64(firstOf(it.Description, extension(it, "media", "description")))), maxSummaryBytes),
		Content: cut(plainText(unpack64(it.Content)), maxContentBytes),
	}
	if out.Title == "" { // some agencies send the headline only as the summary
		first, _, _ := strings.Cut(out.Summary, "\n")
		out.Title = cut(first, 300)
	}
	updated := firstOf(it.Updated, extension(it, "dcterms", "modified"))
	if t, ok := parseDate(updated, hints); ok {
		out.Updated = t.UTC()
	}
	out.PublishedRaw = cut(strings.TrimSpace(firstOf(it.Published, extension(it, "dcterms", "issued", "created"), updated)), maxDateText)
	if t, ok := parseDate(out.PublishedRaw, hints); ok {
		out.Published, out.PublishedFrom = settleDate(t, article.DateFromFeed, hints.now)
	} else if !hints.now.IsZero() {
		out.Published, out.PublishedFrom = hints.now.UTC(), article.DateFromFirstSeen
	}
	return out
}

// link chooses the address of an item: its link, then its other links, then an identifier that is an address.
func (r *feedReader) link(it *gofeed.Item, home string) string {
	candidates := append([]string{it.Link}, it.Links...)
	if strings.HasPrefix(it.GUID, "http://") || strings.HasPrefix(it.GUID, "https://") {
		candidates = append(candidates, it.GUID)
	}
	for _, c := range candidates {
		if u := r.resolveAgainst(c, home); u != "" {
			return u
		}
	}
	return ""
}

func (r *feedReader) resolve(ref string) string { return r.resolveAgainst(ref, "") }

// resolveAgainst makes an address absolute and returns "" for anything that is not http or https.
func (r *feedReader) resolveAgainst(ref, home string) string {
	ref = strings.Map(func(c rune) rune {
		if c == '\n' || c == '\r' || c == '\t' {
			return -1
		}
		return c
	}, strings.TrimSpace(ref))
	if ref == "" {
		return ""
	}
	u, err := url.Parse(ref)
	if err != nil {
		if clean, err := article.Canonicalize(ref); err == nil {
			return clean // browsers forgive what net/url does not
		}
		return ""
	}
	if !u.IsAbs() {
		base, err := url.Parse(firstOf(r.feedURL, home))
		if err != nil || !base.IsAbs() {
			if base, err = url.Parse(home); err != nil || !base.IsAbs() {
				return ""
			}
		}
		u = base.ResolveReference(u)
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return ""
	}
	u.User = nil
	return u.String()
}

func firstOf(list ...string) string {
	for _, s := range list {
		if strings.TrimSpace(s) != "" {
			return s
		}
	}
	return ""
}

// cut shortens s to at most n bytes at the edge of a character.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "")
}
