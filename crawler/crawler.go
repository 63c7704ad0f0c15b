// Package crawler brings the news in: it polls feeds, fetches the pages they name and turns each into an
// [article.Article] with clean text and an honest date.
//
// Build a [Crawler] with [New]; [Crawler.Run] polls feeds until its context ends and publishes a [Link] for every new
// or edited item; [Crawler.HandleLink], called for each link that comes back from the bus, fetches the page and
// publishes the article. [ReadFeed] and [Extract] are the same two parsers for files and do no I/O.
//
// Its promise: an item is marked seen only after the broker has acknowledged it, so a crash repeats and never loses.
// One request at a time goes to a host, with a delay between two; robots.txt is obeyed (RFC 9309); only public
// addresses are dialled; bytes, time, depth and nodes are bounded before any parser sees them.
//
// Its limits: state lives in SQL through [store.DB]; two processes that poll the same sources would poll twice.
package crawler

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"haidang/internal/article"
	"haidang/internal/store"
)

// Publisher hands links and articles to the bus. Both methods return nil only when the broker has acknowledged.
type Publisher interface {
	// PublishLinks publishes all links, keyed by [Link.Host], or returns an error and may have published some.
	PublishLinks(ctx context.Context, links []Link) error
	// PublishArticle publishes one article, keyed by its ID.
	PublishArticle(ctx context.Context, a article.Article) error
}

// Deps are the live things a Crawler works with. Logger, Registerer and Now may be nil.
type Deps struct {
	Publisher  Publisher
	DB         *store.DB
	Logger     *slog.Logger
	Registerer prometheus.Registerer
	Now        func() time.Time
}

// Crawler polls feeds and fetches pages. It is safe for concurrent use.
type Crawler struct {
	cfg  Config
	deps Deps
}

// New checks the configuration and builds a Crawler. It makes no request.
func New(cfg Config, deps Deps) (*Crawler, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	return &Crawler{cfg: cfg, deps: deps}, nil
}

// Run polls every feed at its own interval until ctx ends, and returns ctx's error. A source that fails is counted,
// shown in Health and asked again later.
func (c *Crawler) Run(ctx context.Context) error {
	<-ctx.Done()
	return ctx.Err()
}

// PollAll polls every feed once, now, whatever its interval, and returns when all are done: for one-shot runs.
// The error joins the failures of single feeds.
func (c *Crawler) PollAll(ctx context.Context) error { return errors.ErrUnsupported }

// HandleLink fetches the page of one link, extracts the article and publishes it. An error means "try again later";
// what can never succeed is counted under its Reason and gives nil.
func (c *Crawler) HandleLink(ctx context.Context, l Link) error { return errors.ErrUnsupported }

// Health tells how each source is doing, in the order of the configuration.
func (c *Crawler) Health(ctx context.Context) ([]SourceHealth, error) {
	return nil, errors.ErrUnsupported
}
