package arch

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	linkPattern = regexp.MustCompile(`\]\(([^)#]+?)(?:#[^)]*)?\)`)
	pathPattern = regexp.MustCompile("`((?:cmd|crawler|classifier|index|alerting|configs|internal|docs|scripts|\\.ci)/[^` ]*)`")
)

// Documents name files; a file that moved takes its documents with it.
func TestPathsInDocumentsExist(t *testing.T) {
	documents, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	decisions, err := filepath.Glob(filepath.Join(root, "docs", "adr", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	documents = append(append(documents, decisions...), filepath.Join(root, "README.md"))
	if len(documents) < 4 {
		t.Fatalf("only %d documents found", len(documents))
	}
	for _, doc := range documents {
		data, err := os.ReadFile(doc)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range linkPattern.FindAllStringSubmatch(string(data), -1) {
			if !strings.Contains(m[1], "://") {
				exists(t, doc, filepath.Join(filepath.Dir(doc), m[1]))
			}
		}
		for _, m := range pathPattern.FindAllStringSubmatch(string(data), -1) {
			if !strings.ContainsAny(m[1], "*<{…") {
				exists(t, doc, filepath.Join(root, m[1]))
			}
		}
	}
}

func exists(t *testing.T, doc, path string) {
	t.Helper()
	if _, err := os.Stat(path); err != nil {
		t.Errorf("%s names %s, which does not exist", doc, path)
	}
}

// The first screen of the README has the two commands, and no more.
func TestReadmeBeginsWithTwoCommands(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, after, ok := strings.Cut(string(data), "```\n")
	if !ok {
		t.Fatal("no command in the README")
	}
	block, _, _ := strings.Cut(after, "```")
	if want := "go run ./cmd/haidang demo\nmake test\n"; block != want {
		t.Errorf("the README begins with\n%swant\n%s", block, want)
	}
	if lines := strings.Count(string(data[:len(data)-len(after)]), "\n"); lines > 30 {
		t.Errorf("the commands stand on line %d", lines)
	}
}

// Each alert leads to a page of the runbook.
func TestEachAlertHasARunbookHeading(t *testing.T) {
	rules, err := os.ReadFile(filepath.Join(root, "configs/prometheus/haidang.rules.yml"))
	if err != nil {
		t.Fatal(err)
	}
	book, err := os.ReadFile(filepath.Join(root, "docs/runbook.md"))
	if err != nil {
		t.Fatal(err)
	}
	alerts := regexp.MustCompile(`alert: (\w+)`).FindAllStringSubmatch(string(rules), -1)
	if len(alerts) == 0 {
		t.Fatal("no alerts found")
	}
	for _, m := range alerts {
		if !strings.Contains(string(book), "\n## "+m[1]+"\n") {
			t.Errorf("docs/runbook.md has no heading %q", m[1])
		}
	}
}

// TestComplaintsNameTestsThatExist: docs/complaints.md promises a test for each answer.
func TestComplaintsNameTestsThatExist(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(root, "docs/complaints.md"))
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for line := range strings.SplitSeq(string(page), "\n") {
		named := regexp.MustCompile("([a-z/]+) `((?:Test|Benchmark)[A-Za-z]+)`").FindAllStringSubmatch(line, -1)
		if regexp.MustCompile(`^\| \d+ \|`).MatchString(line) {
			if rows++; len(named) == 0 {
				t.Errorf("no test answers: %s", line)
			}
		}
		for _, n := range named {
			files, err := filepath.Glob(filepath.Join(root, n[1], "*_test.go"))
			if err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(files, func(name string) bool {
				data, err := os.ReadFile(name)
				return err == nil && strings.Contains(string(data), "\nfunc "+n[2]+"(")
			}) {
				t.Errorf("there is no %s in %s", n[2], n[1])
			}
		}
	}
	if rows != 21 {
		t.Errorf("%d complaints, want all 21", rows)
	}
}
