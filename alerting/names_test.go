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

func TestSharedNames(t *testing.T) {
	tests := []struct {
		a, b []string
		want int
	}{
		{[]string{"hai thinh"}, []string{"van cat", "hai thinh bank"}, 1},
		{[]string{"yagi"}, []string{"yagi"}, 1},
		{[]string{"yagi"}, []string{"yagi storm"}, 0},
		{[]string{"hai thinh"}, []string{"hai thinh phat"}, 1},
		{[]string{"hai thin"}, []string{"hai thinh"}, 0},
		{nil, []string{"hai thinh"}, 0},
	}
	for _, tt := range tests {
		if got := sharedNames(tt.a, tt.b); got != tt.want {
			t.Errorf("sharedNames(%q, %q) = %d", tt.a, tt.b, got)
		}
	}
}
