package crawler

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

const (
	maxTries     = 24 // addresses that a discovery asks, the home page and robots.txt besides
	maxPerKind   = 12
	maxRobotsMap = 20 // Sitemap lines of a robots.txt that are kept
)

// commonFeeds and commonSitemaps are where outlets keep them without saying so.
var (
	commonFeeds    = []string{"/rss/home.rss", "/rss/tin-moi-nhat.rss", "/home.rss", "/rss.xml", "/rss", "/feed/", "/feed.xml", "/atom.xml", "/index.xml"}
	commonSitemaps = []string{"/news-sitemap.xml", "/sitemap-news.xml", "/google-news-sitemap.xml", "/sitemaps/news.xml"}
)

// Discovery is what a home page leads to.
type Discovery struct {
	Source Source  // ready to be written into sources.yaml, but for its tier and kind
	Trials []Trial // everything that was tried, those of use first
}

// Discover finds the feeds and news sitemaps of an outlet from its home page: what the page and robots.txt declare, what
// it links to, and only when that gives nothing the common places. Every address is tried; what does not work is told and
// left out. Everything goes through the guarded client, and nothing that robots.txt forbids is asked for.
func (f *Fetcher) Discover(ctx context.Context, home string) (Discovery, error) {
	var d Discovery
	res, err := f.Page(ctx, home)
	if err != nil {
		return d, fmt.Errorf("home page %s: %w", home, err)
	}
	base, err := url.Parse(res.URL)
	if err != nil {
		return d, &Error{Reason: ReasonInvalidURL, Err: err}
	}
	page := readHome(decodeText(res.Body, res.ContentType, true), base)
	d.Source = Source{ID: sourceID(base), Name: firstOf(page.name, base.Hostname()), Language: page.language}
	if feed, err := ReadFeed(res.Body, res.URL, FeedDefaults{ContentType: res.ContentType}); err == nil && len(feed.Items) > 0 {
		page.feeds, d.Source.Name = []string{res.URL}, firstOf(feed.Title, d.Source.Name) // the address was a feed itself
	}
	tries := &tries{f: f, src: &d.Source, base: base, done: map[string]bool{}}
	tries.all(ctx, ChannelFeed, page.feeds)
	if len(d.Source.Feeds) == 0 {
		tries.all(ctx, ChannelFeed, page.links)
	}
	if len(d.Source.Feeds) == 0 {
		tries.common(ctx, ChannelFeed, commonFeeds)
	}
	tries.all(ctx, ChannelSitemap, newsFirst(f.robots.sitemaps(ctx, base)))
	if len(d.Source.Sitemaps) == 0 {
		tries.common(ctx, ChannelSitemap, commonSitemaps)
	}
	d.Trials = tries.out
	slices.SortStableFunc(d.Trials, func(a, b Trial) int { return strings.Compare(string(a.Reason), string(b.Reason)) })
	if strings.HasSuffix(base.Hostname(), ".vn") {
		d.Source.Country, d.Source.Timezone = "VN", "Asia/Ho_Chi_Minh"
		d.Source.Language = firstOf(d.Source.Language, "vi")
	}
	return d, ctx.Err()
}

// tries asks candidates, at most so many, each once.
type tries struct {
	f    *Fetcher
	src  *Source
	base *url.URL
	done map[string]bool
	out  []Trial
}

func (t *tries) common(ctx context.Context, channel Channel, paths []string) {
	for _, p := range paths {
		u := *t.base
		u.Path, u.RawPath, u.RawQuery, u.Fragment = p, "", "", ""
		t.all(ctx, channel, []string{u.String()})
		if channel == ChannelFeed && len(t.src.Feeds) > 0 || channel == ChannelSitemap && len(t.src.Sitemaps) > 0 {
			return
		}
	}
}

func (t *tries) all(ctx context.Context, channel Channel, addresses []string) {
	tried := 0
	for _, address := range addresses {
		if t.done[address] || len(t.out) >= maxTries || tried >= maxPerKind || ctx.Err() != nil {
			continue
		}
		t.done[address] = true
		tried++
		trial := Trial{URL: address, Channel: channel}
		if err := t.f.robots.check(ctx, address); err != nil {
			trial.Reason, trial.Err = ReasonOf(err), err
		} else {
			trial = t.f.try(ctx, t.src, polled{channel: channel, url: address})
		}
		if trial.Reason == ReasonNone && trial.Items == 0 {
			trial.Reason, trial.Err = ReasonEmpty, &Error{Reason: ReasonEmpty, Err: fmt.Errorf("nothing of the last days")}
		}
		t.out = append(t.out, trial)
		if trial.Reason != ReasonNone {
			continue
		}
		t.done[firstOf(trial.Moved, address)] = true
		if address = firstOf(trial.Moved, address); channel == ChannelFeed {
			t.src.Feeds = append(t.src.Feeds, address)
		} else {
			t.src.Sitemaps = append(t.src.Sitemaps, address)
		}
	}
}

