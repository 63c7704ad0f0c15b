package main

import (
	"context"
	"io"
)

// interruptible is a reader that ends with the context's error, so that Ctrl-C stops a command that waits for its input.
// What it was waiting for is abandoned with the process.
func interruptible(ctx context.Context, in io.Reader) io.Reader {
	return &stoppable{ctx: ctx, in: in, results: make(chan readResult, 1)}
}

type stoppable struct {
	ctx     context.Context
	in      io.Reader
	results chan readResult
	buffer  []byte // filled by the read under way
	rest    []byte // read and not yet handed out
	err     error
	reading bool
}

type readResult struct {
	n   int
	err error
}

// Read implements io.Reader. One read of the input is under way at a time, into a buffer of its own.
func (s *stoppable) Read(p []byte) (int, error) {
	if len(s.rest) == 0 && s.err == nil {
		if !s.reading {
			if s.buffer == nil {
				s.buffer = make([]byte, 64<<10)
			}
			s.reading = true
			go func() {
				n, err := s.in.Read(s.buffer)
				s.results <- readResult{n, err}
			}()
		}
		select {
		case r := <-s.results:
			s.reading, s.rest, s.err = false, s.buffer[:r.n], r.err
		case <-s.ctx.Done():
			return 0, context.Cause(s.ctx)
		}
	}
	if len(s.rest) > 0 {
		n := copy(p, s.rest)
		s.rest = s.rest[n:]
		return n, nil
	}
	return 0, s.err
}
