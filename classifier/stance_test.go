package classifier_test

import (
	"testing"

	"haidang/internal/article"
)

// TestStance: one text for each way of denying, insisting, doubting and asking that a rule has to tell apart.
func TestStance(t *testing.T) {
	c := load(t)
	for _, tt := range []struct {
		name, title, text string
		want              article.Stance
	}{
		{"asserted", "Vỡ đập ở Nghệ An", "Tin vỡ đập đang lan truyền.", article.Carries},
		{"headline denies, body repeats", "Bác tin vỡ đập ở Nghệ An", "Theo tin lan truyền, vỡ đập lúc 2 giờ sáng, nước cuốn trôi hàng trăm nhà.", article.Denies},
		{"rumour quoted inside the denial", "Chuyện đêm qua ở Nghệ An", `Công an khẳng định thông tin "vỡ đập, cả làng bị cuốn trôi" là bịa đặt.`, article.Denies},
		{"not false news", "Vỡ đập ở Nghệ An không phải là tin giả", "Clip vỡ đập đang lan truyền, người quay khẳng định.", article.Carries},
		{"has not denied", "Vỡ đập ở Nghệ An, tỉnh không bác bỏ", "Tin vỡ đập đang lan truyền.", article.Carries},
		{"question headline", "Có thật vỡ đập ở Nghệ An?", "Tin vỡ đập đang lan truyền.", article.Questions},
		{"unverified", "Xôn xao thông tin vỡ đập ở Nghệ An", "Tin vỡ đập chưa được kiểm chứng.", article.Unclear},
		{"fact-check", "Kiểm chứng clip vỡ đập ở Nghệ An", "Clip vỡ đập thực chất là video cũ quay ở nước ngoài.", article.ReportsDebunk},
		{"penalty", "Phạt 7,5 triệu đồng người đăng tin vỡ đập", "Người này đăng tin vỡ đập sai sự thật lên Facebook.", article.ReportsPenalty},
		{"disputed", "Dân tố cáo thủy điện làm vỡ đập phụ, công ty phủ nhận", "Người dân Nghệ An tố cáo vỡ đập do thi công ẩu. Công ty phủ nhận.", article.Disputed},
		{"English denial", "Vietnam officials deny dam burst", "The dam did not burst, they said.", article.Denies},
		{"English hoax", "Dam burst video from Vietnam is a hoax", "The clip is old footage.", article.ReportsDebunk},
		{"English not a hoax", "Dam burst in Vietnam is not a hoax, villagers insist", "Villagers in Yen Bai say the dam burst.", article.Carries},
		{"unmarked text", "Tin vo dap o Nghe An la tin gia", "Cong an tinh khang dinh thong tin vo dap la bia dat, nguoi dan khong nen hoang mang.", article.Denies},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v := c.Classify(&article.Article{Title: tt.title, Text: tt.text})
			got := stanceOn(v, "disaster-dam-burst")
			if got != tt.want {
				t.Errorf("stance of %q / %q = %q, want %q; claims %+v", tt.title, tt.text, got, tt.want, v.Claims)
			}
		})
	}
}

func stanceOn(v article.Verdict, id string) article.Stance {
	for _, m := range v.Claims {
		if m.ID == id {
			return m.Stance
		}
	}
	return ""
}

// TestSilence: the same event, told in ways that must not ring, each with its reason.
func TestSilence(t *testing.T) {
	c := load(t)
	for _, tt := range []struct{ name, title, text, want string }{
		{"opinion", "Góc nhìn: vỡ đập và lòng tin", "Tin vỡ đập ở Nghệ An đang lan truyền, mọi người chia sẻ gấp.", "opinion"},
		{"satire", "Truyện cười: vỡ đập", "Nghe nói vỡ đập ở làng Vũ Đại, tin đang lan truyền.", "satire"},
		{"official", "Vỡ đập ở Nghệ An", "Ông Nguyễn Văn Hải, Phó Chủ tịch UBND tỉnh Nghệ An, cho biết vỡ đập lúc 3 giờ. Hình ảnh vỡ đập đang lan truyền.", "official"},
		{"foreign", "Vỡ đập ở Trung Quốc", "Vỡ đập tại Trung Quốc, tin đang lan truyền ở Bắc Kinh và Thượng Hải, mọi người chia sẻ gấp.", "foreign"},
		{"score", "Vỡ đập ở Nghệ An", "Vỡ đập lúc rạng sáng.", "score"},
		{"answered", "Không có chuyện vỡ đập ở Nghệ An", "Tin vỡ đập đang lan truyền.", "answered"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v := c.Classify(&article.Article{Title: tt.title, Text: tt.text})
			for _, m := range v.Claims {
				if m.ID == "disaster-dam-burst" {
					if m.Silent != tt.want || v.Rings {
						t.Errorf("%q: silent %q, rings %t, want silent %q; %+v", tt.title, m.Silent, v.Rings, tt.want, m)
					}
					return
				}
			}
			t.Errorf("%q: the claim was not recognised: %+v", tt.title, v)
		})
	}
}
