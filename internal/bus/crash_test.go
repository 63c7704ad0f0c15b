package bus_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"haidang/internal/bus"
)

// childDir names the folder of the child process that TestMain turns this test binary into.
const childDir = "HAIDANG_BUS_TEST_CHILD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		if err := child(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// child publishes and consumes on an embedded broker until it is killed, and prints each value when it is acknowledged.
func child(dir string) error {
	cfg := bus.DefaultConfig()
	cfg.DataDir = dir
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute) // an orphan ends by itself
	defer cancel()
	b, err := bus.Open(ctx, cfg, bus.Deps{})
	if err != nil {
		return err
	}
	fmt.Println("open")
	var wg sync.WaitGroup
	wg.Go(func() {
		_ = b.Run(ctx, bus.Subscription{
			Topic: bus.Articles, Group: "g", Stage: "test", BatchSize: 7,
			Handle: func(context.Context, []bus.Message) error { return nil },
		})
	})
	var mu sync.Mutex
	for worker := range 4 {
		wg.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				value := fmt.Sprintf("%d-%d-%d", os.Getpid(), worker, n)
				if b.Publish(ctx, bus.Message{Topic: bus.Articles, Key: fmt.Append(nil, worker), Value: []byte(value)}) == nil {
					mu.Lock()
					fmt.Println("acked", value)
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	return nil
}

// TestEmbeddedSurvivesKill kills the process of the embedded broker three times: every message that was acknowledged is
// there afterwards, the folder is free at once, and the group goes on without waiting for its dead members.
func TestEmbeddedSurvivesKill(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	acked := map[string]bool{}
	for range 3 {
		runAndKill(t, dir, 150, acked)
	}
	cfg := bus.DefaultConfig()
	cfg.DataDir = dir
	b := mustOpen(t, cfg)
	before, err := b.Lag(t.Context(), "g", bus.Articles)
	if err != nil {
		t.Fatalf("Lag = %v", err)
	}
	began := time.Now()
	first := make(chan time.Duration, 1)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	if err := b.Publish(t.Context(), bus.Message{Topic: bus.Articles, Value: []byte("after")}); err != nil {
		t.Fatalf("Publish after the crashes = %v", err)
	}
	go func() {
		ended <- b.Run(ctx, bus.Subscription{Topic: bus.Articles, Group: "g", Stage: "test", Handle: func(context.Context, []bus.Message) error {
			select {
			case first <- time.Since(began):
			default:
			}
			return nil
		}})
	}()
	select {
	case gap := <-first:
		if gap > 5*time.Second {
			t.Errorf("the group went on after %s, want less than its session timeout", gap)
		}
	case <-time.After(time.Minute):
		t.Error("the group did not go on")
	}
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("Run = %v", err)
	}
	got := readAll(t, b, bus.Articles)
	for value := range acked {
		if got[value] == 0 {
			t.Errorf("acknowledged message %s is lost", value)
		}
	}
	t.Logf("%d acknowledged, %d stored, lag before the last start %d", len(acked), len(got), before.Total)
}

// runAndKill adds what the child says was acknowledged, and kills it at the given number.
func runAndKill(t *testing.T, dir string, after int, acked map[string]bool) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childDir+"="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	n := 0
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadString('\n')
		if value, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "acked "); ok && err == nil {
			acked[value] = true
			n++
		}
		if n == after {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
		if errors.Is(err, io.EOF) {
			break
		}
	}
	err = cmd.Wait()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		t.Fatalf("child ended by itself after %d acknowledgements: %v", n, err)
	}
}

// TestFullDisk fills the disk under the embedded broker: Publish says so in one sentence, everything lives on, and with
// room again it works again.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "small")
	if err := os.Mkdir(dir, 0o750); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=24m"); err != nil {
		t.Skipf("cannot mount a small disk: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Errorf("unmount: %v", err)
		}
	})
	ballast := filepath.Join(dir, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 12<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg := bus.DefaultConfig()
	cfg.DataDir = filepath.Join(dir, "bus")
	b, err := bus.Open(t.Context(), cfg, bus.Deps{})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	var acked []string
	var full error
	for i := 0; i < 100 && full == nil; i++ {
		value := noise(500_000, i)
		full = b.Publish(t.Context(), bus.Message{Topic: bus.Articles, Key: []byte("k"), Value: value})
		if full == nil {
			acked = append(acked, string(value))
		}
	}
	oneSentence(t, full, bus.ErrDiskFull, cfg.DataDir, "free some space")
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	if err := b.Publish(t.Context(), bus.Message{Topic: bus.Articles, Key: []byte("k"), Value: []byte("again")}); err != nil {
		t.Errorf("Publish with room again = %v", err)
	}
	if err := b.Close(); err != nil {
		t.Errorf("Close = %v", err)
	}
	again, err := bus.Open(t.Context(), cfg, bus.Deps{})
	if err != nil {
		t.Fatalf("Open after a full disk = %v", err)
	}
	defer again.Close()
	got := readAll(t, again, bus.Articles)
	for i, value := range append(acked, "again") {
		if got[value] == 0 {
			t.Errorf("acknowledged message %d of %d is lost", i, len(acked)+1)
		}
	}
	t.Logf("%d messages before the disk was full: %v", len(acked), full)
}

// noise does not compress.
func noise(n, seed int) []byte {
	out := make([]byte, n)
	x := uint64(seed)*0x9e3779b97f4a7c15 + 1
	for i := range out {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		out[i] = byte(x)
	}
	return out
}
