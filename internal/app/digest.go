package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"haidang/alerting"
	"haidang/alerting/digest"
	"haidang/alerting/feedback"
	"haidang/alerting/response"
	"haidang/crawler"
	"haidang/internal/bus"
	"haidang/internal/claims"
	"haidang/internal/coverage"
)

// openDigest makes the morning mail from the stories and the state of the sources.
func (a *App) openDigest(context.Context) error {
	measured, err := response.New(a.db, a.opts.Now)
	if err != nil {
		return err
	}
	judged, err := feedback.New(a.db, a.opts.Now)
	if err != nil {
		return err
	}
	d, err := digest.New(a.opts.Config.Digest, digest.Deps{
		DB: a.db, Stories: a.desk, Health: watch{bus: a.bus, crawler: a.crawler, now: a.opts.Now}, Logger: a.log, Registerer: a.registry,
		Now: a.opts.Now, Coverage: a.coverage(), Response: measured, Feedback: judged, ClaimName: a.claimName,
	})
	if err != nil {
		return err
	}
	a.digest = d
	return nil
}

// watch is the state of the watch itself, as the digest reports it. In a process that does not crawl, the sources are
// read from the state that the crawling process keeps.
type watch struct {
	bus     *bus.Bus // nil: the waiting messages are not known
	crawler *crawler.Crawler
	now     func() time.Time
}

// SourceHealth gathers what failed, when the last article came in, and what still waits.
func (w watch) SourceHealth(ctx context.Context) (digest.Health, error) {
	var out digest.Health
	if w.crawler != nil {
		sources, err := w.crawler.Health(ctx)
		if err != nil {
			return out, err
		}
		out.Sources = len(sources)
		for _, s := range sources {
			if s.LastItem.After(out.LastArticle) {
				out.LastArticle = s.LastItem
			}
			if s.State == crawler.StateFailing || s.State == crawler.StateQuiet {
				since := s.LastSuccess
				if s.State == crawler.StateQuiet {
					since = s.LastItem
				}
				out.Failing = append(out.Failing, digest.FailingSource{Name: s.Name, Since: since, Reason: digest.Sentence{VI: s.Words("vi"), EN: s.Words("en")}})
			}
		}
	}
	if w.bus == nil {
		return out, nil
	}
	for _, group := range []string{classifyGroup, alertGroup} {
		lag, err := w.bus.Lag(ctx, group, topicOf(group))
		if err != nil {
			return out, err
		}
		if out.Waiting += lag.Total; lag.Total == 0 {
			continue
		}
		oldest, err := w.bus.Oldest(ctx, group, topicOf(group))
		if err != nil {
			return out, err
		}
		if !oldest.IsZero() {
			out.Behind = max(out.Behind, w.now().Sub(oldest))
		}
	}
	return out, nil
}

// claimName is what a claim says; in a process without rules, its ID.
func (a *App) claimName(id, language string) string {
	if rules := a.rules(); rules != nil {
		return rules.ClaimName(id, language)
	}
	return id
}

// coverage is what the archive of this process counts, or, for a command, that of the running one; nil where there is none.
func (a *App) coverage() digest.Coverage {
	switch {
	case a.archive != nil:
		return newCoverage(a.archive, a.rules, a.opts.Now)
	case a.bus == nil:
		return coverageBeside{a.opts}
	}
	return nil
}

// coverageBeside asks the process that runs on a data folder, or reads the archive that lies there.
type coverageBeside struct{ opts Options }

// Report implements digest.Coverage.
func (c coverageBeside) Report(ctx context.Context, r coverage.Request) (coverage.Report, error) {
	return Coverage(ctx, c.opts.Config, c.opts.DataDir, r)
}

// decisions are what people decided on claims; the words of the rules' files stand in the stories.
func (a *App) decisions(ctx context.Context) (map[string]alerting.Decision, error) {
	decided, err := claims.New(a.db, a.opts.Now).Decided(ctx)
	out := make(map[string]alerting.Decision, len(decided))
	for id, d := range decided {
		out[id] = alerting.Decision{Verdict: d.Verdict, By: d.By}
	}
	return out, err
}

