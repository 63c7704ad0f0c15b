package classifier_test

import (
	"slices"
	"testing"

	"haidang/internal/article"
)

// TestOneEventRingsOnce: of several claims on the same words one rings, and the others say that they are covered.
func TestOneEventRingsOnce(t *testing.T) {
	c := load(t)
	for _, tt := range []struct {
		name, title, text string
		rings, covered    []string
	}{
		{
			"the known rumour before its pattern", "Hà Nội cắt điện toàn thành phố 3 ngày",
			"Theo nguồn tin riêng, Hà Nội sẽ cắt điện toàn thành phố, tin đang lan truyền chóng mặt.",
			[]string{"disaster-hanoi-power-cut-yagi"},
			[]string{"disaster-power-cut"},
		},
		{
			"two patterns on one event, and the net", "Xe lạ bắt cóc trẻ em mổ lấy nội tạng ở Đồng Nai",
			"Tin đang lan truyền chóng mặt: nhóm người lạ bắt cóc trẻ em để mổ lấy nội tạng, hai cháu mất tích. Mọi người chia sẻ gấp.",
			[]string{"health-organ-theft"},
			[]string{"health-untold-horror", "other-alarming-hearsay", "other-told-as-rumour", "security-child-kidnapping", "security-snatched-child"},
		},
		{
			"the pattern before the net", "Rộ tin chủ tịch tập đoàn Vạn Cát ở Hà Nội bị cấm xuất cảnh",
			"Theo nguồn tin riêng, chủ tịch tập đoàn đã bị bắt.",
			[]string{"economy-boss-arrest"},
			[]string{"other-alarming-hearsay"},
		},
		{
			"two rumours told one after the other", "Tin đồn trong ngày ở Nghệ An",
			"Nghe nói vỡ đập thủy điện, nước cuốn trôi hàng chục nhà.\n\nMưa vẫn lớn.\n\nCũng nghe nói nước máy nhiễm độc, tin đang lan truyền.",
			[]string{"disaster-dam-burst", "health-contaminated-water"},
			[]string{"other-alarming-hearsay"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var rings, covered []string
			for _, m := range c.Classify(&article.Article{Title: tt.title, Text: tt.text}).Claims {
				switch {
				case m.Rings:
					rings = append(rings, m.ID)
				case m.Silent == "covered":
					covered = append(covered, m.ID)
				}
			}
			slices.Sort(covered)
			if !slices.Equal(rings, tt.rings) || !slices.Equal(covered, tt.covered) {
				t.Errorf("%q rings %v, covered %v; want %v and %v", tt.title, rings, covered, tt.rings, tt.covered)
			}
		})
	}
}

// TestAnswersAreNeverCovered: a denial answers the stories of every claim that it speaks of.
func TestAnswersAreNeverCovered(t *testing.T) {
	v := load(t).Classify(&article.Article{
		Title: "Công an bác tin bắt cóc trẻ em mổ lấy nội tạng ở Đồng Nai",
		Text:  "Thông tin bắt cóc trẻ em mổ lấy nội tạng đang lan truyền là bịa đặt.",
	})
	if v.Rings || len(v.Claims) < 2 {
		t.Fatalf("rings %t with %d claims, want silence on at least two: %+v", v.Rings, len(v.Claims), v.Claims)
	}
	for _, m := range v.Claims {
		if m.Silent != "answered" {
			t.Errorf("%s is silent by %q, want answered", m.ID, m.Silent)
		}
	}
}
