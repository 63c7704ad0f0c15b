package app

import (
	"context"
	"path/filepath"

	"haidang/alerting/feedback"
	"haidang/alerting/response"
	"haidang/classifier"
	"haidang/internal/drafts"
	"haidang/internal/filters"
	"haidang/internal/web"
)

// draftFolder is where counter-examples wait, below the data folder.
const draftFolder = "rules-draft"

// addInsight gives the pages what looks back: how fast the desk is, how its rules were judged, and the draft of better ones.
func (a *App) addInsight(deps *web.Deps) error {
	measured, err := response.New(a.db, a.opts.Now)
	if err != nil {
		return err
	}
	judged, err := feedback.New(a.db, a.opts.Now)
	if err != nil {
		return err
	}
	deps.Response, deps.Feedback, deps.Digests = measured, judged, a.digest
	deps.Claims = func() []classifier.Claim { return a.rules().Claims() }
	deps.Drafts = drafts.New(filepath.Join(a.opts.DataDir, draftFolder), a.opts.Config.RulesFS(), a.rules)
	return nil
}

// WithResponse opens the measured response beside a running process, or without one, and runs fn.
func WithResponse(ctx context.Context, opts Options, fn func(*response.Response) error) error {
	return withState(ctx, opts, func(a *App) error {
		r, err := response.New(a.db, opts.Now)
		if err != nil {
			return err
		}
		return fn(r)
	})
}

// WithFeedback opens what the desk's decisions say of rules and sources, and runs fn.
func WithFeedback(ctx context.Context, opts Options, fn func(*feedback.Feedback) error) error {
	return withState(ctx, opts, func(a *App) error {
		f, err := feedback.New(a.db, opts.Now)
		if err != nil {
			return err
		}
		return fn(f)
	})
}

// Teach writes an article of a story that was closed as noise into the draft of the rules. The archive belongs to the
// running process, so that here the words that the desk keeps are written.
func Teach(ctx context.Context, opts Options, l drafts.Lesson) (out drafts.Written, err error) {
	rules, err := filters.LoadRules(opts.Config.Classifier, opts.Config.RulesFS())
	if err != nil {
		return out, err
	}
	err = withState(ctx, opts, func(a *App) error {
		if err := a.openReadingDesk(ctx); err != nil {
			return err
		}
		d := drafts.New(filepath.Join(opts.DataDir, draftFolder), opts.Config.RulesFS(), func() *classifier.Classifier { return rules })
		out, err = d.Teach(ctx, a.desk, nil, l)
		return err
	})
	return out, err
}
