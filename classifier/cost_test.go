package classifier_test

import (
	"strings"
	"testing"

	"haidang/internal/article"
)

func TestSlowestNamesTheQueriesThatWereLookedAt(t *testing.T) {
	c, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	for range 500 {
		c.Classify(&article.Article{ID: "a", Language: "vi", Title: "Vỡ đập thủy điện ở Thanh Hóa", Text: "Nghe nói đập đã vỡ, nước tràn về hạ du."})
	}
	costs := c.Slowest(1000)
	found := false
	for i, cost := range costs {
		if cost.Candidates == 0 || cost.Matches > cost.Candidates {
			t.Errorf("%s: %d looks, %d matches", cost.Rule, cost.Candidates, cost.Matches)
		}
		if i > 0 && cost.Time > costs[i-1].Time {
			t.Errorf("%s stands behind a cheaper one", cost.Rule)
		}
		found = found || cost.Rule == "claim disaster-dam-burst, clause burst" && cost.Language == "vi" && cost.Matches >= 500
	}
	if !found {
		t.Errorf("the clause that matched every time is not among %d queries", len(costs))
	}
	if got := c.Slowest(3); len(got) != min(3, len(costs)) || strings.TrimSpace(got[0].Rule) == "" {
		t.Errorf("Slowest(3) = %+v", got)
	}
}
