package classifier_test

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"haidang/classifier/gold"
	"haidang/internal/article"
)

// goldItem is one text of the gold set with what a careful reader says of it.
type goldItem struct {
	gold.Item
	article article.Article
}

// goldItems reads testdata/gold.
func goldItems(t *testing.T) []goldItem {
	t.Helper()
	read, err := gold.Read(os.DirFS("testdata/gold"))
	if err != nil {
		t.Fatal(err)
	}
	items := make([]goldItem, len(read))
	for i, g := range read {
		items[i] = goldItem{Item: g, article: article.Article{Title: g.Title, Text: g.Text}}
	}
	return items
}

// TestGold holds the gold set to its golden numbers, and lets nothing ring that must not.
func TestGold(t *testing.T) {
	c := load(t)
	counts := map[string]*goldCount{}
	for _, item := range goldItems(t) {
		v := c.Classify(&item.article)
		if v.Rings && !item.Rumour() {
			t.Errorf("%s: %q is %s and must not ring: %+v", item.File, item.article.Title, item.Label, v.Claims)
		}
		if !v.Rings && item.Rumour() {
			t.Logf("%s: %q (%s) escapes: %s", item.File, item.article.Title, item.Field, briefly(v))
		}
		for _, key := range []string{"file " + item.File + " " + item.Label, "label " + item.Label, "language " + item.Language + " " + item.Label, "field " + item.Field + " " + item.Label} {
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
		if string(v.Claims[0].Stance) == item.Label {
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
