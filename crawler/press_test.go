package crawler

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// The feeds of 17 Vietnamese outlets as they were polled: no date may lie after the poll, nor long before it, and no
// markup may be left in a summary.
func TestPressOutlets(t *testing.T) {
	f, err := os.Open("../../shared/data/stream/press-17-outlets.jsonl.gz")
	if err != nil {
		t.Skipf("real data is absent: %v", err)
	}
	defer func() { _ = f.Close() }()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 1<<22)
	items, dated, future, old, markup := 0, 0, 0, 0, 0
	for n := 0; lines.Scan(); n++ {
		if raceDetector && n%50 != 0 {
			continue
		}
		var it struct {
			Link, Published string
			Summary         string    `json:"summary_raw"`
			Seen            time.Time `json:"first_commit"`
		}
		if err := json.Unmarshal(lines.Bytes(), &it); err != nil {
			t.Fatal(err)
		}
		items++
		if at, ok := parseDate(it.Published, dateHints{zone: zoneOf(nil, it.Link, "vi"), now: it.Seen}); ok {
			dated++
			if at.After(it.Seen.Add(futureSlack)) {
				future++
			}
			if at.Before(it.Seen.Add(-30 * 24 * time.Hour)) {
				old++
			}
		}
		if s := plainText(it.Summary); strings.Contains(s, "<a") || strings.Contains(s, "<p") || strings.Contains(s, "<img") || strings.Contains(s, "&nbsp") {
			markup++
			if markup < 4 {
				t.Logf("markup left: %.200q", s)
			}
		}
	}
	if raceDetector {
		return // a sample only
	}
	golden(t, "press_stats.txt", fmt.Sprintf("items %d\ndated %d\nafter the poll %d\nmore than 30 days before it %d\nmarkup in the summary %d\n", items, dated, future, old, markup))
}
