//go:build integration

package coverage

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write golden files anew")

// TestIntegrationSpikesOfARealStream counts the alarms of ordinary weeks, and how many events that were put into them are
// found, by their size.
func TestIntegrationSpikesOfARealStream(t *testing.T) {
	s := realStream(t)
	first := Midnight(s.entries[0].at).AddDate(0, 0, 7*(spikeWeeks+1))
	var weeks []time.Time
	for at := first; at.AddDate(0, 0, 7).Before(s.entries[len(s.entries)-1].at); at = at.AddDate(0, 0, 7) {
		weeks = append(weeks, at)
	}
	var out strings.Builder
	fmt.Fprintf(&out, "# Spikes in %d weeks of three outlets, categories as topics. To write it again:\n# go test -tags integration ./internal/coverage -run TestIntegrationSpikes -update\n\n", len(weeks))
	all, topics := 0, 0
	for _, week := range weeks {
		for _, one := range weekOf(t, s, week) {
			if one.ID == "" {
				all++
			} else {
				topics++
			}
		}
	}
	fmt.Fprintf(&out, "told as they were, a week: %.1f of everything, %.1f of topics\n\nevents put in, in three hours by two outlets on a topic that is rare; found:\n", float64(all)/float64(len(weeks)), float64(topics)/float64(len(weeks)))
	chance := rand.New(rand.NewPCG(6, 6))
	for _, size := range []int{4, 6, 8, 12, 20, 40} {
		found, asked := 0, 0
		for _, week := range weeks {
			at := week.Add(time.Duration(chance.IntN(7*24-3)) * time.Hour)
			with := &shelf{entries: append([]entry{}, s.entries...)}
			for i := range size {
				with.entries = append(with.entries, entry{at: at.Add(time.Duration(chance.IntN(180)) * time.Minute), values: map[Dimension]string{Topic: "event", Outlet: []string{"x", "y"}[i%2]}})
			}
			asked++
			for _, one := range weekOf(t, with, week) {
				if one.ID == "event" {
					found++
				}
			}
		}
		fmt.Fprintf(&out, "%3d articles  %2d of %d\n", size, found, asked)
	}
	const golden = "testdata/spike_stats.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), out.String()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", golden, diff)
	}
}

func weekOf(t *testing.T, s *shelf, week time.Time) []Spike {
	t.Helper()
	r, err := reporter(s).Report(t.Context(), Request{From: week, To: week.AddDate(0, 0, 7), By: []Dimension{Topic}})
	if err != nil || !r.Judged {
		t.Fatalf("week of %s: judged %v, %v", week.Format(time.DateOnly), r.Judged, err)
	}
	return r.Spikes
}

// realStream is what three outlets' feeds showed, at the times when it was first seen.
func realStream(t *testing.T) *shelf {
	t.Helper()
	f, err := os.Open("../../../shared/data/stream/items.jsonl.gz")
	if err != nil {
		t.Skip("no real stream beside the project:", err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var s shelf
	for lines := bufio.NewScanner(z); lines.Scan(); {
		var item struct {
			Source, Category string
			Seen             time.Time `json:"first_commit"`
		}
		if err := json.Unmarshal(lines.Bytes(), &item); err != nil {
			continue // a line that is longer than the scanner's
		}
		s.entries = append(s.entries, entry{at: item.Seen, values: map[Dimension]string{Topic: item.Category, Outlet: item.Source}})
	}
	return &s
}
