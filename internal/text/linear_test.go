package text

import (
	"strings"
	"testing"
	"time"
)

// TestLinearTime: eight times the text takes about eight times as long, whatever it is made of; something quadratic would take 64 times.
func TestLinearTime(t *testing.T) {
	for _, unit := range []string{
		"a", "ấ", "a\u0301", "\u0301", "a ", "v.ỡ.", "l ừ a ", "1.", "1/", "1-2 ", "hai ", "nghìn ", "tens of ", "a's", "\u200b", "\u200ba", "x@", ". ", "\n",
		"\"", "TP.", "ko ", "aaab", "越", "\xff", "p\u0440", "% ", "a million ", "vo dap ",
	} {
		short, long := strings.Repeat(unit, 16<<10/len(unit)), strings.Repeat(unit, 128<<10/len(unit))
		fast, slow := readingTime(short), readingTime(long)
		if slow > 32*fast && slow > 100*time.Millisecond {
			t.Errorf("%d bytes of %q take %v, %d bytes %v", len(short), unit, fast, len(long), slow)
		}
	}
}

// readingTime returns the shortest of three times to read s in every way.
func readingTime(s string) time.Duration {
	best := time.Hour
	for range 3 {
		start := time.Now()
		d := Analyze(s)
		Numbers(d)
		d.Evasions()
		NewFingerprint(d)
		best = min(best, time.Since(start))
	}
	return best
}
