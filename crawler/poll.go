package crawler

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"haidang/internal/article"
)

// fullEvery is how often a feed is asked without conditions: some servers keep an ETag while the content changes.
const fullEvery = 6 * time.Hour

// poll asks one feed once and stores the outcome. It returns the feed's new state and, for a caller that wants to
// know, why it failed. Order of effects: fetch, publish everything new, and only then store validators and mark seen.
func (c *Crawler) poll(ctx context.Context, src *Source, f feedState) (feedState, error) {
	err := c.tryPoll(ctx, src, &f)
	if ctx.Err() != nil {
		return f, ctx.Err()
	}
	if err == nil {
		return f, nil
	}
	now := c.deps.Now()
	f.lastPoll, f.failures, f.reason, f.err = now, f.failures+1, ReasonOf(err), cut(err.Error(), 300)
	f.interval = c.slower(src, f)
	f.next = now.Add(max(jittered(f.interval), waitOf(err)))
	c.log.Warn("feed failed", "source", src.ID, "feed", f.url, "reason", f.reason, "failures", f.failures, "err", err)
	return f, errors.Join(fmt.Errorf("feed %s: %w", f.url, err), stateError("store feed", saveFeed(ctx, c.state.db, f)))
}

func (c *Crawler) tryPoll(ctx context.Context, src *Source, f *feedState) error {
	now := c.deps.Now()
	request := FeedRequest{URL: f.url}
	full := f.lastFull.IsZero() || now.Sub(f.lastFull) >= fullEvery
	if !full {
		request.ETag, request.LastModified = f.etag, f.lastModified
	}
	res, err := c.fetcher.Feed(ctx, request)
	if err != nil {
		return err
	}
	now = c.deps.Now()
	f.lastPoll = now
	if full {
		f.lastFull = now
	}
	hash := bodyHash(res.Body)
	if res.Unchanged || hash == f.bodyHash {
		return c.unchanged(ctx, src, f, now)
	}
	feed, err := ReadFeed(res.Body, res.URL, FeedDefaults{ContentType: res.ContentType, Language: src.Language, Location: src.location(), Now: now})
	if err != nil {
		return err
	}
	return c.changed(ctx, src, f, feed, res, hash)
}

func bodyHash(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:16])
}

// unchanged is the common case: nothing is parsed.
func (c *Crawler) unchanged(ctx context.Context, src *Source, f *feedState, now time.Time) error {
	c.succeeded(src, f, now, 0)
	if !f.shown.IsZero() && now.Sub(f.shown) > 24*time.Hour {
		if err := c.state.keep(ctx, *f, now); err != nil {
			return err
		}
		f.shown = now
	}
	return stateError("store feed", saveFeed(ctx, c.state.db, *f))
}

// oldestFirst puts links into the order in which they were published, so that after a pause a rumour is still seen before
// its denial. Feeds show the newest first; items without a date keep that as their order, turned round.
func oldestFirst(links []Link) {
	slices.Reverse(links)
	slices.SortStableFunc(links, func(a, b Link) int { return a.Item.Published.Compare(b.Item.Published) })
}

// changed publishes what is new or edited, then marks everything that the feed shows.
func (c *Crawler) changed(ctx context.Context, src *Source, f *feedState, feed Feed, res Response, hash string) error {
	shown := c.links(src, f, feed)
	fresh, err := c.unseen(ctx, f, shown)
	if err != nil {
		return err
	}
	if len(fresh) > 0 {
		oldestFirst(fresh)
		if err := c.deps.Publisher.PublishLinks(ctx, fresh); err != nil {
			return &Error{Reason: ReasonBrokerFailed, Temporary: true, Err: fmt.Errorf("publish %d links: %w", len(fresh), err)}
		}
	}
	now := c.deps.Now()
	f.title, f.etag, f.lastModified, f.bodyHash, f.shown = firstOf(feed.Title, f.title), cut(res.Header.Get("ETag"), 512), cut(res.Header.Get("Last-Modified"), 64), hash, now
	c.succeeded(src, f, now, len(fresh))
	return c.state.finish(ctx, *f, shown)
}

func (c *Crawler) succeeded(src *Source, f *feedState, now time.Time, fresh int) {
	f.lastSuccess, f.failures, f.reason, f.err = now, 0, ReasonNone, ""
	f.items += int64(fresh)
	if fresh > 0 {
		f.lastItem = now
	}
	f.interval = c.rhythm(src, f, fresh > 0)
	f.next = now.Add(jittered(f.interval))
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
		out = append(out, Link{
			Schema: LinkSchema, URL: it.URL, CanonicalURL: canonical, ArticleID: id, Host: article.Host(it.URL), Source: src.ID, Feed: f.url,
			Item: trimItem(it), Hash: itemHash(it), FirstSeen: now, Origin: article.Live,
		})
	}
	return out
}

// trimItem keeps a link well under what the bus carries.
func trimItem(it Item) Item {
	it.Content = cut(it.Content, 128<<10)
	return it
}

// itemHash is what the feed shows of an item; the address is known by the article's ID.
func itemHash(it Item) string {
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

// bounds are the shortest and the longest time between two polls of a healthy feed. The longest grows with the tier:
// what reaches many is asked often even when it is quiet.
func (c *Crawler) bounds(src *Source) (shortest, longest time.Duration) {
	shortest, longest = c.cfg.PollMin.Std(), c.cfg.PollMax.Std()
	if src.PollMin > 0 {
		shortest = src.PollMin.Std()
	}
	factor := map[int]time.Duration{0: 3, 1: 1, 2: 3, 3: 8}[src.Tier]
	longest = max(shortest, min(longest, shortest*factor))
	if src.PollMax > 0 {
		longest = max(shortest, src.PollMax.Std())
	}
	return shortest, longest
}

// rhythm is the time to the next poll: shorter while the feed brings something, longer while it does not.
func (c *Crawler) rhythm(src *Source, f *feedState, fresh bool) time.Duration {
	shortest, longest := c.bounds(src)
	if fresh || f.interval == 0 {
		return shortest
	}
	return min(max(f.interval, shortest)*3/2, longest)
}

// slower is the time to the next poll of a feed that failed: it doubles, up to PollMax.
func (c *Crawler) slower(src *Source, f feedState) time.Duration {
	shortest, longest := c.bounds(src)
	longest = max(longest, c.cfg.PollMax.Std())
	interval := shortest
	for range min(f.failures-1, 20) {
		if interval *= 2; interval >= longest {
			return longest
		}
	}
	return interval
}

// jittered spreads polls by a tenth, so that feeds do not march in step.
func jittered(d time.Duration) time.Duration {
	if d <= 0 {
		return 0
	}
	return d - d/10 + rand.N(d/5+1)
}
