// Package drafts keeps a draft of the rules, into which an article that rang wrongly is written as a counter-example of its
// claim: a text that must not ring, or must be read as a denial. Whoever mends the rule does it there, until `haidang rules
// test` passes, and then puts the draft in the place of the rules.
//
// Make one with [New]; [Drafts.Add] begins the draft with a copy of the rules in use and writes one example.
//
// Promise: a file is replaced whole or not at all, and only after it was read back: all that stood in it still stands there,
// comments too, with the one example more. The same example is never written twice.
//
// Limits: nothing here changes what rings. Files are written in block style; a list of examples in brackets is refused. One
// process at a time writes. A draft that was taken into use should be removed: the next example begins a new one.
package drafts

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"haidang/classifier"
	"haidang/internal/article"
	"haidang/internal/text"
)

// Group is the kind of an example.
type Group string

// The kinds of counter-examples.
const (
	NoMatch Group = "no_match" // it must not ring
	Denies  Group = "denies"   // it must be recognised, and read as an answer
)

// Why an example was not written.
var (
	ErrNoClaim = errors.New("the rules in use have no such claim")
	ErrTwice   = errors.New("the draft has this example already")
)

// Example is an article that rang wrongly.
type Example struct {
	ClaimID string
	Group   Group
	Article *article.Article
	Note    string // one line above it, for whoever mends the rule: who, when, why
}

// Written is where an example stands now.
type Written struct {
	File  string // its path
	Line  int
	Text  string // as it was written: as much of the article as it takes to ring
	Rings bool   // by the rules in use
}

// Drafts is the draft of the rules in one folder. It is safe for concurrent use.
type Drafts struct {
	dir   string
	base  fs.FS
	rules func() *classifier.Classifier
	mu    sync.Mutex
}

// New returns the draft in a folder, which need not exist: base are the files of the rules in use, and rules gives them as
// they were last loaded.
func New(dir string, base fs.FS, rules func() *classifier.Classifier) *Drafts {
	return &Drafts{dir: dir, base: base, rules: rules}
}

// Dir is the folder of the draft.
func (d *Drafts) Dir() string { return d.dir }

// Add writes an example into the draft of its claim's file.
func (d *Drafts) Add(ex Example) (Written, error) {
	claim, ok := d.rules().Claim(ex.ClaimID)
	switch {
	case !ok:
		return Written{}, fmt.Errorf("counter-example of %q: %w", ex.ClaimID, ErrNoClaim)
	case ex.Group != NoMatch && ex.Group != Denies:
		return Written{}, fmt.Errorf("counter-example of %s: %q is no kind of example; write no_match or denies", ex.ClaimID, ex.Group)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.begin(); err != nil {
		return Written{}, err
	}
	out := Written{File: filepath.Join(d.dir, filepath.FromSlash(claim.File))}
	out.Text, out.Rings = shortest(d.rules(), ex.ClaimID, ex.Article)
	old, err := os.ReadFile(out.File)
	if err != nil {
		return out, fmt.Errorf("counter-example of %s: %w", ex.ClaimID, err)
	}
	fresh, line, err := insert(claim.File, old, ex.ClaimID, ex.Group, out.Text, text.Plain(ex.Note, 200))
	if err != nil {
		return out, fmt.Errorf("counter-example of %s: %w", ex.ClaimID, err)
	}
	out.Line = line
	return out, replace(out.File, fresh)
}

// begin copies the rules in use into the folder, unless a draft is there.
func (d *Drafts) begin() error {
	if _, err := os.Stat(filepath.Join(d.dir, "claims")); err == nil {
		return nil
	}
	beginning := d.dir + ".new" // a copy that was cut short is never taken for a draft
	if err := os.RemoveAll(beginning); err != nil {
		return fmt.Errorf("begin the draft of the rules: %w", err)
	}
	for _, name := range []string{"cues.yaml", "topics.yaml", "places.yaml", "claims"} {
		err := fs.WalkDir(d.base, name, func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			data, err := fs.ReadFile(d.base, path)
			if err != nil {
				return err
			}
			to := filepath.Join(beginning, filepath.FromSlash(path))
			if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
				return err
			}
			return os.WriteFile(to, data, 0o644)
		})
		if err != nil {
			return fmt.Errorf("begin the draft of the rules: %w", err)
		}
	}
	if err := os.Rename(beginning, d.dir); err != nil {
		return fmt.Errorf("begin the draft of the rules: %w", err)
	}
	return nil
}

// replace writes a file whole.
func replace(name string, data []byte) error {
	if err := os.WriteFile(name+".new", data, 0o644); err != nil {
		return fmt.Errorf("write the draft: %w", err)
	}
	if err := os.Rename(name+".new", name); err != nil {
		return fmt.Errorf("write the draft: %w", err)
	}
	return nil
}

// Pending are the examples of the draft that the rules in use do not have, by claim. Without a draft there are none.
func (d *Drafts) Pending() (map[string]int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := map[string]int{}
	names, err := filepath.Glob(filepath.Join(d.dir, "claims", "*.yaml"))
	if err != nil {
		return out, fmt.Errorf("read the draft of the rules: %w", err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			return out, fmt.Errorf("read the draft of the rules: %w", err)
		}
		claims, err := classifier.ReadClaims(name, data)
		if err != nil {
			return out, fmt.Errorf("read the draft of the rules: %w", err)
		}
		for _, c := range claims {
			used, _ := d.rules().Claim(c.ID)
			if n := more(c.Examples.NoMatch, used.Examples.NoMatch) + more(c.Examples.Denies, used.Examples.Denies); n > 0 {
				out[c.ID] = n
			}
		}
	}
	return out, nil
}

// more counts the texts of a list that another list lacks.
func more(list, than []string) (n int) {
	for _, s := range list {
		if !slices.ContainsFunc(than, func(t string) bool { return strings.TrimSpace(t) == strings.TrimSpace(s) }) {
			n++
		}
	}
	return n
}
