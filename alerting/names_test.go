package alerting

import (
	"slices"
	"testing"
)

func TestNamesIn(t *testing.T) {
	tests := []struct {
		in   string
		want []string
	}{
		{"Ngân hàng Hải Thịnh sắp phá sản", []string{"hai thinh"}},
		{"KHẨN: Vỡ đập thuỷ điện Nậm Hoà, nước đang đổ về hạ du", []string{"nam hoa"}},
		{"Không có chuyện vỡ đập thủy điện Nậm Hòa", []string{"nam hoa"}},
		{"Bộ Công an: Tin chủ tịch Vạn Cát bị cấm xuất cảnh là bịa đặt", []string{"van cat"}},
		{"Ngân hàng Nhà nước: Không có chủ trương đổi tiền", nil},
		{"Theo Việt Nam, chính phủ đã họp ở trung tâm", nil},
		{"Hai Thinh Bank is insolvent and will shut its doors on Monday", []string{"hai thinh bank", "thinh bank"}},
		{"A Headline Where Every Word Is Capitalised", nil},
		{"toàn chữ thường thôi", nil},
		{"", nil},
	}
	for _, tt := range tests {
		if got := namesIn(tt.in); !slices.Equal(got, tt.want) {
			t.Errorf("namesIn(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestShareName(t *testing.T) {
	tests := []struct {
		a, b []string
		want bool
	}{
		{[]string{"hai thinh"}, []string{"van cat", "hai thinh bank"}, true},
		{[]string{"yagi"}, []string{"yagi"}, true},
		{[]string{"yagi"}, []string{"yagi storm"}, false},
		{[]string{"hai thinh"}, []string{"hai thinh phat"}, true},
		{[]string{"hai thin"}, []string{"hai thinh"}, false},
		{nil, []string{"hai thinh"}, false},
	}
	for _, tt := range tests {
		if got := shareName(tt.a, tt.b); got != tt.want {
			t.Errorf("shareName(%q, %q) = %t", tt.a, tt.b, got)
		}
	}
}
