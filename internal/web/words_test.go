package web

import (
	"testing"
	"time"

	"haidang/classifier"
)

func TestSpansAndAges(t *testing.T) {
	for _, tt := range []struct {
		d           time.Duration
		vi, en, ago string
	}{
		{-time.Hour, "dưới 1 phút", "under 1 min", "Vừa xong"},
		{59 * time.Second, "dưới 1 phút", "under 1 min", "Vừa xong"},
		{time.Minute, "1 phút", "1 min", "1 phút trước"},
		{59*time.Minute + 59*time.Second, "59 phút", "59 min", "59 phút trước"},
		{time.Hour, "1 giờ", "1 h", "1 giờ trước"},
		{47*time.Hour + 59*time.Minute, "47 giờ", "47 h", "47 giờ trước"},
		{48 * time.Hour, "2 ngày", "2 days", "2 ngày trước"},
	} {
		if vi, en, ago := language("vi").Span(tt.d), language("en").Span(tt.d), language("vi").Ago(tt.d); vi != tt.vi || en != tt.en || ago != tt.ago {
			t.Errorf("%v is %q, %q, %q; want %q, %q, %q", tt.d, vi, en, ago, tt.vi, tt.en, tt.ago)
		}
	}
}

func TestNumbersFollowTheLanguage(t *testing.T) {
	for n, want := range map[int][2]string{0: {"0", "0"}, 999: {"999", "999"}, 1000: {"1.000", "1,000"}, 1234567: {"1.234.567", "1,234,567"}, -35372: {"−35.372", "−35,372"}} {
		if vi, en := language("vi").Int(n), language("en").Int(n); vi != want[0] || en != want[1] {
			t.Errorf("%d is %q and %q, want %q", n, vi, en, want)
		}
	}
	if vi, en := language("vi").Millis(4_760*time.Microsecond), language("en").Millis(4_760*time.Microsecond); vi != "4,7" || en != "4.7" {
		t.Errorf("4.76 ms is %q and %q", vi, en)
	}
}

func TestClausesAreNamedInWords(t *testing.T) {
	for _, tt := range []struct{ clause, vi, en string }{
		{"signal:spread", "Nói là đang lan truyền", "Said to be spreading"},
		{"stance:denies", "Lập trường: bác bỏ", "Stance: denies it"},
		{"stance:of_tomorrow", "Lập trường: Of tomorrow", "Stance: Of tomorrow"},
		{"fake-food", "Thực phẩm giả", "Fake food"},
		{"nobody-knows_this", "Nobody knows this", "Nobody knows this"},
		{"signal:đèn-biển", "Đèn biển", "Đèn biển"},
		{"", "", ""},
		{"signal:", "", ""},
	} {
		if vi, en := language("vi").Clause(tt.clause), language("en").Clause(tt.clause); vi != tt.vi || en != tt.en {
			t.Errorf("clause %q is %q and %q, want %q and %q", tt.clause, vi, en, tt.vi, tt.en)
		}
	}
	if got := named("ho-chi-minh"); got != "Ho Chi Minh" {
		t.Errorf("a place without a name is %q", got)
	}
}

func TestEveryReasonForSilenceHasASentence(t *testing.T) {
	for _, r := range classifier.Reasons() {
		if r == classifier.ReasonAnswered {
			continue // the stance says it
		}
		if _, ok := sentences["silent."+string(r)]; !ok {
			t.Errorf("no sentence for %q", r)
		}
	}
}
