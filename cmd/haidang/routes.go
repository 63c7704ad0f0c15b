package main

import (
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"

	"haidang/alerting"
	"haidang/internal/app"
	"haidang/internal/settings"
)

type routesCmd struct {
	Show routesShowCmd `cmd:"" help:"Draw the tree of routes: who is told of what, and when."`
	Test routesTestCmd `cmd:"" help:"Say who would be told of articles, and why."`
}

type routesShowCmd struct{}

// Run draws.
func (routesShowCmd) Run(e *env) error {
	cfg, err := e.config()
	if err != nil {
		return err
	}
	fmt.Fprint(e.out, cfg.Alerting.DrawRoutes())
	return nil
}

type routesTestCmd struct {
	File string `arg:"" optional:"" help:"Articles as JSON lines, with verdicts or without; standard input without a name." type:"existingfile"`
}

// Help is shown by --help.
func (routesTestCmd) Help() string {
	return `Example: haidang fetch page.html --url https://example.vn/a.html | haidang routes test`
}

// Run tests.
func (c routesTestCmd) Run(e *env) error {
	opts, err := e.options()
	if err != nil {
		return err
	}
	var in io.Reader = e.in
	if c.File != "" {
		f, err := os.Open(c.File)
		if err != nil {
			return err
		}
		defer f.Close()
		in = f
	}
	return app.RoutesTest(opts, in, e.out)
}

type silenceCmd struct {
	Add  silenceAddCmd  `cmd:"" help:"Hold stories back for a time: they stay on the desk, nobody is told."`
	List silenceListCmd `cmd:"" help:"List the silences that hold, or will."`
	End  silenceEndCmd  `cmd:"" help:"End a silence now; what it held back is told then."`
}

type silenceAddCmd struct {
	Match  []string `arg:"" help:"What it is about: claim=dam-burst, outlet=\"Báo Thử\", field=health, place=hue, severity=normal,info …"`
	For    string   `help:"How long, at most 7d." required:"" placeholder:"2h"`
	Author string   `help:"Who asks for it." required:"" placeholder:"NAME"`
	Reason string   `help:"Why." required:"" placeholder:"TEXT"`
}

// Help is shown by --help.
func (silenceAddCmd) Help() string {
	return `Example: haidang silence add claim=disaster-dam-burst place=hoa-binh --for 2h --author lan --reason "diễn tập ứng phó vỡ đập"`
}

// Run adds.
func (c silenceAddCmd) Run(e *env) error {
	opts, err := e.options()
	if err != nil {
		return err
	}
	match, err := alerting.ParseMatch(c.Match)
	if err != nil {
		return usageError{err}
	}
	length, err := settings.ParseDuration(c.For)
	if err != nil {
		return usageError{err}
	}
	s, err := app.AddSilence(e.ctx, opts, alerting.Silence{Match: match, Author: c.Author, Reason: c.Reason}, time.Duration(length))
	if err != nil {
		return err
	}
	fmt.Fprintf(e.out, "Silence %s holds until %s.\n", s.ID, s.EndsAt.Format(time.DateTime))
	return nil
}

type silenceListCmd struct{}

// Run lists.
func (silenceListCmd) Run(e *env) error {
	opts, err := e.options()
	if err != nil {
		return err
	}
	list, err := app.Silences(e.ctx, opts)
	if err != nil {
		return err
	}
	t := tabwriter.NewWriter(e.out, 0, 4, 2, ' ', 0)
	for _, s := range list {
		fmt.Fprintf(t, "%s\tuntil %s\t%s\t%s: %s\n", s.ID, s.EndsAt.Format(time.DateTime), s.Match, s.Author, s.Reason)
	}
	return t.Flush()
}

type silenceEndCmd struct {
	ID     string `arg:"" help:"The ID, as the list shows it."`
	Author string `help:"Who ends it." required:"" placeholder:"NAME"`
}

// Run ends.
func (c silenceEndCmd) Run(e *env) error {
	opts, err := e.options()
	if err != nil {
		return err
	}
	if err := app.EndSilence(e.ctx, opts, c.ID, c.Author); err != nil {
		return err
	}
	fmt.Fprintf(e.out, "Silence %s has ended.\n", c.ID)
	return nil
}
