package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"haidang/internal/app"
	"haidang/internal/filters"
)

type savedCmd struct {
	List    savedListCmd    `cmd:"" help:"List saved searches, with how often they rang in thirty days."`
	Add     savedAddCmd     `cmd:"" help:"Save a search; every live article is held against it from now on."`
	Remove  savedRemoveCmd  `cmd:"" help:"Take a saved search away."`
	Preview savedPreviewCmd `cmd:"" help:"Tell how often a search would have rung."`
	Rings   savedRingsCmd   `cmd:"" help:"Print what searches rang for, as JSON lines."`
}

type savedListCmd struct {
	Owner string `help:"Only what this person sees." placeholder:"ID"`
	JSON  bool   `help:"Print JSON lines."`
}

// Run lists.
func (c savedListCmd) Run(e *env) error {
	opts, err := e.options()
	if err != nil {
		return err
	}
	list, err := app.ListSaved(e.ctx, opts, c.Owner)
	if err != nil {
		return err
	}
	if c.JSON {
		enc := json.NewEncoder(e.out)
		enc.SetEscapeHTML(false)
		for _, s := range list {
			if err := enc.Encode(s); err != nil {
				return err
			}
		}
		return nil
	}
	t := tabwriter.NewWriter(e.out, 0, 4, 2, ' ', 0)
	for _, s := range list {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%d rings, %d articles\t%s\n", s.ID, filters.Plain(s.Owner), filters.Plain(s.Name), s.Schedule, filters.Plain(s.List), s.Rings, s.Matches, filters.Plain(s.Query))
	}
	return t.Flush()
}

type savedAddCmd struct {
	Name     string   `arg:"" help:"Under which it is known."`
	Query    []string `arg:"" help:"In the query language (docs/query.md)."`
	Schedule string   `help:"live, daily or weekly." enum:"live,daily,weekly" default:"live"`
	List     string   `help:"The shared list it stands on; none: the owner's own." placeholder:"NAME"`
	Owner    string   `help:"Whose it is: the id of a person of the desk." default:"desk"`
}

// Help is shown by --help.
func (savedAddCmd) Help() string {
	return `Example: haidang saved add 'Vỡ đập' '"vỡ đập" NOT "diễn tập" COUNT(sources) >= 3 WITHIN 2h'`
}

// Run saves, and says what to expect of it where there is an archive.
func (c savedAddCmd) Run(e *env) error {
	opts, err := e.options()
	if err != nil {
		return err
	}
	s, err := app.AddSaved(e.ctx, opts, app.SavedSearch{
		Owner: c.Owner, Name: c.Name, Query: strings.Join(c.Query, " "), Schedule: app.SavedSchedule(c.Schedule), List: c.List,
	})
	if err != nil {
		return err
	}
	fmt.Fprintln(e.out, s.ID)
	return nil
}

type savedRemoveCmd struct {
	ID    string `arg:"" help:"From 'haidang saved list'."`
	Owner string `help:"Whose it is." default:"desk"`
}

// Run removes.
func (c savedRemoveCmd) Run(e *env) error {
	opts, err := e.options()
	if err != nil {
		return err
	}
	return app.RemoveSaved(e.ctx, opts, c.Owner, c.ID)
}

type savedPreviewCmd struct {
	Query []string `arg:"" help:"In the query language (docs/query.md)."`
	JSON  bool     `help:"Print every day, as JSON."`
}

// Run previews.
func (c savedPreviewCmd) Run(e *env) error {
	opts, err := e.options()
	if err != nil {
		return err
	}
	p, err := app.PreviewSaved(e.ctx, opts, strings.Join(c.Query, " "))
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(e.out).Encode(p)
	}
	fmt.Fprintln(e.out, p)
	for _, d := range p.Days {
		if d.Matches > 0 {
			fmt.Fprintf(e.out, "%s  %d rings, %d articles\n", d.Date.Format(time.DateOnly), d.Rings, d.Matches)
		}
	}
	return nil
}

type savedRingsCmd struct {
	After int64 `help:"The seq of the last ring that is known." default:"0"`
	Limit int   `help:"Rings at most." default:"100"`
}

// Run prints rings.
func (c savedRingsCmd) Run(e *env) error {
	opts, err := e.options()
	if err != nil {
		return err
	}
	rings, err := app.SavedRings(e.ctx, opts, c.After, c.Limit)
	if err != nil {
		return err
	}
	enc := json.NewEncoder(e.out)
	enc.SetEscapeHTML(false)
	for _, r := range rings {
		if err := enc.Encode(r); err != nil {
			return err
		}
	}
	return nil
}
