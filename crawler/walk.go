package crawler

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"haidang/internal/article"
)

const (
	maxWalkDepth     = 3        // an index of indexes of sitemaps
	maxWalkSitemaps  = 5_000    // of one walk
	maxWalkEntries   = 50_000   // of one sitemap, as the protocol says
	walkSitemapBytes = 50 << 20 // unpacked, as the protocol says
)

// archiveSitemaps are where outlets keep the sitemap of everything without saying so in robots.txt.
var archiveSitemaps = []string{"/sitemap.xml", "/sitemap_index.xml", "/sitemap-index.xml", "/sitemaps.xml", "/wp-sitemap.xml", "/sitemap.xml.gz"}

// Walk is a way through the sitemaps of one outlet: which pages are wanted, and what to do with each. Only Page must be
// set.
type Walk struct {
	Since time.Time // pages published before it are left out, where the sitemap or the address says when
	// Page is called for each page, newest sitemaps first; its error ends the walk. The link's origin is backfill: it
	// never rings.
	Page func(Link) error
	// Skip reports whether a sitemap need not be read; Finished is called after all of its pages,
	// and those of the sitemaps that it names.
	Skip     func(SitemapPart) bool
	Finished func(SitemapPart) error
	// Failed is told of each sitemap that could not be read; the walk goes on.
	Failed func(address string, err error)
}

// WalkReport counts what a walk met.
type WalkReport struct {
	Sitemaps int // read
	Failed   int // sitemaps that could not be read
	Pages    int // given to Walk.Page
	Older    int // pages from before Walk.Since
	Younger  int // pages of a watched outlet that are left to its feeds
	Other    int // sections, front pages and traps
}

// leftToFeeds is how young a page of a watched outlet may be and still be left to its feeds: read as backfill it would not
// ring, and would be known when the feed shows it.
const leftToFeeds = newsSpan

// Walk goes through the sitemaps that address leads to: address is one of them, or the home page of an outlet, whose
// robots.txt is asked and then the common places. An outlet among the sources is crawled as its entry says.
func (c *Crawler) Walk(ctx context.Context, address string, w Walk) (WalkReport, error) {
	base, err := url.Parse(address)
	if err != nil {
		return WalkReport{}, &Error{Reason: ReasonInvalidURL, Err: err}
	}
	if err := checkAddress(address); err != nil {
		return WalkReport{}, err
	}
	src, watched := c.sourceAt(base)
	k := walker{c: c, Walk: w, src: src, base: base, asked: map[string]bool{}}
	if watched {
		k.until = c.deps.Now().Add(-leftToFeeds)
	}
	k.hints = dateHints{zone: zoneOf(src.location(), address, src.Language), now: c.deps.Now()}
	c.fetcher.slow(address, src.Delay.Std())
	if err := k.begin(ctx); err != nil {
		return k.report, err
	}
	if k.report.Sitemaps+k.skipped == 0 {
		return k.report, fmt.Errorf("%s leads to no sitemap that can be read: %w", address, cmp.Or(k.cause, errNoSitemap))
	}
	return k.report, nil
}

var errNoSitemap = errors.New("robots.txt names none, and none is in the common places; give the address of one")

// sourceAt is the source whose addresses are on the site of u, and whether it is polled; or one made of the host.
func (c *Crawler) sourceAt(u *url.URL) (src *Source, watched bool) {
	for i := range c.cfg.Sources {
		for _, p := range c.cfg.Sources[i].places("") {
			if at, err := url.Parse(p.url); err == nil && onSite(u, at) {
				return &c.cfg.Sources[i], !c.cfg.Sources[i].Disabled
			}
		}
	}
	host := strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
	return &Source{ID: host, Name: host}, false
}

type walker struct {
	Walk
	c       *Crawler
	src     *Source
	base    *url.URL
	hints   dateHints
	until   time.Time // zero: no bound
	asked   map[string]bool
	report  WalkReport
	skipped int   // sitemaps
	cause   error // why the first sitemap failed
}

