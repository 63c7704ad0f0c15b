package crawler

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"haidang/internal/article"
)

const (
	maxMapElements  = 500_000         // the protocol allows fifty thousand pages
	maxSitemapParts = 12              // sitemaps of an index that are asked at one poll, the newest first
	newsSpan        = 48 * time.Hour  // what a news sitemap holds; older entries are for a backfill
	sitemapGrace    = 5 * time.Minute // on top of its own interval, for a feed to show what its sitemap has
)

// Sitemap is one sitemap or index of sitemaps, read.
type Sitemap struct {
	Entries []SitemapEntry
	Parts   []SitemapPart // of an index
	Cut     bool          // it has more than was read
}

// SitemapEntry is one page that a sitemap names.
type SitemapEntry struct {
	URL       string
	Modified  time.Time // lastmod
	Published time.Time // news:publication_date
	Title     string    // news:title
}

// SitemapPart is one sitemap that an index names.
type SitemapPart struct {
	URL      string
	Modified time.Time
}

// ReadSitemap reads a sitemap, a news sitemap or an index that was fetched from address, and at most limit of its
// entries. Namespaces may be missing or wrong. Pages and parts on other sites are left out: nobody vouches for them. It
// does no I/O; an error carries its Reason.
func ReadSitemap(data []byte, address string, limit int, d FeedDefaults) (Sitemap, error) {
	doc := cleanFeed(decodeText(data, d.ContentType, false))
	if len(doc) == 0 {
		return Sitemap{}, &Error{Reason: ReasonEmpty, Err: fmt.Errorf("%d bytes and no content", len(data))}
	}
	if err := scanFeed(doc, maxMapElements); err != nil {
		return Sitemap{}, err
	}
	base, err := url.Parse(address)
	if err != nil {
		return Sitemap{}, &Error{Reason: ReasonInvalidURL, Err: err}
	}
	r := sitemapReader{base: base, limit: limit, hints: dateHints{zone: zoneOf(d.Location, address, d.Language), now: d.Now}}
	err = r.read(doc)
	if !r.known {
		return Sitemap{}, &Error{Reason: ReasonNotFeed, Err: errors.Join(errors.New("no urlset and no sitemapindex"), err)}
	}
	if err != nil && len(r.out.Entries)+len(r.out.Parts) == 0 {
		return Sitemap{}, &Error{Reason: ReasonNotFeed, Err: err}
	}
	r.out.Cut = r.out.Cut || err != nil // cut off or broken further down: what came before it counts
	return r.out, nil
}

type sitemapReader struct {
	base   *url.URL
	limit  int
	hints  dateHints
	known  bool // the root is that of a sitemap
	out    Sitemap
	fields map[string]string // of the entry being read, by local name
}

func (r *sitemapReader) read(doc []byte) error {
	decoder := xml.NewDecoder(bytes.NewReader(doc))
	decoder.Strict = false
	decoder.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // decoded before
	var path []string
	var value strings.Builder
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.StartElement:
			path = append(path, strings.ToLower(t.Name.Local))
			value.Reset()
			if r.open(path); !r.known {
				return nil // some other document: the rest of it is of no interest
			}
		case xml.CharData:
			if value.Len() < 4<<10 {
				value.Write(t)
			}
		case xml.EndElement:
			if len(path) == 0 {
				continue
			}
			if !r.close(path, strings.TrimSpace(value.String())) {
				return nil
			}
			value.Reset()
			path = path[:len(path)-1]
		}
	}
}

func (r *sitemapReader) open(path []string) {
	if len(path) == 1 {
		r.known = r.known || path[0] == "urlset" || path[0] == "sitemapindex"
	}
	if len(path) == 2 {
		r.fields = map[string]string{}
	}
}

// close takes a field, or an entry that is complete; false when enough was read.
func (r *sitemapReader) close(path []string, value string) bool {
	name := path[len(path)-1]
	if len(path) > 2 {
		if r.fields[name] == "" && !(name == "title" && path[len(path)-2] != "news") && !(name == "loc" && len(path) != 3) {
			r.fields[name] = value
		}
		return true
	}
	if len(path) != 2 || name != "url" && name != "sitemap" {
		return true
	}
	if len(r.out.Entries)+len(r.out.Parts) >= r.limit {
		r.out.Cut = true
		return false
	}
	u, err := r.base.Parse(r.fields["loc"])
	if r.fields["loc"] == "" || err != nil || !onSite(r.base, u) {
		return true
	}
	modified, _ := parseDate(r.fields["lastmod"], r.hints)
	if name == "sitemap" {
		r.out.Parts = append(r.out.Parts, SitemapPart{URL: u.String(), Modified: modified})
		return true
	}
	published, _ := parseDate(r.fields["publication_date"], r.hints)
	r.out.Entries = append(r.out.Entries, SitemapEntry{URL: u.String(), Modified: modified, Published: published, Title: cut(plainLine(r.fields["title"]), maxTitleBytes)})
	return true
}

