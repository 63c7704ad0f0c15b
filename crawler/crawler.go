// Package crawler brings the news in: it polls feeds, fetches the pages they name and turns each into an
// [article.Article] with clean text and an honest date.
//
// Build a [Crawler] with [New]; [Crawler.Run] polls feeds until its context ends and publishes a [Link] for every new
// or edited item; [Crawler.HandleLink], called for each link that comes back from the bus, fetches the page and
// publishes the article. [ReadFeed] and [Extract] are the same two parsers for files and do no I/O.
//
// Its promise: an item is marked seen only after the broker has acknowledged it, so a crash repeats and never loses. A
// page that fails for a while is tried again for a day and a half; until then the article is told as its feed gives it.
// One request at a time goes to a host, with a delay between two; robots.txt is obeyed (RFC 9309); only public
// addresses are dialled; bytes, time, depth and nodes are bounded before any parser sees them.
//
// Several processes may crawl with one database ([Deps.Shared]): one of them polls, all fetch pages, and each host has one
// turn between them. Its limits: state lives in SQL through [store.DB]; the processes' clocks must agree.
package crawler

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net/url"
	"sync"
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

// Deps are the live things a Crawler works with. Logger, Registerer and Now may be nil. Shared says that other processes
// may crawl with the same database.
type Deps struct {
	Publisher  Publisher
	Shared     bool
	DB         *store.DB
	Logger     *slog.Logger
	Registerer prometheus.Registerer
	Now        func() time.Time
}

// Crawler polls feeds and fetches pages. It is safe for concurrent use.
type Crawler struct {
	cfg     Config
	deps    Deps
	log     *slog.Logger
	metrics *metrics
	fetcher *Fetcher
	extract extractor
	state   state
	sources map[string]*Source
	due     time.Duration // how often pages to try again are looked for
	pages   chan struct{} // pages being fetched and read; when it is full, the next one waits

	instance string // names this process among those that share the database

	mu    sync.Mutex
	dirty map[string]feedState     // polled, and not yet written
	wakes map[string]chan struct{} // by feed: poll it now
	hosts map[string][]string      // feeds by host
}

// New checks the configuration and builds a Crawler. It makes no request.
func New(cfg Config, deps Deps) (*Crawler, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if deps.Publisher == nil || deps.DB == nil {
		return nil, errors.New("crawler: needs a publisher and a database")
	}
	if deps.Logger == nil {
		deps.Logger = slog.New(slog.DiscardHandler)
	}
	if deps.Now == nil {
		deps.Now = time.Now
	}
	m := newMetrics(deps.Registerer)
	fetcher, err := newFetcher(cfg, m)
	if err != nil {
		return nil, err
	}
	fetcher.robots.now = deps.Now
	c := &Crawler{
		cfg: cfg, deps: deps, log: deps.Logger.With("component", "crawler"), metrics: m, fetcher: fetcher,
		extract: newExtractor(), state: state{db: deps.DB}, sources: map[string]*Source{}, due: retryEvery,
		instance: rand.Text(), pages: make(chan struct{}, cfg.Fetchers), dirty: map[string]feedState{}, wakes: map[string]chan struct{}{}, hosts: map[string][]string{},
	}
	for i := range cfg.Sources {
		c.sources[cfg.Sources[i].ID] = &cfg.Sources[i]
		m.follow(cfg.Sources[i].ID)
	}
	c.eachPolled(func(_ *Source, p polled) {
		c.wakes[p.url] = make(chan struct{}, 1)
		if u, err := url.Parse(p.url); err == nil {
			c.hosts[hostKey(u)] = append(c.hosts[hostKey(u)], p.url)
		}
	})
	fetcher.transport.hosts.answered = c.wakeHost
	if deps.Shared {
		fetcher.transport.hosts.shared = &turns{state: c.state, holder: c.instance, hold: 2*cfg.Timeout.Std() + time.Minute, now: deps.Now}
	}
	return c, nil
}

// source returns a source by its ID; a link may outlive its source's entry.
func (c *Crawler) source(id string) *Source {
	if src, ok := c.sources[id]; ok {
		return src
	}
	return &Source{ID: id, Name: id}
}
