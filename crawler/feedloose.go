package crawler

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/mmcdole/gofeed"
	"golang.org/x/net/html"
)

// looseFeed reads what it can of a feed that is no XML: cut off, with bare angle brackets, with elements that cross.
// It looks for the elements that matter and for nothing else. It returns nil when
// there is no item, unless it is a feed all the same.
func looseFeed(doc []byte) *gofeed.Feed {
	l := looseReader{tokens: html.NewTokenizer(bytes.NewReader(doc)), feed: &gofeed.Feed{}}
	l.tokens.AllowCDATA(true)
	for l.step() {
	}
	l.closeItem()
	if len(l.feed.Items) == 0 && (l.feed.Title == "" || !feedRoot.Match(head(doc))) {
		return nil
	}
	return l.feed
}

// feedRoot is the first element of a feed.
var feedRoot = regexp.MustCompile(`(?i)<(?:rss|feed|rdf:RDF)[\s>]`)

type looseReader struct {
	tokens *html.Tokenizer
	feed   *gofeed.Feed
	item   *gofeed.Item
	field  string // the element being read
	value  bytes.Buffer
}

// looseFields are the elements that matter, by lower-case name.
var looseFields = map[string]string{
	"title": "title", "link": "link", "guid": "id", "id": "id", "pubdate": "date", "published": "date", "issued": "date",
	"dc:date": "date", "updated": "updated", "modified": "updated", "description": "summary", "summary": "summary",
	"content:encoded": "content", "content": "content",
}

func (l *looseReader) step() bool {
	switch l.tokens.Next() {
	case html.ErrorToken:
		return false
	case html.TextToken:
		if l.field != "" {
			l.value.Write(bytes.TrimSuffix(bytes.TrimPrefix(l.tokens.Raw(), []byte("<![CDATA[")), []byte("]]>")))
		}
	case html.StartTagToken, html.SelfClosingTagToken:
		l.start()
	case html.EndTagToken:
		l.end()
	}
	return true
}

func (l *looseReader) start() {
	raw := l.tokens.Raw()
	name, hasAttr := l.tokens.TagName()
	switch n := string(name); {
	case n == "item" || n == "entry":
		l.closeItem()
		l.item = &gofeed.Item{}
	case l.field == "" && looseFields[n] != "":
		if href := l.href(hasAttr); n == "link" && href != "" {
			l.set("link", href)
			return
		}
		l.field = n
		l.value.Reset()
	case l.field != "":
		l.value.Write(raw) // markup inside a summary
	}
}

func (l *looseReader) href(more bool) string {
	var key, value []byte
	for more {
		if key, value, more = l.tokens.TagAttr(); string(key) == "href" {
			return string(value)
		}
	}
	return ""
}

func (l *looseReader) end() {
	raw := string(l.tokens.Raw())
	name, _ := l.tokens.TagName()
	switch n := string(name); {
	case n == l.field:
		l.finishField()
	case n == "item" || n == "entry":
		l.closeItem()
	case l.field != "":
		l.value.WriteString(raw)
	}
}

func (l *looseReader) finishField() {
	if l.field == "" {
		return
	}
	value := strings.TrimSpace(l.value.String())
	if !strings.Contains(value, "<") {
		value = html.UnescapeString(value)
	}
	l.set(looseFields[l.field], strings.TrimSpace(value))
	l.field = ""
}

func (l *looseReader) set(field, value string) {
	if l.item == nil {
		switch {
		case field == "title" && l.feed.Title == "":
			l.feed.Title = value
		case field == "link" && l.feed.Link == "":
			l.feed.Link = value
		}
		return
	}
	target := map[string]*string{
		"title": &l.item.Title, "link": &l.item.Link, "id": &l.item.GUID, "date": &l.item.Published,
		"updated": &l.item.Updated, "summary": &l.item.Description, "content": &l.item.Content,
	}[field]
	if *target == "" {
		*target = value
	}
}

func (l *looseReader) closeItem() {
	l.finishField()
	if l.item != nil && (l.item.Title != "" || l.item.Link != "") && len(l.feed.Items) < maxFeedItems {
		l.feed.Items = append(l.feed.Items, l.item)
	}
	l.item = nil
}
