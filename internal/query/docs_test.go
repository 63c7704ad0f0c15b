package query

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestDocumentedQueries parses the examples of docs/query.md, and the second column of its table of other systems.
func TestDocumentedQueries(t *testing.T) {
	page, err := os.ReadFile("../../docs/query.md")
	if err != nil {
		t.Fatal(err)
	}
	code := regexp.MustCompile("`([^`]+)`")
	n, other := 0, false
	check := func(src string) {
		n++
		if _, err := withLists().Parse(src); err != nil {
			t.Errorf("docs/query.md says %s: %v", src, err)
		}
	}
	for line := range strings.Lines(string(page)) {
		other = other || strings.HasPrefix(line, "## From other systems")
		if src, ok := strings.CutPrefix(line, "    "); ok {
			check(strings.TrimSpace(src))
			continue
		}
		cells := strings.Split(strings.ReplaceAll(line, `\|`, "¦"), "|")
		if !other || len(cells) != 4 {
			continue
		}
		for _, m := range code.FindAllStringSubmatch(cells[2], -1) {
			switch src := m[1]; {
			case strings.HasSuffix(src, ":"):
				check(src + "a.vn vỡ")
			case strings.HasPrefix(src, "published:"), strings.HasPrefix(src, "country:"), strings.HasPrefix(src, "lang:"), strings.HasSuffix(src, "*"), strings.HasPrefix(src, "NOT "):
				check("vỡ " + src)
			default:
				check(strings.ReplaceAll(src, "/n", "/5"))
			}
		}
	}
	if n < 30 {
		t.Errorf("only %d queries found in docs/query.md", n)
	}
}
