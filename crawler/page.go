package crawler

import (
	"bytes"
	"fmt"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/net/html"

	"haidang/internal/article"
	"haidang/internal/text"
)

// Page is what a page says. Either Reason is set and there is no article, or Title and Text are.
type Page struct {
	URL           string
	CanonicalURL  string
	Title         string
	Lead          string
	Text          string // paragraphs, one a line
	Published     time.Time
	PublishedFrom article.DateSource
	Modified      time.Time
	Language      string // "vi", "en" or "other", of the text
	Outlet        string // the site's own name, as declared
	Method        string // which extractor won: for logs and measuring
	Reason        Reason // why there is no article

	declaredList bool // it calls itself a list and not an article
}

// The extractors, by the name that Page.Method gives.
const (
	methodSelectors   = "selectors"
	methodTrafilatura = "trafilatura"
	methodReadability = "readability"
	methodJSONLD      = "json-ld"
	methodCheap       = "cheap"
)

// Budgets of one page. Beyond them the cheap extractor reads it, in one pass.
const (
	maxExtractBytes = 2 << 20
	maxTokens       = 60_000
	maxAttributes   = 100_000
	maxNodes        = 16_000 // twice what the fullest of two hundred real pages has
	maxSiblings     = 1_000
	maxRepeats      = 2_500 // elements of one name: go-trafilatura is quadratic in them, however they are grouped
	extractDeadline = 800 * time.Millisecond
	maxAbandoned    = 2 // full readings past the deadline that may still be running when another one is begun
)

// Extract reads the article out of an HTML page. It does no I/O and always comes back: within about a second, with
// an article or a Reason. contentType is the header of the response ("" when unknown); src may be nil. The error is for
// a pageURL that is not an address.
func Extract(body []byte, pageURL, contentType string, src *Source) (Page, error) {
	return newExtractor().extract(body, pageURL, contentType, src)
}

// extractor reads pages. budget is how long the full reading of one may take; 0 lets it take as long as it likes, so
// that what it finds does not depend on how busy the machine is. abandoned counts the readings that ran out of it and have
// not come back: nothing can stop them, so while there are too many, no other is begun.
type extractor struct {
	budget    time.Duration
	abandoned *atomic.Int32
}

func newExtractor() extractor {
	return extractor{budget: extractDeadline, abandoned: new(atomic.Int32)}
}

func (x extractor) extract(body []byte, pageURL, contentType string, src *Source) (Page, error) {
	base := &url.URL{}
	if pageURL != "" {
		u, err := url.Parse(pageURL)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			return Page{}, &Error{Reason: ReasonInvalidURL, Err: fmt.Errorf("%q is not an absolute http or https address", pageURL)}
		}
		base = u
	}
	if src == nil {
		src = &Source{}
	}
	e := extraction{base: base, src: src, extractor: x}
	if reason := notHTML(body, contentType); reason != ReasonNone {
		return Page{URL: pageURL, Reason: reason}, nil
	}
	vietnamese := zoneOf(src.location(), pageURL, src.Language) != time.UTC
	e.source = strings.TrimSpace(decodeText(body, contentType, vietnamese))
	page := e.run(e.fullPage)
	page.URL = firstOf(pageURL, page.CanonicalURL)
	if page.Reason == ReasonNone && page.Language == "" {
		page.Language = string(text.Detect(page.Title + "\n" + page.Lead + "\n" + page.Text))
	}
	return page, nil
}

// notHTML recognises what is no page at all.
func notHTML(body []byte, contentType string) Reason {
	kind, _, _ := strings.Cut(strings.ToLower(contentType), ";")
	switch kind = strings.TrimSpace(kind); {
	case strings.HasPrefix(kind, "image/"), strings.HasPrefix(kind, "video/"), strings.HasPrefix(kind, "audio/"), strings.HasPrefix(kind, "font/"),
		kind == "application/pdf", kind == "application/zip", kind == "application/json", kind == "application/msword":
		return ReasonNotHTML
	}
	head := string(body[:min(len(body), 512)])
	for _, magic := range []string{"%PDF", "\xff\xd8\xff", "\x89PNG", "GIF8", "PK\x03\x04", "RIFF", "\x1f\x8b", "ID3", "\x00\x00\x00\x18ftyp"} {
		if strings.HasPrefix(head, magic) {
			return ReasonNotHTML
		}
	}
	if strings.TrimSpace(head) == "" && len(body) <= len(head) {
		return ReasonEmpty
	}
	return ReasonNone
}

