package app

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"haidang/classifier"
	"haidang/index"
)

// rulesFolder copies the shipped rules with one field of claims, so that they are loaded soon, and returns its file, which the
// tests change.
func rulesFolder(t *testing.T) (dir, claims string) {
	t.Helper()
	dir = t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "claims"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, pattern := range []string{"*.yaml", "claims/lists.yaml", "claims/disaster-epidemic.yaml"} {
		names, err := filepath.Glob(filepath.Join("../../configs", pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			raw, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			rel, err := filepath.Rel("../../configs", name)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, rel), raw, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	return dir, filepath.Join(dir, "claims", "disaster-epidemic.yaml")
}

func gauge(t *testing.T, reg *prometheus.Registry, name string) float64 {
	t.Helper()
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == name {
			m := f.GetMetric()[0]
			return m.GetGauge().GetValue() + m.GetCounter().GetValue()
		}
	}
	t.Fatalf("there is no metric %s", name)
	return 0
}

// TestReloadUnderARunningImport: the rules change back and forth while articles come in. Each article is archived once and
// has the verdict of one whole set, which it names.
func TestReloadUnderARunningImport(t *testing.T) {
	opts := quietOptions(t)
	dir, claims := rulesFolder(t)
	opts.Config.Rules = dir
	one, err := os.ReadFile(claims)
	if err != nil {
		t.Fatal(err)
	}
	two := []byte(strings.Replace(string(one), "    severity: critical\n", "    severity: critical\n    exclude:\n      vi: '\"Mường Thử\"'\n", 1))
	sets := map[string]*classifier.Classifier{}
	for _, content := range [][]byte{two, one} {
		if err := os.WriteFile(claims, content, 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := classifier.Load(os.DirFS(dir))
		if err != nil {
			t.Fatal(err)
		}
		sets[c.Version()] = c
	}
	a := start(t, opts)
	waitFor(t, "the process announces itself", func() bool { _, ok := FindRunning(t.Context(), opts.DataDir); return ok })
	stop := make(chan struct{})
	var turning sync.WaitGroup
	turning.Go(func() {
		for n := 0; ; n++ {
			select {
			case <-stop:
				return
			default:
			}
			if err := os.WriteFile(claims, [][]byte{two, one}[n%2], 0o600); err != nil {
				t.Error(err)
				return
			}
			a.reloadRules()
		}
	})
	const articles = 600
	var lines strings.Builder
	for n := range articles {
		fmt.Fprintf(&lines, `{"id":"r%d","title":"Vỡ đập ở Thanh Hóa, bài %d","text":"Theo thông tin lan truyền trên Zalo, đập ở Mường Thử đã vỡ. Chia sẻ gấp."}`+"\n", n, n)
	}
	report, _, err := importLines(t, opts, lines.String())
	close(stop)
	turning.Wait()
	if err != nil || report.Sent != articles || report.Archived != articles {
		t.Fatalf("report %+v, %v; want %d articles in the archive", report, err, articles)
	}
	versions := map[string]int{}
	for after := ""; ; {
		res, err := a.archive.Search(t.Context(), index.Request{Query: `"Mường Thử"`, Limit: index.MaxLimit, After: after})
		if err != nil {
			t.Fatal(err)
		}
		for _, hit := range res.Hits {
			set := sets[hit.Verdict.RulesVersion]
			if set == nil {
				t.Fatalf("%s has the verdict of rules %q, which never were", hit.ID, hit.Verdict.RulesVersion)
			}
			versions[set.Version()]++
			want, got := set.Classify(&hit.Article), *hit.Verdict
			if x, y := asJSON(t, want), asJSON(t, got); x != y {
				t.Fatalf("%s, rules %s: verdict\n%s\nwant\n%s", hit.ID, set.Version(), y, x)
			}
		}
		if after = res.Next; after == "" {
			break
		}
	}
	total := 0
	for _, n := range versions {
		total += n
	}
	if total != articles {
		t.Errorf("%d articles found, want %d, each once", total, articles)
	}
	t.Logf("verdicts by rule set: %v", versions)
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// TestBrokenRulesAreRefusedAndTheOldOnesGoOn: seen by the watch itself, in the log's and the metrics' words.
func TestBrokenRulesAreRefusedAndTheOldOnesGoOn(t *testing.T) {
	opts := quietOptions(t)
	dir, claims := rulesFolder(t)
	opts.Config.Rules = dir
	a := start(t, opts)
	was := a.rules().Version()
	whole, err := os.ReadFile(claims)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(claims, append(whole, "  - id: disaster-broken\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the broken rules are refused", func() bool { return gauge(t, a.registry, "haidang_classifier_rules_refused") == 1 })
	if a.rules().Version() != was {
		t.Error("broken rules are in use")
	}
	if err := os.WriteFile(claims, []byte(strings.Replace(string(whole), "owner: desk", "owner: duty", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the mended rules are in use", func() bool { return a.rules().Version() != was })
	if gauge(t, a.registry, "haidang_classifier_rules_refused") != 0 || gauge(t, a.registry, "haidang_classifier_rules_reloads_total") != 1 {
		t.Error("the metrics do not say that the rules were reloaded")
	}
}
