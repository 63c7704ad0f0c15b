package export

import (
	"encoding/xml"
	"html"
	"io"
	"net/url"
	"time"

	"haidang/index"
)

type rssFeed struct {
	XMLName xml.Name   `xml:"rss"`
	Version string     `xml:"version,attr"`
	Channel rssChannel `xml:"channel"`
}

type rssChannel struct {
	Title       string    `xml:"title"`
	Link        string    `xml:"link"`
	Description string    `xml:"description"`
	Built       string    `xml:"lastBuildDate"`
	TTL         int       `xml:"ttl"`
	Items       []rssItem `xml:"item"`
}

type rssItem struct {
	Title       string   `xml:"title"`
	Link        string   `xml:"link,omitempty"`
	GUID        rssGUID  `xml:"guid"`
	Date        string   `xml:"pubDate"`
	Description string   `xml:"description"`
	Categories  []string `xml:"category"`
}

type rssGUID struct {
	Permanent bool   `xml:"isPermaLink,attr"`
	ID        string `xml:",chardata"`
}

// ttlMinutes is how often a reader may ask.
const ttlMinutes = 5

type rssWriter struct {
	out   io.Writer
	about About
	items []rssItem
}

// Write adds one item.
func (w *rssWriter) Write(h *index.Hit) error {
	w.items = append(w.items, rssItem{
		Title: heading(h), Link: webLink(h.URL), GUID: rssGUID{ID: h.ID}, Date: h.FirstSeen.UTC().Format(time.RFC1123Z),
		Description: html.EscapeString(description(h)), Categories: categories(h),
	})
	return nil
}

// Close writes the feed.
func (w *rssWriter) Close() error {
	return write(w.out, rssFeed{Version: "2.0", Channel: rssChannel{
		Title: title(w.about), Link: w.about.Link, Description: "Hải Đăng: " + w.about.Query,
		Built: w.about.Now.UTC().Format(time.RFC1123Z), TTL: ttlMinutes, Items: w.items,
	}})
}

type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Title   string      `xml:"title"`
	ID      string      `xml:"id"`
	Updated string      `xml:"updated"`
	Author  atomPerson  `xml:"author"`
	Links   []atomLink  `xml:"link"`
	Entries []atomEntry `xml:"entry"`
}

type atomPerson struct {
	Name string `xml:"name"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	Title     string         `xml:"title"`
	ID        string         `xml:"id"`
	Updated   string         `xml:"updated"`
	Published string         `xml:"published,omitempty"`
	Author    atomPerson     `xml:"author"`
	Links     []atomLink     `xml:"link"`
	Summary   string         `xml:"summary"`
	Category  []atomCategory `xml:"category"`
}

type atomCategory struct {
	Term string `xml:"term,attr"`
}

// Entry is one entry of an Atom feed.
type Entry struct {
	ID        string // a part of it that lasts
	Title     string
	Link      string
	Author    string
	Summary   string // text
	Topics    []string
	Published time.Time
	Updated   time.Time
}

// WriteAtom writes a feed.
func WriteAtom(w io.Writer, about About, entries []Entry) error {
	feed := atomFeed{
		Title: title(about), ID: about.Self, Updated: about.Now.UTC().Format(time.RFC3339), Author: atomPerson{"Hải Đăng"},
		Links: []atomLink{{"self", about.Self}, {"alternate", about.Link}},
	}
	for _, e := range entries {
		out := atomEntry{
			Title: e.Title, ID: "urn:haidang:" + url.PathEscape(e.ID), Updated: e.Updated.UTC().Format(time.RFC3339), Author: atomPerson{e.Author}, Summary: html.EscapeString(e.Summary),
		}
		if !e.Published.IsZero() {
			out.Published = e.Published.UTC().Format(time.RFC3339)
		}
		if link := webLink(e.Link); link != "" {
			out.Links = []atomLink{{"alternate", link}}
		}
		for _, t := range e.Topics {
			out.Category = append(out.Category, atomCategory{t})
		}
		feed.Entries = append(feed.Entries, out)
	}
	return write(w, feed)
}

type atomWriter struct {
	out     io.Writer
	about   About
	entries []Entry
}

// Write adds one entry. Its author is the outlet: by-lines are not kept.
func (w *atomWriter) Write(h *index.Hit) error {
	w.entries = append(w.entries, Entry{
		ID: "article:" + h.ID, Title: heading(h), Link: h.URL, Author: h.Outlet, Summary: description(h), Topics: categories(h), Published: h.Published, Updated: h.FirstSeen,
	})
	return nil
}

// Close writes the feed.
func (w *atomWriter) Close() error { return WriteAtom(w.out, w.about, w.entries) }

func title(a About) string {
	if a.Query == "" {
		return "Hải Đăng"
	}
	return a.Query + " · Hải Đăng"
}

// heading is never empty: readers need something to click.
func heading(h *index.Hit) string {
	if t := oneLine(h.Title); t != "" {
		return t
	}
	return h.ID
}

// description is text, never markup: where it is written, what an outlet wrote is escaped twice, once for XML and once for
// readers that take descriptions as HTML.
func description(h *index.Hit) string {
	return snippet(h) + "\n\n" + Citation(&h.Article) + "\n" + Evidence(&h.Article)
}

func categories(h *index.Hit) []string {
	if h.Verdict == nil {
		return nil
	}
	return h.Verdict.Topics
}

// webLink lets only web addresses become links.
func webLink(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return address
}

func write(w io.Writer, feed any) error {
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", " ")
	if err := enc.Encode(feed); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}
