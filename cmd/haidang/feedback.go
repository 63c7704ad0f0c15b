package main

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"haidang/alerting/feedback"
	"haidang/internal/app"
	"haidang/internal/drafts"
	"haidang/internal/filters"
)

type rulesFeedbackCmd struct {
	All     bool `help:"Every rule that rang, not only those to mend or retire."`
	Sources bool `help:"The outlets instead."`
	JSON    bool `help:"Print JSON objects, one a line."`
}

// Help is shown by --help.
func (rulesFeedbackCmd) Help() string {
	return `Example: haidang rules feedback --all
From the outcomes with which stories were closed in the past 90 days: how many rings were right, why the others were not.`
}

// Run tells.
func (c rulesFeedbackCmd) Run(e *env) error {
	opts, err := e.options()
	if err != nil {
		return err
	}
	return app.WithFeedback(e.ctx, opts, func(f *feedback.Feedback) error {
		if c.Sources {
			sources, err := f.Sources(e.ctx)
			if err != nil {
				return err
			}
			return printTallies(e.out, c.JSON, sources, func(s feedback.Source) tallyLine { return tallyLine{filters.Plain(s.Outlet), s.Tally, s.LastHit, ""} })
		}
		rules, err := f.Rules(e.ctx)
		if err != nil {
			return err
		}
		if !c.All {
			rules = feedback.ToMend(rules)
		}
		return printTallies(e.out, c.JSON, rules, func(r feedback.Rule) tallyLine { return tallyLine{r.ClaimID, r.Tally, r.LastHit, r.Advice} })
	})
}

// tallyLine is one line of what is printed for people.
type tallyLine struct {
	name    string
	tally   feedback.Tally
	lastHit time.Time
	advice  feedback.Advice
}

func printTallies[T any](w io.Writer, asJSON bool, list []T, line func(T) tallyLine) error {
	if asJSON {
		enc := json.NewEncoder(w)
		for _, v := range list {
			if err := enc.Encode(v); err != nil {
				return err
			}
		}
		return nil
	}
	if len(list) == 0 {
		_, err := fmt.Fprintln(w, "nothing to mend or retire")
		return err
	}
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, "name\tstories\tright\tprecision\tmostly\tlast right\tadvice")
	for _, v := range list {
		l := line(v)
		share, low, high := l.tally.Precision()
		precision, last := "-", "never"
		if l.tally.Judged() > 0 {
			precision = fmt.Sprintf("%.0f%% (%.0f-%.0f)", share*100, low*100, high*100)
		}
		if !l.lastHit.IsZero() {
			last = l.lastHit.Local().Format(time.DateOnly)
		}
		why, _ := l.tally.Main()
		fmt.Fprintf(t, "%s\t%d\t%d of %d\t%s\t%s\t%s\t%s\n", l.name, l.tally.Rang, l.tally.Hits, l.tally.Judged(), precision, why, last, l.advice)
	}
	return t.Flush()
}

type rulesTeachCmd struct {
	Story   string `arg:"" help:"ID of a story that was closed as noise."`
	By      string `help:"Who asks for it: the id of a person of the desk." required:"" placeholder:"ID"`
	Article string `help:"Which of its articles; the first one without it." placeholder:"ID"`
	As      string `help:"no_match: it must not ring; denies: it must be read as a denial. Without it the reason of the noise decides." enum:"no_match,denies," default:""`
}

// Help is shown by --help.
func (rulesTeachCmd) Help() string {
	return `Example: haidang rules counter-example 3fa2c8d01b77 --by lan
Writes the article into the draft of its claim's file, below the data folder. Nothing rings differently until the draft was
mended, passes 'haidang rules test --rules DRAFT', and is put in the place of the rules.`
}

// Run writes.
func (c rulesTeachCmd) Run(e *env) error {
	opts, err := e.options()
	if err != nil {
		return err
	}
	if err := app.Decider(opts, c.By); err != nil {
		return err
	}
	out, err := app.Teach(e.ctx, opts, drafts.Lesson{StoryID: c.Story, ArticleID: c.Article, Group: drafts.Group(c.As), By: c.By})
	if err != nil {
		return err
	}
	fmt.Fprintf(e.out, "%s:%d\n", out.File, out.Line)
	if !out.Rings {
		fmt.Fprintln(e.out, "in this form it does not ring by the rules in use: it is a test that holds already")
	}
	return nil
}
