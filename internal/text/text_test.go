package text

import "testing"

func TestAnalyzeKeepsByteRanges(t *testing.T) {
	d := Analyze("Vỡ đập, 1.200 hộ dân sơ tán")
	if got := d.Text[d.Tokens[2].Start:d.Tokens[2].End]; got != "1.200" || len(d.Tokens) != 7 {
		t.Errorf("token 2 of %q = %q among %d, want 1.200 among 7", d.Text, got, len(d.Tokens))
	}
}
