package crawler

import (
	"context"
	"errors"
	"fmt"
	"time"

	"haidang/internal/article"
)

// maxAttempts of one page, over redeliveries: after them the article is told as the feed gave it, and not lost.
const maxAttempts = 3

// HandleLink fetches the page of one link, extracts the article and publishes it. An error means "try again later";
// what can never succeed is counted under its Reason and gives nil. A link that was handled before is not fetched again.
func (c *Crawler) HandleLink(ctx context.Context, l Link) error {
	c.metrics.inFlight.Inc()
	defer c.metrics.inFlight.Dec()
	if l.URL == "" || l.ArticleID == "" {
		c.refuse(l, &Error{Reason: ReasonInvalidURL, Err: errors.New("a link without an address")})
		return nil
	}
	known, err := c.state.page(ctx, l.ArticleID)
	if err != nil {
		return err
	}
	if known.outcome != "" && (!l.Edit || known.linkHash == l.Hash) {
		c.metrics.pages.WithLabelValues(string(ReasonRepeat)).Inc()
		return nil
	}
	if known.linkHash != l.Hash {
		known.attempts = 0
	}
	doc, err := c.read(ctx, l)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err == nil:
		return c.publish(ctx, l, doc, ReasonNone)
	case isTemporary(err) && known.attempts+1 < maxAttempts:
		known.linkHash, known.attempts, known.outcome = l.Hash, known.attempts+1, ""
		return errors.Join(fmt.Errorf("page %s: %w", l.URL, err), c.state.savePage(ctx, known, c.deps.Now()))
	}
	return c.withoutPage(ctx, l, err)
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

// read fetches and extracts.
func (c *Crawler) read(ctx context.Context, l Link) (article.Article, error) {
	src := c.source(l.Source)
	c.fetcher.slow(l.URL, src.Delay.Std())
	res, err := c.fetcher.Page(ctx, l.URL)
	if err != nil {
		return article.Article{}, err
	}
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
		ID: l.ArticleID, URL: l.URL, CanonicalURL: l.CanonicalURL, Outlet: src.Name, OutletCountry: src.Country,
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

// withoutPage tells the article as the feed gave it, or refuses it when the feed gave nothing, the address is not one
// that an outlet could have meant, or the page is a list of other articles for certain.
func (c *Crawler) withoutPage(ctx context.Context, l Link, cause error) error {
	reason := ReasonOf(cause)
	doc := c.fromFeed(l, c.source(l.Source))
	if reason == ReasonForbidden || reason == ReasonInvalidURL || errors.Is(cause, errList) || doc.Title == "" {
		c.refuse(l, cause)
		return c.state.savePage(ctx, pageState{articleID: l.ArticleID, linkHash: l.Hash, outcome: string(reason)}, c.deps.Now())
	}
	doc.Revise()
	c.log.Info("page not read, told as the feed gives it", "url", l.URL, "source", l.Source, "reason", reason)
	return c.publish(ctx, l, doc, reason)
}

func (c *Crawler) refuse(l Link, cause error) {
	c.metrics.pages.WithLabelValues(label(ReasonOf(cause))).Inc()
	c.log.Warn("link refused", "url", l.URL, "source", l.Source, "reason", ReasonOf(cause), "err", cause)
}

// publish hands the article to the bus and, once that is acknowledged, marks the page. The same wording under the same
// ID, as two addresses of one page give it, is published once.
func (c *Crawler) publish(ctx context.Context, l Link, doc article.Article, why Reason) error {
	done := pageState{articleID: l.ArticleID, linkHash: l.Hash, outcome: label(why), finalID: doc.ID, revision: doc.Revision}
	repeated, err := c.state.published(ctx, doc.ID, doc.Revision)
	if err != nil {
		return err
	}
	if repeated {
		c.metrics.pages.WithLabelValues(string(ReasonRepeat)).Inc()
		return c.state.savePage(ctx, done, c.deps.Now())
	}
	if err := c.deps.Publisher.PublishArticle(ctx, doc); err != nil {
		return &Error{Reason: ReasonBrokerFailed, Temporary: true, Err: fmt.Errorf("publish article %s: %w", doc.ID, err)}
	}
	now := c.deps.Now()
	c.metrics.published(doc, why, now)
	return c.state.savePage(ctx, done, now)
}
