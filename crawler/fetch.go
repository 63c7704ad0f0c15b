package crawler

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/gocolly/colly/v2"
)

// Fetcher asks the web for feeds, pages and robots.txt, politely and safely. It is safe for concurrent use.
type Fetcher struct {
	cfg       Config
	agent     string
	transport *transport
	robots    *robotsCache
	metrics   *metrics
}

// Response is an answer, read whole, unpacked and within its limits.
type Response struct {
	URL         string // after redirects
	Status      int
	Header      http.Header
	ContentType string // as sent, charset included
	Body        []byte
	Unchanged   bool   // 304: the feed is as it was
	Moved       string // where permanent redirects (301, 308) lead; "" when there were none
	RetryAfter  time.Duration
}

// FeedRequest asks for a feed, on the condition that it has changed when the validators of its last answer are given.
type FeedRequest struct {
	URL          string
	ETag         string
	LastModified string

	limit int64 // bytes of a sitemap, where more than maxSitemapBytes are taken
}

// NewFetcher builds a Fetcher for commands that need no state: of deps only Registerer is used. It makes no request.
func NewFetcher(cfg Config, deps Deps) (*Fetcher, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	return newFetcher(cfg, newMetrics(deps.Registerer))
}

func newFetcher(cfg Config, m *metrics) (*Fetcher, error) {
	allow, err := parseAllowList(cfg.AllowAddresses)
	if err != nil {
		return nil, err
	}
	f := &Fetcher{cfg: cfg, agent: userAgent(cfg), transport: newTransport(allow, cfg.Fetchers), metrics: m}
	f.transport.hosts.delay = cfg.Delay.Std()
	f.robots = newRobotsCache(f)
	for _, src := range cfg.Sources {
		for _, p := range src.polled() {
			f.slow(p.url, src.Delay.Std())
		}
	}
	return f, nil
}

// userAgent is honest: who, and whom to write to.
func userAgent(cfg Config) string {
	if cfg.Contact == "" {
		return cfg.UserAgent + "/1.0 (news monitoring)"
	}
	return fmt.Sprintf("%s/1.0 (news monitoring; +%s)", cfg.UserAgent, cfg.Contact)
}

// slow applies a source's own delay to the host of an address.
func (f *Fetcher) slow(address string, delay time.Duration) {
	if u, err := url.Parse(address); err == nil && delay > 0 {
		f.transport.hosts.slow(hostKey(u), max(delay, f.robots.knownDelay(u)))
	}
}

// Feed fetches one feed. A feed is an invitation, so robots.txt is not asked.
func (f *Fetcher) Feed(ctx context.Context, r FeedRequest) (Response, error) {
	start := time.Now()
	res, err := f.feed(ctx, r)
	f.metrics.fetched("feed", err, time.Since(start), len(res.Body))
	return res, err
}

func (f *Fetcher) feed(ctx context.Context, r FeedRequest) (Response, error) {
	header := http.Header{"Accept": {"application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"}}
	if r.ETag != "" {
		header.Set("If-None-Match", r.ETag)
	}
	if r.LastModified != "" {
		header.Set("If-Modified-Since", r.LastModified)
	}
	e := &exchange{limit: int64(f.cfg.MaxFeedBytes), left: f.cfg.Timeout.Std()}
	return f.follow(ctx, r.URL, header, e)
}

// follow is get that notes where permanent redirects lead, as far as they stand before any other.
func (f *Fetcher) follow(ctx context.Context, address string, header http.Header, e *exchange) (Response, error) {
	moved, permanent := "", true
	res, err := f.get(ctx, address, header, e, func(req *http.Request) error {
		code := req.Response.StatusCode
		if permanent = permanent && (code == http.StatusMovedPermanently || code == http.StatusPermanentRedirect); permanent {
			moved = req.URL.String()
		}
		return nil
	})
	res.Moved = moved
	return res, err
}

// get sends a plain request through the guarded transport and follows at most maxRedirects redirects, each of which
// onRedirect may refuse.
func (f *Fetcher) get(ctx context.Context, address string, header http.Header, e *exchange, onRedirect func(*http.Request) error) (Response, error) {
	if err := checkAddress(address); err != nil {
		return Response{}, err
	}
	req, err := http.NewRequestWithContext(context.WithValue(ctx, exchangeKey{}, e), http.MethodGet, address, nil)
	if err != nil {
		return Response{}, &Error{Reason: ReasonInvalidURL, Err: err}
	}
	req.Header = header
	req.Header.Set("User-Agent", f.agent)
	client := &http.Client{Transport: f.transport, CheckRedirect: func(req *http.Request, via []*http.Request) error {
		if err := checkRedirect(req, via); err != nil || onRedirect == nil {
			return err
		}
		return onRedirect(req)
	}}
	res, err := client.Do(req)
	if err != nil {
		return Response{}, classify(ctx, err)
	}
	defer func() { _ = res.Body.Close() }() // there is none
	out := Response{URL: res.Request.URL.String(), Status: res.StatusCode, Header: res.Header, ContentType: e.contentType, Body: e.body}
	return out, out.judge(time.Now())
}

