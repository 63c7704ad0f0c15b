package query

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestPlan(t *testing.T) {
	for _, tt := range []struct {
		query string
		want  Plan
	}{
		{`"vỡ đập" người`, Plan{Anchors: []string{`"vỡ đập"`}, Guards: []string{"người"}, Characters: 14, Terms: 2}},
		{
			`("đê sạt" OR ("vỡ đập" OR fold:xói*)) NOT "diễn tập"`,
			Plan{Anchors: []string{`"đê sạt"`, `"vỡ đập"`, "fold:xói*"}, Characters: 52, Terms: 4, Wildcards: 1, Brackets: 2},
		},
		{`SENT(xói xói)`, Plan{Anchors: []string{"xói"}, Guards: []string{"xói"}, Characters: 13, Terms: 2, Brackets: 1}},
		{`@nước lũ`, Plan{Anchors: []string{"lũ"}, Guards: []string{"lũ", `"vỡ đập"`, "dam*"}, Characters: 8, Terms: 4, Wildcards: 1}},
		{`[vỡ^2 lũ^1] >= 2`, Plan{Anchors: []string{"vỡ"}, Characters: 16, Terms: 2, Brackets: 1}},
	} {
		got := PlanOf(mustParse(t, tt.query))
		if diff := cmp.Diff(tt.want, got, cmpopts.IgnoreFields(Plan{}, "Share")); diff != "" {
			t.Errorf("PlanOf(%s): -want +got\n%s", tt.query, diff)
		}
		if got.Share <= 0 || got.Share > 1 {
			t.Errorf("PlanOf(%s): %g of all articles hold an anchor", tt.query, got.Share)
		}
	}
	browse, err := Options{Browse: true}.Parse("site:vnexpress.net")
	if err != nil {
		t.Fatal(err)
	}
	if got := PlanOf(browse); got.Anchors != nil || got.Share != 0 {
		t.Errorf("PlanOf(site:…) = %+v, want no anchors", got)
	}
}