// newsFirst puts sitemaps that look like news before the others, of which only a few are worth a request.
func newsFirst(list []string) []string {
	news := slices.Clone(list)
	slices.SortStableFunc(news, func(a, b string) int {
		return boolInt(!newsName.MatchString(a)) - boolInt(!newsName.MatchString(b))
	})
	return news[:min(len(news), 4)]
}

var (
	newsName = regexp.MustCompile(`(?i)news|tin|google`)
	feedName = regexp.MustCompile(`(?i)(?:\.rss|\.atom|/rss|/feed|rss\.xml|feed\.xml|atom\.xml|feed\.json)(?:/|$|\?)`)
	idSpoil  = regexp.MustCompile(`[^a-z0-9]+`)
)

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// sourceID makes a short name of a host: "www.bao-bai-boi.com.vn" is "bao-bai-boi".
func sourceID(u *url.URL) string {
	host := strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
	if name, _, ok := strings.Cut(host, "."); ok && strings.Trim(name, "0123456789") != "" {
		host = name
	}
	id := strings.Trim(idSpoil.ReplaceAllString(host, "-"), "-")
	if id == "" {
		return "outlet"
	}
	return cut(id, 40)
}

// home is what a home page says of its outlet.
type home struct {
	name, language string
	feeds          []string // declared
	links          []string // linked to, and named like feeds
}

// readHome reads the head and the links of a page as a stream.
func readHome(page string, base *url.URL) home {
	var out home
	tokens := html.NewTokenizer(strings.NewReader(page))
	tokens.SetMaxBuf(1 << 20)
	inTitle := false
	for range maxAnchors * 20 {
		kind := tokens.Next()
		if kind == html.ErrorToken {
			break
		}
		if kind == html.TextToken && inTitle {
			out.name, inTitle = firstOf(out.name, cut(plainLine(string(tokens.Text())), 120)), false
		}
		if kind != html.StartTagToken && kind != html.SelfClosingTagToken {
			continue
		}
		token := tokens.Token()
		attr := map[string]string{}
		for _, a := range token.Attr {
			attr[a.Key] = a.Val
		}
		inTitle = token.Data == "title" && out.name == ""
		out.take(token.Data, attr, base)
	}
	return out
}

func (h *home) take(tag string, attr map[string]string, base *url.URL) {
	switch tag {
	case "html":
		if language, _, _ := strings.Cut(strings.ToLower(attr["lang"]), "-"); languagePattern.MatchString(language) {
			h.language = language
		}
	case "meta":
		if attr["property"] == "og:site_name" {
			h.name = cut(plainLine(attr["content"]), 120)
		}
	case "link", "a":
		u, err := base.Parse(strings.TrimSpace(attr["href"]))
		if err != nil || attr["href"] == "" || u.User != nil || u.Scheme != "http" && u.Scheme != "https" {
			return
		}
		u.Fragment = ""
		kind := strings.ToLower(attr["type"])
		alternate := slices.Contains(strings.Fields(strings.ToLower(attr["rel"])), "alternate")
		switch {
		case tag == "link" && alternate && (strings.Contains(kind, "rss") || strings.Contains(kind, "atom") || kind == "application/feed+json"):
			h.feeds = append(h.feeds, u.String())
		case tag == "a" && onSite(base, u) && feedName.MatchString(u.RequestURI()):
			h.links = append(h.links, u.String())
		}
	}
}

// sitemaps are what a site's robots.txt names.
func (c *robotsCache) sitemaps(ctx context.Context, u *url.URL) []string {
	if err := c.check(ctx, u.String()); err != nil {
		return nil
	}
	e := c.entry(u.Scheme + "://" + hostKey(u))
	select {
	case e.turn <- struct{}{}:
		defer func() { <-e.turn }()
	case <-ctx.Done():
		return nil
	}
	var out []string
	for _, s := range e.rules.sitemaps {
		if m, err := u.Parse(s); err == nil && onSite(u, m) {
			out = append(out, m.String())
		}
	}
	return out
}
