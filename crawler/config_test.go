package crawler

import (
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"haidang/internal/settings"
)

func TestDefaultConfigIsValid(t *testing.T) {
	if err := DefaultConfig().Validate(); err != nil {
		t.Errorf("DefaultConfig: %v", err)
	}
}

// Every problem is reported at once, each with its place and a way out.
func TestValidateNamesEveryProblem(t *testing.T) {
	cfg := DefaultConfig()
	cfg.UserAgent, cfg.Contact, cfg.Delay, cfg.Timeout = "Hải Đăng", "a\nb", -1, 1
	cfg.MaxFeedBytes, cfg.MaxPageBytes, cfg.PollMin, cfg.SeenFor, cfg.Fetchers = 1, 1<<40, 0, 1, 0
	cfg.AllowAddresses = []string{"localhost:80"}
	good := Source{ID: "a", Name: "A", Feeds: []string{"https://a.vn/rss"}}
	bad := Source{
		ID: "B!", Country: "Việt Nam", Language: "VIE", Tier: 9, Kind: "x", Timezone: "Mars/Olympus", Feeds: []string{"ftp://a.vn/x", "https://u:p@a.vn/rss", "https://a.vn/rss"},
		PollMin: settings.Duration(time.Hour), PollMax: settings.Duration(time.Minute), Selectors: Selectors{Title: "h1[", Remove: []string{"::x("}},
	}
	cfg.Sources = []Source{good, bad, {ID: "a", Name: "C"}}
	err := cfg.Validate()
	if err == nil {
		t.Fatal("a hopeless configuration was accepted")
	}
	for _, want := range []string{
		"user_agent", "contact", "delay", "timeout", "max_feed_bytes", "max_page_bytes", "poll_min", "seen_for", "fetchers", "allow_addresses[0]",
		"sources[1].id", "sources[1].name", "sources[1].country", "sources[1].language", "sources[1].tier", "sources[1].kind", "sources[1].timezone",
		"sources[1].feeds[0]", "sources[1].feeds[1]", `sources[1].feeds[2]: "https://a.vn/rss" is also sources[0].feeds[0]`, "sources[1].delay, poll_min, poll_max",
		"sources[1].selectors.title", "sources[1].selectors.remove[0]", `sources[2].id: "a" is also the id of sources[0]`, "sources[2].feeds: missing",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no word of %q in:\n%v", want, err)
		}
	}
}

// The metrics keep the house's rules, and every series exists from the start.
func TestMetrics(t *testing.T) {
	reg := prometheus.NewRegistry()
	newMetrics(reg)
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	series := map[string]int{}
	for _, f := range families {
		if !strings.HasPrefix(f.GetName(), "haidang_crawler_") {
			t.Errorf("metric %s", f.GetName())
		}
		if counter := f.GetType().String() == "COUNTER"; counter != strings.HasSuffix(f.GetName(), "_total") || !strings.HasSuffix(f.GetHelp(), ".") {
			t.Errorf("metric %s of type %v, help %q", f.GetName(), f.GetType(), f.GetHelp())
		}
		series[f.GetName()] = len(f.GetMetric())
	}
	if want := 4 * (len(reasons()) + 1); series["haidang_crawler_fetches_total"] != want {
		t.Errorf("%d series of fetches, want %d", series["haidang_crawler_fetches_total"], want)
	}
	newMetrics(nil) // no registerer, no metrics, no panic
}

// Every reason can be told to a person in both languages.
func TestEveryReasonHasWords(t *testing.T) {
	for _, r := range append(reasons(), ReasonNone) {
		vi, en := r.Words("vi"), r.Words("en")
		if vi == string(r) || en == string(r) || vi == en {
			t.Errorf("reason %q: %q, %q", r, vi, en)
		}
	}
}
