package article

import (
	"strings"
	"testing"

	"haidang/internal/text"
)

const creditBody = "Mực nước hồ vẫn dưới mức báo động và người dân hạ du không phải sơ tán trong đêm nay.\nĐoàn kiểm tra của tỉnh đã đo mực nước ba lần và ghi nhận mưa giảm dần từ nửa đêm về sáng."

func TestCredited(t *testing.T) {
	for _, tt := range []struct{ opening, closing, credit string }{
		{"", "", ""},
		{"", "\nTheo TTXVN", "TTXVN"},
		{"", "\n(Theo TTXVN)", "TTXVN"},
		{"", " (TTXVN)", "TTXVN"},
		{"", " TTXVN", "TTXVN"},
		{"", " TTXVN/Tin Tức", "TTXVN"},
		{"", "\n(TTXVN/Vietnam+)", "TTXVN"},
		{"", "\nTheo Thông tấn xã Việt Nam.", "TTXVN"},
		{"", "\nNguồn: VOV.VN", "VOV"},
		{"", "\nVũ Lam (Theo Zvezda, Reuters)", "Zvezda, Reuters"},
		{"", "\nVũ Lam (theo AFP)", "AFP"},
		{"", "\nVũ Lam (Tổng hợp theo báo TTXVN, VnExpress)", "TTXVN, VnExpress"},
		{"", "\nHạnh Lam (T/h) Theo Đời sống Plus/GĐVN", "Đời sống Plus"},
		{"", " Vũ Lam/VOV-Trung tâm Tin Theo Reuters", "Reuters"},
		{"", "\nTheo Tân Hoa xã", "Tân Hoa Xã"},
		{"", "\nTheo hãng tin Yonhap", "Yonhap"},
		{"", "\nSource: Xinhua", "Tân Hoa Xã"},
		{"", "\n— VNA/VNS", "TTXVN"},
		{"", "\n(Reporting by A. Lam; Editing by B. Lam)\nOur Standards: The Thomson Reuters Trust Principles.", ""},
		{"", "\n© 2026 AFP", ""},
		{"HÀ NỘI (Reuters) - ", "\n(Reporting by A. Lam; Editing by B. Lam)", "Reuters"},
		{"HANOI, Nov. 21 (Xinhua) -- ", "", "Tân Hoa Xã"},
		{"(TTXVN) – ", "", "TTXVN"},
		{"TTO - ", "", "Tuổi Trẻ"},
		{"VTV.vn - ", "", "VTV"},
		{"HÀ NỘI, TTXVN – ", "\nTheo AFP", "TTXVN, AFP"},
		{"", "\nTheo bạn", ""},
		{"", "\nTheo Nguyễn Văn Lam", ""},
		{"", "\nTheo đó, các hồ sẽ xả nước theo quy trình của bộ.", ""},
		{"Ông Lam - ", "", ""},
	} {
		credit, own := Credited(tt.opening + creditBody + tt.closing)
		if credit != tt.credit {
			t.Errorf("%q … %q: credit %q, want %q", tt.opening, tt.closing, credit, tt.credit)
		}
		if strings.HasPrefix(tt.closing, "\nTheo ") && tt.credit == "" || tt.opening == "Ông Lam - " {
			continue // words of the text
		}
		if got := strings.TrimRight(own, "."); got != strings.TrimRight(creditBody, ".") && !strings.Contains(tt.closing, "/VOV-") {
			t.Errorf("%q … %q: what remains is %q", tt.opening, tt.closing, own)
		}
	}
}

// The same text with another outlet's credits is the same text.
func TestCreditsDoNotSpoilTheFingerprintOf(t *testing.T) {
	printOf := func(s string) text.Fingerprint {
		a := Article{Outlet: "Báo Bãi Bồi", Text: s}
		a.Revise()
		f, err := text.ParseFingerprint(a.Fingerprint)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	first := printOf("HÀ NỘI (TTXVN) - " + creditBody)
	for _, copied := range []string{creditBody + "\nTheo TTXVN", creditBody + " (TTXVN/Vietnam+)", "TTXVN - " + creditBody + "\nVũ Lam (Theo TTXVN)"} {
		if s := text.Similarity(first, printOf(copied)); s < 0.99 {
			t.Errorf("%q: similarity %.2f", copied, s)
		}
	}
}

func TestCreditOfTheOutletItselfIsNone(t *testing.T) {
	a := Article{Outlet: "VOV", Text: creditBody + "\nNguồn: VOV.VN"}
	if a.Revise(); a.Credit != "" {
		t.Errorf("credit %q", a.Credit)
	}
}

func FuzzCredited(f *testing.F) {
	f.Add("HÀ NỘI (Reuters) - Nước rút.\nTheo AFP, AP")
	f.Fuzz(func(t *testing.T, s string) {
		if credit, own := Credited(s); len(own) > 4*len(s) || len(credit) > 200 {
			t.Errorf("Credited(%q) = %q, %q", s, credit, own)
		}
	})
}
