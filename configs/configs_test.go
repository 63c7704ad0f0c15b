package configs

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestDefaultsLoad(t *testing.T) {
	cfg, err := Load("", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if len(cfg.Crawler.Sources) < 60 {
		t.Errorf("%d sources are shipped", len(cfg.Crawler.Sources))
	}
	for _, s := range cfg.Crawler.Sources {
		if s.Tier == 0 || s.Kind == "" || s.Country == "" || s.Language == "" || s.Timezone == "" {
			t.Errorf("source %s is not described in full", s.ID)
		}
	}
}

// write puts a configuration into a folder and returns its path.
func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestFileIsReadOverTheDefaults(t *testing.T) {
	path := write(t, "h.yaml", "web:\n  listen: 127.0.0.1:9999\nindex:\n  hot_documents: 10\nlists:\n  dams: [Sơn La, Hòa Bình]\n")
	cfg, err := Load(path, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if cfg.Web.Listen != "127.0.0.1:9999" || cfg.Web.Language != "vi" || cfg.Index.HotDocuments != 10 || cfg.Index.BatchDocuments == 0 {
		t.Errorf("web %+v, index %+v: a key that is not written keeps its default", cfg.Web, cfg.Index)
	}
	if dams, ok := cfg.List("dams"); !ok || len(dams) != 2 {
		t.Errorf("list dams = %q, %t", dams, ok)
	}
}

func TestSynonymsAreReadStrictly(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"h.yaml":    "synonyms: mine.yaml\n",
		"mine.yaml": "synonyms:\n  - [A, B]\n  - [alone]\n  - [C, a]\n  - [D, 'E*']\nother: 1\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_, err := Load(filepath.Join(dir, "h.yaml"), dir)
	for _, want := range []string{
		"mine.yaml:3:5: synonyms[1]: 1 names", `mine.yaml:4:9: synonyms[2][1]: "a" stands in synonyms[0] too`,
		"mine.yaml:5:9: synonyms[3][1]", "mine.yaml:6:1: other: this key is not known",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error does not say %q:\n%v", want, err)
		}
	}
}

func TestMistakesAreToldWithTheirPlace(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
	}{
		{"unknown key", "web:\n  lisen: x\n", []string{"h.yaml:2:3: web.lisen: this key is not known; write listen"}},
		{"wrong type", "index:\n  hot_documents: many\n", []string{`h.yaml:2:3: index.hot_documents: "many" is not a whole number`}},
		{"no YAML", "web: [\n", []string{"h.yaml:1:6: not YAML"}},
		{
			"all problems at once", "web:\n  listen: 0.0.0.0:80\nlog:\n  level: loud\nbus:\n  mode: external\n",
			[]string{"h.yaml:2:3: web.listen: ", "h.yaml:4:3: log.level: ", "h.yaml:5:1: bus.brokers: missing"},
		},
		{"decoding and checking at once", "web:\n  listen: 0.0.0.0:80\n  colour: red\n", []string{"h.yaml:2:3: web.listen: ", "h.yaml:3:3: web.colour: "}},
		{"missing variable", "digest:\n  smtp:\n    password: ${HAIDANG_NO_SUCH_VARIABLE}\n", []string{"h.yaml:3:5: digest.smtp.password: the environment has no HAIDANG_NO_SUCH_VARIABLE"}},
		{"duration", "crawler:\n  delay: soon\n", []string{`h.yaml:2:3: crawler.delay: "soon" is not a duration; write 30s`}},
		{"two keys", "bus:\n  sasl: {user: u}\n", []string{"h.yaml:2:3: bus.tls, bus.sasl: only for mode external"}},
		{"addresses", "crawler:\n  allow_addresses: [x, y]\n", []string{"h.yaml:2:21: crawler.allow_addresses[0]", "h.yaml:2:24: crawler.allow_addresses[1]"}},
		{"outlets in the file itself", "crawler:\n  sources:\n    - {id: a, name: A, feeds: [ftp://a.vn]}\n", []string{"h.yaml:3:32: crawler.sources[0].feeds[0]: "}},
		{"no file of synonyms", "synonyms: gone.yaml\n", []string{`h.yaml:1:1: synonyms: "gone.yaml": no such file or directory; write the name of a file`}},
		{"no file of outlets", "log: {format: json}\nsources: gone.yaml\n", []string{`h.yaml:2:1: sources: "gone.yaml": no such file or directory; write the name of a file`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Load(write(t, "h.yaml", tt.text), t.TempDir())
			if err == nil {
				t.Fatalf("accepted:\n%s", tt.text)
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error does not say %q:\n%v", want, err)
				}
			}
			if n := strings.Count(err.Error(), "\n") + 1; n != len(tt.want) {
				t.Errorf("%d problems, want %d:\n%v", n, len(tt.want), err)
			}
		})
	}
}

