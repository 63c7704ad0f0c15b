package filters

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"haidang/classifier"
	"haidang/crawler"
	"haidang/internal/article"
)

// maxFile bounds a feed or page given as a file, as the crawler bounds what it fetches.
const maxFile = 16 << 20

// Target is what a filter reads: an address that is fetched, or a file and the address it came from.
type Target struct {
	Name string // an http or https address, a file, or "-" for standard input
	URL  string // of a file
}

// ErrNoAddress is returned for a page in a file whose address was not given: links, dates and the site's own name depend
// on it.
var ErrNoAddress = errors.New("write --url and the address that the page came from")

// web reports whether the target is fetched.
func (t Target) web() bool {
	return strings.HasPrefix(t.Name, "http://") || strings.HasPrefix(t.Name, "https://")
}

// feedItem is one line of the feed command.
type feedItem struct {
	Title         string             `json:"title"`
	URL           string             `json:"url"`
	Published     time.Time          `json:"published,omitzero"`
	PublishedFrom article.DateSource `json:"published_from,omitempty"`
	Summary       string             `json:"summary"`
	FeedTitle     string             `json:"feed_title"`
}

// Feed reads a feed and writes its items.
func Feed(ctx context.Context, cfg crawler.Config, t Target, std Streams) error {
	data, defaults := []byte(nil), crawler.FeedDefaults{Now: time.Now()}
	address := t.URL
	if t.web() {
		fetcher, err := crawler.NewFetcher(cfg, crawler.Deps{})
		if err != nil {
			return err
		}
		res, err := fetcher.Feed(ctx, crawler.FeedRequest{URL: t.Name})
		if err != nil {
			return fmt.Errorf("feed %s: %w", t.Name, err)
		}
		data, address, defaults.ContentType = res.Body, res.URL, res.ContentType
	} else {
		var err error
		if data, err = readFile(t.Name, std.In); err != nil {
			return err
		}
	}
	feed, err := crawler.ReadFeed(data, address, defaults)
	if err != nil {
		return fmt.Errorf("feed %s: %w", t.Name, err)
	}
	enc := encoder(std.Out)
	for _, it := range feed.Items {
		if it.PublishedFrom == article.DateFromFirstSeen { // the feed gave none that can be believed
			it.Published, it.PublishedFrom = time.Time{}, ""
		}
		line := feedItem{
			Title: it.Title, URL: it.URL, Published: it.Published, PublishedFrom: it.PublishedFrom, Summary: it.Summary, FeedTitle: feed.Title,
		}
		if err := enc.Encode(line); err != nil {
			return err
		}
	}
	return nil
}

// fetched is the line of the fetch command.
type fetched struct {
	URL           string             `json:"url"`
	CanonicalURL  string             `json:"canonical_url"`
	Title         string             `json:"title"`
	Lead          string             `json:"lead"`
	Text          string             `json:"text"`
	Published     time.Time          `json:"published,omitzero"`
	PublishedFrom article.DateSource `json:"published_from,omitempty"`
	Language      string             `json:"language"`
}

// unread is the line of a page without an article.
type unread struct {
	URL    string         `json:"url"`
	Reason crawler.Reason `json:"reason"`
}

// Fetch reads a page and writes its article, or why there is none. With a file nothing is fetched.
func Fetch(ctx context.Context, cfg crawler.Config, t Target, std Streams) error {
	address, contentType := t.URL, ""
	var html []byte
	if t.web() {
		fetcher, err := crawler.NewFetcher(cfg, crawler.Deps{})
		if err != nil {
			return err
		}
		res, err := fetcher.Page(ctx, t.Name)
		if err != nil {
			return fmt.Errorf("page %s: %w", t.Name, err)
		}
		html, address, contentType = res.Body, res.URL, res.ContentType
	} else {
		if address == "" {
			return ErrNoAddress
		}
		var err error
		if html, err = readFile(t.Name, std.In); err != nil {
			return err
		}
	}
	page, err := crawler.Extract(html, address, contentType, nil)
	if err != nil {
		return fmt.Errorf("page %s: %w", t.Name, err)
	}
	if page.Reason != crawler.ReasonNone {
		return encoder(std.Out).Encode(unread{URL: address, Reason: page.Reason})
	}
	return encoder(std.Out).Encode(fetched{
		URL: address, CanonicalURL: page.CanonicalURL, Title: page.Title, Lead: page.Lead, Text: page.Text,
		Published: page.Published, PublishedFrom: page.PublishedFrom, Language: page.Language,
	})
}

// readFile reads a named file, or standard input for "-".
func readFile(name string, stdin io.Reader) ([]byte, error) {
	in := io.NopCloser(stdin)
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		in = file
	}
	defer in.Close()
	data, err := io.ReadAll(io.LimitReader(in, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if len(data) > maxFile {
		return nil, fmt.Errorf("%s is larger than %d MB", name, maxFile>>20)
	}
	return data, nil
}

// LoadRules loads a set of rules, as the pipeline does.
func LoadRules(cfg classifier.Config, rules fs.FS) (*classifier.Classifier, error) {
	c, err := classifier.New(cfg, classifier.Deps{Rules: rules})
	if err != nil {
		return nil, fmt.Errorf("rules: %w", err)
	}
	return c, nil
}
