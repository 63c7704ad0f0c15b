package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"

	"haidang/crawler"
	"haidang/internal/app"
)

type crawlCmd struct {
	URL   string `arg:"" name:"URL" help:"Home page of the outlet, or one of its sitemaps."`
	Since string `help:"First day: 2026-01-31, in the time zone of this machine." required:"" placeholder:"DAY"`
}

// Help is shown by --help.
func (crawlCmd) Help() string {
	return `Example: haidang crawl https://example.vn/ --since 2026-01-01 --data haidang-data
Asks one page at a time, as politely as ever: a page every five seconds is 17,000 a day. Uses the haidang that runs on the
same data folder, or runs the stages itself. Interrupted and run again, it goes on where it was. What a watched outlet
published in the last two days is left to its feeds.`
}

// Run crawls.
func (c crawlCmd) Run(e *env) error {
	since, wrong := day("--since", c.Since, nil)
	if len(wrong) > 0 {
		return usageError{errors.Join(wrong...)}
	}
	opts, err := e.options()
	if err != nil {
		return err
	}
	report, err := app.CrawlPast(e.ctx, app.CrawlOptions{Options: opts, URL: c.URL, Since: since, Told: e.err, Progress: crawlProgress(e.err)})
	w := report.Walk
	if w.Sitemaps > 0 {
		fmt.Fprintf(e.out, "%d sitemaps, %d pages listed: %d articles, %d known already, %s%d to be tried again\n",
			w.Sitemaps, w.Pages, report.Articles, report.Known, refusals(report.Refused), report.Postponed)
		fmt.Fprintf(e.out, "left out: %d older, %d of the last two days, left to the feeds, %d sections and traps\n", w.Older, w.Younger, w.Other)
	}
	if err == nil {
		fmt.Fprintf(e.out, "the archive holds %d articles; %s\n", report.Archived, report.Elapsed.Round(100*time.Millisecond))
	}
	return err
}

// refusals names what gave no article, most first.
func refusals(refused map[crawler.Reason]int) string {
	reasons := slices.SortedFunc(maps.Keys(refused), func(a, b crawler.Reason) int {
		if refused[a] != refused[b] {
			return refused[b] - refused[a]
		}
		return strings.Compare(string(a), string(b))
	})
	var out strings.Builder
	for _, r := range reasons {
		fmt.Fprintf(&out, "%d no article (%s), ", refused[r], r.Words("en"))
	}
	return out.String()
}

// crawlProgress draws a bar on a terminal and writes a plain line now and then elsewhere.
func crawlProgress(w io.Writer) func(app.CrawlReport) {
	if file, ok := w.(*os.File); ok && isTerminal(file) {
		bar := progressbar.NewOptions(-1, progressbar.OptionSetWriter(w), progressbar.OptionSetDescription("crawling"),
			progressbar.OptionThrottle(200*time.Millisecond), progressbar.OptionShowCount(), progressbar.OptionShowIts(),
			progressbar.OptionSetItsString("articles"), progressbar.OptionSpinnerType(14), progressbar.OptionClearOnFinish())
		return func(r app.CrawlReport) {
			bar.Describe(fmt.Sprintf("%d pages listed, %d known, %d under way", r.Walk.Pages, r.Known, r.UnderWay))
			_ = bar.Set(r.Articles) // a bar that cannot be drawn is no reason to stop
		}
	}
	last := time.Now()
	return func(r app.CrawlReport) {
		if time.Since(last) < 5*time.Second {
			return
		}
		last = time.Now()
		fmt.Fprintf(w, "%s: %d pages listed, %d articles, %d known already, %d under way\n", last.Format(time.TimeOnly), r.Walk.Pages, r.Articles, r.Known, r.UnderWay)
	}
}
