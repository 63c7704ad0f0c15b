package index

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"haidang/internal/coverage"
	"haidang/internal/query"
)

func TestTallyCountsByTimeAndProperty(t *testing.T) {
	x := facetArchive(t)
	from := time.Date(2026, 9, 30, 0, 0, 0, 0, coverage.Zone)
	for _, src := range []string{"lũ", "lũ NEAR/5 (lớn OR quét OR rút OR về)"} { // the second is verified, article by article
		ask := coverage.Ask{Query: src, From: from, To: from.Add(60 * time.Hour), Cell: 24 * time.Hour, By: []coverage.Dimension{coverage.Topic, coverage.Outlet, coverage.Stance}, Copies: true}
		got, err := x.Tally(t.Context(), ask)
		if err != nil {
			t.Fatal(err)
		}
		want := coverage.Tally{
			Articles: []int{2, 1, 0}, Copies: []int{1, 1, 0}, // they all have one text
			By: map[coverage.Dimension]map[string][]int{
				coverage.Topic:  {"disaster": {2, 1, 0}, "weather": {1, 0, 0}},
				coverage.Outlet: {"bao-song": {2, 0, 0}, "tin-bien": {0, 1, 0}},
				coverage.Stance: {"carries": {2, 1, 0}},
			},
			Names: map[string]string{"bao-song": "Báo Sóng", "tin-bien": "Tin Biển"},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", src, diff)
		}
		ask.Clock, ask.To = coverage.Seen, from.Add(20*time.Hour) // an hour after they were published, at eight in the evening
		if got, err = x.Tally(t.Context(), ask); err != nil || !cmp.Equal(got.Articles, []int{0}) {
			t.Errorf("%s: seen before eight: %v, %v", src, got.Articles, err)
		}
		ask.To = ask.To.Add(time.Millisecond)
		if got, err = x.Tally(t.Context(), ask); err != nil || !cmp.Equal(got.Articles, []int{2}) {
			t.Errorf("%s: seen up to eight: %v, %v", src, got.Articles, err)
		}
	}
}

func TestTallyRefusesAQueryWithAMistake(t *testing.T) {
	_, err := facetArchive(t).Tally(t.Context(), coverage.Ask{Query: "(lũ", To: time.Unix(1, 0), From: time.Unix(0, 0), Cell: time.Second})
	var wrong *query.Error
	if !errors.As(err, &wrong) {
		t.Errorf("a bracket that is never closed: %v", err)
	}
}
