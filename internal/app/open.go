package app

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"haidang/alerting"
	"haidang/alerting/chat"
	"haidang/alerting/digest"
	"haidang/classifier"
	"haidang/crawler"
	"haidang/index"
	"haidang/internal/bus"
	"haidang/internal/store"
	"haidang/internal/users"
	"haidang/internal/web"
)

func (a *App) listen(ctx context.Context) error {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", a.opts.Config.Web.Listen)
	if err != nil {
		return fmt.Errorf("web.listen: %w; is another haidang running? Choose another port in the configuration", err)
	}
	a.listener = l
	a.onClose("listener", func() error {
		if err := l.Close(); !errors.Is(err, net.ErrClosed) {
			return err
		}
		return nil
	})
	return nil
}

func (a *App) openBus(ctx context.Context) error {
	cfg := a.opts.Config.Bus
	if cfg.Mode == bus.Embedded && strings.HasSuffix(cfg.Listen, ":0") {
		if last := lastBroker(a.opts.DataDir); last != "" {
			cfg.Listen = last
		}
	}
	b, err := bus.Open(ctx, cfg, bus.Deps{Logger: a.log, Registerer: a.registry, Now: a.opts.Now})
	if err != nil {
		return fmt.Errorf("bus: %w", err)
	}
	a.bus = b
	a.onClose("bus", b.Close)
	return nil
}

func (a *App) openStore(ctx context.Context) error {
	db, err := store.Open(ctx, a.opts.Config.Store)
	if err != nil {
		return err
	}
	a.db = db
	a.onClose("state", db.Close)
	return nil
}

func (a *App) openClassifier(context.Context) error {
	var err error
	if a.opts.Config.Rules != "" { // before they are read: a change meanwhile is one to be seen
		if a.rulesSeen, err = fingerprint(a.opts.Config.RulesFS()); err != nil {
			return fmt.Errorf("rules: %w", err)
		}
	}
	c, err := classifier.New(a.opts.Config.Classifier, classifier.Deps{Rules: a.opts.Config.RulesFS()})
	if err != nil {
		return fmt.Errorf("rules: %w", err)
	}
	a.current.Store(c)
	return checkNames(a.opts.Config, c)
}

func (a *App) openArchive(ctx context.Context) error {
	archive, err := index.Open(a.opts.Config.Index, index.Deps{
		Lists: a.opts.Config.List, Synonyms: a.opts.Config.SynonymSet(), Logger: a.log, Registerer: a.registry, Now: a.opts.Now,
	})
	if err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	a.archive = archive
	a.onClose("archive", archive.Close)
	if a.node, err = nodeName(a.opts.Config.Index.Dir); err != nil {
		return err
	}
	return a.checkNode(ctx)
}

// checkNode finds an archive that is older than what its consumer group has acknowledged, as after a backup was put back.
// It gets a new name, and so reads every verdict that the broker still has: an article twice is an article once.
func (a *App) checkNode(ctx context.Context) error {
	holds, err := a.archive.Offsets()
	if err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	lag, err := a.bus.Lag(ctx, a.indexGroup(), bus.Verdicts)
	if err != nil {
		return err
	}
	for _, p := range lag.Partitions {
		if p.Committed <= holds[p.Partition] {
			continue
		}
		a.log.Warn("the archive is older than its consumer group: reading all verdicts again", "partition", p.Partition,
			"archive", holds[p.Partition], "group", p.Committed)
		if err := os.Remove(filepath.Join(a.opts.Config.Index.Dir, nodeFile)); err != nil {
			return fmt.Errorf("name of this archive: %w", err)
		}
		a.node, err = nodeName(a.opts.Config.Index.Dir)
		return err
	}
	return nil
}

// nodeFile holds the archive's name.
const nodeFile = "node"

func (a *App) openCrawler(context.Context) error {
	c, err := crawler.New(a.opts.Config.Crawler, crawler.Deps{
		Publisher: publisher{a.bus}, DB: a.db, Logger: a.log, Registerer: a.registry, Now: a.opts.Now,
		Shared: a.opts.Config.Bus.Mode == bus.External,
	})
	if err != nil {
		return fmt.Errorf("crawler: %w", err)
	}
	a.crawler = c
	return nil
}

// openIdleCrawler opens the crawler for what it knows of the sources; it is not run and publishes nothing.
func (a *App) openIdleCrawler(context.Context) error {
	c, err := crawler.New(a.opts.Config.Crawler, crawler.Deps{Publisher: publisher{}, DB: a.db, Logger: a.log, Now: a.opts.Now})
	if err != nil {
		return fmt.Errorf("crawler: %w", err)
	}
	a.crawler = c
	return nil
}

// openReadingDesk opens the desk for reading only: without receivers.
func (a *App) openReadingDesk(context.Context) error {
	cfg := a.opts.Config.Alerting
	cfg.Webhooks, cfg.Emails, cfg.Chats, cfg.Route = nil, nil, nil, alerting.Route{}
	desk, err := alerting.New(cfg, alerting.Deps{DB: a.db, Decisions: a.decisions, Logger: a.log, Now: a.opts.Now})
	if err != nil {
		return err
	}
	a.desk = desk
	return nil
}

