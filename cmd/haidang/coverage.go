package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"haidang/internal/app"
	"haidang/internal/filters"
)

type coverageCmd struct {
	Query  []string `arg:"" optional:"" name:"QUERY" help:"In the query language (docs/query.md); none: everything."`
	Days   int      `help:"The last so many days, today with them." default:"7"`
	From   string   `help:"From this day on, in place of --days." placeholder:"YYYY-MM-DD"`
	To     string   `help:"Up to the end of this day." placeholder:"YYYY-MM-DD"`
	Before string   `help:"First day of the period that it is compared with; none: just before it." placeholder:"YYYY-MM-DD"`
	Clock  string   `help:"Count by when articles were published, or seen by us." enum:"published,seen" default:"published"`
	By     []string `help:"topic, outlet, place, claim, stance, country, lang; none: all." placeholder:"PROPERTY"`
	Top    int      `help:"Values of each property." default:"10"`
	Beside []string `help:"Another query, whose share of voice is told; may be repeated." placeholder:"QUERY" sep:"none"`
	Copies bool     `help:"Count copies of a text too."`
	Lang   string   `help:"Names and sentences in this language." enum:"vi,en" default:"vi"`
	JSON   bool     `help:"Print one JSON object, as /api/coverage answers." xor:"format"`
	CSV    bool     `help:"Print a table for a spreadsheet." xor:"format"`
}

// Help is shown by --help.
func (coverageCmd) Help() string {
	return `Example: haidang coverage 'lũ OR "xả lũ"' --days 30
How much was written, by whom and about what; what rose and fell against the period before; spikes, explained.`
}

// Run counts.
func (c coverageCmd) Run(e *env) error {
	cfg, err := e.config()
	if err != nil {
		return err
	}
	r, err := c.request(time.Now())
	if err != nil {
		return err
	}
	report, err := app.Coverage(e.ctx, cfg, e.cli.Data, r)
	if err != nil {
		return err
	}
	if c.JSON {
		enc := json.NewEncoder(e.out)
		enc.SetEscapeHTML(false)
		return enc.Encode(report)
	}
	if c.CSV {
		return app.CoverageTable(report, c.Lang, e.out)
	}
	return printCoverage(e.out, report, c.Lang)
}

func (c coverageCmd) request(now time.Time) (app.CoverageRequest, error) {
	r := app.CoverageRequest{Query: strings.Join(c.Query, " "), Clock: app.CoverageClock(c.Clock), Top: c.Top, Copies: c.Copies, Beside: c.Beside}
	for _, d := range c.By {
		r.By = append(r.By, app.CoverageDimension(d))
	}
	var errs []error
	r.From, errs = day("--from", c.From, errs)
	r.To, errs = day("--to", c.To, errs)
	r.Before, errs = day("--before", c.Before, errs)
	if c.Days < 1 {
		errs = append(errs, fmt.Errorf("--days: %d is no period; write 7", c.Days))
	}
	if err := errors.Join(errs...); err != nil {
		return r, usageError{err}
	}
	last := now
	if !r.To.IsZero() {
		r.To = r.To.AddDate(0, 0, 1)
		last = r.To
	}
	if r.From.IsZero() {
		r.From = app.CoverageFirstDay(last, c.Days)
	}
	return r, nil
}

// printCoverage writes a report for people.
func printCoverage(w io.Writer, r app.CoverageReport, lang string) error {
	date := func(t time.Time) string { return t.Format("02/01/2006 15:04") }
	fmt.Fprintf(w, "%s - %s, beside the same length from %s\n", date(r.From), date(r.To), date(r.Before))
	fmt.Fprintf(w, "%d articles (%s), %d copies\n", r.Articles.Now, changed(r.Articles), r.Copies.Now)
	counts := make([]int, len(r.Bars))
	for i, b := range r.Bars {
		counts[i] = b.Now
	}
	fmt.Fprintf(w, "|%s| by %s\n", sparkline(counts), r.Unit)
	for _, p := range r.Partial {
		fmt.Fprintln(w, "partial:", p)
	}
	fmt.Fprintln(w)
	if !r.Judged {
		fmt.Fprintln(w, "no spikes told: the archive knows too few of the weeks before")
	}
	for _, s := range r.Spikes {
		fmt.Fprintln(w, "spike:", filters.Plain(s.Said.In(lang)))
	}
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	for _, v := range r.Voices {
		fmt.Fprintf(t, "voice\t%s\t%d\t%.1f%% → %.1f%%\t%s\n", filters.Plain(v.Query), v.Now, 100*v.ShareBefore, 100*v.Share, sparkline(v.Bars))
	}
	for _, m := range append(r.Rose, r.Fell...) {
		sign := "rose"
		if m.Score < 0 {
			sign = "fell"
		}
		fmt.Fprintf(t, "%s\t%s:%s\t%s\t%d → %d\t%.1f%% → %.1f%%\n", sign, m.Dimension, m.ID, filters.Plain(m.Name.In(lang)), m.Before, m.Now, 100*m.ShareBefore, 100*m.Share)
	}
	for _, b := range r.By {
		fmt.Fprintf(t, "\n%s\n", b.Dimension)
		for _, v := range b.Values {
			fmt.Fprintf(t, "%d\t%.1f%%\t%s:%s\t%s\t%s\t%s\n", v.Now, 100*v.Share, b.Dimension, v.ID, filters.Plain(v.Name.In(lang)), changed(v.Count), sparkline(v.Bars))
		}
		if b.More > 0 {
			fmt.Fprintf(t, "%d more\n", b.More)
		}
	}
	return t.Flush()
}

// changed says a change in per cent.
func changed(c app.CoverageCount) string {
	if by, known := c.Change(); known {
		return fmt.Sprintf("%+.0f%%", 100*by)
	}
	return "new"
}
