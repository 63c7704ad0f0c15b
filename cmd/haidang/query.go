package main

import (
	"io"
	"os"

	"haidang/internal/filters"
)

type queryCmd struct {
	Check   queryCheckCmd   `cmd:"" help:"Print a query's canonical form, its anchors and its limits; or where it is wrong."`
	Explain queryExplainCmd `cmd:"" help:"Say of each part of a query whether an article satisfies it, and what was missing."`
}

// queryFlags are common to the query commands.
type queryFlags struct {
	Lang string            `help:"Language of what is said: vi or en." enum:"vi,en" default:"vi"`
	JSON bool              `help:"Print JSON objects, one a line."`
	List map[string]string `help:"A list that the query names as @NAME, besides those of the configuration; may be given again." placeholder:"NAME=ENTRY,ENTRY…" mapsep:"none"`
}

// options adds what the output is: colours are for people only.
func (f queryFlags) options(out io.Writer) filters.QueryOptions {
	file, ok := out.(*os.File)
	return filters.QueryOptions{Lang: f.Lang, JSON: f.JSON, Lists: f.List, Color: ok && isTerminal(file)}
}

// configured adds the lists of the configuration as well.
func (f queryFlags) configured(e *env) (filters.QueryOptions, error) {
	cfg, err := e.config()
	opts := f.options(e.out)
	opts.Known = cfg.List
	return opts, err
}

type queryCheckCmd struct {
	Query string `arg:"" name:"QUERY" help:"In the query language (docs/query.md)."`
	queryFlags
}

// Help is shown by --help.
func (queryCheckCmd) Help() string {
	return `Example: haidang query check '"vỡ đập" NEAR/5 (sông OR hồ)'

An article that holds none of the anchors is never looked at: the rarer they are, the cheaper the query. A wrong query
is shown with a line of carets below the piece, and the exit status is 1.`
}

// Run checks.
func (c queryCheckCmd) Run(e *env) error {
	opts, err := c.configured(e)
	if err != nil {
		return err
	}
	return filters.CheckQuery(c.Query, opts, e.streams())
}

type queryExplainCmd struct {
	Query string `arg:"" name:"QUERY" help:"In the query language (docs/query.md)."`
	File  string `arg:"" optional:"" name:"FILE" help:"Articles as JSON lines, plain or .gz, or the text of one article, its title on the first line; '-' or none for standard input." default:"-"`
	queryFlags
}

// Help is shown by --help.
func (queryExplainCmd) Help() string {
	return `Example: haidang fetch page.html --url https://example.vn/a.html | haidang query explain '"vỡ đập" NOT "diễn tập"'

Marks the words found: [so] where there are no colours, and [−so] if the query excludes them. The exit status does not
depend on whether the query held.`
}

// Run explains.
func (c queryExplainCmd) Run(e *env) error {
	opts, err := c.configured(e)
	if err != nil {
		return err
	}
	return filters.ExplainQuery(c.Query, c.File, opts, e.streams())
}