// Page fetches one page with colly, if robots.txt allows it, here and at every redirect.
func (f *Fetcher) Page(ctx context.Context, address string) (Response, error) {
	start := time.Now()
	res, err := f.page(ctx, address)
	if next := refreshed(res); err == nil && next != "" {
		res, err = f.page(ctx, next) // once: a page that sends readers round and round is read where it is
	}
	f.metrics.fetched("page", err, time.Since(start), len(res.Body))
	return res, err
}

func (f *Fetcher) page(ctx context.Context, address string) (Response, error) {
	if err := checkAddress(address); err != nil {
		return Response{}, err
	}
	if err := f.robots.check(ctx, address); err != nil {
		return Response{}, err
	}
	e := &exchange{limit: int64(f.cfg.MaxPageBytes), left: f.cfg.Timeout.Std()}
	var out Response
	var failed error
	c := f.collector(context.WithValue(ctx, exchangeKey{}, e))
	c.SetRedirectHandler(func(req *http.Request, via []*http.Request) error {
		if err := checkRedirect(req, via); err != nil {
			return err
		}
		return f.robots.check(ctx, req.URL.String())
	})
	c.OnResponse(func(r *colly.Response) {
		out = Response{URL: r.Request.URL.String(), Status: r.StatusCode, Header: *r.Headers, ContentType: e.contentType, Body: e.body}
	})
	c.OnError(func(_ *colly.Response, err error) { failed = err })
	if err := errors.Join(c.Request(http.MethodGet, address, nil, nil, nil), failed); err != nil {
		return Response{}, classify(ctx, err)
	}
	return out, out.judge(time.Now())
}

// collector makes a colly collector for one page: its context and its memory of visited pages end with the page.
func (f *Fetcher) collector(ctx context.Context) *colly.Collector {
	c := colly.NewCollector(colly.StdlibContext(ctx))
	// Set after NewCollector, which reads COLLY_* from the environment.
	c.UserAgent, c.Headers = f.agent, &http.Header{"Accept": {"text/html, application/xhtml+xml;q=0.9, */*;q=0.5"}}
	c.IgnoreRobotsTxt = true // our own layer has been asked: colly's takes a 5xx for permission
	c.AllowURLRevisit, c.ParseHTTPErrorResponse, c.DetectCharset = true, true, false
	c.MaxBodySize, c.MaxDepth, c.MaxRequests, c.CacheDir, c.Async = 0, 0, 0, "", false // the transport holds the limits
	c.AllowedDomains, c.DisallowedDomains = nil, nil
	c.SetClient(&http.Client{Transport: f.transport})
	return c
}

// checkAddress refuses addresses that must not even be looked up.
func checkAddress(address string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil:
		return &Error{Reason: ReasonInvalidURL, Err: err}
	case u.Scheme != "http" && u.Scheme != "https":
		return &Error{Reason: ReasonForbidden, Err: fmt.Errorf("%q is not http or https", u.Scheme)}
	case u.Host == "" || u.Hostname() == "":
		return &Error{Reason: ReasonInvalidURL, Err: fmt.Errorf("%q has no host", address)}
	case u.User != nil:
		return &Error{Reason: ReasonForbidden, Err: errors.New("the address carries a user name")}
	}
	return nil
}

func checkRedirect(req *http.Request, via []*http.Request) error {
	if len(via) > maxRedirects {
		return &Error{Reason: ReasonRedirects, Err: fmt.Errorf("more than %d redirects", maxRedirects)}
	}
	return checkAddress(req.URL.String())
}

// classify turns what net/http and colly return into our Error. The caller's own cancellation stays what it is.
func classify(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var timeout interface{ Timeout() bool }
	switch own, isOwn := errors.AsType[*Error](err); {
	case isOwn:
		return own
	case errors.Is(err, errSpecialAddress):
		return &Error{Reason: ReasonForbidden, Err: err}
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return &Error{Reason: ReasonTimeout, Temporary: true, Err: err}
	}
	return &Error{Reason: ReasonUnreachable, Temporary: true, Err: err}
}

// judge maps a status to nil or an Error.
func (r *Response) judge(now time.Time) error {
	r.RetryAfter = retryAfter(r.Header, now)
	status := fmt.Errorf("status %d", r.Status)
	switch {
	case r.Status == http.StatusNotModified:
		r.Unchanged = true
		return nil
	case r.Status >= 200 && r.Status < 300:
		return nil
	case r.Status == http.StatusNotFound || r.Status == http.StatusGone:
		return &Error{Reason: ReasonGone, Err: status}
	case r.Status == http.StatusTooManyRequests:
		return &Error{Reason: ReasonThrottled, Temporary: true, Wait: max(r.RetryAfter, throttlePause), Err: status}
	case r.Status == http.StatusServiceUnavailable && r.RetryAfter > 0:
		return &Error{Reason: ReasonThrottled, Temporary: true, Wait: r.RetryAfter, Err: status}
	case r.Status >= 500:
		return &Error{Reason: ReasonServerError, Temporary: true, Wait: r.RetryAfter, Err: status}
	}
	return &Error{Reason: ReasonRefused, Err: status}
}
