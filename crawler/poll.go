package crawler

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"haidang/internal/article"
)

// poll asks one feed, sitemap or section page once and keeps the outcome. It returns the new state and, for a caller that
// wants to know, why it failed. Order of effects: fetch, publish everything new, and only then store validators and mark
// seen. A poll that brought nothing new is written later, with others: [Crawler.flush].
func (c *Crawler) poll(ctx context.Context, src *Source, p polled, f feedState) (feedState, error) {
	err := c.tryPoll(ctx, src, p, &f)
	if ctx.Err() != nil {
		return f, ctx.Err()
	}
	if err == nil {
		return f, nil
	}
	c.failed(src, &f, err)
	c.log.Warn("feed failed", "source", src.ID, "feed", f.url, "channel", f.channel, "reason", f.reason, "failures", f.failures, "next", f.next, "err", err)
	c.kept(f)
	return f, errors.Join(fmt.Errorf("%s %s: %w", p.channel, f.url, err), stateError("store feed", saveFeed(ctx, c.state.db, f)))
}

func (c *Crawler) tryPoll(ctx context.Context, src *Source, p polled, f *feedState) error {
	a, err := c.ask(ctx, p, f)
	if err != nil {
		return err
	}
	now := c.deps.Now()
	f.lastPoll = now
	if a.res.Unchanged || a.hash == f.bodyHash {
		if a.proving {
			f.agreed++
		}
		f.remember(a, p.url)
		f.validators(a)
		return c.unchanged(ctx, src, f, now)
	}
	feed, err := p.read(a, FeedDefaults{ContentType: a.res.ContentType, Language: src.Language, Location: src.location(), Now: now})
	if err != nil {
		return err
	}
	f.remember(a, p.url) // not before: a redirect to something else is no move
	return c.changed(ctx, src, f, feed, a)
}

func bodyHash(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:16])
}

// unchanged is the common case: nothing is parsed and, most often, nothing is written.
func (c *Crawler) unchanged(ctx context.Context, src *Source, f *feedState, now time.Time) error {
	c.succeeded(src, f, now, outcome{})
	if !f.shown.IsZero() && now.Sub(f.shown) > 24*time.Hour {
		if err := c.state.keep(ctx, *f, now); err != nil {
			return err
		}
		f.shown = now
		return stateError("store feed", saveFeed(ctx, c.state.db, *f))
	}
	c.note(*f)
	return nil
}

// oldestFirst puts links into the order in which they were published, so that after a pause a rumour is still seen before
// its denial. Feeds show the newest first; items without a date keep that as their order, turned round.
func oldestFirst(links []Link) {
	slices.Reverse(links)
	slices.SortStableFunc(links, func(a, b Link) int { return a.Item.Published.Compare(b.Item.Published) })
}

// changed publishes what is new or edited, then marks everything that the feed shows.
func (c *Crawler) changed(ctx context.Context, src *Source, f *feedState, feed Feed, a answer) error {
	shown := c.links(src, f, feed)
	fresh, err := c.unseen(ctx, f, shown)
	if err != nil {
		return err
	}
	if f.channel == ChannelSitemap && len(src.Feeds) > 0 {
		fresh, shown = c.unfed(src, f, fresh, shown)
	}
	fresh, shown = c.withinBudget(f, fresh, shown)
	if len(fresh) > 0 {
		oldestFirst(fresh)
		if err := c.deps.Publisher.PublishLinks(ctx, fresh); err != nil {
			return &Error{Reason: ReasonBrokerFailed, Temporary: true, Err: fmt.Errorf("publish %d links: %w", len(fresh), err)}
		}
	}
	now := c.deps.Now()
	first := f.lastSuccess.IsZero()
	f.title, f.bodyHash, f.shown, f.hint = firstOf(feed.Title, f.title), a.hash, now, max(feed.TTL, freshFor(a.res.Header))
	f.validators(a)
	if f.unsettled {
		f.bodyHash, f.etag, f.lastModified = "", "", "" // it is to be read again
	}
	f.judge304(a, len(fresh), now)
	if first {
		f.gap = datedGap(feed.Items)
	}
	if f.channel == ChannelSitemap && len(src.Feeds) > 0 && !first {
		f.missed += int64(len(fresh))
	}
	if err := (subscriptions{c}).want(ctx, f.url, feed.Hub, firstOf(feed.Self, a.res.URL)); err != nil {
		return err
	}
	c.succeeded(src, f, now, outcome{fresh: len(fresh), shown: len(shown)})
	c.kept(*f)
	counted := len(fresh)
	if first {
		counted = 0 // what was there before we came says nothing of the rhythm
	}
	return c.state.finish(ctx, *f, shown, counted)
}

