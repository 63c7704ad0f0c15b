package text_test

import (
	"fmt"

	"haidang/internal/text"
)

// The forms of a word, and where it stands.
func Example() {
	d := text.Analyze("Tin VỠ ĐẬP Hoà Bình là giả")
	for _, t := range d.Tokens[1:5] {
		fmt.Printf("%q at %d-%d is %s, without marks %s\n", d.Text[t.Start:t.End], t.Start, t.End, t.Word.Canon, t.Word.Fold)
	}
	fmt.Println("language:", d.Language())
	// Output:
	// "VỠ" at 4-8 is vỡ, without marks vo
	// "ĐẬP" at 9-15 is đập, without marks dap
	// "Hoà" at 16-20 is hòa, without marks hoa
	// "Bình" at 21-26 is bình, without marks binh
	// language: vi
}

// Spellings that a reader does not tell apart have one canonical form.
func ExampleCanon() {
	fmt.Println(text.Canon("THUỶ ĐIỆN"), "=", text.Canon("thủy\u00a0đi\u200bện"))
	fmt.Println(text.Canon("Ðà Nẵng, lựơng nuớc"))
	// Output:
	// thủy điện = thủy điện
	// đà nẵng lượng nước
}

// A term with marks finds text without any marks, and never text with other marks.
func ExampleToken_Matches() {
	term := text.Intern("đập")[0]
	for _, s := range []string{"vỡ đập rồi", "vo dap roi ba con oi", "vợ đáp rồi"} {
		fmt.Println(s, "→", text.Analyze(s).Tokens[1].Matches(term, true))
	}
	// Output:
	// vỡ đập rồi → true
	// vo dap roi ba con oi → true
	// vợ đáp rồi → false
}

func ExampleDetect() {
	fmt.Println(text.Detect("Thuy dien xa lu, dan so tan trong dem"))
	fmt.Println(text.Detect("Thousands flee as dam opens gates"))
	fmt.Println(text.Detect("Le barrage est sûr pour les habitants"))
	// Output:
	// vi
	// en
	// other
}

func ExampleNumbers() {
	d := text.Analyze("Hơn 1.200 hộ sơ tán, thiệt hại 2-3 nghìn tỷ đồng; half a million people without power.")
	for _, n := range text.Numbers(d) {
		fmt.Printf("%s: %.0f to %.0f, at least: %v, %q\n", d.Text[n.Start:n.End], n.Value, n.High, n.AtLeast, n.Currency)
	}
	// Output:
	// 1.200: 1200 to 1200, at least: true, ""
	// 2-3 nghìn tỷ: 2000000000000 to 3000000000000, at least: false, "VND"
	// half a million: 500000 to 500000, at least: false, ""
}

// Evasions are guesses, and say what they are.
func ExampleDoc_Evasions() {
	d := text.Analyze("tin v.ỡ đ.ậ.p hok phải l ừ a đ ả o đâu")
	for _, e := range d.Evasions() {
		fmt.Print(e.Kind, " ", d.Text[e.Start:e.End], ":")
		for _, w := range e.Words {
			fmt.Print(" ", w.Canon)
		}
		fmt.Println()
	}
	// Output:
	// separated v.ỡ: vỡ
	// separated đ.ậ.p: đập
	// chat hok: không
	// separated l ừ a đ ả o: lừa đảo
}

// A copy with another headline and a credit line is found by its keys and confirmed by its similarity.
func ExampleSimilarity() {
	story := "Chiều qua, công ty thủy điện cho biết mực nước hồ chứa vẫn dưới mức báo động, cửa xả mở đúng quy trình và hạ du an toàn."
	a := text.NewFingerprint(text.Analyze(story))
	b := text.NewFingerprint(text.Analyze(story + " Theo TTXVN"))
	c := text.NewFingerprint(text.Analyze("Giá vàng sáng nay tăng nhẹ, người mua còn chờ đợi."))
	fmt.Println(text.Similarity(a, b) > 0.8, text.Similarity(a, c) < 0.1, len(a.Bands()), "keys")
	// Output:
	// true true 32 keys
}
