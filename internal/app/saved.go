package app

import (
	"context"
	"errors"
	"time"

	"haidang/alerting"
	"haidang/index"
	"haidang/internal/bus"
	"haidang/internal/saved"
)

// savedGroup holds live articles against the searches that people saved.
const savedGroup = "saved"

func (a *App) openSaved(context.Context) error {
	a.saved = newSaved(a)
	return nil
}

func newSaved(a *App) *saved.Saved {
	deps := saved.Deps{
		DB: a.db, Lists: a.opts.Config.List, Synonyms: a.opts.Config.SynonymSet(), Reader: a.savedReader, Link: a.opts.Config.Alerting.Link,
		Logger: a.log, Registerer: a.registry, Now: a.opts.Now,
	}
	if a.opts.Config.Digest.SMTP.Host != "" {
		deps.Mail = func(ctx context.Context, m saved.Mail) error {
			return a.digest.Mail(ctx, alerting.Mail{ID: m.ID, To: m.To, Subject: m.Subject, Text: m.Text, HTML: m.HTML, Language: m.Language})
		}
	}
	return saved.New(deps)
}

// savedReader finds the address of an owner among the people of the desk.
func (a *App) savedReader(owner string) (saved.Reader, bool) {
	for _, p := range a.opts.Config.Alerting.People {
		if p.ID == owner {
			return saved.Reader{Address: p.Email, Language: a.opts.Config.Web.Language}, p.Email != ""
		}
	}
	return saved.Reader{}, false
}

// matchSaved holds verdicts against the saved searches.
func (a *App) matchSaved(ctx context.Context) error {
	return a.bus.Run(ctx, bus.Subscription{
		Topic: bus.Verdicts, Group: savedGroup, Stage: "saved", BatchSize: 200,
		Handle: func(ctx context.Context, batch []bus.Message) error {
			docs, _, err := decodeBatch(batch)
			if err != nil {
				return err
			}
			if err := a.saved.Handle(ctx, docs); err != nil {
				return bus.Unavailable(err)
			}
			return nil
		},
	})
}

// SavedSearch and SavedRing are the saved searches' own, for callers that may not reach below this package.
type (
	SavedSearch   = saved.Search
	SavedRing     = saved.Ring
	SavedSchedule = saved.Schedule
	SavedPreview  = saved.Preview
)

// ListSaved returns the searches that an owner sees, all for an empty owner.
func ListSaved(ctx context.Context, opts Options, owner string) (out []SavedSearch, err error) {
	err = withState(ctx, opts, func(a *App) error {
		out, err = newSaved(a).List(ctx, owner)
		return err
	})
	return out, err
}

// AddSaved saves a search.
func AddSaved(ctx context.Context, opts Options, s SavedSearch) (out SavedSearch, err error) {
	err = withState(ctx, opts, func(a *App) error {
		out, err = newSaved(a).Add(ctx, s)
		return err
	})
	return out, err
}

// RemoveSaved takes a saved search away.
func RemoveSaved(ctx context.Context, opts Options, owner, id string) error {
	return withState(ctx, opts, func(a *App) error { return newSaved(a).Remove(ctx, owner, id) })
}

// SavedRings returns what live searches rang for after a number.
func SavedRings(ctx context.Context, opts Options, after int64, limit int) (out []SavedRing, err error) {
	err = withState(ctx, opts, func(a *App) error {
		out, err = newSaved(a).Rings(ctx, after, limit)
		return err
	})
	return out, err
}

// searchFunc is an archive that a preview asks.
type searchFunc func(context.Context, index.Request) (index.Result, error)

// Search asks.
func (f searchFunc) Search(ctx context.Context, r index.Request) (index.Result, error) {
	return f(ctx, r)
}

// PreviewSaved tells how often a search would have rung, from the archive of the running process or of the folder.
func PreviewSaved(ctx context.Context, opts Options, query string) (p SavedPreview, err error) {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	search, done, err := searcher(ctx, opts.Config, opts.DataDir)
	if err != nil {
		return p, err
	}
	defer func() { err = errors.Join(err, done()) }()
	s := saved.New(saved.Deps{Lists: opts.Config.List, Synonyms: opts.Config.SynonymSet(), Now: opts.Now})
	return s.Preview(ctx, searchFunc(search), query)
}
