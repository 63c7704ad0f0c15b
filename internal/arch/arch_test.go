// Package arch holds the shape of the house as data: which package may import which, and that every package says what
// it is. A new edge is a decision: write it here, with the reason in the commit.
package arch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// allowed lists, for each package, the packages of this module that it may import. Imports point down only.
var allowed = map[string][]string{
	"classifier/telling": {"internal/text"},
	"classifier/gold":    {},

	"internal/disk":     {},
	"internal/settings": {},
	"internal/text":     {},
	"internal/article":  {"internal/text"},
	"internal/store":    {"internal/settings"},
	"internal/bus":      {"internal/disk", "internal/settings"},
	"internal/users":    {"internal/store"},
	"internal/claims":   {"classifier", "internal/store"},
	"internal/drafts":   {"alerting", "classifier", "internal/article", "internal/text"},
	"internal/query":    {"internal/article", "internal/text"},
	"crawler":           {"internal/article", "internal/settings", "internal/store", "internal/text"},
	"classifier":        {"classifier/telling", "internal/article", "internal/query", "internal/settings", "internal/text"},
	"internal/coverage": {},
	"index":             {"internal/article", "internal/coverage", "internal/disk", "internal/query", "internal/settings", "internal/text"},
	"alerting":          {"internal/article", "internal/coverage", "internal/settings", "internal/store", "internal/text"},
	"internal/export":   {"index", "internal/article", "internal/query"},
	"internal/saved":    {"index", "internal/article", "internal/query", "internal/store", "internal/text"},
	"internal/demo":     {},
	"internal/arch":     {},
	"internal/filters":  {"classifier", "classifier/gold", "classifier/telling", "crawler", "internal/article", "internal/query", "internal/text"},
	"internal/outlets":  {"crawler", "internal/filters", "internal/settings"},
	"bench":             {"index", "internal/article", "internal/query", "internal/text"},
	"internal/web": {
		"alerting", "classifier", "crawler", "index", "internal/article", "internal/query", "internal/settings", "internal/text",
		"alerting", "classifier", "crawler", "index", "internal/article", "internal/coverage", "internal/export", "internal/query", "internal/saved", "internal/settings",
		"internal/drafts", "internal/text", "internal/users",
	},
	"configs": {
		"alerting", "classifier", "crawler", "index", "internal/bus", "internal/settings", "internal/store", "internal/web",
	},
	"internal/app": {
		"alerting", "classifier", "configs", "crawler", "index", "internal/article", "internal/bus", "internal/coverage", "internal/demo", "internal/export", "internal/filters",
		"internal/claims", "internal/drafts", "internal/query", "internal/saved",
		"internal/settings", "internal/store", "internal/text", "internal/users", "internal/web",
	},
	"cmd/haidang": {
		"alerting", "classifier", "configs", "crawler", "index", "internal/app", "internal/article", "internal/claims", "internal/drafts", "internal/filters", "internal/outlets",
		"internal/settings",
	},
}

// owner maps a folder to the entry of allowed that rules it: a sub-folder lives under its parent's rule and may import
// its parent and its siblings.
func owner(dir string) string {
	for d := dir; d != "."; d = filepath.ToSlash(filepath.Dir(d)) {
		if _, ok := allowed[d]; ok {
			return d
		}
	}
	return ""
}

func TestImportsPointDown(t *testing.T) {
	for dir, files := range packages(t) {
		rule := owner(dir)
		if rule == "" {
			t.Errorf("%s: no rule for this package in allowed; add it, or find it a home", dir)
			continue
		}
		for name, file := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			for _, spec := range file.Imports {
				target, ours := strings.CutPrefix(strings.Trim(spec.Path.Value, `"`), "haidang/")
				if !ours || owner(target) == rule || slices.Contains(allowed[rule], owner(target)) {
					continue
				}
				t.Errorf("%s imports %s, which %s may not: imports point down only", name, target, rule)
			}
		}
	}
}

func TestProductionCodeNeverImportsTesting(t *testing.T) {
	for dir, files := range packages(t) {
		if strings.HasSuffix(dir, "test") {
			continue
		}
		for name, file := range files {
			for _, spec := range file.Imports {
				if spec.Path.Value == `"testing"` && !strings.HasSuffix(name, "_test.go") {
					t.Errorf("%s imports testing", name)
				}
			}
		}
	}
}

func TestEveryPackageSaysWhatItIs(t *testing.T) {
	for dir, files := range packages(t) {
		var comments int
		for _, file := range files {
			if file.Doc != nil && strings.TrimSpace(file.Doc.Text()) != "" {
				comments++
			}
		}
		if comments != 1 {
			t.Errorf("%s: %d package comments, want one, in the file named after the package", dir, comments)
		}
	}
}

func TestFilesStayReadable(t *testing.T) {
	const limit = 450
	for _, files := range packages(t) {
		for name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			data, err := os.ReadFile(filepath.Join(root, name))
			if err != nil {
				t.Fatal(err)
			}
			if n := strings.Count(string(data), "\n"); n > limit {
				t.Errorf("%s has %d lines, more than %d: would a reader find two rooms in it?", name, n, limit)
			}
		}
	}
}

const root = "../.."

// packages parses the imports and comments of every Go file, by folder.
func packages(t *testing.T) map[string]map[string]*ast.File {
	t.Helper()
	out := map[string]map[string]*ast.File{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && d.Name() != ".." || d.Name() == "testdata" || d.Name() == "node_modules") {
			return filepath.SkipDir
		}
		if d.IsDir() || filepath.Ext(path) != ".go" {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly|parser.ParseComments)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		dir := filepath.ToSlash(filepath.Dir(rel))
		if out[dir] == nil {
			out[dir] = map[string]*ast.File{}
		}
		out[dir][filepath.ToSlash(rel)] = file
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) < 5 {
		t.Fatalf("only %d packages found below %s", len(out), root)
	}
	return out
}

// A test behind the tag integration that is not named so would never be run by `make integration`.
func TestIntegrationTestsAreNamedSo(t *testing.T) {
	for _, files := range packages(t) {
		for name := range files {
			data, err := os.ReadFile(filepath.Join(root, name))
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(string(data), "//go:build integration") {
				continue
			}
			for line := range strings.SplitSeq(string(data), "\n") {
				if strings.HasPrefix(line, "func Test") && !strings.HasPrefix(line, "func TestIntegration") {
					t.Errorf("%s: %s: the name must begin with TestIntegration", name, line)
				}
			}
		}
	}
}
