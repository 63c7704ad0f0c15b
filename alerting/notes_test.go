package alerting

import (
	"strings"
	"testing"
	"time"
)

// TestNotesOutlastTheNextDuplicate: what people wrote and decided is the story's, whatever comes in afterwards.
func TestNotesOutlastTheNextDuplicate(t *testing.T) {
	d := newTestDesk(t, nil)
	d.now = start.Add(time.Hour)
	d.handle(about("dam", "a1", "Báo Bến Cảng", 0, tellingA))
	ref := []Ref{{ID: d.only().ID}}
	for _, c := range []Command{
		{Action: Review, Note: "ảnh cũ năm 2019"},
		{Action: Close, Outcome: Misleading, Note: "đã đối chiếu với Sở"},
	} {
		c.Stories, c.Actor = ref, "lan"
		if results, err := d.Act(t.Context(), c); err != nil || results[0].Refusal != nil {
			t.Fatalf("%s: %+v, %v", c.Action, results, err)
		}
	}
	d.handle(about("dam", "a2", "Sông Hậu", 10, tellingA), about("dam", "a1", "Báo Bến Cảng", 0, tellingA))
	s := d.only()
	if s.State != StateClosed || s.Outcome != Misleading || s.Owner != "lan" || s.Articles != 2 || s.Copies != 1 {
		t.Errorf("story %+v, want it closed as it was, with one copy more", s)
	}
	trail, err := d.Audit(t.Context(), s.ID, 0, 10)
	if err != nil || len(trail) != 2 || !strings.Contains(trail[0].Note, "2019") || !strings.Contains(trail[1].Note, "Sở") {
		t.Errorf("trail %+v, %v; want both notes", trail, err)
	}
}

// TestStoryKnowsThoseOfItsClaimAroundIt: seven days before and after, the nearest first.
func TestStoryKnowsThoseOfItsClaimAroundIt(t *testing.T) {
	d := newTestDesk(t, nil)
	d.now = start.Add(30 * 24 * time.Hour)
	const day = 24 * 60
	d.handle(
		about("dam", "a1", "A", 0, tellingA), about("dam", "a2", "B", 4*day, tellingB), about("dam", "a3", "C", 9*day, tellingC), about("bank", "a4", "C", 4*day, tellingB),
	)
	var got []string
	for _, s := range d.detail(d.stories()[1].ID).Related {
		got = append(got, s.FirstArticle)
	}
	if strings.Join(got, " ") != "a1 a3" {
		t.Errorf("related to the second story: %q, want the one before and the one after", got)
	}
}
