package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"haidang/crawler"
	"haidang/internal/app"
	"haidang/internal/outlets"
)

type sourcesCmd struct {
	List       sourcesListCmd   `cmd:"" help:"List the sources."`
	Check      sourcesCheckCmd  `cmd:"" help:"Ask every feed, sitemap and section page once, and tell what it says."`
	Add        sourcesAddCmd    `cmd:"" help:"Find the feeds and news sitemaps that a home page leads to."`
	ImportOpml sourcesImportCmd `cmd:"" name:"import-opml" help:"Make entries of a feed reader's list."`
	ExportOpml sourcesExportCmd `cmd:"" name:"export-opml" help:"Write the feeds as a list for feed readers."`
}

type sourcesListCmd struct {
	JSON bool `help:"Print JSON objects, one a line."`
}

// Run lists.
func (c sourcesListCmd) Run(e *env) error {
	cfg, err := e.config()
	if err != nil {
		return err
	}
	return outlets.List(cfg.Crawler.Sources, c.JSON, e.out)
}

type sourcesCheckCmd struct {
	IDs []string `arg:"" optional:"" name:"ID" help:"Of the sources; all without one."`
}

// Help is shown by --help.
func (sourcesCheckCmd) Help() string {
	return `Example: haidang sources check vnexpress tuoitre
Tells moved addresses, also those that the crawler found, when it has run with this --data. The exit status is 1 when
something does not answer as it should.`
}

// Run checks.
func (c sourcesCheckCmd) Run(e *env) error {
	cfg, err := e.config()
	if err != nil {
		return err
	}
	chosen, err := outlets.Choose(cfg.Crawler.Sources, c.IDs)
	if err != nil {
		return usageError{err}
	}
	fetcher, err := crawler.NewFetcher(cfg.Crawler, crawler.Deps{})
	if err != nil {
		return err
	}
	known, err := app.Feeds(e.ctx, cfg)
	if err != nil {
		return err
	}
	return outlets.Check(e.ctx, fetcher, chosen, known, e.out)
}

type sourcesAddCmd struct {
	URL    string `arg:"" name:"URL" help:"Home page of the outlet, or one of its feeds."`
	Append string `help:"Add the entry to this file of sources; without it the entry is printed." placeholder:"FILE" type:"path"`
}

// Help is shown by --help.
func (sourcesAddCmd) Help() string {
	return `Example: haidang sources add https://example.vn/ --append my-sources.yaml
Looks at what the page and robots.txt declare, then at its links, then at the common places. Tier and kind are yours to
set.`
}

// Run finds.
func (c sourcesAddCmd) Run(e *env) error {
	cfg, err := e.config()
	if err != nil {
		return err
	}
	fetcher, err := crawler.NewFetcher(cfg.Crawler, crawler.Deps{})
	if err != nil {
		return err
	}
	found, err := outlets.Add(e.ctx, fetcher, c.URL, e.err)
	if err != nil {
		return err
	}
	return e.entries([]crawler.Source{found}, c.Append)
}

// entries prints sources, or adds them to a file.
func (e *env) entries(sources []crawler.Source, path string) error {
	if path != "" {
		if err := outlets.Append(path, sources); err != nil {
			return err
		}
		fmt.Fprintf(e.out, "%d entries added to %s\n", len(sources), path)
		return nil
	}
	text, err := outlets.Entries(sources)
	if err != nil {
		return err
	}
	_, err = io.WriteString(e.out, text)
	return err
}

type sourcesImportCmd struct {
	File   string `arg:"" name:"FILE" help:"OPML, as feed readers export it; '-' for standard input."`
	Append string `help:"Add the entries to this file of sources; without it they are printed." placeholder:"FILE" type:"path"`
}

// Run imports.
func (c sourcesImportCmd) Run(e *env) error {
	cfg, err := e.config()
	if err != nil {
		return err
	}
	in := e.in
	if c.File != "-" {
		file, err := os.Open(c.File)
		if err != nil {
			return err
		}
		defer file.Close()
		in = file
	}
	sources, err := outlets.ImportOPML(in, cfg.Crawler.Sources, e.err)
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	if len(sources) == 0 {
		fmt.Fprintln(e.err, "every feed of the list is known already")
		return nil
	}
	return e.entries(sources, c.Append)
}

type sourcesExportCmd struct{}

// Run exports.
func (sourcesExportCmd) Run(e *env) error {
	cfg, err := e.config()
	if err != nil {
		return err
	}
	return outlets.ExportOPML(cfg.Crawler.Sources, time.Now(), e.out)
}