// links turns items into links, one for each article.
func (c *Crawler) links(src *Source, f *feedState, feed Feed) []Link {
	now := c.deps.Now().UTC()
	var out []Link
	known := map[string]bool{}
	for _, it := range feed.Items {
		canonical, err := article.Canonicalize(it.URL)
		if err != nil {
			c.metrics.items.WithLabelValues(string(ReasonInvalidURL)).Inc()
			continue
		}
		id := article.ID(canonical)
		if known[id] {
			continue
		}
		known[id] = true
		if isTrap(it.URL) {
			c.metrics.items.WithLabelValues(string(ReasonTrap)).Inc()
			continue
		}
		out = append(out, Link{
			Schema: LinkSchema, URL: it.URL, CanonicalURL: canonical, ArticleID: id, Host: article.Host(it.URL), Source: src.ID, Feed: f.url,
			Item: trimItem(it), Hash: itemHash(f.channel, it), FirstSeen: now, Origin: article.Live,
		})
	}
	return out
}

// trimItem keeps a link well under what the bus carries.
func trimItem(it Item) Item {
	it.Content = cut(it.Content, 128<<10)
	return it
}

// itemHash is what the feed shows of an item; the address is known by the article's ID. The words of a link on a section
// page are no headline: that they change is no edit.
func itemHash(channel Channel, it Item) string {
	if channel == ChannelSection {
		return string(channel)
	}
	h := sha256.New()
	for _, part := range []string{it.Title, it.Summary, strconv.FormatInt(millis(it.Updated), 10)} {
		_, _ = io.WriteString(h, part+"\x00") // a hash never returns an error
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// unseen keeps the links that no feed has shown yet, and those that this feed now shows otherwise: edits. It gives
// every link the moment its article was first seen.
func (c *Crawler) unseen(ctx context.Context, f *feedState, shown []Link) ([]Link, error) {
	ids := make([]string, len(shown))
	for i, l := range shown {
		ids[i] = l.ArticleID
	}
	seen, err := c.state.seen(ctx, f.url, ids)
	if err != nil {
		return nil, err
	}
	forgotten := c.deps.Now().Add(-c.cfg.SeenFor.Std())
	var fresh []Link
	for i := range shown {
		l := &shown[i]
		known, ok := seen[l.ArticleID]
		if ok {
			l.FirstSeen = known.first
		}
		switch {
		case !ok && f.created.Before(forgotten) && l.Item.PublishedFrom == article.DateFromFeed && l.Item.Published.Before(forgotten):
			c.metrics.items.WithLabelValues(string(ReasonRepeat)).Inc() // old news that the seen-store has forgotten
		case !ok:
			c.metrics.items.WithLabelValues(itemNew).Inc()
			fresh = append(fresh, *l)
		case known.hash != "" && known.hash != l.Hash:
			c.metrics.items.WithLabelValues(itemEdited).Inc()
			l.Edit = true
			fresh = append(fresh, *l)
		default:
			c.metrics.items.WithLabelValues(string(ReasonRepeat)).Inc()
		}
	}
	return fresh, nil
}
