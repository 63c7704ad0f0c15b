package app

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"haidang/alerting"
	"haidang/internal/article"
	"haidang/internal/filters"
	"haidang/internal/text"
)

// RoutesTest reads articles as JSON lines, gives a verdict to those that have none, and says who would be told of each of
// their claims that rings, and by which way through the tree of routes.
func RoutesTest(opts Options, in io.Reader, out io.Writer) error {
	rules, err := filters.LoadRules(opts.Config.Classifier, opts.Config.RulesFS())
	if err != nil {
		return err
	}
	dec := json.NewDecoder(in)
	for n := 1; ; n++ {
		var a article.Article
		if err := dec.Decode(&a); err == io.EOF {
			return nil
		} else if err != nil {
			return fmt.Errorf("article %d: %w", n, err)
		}
		if a.Verdict == nil {
			verdict := rules.Classify(&a)
			a.Verdict = &verdict
		}
		routesOf(&opts.Config.Alerting, &a, out)
	}
}

// routesOf says who would be told of one article.
func routesOf(cfg *alerting.Config, a *article.Article, out io.Writer) {
	fmt.Fprintln(out, text.Plain(a.Title, 200))
	rings := false
	for _, m := range a.Verdict.Claims {
		if !m.Rings {
			continue
		}
		rings = true
		facts := alerting.Facts{
			Severity: m.Severity, Field: m.Field, Topics: a.Verdict.Topics, Places: a.Verdict.Places, Languages: []string{a.Language}, Tier: a.OutletTier, Claim: m.ID, Outlet: a.Outlet,
		}
		targets, steps := cfg.RouteTest(facts)
		fmt.Fprintf(out, "  %s, %s, %s\n", m.ID, m.Severity, m.Field)
		for _, s := range steps {
			mark := "→"
			if !s.Taken {
				mark = "×"
			}
			fmt.Fprintf(out, "    %s%s %s", strings.Repeat("  ", s.Depth), mark, s.Route)
			if s.Missing != "" {
				fmt.Fprintf(out, " (not its %s)", s.Missing)
			}
			fmt.Fprintln(out)
		}
		for _, target := range targets {
			wait := "at once"
			if m.Severity != article.Critical && target.Wait > 0 {
				wait = "after " + target.Wait.String()
			}
			fmt.Fprintf(out, "    %s is told %s, by route %s\n", target.Receiver, wait, target.Route)
		}
		if len(targets) == 0 {
			fmt.Fprintln(out, "    nobody is told; it is on the desk")
		}
	}
	if !rings {
		fmt.Fprintln(out, "  does not ring")
	}
}

// AddSilence, EndSilence and Silences work on the state beside a running process, or without one.
func AddSilence(ctx context.Context, opts Options, s alerting.Silence, length time.Duration) (out alerting.Silence, err error) {
	err = withDesk(ctx, opts, func(d *alerting.Desk) error {
		s.EndsAt = opts.now().Add(length)
		out, err = d.AddSilence(ctx, s)
		return err
	})
	return out, err
}

// EndSilence ends a silence now.
func EndSilence(ctx context.Context, opts Options, id, actor string) error {
	return withDesk(ctx, opts, func(d *alerting.Desk) error { return d.EndSilence(ctx, id, actor) })
}

// Silences lists those that hold, or will.
func Silences(ctx context.Context, opts Options) (out []alerting.Silence, err error) {
	err = withDesk(ctx, opts, func(d *alerting.Desk) error {
		out, err = d.Silences(ctx, opts.now())
		return err
	})
	return out, err
}

func withDesk(ctx context.Context, opts Options, fn func(*alerting.Desk) error) error {
	return withState(ctx, opts, func(a *App) error {
		if err := a.openReadingDesk(ctx); err != nil {
			return err
		}
		return fn(a.desk)
	})
}
