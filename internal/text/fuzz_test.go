package text

import (
	"testing"

	"golang.org/x/text/unicode/norm"
)

var seeds = []string{
	"", "Vỡ đập thuỷ điện, 1.200 hộ dân sơ tán.", norm.NFD.String("Ðà Nẵng: quý khách đậр"), "v.ỡ đ.ậ.p l ừ a đ ả o l0i k hok",
	"TP.HCM. GS.TS. Nguyễn “Hỏi?” đáp… Dr. Smith's U.S. 3.5%", "hơn 20-30 triệu, ba mươi mốt, half a million", "a\u200d\u0301's's 5kg ＶＮ 越南\xff",
	"\u0344ῼ\u1fc1Å\u212bẛ̣", "İI\u0307ıß ﬁ ½ Ⅷ ²", "1 000 000 hai phẩy năm triệu, ba hoặc bốn năm rưỡi, a couple of hundred and a half", "'s's''s`s", "1.,2.3..4", "co hon 30 nguoi chet vi lu quet. Vo dap!\n\nx",
}

// FuzzForms: canonical and folded forms are stable, and the same for NFC and NFD.
func FuzzForms(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { checkForms(t, s) })
}

// FuzzAnalyze: no input panics, and all ranges are in order and between characters; figures, evasions and fingerprints too.
func FuzzAnalyze(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d := Analyze(s)
		checkDoc(t, d)
		last := 0
		for _, e := range d.Evasions() {
			if e.First < last || e.Last <= e.First || e.Last > len(d.Tokens) || len(e.Words) == 0 || e.Start != d.Tokens[e.First].Start || e.End != d.Tokens[e.Last-1].End {
				t.Fatalf("evasion %+v of %q is out of range", e, s)
			}
			last = e.Last
		}
		if f := NewFingerprint(d); len(d.Tokens) > 0 && Similarity(f, f) != 1 {
			t.Fatalf("the fingerprint of %q is not like itself", s)
		}
	})
}
