package configs

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"haidang/internal/settings"
)

func TestDefaultsLoad(t *testing.T) {
	cfg, err := Load("", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if len(cfg.Crawler.Sources) < 20 {
		t.Errorf("%d sources are shipped", len(cfg.Crawler.Sources))
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

func TestMistakesAreToldWithTheirPlace(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
	}{
		{"unknown key", "web:\n  lisen: x\n", []string{"h.yaml", "lisen", "2"}},
		{"wrong type", "index:\n  hot_documents: many\n", []string{"h.yaml", "many"}},
		{"no YAML", "web: [\n", []string{"h.yaml"}},
		{"all problems at once", "web:\n  listen: 0.0.0.0:80\nlog:\n  level: loud\nbus:\n  mode: external\n", []string{"web.listen", "log.level", "bus.brokers"}},
		{"missing variable", "digest:\n  smtp:\n    password: ${HAIDANG_NO_SUCH_VARIABLE}\n", []string{"h.yaml:3", "HAIDANG_NO_SUCH_VARIABLE"}},
		{"duration", "crawler:\n  delay: soon\n", []string{"soon", "write 30s"}},
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
		})
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
	if _, err := Load(path, dir); err == nil || !strings.Contains(err.Error(), "feed") {
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
		data, err := expand("README.md", []byte(text), func(string) (string, bool) { return "a-long-enough-secret", true })
		if err != nil {
			t.Fatal(err)
		}
		cfg := Default()
		if err := settings.Decode("README.md", data, &cfg); err != nil {
			t.Errorf("example %d: %v", i+1, err)
		}
		cfg.place(t.TempDir())
		if err := cfg.Validate(); err != nil {
			t.Errorf("example %d: %v", i+1, err)
		}
	}
}
