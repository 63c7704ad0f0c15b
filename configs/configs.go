// Package configs holds the files an operator edits — the defaults, the sources, the rules, the Prometheus rules and
// the Grafana dashboards — and the one strict loader that puts them together.
//
// [Load] reads a configuration file over the defaults, takes ${NAME} from the environment, and reports every problem
// at once, each with its file and line, and never with what a variable holds. Each package owns its own Config and Validate; nothing is decided here.
package configs

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
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

//go:embed sources.yaml synonyms.yaml claims topics.yaml places.yaml cues.yaml telling.txt
var shipped embed.FS

// Config is the whole configuration.
type Config struct {
	Sources    string            `yaml:"sources"`  // file of outlets; empty: the one that is shipped
	Synonyms   string            `yaml:"synonyms"` // file of names that mean the same; empty: the one that is shipped
	Rules      string            `yaml:"rules"`    // folder of claims, cues, topics and places; empty: the shipped one
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

	synonyms *index.Synonyms
}

// SynonymSet is what the file of synonyms says.
func (c Config) SynonymSet() *index.Synonyms { return c.synonyms }

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
// State goes below dataDir wherever the file does not say otherwise. The error tells every mistake of both files, each
// at its line.
func Load(path, dataDir string) (Config, error) {
	cfg, name, data := Default(), "the default configuration", []byte(nil)
	if path != "" {
		var err error
		if data, err = os.ReadFile(path); err != nil {
			return Config{}, fmt.Errorf("configuration: %w", err)
		}
		name = path
	}
	if err := cfg.read(name, data, dataDir, os.LookupEnv); err != nil {
		return Config{}, err
	}
	return cfg, nil
}

// read decodes and checks a configuration that stands in the file of this name.
func (c *Config) read(name string, data []byte, dataDir string, lookup func(string) (string, bool)) error {
	file := settings.Read(name, data, c, lookup)
	folder := filepath.Dir(name)
	outlets := c.readSources(file, folder)
	synonyms := c.readSynonyms(file, folder)
	c.Rules = below(folder, c.Rules)
	c.Digest.SMTP.DKIM.KeyFile = below(folder, c.Digest.SMTP.DKIM.KeyFile)
	c.place(dataDir)
	for _, problem := range settings.Flatten(c.Validate()) {
		// Outlets have their own file, and their paths begin there.
		if rest, ok := strings.CutPrefix(problem.Error(), "crawler.sources["); ok && outlets != nil {
			outlets.Report(errors.New("sources[" + rest))
			continue
		}
		file.Report(problem)
	}
	return errors.Join(file.Err(), outlets.Err(), synonyms.Err())
}

// below is a path that a file in this folder names; an absolute one and an empty one stay as they are.
func below(folder, path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(folder, path)
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
	var foreign error
	if len(c.Web.Hosts) > 0 && len(c.Alerting.People) == 0 {
		foreign = errors.New("web.hosts: pages for other machines need people who sign in: name them under alerting.people")
	}
	var postless error
	if len(c.Alerting.Emails) > 0 && c.Digest.SMTP.Host == "" {
		postless = errors.New("alerting.emails: there is no mail server to send with: set digest.smtp.host")
	}
	return errors.Join(foreign, postless,
		c.Log.Validate(), c.Bus.Validate(), c.Store.Validate(), named("crawler", c.Crawler.Validate()),
		c.Classifier.Validate(), c.Index.Validate(), named("alerting", c.Alerting.Validate()), named("digest", c.Digest.Validate()), c.Web.Validate(),
	)
}

// named puts the section before each problem that does not name it yet.
func named(section string, err error) error {
	errs := settings.Flatten(err)
	for i, e := range errs {
		if !strings.HasPrefix(e.Error(), section+".") {
			errs[i] = fmt.Errorf("%s.%w", section, e)
		}
	}
	return errors.Join(errs...)
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

// readSynonyms reads the file of synonyms. It returns nil where none was read.
func (c *Config) readSynonyms(main *settings.Document, folder string) *settings.Document {
	name, data, err := c.beside(folder, c.Synonyms, "synonyms.yaml")
	if err != nil {
		main.Report(fmt.Errorf("synonyms: %q: %w; write the name of a file of synonyms, beside this one", c.Synonyms, err))
		return nil
	}
	var file struct {
		Synonyms [][]string `yaml:"synonyms"`
	}
	doc := settings.Read(name, data, &file, nil)
	var problem error
	c.synonyms, problem = index.NewSynonyms(file.Synonyms)
	for _, p := range settings.Flatten(problem) {
		doc.Report(p)
	}
	return doc
}

// beside reads a file that the configuration names, or the one that is shipped.
func (c *Config) beside(folder, named, ours string) (name string, data []byte, err error) {
	name, read := ours, shipped.ReadFile
	if named != "" {
		name, read = below(folder, named), os.ReadFile
	}
	data, err = read(name)
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		err = e.Err // without the path, which is cleaned and may hold a variable
	}
	return name, data, err
}

// readSources reads the outlets from their own file, unless the configuration has them. It returns nil where no file was
// read.
func (c *Config) readSources(main *settings.Document, folder string) *settings.Document {
	if len(c.Crawler.Sources) > 0 {
		return nil
	}
	name, data, err := c.beside(folder, c.Sources, "sources.yaml")
	if err != nil {
		main.Report(fmt.Errorf("sources: %q: %w; write the name of a file of outlets, beside this one", c.Sources, err))
		return nil
	}
	var file sourcesFile
	outlets := settings.Read(name, data, &file, nil)
	c.Crawler.Sources = file.Sources
	return outlets
}
