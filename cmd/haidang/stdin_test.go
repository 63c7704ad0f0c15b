package main

import (
	"context"
	"errors"
	"io"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

func TestInterruptibleReadsAllOfItsInput(t *testing.T) {
	want := strings.Repeat("một dòng dài\n", 20_000)
	got, err := io.ReadAll(interruptible(t.Context(), strings.NewReader(want)))
	if err != nil || string(got) != want {
		t.Errorf("read %d bytes of %d, %v", len(got), len(want), err)
	}
}

func TestInterruptibleEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	in, out := io.Pipe() // nobody ever writes
	defer out.Close()
	done := make(chan error, 1)
	go func() {
		_, err := interruptible(ctx, in).Read(make([]byte, 1))
		done <- err
	}()
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("read ends with %v", err)
	}
}

// A filter that waits for its input is a process that Ctrl-C ends.
func TestSignalEndsAFilterThatWaits(t *testing.T) {
	cmd := command(t, "fetch", "-", "--url", "https://bao.vn/a")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	errOut, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	// Its pipe is full or read only once it runs with its handlers in place: a byte that it takes proves that it waits.
	if _, err := in.Write([]byte("<html>")); err != nil {
		t.Fatal(err)
	}
	go func() {
		for cmd.Process.Signal(syscall.SIGTERM) == nil {
			runtime.Gosched() // again, until it has been waited for: the first may come before the handlers
		}
	}()
	said, err := io.ReadAll(errOut)
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil {
		t.Errorf("the command ended well: %s", said)
	}
}
