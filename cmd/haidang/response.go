package main

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"haidang/alerting/response"
	"haidang/internal/app"
)

type responseCmd struct {
	By   string `help:"What it is cut by: month, field or place; story lists every story as CSV." enum:"month,field,place,story" default:"month"`
	From string `help:"The first month." placeholder:"YYYY-MM"`
	To   string `help:"The last month." placeholder:"YYYY-MM"`
	CSV  bool   `help:"Print a table for spreadsheets."`
	JSON bool   `help:"Print JSON."`
}

// Help is shown by --help.
func (responseCmd) Help() string {
	return `Example: haidang response --by field --from 2026-07 --csv > response.csv
Medians, from the first sight of a claim; "denied" from its appearance to the first denial. The desk is measured, never a person.`
}

// Run measures.
func (c responseCmd) Run(e *env) error {
	opts, err := e.options()
	if err != nil {
		return err
	}
	return app.WithResponse(e.ctx, opts, func(r *response.Response) error {
		q, err := c.query(r)
		if err != nil {
			return usageError{err}
		}
		if c.By == "story" {
			cases, err := r.Cases(e.ctx, q)
			if err != nil {
				return err
			}
			return response.WriteCasesCSV(e.out, cases, time.Now())
		}
		report, err := r.Report(e.ctx, q)
		switch {
		case err != nil:
			return err
		case c.CSV:
			return report.WriteCSV(e.out)
		case c.JSON:
			enc := json.NewEncoder(e.out)
			enc.SetIndent("", "  ")
			return enc.Encode(report)
		}
		return printReport(e.out, report)
	})
}

func (c responseCmd) query(r *response.Response) (q response.Query, err error) {
	if c.By != "story" {
		q.By = response.By(c.By)
	}
	if c.From != "" {
		if q.From, err = r.ParseMonth(c.From); err != nil {
			return q, fmt.Errorf("--from: %w", err)
		}
	}
	if c.To != "" {
		if q.To, err = r.ParseMonth(c.To); err != nil {
			return q, fmt.Errorf("--to: %w", err)
		}
		q.To = q.To.AddDate(0, 1, 0) // the month itself belongs to it
	}
	return q, nil
}

// printReport writes a report for people.
func printReport(w io.Writer, r response.Report) error {
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintf(t, "%s\tstories\tnoise\talert\ttold\tacknowledged\tresponded\tclosed\tdenied\topen\tunanswered\n", r.By)
	line := func(name string, g response.Group) {
		fmt.Fprintf(t, "%s\t%d\t%d", name, g.Stories, g.Noise)
		for _, m := range []response.Measure{g.Alerted, g.Told, g.Acknowledged, g.Responded, g.Closed, g.Denied} {
			if m.Stories == 0 {
				fmt.Fprint(t, "\t-")
				continue
			}
			fmt.Fprintf(t, "\t%s", m.Median.Round(time.Second))
		}
		fmt.Fprintf(t, "\t%d\t%.1f h\n", g.Open, g.UnansweredHours)
	}
	for _, g := range r.Groups {
		if g.Key == "" {
			g.Key = "(none)"
		}
		line(g.Key, g)
	}
	line("all", r.Total)
	return t.Flush()
}
