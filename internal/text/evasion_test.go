package text

import (
	"fmt"
	"strings"
	"testing"
)

func showEvasions(d *Doc) string {
	var out []string
	for _, e := range d.Evasions() {
		var words []string
		for _, w := range e.Words {
			words = append(words, w.Canon)
		}
		out = append(out, fmt.Sprintf("%s %q: %s", e.Kind, d.Text[e.Start:e.End], strings.Join(words, " ")))
	}
	return strings.Join(out, "; ")
}

func TestEvasions(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"tin v.ỡ đ.ậ.p là thật", `separated "v.ỡ": vỡ; separated "đ.ậ.p": đập`},
		{"đây là l ừ a đ ả o đấy", `separated "l ừ a đ ả o": lừa đảo`},
		{"đây là l ừ a  đ ả o", `separated "l ừ a  đ ả o": lừa đảo`},
		{"L.Ừ.A Đ-Ả-O", `separated "L.Ừ.A": lừa; separated "Đ-Ả-O": đảo`},
		{"vỡ đậ_p", `separated "đậ_p": đập`},
		{"it is a s.c.a.m today", `separated "s.c.a.m": scam`},
		{"v.ỡ.đ.ậ.p rồi", `separated "v.ỡ.đ.ậ.p": vỡ đập`},
		{"ngân hàng l@m giả giấy tờ", `separated "l@m": lam`},
		{"chuyện l0i thôi", `digits "l0i": loi`},
		{"dịch ch3t người", `digits "ch3t": chet`},
		{"the p0lice said", `digits "p0lice": police`},
		{"đậр thủy điện", `mixed "đậр": đập`},
		{"v\u200bỡ đập", `invisible "v\u200bỡ": vỡ`},
		{"nghe nói hok có gì đâu", `chat "hok": không`},
		{"hôm nay ko đi đc", `chat "ko": không; chat "đc": được`},
		{"fải chia sẻ ngay", `chat "fải": phải`},
		{"kinh khủng wá", `chat "wá": quá`},
		{"kinh quáááá", `stretched "quáááá": quá`},
		// What is written so by everybody.
		{"TP.HCM, H.O.T, N.A.T, VIII, GS.TS. T.Anh, H.Củ Chi, U.S., 9 a.m., v.v.", ""},
		{"nặng 5 kg, cao 2m, F0, A320, H5N1, m2, covid19, 10h30, 4G", ""},
		{"báo VnExpress.net, a@b.vn, https://bao.vn/a-b-c", ""},
		{"Ê-đê, ba-lô, a-lô, x-quang, 1.200, 20-30", ""},
		{"vitamin A B C D E", ""},
		{"nhóm máu A B O và AB", ""},
		{"the k in knife is silent", ""},
		{"Москва", ""},
	} {
		if got := showEvasions(Analyze(tt.in)); got != tt.want {
			t.Errorf("Evasions(%q) = %s; want %s", tt.in, got, tt.want)
		}
	}
}

// TestEvasionStats measures false finds in edited news, where nobody hides words, and the share of hidden ones that are found after
// we have hidden them.
func TestEvasionStats(t *testing.T) {
	measures(t)
	items := news(t, "news/baomoi-2017.jsonl.gz", 4000)
	found := map[EvasionKind]int{}
	for _, a := range items {
		for _, e := range Analyze(a.full()).Evasions() {
			found[e.Kind]++
		}
	}
	var b strings.Builder
	for _, k := range []EvasionKind{Separated, Digits, Mixed, Invisible, Stretched, Chat} {
		fmt.Fprintf(&b, "%s: %d finds in %d ordinary articles\n", k, found[k], len(items))
	}
	for _, h := range []struct {
		name string
		hide func(letters []string) string
	}{
		{"v.ỡ", func(l []string) string { return l[0] + "." + strings.Join(l[1:], "") }},
		{"đ.ậ.p", func(l []string) string { return strings.Join(l, ".") }},
		{"đ-ậ-p", func(l []string) string { return strings.Join(l, "-") }},
		{"đ ậ p", func(l []string) string { return strings.Join(l, " ") + " " }},
		{"đ\u200bập", func(l []string) string { return strings.Join(l, "\u200b") }},
		{"đậppp", func(l []string) string { return strings.Join(l, "") + strings.Repeat(l[len(l)-1], 2) }},
	} {
		hidden, found := hide(items[:500], h.hide)
		fmt.Fprintf(&b, "%s: %.3f of %d marked syllables found\n", h.name, float64(found)/float64(hidden), hidden)
	}
	golden(t, "testdata/evasion_stats.txt", b.String())
}

// hide hides the second marked syllable of each lead, with its neighbours as they were, and counts how often it is found.
func hide(items []item, how func(letters []string) string) (hidden, found int) {
	for _, a := range items {
		d := Analyze(strings.ToLower(a.Summary))
		for _, tok := range d.Tokens[min(2, len(d.Tokens)):] {
			if !tok.Word.is(vietnamese) || tok.Word.is(single) || len(tok.Word.Fold) < 3 {
				continue
			}
			hidden++
			s := d.Text[:tok.Start] + how(strings.Split(tok.Word.Canon, "")) + d.Text[tok.End:]
			for _, e := range Analyze(s).Evasions() {
				for _, w := range e.Words {
					if e.Start <= tok.Start && tok.Start < e.End && w.Canon == tok.Word.Canon {
						found++
					}
				}
			}
			break
		}
	}
	return hidden, found
}