// onSite reports whether b is a web address of the site of a: its registered domain, or its host where that is an address.
func onSite(a, b *url.URL) bool {
	if b.Scheme != "http" && b.Scheme != "https" || b.User != nil || b.Hostname() == "" {
		return false
	}
	return hostKey(a) == hostKey(b) || sameSite(a, b)
}

// Sitemap fetches one sitemap if robots.txt allows it.
func (f *Fetcher) Sitemap(ctx context.Context, r FeedRequest) (Response, error) {
	start := time.Now()
	res, err := f.sitemap(ctx, r)
	f.metrics.fetched("sitemap", err, time.Since(start), len(res.Body))
	return res, err
}

func (f *Fetcher) sitemap(ctx context.Context, r FeedRequest) (Response, error) {
	if err := checkAddress(r.URL); err != nil {
		return Response{}, err
	}
	if err := f.robots.check(ctx, r.URL); err != nil {
		return Response{}, err
	}
	header := http.Header{"Accept": {"application/xml, text/xml;q=0.9, */*;q=0.5"}}
	if r.ETag != "" {
		header.Set("If-None-Match", r.ETag)
	}
	if r.LastModified != "" {
		header.Set("If-Modified-Since", r.LastModified)
	}
	return f.follow(ctx, r.URL, header, &exchange{limit: max(r.limit, maxSitemapBytes), left: f.cfg.Timeout.Std()})
}

// maxSitemapBytes is a fifth of what the protocol allows, and far more than a thousand news take.
const maxSitemapBytes = 10 << 20

// sitemaps fetches a sitemap and, when it is an index, the newest of what it names. An index within an index is not
// followed.
func (f *Fetcher) sitemaps(ctx context.Context, r FeedRequest) (Response, []Response, error) {
	res, err := f.Sitemap(ctx, r)
	if err != nil || res.Unchanged {
		return res, nil, err
	}
	index, err := ReadSitemap(res.Body, res.URL, maxFeedItems, FeedDefaults{ContentType: res.ContentType, Now: time.Now()})
	if err != nil || len(index.Parts) == 0 {
		return res, nil, err
	}
	res.Header.Del("ETag") // of the index alone: its parts may change while it does not
	res.Header.Del("Last-Modified")
	slices.SortStableFunc(index.Parts, func(a, b SitemapPart) int { return b.Modified.Compare(a.Modified) })
	var parts []Response
	var errs []error
	for _, p := range index.Parts[:min(len(index.Parts), maxSitemapParts)] {
		if !p.Modified.IsZero() && time.Since(p.Modified) > newsSpan+24*time.Hour {
			continue
		}
		part, err := f.Sitemap(ctx, FeedRequest{URL: p.URL})
		if ctx.Err() != nil {
			return res, nil, ctx.Err()
		}
		if err != nil {
			errs = append(errs, err)
			continue
		}
		parts = append(parts, part)
	}
	if len(parts) == 0 && len(errs) > 0 {
		return res, nil, errs[0]
	}
	return res, parts, nil
}

// readSitemaps makes items of what a sitemap, or the sitemaps of an index, say of the last two days.
func readSitemaps(a answer, address string, d FeedDefaults) (Feed, error) {
	documents := a.parts
	if len(documents) == 0 {
		documents = []Response{a.res}
	}
	var out Feed
	for _, res := range documents {
		d.ContentType = res.ContentType
		m, err := ReadSitemap(res.Body, firstOf(res.URL, address), maxFeedItems, d)
		if err != nil {
			if len(documents) == 1 {
				return out, err
			}
			continue
		}
		for _, e := range m.Entries {
			if it, ok := e.item(d.Now); ok && len(out.Items) < maxFeedItems {
				out.Items = append(out.Items, it)
			}
		}
	}
	return out, nil
}

// item is an entry as a feed would give it; false for what is too old to be news.
func (e SitemapEntry) item(now time.Time) (Item, bool) {
	it := Item{Title: e.Title, URL: e.URL}
	at := e.Published
	if at.IsZero() {
		at = e.Modified
	}
	if !at.IsZero() && now.Sub(at) > newsSpan {
		return it, false
	}
	it.Published, it.PublishedFrom = now.UTC(), article.DateFromFirstSeen
	if !e.Published.IsZero() {
		it.Published, it.PublishedFrom = settleDate(e.Published, article.DateFromFeed, now)
	}
	return it, true
}

// unfed keeps, of what a sitemap shows, what the outlet's feeds had time to show and did not. What is younger is not
// marked seen, so that the next poll looks at it again.
func (c *Crawler) unfed(src *Source, f *feedState, fresh, shown []Link) (missed, settled []Link) {
	_, longest := c.bounds(src, ChannelFeed)
	ripe := c.deps.Now().Add(-longest - sitemapGrace)
	young := map[string]bool{}
	for _, l := range fresh {
		if l.Item.PublishedFrom != article.DateFromFirstSeen && l.Item.Published.After(ripe) && !l.Edit {
			young[l.ArticleID] = true
			continue
		}
		missed = append(missed, l)
	}
	for _, l := range shown {
		if !young[l.ArticleID] {
			settled = append(settled, l)
		}
	}
	f.unsettled = len(young) > 0
	return missed, settled
}
