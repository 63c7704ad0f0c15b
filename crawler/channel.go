package crawler

import "regexp"

// Channel is a way in which a source shows what is new.
type Channel string

// The channels.
const (
	ChannelFeed    Channel = "feed"    // RSS, Atom or JSON
	ChannelSitemap Channel = "sitemap" // a news sitemap: the check that the feeds are complete, or what there is instead
	ChannelSection Channel = "section" // a page of headlines, for outlets without feeds
)

// polled is one thing that is asked again and again.
type polled struct {
	channel Channel
	url     string
	links   *regexp.Regexp // of a section page: which of its links are articles
}

// polled lists everything of a source that is asked again and again.
func (s *Source) polled() []polled {
	var out []polled
	for _, u := range s.Feeds {
		out = append(out, polled{channel: ChannelFeed, url: u})
	}
	for _, u := range s.Sitemaps {
		out = append(out, polled{channel: ChannelSitemap, url: u})
	}
	for _, sec := range s.Sections {
		links, err := regexp.Compile(sec.Links)
		if err != nil {
			continue // Validate has refused it
		}
		out = append(out, polled{channel: ChannelSection, url: sec.URL, links: links})
	}
	return out
}

// read reads an answer into items.
func (p polled) read(a answer, d FeedDefaults) (Feed, error) {
	switch p.channel {
	case ChannelSitemap:
		return readSitemaps(a, p.url, d)
	case ChannelSection:
		return readSection(a.res.Body, a.res.URL, p.links, d)
	}
	return ReadFeed(a.res.Body, a.res.URL, d)
}
