package crawler

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// retryDelays are the pauses after each failed try of a page; after the last of them it is given up.
var retryDelays = [...]time.Duration{
	10 * time.Second, time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 6 * time.Hour, 24 * time.Hour,
}

const (
	soon       = 15 * time.Second // a try so near is waited for; before a later one the article is told as the feed gives it
	retryEvery = 2 * time.Second  // how often due pages are looked for
	retryBatch = 200
	retryLease = time.Hour // after it a link that was published again and not handled is published once more
)

// unread arranges the next try of a page that failed for now, and settles one that failed for good. Meanwhile and at the
// end the article is told as the feed gives it, unless a better version was told before.
func (c *Crawler) unread(ctx context.Context, l Link, p pageState, cause error) error {
	p.attempts++
	wait, again := nextTry(p.attempts, cause)
	if again {
		if err := p.postpone(l, c.deps.Now().Add(wait)); err != nil {
			return err
		}
		c.metrics.retries.WithLabelValues(retryScheduled).Inc()
		c.log.Info("page not read for now", "url", l.URL, "source", l.Source, "reason", ReasonOf(cause), "failed", p.attempts, "again_in", wait, "err", cause)
		if wait <= soon {
			return c.leave(ctx, p, ReasonPostponed)
		}
		return c.tell(ctx, l, p, ReasonPostponed)
	}
	reason := ReasonOf(cause)
	p.outcome = label(reason)
	if isTemporary(cause) {
		c.metrics.retries.WithLabelValues(retryGivenUp).Inc()
		c.log.Warn("page given up", "url", l.URL, "source", l.Source, "reason", reason, "failed", p.attempts, "err", cause)
	}
	untold := l.Item.Title == "" && p.finalID == "" && p.read.IsZero()
	if reason == ReasonForbidden || reason == ReasonInvalidURL || errors.Is(cause, errList) || untold {
		if err := c.state.savePage(ctx, p, c.deps.Now()); err != nil {
			return err
		}
		return c.refuse(l, cause)
	}
	return c.tell(ctx, l, p, reason)
}

// nextTry is how long to wait before a page is asked for again after so many failures; false when it is not to be.
func nextTry(failed int, cause error) (time.Duration, bool) {
	if !isTemporary(cause) || failed > len(retryDelays) {
		return 0, false
	}
	return max(retryDelays[failed-1], waitOf(cause)), true
}

// postpone keeps the link for its next try.
func (p *pageState) postpone(l Link, next time.Time) error {
	l.Retry = 0
	link, err := json.Marshal(l)
	if err != nil {
		return stateError("keep the link", err)
	}
	p.next, p.link = next, string(link)
	return nil
}

// leave stores the state of a page for which nothing is told.
func (c *Crawler) leave(ctx context.Context, p pageState, why Reason) error {
	c.metrics.pages.WithLabelValues(label(why)).Inc()
	return c.state.savePage(ctx, p, c.deps.Now())
}

// tell publishes the article as the feed gives it, unless that would replace a text that was read, or say nothing or
// nothing new.
func (c *Crawler) tell(ctx context.Context, l Link, p pageState, why Reason) error {
	doc := c.fromFeed(l, c.source(l.Source))
	p.name(&doc)
	doc.Revise()
	full, err := c.state.readInFull(ctx, doc.ID)
	if err != nil {
		return err
	}
	if full || !p.read.IsZero() || doc.Title == "" || doc.Revision == p.revision {
		return c.leave(ctx, p, why)
	}
	c.log.Info("page not read, told as the feed gives it", "url", l.URL, "source", l.Source, "reason", why)
	return c.publish(ctx, p, doc)
}

// Retry publishes links whose next try has come, until ctx ends, and returns ctx's error. [Crawler.Run] does it too: it is for
// a process that fetches pages and polls nothing.
func (c *Crawler) Retry(ctx context.Context) error {
	for {
		pause := c.due
		if err := errors.Join(c.republish(ctx), c.publishRevisits(ctx)); err != nil && ctx.Err() == nil {
			c.log.Warn("pages to try again were not published", "err", err)
			pause = 10 * c.due
		}
		if err := rest(ctx, pause); err != nil {
			return err
		}
	}
}

// republish publishes the links whose next try has come. A crash before their rows are moved publishes them again, and
// HandleLink knows them by the number of the try.
func (c *Crawler) republish(ctx context.Context) error {
	due, err := c.state.due(ctx, c.deps.Now(), retryBatch)
	if err != nil {
		return err
	}
	var links []Link
	for _, p := range due {
		var l Link
		if err := json.Unmarshal([]byte(p.link), &l); err != nil {
			c.log.Error("the link of a page to try again cannot be read", "article", p.articleID, "err", err)
			continue
		}
		l.Retry = p.attempts
		links = append(links, l)
	}
	if len(links) > 0 {
		if err := c.deps.Publisher.PublishLinks(ctx, links); err != nil {
			return &Error{Reason: ReasonBrokerFailed, Temporary: true, Err: fmt.Errorf("publish %d links again: %w", len(links), err)}
		}
	}
	until := c.deps.Now().Add(retryLease)
	for _, p := range due {
		if err := c.state.lease(ctx, p, until); err != nil {
			return err
		}
	}
	n, err := c.state.waiting(ctx)
	if err == nil {
		c.metrics.waiting.Set(float64(n))
	}
	return err
}