// begin reads the sitemaps that are known, and looks for one where none is.
func (k *walker) begin(ctx context.Context) error {
	if path := strings.ToLower(k.base.Path); strings.Contains(path, "sitemap") || strings.HasSuffix(path, ".xml") || strings.HasSuffix(path, ".xml.gz") {
		return k.sitemap(ctx, SitemapPart{URL: k.base.String()}, 0)
	}
	declared := append(k.c.fetcher.robots.sitemaps(ctx, k.base), k.src.Sitemaps...)
	for _, address := range declared {
		if err := k.sitemap(ctx, SitemapPart{URL: address}, 0); err != nil {
			return err
		}
	}
	for _, path := range slices.Concat(archiveSitemaps, commonSitemaps) {
		if k.report.Sitemaps+k.skipped > 0 {
			break
		}
		if err := k.sitemap(ctx, SitemapPart{URL: k.base.Scheme + "://" + k.base.Host + path}, 0); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// sitemap goes through one sitemap and what it names. Only what ends the walk is an error.
func (k *walker) sitemap(ctx context.Context, part SitemapPart, depth int) error {
	if k.asked[part.URL] || len(k.asked) >= maxWalkSitemaps || depth > maxWalkDepth {
		return nil
	}
	k.asked[part.URL] = true
	if k.outdated(part) || k.Skip != nil && k.Skip(part) {
		k.skipped++
		return nil
	}
	m, err := k.read(ctx, part.URL)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		k.report.Failed++
		k.cause = cmp.Or(k.cause, err)
		if k.Failed != nil {
			k.Failed(part.URL, err)
		}
		return nil
	}
	failed := k.report.Failed
	k.report.Sitemaps++
	slices.SortStableFunc(m.Parts, func(a, b SitemapPart) int { return b.Modified.Compare(a.Modified) })
	for _, p := range m.Parts {
		if err := k.sitemap(ctx, p, depth+1); err != nil {
			return err
		}
	}
	for _, e := range m.Entries {
		if err := k.entry(e); err != nil {
			return err
		}
	}
	if k.Finished != nil && k.report.Failed == failed {
		return k.Finished(part)
	}
	return nil
}

func (k *walker) read(ctx context.Context, address string) (Sitemap, error) {
	res, err := k.c.fetcher.Sitemap(ctx, FeedRequest{URL: address, limit: walkSitemapBytes})
	if err != nil {
		return Sitemap{}, err
	}
	d := FeedDefaults{ContentType: res.ContentType, Language: k.src.Language, Location: k.src.location(), Now: k.hints.now}
	return ReadSitemap(res.Body, res.URL, maxWalkEntries, d)
}

var (
	sitemapMonth = regexp.MustCompile(`(?:^|\D)((?:19|20)\d\d)[-_/.]?(0[1-9]|1[0-2]|[1-9])(?:\D|$)`)
	sitemapYear  = regexp.MustCompile(`(?:^|\D)((?:19|20)\d\d)(?:\D|$)`)
)

// outdated reports whether all that a sitemap names is from before the walk: by when it last changed, or by the month or
// year in its name. A day is left for zones.
func (k *walker) outdated(part SitemapPart) bool {
	if !part.Modified.IsZero() && part.Modified.Before(k.Since) {
		return true
	}
	u, err := url.Parse(part.URL)
	if err != nil {
		return false
	}
	if m := sitemapMonth.FindStringSubmatch(u.Path); m != nil {
		return time.Date(number(m[1]), time.Month(number(m[2]))+1, 2, 0, 0, 0, 0, time.UTC).Before(k.Since)
	}
	if m := sitemapYear.FindStringSubmatch(u.Path); m != nil {
		return time.Date(number(m[1])+1, 1, 2, 0, 0, 0, 0, time.UTC).Before(k.Since)
	}
	return false
}

// entry hands over one page, if it is wanted.
func (k *walker) entry(e SitemapEntry) error {
	canonical, err := article.Canonicalize(e.URL)
	if err != nil || isTrap(e.URL) || isSection(e.URL) {
		k.report.Other++
		return nil
	}
	at := k.published(e)
	switch {
	case !at.IsZero() && at.Before(k.Since):
		k.report.Older++
		return nil
	case !at.IsZero() && !k.until.IsZero() && at.After(k.until):
		k.report.Younger++
		return nil
	}
	k.report.Pages++
	it := Item{Title: e.Title, URL: e.URL}
	if it.PublishedFrom = article.DateFromFirstSeen; !e.Published.IsZero() {
		it.Published, it.PublishedFrom = e.Published.UTC(), article.DateFromFeed
	}
	return k.Page(Link{
		Schema: LinkSchema, URL: e.URL, CanonicalURL: canonical, ArticleID: article.ID(canonical), Host: article.Host(e.URL), Source: k.src.ID,
		Item: it, Hash: "walk", FirstSeen: k.c.deps.Now().UTC(), Origin: article.Backfill, Since: k.Since, Until: k.until,
	})
}

// published is when a page came out, as far as its sitemap or its address says. That it was changed later says nothing;
// a page that was last changed long ago cannot be younger.
func (k *walker) published(e SitemapEntry) time.Time {
	if !e.Published.IsZero() {
		return e.Published
	}
	if u, err := url.Parse(e.URL); err == nil {
		if t, ok := dateInURL(u.Path, k.hints); ok {
			return t
		}
	}
	if e.Modified.Before(k.Since) {
		return e.Modified
	}
	return time.Time{}
}

// outside reports whether an article came out before or after what its link was asked for.
func (l Link) outside(published time.Time, from article.DateSource) bool {
	if from == article.DateFromFirstSeen || published.IsZero() {
		return false
	}
	return !l.Since.IsZero() && published.Before(l.Since) || !l.Until.IsZero() && published.After(l.Until)
}

// Outcome is what became of a link.
type Outcome struct {
	Reason  Reason    // why there is no article of its page; ReasonNone when it was read
	At      time.Time // of the last try
	Waiting bool      // it will be tried again
}

// Outcomes returns what became of links, by the IDs of their articles. One that nobody has handled yet is missing.
func (c *Crawler) Outcomes(ctx context.Context, ids []string) (map[string]Outcome, error) {
	out := make(map[string]Outcome, len(ids))
	for _, id := range ids {
		p, err := c.state.page(ctx, id)
		if err != nil {
			return nil, err
		}
		if p.done.IsZero() {
			continue
		}
		o := Outcome{Reason: Reason(p.outcome), At: p.done, Waiting: !p.next.IsZero()}
		if p.outcome == outcomeOK {
			o.Reason = ReasonNone
		}
		out[id] = o
	}
	return out, nil
}
