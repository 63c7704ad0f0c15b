package classifier_test

import (
	"encoding/json"
	"slices"
	"testing"

	"golang.org/x/sync/errgroup"

	"haidang/internal/article"
)

// TestExplainAgreesWithTheVerdict: what people are told about why is what was decided, on every text of the gold set.
func TestExplainAgreesWithTheVerdict(t *testing.T) {
	c := load(t)
	for _, item := range goldItems(t) {
		for _, m := range c.Classify(&item.article).Claims {
			e, err := c.Explain(m.ID, &item.article)
			if err != nil {
				t.Fatal(err)
			}
			if e.Rings != m.Rings || string(e.Silent) != m.Silent || e.Score != m.Score || e.Stance != m.Stance || !slices.Equal(e.Parts, m.Parts) {
				t.Errorf("%s, %s: explained as %+v, decided as %+v", item.article.Title, m.ID, e, m)
			}
			sum := 0
			for _, p := range e.Parts {
				sum += p.Points
			}
			if sum != e.Score || len(e.Missing()) > 0 {
				t.Errorf("%s, %s: parts add up to %d, score %d, missing %q", item.article.Title, m.ID, sum, e.Score, e.Missing())
			}
		}
	}
	if _, err := c.Explain("no-such-claim", &article.Article{}); err == nil {
		t.Error("a claim that does not exist is explained")
	}
}

// TestVerdictsAreTheSameToTheByte: for every load of the rules, and from many goroutines at once.
func TestVerdictsAreTheSameToTheByte(t *testing.T) {
	a, b := load(t), load(t)
	items := goldItems(t)
	want := make([]string, len(items))
	for i := range items {
		raw, err := json.Marshal(a.Classify(&items[i].article))
		if err != nil {
			t.Fatal(err)
		}
		want[i] = string(raw)
	}
	var g errgroup.Group
	for worker := range 4 {
		g.Go(func() error {
			for n := range items {
				i := (n*7 + worker*13) % len(items)
				raw, err := json.Marshal(b.Classify(&items[i].article))
				if err != nil {
					return err
				}
				if string(raw) != want[i] {
					t.Errorf("%q has two verdicts:\n%s\n%s", items[i].article.Title, want[i], raw)
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
}
