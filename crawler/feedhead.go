package crawler

import (
	"bytes"
	"encoding/json"
	"html"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

var (
	ttlElement    = regexp.MustCompile(`(?i)<ttl>\s*(\d{1,6})\s*</ttl>`)
	periodElement = regexp.MustCompile(`(?i)<sy:updatePeriod>\s*(hourly|daily|weekly|monthly|yearly)\s*</sy:updatePeriod>`)
	timesElement  = regexp.MustCompile(`(?i)<sy:updateFrequency>\s*(\d{1,4})\s*</sy:updateFrequency>`)
	linkElement   = regexp.MustCompile(`(?i)<(?:\w{1,16}:)?link\s[^<>]*>`)
	relHub        = regexp.MustCompile(`(?i)\srel\s*=\s*["']hub["']`)
	relSelf       = regexp.MustCompile(`(?i)\srel\s*=\s*["']self["']`)
	hrefAttribute = regexp.MustCompile(`(?i)\shref\s*=\s*["']([^"'<>]+)["']`)
)

// head is what a feed says before its first item: gofeed drops most of it.
func head(doc []byte) []byte {
	doc = doc[:min(len(doc), 64<<10)]
	for _, mark := range []string{"<item", "<entry"} {
		if at := bytes.Index(doc, []byte(mark)); at >= 0 {
			doc = doc[:at]
		}
	}
	return doc
}

// askedInterval is how long a feed asks to be left alone: ttl of RSS, or the syndication module, in which hourly with a
// frequency of two is half an hour.
func askedInterval(doc []byte) time.Duration {
	h := head(doc)
	if m := ttlElement.FindSubmatch(h); m != nil {
		if minutes, err := strconv.Atoi(string(m[1])); err == nil {
			return min(time.Duration(minutes)*time.Minute, daily)
		}
	}
	m := periodElement.FindSubmatch(h)
	if m == nil {
		return 0
	}
	period := map[string]time.Duration{
		"hourly": time.Hour, "daily": daily, "weekly": 7 * daily, "monthly": 30 * daily, "yearly": 365 * daily,
	}[strings.ToLower(string(m[1]))]
	if m := timesElement.FindSubmatch(h); m != nil {
		if times, err := strconv.Atoi(string(m[1])); err == nil && times > 0 {
			period /= time.Duration(times)
		}
	}
	return min(period, daily)
}

// declaredHub is the WebSub hub of a feed, and the address under which the hub knows the feed: links with rel="hub" and
// rel="self", or hubs and feed_url in a JSON feed. An address of its own on another site is not believed.
func declaredHub(doc []byte, feedURL string) (hub, self string) {
	if bytes.HasPrefix(doc, []byte("{")) {
		var feed struct {
			Hubs    []struct{ URL string }
			FeedURL string `json:"feed_url"`
		}
		if !bytes.Contains(doc, []byte(`"hubs"`)) || json.Unmarshal(doc, &feed) != nil || len(feed.Hubs) == 0 {
			return "", ""
		}
		return cut(feed.Hubs[0].URL, 2048), ownAddress(feed.FeedURL, feedURL)
	}
	for _, link := range linkElement.FindAll(head(doc), 32) {
		m := hrefAttribute.FindSubmatch(link)
		if m == nil {
			continue
		}
		address := html.UnescapeString(string(m[1]))
		switch {
		case hub == "" && relHub.Match(link):
			hub = cut(address, 2048)
		case self == "" && relSelf.Match(link):
			self = ownAddress(address, feedURL)
		}
	}
	return hub, self
}

func ownAddress(address, feedURL string) string {
	base, err1 := url.Parse(feedURL)
	u, err2 := url.Parse(address)
	if err1 != nil || err2 != nil || len(address) > 2048 || !onSite(base, u) {
		return ""
	}
	return address
}
