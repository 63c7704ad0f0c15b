package classifier_test

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"haidang/internal/article"
)

// goldItem is one text of the gold set with what a careful reader says of it.
type goldItem struct {
	file, label, lang, field string
	article                  article.Article
}

// mayRing lists the labels whose articles should ring; all others must not.
var mayRing = []string{"carries", "questions", "unclear"}

// goldItems reads testdata/gold/*.txtar: "-- label language field --", the title, the text.
func goldItems(t *testing.T) []goldItem {
	t.Helper()
	names, err := filepath.Glob("testdata/gold/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no gold files: %v", err)
	}
	var items []goldItem
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range strings.Split("\n"+string(data), "\n-- ")[1:] {
			header, text, _ := strings.Cut(part, "--\n")
			words := strings.Fields(header)
			if len(words) != 3 {
				t.Fatalf("%s: header %q should be: -- label language field --", name, header)
			}
			title, body, _ := strings.Cut(strings.TrimSpace(text), "\n")
			items = append(items, goldItem{
				file: filepath.Base(name), label: words[0], lang: words[1], field: words[2],
				article: article.Article{Title: title, Text: strings.TrimSpace(body)},
			})
		}
	}
	return items
}

// TestGold holds the gold set to its golden numbers, and lets nothing ring that must not.
func TestGold(t *testing.T) {
	c := load(t)
	counts := map[string]*goldCount{}
	for _, item := range goldItems(t) {
		v := c.Classify(&item.article)
		if v.Rings && !slices.Contains(mayRing, item.label) {
			t.Errorf("%s: %q is %s and must not ring: %+v", item.file, item.article.Title, item.label, v.Claims)
		}
		if !v.Rings && slices.Contains(mayRing, item.label) {
			t.Logf("%s: %q (%s) escapes: %s", item.file, item.article.Title, item.field, briefly(v))
		}
		for _, key := range []string{"file " + item.file + " " + item.label, "label " + item.label, "language " + item.lang + " " + item.label, "field " + item.field + " " + item.label} {
			if counts[key] == nil {
				counts[key] = &goldCount{}
			}
			counts[key].add(item, v)
		}
	}
	golden(t, "testdata/gold_stats.txt", goldReport(counts))
}

type goldCount struct{ items, rings, recognised, stance int }

func (n *goldCount) add(item goldItem, v article.Verdict) {
	n.items++
	if v.Rings {
		n.rings++
	}
	if len(v.Claims) > 0 {
		n.recognised++
		if string(v.Claims[0].Stance) == item.label {
			n.stance++
		}
	}
}

func goldReport(counts map[string]*goldCount) string {
	keys := make([]string, 0, len(counts))
	for k := range counts {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, cmp.Compare[string])
	var b strings.Builder
	for _, k := range keys {
		n := counts[k]
		fmt.Fprintf(&b, "%-44s items %3d  rings %3d  claim recognised %3d  stance as labelled %3d\n", k, n.items, n.rings, n.recognised, n.stance)
	}
	return b.String()
}

func briefly(v article.Verdict) string {
	var parts []string
	for _, m := range v.Claims {
		parts = append(parts, fmt.Sprintf("%s %s %d %s %v", m.ID, m.Stance, m.Score, m.Silent, m.Parts))
	}
	if len(parts) == 0 {
		return fmt.Sprintf("no claim found (about Việt Nam: %t)", v.AboutVietnam)
	}
	return strings.Join(parts, "; ")
}
