// Package web serves the pages: the live desk, a story with the words that made it ring, and search; the JSON API that
// the search command asks; metrics and health.
//
// Build a [Server] with [New] and mount [Server.Handler]; listening is the caller's. GET reads and never changes
// anything; what an outlet wrote is only ever text. Limits: there is no sign-in yet, so it must listen on loopback
// only, which [Config.Validate] holds.
package web

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"haidang/alerting"
	"haidang/crawler"
	"haidang/index"
	"haidang/internal/article"
)

// Archive is what the pages ask of the index.
type Archive interface {
	Search(ctx context.Context, r index.Request) (index.Result, error)
	Get(ctx context.Context, id string) (article.Article, error)
}

// Desk is what the pages ask of the stories.
type Desk interface {
	Stories(ctx context.Context, f alerting.Filter) ([]alerting.Story, error)
	Story(ctx context.Context, id string) (alerting.StoryDetail, error)
	Events(ctx context.Context, afterSeq int64, limit int) ([]alerting.Event, error)
	Subscribe() (<-chan struct{}, func())
	Counts(ctx context.Context) (alerting.Counts, error)
}

// Deps are the live things behind the pages. Logger, Registerer, Gatherer and Now may be nil.
type Deps struct {
	Archive    Archive
	Desk       Desk
	Sources    func(context.Context) ([]crawler.SourceHealth, error) // nil: this process does not crawl
	Ready      func(context.Context) error                          // nil error: everything behind the pages works and has caught up
	Version    string
	Logger     *slog.Logger
	Registerer prometheus.Registerer
	Gatherer   prometheus.Gatherer // what /metrics shows
	Now        func() time.Time
}

// Server serves the pages.
type Server struct {
	cfg  Config
	deps Deps
}

// New builds a server. It does not listen.
func New(cfg Config, deps Deps) (*Server, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	return &Server{cfg: cfg, deps: deps}, nil
}

// Handler is the whole site.
func (s *Server) Handler() http.Handler { return http.NotFoundHandler() }
