// Package web serves the pages: the live desk, a story with the words that made it ring, and search; the JSON API that
// the search command asks; metrics and health.
//
// Build a [Server] with [New] and mount [Server.Handler]; listening is the caller's. GET reads and never changes
// anything; a POST from another site is refused; what an outlet wrote is only ever text. A desk that is open when its server restarts goes on where it was;
// one that shows another database or an older build is told to load itself anew.
//
// Whoever is named in the configuration signs in to act; a desk that names nobody is one person's, and acts without.
// It answers only to loopback names and to those of [Config.Hosts], so that no page of another site can reach it by giving
// its own name a loopback address; with Hosts every page asks for sign-in.
//
// Limits: it speaks no TLS itself, that is a proxy's. At
// most 500 live feeds are open at once; the next one is told to wait. A browser opens six connections to one address,
// so six open desks in one browser leave none for another page.
package web

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"haidang/alerting"
	"haidang/classifier"
	"haidang/crawler"
	"haidang/index"
	"haidang/internal/article"
	"haidang/internal/coverage"
)

//go:embed templates/*.html
var templateFiles embed.FS

//go:embed static
var staticFiles embed.FS

// Archive is what the pages ask of the index.
type Archive interface {
	Search(ctx context.Context, r index.Request) (index.Result, error)
	Get(ctx context.Context, id string) (article.Article, error)
	History(ctx context.Context, id string) ([]article.Article, error)
	Count(ctx context.Context) (int, error)
	Suggest(ctx context.Context, query string) (string, error)
}

// Desk is what the pages ask of the stories.
type Desk interface {
	Stories(ctx context.Context, f alerting.Filter) ([]alerting.Story, error)
	Story(ctx context.Context, id string) (alerting.StoryDetail, error)
	Events(ctx context.Context, afterSeq int64, limit int) ([]alerting.Event, error)
	Subscribe() (<-chan struct{}, func())
	Counts(ctx context.Context) (alerting.Counts, error)
	Act(ctx context.Context, c alerting.Command) ([]alerting.Result, error)
	Move(ctx context.Context, m alerting.Regroup) (alerting.Story, error)
	Audit(ctx context.Context, storyID string, afterSeq int64, limit int) ([]alerting.AuditEntry, error)
	Rings(ctx context.Context, limit int) ([]alerting.Event, error)
}

// Coverage is what the pages ask about volumes over time.
type Coverage interface {
	Report(ctx context.Context, r coverage.Request) (coverage.Report, error)
}

// Evidence is the kept pages of flagged articles.
type Evidence interface {
	Evidence(ctx context.Context, articleID string) ([]crawler.Evidence, error)
	EvidencePage(ctx context.Context, articleID, sha256 string) ([]byte, error)
}

// Deps are the live things behind the pages. Sources, Place, Ready, Logger, Registerer, Gatherer and Now may be nil; so may Archive and
// Desk together, in a process that has no pages, only metrics and health.
type Deps struct {
	Archive    Archive
	Desk       Desk
	Sources    func(context.Context) ([]crawler.SourceHealth, error) // nil: this process does not crawl
	Place      func(id, language string) string                      // the name of a place; nil: its ID is spelled out
	Topic      func(id, language string) string                      // the name of a topic; nil: its ID is spelled out
	Claim      func(id, language string) string                      // what a claim says; nil: its ID is spelled out
	Ready      func(context.Context) error                           // nil error: all that is behind the pages works and has caught up
	Saved      Saved                                                 // searches that people keep; nil: none can be kept
	Coverage   Coverage                                              // volumes over time; nil: there is no such page
	Claims     func() []classifier.Claim                             // the rules in use; nil: only what rang is known
	Feedback   Feedback                                              // how the rules were judged; nil: there are no such pages
	Drafts     Drafts                                                // where counter-examples are written; nil: nowhere
	Response   Response                                              // how fast the desk is; nil: there is no such page
	Digests    Digests                                               // the morning mails; nil: there are no such pages
	Outbox     Outbox                                                // nil: there is no page of it
	Silences   Silences                                              // nil: there is no page of them
	Mentions   Mentions                                              // nil: there is no page of them
	Evidence   Evidence                                              // nil: there is none in this process
	Users      Users                                                 // required where there are People
	People     []alerting.Person                                     // who may act; empty: one person's desk, without sign-in
	OnDuty     func(time.Time) []alerting.Person                     // nil: there is no roster
	Version    string
	Instance   string // names this process, for commands that look for it
	Logger     *slog.Logger
	Registerer prometheus.Registerer
	Gatherer   prometheus.Gatherer // what /metrics shows
	Now        func() time.Time
}

// Server serves the pages.
type Server struct {
	cfg     Config
	deps    Deps
	log     *slog.Logger
	pages   map[string]*template.Template
	assets  *assets
	build   string // names what the pages are made of: the version and the assets
	metrics *metrics
	feeds   chan struct{} // a place for each open live feed
	reports chan struct{} // a place for each report of coverage that is being counted

	headlines headlines
}

// maxFeeds bounds the live feeds: each holds a connection and a goroutine.
const maxFeeds = 500

// maxReports bounds the reports that are counted at once: each keeps two cores busy. The next one waits.
const maxReports = 2

// New builds a server. It does not listen.
func New(cfg Config, deps Deps) (*Server, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if deps.Logger == nil {
		deps.Logger = slog.New(slog.DiscardHandler)
	}
	if len(deps.People) > 0 && deps.Users == nil || len(cfg.Hosts) > 0 && len(deps.People) == 0 {
		return nil, errors.New("pages for other machines, or of several people, need people who sign in: alerting.people")
	}
	if deps.Now == nil {
		deps.Now = time.Now
	}
	if deps.Gatherer == nil {
		deps.Gatherer = prometheus.NewRegistry()
	}
	s := &Server{
		cfg: cfg, deps: deps, log: deps.Logger.With("component", "web"), metrics: newMetrics(deps.Registerer),
		pages: map[string]*template.Template{}, feeds: make(chan struct{}, maxFeeds), reports: make(chan struct{}, maxReports),
	}
	if err := s.loadPages(); err != nil {
		return nil, err
	}
	return s, nil
}

// sharedTemplates are those that pages are made with; each other template is a page.
var sharedTemplates = []string{"layout", "row", "actions", "precision"}

// loadPages reads the assets and the templates, which name them.
func (s *Server) loadPages() error {
	static, err := fs.Sub(staticFiles, "static")
	if err != nil {
		return err
	}
	if s.assets, err = loadAssets(static); err != nil {
		return err
	}
	s.build = url.PathEscape(s.deps.Version) + "." + s.assets.build
	files, err := fs.Glob(templateFiles, "templates/*.html")
	if err != nil {
		return err
	}
	for _, file := range files {
		name := strings.TrimSuffix(path.Base(file), ".html")
		if slices.Contains(sharedTemplates, name) {
			continue
		}
		t := template.New("layout.html").Funcs(s.functions())
		for _, shared := range sharedTemplates {
			if t, err = t.ParseFS(templateFiles, "templates/"+shared+".html"); err != nil {
				return fmt.Errorf("template %s: %w", shared, err)
			}
		}
		if t, err = t.ParseFS(templateFiles, file); err != nil {
			return fmt.Errorf("page %s: %w", name, err)
		}
		if t.Lookup("body") == nil {
			return fmt.Errorf("page %s: its template defines no body", name)
		}
		s.pages[name] = t
	}
	return nil
}
