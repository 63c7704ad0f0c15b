// Package alerting turns verdicts into stories that a duty officer can work on, and tells the receivers about them.
//
// Build a [Desk] with [New], hand it each batch of classified articles with [Desk.Handle], and let [Desk.Run] send
// what the outbox holds. Pages read with [Desk.Stories], [Desk.Story], [Desk.Events] and [Desk.Counts].
//
// Promise: one transaction writes the alert (unique for claim and article), the story, the events and the outbox, so
// that a batch handled twice changes nothing; a notification is sent at least once, always with the same key, and
// never given up in silence. Only live articles ring: those from a backfill or a replay are attached as history.
// An article that denies a claim never rings; it is kept as the story's answer, even where it comes first.
//
// Limits: one writer at a time, whatever the database. The live feed wakes readers of this process only; readers of
// another process must ask again every second or so.
package alerting

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"haidang/internal/article"
	"haidang/internal/store"
)

// Publisher puts a message onto the alerts topic. The key is the story's ID; the value is a [Notification] in JSON.
type Publisher interface {
	PublishAlert(ctx context.Context, key string, value []byte) error
}

// Deps are the live things that a desk works with.
type Deps struct {
	DB         *store.DB                                                    // required
	Publisher  Publisher                                                    // nil: nothing is published to the alerts topic
	Mail       func(context.Context, Mail) error                            // sends one mail; nil: there is no mail server
	Chat       func(ctx context.Context, address, title, text string) error // writes into one room; required when there are chats
	HTTP       *http.Client                                                 // for webhooks; must refuse special addresses itself. Required when there are webhooks
	Decisions  func(context.Context) (map[string]Decision, error)           // what people decided on claims, by ID; nil: the word of the rules holds
	Logger     *slog.Logger                                                 // nil: silent
	Registerer prometheus.Registerer                                        // nil: no metrics
	Now        func() time.Time                                             // nil: time.Now
}

// Desk keeps the stories. It is safe for concurrent use.
type Desk struct {
	cfg     Config
	db      *store.DB
	http    *http.Client
	publish Publisher
	mail    func(context.Context, Mail) error
	chat    func(ctx context.Context, address, title, text string) error
	log     *slog.Logger
	now     func() time.Time
	metrics *metrics
	bell    bell

	tellings  tellings
	decisions func(context.Context) (map[string]Decision, error)
}

// New returns a desk on an open database.
func New(cfg Config, deps Deps) (*Desk, error) {
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("alerting configuration: %w", err)
	}
	if deps.DB == nil {
		return nil, errors.New("alerting: no database given")
	}
	if len(cfg.Webhooks) > 0 && deps.HTTP == nil {
		return nil, errors.New("alerting: webhooks are configured and no HTTP client is given")
	}
	if len(cfg.Emails) > 0 && deps.Mail == nil {
		return nil, errNoMail
	}
	if len(cfg.Chats) > 0 && deps.Chat == nil {
		return nil, errors.New("alerting: chats are configured and nothing is given to write into them with")
	}
	d := &Desk{cfg: cfg, db: deps.DB, publish: deps.Publisher, mail: deps.Mail, chat: deps.Chat, decisions: deps.Decisions, log: deps.Logger, now: deps.Now}
	if d.log == nil {
		d.log = slog.New(slog.DiscardHandler)
	}
	d.log = d.log.With("component", "alerting")
	if d.now == nil {
		d.now = time.Now
	}
	if deps.HTTP != nil {
		d.http = withoutRedirects(deps.HTTP)
	}
	d.metrics = newMetrics(deps.Registerer)
	return d, nil
}

// Handle takes a batch of classified articles into the stories, in one transaction. Handling a batch again changes
// nothing. An error means that nothing of the batch was kept; one that is [ErrInvalid] will not go away by itself.
func (d *Desk) Handle(ctx context.Context, batch []article.Article) error {
	return d.handle(ctx, batch)
}

// Run sends notifications until the context ends. Exactly what was being sent then is sent again by the next Run.
func (d *Desk) Run(ctx context.Context) error { return d.send(ctx) }
