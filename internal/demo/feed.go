package demo

import (
	"encoding/xml"
	"fmt"
	"html"
	"time"
)

// The feeds' elements, as far as they are used.
type (
	rss struct {
		XMLName xml.Name   `xml:"rss"`
		Version string     `xml:"version,attr"`
		Channel rssChannel `xml:"channel"`
	}
	rssChannel struct {
		Title       string    `xml:"title"`
		Link        string    `xml:"link"`
		Description string    `xml:"description"`
		Language    string    `xml:"language"`
		Items       []rssItem `xml:"item"`
	}
	rssItem struct {
		Title       string  `xml:"title"`
		Link        string  `xml:"link"`
		GUID        rssGUID `xml:"guid"`
		PubDate     string  `xml:"pubDate"`
		Category    string  `xml:"category"`
		Description cdata   `xml:"description"`
	}
	rssGUID struct {
		PermaLink bool   `xml:"isPermaLink,attr"`
		Value     string `xml:",chardata"`
	}
	cdata struct {
		Text string `xml:",cdata"`
	}
	atom struct {
		XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
		Title   string      `xml:"title"`
		ID      string      `xml:"id"`
		Updated string      `xml:"updated"`
		Links   []atomLink  `xml:"link"`
		Entries []atomEntry `xml:"entry"`
	}
	atomLink struct {
		Rel  string `xml:"rel,attr"`
		Href string `xml:"href,attr"`
	}
	atomEntry struct {
		Title     string   `xml:"title"`
		ID        string   `xml:"id"`
		Link      atomLink `xml:"link"`
		Published string   `xml:"published"`
		Updated   string   `xml:"updated"`
		Summary   atomText `xml:"summary"`
	}
	atomText struct {
		Type string `xml:"type,attr"`
		Text string `xml:",chardata"`
	}
)

// oddDate is the form of one well-known .vn system: American order, no zone, a narrow no-break space before AM or PM.
const oddDate = "1/2/2006 3:04:05\u202fPM"

// rssFeed is a tidy RSS 2.0 feed.
func rssFeed(o *outlet) ([]byte, error) {
	return encodeRSS(o, time.RFC1123Z, func(_, lead string) string { return lead })
}

// oddDateFeed is RSS 2.0 as older systems write it: HTML in the description, dates in no standard.
func oddDateFeed(o *outlet) ([]byte, error) {
	return encodeRSS(o, oddDate, func(link, lead string) string {
		return fmt.Sprintf(`<a href="%s"><img src="/thumb.jpg" width="130" alt="" /></a><br />%s`, link, html.EscapeString(lead))
	})
}

func encodeRSS(o *outlet, dates string, describe func(link, lead string) string) ([]byte, error) {
	feed := rss{Version: "2.0", Channel: rssChannel{
		Title: o.name, Link: o.base + "/", Description: o.slogan, Language: o.lang,
	}}
	for _, p := range o.pages {
		w, _ := o.current(p)
		link := o.base + p.path
		feed.Channel.Items = append(feed.Channel.Items, rssItem{
			Title: w.title, Link: link, GUID: rssGUID{PermaLink: true, Value: link},
			PubDate: p.published.Format(dates), Category: p.section, Description: cdata{describe(link, w.lead)},
		})
	}
	return encodeXML(feed)
}

// atomFeed is an Atom feed; its entries keep their publication date and move their update date when edited.
func atomFeed(o *outlet) ([]byte, error) {
	feed := atom{Title: o.name, ID: o.base + "/", Links: []atomLink{
		{Rel: "self", Href: o.base + o.feedPath}, {Rel: "alternate", Href: o.base + "/"},
	}}
	var newest time.Time
	for _, p := range o.pages {
		w, changed := o.current(p)
		if changed.After(newest) {
			newest = changed
		}
		feed.Entries = append(feed.Entries, atomEntry{
			Title: w.title, ID: o.base + p.path, Link: atomLink{Rel: "alternate", Href: o.base + p.path},
			Published: p.published.Format(time.RFC3339), Updated: changed.In(vietnam).Format(time.RFC3339),
			Summary: atomText{Type: "text", Text: w.lead},
		})
	}
	feed.Updated = newest.In(vietnam).Format(time.RFC3339)
	return encodeXML(feed)
}

func encodeXML(feed any) ([]byte, error) {
	body, err := xml.MarshalIndent(feed, "", " ")
	if err != nil {
		return nil, fmt.Errorf("encode feed: %w", err)
	}
	return append([]byte(xml.Header), body...), nil
}
