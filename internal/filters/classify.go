package filters

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"text/tabwriter"
	"time"

	"haidang/classifier"
	"haidang/internal/article"
)

// Classify reads articles and writes the same articles, in the same order, with their verdicts. A broken line is
// reported on stderr with its number, the rest goes on, and the error is ErrBroken.
func Classify(ctx context.Context, c *classifier.Classifier, files []string, std Streams) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	jobs := make(chan job, runtime.GOMAXPROCS(0)) // work waiting for a core; reading blocks when all are busy
	ordered := make(chan chan answer, 16)         // answers in the order of the lines; bounds what is in memory
	for range runtime.GOMAXPROCS(0) {
		go classifyJobs(c, jobs)
	}
	written := make(chan error, 1)
	go func() {
		err := writeAnswers(ordered, std)
		if err != nil && !errors.Is(err, ErrBroken) {
			cancel(err)
		}
		written <- err
	}()
	submit := func(l Line, broken error) error {
		out := make(chan answer, 1)
		select {
		case ordered <- out:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		if broken != nil {
			out <- answer{line: l, err: broken}
			return nil
		}
		jobs <- job{line: l, out: out}
		return nil
	}
	readErr := Lines(files, std.In, func(l Line) error { return submit(l, nil) }, func(l Line, err error) { _ = submit(l, err) })
	close(jobs)
	close(ordered)
	return errors.Join(readErr, <-written)
}

// WriteSlowest prints the queries of the rules that took most of the time, dearest first.
func WriteSlowest(c *classifier.Classifier, most int, out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "TIME\tLOOKS\tMATCHES\tLANGUAGE\tQUERY")
	for _, q := range c.Slowest(most) {
		fmt.Fprintf(w, "%v\t%d\t%d\t%s\t%s\n", q.Time.Round(time.Microsecond), q.Candidates, q.Matches, q.Language, q.Rule)
	}
	return w.Flush()
}

// Streams are the standard streams of a command.
type Streams struct {
	In  io.Reader
	Out io.Writer
	Err io.Writer
}

type job struct {
	line Line
	out  chan<- answer
}

type answer struct {
	line   Line
	record article.Record
	err    error
}

func classifyJobs(c *classifier.Classifier, jobs <-chan job) {
	for j := range jobs {
		record, err := article.ParseRecord(j.line.Data)
		if err == nil {
			verdict := c.Classify(&record.Article)
			record.Verdict = &verdict
		}
		j.out <- answer{line: j.line, record: record, err: err}
	}
}

// writeAnswers drains the channel to its end even after a failed write, so that nobody waits for ever.
func writeAnswers(ordered <-chan chan answer, std Streams) error {
	buffered := bufio.NewWriterSize(std.Out, 1<<16)
	enc := encoder(buffered)
	broken := 0
	var failed error
	for out := range ordered {
		a := <-out
		switch {
		case failed != nil:
		case a.err != nil:
			broken++
			fmt.Fprintf(std.Err, "%s:%d: %v\n", a.line.Name, a.line.Number, a.err)
		default:
			failed = enc.Encode(a.record)
		}
		if len(ordered) == 0 && failed == nil {
			failed = buffered.Flush()
		}
	}
	if failed = errors.Join(failed, buffered.Flush()); failed != nil {
		return failed
	}
	if broken > 0 {
		return fmt.Errorf("%d lines: %w", broken, ErrBroken)
	}
	return nil
}
