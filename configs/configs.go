// Package configs holds the files an operator edits — the defaults, the sources, the rules, the Prometheus rules and
// the Grafana dashboards — and the one strict loader that puts them together.
//
// [Load] reads a configuration file over the defaults, takes ${NAME} from the environment, and reports every problem
// at once, each with its place. Each package owns its own Config and Validate; nothing is decided here.
package configs

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"haidang/alerting"
	"haidang/alerting/digest"
	"haidang/classifier"
	"haidang/crawler"
	"haidang/index"
	"haidang/internal/bus"
	"haidang/internal/settings"
	"haidang/internal/store"
	"haidang/internal/web"
)

//go:embed sources.yaml claims topics.yaml places.yaml cues.yaml
var shipped embed.FS

// Config is the whole configuration.
type Config struct {
	Sources    string            `yaml:"sources"` // file of outlets; empty: the one that is shipped
	Rules      string            `yaml:"rules"`   // folder of claims, cues, topics and places; empty: the shipped one
	Log        Log               `yaml:"log"`
	Bus        bus.Config        `yaml:"bus"`
	Store      store.Config      `yaml:"store"`
	Crawler    crawler.Config    `yaml:"crawler"`
	Classifier classifier.Config `yaml:"classifier"`
	Index      index.Config      `yaml:"index"`
	Alerting   alerting.Config   `yaml:"alerting"`
	// WebhookAllow lists special addresses that webhooks may reach: "127.0.0.1:9000", "10.1.0.0/16".
	WebhookAllow []string `yaml:"webhook_allow"`
	// Lists are words and phrases under a name, which a search writes as @name.
	Lists  map[string][]string `yaml:"lists"`
	Digest digest.Config       `yaml:"digest"`
	Web    web.Config          `yaml:"web"`
}

// Log says how much is logged and in which form.
type Log struct {
	Level  string `yaml:"level"`  // debug, info, warn or error
	Format string `yaml:"format"` // text or json
}

// Validate reports every problem of the logging configuration.
func (l Log) Validate() error {
	var errs []error
	var level slog.Level
	if err := level.UnmarshalText([]byte(l.Level)); err != nil {
		errs = append(errs, fmt.Errorf("log.level: %q is not known; write debug, info, warn or error", l.Level))
	}
	if l.Format != "text" && l.Format != "json" {
		errs = append(errs, fmt.Errorf("log.format: %q is not known; write text or json", l.Format))
	}
	return errors.Join(errs...)
}

// Default is the configuration of one process with nothing to install.
func Default() Config {
	return Config{
		Log:        Log{Level: "info", Format: "text"},
		Bus:        bus.DefaultConfig(),
		Store:      store.DefaultConfig(),
		Crawler:    crawler.DefaultConfig(),
		Classifier: classifier.DefaultConfig(),
		Index:      index.DefaultConfig(),
		Alerting:   alerting.DefaultConfig(),
		Digest:     digest.DefaultConfig(),
		Web:        web.DefaultConfig(),
	}
}

// Load reads a configuration file over the defaults, and the sources it names. An empty path means the defaults alone.
// State goes below dataDir wherever the file does not say otherwise.
func Load(path, dataDir string) (Config, error) {
	cfg := Default()
	if path != "" {
		if err := decodeFile(path, &cfg); err != nil {
			return Config{}, err
		}
	}
	if err := cfg.loadSources(filepath.Dir(path)); err != nil {
		return Config{}, err
	}
	if cfg.Rules != "" && !filepath.IsAbs(cfg.Rules) {
		cfg.Rules = filepath.Join(filepath.Dir(path), cfg.Rules)
	}
	cfg.place(dataDir)
	if err := cfg.Validate(); err != nil {
		if path == "" {
			path = "the default configuration"
		}
		return Config{}, fmt.Errorf("%s:\n%w", path, err)
	}
	return cfg, nil
}

// List returns a named list, for queries with @name.
func (c Config) List(name string) ([]string, bool) {
	entries, ok := c.Lists[name]
	return entries, ok
}

// place puts below the data folder whatever has no place of its own.
func (c *Config) place(dataDir string) {
	if c.Store.Driver == "sqlite" && c.Store.Path == "" {
		c.Store.Path = filepath.Join(dataDir, "state.db")
	}
	if c.Index.Dir == "" {
		c.Index.Dir = filepath.Join(dataDir, "archive")
	}
	if c.Bus.DataDir == "" {
		c.Bus.DataDir = filepath.Join(dataDir, "broker")
	}
}

// Validate reports every problem of every part.
func (c *Config) Validate() error {
	return errors.Join(
		c.Log.Validate(), c.Bus.Validate(), c.Store.Validate(), named("crawler", c.Crawler.Validate()),
		c.Classifier.Validate(), c.Index.Validate(), named("alerting", c.Alerting.Validate()), named("digest", c.Digest.Validate()), c.Web.Validate(),
	)
}

// named puts the section before each problem that does not name it yet.
func named(section string, err error) error {
	if err == nil {
		return nil
	}
	var out []error
	for line := range strings.SplitSeq(err.Error(), "\n") {
		if !strings.HasPrefix(line, section+".") {
			line = section + "." + line
		}
		out = append(out, errors.New(line))
	}
	return errors.Join(out...)
}

// RulesFS is the folder of rules: the configured one, or the one that is shipped.
func (c *Config) RulesFS() fs.FS {
	if c.Rules == "" {
		return shipped
	}
	return os.DirFS(c.Rules)
}

// sourcesFile is the form of sources.yaml.
type sourcesFile struct {
	Sources []crawler.Source `yaml:"sources"`
}

func (c *Config) loadSources(base string) error {
	if len(c.Crawler.Sources) > 0 {
		return nil
	}
	name, data := "sources.yaml", []byte(nil)
	var err error
	if c.Sources == "" {
		data, err = shipped.ReadFile(name)
	} else {
		name = c.Sources
		if !filepath.IsAbs(name) {
			name = filepath.Join(base, name)
		}
		data, err = os.ReadFile(name)
	}
	if err != nil {
		return fmt.Errorf("sources: %w", err)
	}
	var file sourcesFile
	if err := settings.Decode(name, data, &file); err != nil {
		return err
	}
	c.Crawler.Sources = file.Sources
	return nil
}

func decodeFile(path string, cfg *Config) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("configuration: %w", err)
	}
	data, err = expand(path, data, os.LookupEnv)
	if err != nil {
		return err
	}
	return settings.Decode(path, data, cfg)
}

var variable = regexp.MustCompile(`\$\{[^}\n]*\}`)

// expand replaces ${NAME} by the environment's value outside comments. A name that is not set is an error, since an
// empty password is never what was meant.
func expand(path string, data []byte, lookup func(string) (string, bool)) ([]byte, error) {
	var errs []error
	lines := strings.Split(string(data), "\n")
	for i, line := range lines {
		if strings.HasPrefix(strings.TrimSpace(line), "#") {
			continue
		}
		lines[i] = variable.ReplaceAllStringFunc(line, func(m string) string {
			name := m[2 : len(m)-1]
			value, ok := lookup(name)
			if !ok {
				errs = append(errs, fmt.Errorf("%s:%d: the environment has no %s; set it, or write the value here", path, i+1, name))
			}
			return value
		})
	}
	return []byte(strings.Join(lines, "\n")), errors.Join(errs...)
}
