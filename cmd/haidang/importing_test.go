package main

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// firstBatch is how many articles the importer sends before it writes its first line.
const firstBatch = 200

// importing is `haidang import` as a process that reads what the test hands it.
type importing struct {
	cmd    *exec.Cmd
	input  io.WriteCloser
	lines  [][]byte // not yet handed over
	fed    int
	report bytes.Buffer
	done   chan error
	over   bool
}

// startImport starts it, hands it the first articles of a file and waits until it says that it has sent them through the
// server: an importer that finds none runs the stages itself.
func startImport(t *testing.T, file string, flags []string) *importing {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	imp := &importing{cmd: command(t, append([]string{"import"}, flags...)...), done: make(chan error, 1)}
	imp.lines = bytes.SplitAfter(bytes.TrimSuffix(text, []byte("\n")), []byte("\n"))
	imp.cmd.Stdout = &imp.report
	if imp.input, err = imp.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	progress, err := imp.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := imp.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	imp.feed(t, firstBatch)
	said := bufio.NewReader(progress)
	if line, err := said.ReadString('\n'); err != nil {
		t.Fatalf("import said %q: %v", line, err)
	}
	go func() {
		_, _ = io.Copy(io.Discard, said) // a pipe that nobody reads would stop it
		imp.done <- imp.cmd.Wait()
	}()
	return imp
}

// feed hands over the articles up to a number, and ends the input after the last one. The importer reads on only as fast
// as the server takes what it sends.
func (imp *importing) feed(t *testing.T, upto int) {
	t.Helper()
	for _, line := range imp.lines[:upto-imp.fed] {
		if _, err := imp.input.Write(line); err != nil {
			t.Fatalf("import reads no further: %v", err)
		}
	}
	imp.lines, imp.fed = imp.lines[upto-imp.fed:], upto
	if len(imp.lines) > 0 {
		return
	}
	if err := imp.input.Close(); err != nil {
		t.Fatal(err)
	}
}

// doneWithin waits for a time and reports whether the import ended in it.
func (imp *importing) doneWithin(t *testing.T, d time.Duration) bool {
	t.Helper()
	select {
	case err := <-imp.done:
		imp.ended(t, err)
	case <-time.After(d):
	}
	return imp.over
}

// wait waits for the end and returns the report.
func (imp *importing) wait(t *testing.T) string {
	t.Helper()
	if !imp.over {
		imp.ended(t, <-imp.done)
	}
	return strings.TrimSpace(imp.report.String())
}

func (imp *importing) ended(t *testing.T, err error) {
	t.Helper()
	if imp.over = true; err != nil {
		t.Fatalf("import: %v\n%s", err, imp.report.String())
	}
}
