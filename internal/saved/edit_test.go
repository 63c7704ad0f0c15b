package saved

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"haidang/internal/query"
)

func TestEdit(t *testing.T) {
	r := newRoom(t)
	s := r.add("lan", "Lũ", "lũ COUNT(sources) >= 2 WITHIN 2d", Live, "")
	r.add("lan", "Đập", "đập", Live, "")
	r.handle(r.live(0, "Báo Sóng", "Lũ về trong đêm"))
	edit := s
	edit.Name, edit.Query, edit.Schedule, edit.List = " Hạn ", "hạn COUNT(sources) >= 2 WITHIN 2d", Daily, "Thiên tai"
	got, err := r.Edit(t.Context(), edit)
	if err != nil || got.Version != s.Version+1 || got.Name != "Hạn" {
		t.Fatalf("Edit = %+v, %v", got, err)
	}
	list, err := r.List(t.Context(), "minh") // it is shared now
	if err != nil || len(list) != 1 || list[0].Name != "Hạn" || list[0].Query != edit.Query || list[0].Schedule != Daily || list[0].Version != got.Version {
		t.Errorf("List = %+v, %v", list, err)
	}
	// The article of the old query does not count for the new one.
	r.handle(r.live(1, "Tin Biển", "Hạn kéo dài"))
	if list, _ := r.List(t.Context(), "minh"); list[0].Rings != 0 || list[0].Matches != 1 {
		t.Errorf("%d rings, %d matches; want none of 1", list[0].Rings, list[0].Matches)
	}
	r.handle(r.live(2, "Báo Núi", "Hạn kéo dài"))
	if list, _ := r.List(t.Context(), "minh"); list[0].Rings != 1 {
		t.Errorf("%d rings; want 1 by the new query", list[0].Rings)
	}
	for _, tt := range []struct {
		name string
		edit func(*Search)
		want error
	}{
		{"an older version", func(s *Search) { s.Version-- }, ErrEdited},
		{"somebody else's", func(s *Search) { s.Owner = "minh" }, ErrNotFound},
		{"none", func(s *Search) { s.ID = "nowhere" }, ErrNotFound},
		{"a name that is taken", func(s *Search) { s.Name = "Đập" }, ErrWrong},
		{"no name", func(s *Search) { s.Name = " " }, ErrWrong},
		{"no schedule", func(s *Search) { s.Schedule = "hourly" }, ErrWrong},
	} {
		given := got
		tt.edit(&given)
		if _, err := r.Edit(t.Context(), given); !errors.Is(err, tt.want) {
			t.Errorf("%s: Edit = %v, want %v", tt.name, err, tt.want)
		}
	}
	given := got
	given.Query = "hạn AND ("
	var wrong *query.Error
	if _, err := r.Edit(t.Context(), given); !errors.As(err, &wrong) {
		t.Errorf("Edit to a query with a mistake = %v", err)
	}
	if list, _ := r.List(t.Context(), "minh"); list[0].Version != got.Version || list[0].Query != got.Query {
		t.Errorf("a refused edit changed it: %+v", list[0])
	}
}

// TestEditToLiveTellsNothingTwice: the lists that are over were told as lists; what is of today was not told yet.
func TestEditToLiveTellsNothingTwice(t *testing.T) {
	r := newRoom(t)
	s := r.add("lan", "Lũ", "lũ", Daily, "")
	r.handle(r.live(-3*24*60, "Báo Sóng", "Lũ cũ"), r.live(-24*60, "Báo Sóng", "Lũ hôm qua"), r.live(-5, "Báo Sóng", "Lũ hôm nay"))
	s.Schedule = Live
	if _, err := r.Edit(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	var mails []Mail
	r.deps.Reader = func(string) (Reader, bool) { return Reader{Address: "lan@desk.example", Language: "vi"}, true }
	r.deps.Now = func() time.Time { return now.Add(tellPause) }
	r.deps.Mail = func(_ context.Context, m Mail) error { mails = append(mails, m); return nil }
	if err := r.Tell(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(mails) != 1 || !strings.Contains(mails[0].Text, "Lũ hôm nay") || strings.Contains(mails[0].Text, "Lũ hôm qua") || strings.Contains(mails[0].Text, "Lũ cũ") {
		t.Errorf("mails %+v; want one, of today", mails)
	}
}
