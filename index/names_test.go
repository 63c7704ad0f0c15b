package index

import (
	"slices"
	"testing"
)

func TestNumbersOf(t *testing.T) {
	for _, tt := range []struct {
		name string
		want numbers
	}{
		{"000007-20260301", numbers{7, 7}},
		{"000004-000007-20260228", numbers{4, 7}},
		{"123456-20260301", numbers{123456, 123456}},
		{"000007-20260301.2", numbers{7, 7}}, // set aside twice
		{"000004-000007-20260228.2", numbers{4, 7}},
		{"old", numbers{}},
		{"7", numbers{}},
	} {
		if got := numbersOf(tt.name); got != tt.want {
			t.Errorf("numbersOf(%q) = %v, want %v", tt.name, got, tt.want)
		}
	}
	if got := mergedName("000004-000005-20260228", "000007-20260301"); got != "000004-000007-20260228" {
		t.Errorf("mergedName = %q", got)
	}
}

func TestNamesSortByTimeAndAMergedShardBeforeItsOwn(t *testing.T) {
	want := []string{"000001-000004-20260101", "000001-000002-20260101", "000001-20260101", "000002-20260102", "000005-20260201", "named by hand"}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, compareNames)
	if !slices.Equal(got, want) {
		t.Errorf("sorted: %q, want %q", got, want)
	}
	for i, name := range want {
		if covered := coveredBy(want, name); covered != (i >= 1 && i <= 3) {
			t.Errorf("coveredBy(all, %q) = %v", name, covered)
		}
	}
}