// The whole of a bad day: mistakes of every kind in both files, each told once, at its line, in one run.
func TestADozenMistakesAreADozenMessages(t *testing.T) {
	t.Setenv("HAIDANG_TEST_PASSWORD", "canary-hunter2")
	_, err := Load("testdata/mistakes.yaml", t.TempDir())
	if err == nil {
		t.Fatal("accepted")
	}
	want, readErr := os.ReadFile("testdata/mistakes.golden")
	if readErr != nil {
		t.Fatal(readErr)
	}
	if got := err.Error() + "\n"; got != string(want) {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestAnEmptyFileMeansTheDefaults(t *testing.T) {
	dir := t.TempDir()
	want, err := Load("", dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"", "# nothing yet\n", "---\n", "digest:\n  # lists: later\nweb: {}\n"} {
		if got, err := Load(write(t, "h.yaml", text), dir); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("Load(%q) gives %+v, %v", text, got, err)
		}
	}
}

// A variable's value stands wherever a careless hand may put it, next to a mistake of every kind.
func TestNoMessageShowsWhatAVariableHolds(t *testing.T) {
	t.Setenv("HAIDANG_TEST_PASSWORD", "canary-hunter2: [\"{#\n- x")
	const pw = "${HAIDANG_TEST_PASSWORD}"
	head := "digest:\n  smtp:\n    host: mail.example.vn\n    user: u\n    password: \"" + pw + "\"\n"
	for _, text := range []string{
		head + "    prot: 25\n", head + "    port: many\n", head + "    port: " + pw + "\n", head + "   port: 25\n", head + "    tls: [\n", head + "    tls: " + pw + "\n",
		head + "    timeout: " + pw + "\n", head + "  time: " + pw + "\n", head + "  from: " + pw + "\n", head + "  link: x" + pw + "\n", head + "  lists: [{name: " + pw + ", to: [" + pw + "], language: " + pw + "}]\n",
		"web: {listen: " + pw + ", language: " + pw + "}\n", "bus: {mode: " + pw + ", listen: " + pw + ", topic_prefix: " + pw + "}\n", "bus: {mode: external, brokers: [" + pw + "]}\n",
		"store: {driver: " + pw + "}\n", "store: {driver: postgres, dsn: " + pw + "}\n", "log: {level: " + pw + ", format: " + pw + "}\n", "sources: " + pw + "\n", "index: {dir: " + pw + ", lock_timeout: " + pw + "}\n",
		"crawler: {user_agent: " + pw + ", contact: \"" + pw + "đ\", allow_addresses: [" + pw + "], max_page_bytes: " + pw + "}\n",
		"crawler: {sources: [{id: " + pw + ", country: " + pw + ", kind: " + pw + ", timezone: " + pw + ", feeds: [" + pw + ", " + pw + "], selectors: {title: " + pw + "}}]}\n",
		"alerting: {webhooks: [{name: kafka, url: " + pw + ", secret: " + pw + ", min_severity: " + pw + "}]}\n",
	} {
		_, err := Load(write(t, "h.yaml", text), t.TempDir())
		if err == nil {
			t.Errorf("accepted:\n%s", text)
		} else if strings.Contains(strings.ToLower(err.Error()), "hunter2") {
			t.Errorf("the value shows:\n%v\nof\n%s", err, text)
		}
	}
}

func TestVariablesAreTakenFromTheEnvironment(t *testing.T) {
	t.Setenv("HAIDANG_TEST_LISTEN", "127.0.0.1:7")
	cfg, err := Load(write(t, "h.yaml", "# ${NOT_READ}\nweb:\n  listen: ${HAIDANG_TEST_LISTEN}\n"), t.TempDir())
	if err != nil || cfg.Web.Listen != "127.0.0.1:7" {
		t.Errorf("listen %q, %v", cfg.Web.Listen, err)
	}
}

func TestSourcesFileIsStrict(t *testing.T) {
	dir := t.TempDir()
	sources := "sources:\n  - id: bao\n    name: Báo\n    feed: https://bao.vn/rss\n"
	if err := os.WriteFile(filepath.Join(dir, "s.yaml"), []byte(sources), 0o600); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "h.yaml")
	if err := os.WriteFile(path, []byte("sources: s.yaml\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(path, dir); err == nil || !strings.Contains(err.Error(), "s.yaml:4:5: sources[0].feed: this key is not known; write feeds") {
		t.Errorf("a misspelt key in the sources: %v", err)
	}
}

// What the README shows must load.
func TestReadmeExamplesAreValid(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := strings.Split(string(readme), "```yaml\n")[1:]
	if len(blocks) < 2 {
		t.Fatalf("%d examples found", len(blocks))
	}
	for i, b := range blocks {
		text, _, _ := strings.Cut(b, "```")
		dir, cfg := t.TempDir(), Default()
		// The outlets that an example names are the reader's own.
		if err := os.WriteFile(filepath.Join(dir, "my-synonyms.yaml"), []byte("synonyms: []\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "my-sources.yaml"), []byte("sources: []\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		set := func(string) (string, bool) { return "a-long-enough-secret", true }
		if err := cfg.read(filepath.Join(dir, "README.md"), []byte(text), dir, set); err != nil {
			t.Errorf("example %d: %v", i+1, err)
		}
	}
}