// extraction is the work on one page.
type extraction struct {
	extractor

	base   *url.URL
	src    *Source
	source string      // the page in UTF-8
	late   atomic.Bool // nobody waits for the full reading any more
}

// run tries the full reading within the budget and falls back to the cheap one. A parser that panics or does not come
// back costs its own result only.
func (e *extraction) run(full func() *Page) Page {
	if e.source == "" {
		return Page{Reason: ReasonEmpty}
	}
	if !withinBudget(e.source) || e.budget > 0 && e.abandoned.Load() >= maxAbandoned {
		return e.cheapPage()
	}
	var expired <-chan time.Time
	if e.budget > 0 {
		timer := time.NewTimer(e.budget)
		defer timer.Stop()
		expired = timer.C
	}
	done := make(chan *Page, 1) // of one: a late result is dropped without a reader
	go func() {
		var page *Page
		defer func() {
			if recover() != nil {
				page = nil
			}
			done <- page
		}()
		page = full()
	}()
	select {
	case page := <-done:
		if page != nil {
			return *page
		}
	case <-expired:
		e.late.Store(true)
		e.abandoned.Add(1)
		go func() { // until the reading comes back
			<-done
			e.abandoned.Add(-1)
		}()
	}
	return e.cheapPage()
}

// withinBudget counts what the parsers will have to hold, without building anything.
func withinBudget(source string) bool {
	if len(source) > maxExtractBytes {
		return false
	}
	tokens, attributes := 0, 0
	z := html.NewTokenizer(strings.NewReader(source))
	for {
		kind := z.Next()
		switch kind {
		case html.ErrorToken:
			return true
		case html.StartTagToken, html.SelfClosingTagToken:
			attributes += bytes.Count(z.Raw(), []byte("="))
		}
		if tokens++; tokens > maxTokens || attributes > maxAttributes {
			return false
		}
	}
}

// fullPage reads the page as a tree; nil when it cannot be one (nested too deeply) or is over the budget.
func (e *extraction) fullPage() *Page {
	doc, err := html.Parse(strings.NewReader(e.source))
	if err != nil || !modest(doc) {
		return nil
	}
	meta := readMetadata(doc, e.base, e.src)
	page := meta.page()
	facts := factsOf(doc, &meta)
	e.body(doc, &meta, facts.prose, &page)
	if e.late.Load() {
		return nil
	}
	headlines := 0
	if page.Method != methodSelectors {
		page.Text, headlines = facts.withoutTeasers(page.Text)
	}
	page.Reason = facts.judge(&page, headlines)
	if page.Reason != ReasonNone {
		return &Page{CanonicalURL: page.CanonicalURL, Title: page.Title, Reason: page.Reason, declaredList: facts.listed && !facts.described}
	}
	return &page
}

// modest reports whether a tree is within what go-trafilatura reads in time.
func modest(doc *html.Node) bool {
	nodes, repeats := 0, map[string]int{}
	for n := range doc.Descendants() {
		if nodes++; nodes > maxNodes {
			return false
		}
		if n.Type != html.ElementNode {
			continue
		}
		if repeats[n.Data]++; repeats[n.Data] > maxRepeats {
			return false
		}
		children := 0
		for c := range n.ChildNodes() {
			if c.Type == html.ElementNode {
				children++
			}
		}
		if children > maxSiblings {
			return false
		}
	}
	return true
}

// cheapPage reads a page that no tree should be built of: the head as a small document of its own, the body in one pass.
func (e *extraction) cheapPage() Page {
	page := Page{Method: methodCheap}
	if head := headOf(e.source); withinBudget(head) {
		if doc, err := html.Parse(strings.NewReader(head)); err == nil && modest(doc) {
			meta := readMetadata(doc, e.base, e.src)
			page = meta.page()
			page.Method = methodCheap
		}
	}
	blocks := readBlocks(e.source[:min(len(e.source), 2*maxExtractBytes)])
	page.Text = bestRun(blocks)
	if page.Title == "" {
		page.Title = headingOf(blocks)
	}
	page.Lead = withoutRepeat(page.Lead, page.Title)
	if page.Reason = judgeCheap(&page, blocks, isFrontPage(e.base, page.CanonicalURL)); page.Reason != ReasonNone {
		return Page{CanonicalURL: page.CanonicalURL, Title: page.Title, Reason: page.Reason}
	}
	return page
}

// headOf cuts the page at the start of its body, or where a head must have ended.
func headOf(source string) string {
	head := source[:min(len(source), 256<<10)]
	if at := strings.Index(head, "<body"); at > 0 {
		return head[:at]
	}
	return head[:min(len(head), 64<<10)]
}
