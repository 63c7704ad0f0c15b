package text

import (
	"bufio"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

var readFlag = flag.String("read", "", "the text that TestReadInEveryWay reads")

// TestReadInEveryWay is what TestLinearTime runs in a process of its own, to count the statements.
func TestReadInEveryWay(t *testing.T) {
	if *readFlag == "" {
		t.Skip("it is run by TestLinearTime")
	}
	read, err := os.ReadFile(*readFlag)
	if err != nil {
		t.Fatal(err)
	}
	d := Analyze(string(read))
	Numbers(d)
	d.Evasions()
	NewFingerprint(d)
}

// TestLinearTime: eight times the text takes about eight times as many statements, whatever it is made of; something
// quadratic would take 64 times. Statements are counted by the go command's coverage, so that the machine does not matter.
func TestLinearTime(t *testing.T) {
	const size = 4 << 10
	if testing.Short() {
		t.Skip("it builds a test binary")
	}
	dir := t.TempDir()
	binary := filepath.Join(dir, "text.test")
	build := exec.CommandContext(t.Context(), "go", "test", "-c", "-cover", "-covermode=count", "-coverpkg=.,golang.org/x/text/unicode/norm", "-o", binary, ".")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", build.Args, err, out)
	}
	start := statements(t, dir, binary, " ")
	for _, unit := range []string{
		"a", "ấ", "a\u0301", "\u0301", "a ", "v.ỡ.", "l ừ a ", "1.", "1/", "1-2 ", "hai ", "nghìn ", "tens of ", "a's", "\u200b", "\u200ba", "x@", ". ", "\n",
		"\"", "TP.", "ko ", "aaab", "越", "\xff", "p\u0440", "% ", "a million ", "vo dap ", "000 ", "1\u00a0", "hai phẩy ", "phẩy không ", "năm rưỡi ", "ba hoặc ",
		"one and a half ", "a couple of ", "trăm hai ",
	} {
		short := statements(t, dir, binary, strings.Repeat(unit, size/len(unit))) - start
		long := statements(t, dir, binary, strings.Repeat(unit, 8*(size/len(unit)))) - start
		if short <= 0 { // else nothing was read, and nothing compared
			t.Errorf("%q: %d bytes take %d statements", unit, size, short)
		}
		if long > 12*short {
			t.Errorf("%q: %d bytes take %d statements, eight times as many %d", unit, size, short, long)
		}
	}
}

// statements returns how many statements of this package and of norm run when it reads a text.
func statements(t *testing.T, dir, binary, read string) (sum int) {
	t.Helper()
	input, profile := filepath.Join(dir, "read.txt"), filepath.Join(dir, "cover.txt")
	if err := os.WriteFile(input, []byte(read), 0o600); err != nil {
		t.Fatal(err)
	}
	run := exec.CommandContext(t.Context(), binary, "-test.run=^TestReadInEveryWay$", "-read="+input, "-test.coverprofile="+profile)
	if out, err := run.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", run.Args, err, out)
	}
	f, err := os.Open(profile)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var inBlock, times int
		if _, block, ok := strings.Cut(lines.Text(), " "); ok { // file.go:3.14,5.2 statements times
			if n, _ := fmt.Sscan(block, &inBlock, &times); n == 2 {
				sum += inBlock * times
			}
		}
	}
	if sum == 0 {
		t.Fatalf("%s counts nothing", profile)
	}
	return sum
}
