package text

import (
	"strings"
	"testing"
)

func TestSentences(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"plain", "Nước rút. Dân về nhà! Ai nói? Không rõ…", "Nước rút.|Dân về nhà!|Ai nói?|Không rõ…"},
		{"abbreviated names", "TP.HCM họp sáng nay. TP. Hồ Chí Minh mưa to.", "TP.HCM họp sáng nay.|TP. Hồ Chí Minh mưa to."},
		{"titles", "GS.TS. Nguyễn Văn A và PGS. TS. Trần B nói. BS. Lê C thì không.", "GS.TS. Nguyễn Văn A và PGS. TS. Trần B nói.|BS. Lê C thì không."},
		{"English titles", "Dr. Smith met Mr. Nguyen. They left.", "Dr. Smith met Mr. Nguyen.|They left."},
		{"initials", "Joe R. Biden spoke. J. Smith left.", "Joe R. Biden spoke.|J. Smith left."},
		{"U.S. inside", "The U.S. Army left the U.S. It was late.", "The U.S. Army left the U.S.|It was late."},
		{"hours", "It began at 9 a.m. on Monday.", "It began at 9 a.m. on Monday."},
		{"decimals", "Tăng 3.5 lần. Giảm 1.200 đồng.", "Tăng 3.5 lần.|Giảm 1.200 đồng."},
		{"years", "Xảy ra năm 2017. Ông nói vậy.", "Xảy ra năm 2017.|Ông nói vậy."},
		{"numbered lists", "1. Không chia sẻ. 2. Gọi công an.", "1. Không chia sẻ.|2. Gọi công an."},
		{"quotes close with the sentence", "“Đập vẫn an toàn.” Ông khẳng định.", "“Đập vẫn an toàn.”|Ông khẳng định."},
		{"quotes inside", "“Vỡ đập à?” anh hỏi. \"Không!\" chị đáp.", "“Vỡ đập à?” anh hỏi.|\"Không!\" chị đáp."},
		{"opening quotes", "Ông im lặng. “Chưa rõ”, bà nói.", "Ông im lặng.|“Chưa rõ”, bà nói."},
		{"ellipsis inside", "Ông nói... rồi im. Hết.", "Ông nói... rồi im.|Hết."},
		{"ellipsis at the end", "Ông im lặng... Hết.", "Ông im lặng...|Hết."},
		{"forgotten blank", "Họ rời đi hôm qua.Theo công an, chưa rõ.", "Họ rời đi hôm qua.|Theo công an, chưa rõ."},
		{"addresses", "Đọc trên vnexpress.net hôm nay.", "Đọc trên vnexpress.net hôm nay."},
		{"and so on", "Gạo, muối, v.v. được phát.", "Gạo, muối, v.v. được phát."},
		{"small letters only", "mai nghi hoc. chua biet khi nao di lai", "mai nghi hoc.|chua biet khi nao di lai"},
		{"paragraphs", "Tiêu đề không chấm\n\nĐoạn một\nĐoạn hai", "Tiêu đề không chấm|Đoạn một|Đoạn hai"},
		{"a wrapped line", "Câu này dài quá nên\nxuống dòng. Hết.", "Câu này dài quá nên\nxuống dòng.|Hết."},
		{"Chinese", "越南。北京！", "越南。|北京！"},
		{"nothing", " … ", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := Analyze(tt.in)
			var got []string
			for _, s := range d.Sentences {
				got = append(got, tt.in[s.Start:s.End])
			}
			if joined := strings.Join(got, "|"); joined != tt.want {
				t.Errorf("sentences of %q:\n%s\nwant\n%s", tt.in, joined, tt.want)
			}
			checkDoc(t, d)
		})
	}
}

func TestParagraphs(t *testing.T) {
	d := Analyze("Một.\r\nHai ba\nbốn năm.\n\n\nSáu")
	want := []int32{0, 1, 1, 1, 1, 2}
	for i, tok := range d.Tokens {
		if tok.Paragraph != want[i] {
			t.Errorf("word %d of %q is in paragraph %d, want %d", i, d.Text, tok.Paragraph, want[i])
		}
	}
}

func TestSentenceLanguages(t *testing.T) {
	d := Analyze("Bộ trưởng đã trả lời. The minister said that it was not true. Khong co chuyen vo dap dau nha ba con. 2017.")
	want := []Language{Vietnamese, English, Vietnamese, Vietnamese}
	for i, s := range d.Sentences {
		if i >= len(want) || s.Language != want[i] {
			t.Errorf("sentence %d, %q, is %q", i, d.Text[s.Start:s.End], s.Language)
		}
	}
}

// TestUnmarkedRuns: what stands between [ and ] is a run of Vietnamese written without marks.
func TestUnmarkedRuns(t *testing.T) {
	for _, tt := range []struct{ name, want string }{
		{"a post", "[vo dap roi ba con oi, chay mau di]"},
		{"a title", "[Vo dap thuy dien o Hoa Binh]"},
		{"two words", "[vo dap]"},
		{"with a name inside", "[Cong ty Facebook noi khong co chuyen vo dap]"},
		{"marked text", "Trong khi đó, ban giám sát cho hay mưa to"},
		{"names in marked text", "Theo Lan Anh. Minh Khai và Mai Lan đi xem phim hôm qua. Thanh Nga."},
		{"a comment quoted in marked text", "Bạn đọc viết: “[khong the tin duoc nguoi ta lai lam nhu vay]”, tòa soạn ghi nhận lời này."},
		{"an English quotation in marked text", "Ông nói: “The dam is safe and no one has to go”, theo hãng tin."},
		{"English", "The dam in the north is safe, no one can say when the men come home"},
		{"English with Vietnamese names", "Ha Long Bay and Hoi An named best for tourists, Nguyen Van Hung says"},
		{"an unmarked sentence between English ones", "Officials denied the report on Friday. [Khong co chuyen vo dap dau nha ba con.] They said it was safe."},
		{"one word is no run", "nha"},
		{"numbers in a run", "[hon 30 nguoi chet vi lu quet]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := Analyze(strings.NewReplacer("[", "", "]", "").Replace(tt.want))
			if got := showRuns(d); got != tt.want {
				t.Errorf("runs: %s\nwant: %s", got, tt.want)
			}
		})
	}
}

// showRuns returns the text of d with [ ] round each unmarked run, and the punctuation that follows it in the sentence.
func showRuns(d *Doc) string {
	var b strings.Builder
	at := 0
	for i := 0; i < len(d.Tokens); i++ {
		if !d.Tokens[i].Unmarked {
			continue
		}
		first := i
		for i+1 < len(d.Tokens) && d.Tokens[i+1].Unmarked {
			i++
		}
		end := d.Tokens[i].End
		if strings.HasPrefix(d.Text[end:], ".") {
			end++
		}
		b.WriteString(d.Text[at:d.Tokens[first].Start] + "[" + d.Text[d.Tokens[first].Start:end] + "]")
		at = end
	}
	return b.String() + d.Text[at:]
}

func TestUnmarkedVietnamese(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want bool
	}{
		{"vo dap roi ba con oi", true},
		{"vỡ đập rồi bà con ơi", false},
		{"the dam is safe", false},
		{"", false},
		{"Tin nong: Vo dap o Ha Giang\n\nNguoi dan dang so tan. Chinh quyền chua len tieng ve viec nay.", true},
	} {
		if got := Analyze(tt.in).UnmarkedVietnamese(); got != tt.want {
			t.Errorf("UnmarkedVietnamese of %q is %v, want %v", tt.in, got, tt.want)
		}
	}
}
