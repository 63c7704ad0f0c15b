package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"

	"haidang/internal/app"
)

type importCmd struct {
	Files []string `arg:"" optional:"" name:"FILE" help:"Files of JSON lines, plain or .gz; standard input without one."`
}

// Help is shown by --help.
func (importCmd) Help() string {
	return `Example: haidang import articles.jsonl.gz --data haidang-data
Uses the haidang that runs on the same data folder, or runs the stages itself. Interrupted and run again, it goes on
where it was; nothing is lost and nothing is doubled. Broken lines are told with their numbers, and the rest goes on.`
}

// Run imports.
func (c importCmd) Run(e *env) error {
	opts, err := e.options()
	if err != nil {
		return err
	}
	show := progress(e.err)
	report, err := app.Import(e.ctx, app.ImportOptions{Options: opts, Files: c.Files, Stdin: e.in, Broken: e.err, Progress: show})
	if errors.Is(err, app.ErrInterrupted) {
		fmt.Fprintf(e.out, "%d lines read, %d articles sent, %d broken\n", report.Read, report.Sent, report.Broken)
		return err
	}
	if err != nil && report.Sent == 0 {
		return err
	}
	fmt.Fprintf(e.out, "%d lines read, %d articles sent, %d broken, %d resumed; the archive holds %d articles; %.1f s, %.0f articles/s\n",
		report.Read, report.Sent, report.Broken, report.Resumed, report.Archived, report.Elapsed.Seconds(),
		float64(report.Sent)/max(report.Elapsed.Seconds(), 1e-9))
	return err
}

// progress draws a bar on a terminal and writes a plain line now and then elsewhere.
func progress(w io.Writer) func(app.ImportReport) {
	if file, ok := w.(*os.File); ok && isTerminal(file) {
		bar := progressbar.NewOptions(-1, progressbar.OptionSetWriter(w), progressbar.OptionSetDescription("importing"),
			progressbar.OptionShowIts(), progressbar.OptionSetItsString("articles"), progressbar.OptionThrottle(200*time.Millisecond),
			progressbar.OptionShowCount(), progressbar.OptionSpinnerType(14), progressbar.OptionClearOnFinish())
		return func(r app.ImportReport) {
			if r.Finishing {
				bar.Describe(fmt.Sprintf("finishing, %d to go", r.Waiting))
			}
			_ = bar.Set(r.Sent) // a bar that cannot be drawn is no reason to stop
		}
	}
	var last time.Time
	return func(r app.ImportReport) {
		if time.Since(last) < 5*time.Second {
			return
		}
		last = time.Now()
		fmt.Fprintf(w, "%s: %d lines read, %d articles sent, %d under way\n", last.Format(time.TimeOnly), r.Read, r.Sent, r.Waiting)
	}
}

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
