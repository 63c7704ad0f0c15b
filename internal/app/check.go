package app

import (
	"fmt"
	"runtime/debug"
	"slices"

	"haidang/classifier"
	"haidang/configs"
	"haidang/internal/filters"
)

// Check reads the rules as Run would, which runs every claim's examples, and the key that mails are signed with, and says
// in one line what is configured. The configuration and the sources have been checked when they were loaded.
func Check(cfg configs.Config) (string, error) {
	rules, err := filters.LoadRules(cfg.Classifier, cfg.RulesFS())
	if err != nil {
		return "", err
	}
	if err := checkNames(cfg, rules); err != nil {
		return "", err
	}
	if err := cfg.Digest.CheckKey(); err != nil {
		return "", err
	}
	feeds := 0
	for _, s := range cfg.Crawler.Sources {
		feeds += len(s.Feeds)
	}
	return fmt.Sprintf("all good: %d sources with %d feeds, %d claims (rules %s), bus %s, state %s",
		len(cfg.Crawler.Sources), feeds, len(rules.Claims()), rules.Version(), cfg.Bus.Mode, cfg.Store.Driver), nil
}

// checkNames holds what the configuration names of the rules against them.
func checkNames(cfg configs.Config, rules *classifier.Classifier) error {
	return cfg.Digest.CheckNames(func(id string) bool {
		return slices.ContainsFunc(rules.Topics(), func(t classifier.Topic) bool { return t.ID == id })
	}, func(id string) bool { return rules.PlaceName(id, "vi") != id })
}

// BuildVersion adds the toolchain, and the commit where the build knows it, to a release's version.
func BuildVersion(version string) string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return version
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			version += " " + s.Value[:12]
		}
	}
	return version + " " + info.GoVersion
}
