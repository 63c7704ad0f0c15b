package crawler

import (
	"fmt"
	"testing"
)

// Atom feeds that write their namespace in another way are read like the rest.
func TestAtomInOtherNamespaces(t *testing.T) {
	for name, form := range map[string]string{
		"prefix":           `<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:title>%s</a:title><a:entry><a:title>%s</a:title><a:link href="https://a.vn/1.html"/></a:entry></a:feed>`,
		"of a draft":       `<feed version="0.3" xmlns="http://purl.org/echo/"><title>%s</title><entry><title>%s</title><link href="https://a.vn/1.html"/></entry></feed>`,
		"after a comment":  `<!-- x --><feed xml:lang='vi' xmlns='http://example.com/new#'><title>%s</title><entry><title>%s</title><link href="https://a.vn/1.html"/></entry></feed>`,
		"as the rest have": `<feed xmlns="http://www.w3.org/2005/Atom"><title>%s</title><entry><title>%s</title><link href="https://a.vn/1.html"/></entry></feed>`,
	} {
		feed, err := ReadFeed(fmt.Appendf(nil, form, "Báo Bãi Bồi", "Kênh chính"), "https://a.vn/rss", FeedDefaults{})
		if err != nil || feed.Title != "Báo Bãi Bồi" || len(feed.Items) != 1 || feed.Items[0].Title != "Kênh chính" || feed.Items[0].URL != "https://a.vn/1.html" {
			t.Errorf("%s: %+v, %v", name, feed, err)
		}
	}
}

// A feed that is broken and shows nothing is still a feed; a page is none.
func TestBrokenFeedWithoutItems(t *testing.T) {
	feed, err := ReadFeed([]byte(`<rss><channel><title>Báo Bãi Bồi &nope; hôm nay</title></channel></rss`), "https://a.vn/rss", FeedDefaults{})
	if err != nil || feed.Title == "" || len(feed.Items) != 0 {
		t.Errorf("%+v, %v", feed, err)
	}
	if _, err := ReadFeed([]byte(`<html><head><title>Báo Bãi Bồi</title></head><body>404`), "https://a.vn/rss", FeedDefaults{}); ReasonOf(err) != ReasonNotFeed {
		t.Errorf("a page: %v", err)
	}
}
