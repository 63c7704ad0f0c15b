package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// command is one line that the parent writes to a child.
type command struct {
	Do        string        // "put", "seal", "ask", "bombs"
	First     int           // put: from this document
	End       int           // put: up to the one before this
	Total     int           // put: documents of the whole run
	Questions []question    // ask
	Words     []string      // bombs: frequent ones
	Users     int           // ask: how many may wait for an answer at a time
	Interval  time.Duration // ask: between two questions; 0: each when the one before is answered
	Budget    time.Duration // ask: no question begins after it
}

// answer is one line that a child writes back.
type answer struct {
	Err   string
	Took  time.Duration   // of the clock: put, seal, and opening before the first command
	Spent time.Duration   // of the processor: put
	Times []time.Duration // ask: of each question, in their order, from when it was due; shorter when the budget ran out
	Costs []time.Duration // ask with one user: processor time of each question
	Hits  int             // ask: shown in all
	Bombs []bombed
	RSS   memory
	Peak  int64 // bytes of memory at most so far, without what was there before the first document
}

// memory is what a process holds, in bytes.
type memory struct{ Own, Files int64 }

// serveChild opens one side and does what the parent says until standard input ends.
func serveChild(name, dir string) error {
	ctx := context.Background()
	begun := time.Now()
	s, err := openSide(name, dir)
	if err != nil {
		return err
	}
	w := &worker{side: s}
	out := json.NewEncoder(os.Stdout)
	if err := out.Encode(answer{Took: time.Since(begun)}); err != nil {
		return err
	}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var c command
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			return err
		}
		a, err := w.do(ctx, c)
		if err != nil {
			a.Err = err.Error()
		}
		a.RSS, a.Peak = usage()
		a.Peak -= w.before
		if err := out.Encode(a); err != nil {
			return err
		}
	}
	return s.close()
}

type worker struct {
	side   side
	corpus *corpus
	before int64 // bytes of memory with the corpus and nothing else
}

func (w *worker) do(ctx context.Context, c command) (answer, error) {
	switch c.Do {
	case "put":
		return w.put(ctx, c)
	case "seal":
		begun := time.Now()
		err := w.side.seal(ctx)
		return answer{Took: time.Since(begun)}, err
	case "ask":
		return w.ask(ctx, c)
	case "bombs":
		return answer{Bombs: w.side.(ours).bombs(ctx, c.Words)}, nil
	}
	return answer{}, fmt.Errorf("no command %q", c.Do)
}

// put writes documents in batches. They are made before the clock starts.
func (w *worker) put(ctx context.Context, c command) (a answer, err error) {
	if w.corpus == nil {
		if w.corpus, err = newCorpus(c.Total); err != nil {
			return a, err
		}
	}
	all := w.corpus.documents(c.First, c.End)
	if w.before == 0 {
		runtime.GC()
		_, w.before = usage()
	}
	begun, before := time.Now(), spent()
	for batch := range slices.Chunk(all, batchSize) {
		if err := w.side.put(ctx, batch); err != nil {
			return a, err
		}
	}
	return answer{Took: time.Since(begun), Spent: spent() - before}, nil
}

// spent is the processor time of this process so far.
func spent() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// ask asks in an open loop: a question's time begins when it is due, whether anybody is free to answer it or not.
func (w *worker) ask(ctx context.Context, c command) (answer, error) {
	type one struct {
		n   int
		due time.Time
	}
	due := make(chan one)
	times, costs := make([]time.Duration, len(c.Questions)), make([]time.Duration, len(c.Questions))
	var mu sync.Mutex
	var failed error
	hits, last := 0, -1
	var users sync.WaitGroup
	for range c.Users {
		users.Go(func() {
			for q := range due {
				before := spent()
				n, err := w.side.ask(ctx, c.Questions[q.n], kindNamed(c.Questions[q.n].Kind))
				took, cost := time.Since(q.due), spent()-before
				mu.Lock()
				times[q.n], costs[q.n], hits, last = took, cost, hits+n, max(last, q.n)
				if err != nil {
					failed = fmt.Errorf("%+v: %w", c.Questions[q.n], err)
				}
				mu.Unlock()
			}
		})
	}
	begun := time.Now()
	for n := range c.Questions {
		at := begun.Add(time.Duration(n) * c.Interval)
		if c.Interval == 0 {
			at = time.Now()
		}
		if c.Budget > 0 && max(time.Since(begun), at.Sub(begun)) > c.Budget {
			break
		}
		<-time.After(time.Until(at))
		if c.Interval == 0 {
			at = time.Now()
		}
		due <- one{n, at}
	}
	close(due)
	users.Wait()
	return answer{Times: times[:last+1], Costs: costs[:last+1], Hits: hits}, failed
}

// usage reads what this process holds from /proc.
func usage() (m memory, peak int64) {
	raw, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return m, 0 // not Linux
	}
	for line := range strings.Lines(string(raw)) {
		name, rest, _ := strings.Cut(line, ":")
		kb, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
		if err != nil {
			continue
		}
		switch name {
		case "RssAnon":
			m.Own = kb << 10
		case "RssFile":
			m.Files = kb << 10
		case "VmHWM":
			peak = kb << 10
		}
	}
	return m, peak
}
