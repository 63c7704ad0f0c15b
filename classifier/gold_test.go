package classifier_test

import (
	"cmp"
	"fmt"
	"maps"
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
	scores := map[string]*goldScore{}
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
		scoreItem(scores, item, v)
	}
	golden(t, "testdata/gold_stats.txt", scoreReport(scores)+"\n"+goldReport(counts))
}

// goldScore counts one answer of the classifier against what the labels say.
type goldScore struct{ right, wrong, missed int }

// scoreItem scores ringing, and each stance, in all and by field and language.
func scoreItem(scores map[string]*goldScore, item goldItem, v article.Verdict) {
	count := func(answer string, given, due bool) {
		for _, part := range []string{"", ", field " + item.Field, ", language " + item.Language} {
			key := answer + part
			if scores[key] == nil {
				scores[key] = &goldScore{}
			}
			switch s := scores[key]; {
			case given && due:
				s.right++
			case given:
				s.wrong++
			case due:
				s.missed++
			}
		}
	}
	count("rings", v.Rings, item.Rumour())
	for _, stance := range []article.Stance{article.Carries, article.Questions, article.Unclear, article.Denies, article.ReportsDebunk, article.ReportsPenalty, article.Disputed} {
		if len(v.Claims) > 0 { // a stance is one towards a claim that was recognised
			count("stance "+string(stance), v.Claims[0].Stance == stance, item.Label == string(stance))
		}
	}
}

// scoreReport prints precision and recall of what was ever given or due.
func scoreReport(scores map[string]*goldScore) string {
	var b strings.Builder
	for _, key := range slices.Sorted(maps.Keys(scores)) {
		s := scores[key]
		if s.right+s.wrong == 0 || s.right+s.missed == 0 {
			continue
		}
		fmt.Fprintf(&b, "%-48s precision %.3f  recall %.3f  of %d\n", key,
			float64(s.right)/float64(s.right+s.wrong), float64(s.right)/float64(s.right+s.missed), s.right+s.missed)
	}
	return b.String()
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
