package querytest_test

import (
	"strings"
	"testing"

	"haidang/internal/article"
	"haidang/internal/query"
	"haidang/internal/query/querytest"
)

var sample = []article.Article{{Text: strings.Repeat("Mưa lớn kéo dài khiến hồ chứa đầy nước. Người dân vùng hạ du được sơ tán trong đêm. "+
	"Officials denied that the dam had failed and asked residents to stay calm. ", 3)}}

// TestGenerated parses what the generator writes, and checks that a seed gives the same queries again.
func TestGenerated(t *testing.T) {
	shares := map[string]float64{"the": 0.9, "trong": 0.6}
	g, again := querytest.New(7, sample, shares), querytest.New(7, sample, shares)
	for range 500 {
		mixed, common := g.Mixed(), g.Common()
		if m, c := again.Mixed(), again.Common(); m != mixed || c != common {
			t.Fatalf("the second run gives %s and %s, the first %s and %s", m, c, mixed, common)
		}
		if _, err := query.Parse(mixed); err != nil {
			t.Errorf("Mixed() = %s: %v", mixed, err)
		}
		q, err := query.Parse(common)
		if err != nil {
			t.Fatalf("Common() = %s: %v", common, err)
		}
		query.Walk(q.Root, func(n query.Node) bool {
			switch n := n.(type) {
			case *query.And, *query.Or, *query.Not:
			case *query.Term:
				if n.Mode != query.ModeFold || n.Prefix {
					t.Errorf("Common() = %s: %s is not folded", common, n.Text)
				}
			default:
				t.Errorf("Common() = %s has a %T", common, n)
			}
			return true
		})
	}
}
