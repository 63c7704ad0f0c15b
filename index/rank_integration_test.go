//go:build integration

package index

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite index/testdata/rank_stats.txt")

const rankFile = "testdata/rank_stats.txt"

// TestIntegrationRank holds the quality of ranking to the golden. What stands below its line of dashes is history and
// stays as it is.
func TestIntegrationRank(t *testing.T) {
	sets, total := rankSets(t, 1)
	var out strings.Builder
	fmt.Fprintf(&out, "# Known-item search among %d articles: recall@1, recall@5, MRR of the first ten. To write it again:\n", total)
	fmt.Fprintf(&out, "# go test -tags integration ./index -run TestIntegrationRank -update\n\n")
	fmt.Fprintf(&out, "%-36s %5s   %-21s   %s\n", "", "asked", "haidang", "bleve, standard analyser")
	for _, set := range sets {
		fmt.Fprintf(&out, "%-36s %5d   %s   %s\n", set.name, len(set.asked), set.ours, set.bare)
	}
	t.Logf("\n%s", out.String())
	raw, err := os.ReadFile(rankFile)
	if err != nil {
		t.Fatal(err)
	}
	want, history, _ := strings.Cut(string(raw), "\n---\n")
	if *update {
		if err := os.WriteFile(rankFile, []byte(out.String()+"\n---\n"+history), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if strings.TrimSpace(want) != strings.TrimSpace(out.String()) {
		t.Errorf("%s: the ranking has changed; look at it, then run with -update. It was:\n%s", rankFile, want)
	}
}
