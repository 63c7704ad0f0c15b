package bench

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	luceneJar = "lucene-monitor/target/peer.jar"
	luceneLib = "lucene-monitor/target/lib/*"
)

var errNotBuilt = errors.New("not built; run: mvn -q -B -f bench/lucene-monitor/pom.xml package")

// lucene is Lucene Monitor in a process of its own, which answers commands.
type lucene struct {
	c   *corpus
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Scanner
}

// luceneMonitor starts it on the corpus. The options choose its presearcher, its batches, and whether it tells spans.
func luceneMonitor(dir string, options ...string) func(*corpus) (side, error) {
	return func(c *corpus) (side, error) {
		if _, err := os.Stat(luceneJar); err != nil {
			return nil, errNotBuilt
		}
		docs, queries := filepath.Join(dir, "documents.tsv"), filepath.Join(dir, "queries.tsv")
		if err := errors.Join(writeLines(docs, c.folded), writeLines(queries, c.prefixes())); err != nil {
			return nil, err
		}
		args := []string{"-Xmx3g", "-XX:+UseSerialGC", "-cp", luceneJar + ":" + luceneLib, "haidang.bench.Peer", docs, queries, "--serve"}
		if *measure {
			args = append(args, "--warm") // so that its compiler has had its time
		}
		l := &lucene{c: c, cmd: exec.Command("java", append(args, options...)...)}
		var err error
		if l.in, err = l.cmd.StdinPipe(); err != nil {
			return nil, err
		}
		out, err := l.cmd.StdoutPipe()
		if err != nil {
			return nil, err
		}
		l.out, l.cmd.Stderr = bufio.NewScanner(out), os.Stderr
		if err := l.cmd.Start(); err != nil {
			return nil, err
		}
		if _, err := l.until("ready", nil); err != nil {
			l.close()
			return nil, err
		}
		return l, nil
	}
}

func writeLines(path string, lines []string) error {
	var b strings.Builder
	for i, line := range lines {
		fmt.Fprintf(&b, "%d\t%s\n", i, line)
	}
	return os.WriteFile(path, []byte(b.String()), 0o600)
}

func (c *corpus) prefixes() []string {
	out := make([]string, len(c.common))
	for i, e := range c.common {
		out[i] = c.prefix(e)
	}
	return out
}

// until reads lines up to one that begins with a word, and hands on those before.
func (l *lucene) until(word string, each func(fields []string)) ([]string, error) {
	for l.out.Scan() {
		fields := strings.Fields(l.out.Text())
		switch {
		case len(fields) > 0 && fields[0] == word:
			return fields, nil
		case each != nil:
			each(fields)
		}
	}
	return nil, errors.Join(fmt.Errorf("lucene monitor ended before it said %q", word), l.out.Err())
}

// ask sends a command for a range of documents.
func (l *lucene) ask(command string, docs []int, times int, each func([]string)) ([]string, error) {
	from, to := docs[0], docs[len(docs)-1]+1
	if to-from != len(docs) {
		return nil, errors.New("lucene monitor is asked for documents that stand side by side")
	}
	if _, err := fmt.Fprintf(l.in, "%s %d %d %d\n", command, from, to, times); err != nil {
		return nil, err
	}
	return l.until("done", each)
}

func (l *lucene) run(docs []int, times int) (time.Duration, error) {
	fields, err := l.ask("run", docs, times, nil)
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseInt(fields[1], 10, 64)
	return time.Duration(n), err
}

func (l *lucene) pairs(docs []int) ([][]int32, error) {
	out := make([][]int32, len(docs))
	var broken error
	_, err := l.ask("pairs", docs, 1, func(fields []string) {
		doc, err1 := strconv.Atoi(fields[1])
		q, err2 := strconv.Atoi(fields[2])
		if broken = errors.Join(broken, err1, err2); broken == nil {
			out[doc-docs[0]] = append(out[doc-docs[0]], int32(q))
		}
	})
	for i := range out {
		slices.Sort(out[i])
	}
	return out, errors.Join(err, broken)
}

// close ends the process: it ends when its input does.
func (l *lucene) close() {
	_ = l.in.Close()
	_ = l.cmd.Wait() // how it ended is of no interest any more
}
