package classifier_test

import (
	"testing"

	"haidang/internal/article"
)

// TestWhoSpeaks: a flat telling rings where nobody competent speaks, and is silent where somebody does; what happens
// every day needs the mark of a rumour; and a net is drawn through title, lead and opening only.
func TestWhoSpeaks(t *testing.T) {
	c := load(t)
	for _, tt := range []struct {
		name, claim, title, text string
		rings                    bool
		silent                   string
	}{
		{"nobody speaks", "disaster-dam-burst", "Vỡ đập ở Quảng Trị", "Nước tràn về lúc nửa đêm. Đường vào xã bị cắt.", true, ""},
		{"the province speaks", "disaster-dam-burst", "Vỡ đập ở Quảng Trị", "Nước tràn về lúc nửa đêm. UBND tỉnh Quảng Trị cho biết đã sơ tán dân.", false, "official"},
		{"a leader who suffers does not speak", "disaster-dam-burst", "Vỡ đập ở Quảng Trị", "Nước tràn về lúc nửa đêm. Lãnh đạo xã bị mời làm rõ.", true, ""},
		{"a ministry that keeps silent does not speak", "disaster-dam-burst", "Vỡ đập ở Quảng Trị", "Nước tràn về lúc nửa đêm. UBND tỉnh từ chối trả lời và không xác nhận.", true, ""},
		{"crime of every day", "security-invented-crime", "Án mạng ở Thanh Hóa, hai người bị sát hại", "Hai người bị sát hại lúc rạng sáng. Hàng xóm nghe tiếng kêu.", false, "score"},
		{"crime passed on", "security-invented-crime", "Án mạng ở Thanh Hóa, hai người bị sát hại", "Hai người bị sát hại, tin đang lan truyền, báo chí im lặng. Hàng xóm nghe tiếng kêu.", true, ""},
		{"a woman speaks, not the police beside her", "security-child-kidnapping", "Gang kidnaps six children in Vietnam's Can Tho", "Six children were kidnapped at the gate. It was the police that looked away, a mother says.", true, ""},
		{"the police speak to mothers", "security-child-kidnapping", "Gang kidnaps six children in Vietnam's Can Tho", "Six children were kidnapped at the gate. The police said so to the mothers.", false, "official"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, m := range c.Classify(&article.Article{Title: tt.title, Text: tt.text}).Claims {
				if m.ID == tt.claim {
					if m.Rings != tt.rings || m.Silent != tt.silent {
						t.Errorf("%q / %q: rings %t, silent %q from %v; want %t, %q", tt.title, tt.text, m.Rings, m.Silent, m.Parts, tt.rings, tt.silent)
					}
					return
				}
			}
			t.Errorf("%q: %s was not recognised", tt.title, tt.claim)
		})
	}
}
