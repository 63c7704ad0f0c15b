package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"time"

	"golang.org/x/sync/errgroup"

	"haidang/internal/article"
	"haidang/internal/bus"
	"haidang/internal/filters"
)

// ImportOptions say what to import. Progress may be nil; it is called after every batch that the broker has stored.
type ImportOptions struct {
	Options
	Files    []string
	Stdin    io.Reader
	Broken   io.Writer // where broken lines are told, with their numbers
	Progress func(ImportReport)
}

// ImportReport is what an import has done so far.
type ImportReport struct {
	Read      int           // lines read, those of an earlier, interrupted run included
	Resumed   int           // of those, lines that the earlier run had sent
	Sent      int           // articles stored by the broker in this run
	Broken    int           // lines that are no article
	Buried    int64         // messages that a stage gave up on meanwhile: they are in the topic dead
	Waiting   int64         // articles stored and not yet through every stage
	Archived  int           // articles in the archive
	Elapsed   time.Duration // of this run
	Finishing bool          // everything is sent; the stages are catching up
}

const (
	importBytes   = 8 << 20 // of lines in a batch
	importBatch   = 200
	importBacklog = 5000 // articles under way at most, so that the broker's retention never overtakes a stage
)

// ErrInterrupted is returned when an import was stopped before its end. Running it again goes on where it was.
var ErrInterrupted = errors.New("interrupted; run the same command again to go on from here")

// Import sends the articles of JSON-lines files through the whole pipeline as backfill, which never rings. It uses the
// process that runs on this data folder, or runs the stages itself. It returns when every article is through.
func Import(ctx context.Context, opts ImportOptions) (ImportReport, error) {
	for _, name := range opts.Files {
		if _, err := os.Stat(name); err != nil && name != "-" {
			return ImportReport{}, err
		}
	}
	pipe, err := openPipeline(ctx, opts.Options)
	if err != nil {
		return ImportReport{}, err
	}
	imp := &importer{opts: opts, pipe: pipe, start: time.Now()}
	err = imp.run(ctx)
	imp.report.Elapsed = time.Since(imp.start)
	return imp.report, errors.Join(err, pipe.close())
}

type importer struct {
	opts   ImportOptions
	pipe   *pipeline
	start  time.Time
	report ImportReport
	batch  []pending
	bytes  int         // of the lines in batch
	mark   *checkpoint // of the file being read
}

// pending is an article that waits to be sent, and where it was read.
type pending struct {
	line filters.Line
	doc  article.Article
}

func (imp *importer) run(ctx context.Context) error {
	files := imp.opts.Files
	if len(files) == 0 {
		files = []string{"-"}
	}
	buried, err := imp.pipe.dead(ctx)
	if err != nil {
		return err
	}
	for _, name := range files {
		if err := imp.file(ctx, name); err != nil {
			if ctx.Err() != nil {
				return ErrInterrupted
			}
			return err
		}
	}
	imp.report.Finishing = true
	if err := imp.settle(ctx, 0); err != nil {
		return err
	}
	count, err := imp.pipe.count(ctx)
	if err != nil {
		return err
	}
	imp.report.Archived = count
	now, err := imp.pipe.dead(ctx)
	if err != nil {
		return err
	}
	imp.report.Buried = now - buried
	imp.progress()
	if imp.report.Buried > 0 {
		return fmt.Errorf("%d messages were given up; they are in the topic dead, each with its reason", imp.report.Buried)
	}
	if imp.report.Broken > 0 {
		return fmt.Errorf("%d lines: %w", imp.report.Broken, filters.ErrBroken)
	}
	return nil
}

// file sends one file, from where an earlier run was stopped.
func (imp *importer) file(ctx context.Context, name string) error {
	mark, err := loadCheckpoint(imp.opts.DataDir, name)
	if err != nil {
		return err
	}
	imp.mark = mark
	err = filters.Lines([]string{name}, imp.opts.Stdin, func(l filters.Line) error {
		imp.report.Read++
		if l.Number <= mark.Lines {
			imp.report.Resumed++
			return nil
		}
		if limit := 2 * int(imp.opts.Config.Bus.MaxMessage); len(l.Data) > limit {
			imp.broken(l, fmt.Errorf("a line of %d bytes; bus.max_message allows articles of half of %d", len(l.Data), limit))
			return ctx.Err()
		}
		record, err := article.ParseRecord(l.Data)
		if err != nil {
			imp.broken(l, err)
			return ctx.Err()
		}
		imp.bytes += len(l.Data)
		l.Data = nil
		imp.batch = append(imp.batch, pending{l, record.Article})
		if len(imp.batch) < importBatch && imp.bytes < importBytes {
			return nil
		}
		return imp.flush(ctx)
	}, imp.broken)
	if err != nil {
		return err
	}
	if err := imp.flush(ctx); err != nil {
		return err
	}
	return mark.remove()
}

// broken tells a line that cannot be imported; the rest goes on.
func (imp *importer) broken(l filters.Line, err error) {
	imp.report.Broken++
	fmt.Fprintf(imp.opts.Broken, "%s:%d: %v\n", l.Name, l.Number, err)
}

// flush sends the batch, notes how far the file has been sent, and waits while the stages are too far behind.
func (imp *importer) flush(ctx context.Context) error {
	if len(imp.batch) == 0 {
		return ctx.Err()
	}
	messages, err := imp.messages()
	if err != nil {
		return err
	}
	if err := imp.pipe.send(ctx, messages...); err != nil {
		return err
	}
	imp.report.Sent += len(messages)
	upto := imp.batch[len(imp.batch)-1].line.Number
	imp.batch, imp.bytes = imp.batch[:0], 0
	if err := imp.mark.save(upto); err != nil {
		return err
	}
	imp.progress()
	return imp.settle(ctx, importBacklog)
}

// messages completes the articles on all cores and encodes them. One that is too large for the broker is a broken line.
func (imp *importer) messages() ([]bus.Message, error) {
	encoded := make([]bus.Message, len(imp.batch))
	now := imp.opts.Now().UTC()
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i := range imp.batch {
		group.Go(func() (err error) {
			complete(&imp.batch[i].doc, now)
			encoded[i], err = encodeArticle(bus.Articles, &imp.batch[i].doc)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	fits := encoded[:0]
	limit := int(imp.opts.Config.Bus.MaxMessage) - verdictRoom
	for i, m := range encoded {
		if len(m.Value) > limit {
			imp.broken(imp.batch[i].line, fmt.Errorf("an article of %d bytes; bus.max_message allows %d", len(m.Value), limit))
			continue
		}
		fits = append(fits, m)
	}
	return fits, nil
}

// verdictRoom is left in a message for the verdict that the classifier will add.
const verdictRoom = 64 << 10

// complete fills in what an imported record does not say.
func complete(doc *article.Article, now time.Time) {
	doc.Origin, doc.Verdict = article.Backfill, nil
	if doc.FirstSeen.IsZero() {
		doc.FirstSeen = now
	}
	if doc.Published.IsZero() {
		doc.Published, doc.PublishedFrom = doc.FirstSeen, article.DateFromFirstSeen
	}
	doc.Revise()
}

// settle waits until at most so many articles are under way.
func (imp *importer) settle(ctx context.Context, most int64) error {
	return imp.pipe.settle(ctx, most, func(waiting int64) {
		imp.report.Waiting = waiting
		imp.progress()
	})
}

func (imp *importer) progress() {
	imp.report.Elapsed = time.Since(imp.start)
	if imp.opts.Progress != nil {
		imp.opts.Progress(imp.report)
	}
}
