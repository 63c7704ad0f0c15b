package main

import (
	"errors"

	"haidang/internal/filters"
)

type feedCmd struct {
	Source string `arg:"" name:"URL|FILE" help:"Address of a feed, or a file ('-' for standard input)."`
	URL    string `help:"Address that a file was fetched from, for its relative links." name:"url" placeholder:"U"`
}

// Help is shown by --help.
func (feedCmd) Help() string {
	return `Example: haidang feed https://vnexpress.net/rss/tin-moi-nhat.rss | head -n 3
Prints an item a line: title, url, published, published_from, summary and the feed's title.`
}

// Run reads the feed.
func (c feedCmd) Run(e *env) error {
	cfg, err := e.config()
	if err != nil {
		return err
	}
	return filters.Feed(e.ctx, cfg.Crawler, filters.Target{Name: c.Source, URL: c.URL}, e.streams())
}

type fetchCmd struct {
	Source string `arg:"" name:"URL|FILE" help:"Address of a page, or a file ('-' for standard input); with a file nothing is fetched."`
	URL    string `help:"Address of the page in a file." name:"url" placeholder:"U"`
}

// Help is shown by --help.
func (fetchCmd) Help() string {
	return `Example: haidang fetch page.html --url https://example.vn/bai-viet.html
Prints url, canonical_url, title, lead, text, published, published_from and language; a page without an article prints
its url and the reason.`
}

// Run reads the page.
func (c fetchCmd) Run(e *env) error {
	cfg, err := e.config()
	if err != nil {
		return err
	}
	err = filters.Fetch(e.ctx, cfg.Crawler, filters.Target{Name: c.Source, URL: c.URL}, e.streams())
	if errors.Is(err, filters.ErrNoAddress) {
		return usageError{err}
	}
	return err
}

type classifyCmd struct {
	Slow  int      `help:"Print at the end, on stderr, the N queries of the rules that took most of the time." placeholder:"N"`
	Files []string `arg:"" optional:"" name:"FILE" help:"Files of JSON lines, plain or .gz; standard input without one."`
}

// Help is shown by --help.
func (classifyCmd) Help() string {
	return `Example: haidang fetch page.html --url https://example.vn/a.html | haidang classify
Prints the same articles, each with its verdict. docs/schema.md describes the lines.`
}

// Run classifies.
func (c classifyCmd) Run(e *env) error {
	cfg, err := e.config()
	if err != nil {
		return err
	}
	rules, err := filters.LoadRules(cfg.Classifier, cfg.RulesFS())
	if err != nil {
		return err
	}
	err = filters.Classify(e.ctx, rules, c.Files, e.streams())
	if c.Slow > 0 {
		err = errors.Join(err, filters.WriteSlowest(rules, c.Slow, e.err))
	}
	return err
}

func (e *env) streams() filters.Streams { return filters.Streams{In: e.in, Out: e.out, Err: e.err} }
