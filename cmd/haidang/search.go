package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"haidang/configs"
	"haidang/internal/app"
	"haidang/internal/filters"
)

type searchCmd struct {
	Query  []string `arg:"" optional:"" name:"QUERY" help:"In the query language (docs/query.md); none: the newest articles."`
	JSON   bool     `help:"Print one JSON object: total, took_ms and hits; with --follow one line for each article." xor:"format"`
	CSV    bool     `help:"Print a table for a spreadsheet, with citations and evidence hashes." xor:"format"`
	JSONL  bool     `help:"Print each article as a JSON line, with citation and evidence hash." xor:"format"`
	RSS    bool     `help:"Print a feed." xor:"format"`
	Atom   bool     `help:"Print a feed." xor:"format"`
	Follow bool     `help:"Tell what comes in from now on, until interrupted."`
	Sort   string   `help:"relevance, fresh (relevance that fades with age), published or seen." enum:"relevance,fresh,published,seen" default:"relevance"`
	Limit  int      `help:"Hits at most; tables may have any number." default:"20"`
	After  string   `help:"Cursor of the page before, from its 'next'." placeholder:"CURSOR"`
	From   string   `help:"First seen on or after this day." placeholder:"YYYY-MM-DD"`
	To     string   `help:"First seen before this day." placeholder:"YYYY-MM-DD"`
	Like   string   `help:"Articles similar to this one." placeholder:"ID"`
	Facets int      `help:"Count outlets, topics, places and so on, so many of each, and draw the articles over time." placeholder:"N"`
	Copies string   `help:"fold: show copies of a text once." enum:"all,fold" default:"all"`
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
	request := app.SearchRequest{
		Query: strings.Join(c.Query, " "), Sort: app.SearchSort(c.Sort), Limit: c.Limit, After: c.After, Like: c.Like, Facets: c.Facets,
		Fold: c.Copies == "fold", Suggest: true,
	}
	if request.Query == "" && request.Like == "" && c.Sort == "relevance" {
		request.Sort = "seen"
	}
	var errs []error
	request.From, errs = day("--from", c.From, errs)
	request.To, errs = day("--to", c.To, errs)
	if err := errors.Join(errs...); err != nil {
		return usageError{err}
	}
	if c.Follow {
		return c.follow(e, request)
	}
	if f := c.format(); f != "" {
		return c.export(e, cfg, request, f)
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

// format is the form of a table or a feed, "" for none.
func (c searchCmd) format() string {
	for name, on := range map[string]bool{"csv": c.CSV, "jsonl": c.JSONL, "rss": c.RSS, "atom": c.Atom} {
		if on {
			return name
		}
	}
	return ""
}

// export writes a table or a feed, and says on standard error when it is not all.
func (c searchCmd) export(e *env, cfg configs.Config, r app.SearchRequest, format string) error {
	r.Facets, r.Suggest = 0, false
	found, err := app.Export(e.ctx, cfg, e.cli.Data, r, format, c.Limit, e.out)
	if err == nil && found > c.Limit {
		fmt.Fprintf(e.err, "haidang: %d of %d articles were written; --limit %d for all\n", c.Limit, found, found)
	}
	return err
}

// follow prints each article as it comes in.
func (c searchCmd) follow(e *env, r app.SearchRequest) error {
	if c.RSS || c.Atom {
		return usageError{errors.New("--follow prints lines; leave out --rss and --atom")}
	}
	r.Facets, r.Suggest = 0, false
	tell := func(h *app.SearchHit) error {
		printHit(e.out, h)
		return nil
	}
	if format := c.format(); format != "" || c.JSON {
		if c.JSON {
			format = "jsonl"
		}
		write, flush, err := app.ExportHit(format, e.out)
		if err != nil {
			return err
		}
		tell = func(h *app.SearchHit) error { return errors.Join(write(h), flush()) }
	}
	return app.Follow(e.ctx, e.cli.Data, r, tell)
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
	for i := range result.Hits {
		printHit(w, &result.Hits[i])
	}
	fmt.Fprintf(w, "%d articles, %.1f ms\n", result.Total, float64(result.Took.Microseconds())/1000)
	if result.Loose {
		fmt.Fprintf(w, "%d have all the words; those with most of them are listed too (AND between the words leaves them out)\n", result.Whole)
	}
	for _, names := range result.Synonyms {
		fmt.Fprintln(w, "also searched for:", filters.Plain(strings.Join(names, " = ")))
	}
	if result.DidYouMean != "" {
		fmt.Fprintln(w, "did you mean:", filters.Plain(result.DidYouMean))
	}
	for _, p := range result.Partial {
		fmt.Fprintln(w, "partial:", p)
	}
	printFacets(w, result)
}

func printHit(w io.Writer, h *app.SearchHit) {
	fmt.Fprintf(w, "%s  %s\n", h.FirstSeen.Local().Format(time.DateOnly), filters.Plain(h.Title))
	if from := strings.TrimSpace(filters.Plain(h.Outlet) + "  " + filters.Plain(h.URL)); from != "" {
		fmt.Fprintf(w, "            %s\n", from)
	}
	if h.Snippet.End > h.Snippet.Start {
		fmt.Fprintf(w, "            … %s …\n", filters.Plain(h.Get(h.Snippet.Field)[h.Snippet.Start:h.Snippet.End]))
	}
	for _, c := range h.Copies {
		fmt.Fprintf(w, "            copy: %s  %s\n", filters.Plain(c.Outlet), filters.Plain(c.URL))
	}
}

// printFacets writes what was counted: each value as the filter that it is, and a line of bars over time.
func printFacets(w io.Writer, result app.SearchResult) {
	for _, f := range result.Facets {
		for _, v := range f.Values {
			fmt.Fprintf(w, "%8d  %s:%s", v.Count, f.Name, v.Value)
			if v.Label != "" {
				fmt.Fprintf(w, "  %s", filters.Plain(v.Label))
			}
			fmt.Fprintln(w)
		}
		if f.More > 0 {
			fmt.Fprintf(w, "          %s: %d more\n", f.Name, f.More)
		}
	}
	h := result.Histogram
	if h == nil || len(h.Bars) == 0 {
		return
	}
	counts := make([]int, len(h.Bars))
	for i, b := range h.Bars {
		counts[i] = b.Count
	}
	fmt.Fprintf(w, "%s by %s, from %s, at most %d:\n|%s|\n", h.By, h.Unit, h.Bars[0].From.Format("2006-01-02 15:04"), slices.Max(counts), sparkline(counts))
	if result.Counted < result.Total {
		fmt.Fprintf(w, "counted: the newest %d\n", result.Counted)
	}
}

// sparkline draws counts as bars of one line.
func sparkline(counts []int) string {
	most := 1
	for _, n := range counts {
		most = max(most, n)
	}
	var line strings.Builder
	for _, n := range counts {
		line.WriteRune([]rune(" ▁▂▃▄▅▆▇█")[(n*8+most-1)/most])
	}
	return line.String()
}

// isDefaultData reports whether the data folder is the one that no flag named.
func isDefaultData(dir string) bool {
	abs, err := filepath.Abs(defaultData)
	return err == nil && dir == abs
}
