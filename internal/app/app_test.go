package app

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"haidang/configs"
	"haidang/crawler"
	"haidang/internal/filters"
)

// quietOptions are those of a process whose only source is disabled, on a folder of the test's own.
func quietOptions(t *testing.T) Options {
	t.Helper()
	dir := t.TempDir()
	cfg, err := configs.Load("", dir)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Crawler.Sources = []crawler.Source{{ID: "tat", Name: "Báo Tắt", Feeds: []string{"http://tat.test/rss"}, Disabled: true}}
	cfg.Web.Listen = "127.0.0.1:0"
	return Options{Config: cfg, DataDir: dir, Roles: AllRoles(), Now: time.Now}
}

// start runs an app until the test ends.
func start(t *testing.T, opts Options) *App {
	t.Helper()
	a, err := New(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := errors.Join(<-done, a.Close()); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	return a
}

var metricName = regexp.MustCompile(`haidang_[a-z_]+`)

// TestMetricsAreWellNamedAndUsed lints the registry and holds the Prometheus rules and the dashboard to it.
func TestMetricsAreWellNamedAndUsed(t *testing.T) {
	a := start(t, quietOptions(t))
	waitFor(t, "the metrics of the consumers, which appear with their first fetch", func() bool {
		body := get(t, "http://"+a.Addr()+"/metrics")
		return strings.Contains(body, "haidang_bus_lag_messages{") && strings.Contains(body, "haidang_bus_consumed_total{") && strings.Contains(body, "haidang_bus_overtaken_total{")
	})
	families, err := a.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	body := get(t, "http://"+a.Addr()+"/metrics") // after Gather: the series of a stage appear when it begins
	known := map[string]bool{}
	for _, f := range families {
		name := f.GetName()
		known[name], known[name+"_bucket"], known[name+"_count"] = true, true, true
		if !strings.HasPrefix(name, "haidang_") {
			continue
		}
		if (f.GetType().String() == "COUNTER") != strings.HasSuffix(name, "_total") {
			t.Errorf("%s is a %s: counters, and only they, end in _total", name, f.GetType())
		}
		if !strings.HasSuffix(f.GetHelp(), ".") {
			t.Errorf("%s: the help %q is no sentence", name, f.GetHelp())
		}
		if !strings.Contains(body, name) {
			t.Errorf("%s is registered and not on /metrics", name)
		}
	}
	for _, file := range []string{"prometheus/haidang.rules.yml", "grafana/dashboards/haidang.json"} {
		data, err := os.ReadFile(filepath.Join("../../configs", file))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range metricName.FindAllString(string(data), -1) {
			if !known[name] {
				t.Errorf("%s asks for %s, which no stage has", file, name)
			}
		}
	}
}

func get(t *testing.T, url string) string {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func TestPortTakenIsOneSentence(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	opts := quietOptions(t)
	opts.Config.Web.Listen = taken.Addr().String()
	if _, err := New(t.Context(), opts); err == nil || !strings.Contains(err.Error(), "Choose another port") || strings.Contains(err.Error(), "\n") {
		t.Errorf("error is %v", err)
	}
}

func TestFolderThatCannotBeWrittenIsOneSentence(t *testing.T) {
	opts := quietOptions(t)
	file := filepath.Join(opts.DataDir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	opts.DataDir = filepath.Join(file, "below")
	if _, err := New(t.Context(), opts); err == nil || !strings.Contains(err.Error(), "data folder") {
		t.Errorf("error is %v", err)
	}
}

func importLines(t *testing.T, opts Options, lines string) (ImportReport, string, error) {
	t.Helper()
	var broken bytes.Buffer
	path := filepath.Join(t.TempDir(), "in.jsonl")
	if err := os.WriteFile(path, []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	report, err := Import(t.Context(), ImportOptions{Options: opts, Files: []string{path}, Broken: &broken})
	return report, broken.String(), err
}

func TestImportTellsBrokenLinesAndDoesTheRest(t *testing.T) {
	opts := quietOptions(t)
	report, broken, err := importLines(t, opts, `{"id":"a","title":"Tin thứ nhất"}`+"\nbroken\n"+`{"id":"b","title":"Tin thứ hai","body":"Nội dung"}`+"\n{}\n")
	if !errors.Is(err, filters.ErrBroken) || report.Read != 4 || report.Sent != 2 || report.Broken != 2 || report.Archived != 2 {
		t.Errorf("report %+v, %v", report, err)
	}
	if !strings.Contains(broken, ":2: ") || !strings.Contains(broken, ":4: ") {
		t.Errorf("broken lines are told as %q", broken)
	}
	report, _, err = importLines(t, opts, `{"id":"a","title":"Tin thứ nhất"}`)
	if err != nil || report.Archived != 2 {
		t.Errorf("imported again: %+v, %v; nothing is doubled", report, err)
	}
}

func TestImportTellsArticlesThatAreTooLarge(t *testing.T) {
	opts := quietOptions(t)
	opts.Config.Bus.MaxMessage = 128 << 10
	huge := `{"id":"huge","title":"Tin dài","text":"` + strings.Repeat("dài ", 40_000) + `"}`
	report, broken, err := importLines(t, opts, `{"id":"a","title":"Tin thứ nhất"}`+"\n"+huge+"\n"+`{"id":"b","title":"Tin thứ hai"}`)
	if !errors.Is(err, filters.ErrBroken) || report.Sent != 2 || report.Broken != 1 || report.Archived != 2 || !strings.Contains(broken, ":2: an article of") {
		t.Errorf("report %+v, %v, %q", report, err, broken)
	}
}

func TestImportAndSearchGoThroughTheRunningProcess(t *testing.T) {
	opts := quietOptions(t)
	a := start(t, opts)
	waitFor(t, "the process announces itself", func() bool { _, ok := FindRunning(t.Context(), opts.DataDir); return ok })
	report, _, err := importLines(t, opts, `{"id":"a","title":"Vỡ đập trên sông","body":"Nước về"}`)
	if err != nil || report.Archived != 1 {
		t.Fatalf("report %+v, %v", report, err)
	}
	result, err := Search(t.Context(), opts.Config, opts.DataDir, SearchRequest{Query: "vo dap"})
	if err != nil || result.Total != 1 || len(result.Hits) != 1 || result.Hits[0].ID != "a" || len(result.Hits[0].Highlights) == 0 {
		t.Errorf("search: %+v, %v", result, err)
	}
	if _, err := Search(t.Context(), opts.Config, opts.DataDir, SearchRequest{Query: "AND x"}); err == nil || !strings.Contains(err.Error(), "column 1") {
		t.Errorf("a wrong query: %v", err)
	}
	if err := a.Ready(t.Context()); err != nil {
		t.Errorf("Ready: %v", err)
	}
}

func waitFor(t *testing.T, what string, done func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for !done() {
		if pause(ctx, 20*time.Millisecond) != nil {
			t.Fatalf("waited in vain: %s", what)
		}
	}
}

func TestImportGoesOnWhereItWasStopped(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "in.jsonl")
	if err := os.WriteFile(file, []byte("{}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	mark, err := loadCheckpoint(dir, file)
	if err != nil || mark.Lines != 0 {
		t.Fatalf("first: %+v, %v", mark, err)
	}
	if err := mark.save(400); err != nil {
		t.Fatal(err)
	}
	if mark, err = loadCheckpoint(dir, file); err != nil || mark.Lines != 400 {
		t.Errorf("again: %+v, %v", mark, err)
	}
	if err := os.WriteFile(file, []byte("{}\n{}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if mark, err = loadCheckpoint(dir, file); err != nil || mark.Lines != 0 {
		t.Errorf("a changed file goes on at line %d, %v; it must begin anew", mark.Lines, err)
	}
	if err := mark.remove(); err != nil {
		t.Error(err)
	}
}

func TestRolesNeedKafka(t *testing.T) {
	opts := quietOptions(t)
	opts.Roles = []Role{Crawl}
	if _, err := New(t.Context(), opts); err == nil || !strings.Contains(err.Error(), "Apache Kafka") {
		t.Errorf("error is %v", err)
	}
	for in, want := range map[string]int{"": 4, "crawl": 1, "crawl, alert,crawl": 2} {
		if roles, err := ParseRoles(in); err != nil || len(roles) != want {
			t.Errorf("ParseRoles(%q) = %v, %v", in, roles, err)
		}
	}
	if _, err := ParseRoles("crawl,cook"); err == nil {
		t.Error("an unknown role is accepted")
	}
}