func (a *App) openDesk(context.Context) error {
	client, err := crawler.NewClient(a.opts.Config.WebhookAllow)
	if err != nil {
		return fmt.Errorf("webhook_allow: %w", err)
	}
	var send func(context.Context, alerting.Mail) error
	if a.opts.Config.Digest.SMTP.Host != "" {
		send = func(ctx context.Context, m alerting.Mail) error {
			if a.digest == nil { // opened after the desk, in a process that sends
				return digest.ErrNoServer
			}
			return a.digest.Mail(ctx, m)
		}
	}
	var write func(ctx context.Context, address, title, text string) error
	if cfg := a.opts.Config.Alerting; len(cfg.Chats) > 0 {
		write = chat.New(client.Transport, cfg.Retry.Timeout.Std()).Send
	}
	desk, err := alerting.New(a.opts.Config.Alerting, alerting.Deps{
		DB: a.db, Publisher: publisher{a.bus}, Mail: send, Chat: write, HTTP: client, Decisions: a.decisions, Logger: a.log, Registerer: a.registry, Now: a.opts.Now,
	})
	if err != nil {
		return err
	}
	a.desk = desk
	return nil
}

// openPages makes the site. A process without the serve role has only metrics and health.
func (a *App) openPages(context.Context) error {
	deps := web.Deps{
		Sources: a.sourceHealth(), Ready: a.Ready, Version: a.opts.Version, Instance: a.instance,
		Logger: a.log, Registerer: a.registry, Gatherer: a.registry, Now: a.opts.Now,
	}
	if a.has(Serve) {
		deps.Archive, deps.Desk, deps.Outbox, deps.Silences, deps.Mentions = a.archive, a.desk, a.desk, a.desk, a.desk
		deps.Place = func(id, language string) string { return a.rules().PlaceName(id, language) }
		deps.Topic = func(id, language string) string { return a.rules().TopicName(id, language) }
		deps.Claim = func(id, language string) string { return a.rules().ClaimName(id, language) }
		deps.Saved = a.saved
		deps.Coverage = newCoverage(a.archive, a.rules, a.opts.Now)
		if a.crawler != nil {
			deps.Evidence = a.crawler
		}
		if err := a.addInsight(&deps); err != nil {
			return err
		}
		desk := a.opts.Config.Alerting
		if deps.People = desk.People; len(deps.People) > 0 {
			known, err := users.New(a.db, a.opts.Now, users.Cost)
			if err != nil {
				return err
			}
			deps.Users = known
		}
		if len(desk.Roster.Shifts) > 0 {
			deps.OnDuty = desk.OnDuty
		}
	}
	pages, err := web.New(a.opts.Config.Web, deps)
	if err != nil {
		return err
	}
	a.web = &http.Server{
		Handler: pages.Handler(), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
	}
	return nil
}

// sourceHealth is nil in a process that knows nothing of the sources.
func (a *App) sourceHealth() func(context.Context) ([]crawler.SourceHealth, error) {
	if a.crawler == nil {
		return nil
	}
	return a.crawler.Health
}

// servePages serves until the context ends, then gives open requests five seconds. Live feeds end with their requests'
// contexts, which end with ours.
func (a *App) servePages(ctx context.Context) error {
	a.web.BaseContext = func(net.Listener) context.Context { return ctx }
	stopped := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() {
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		stopped <- a.web.Shutdown(grace)
	})
	err := a.web.Serve(a.listener)
	if stop() {
		return err // it ended by itself
	}
	return <-stopped
}

// Ready tells whether this process does what it is for: the broker and the database answer and the archive has caught
// up with the verdicts.
func (a *App) Ready(ctx context.Context) error {
	var errs []error
	if a.db != nil {
		if err := a.db.Ping(ctx); err != nil {
			errs = append(errs, fmt.Errorf("state: %w", err))
		}
	}
	for _, g := range a.groups() {
		lag, err := a.bus.Lag(ctx, g, topicOf(g))
		switch {
		case err != nil:
			errs = append(errs, fmt.Errorf("broker: %w", err))
		case strings.HasPrefix(g, "index-") && lag.Total > readyLag:
			errs = append(errs, fmt.Errorf("archive: %d articles behind", lag.Total))
		}
	}
	return errors.Join(errs...)
}

// readyLag is how many articles an archive may be behind and still count as caught up: a second or two of a burst.
const readyLag = 2000

// nodeName names this archive. It lives in the archive's folder, so that an archive that was deleted comes back under a
// new name and reads every verdict again.
func nodeName(dir string) (string, error) {
	path := filepath.Join(dir, nodeFile)
	data, err := os.ReadFile(path)
	if err == nil && len(data) == 16 {
		return string(data), nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("name of this archive: %w", err)
	}
	var random [8]byte
	if _, err := rand.Read(random[:]); err != nil {
		return "", err
	}
	name := hex.EncodeToString(random[:])
	if err := os.WriteFile(path, []byte(name), 0o600); err != nil {
		return "", fmt.Errorf("name of this archive: %w", err)
	}
	return name, nil
}