// DigestRequest says which morning mail is wanted and what to do with it: written to Folder, sent, sent to one address as
// a test, or shown and reviewed as a draft.
type DigestRequest struct {
	Date   string // "2026-11-22"; empty: the newest that is due when it is sent, or the one that covers now
	List   string // empty: the first one
	Folder string
	Send   bool
	TestTo string // an address

	Draft    bool   // show the draft
	Review   string // approve the draft under this name
	Note     string
	LeaveOut []string
}

// Digest writes or sends one morning mail, beside a running process or without one, and says in sentences what it did.
func Digest(ctx context.Context, opts Options, r DigestRequest) ([]string, error) {
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	a := &App{opts: opts, log: opts.Logger, registry: prometheus.NewRegistry()}
	said, err := a.digestOnce(ctx, r)
	return said, errors.Join(err, a.Close())
}

func (a *App) digestOnce(ctx context.Context, r DigestRequest) ([]string, error) {
	if path := a.opts.Config.Store.Path; path != "" {
		if _, err := os.Stat(path); err != nil {
			return nil, fmt.Errorf("there are no stories in %s; run first, or name another folder with --data", a.opts.DataDir)
		}
	}
	for _, open := range []func(context.Context) error{a.openStore, a.openIdleCrawler, a.openReadingDesk, a.openDigest} {
		if err := open(ctx); err != nil {
			return nil, err
		}
	}
	list, err := a.digest.List(r.List)
	if err != nil {
		return nil, err
	}
	date := a.digest.Current(list)
	switch {
	case r.Date != "":
		if date, err = digest.ParseDate(r.Date); err != nil {
			return nil, err
		}
	case r.Send:
		date = a.digest.Due(list)
	case r.Draft || r.Review != "":
		date = a.digest.Drafted(list)
	}
	switch {
	case r.Send:
		reason, err := a.digest.Send(ctx, date, list)
		return []string{fmt.Sprintf("%s, list %s: %s", date, list.Name, reason)}, err
	case r.TestTo != "":
		if err := a.digest.SendTest(ctx, date, list, r.TestTo); err != nil {
			return nil, err
		}
		return []string{fmt.Sprintf("%s, list %s: sent to %s as a test", date, list.Name, r.TestTo)}, nil
	case r.Draft || r.Review != "":
		return a.reviewDigest(ctx, date, list, r)
	}
	return a.digest.WriteFiles(ctx, date, list, r.Folder)
}

// reviewDigest shows a draft, or approves it.
func (a *App) reviewDigest(ctx context.Context, date digest.Date, list digest.List, r DigestRequest) ([]string, error) {
	draft, err := a.digest.Draft(ctx, date, list)
	if err != nil {
		return nil, fmt.Errorf("digest of %s, list %s: %w", date, list.Name, err)
	}
	if r.Review != "" {
		review := digest.Review{By: r.Review, Note: r.Note, LeftOut: r.LeaveOut, Rewrites: draft.Rewrites}
		if err := a.digest.Review(ctx, date, list, draft.Version, review); err != nil {
			return nil, fmt.Errorf("digest of %s, list %s: %w", date, list.Name, err)
		}
		return []string{fmt.Sprintf("%s, list %s: reviewed by %s", date, list.Name, r.Review)}, nil
	}
	said := []string{draft.Text, fmt.Sprintf("%s, list %s: %s", date, list.Name, draft.State)}
	for _, s := range draft.Top {
		said = append(said, "at the top: "+s.ID+"  "+s.Statement)
	}
	return said, nil
}

// writeDigest puts the demo's morning mail into its data folder.
func (d *demonstration) writeDigest(ctx context.Context) error {
	list, err := d.app.digest.List("")
	if err != nil {
		return err
	}
	files, err := d.app.digest.WriteFiles(ctx, d.app.digest.Current(list), list, d.app.opts.DataDir)
	if err != nil {
		return err
	}
	fmt.Fprintln(d.out, "\nThe morning digest of this day:")
	for _, f := range files {
		fmt.Fprintln(d.out, "  "+f)
	}
	return nil
}
