package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"time"

	"haidang/classifier"
)

// lookAtRules is how often the folder of rules is looked at.
const lookAtRules = 2 * time.Second

// rules is the set of rules that articles are judged by now. A batch takes it once, so that all of its articles are judged
// by one set, and each verdict says which.
func (a *App) rules() *classifier.Classifier { return a.current.Load() }

// watchRules takes changed rules into use until the context ends. A set with a mistake is refused with file and line, the
// old one goes on, and the next change is looked at again.
func (a *App) watchRules(ctx context.Context) error {
	dir := a.opts.Config.Rules
	if dir == "" { // the shipped ones cannot change
		<-ctx.Done()
		return nil
	}
	tick := time.NewTicker(lookAtRules)
	defer tick.Stop()
	seen := a.rulesSeen // of the set that is in use, looked at before it was read
	for {
		now, err := fingerprint(os.DirFS(dir))
		switch {
		case err != nil && ctx.Err() == nil:
			a.log.Error("rules not looked at", "folder", dir, "err", err)
		case now != seen:
			seen = now
			a.reloadRules()
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// reloadRules reads the rules and takes them into use if they are right.
func (a *App) reloadRules() {
	old := a.rules()
	fresh, err := classifier.New(a.opts.Config.Classifier, classifier.Deps{Rules: a.opts.Config.RulesFS()})
	if err != nil {
		a.metrics.rulesRefused.Set(1)
		a.log.Error("changed rules refused: the old ones go on", "rules", old.Version(), "err", err)
		return
	}
	a.metrics.rulesRefused.Set(0)
	if fresh.Version() == old.Version() {
		return
	}
	a.current.Store(fresh)
	a.metrics.rulesReloads.Inc()
	a.log.Info("rules reloaded", "was", old.Version(), "is", fresh.Version(), "claims", len(fresh.Claims()))
}

// fingerprint tells one state of a folder of rules from another without reading the files: names, sizes and times.
func fingerprint(rules fs.FS) (string, error) {
	h := sha256.New()
	for _, pattern := range []string{"*.yaml", "claims/*.yaml"} {
		names, err := fs.Glob(rules, pattern)
		if err != nil {
			return "", err
		}
		for _, name := range names {
			info, err := fs.Stat(rules, name)
			if err != nil {
				return "", err
			}
			fmt.Fprintf(h, "%s %d %d\n", name, info.Size(), info.ModTime().UnixNano())
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
