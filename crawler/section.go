package crawler

import (
	"bytes"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"

	"golang.org/x/net/html"

	"haidang/internal/article"
)

const (
	maxAnchors      = 3000 // of a section page that are looked at
	maxSectionLinks = 300

	// So many new links may one feed, sitemap or section page bring in a day: beyond it there is a trap. The busiest outlets
	// publish a thousand articles a day, in many feeds.
	feedBudget    = 3000
	sectionBudget = 500
)

// readSection takes from a page of headlines the links whose path and query match, on the page's own site. It reads the
// page as a stream: its size is bounded, its shape does not matter.
func readSection(body []byte, address string, links *regexp.Regexp, d FeedDefaults) (Feed, error) {
	base, err := url.Parse(address)
	if err != nil {
		return Feed{}, &Error{Reason: ReasonInvalidURL, Err: err}
	}
	var out Feed
	index := map[string]int{}
	eachAnchor(decodeText(body, d.ContentType, true), func(href, text string) bool {
		u, err := base.Parse(strings.TrimSpace(href))
		if err != nil || !onSite(base, u) || isSectionTrap(base, u) {
			return true
		}
		u.Fragment = ""
		if !links.MatchString(u.RequestURI()) {
			return true
		}
		key := u.String()
		at, ok := index[key]
		if !ok {
			if len(out.Items) >= maxSectionLinks {
				return false
			}
			at = len(out.Items)
			index[key] = at
			out.Items = append(out.Items, Item{URL: key, Published: d.Now.UTC(), PublishedFrom: article.DateFromFirstSeen})
		}
		if title := cut(plainLine(text), 300); len(title) > len(out.Items[at].Title) {
			out.Items[at].Title = title // a picture and a headline often link to the same page
		}
		return true
	})
	if len(out.Items) == 0 {
		return out, &Error{Reason: ReasonNoArticle, Err: fmt.Errorf("no link of the page matches %q", links)}
	}
	return out, nil
}

// eachAnchor calls do for the links of a page and their text, until it returns false.
func eachAnchor(page string, do func(href, text string) bool) {
	tokens := html.NewTokenizer(strings.NewReader(page))
	tokens.SetMaxBuf(1 << 20)
	href, inside, seen := "", false, 0
	var text bytes.Buffer
	finish := func() bool {
		inside = false
		return do(href, text.String())
	}
	for seen < maxAnchors {
		switch tokens.Next() {
		case html.ErrorToken:
			if inside {
				finish()
			}
			return
		case html.TextToken:
			if inside && text.Len() < 2<<10 {
				text.Write(tokens.Text())
				text.WriteByte(' ')
			}
		case html.StartTagToken:
			name, more := tokens.TagName()
			if string(name) != "a" {
				continue
			}
			if inside && !finish() {
				return
			}
			href = attribute(tokens, more, "href")
			inside = href != ""
			text.Reset()
			seen++
		case html.EndTagToken:
			if name, _ := tokens.TagName(); inside && string(name) == "a" && !finish() {
				return
			}
		}
	}
}

// attribute returns one attribute of the tag that the tokenizer stands on.
func attribute(tokens *html.Tokenizer, more bool, name string) string {
	var key, value []byte
	for more {
		if key, value, more = tokens.TagAttr(); string(key) == name {
			return string(value)
		}
	}
	return ""
}

// withinBudget keeps a feed or a page whose links never end from filling the day. What is left out is not marked seen.
func (c *Crawler) withinBudget(f *feedState, fresh, shown []Link) (allowed, marked []Link) {
	if day := c.deps.Now().Truncate(24 * time.Hour); !day.Equal(f.day) {
		f.day, f.spent = day, 0
	}
	budget := feedBudget
	if f.channel == ChannelSection {
		budget = sectionBudget
	}
	left := max(0, budget-f.spent)
	if len(fresh) <= left {
		f.spent += len(fresh)
		return fresh, shown
	}
	c.log.Warn("feed brings too many links", "source", f.source, "feed", f.url, "channel", f.channel, "today", f.spent, "left_out", len(fresh)-left)
	c.metrics.items.WithLabelValues(string(ReasonTrap)).Add(float64(len(fresh) - left))
	f.spent += left
	over := map[string]bool{}
	for _, l := range fresh[left:] {
		over[l.ArticleID] = true
	}
	for _, l := range shown {
		if !over[l.ArticleID] {
			marked = append(marked, l)
		}
	}
	return fresh[:left], marked
}
