package crawler

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"haidang/internal/article"
)

// HandleLink fetches the page of one link, extracts the article and publishes it. A page that fails for now is noted to
// be tried again, and gives nil: [Crawler.Run] publishes its link when the time has come. An error means that the link is
// to be delivered again, unless [IsRefused] says that it never will be an article. A link that was handled before is not
// fetched again.
func (c *Crawler) HandleLink(ctx context.Context, l Link) error {
	c.metrics.inFlight.Inc()
	defer c.metrics.inFlight.Dec()
	if l.URL == "" || l.ArticleID == "" {
		return c.refuse(l, &Error{Reason: ReasonInvalidURL, Err: errors.New("a link without an address")})
	}
	if l.Revisit > 0 {
		return c.revisit(ctx, l)
	}
	known, err := c.state.page(ctx, l.ArticleID)
	if err != nil {
		return err
	}
	if known.settles(l) {
		c.metrics.pages.WithLabelValues(string(ReasonRepeat)).Inc()
		return nil
	}
	leave, err := c.ready(ctx, l)
	if err != nil {
		return err
	}
	defer leave()
	p := known.begin(l, c.deps.Now())
	doc, err := c.read(ctx, l)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return c.unread(ctx, l, p, err)
	}
	if l.outside(doc.Published, doc.PublishedFrom) {
		p.outcome = string(ReasonOutside)
		return c.leave(ctx, p, ReasonOutside)
	}
	p.outcome, p.read = outcomeOK, c.deps.Now()
	if p.attempts > 0 {
		c.metrics.retries.WithLabelValues(retryRecovered).Inc()
		c.log.Info("page read after all", "url", l.URL, "source", l.Source, "failed", p.attempts)
	}
	return c.publish(ctx, p, doc)
}

var (
	errNoArticle = errors.New("no article on the page")
	errList      = errors.New("a list of other articles")
)

func isTemporary(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return !ok || e.Temporary
}

// OwnTrouble reports whether an error of HandleLink comes from the bus or the database, and so says nothing against
// the link: it is to be tried until it passes.
func OwnTrouble(err error) bool {
	r := ReasonOf(err)
	return r == ReasonBrokerFailed || r == ReasonStateFailed
}

// ready waits until a link's host may be asked again and there is room for one more page. Any number of links may wait for
// their hosts; pages, which take memory, are at most so many at a time.
func (c *Crawler) ready(ctx context.Context, l Link) (leave func(), err error) {
	if u, err := url.Parse(l.URL); err == nil {
		if err := c.fetcher.transport.hosts.await(ctx, hostKey(u)); err != nil {
			return nil, err
		}
	}
	select {
	case c.pages <- struct{}{}:
		return func() { <-c.pages }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// read fetches and extracts.
func (c *Crawler) read(ctx context.Context, l Link) (article.Article, error) {
	res, err := c.page(ctx, l)
	if err != nil {
		return article.Article{}, err
	}
	return c.extracted(l, res)
}

// page fetches a link's page.
func (c *Crawler) page(ctx context.Context, l Link) (Response, error) {
	c.fetcher.slow(l.URL, c.source(l.Source).Delay.Std())
	return c.fetcher.Page(ctx, l.URL)
}

// extracted takes the article out of a page.
func (c *Crawler) extracted(l Link, res Response) (article.Article, error) {
	src := c.source(l.Source)
	start := time.Now()
	page, err := c.extract.extract(res.Body, res.URL, res.ContentType, src)
	c.metrics.extractTime.Observe(time.Since(start).Seconds())
	if err != nil {
		return article.Article{}, err
	}
	if page.Reason != ReasonNone {
		cause := errNoArticle
		if page.Reason == ReasonListing && (page.declaredList || isSection(l.URL)) {
			cause = errList
		}
		return article.Article{}, &Error{Reason: page.Reason, Err: cause}
	}
	return c.fromPage(l, src, page), nil
}

// fromPage puts together what the page and the feed say.
func (c *Crawler) fromPage(l Link, src *Source, page Page) article.Article {
	doc := c.fromFeed(l, src)
	doc.FeedOnly = false
	doc.Title, doc.Text = firstOf(page.Title, l.Item.Title), page.Text
	doc.Lead = firstOf(page.Lead, withoutRepeat(l.Item.Summary, doc.Title))
	if page.CanonicalURL != "" {
		doc.CanonicalURL = page.CanonicalURL
		doc.ID = article.ID(page.CanonicalURL)
	}
	doc.Language = page.Language
	if doc.PublishedFrom == article.DateFromFirstSeen && !page.Published.IsZero() {
		if at, from := settleDate(page.Published, page.PublishedFrom, c.deps.Now()); from != article.DateFromFirstSeen {
			doc.Published, doc.PublishedFrom = at, from
		}
	}
	doc.Revise()
	return doc
}

// fromFeed is the article as far as the feed tells it. There is no text where the feed has a summary only: the same words
// twice would count twice.
func (c *Crawler) fromFeed(l Link, src *Source) article.Article {
	doc := article.Article{
		ID: l.ArticleID, URL: l.URL, CanonicalURL: l.CanonicalURL, Outlet: src.Name, OutletCountry: src.Country, OutletTier: src.Tier,
		Title: l.Item.Title, Lead: withoutRepeat(l.Item.Summary, l.Item.Title), Text: l.Item.Content,
		FirstSeen: l.FirstSeen, Origin: l.Origin, FeedOnly: true,
	}
	if sameWords(doc.Text, l.Item.Summary) {
		doc.Text = ""
	}
	doc.Published, doc.PublishedFrom = settleDate(l.Item.Published, l.Item.PublishedFrom, l.FirstSeen)
	if doc.PublishedFrom == "" {
		doc.PublishedFrom = article.DateFromFirstSeen
	}
	if doc.Origin == "" {
		doc.Origin = article.Live
	}
	return doc
}

// refuse counts a link that will never be an article, and returns its error.
func (c *Crawler) refuse(l Link, cause error) error {
	c.metrics.pages.WithLabelValues(label(ReasonOf(cause))).Inc()
	c.log.Warn("link refused", "url", l.URL, "source", l.Source, "reason", ReasonOf(cause), "err", cause)
	return &Refused{URL: l.URL, Err: cause}
}

// publish hands the article to the bus and, once that is acknowledged, stores what became of its page. An article that
// was told before keeps its ID, whatever address its page names now. The same wording under the same ID, as two
// addresses of one page give it, is published once.
func (c *Crawler) publish(ctx context.Context, p pageState, doc article.Article) error {
	repeated, err := c.state.published(ctx, doc.ID, doc.Revision)
	if err == nil && !repeated && p.name(&doc) {
		repeated, err = c.state.published(ctx, doc.ID, doc.Revision)
	}
	if err != nil {
		return err
	}
	p.finalID, p.finalURL, p.revision = doc.ID, doc.CanonicalURL, doc.Revision
	if repeated {
		c.metrics.pages.WithLabelValues(string(ReasonRepeat)).Inc()
		return c.state.savePage(ctx, p, c.deps.Now())
	}
	if err := c.deps.Publisher.PublishArticle(ctx, doc); err != nil {
		return &Error{Reason: ReasonBrokerFailed, Temporary: true, Err: fmt.Errorf("publish article %s: %w", doc.ID, err)}
	}
	now := c.deps.Now()
	c.metrics.published(doc, now)
	return c.state.savePage(ctx, p, now)
}
