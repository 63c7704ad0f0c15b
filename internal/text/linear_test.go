package text

import (
	"strings"
	"testing"
	"time"
)

// TestLinearTime: eight times the text takes about eight times as long, whatever it is made of; something quadratic would take 64 times.
func TestLinearTime(t *testing.T) {
	size := 16 << 10
	if raceDetector {
		size /= 4
	}
	for _, unit := range []string{
		"a", "ấ", "a\u0301", "\u0301", "a ", "v.ỡ.", "l ừ a ", "1.", "1/", "1-2 ", "hai ", "nghìn ", "tens of ", "a's", "\u200b", "\u200ba", "x@", ". ", "\n",
		"\"", "TP.", "ko ", "aaab", "越", "\xff", "p\u0440", "% ", "a million ", "vo dap ",
	} {
		short, long := strings.Repeat(unit, size/len(unit)), strings.Repeat(unit, 8*size/len(unit))
		if readingTime(long, 1) < 100*time.Millisecond {
			continue // nothing quadratic is that quick
		}
		fast, slow := readingTime(short, 3), readingTime(long, 3)
		if slow > 32*fast && slow > 100*time.Millisecond {
			t.Errorf("%d bytes of %q take %v, %d bytes %v", len(short), unit, fast, len(long), slow)
		}
	}
}

// readingTime returns the shortest of some times to read s in every way.
func readingTime(s string, times int) time.Duration {
	best := time.Hour
	for range times {
		start := time.Now()
		d := Analyze(s)
		Numbers(d)
		d.Evasions()
		NewFingerprint(d)
		best = min(best, time.Since(start))
	}
	return best
}
