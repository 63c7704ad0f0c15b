package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"haidang/internal/app"
	"haidang/internal/filters"
)

type searchCmd struct {
	Query []string `arg:"" optional:"" name:"QUERY" help:"In the query language (docs/query.md); none: the newest articles."`
	JSON  bool     `help:"Print one JSON object: total, took_ms and hits."`
	Sort  string   `help:"relevance, published or seen." enum:"relevance,published,seen" default:"relevance"`
	Limit int      `help:"Hits at most." default:"20"`
	After string   `help:"Cursor of the page before, from its 'next'." placeholder:"CURSOR"`
	From  string   `help:"First seen on or after this day." placeholder:"YYYY-MM-DD"`
	To    string   `help:"First seen before this day." placeholder:"YYYY-MM-DD"`
}

// Help is shown by --help.
func (searchCmd) Help() string {
	return `Example: haidang search '"vỡ đập" lang:vi' --limit 5
Asks the haidang that runs on the same data folder, or opens the archive itself.`
}

// Run searches.
func (c searchCmd) Run(e *env) error {
	cfg, err := e.config()
	if err != nil {
		return err
	}
	request := app.SearchRequest{Query: strings.Join(c.Query, " "), Sort: app.SearchSort(c.Sort), Limit: c.Limit, After: c.After}
	if request.Query == "" && c.Sort == "relevance" {
		request.Sort = "seen"
	}
	var errs []error
	request.From, errs = day("--from", c.From, errs)
	request.To, errs = day("--to", c.To, errs)
	if err := errors.Join(errs...); err != nil {
		return usageError{err}
	}
	result, err := app.Search(e.ctx, cfg, e.cli.Data, request)
	if err != nil {
		return err
	}
	if c.JSON {
		enc := json.NewEncoder(e.out)
		enc.SetEscapeHTML(false)
		return enc.Encode(result)
	}
	printHits(e.out, result)
	return nil
}

func day(flag, s string, errs []error) (time.Time, []error) {
	if s == "" {
		return time.Time{}, errs
	}
	t, err := time.ParseInLocation(time.DateOnly, s, time.Local)
	if err != nil {
		errs = append(errs, fmt.Errorf("%s: %q is not a day; write 2026-11-22", flag, s))
	}
	return t, errs
}

// printHits writes hits for people: no control or direction characters of an outlet reach the terminal.
func printHits(w io.Writer, result app.SearchResult) {
	for _, h := range result.Hits {
		fmt.Fprintf(w, "%s  %s\n", h.FirstSeen.Local().Format(time.DateOnly), filters.Plain(h.Title))
		if from := strings.TrimSpace(filters.Plain(h.Outlet) + "  " + filters.Plain(h.URL)); from != "" {
			fmt.Fprintf(w, "            %s\n", from)
		}
		if h.Snippet.End > h.Snippet.Start {
			fmt.Fprintf(w, "            … %s …\n", filters.Plain(h.Get(h.Snippet.Field)[h.Snippet.Start:h.Snippet.End]))
		}
	}
	fmt.Fprintf(w, "%d articles, %.1f ms\n", result.Total, float64(result.Took.Microseconds())/1000)
	for _, p := range result.Partial {
		fmt.Fprintln(w, "partial:", p)
	}
}

// isDefaultData reports whether the data folder is the one that no flag named.
func isDefaultData(dir string) bool {
	abs, err := filepath.Abs(defaultData)
	return err == nil && dir == abs
}
