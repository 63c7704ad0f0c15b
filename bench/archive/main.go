// Command archive holds the archive beside what else one could take: one bare bleve index with the same analyser and the
// same fields, and a table of SQLite with its FTS5 index. All three get the same documents in the same batches and the same
// questions, in one run:
//
//	go run ./archive -documents 50000                # a quarter of an hour
//	go run ./archive -documents 500000 -out FILE     # make bench-archive; two hours
//	go run ./archive -dir DIR -only ask              # asks again where a run with -dir DIR has indexed
//
// The documents are the real news of ../shared/data, spread over six years; where they do not suffice they come again with
// a fifth of their words changed. Each side lives in a process of its own, so that memory can be told apart. While they
// index they take turns of 10,000 documents, and who waits is stopped (SIGSTOP), its merging too. Told are the time of the
// clock and, since the machine may be shared, that of the processor, over all threads of a side.
//
// All answer a question as a page needs it: with twenty articles in which the words are marked. The archive counts its hits
// besides, as bare bleve does, and cuts out snippets; FTS5 does not count.
//
// One user asks at half the rate that a side can bear for this kind of question; sixteen ask all kinds mixed, each once a
// second. Both are open loops: a time begins when the question was due, so waiting in a queue counts. Terms rotate: each
// question has words of its own, out of the title of a document.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// options are what a run is told.
type options struct {
	documents int
	early     int // documents of the smaller index that is asked as well
	questions int // of each kind, at most
	budget    time.Duration
	mixed     time.Duration
	dir       string
	only      string // onlyIndex, onlyAsk, or empty for both
	out       string
}

const (
	onlyIndex = "index"
	onlyAsk   = "ask" // the folder holds the documents of a run before
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() (err error) {
	var o options
	child := flag.String("child", "", "used by the command itself: the side that this process is")
	flag.IntVar(&o.documents, "documents", 50_000, "how many documents")
	flag.IntVar(&o.early, "early", 50_000, "ask at so many of them as well, to see what grows")
	flag.IntVar(&o.questions, "questions", 300, "questions of each kind, at most")
	flag.DurationVar(&o.budget, "budget", 10*time.Second, "time for the questions of one kind to one side")
	flag.DurationVar(&o.mixed, "mixed", 40*time.Second, "time in which sixteen users ask")
	flag.StringVar(&o.dir, "dir", "", "folder for the indexes; without it a temporary one, which is removed")
	flag.StringVar(&o.only, "only", "", "index: fill -dir and ask nothing; ask: -dir was filled by a run with the same numbers")
	flag.StringVar(&o.out, "out", "", "file for the report, besides standard output")
	flag.Parse()
	if *child != "" {
		return serveChild(*child, o.dir)
	}
	if o.only != "" && (o.only != onlyIndex && o.only != onlyAsk || o.dir == "") {
		return errors.New("write -only index or -only ask, and -dir with either")
	}
	if o.dir == "" {
		if o.dir, err = os.MkdirTemp("", "bench-archive-"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(o.dir)) }()
	}
	if o.dir, err = filepath.Abs(o.dir); err != nil {
		return err
	}
	report, err := measure(o)
	if err != nil {
		return err
	}
	fmt.Print(report)
	if o.out == "" || o.only == onlyIndex {
		return nil
	}
	return os.WriteFile(o.out, []byte(report), 0o644)
}
