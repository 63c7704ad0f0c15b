package alerting

import (
	"reflect"
	"testing"
	"time"

	"haidang/internal/article"
)

func TestByDayCountsEachDayFromItsBeginning(t *testing.T) {
	d := newTestDesk(t, nil)
	for _, a := range []article.Article{
		about("dam", "a", "A", 0, tellingA), about("dam", "b", "B", 30, tellingB), about("dam", "c", "C", 25*60, tellingC, denies),
	} {
		d.now = a.FirstSeen
		d.handle(a)
	}
	first := d.only().FirstSeen
	got, err := d.ByDay(t.Context(), first, first.Add(48*time.Hour))
	id := d.only().ID
	want := []DayCount{{StoryID: id, Day: 0, Carries: 2}, {StoryID: id, Day: 1, Answers: 1}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("ByDay = %+v, %v; want %+v", got, err, want)
	}
	if got, err := d.ByDay(t.Context(), first.Add(time.Minute), first.Add(25*time.Hour)); err != nil || len(got) != 1 || got[0].Carries != 1 {
		t.Errorf("ByDay from a minute later to before the answer = %+v, %v; want one article", got, err)
	}
}
