// Package filters holds the commands that read and write JSON lines (feed, fetch, classify) and those that explain a
// query (query check, query explain). Each runs the very code
// that the pipeline runs, on a file or a stream, with no state of its own, so that they compose with each other and
// with any tool that reads JSON. docs/schema.md describes the lines.
package filters

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// maxLine bounds one line of input: far above any article, far below what would hurt.
const maxLine = 8 << 20

// ErrBroken is returned when some lines could not be read; every other line was done.
var ErrBroken = errors.New("some lines could not be read")

// Line is one line of an input, with its place for messages.
type Line struct {
	Name   string // of the file, "-" for standard input
	Number int    // from 1
	Data   []byte
}

// Lines calls each for every line of the named inputs that is not blank, in order. "-" or no name at all is standard
// input; a file ending in .gz is unpacked. A line that is too long is handed on as an error to broken, and the rest
// goes on.
func Lines(names []string, stdin io.Reader, each func(Line) error, broken func(Line, error)) error {
	if len(names) == 0 {
		names = []string{"-"}
	}
	for _, name := range names {
		if err := linesOf(name, stdin, each, broken); err != nil {
			return err
		}
	}
	return nil
}

func linesOf(name string, stdin io.Reader, each func(Line) error, broken func(Line, error)) error {
	in, err := open(name, stdin)
	if err != nil {
		return err
	}
	defer in.Close()
	reader := bufio.NewReaderSize(in, 1<<20)
	for number := 1; ; number++ {
		data, err := readLine(reader)
		switch {
		case errors.Is(err, io.EOF) && len(data) == 0:
			return nil
		case errors.Is(err, bufio.ErrTooLong):
			broken(Line{Name: name, Number: number}, fmt.Errorf("longer than %d MB", maxLine>>20))
			continue
		case err != nil && !errors.Is(err, io.EOF):
			return fmt.Errorf("read %s, line %d: %w", name, number, err)
		}
		if data = bytes.TrimSpace(data); len(data) == 0 {
			continue
		}
		if err := each(Line{Name: name, Number: number, Data: data}); err != nil {
			return err
		}
	}
}

// readLine returns the next line without its end. A line over the limit is skipped to its end.
func readLine(r *bufio.Reader) ([]byte, error) {
	var line []byte
	tooLong := false
	for {
		part, err := r.ReadSlice('\n')
		if !tooLong {
			line = append(line, part...)
		}
		if len(line) > maxLine {
			tooLong, line = true, nil
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if tooLong {
			return nil, bufio.ErrTooLong
		}
		return line, err
	}
}

// open opens a named input. The caller closes it.
func open(name string, stdin io.Reader) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(stdin), nil
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	if !strings.HasSuffix(name, ".gz") {
		return file, nil
	}
	unpacked, err := gzip.NewReader(file)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", name, err), file.Close())
	}
	return &gzipFile{Reader: unpacked, file: file}, nil
}

// gzipFile closes the file below the unpacked stream as well.
type gzipFile struct {
	*gzip.Reader
	file *os.File
}

// Close closes both.
func (g *gzipFile) Close() error { return errors.Join(g.Reader.Close(), g.file.Close()) }

// encoder writes one JSON object a line, with <, > and & as they are.
func encoder(w io.Writer) *json.Encoder {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc
}
