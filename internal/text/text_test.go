package text

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// TestCanon is the table of cases of design section 5: what is one word, and what is not.
func TestCanon(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"capitals", "VỠ ĐẬP", "vỡ đập"},
		{"NFD", norm.NFD.String("Vỡ đập Thuỷ điện"), "vỡ đập thủy điện"},
		{"eth for đ", "Ðà Nẵng ÐẠI HỌC", "đà nẵng đại học"},
		{"African d for đ", "Ɖà Nẵng", "đà nẵng"},
		{"eth in abbreviations", "HÐND, BÐS, QÐ-TTg", "hđnd bđs qđ ttg"},
		{"eth of Icelandic", "Davíð orð það", "davíð orð það"},
		{"tone on oa", "hoà hóa toà xoã", "hòa hóa tòa xõa"},
		{"tone on oe, uy", "khoẻ loè thuỷ tuỳ uý", "khỏe lòe thủy tùy úy"},
		{"tone before a consonant", "hoàn toàn huỳnh xoèn", "hoàn toàn huỳnh xoèn"},
		{"tone misplaced before a consonant", "hòan tòan hùynh", "hoàn toàn huỳnh"},
		{"qu is a consonant", "quý quả quỳnh quét qúy qủa", "quý quả quỳnh quét quý quả"},
		{"gi is a consonant before a vowel", "giữ già giếng gỉai gía", "giữ già giếng giải giá"},
		{"gi is a syllable", "gì gìn", "gì gìn"},
		{"three vowels", "ngoài ngòai khuỷu xoáy", "ngoài ngoài khuỷu xoáy"},
		{"tone on the shaped letter", "lựơng qúôc tiếng tíêng cửa mứơn", "lượng quốc tiếng tiếng cửa mướn"},
		{"half a horn", "nuớc ngưòi truờng đuợc", "nước người trường được"},
		{"thuở keeps one horn", "thuở huơ", "thuở huơ"},
		{"i and y stay", "Mỹ Mĩ", "mỹ mĩ"},
		{"two tones are no syllable", "hoàá", "hoàá"},
		{"zero-width inside", "v\u200bỡ đ\u200d\u2060ập \ufeffvỡ", "vỡ đập vỡ"},
		{"soft hyphen", "thủy\u00ad điện lừa\u00ad đảo khẩn\u00adcấp", "thủy điện lừa đảo khẩncấp"},
		{"Cyrillic among Latin", "đậр cоvid Vіệt", "đập covid việt"},
		{"Cyrillic by itself", "Москва нас", "москва нас"},
		{"Greek with Latin, no look-alike", "λmax", "λmax"},
		{"Greek look-alikes", "vαccine Νam", "vaccine nam"},
		{"fullwidth and mathematical", "ＶＩỆＴ １２０ 𝐯𝐚𝐜𝐜𝐢𝐧𝐞", "việt 120 vaccine"},
		{"hyphen", "Covid-19 Ê-đê", "covid 19 ê đê"},
		{"points part abbreviations", "TP.HCM GS.TS. U.S.", "tp hcm gs ts u s"},
		{"numbers", "1.200 1,200 3.5% 10-20 1.", "1.200 1,200 3.5 10 20 1"},
		{"digits and letters", "5kg F0 A320 H5N1 m² km2", "5 kg f0 a320 h5n1 m2 km2"},
		{"digits of other scripts", "١٢٣ १२", "123 12"},
		{"apostrophes", "don’t H'Mông K`Bang O'Brien 'tin giả'", "don't h'mông k'bang o'brien tin giả"},
		{"possessive", "Vietnam's Vietnam’s", "vietnam vietnam"},
		{"blanks of all kinds", "vỡ\u00a0đập\u202fvỡ\u3000đập\tvỡ", "vỡ đập vỡ đập vỡ"},
		{"Han and kana by character", "越南ハノイ", "越 南 ハ ノ イ"},
		{"Hangul by word", "베트남 정부", "베트남 정부"},
		{"emoji", "vỡ🙂đập 1️⃣ 👨‍👩‍👧", "vỡ đập 1"},
		{"invalid bytes part", "vỡ\xffđập \xc3", "vỡ đập"},
		{"lone marks are nothing", "\u0301 a \u0301", "a"},
		{"nothing", " .,!? ", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Canon(tt.in); got != tt.want {
				t.Errorf("Canon(%q) = %q, want %q", tt.in, got, tt.want)
			}
			checkDoc(t, Analyze(tt.in))
		})
	}
}

func TestFold(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"Đường Thuỷ", "duong thuy"},
		{"Łódź, Straße, Þór, Davíð", "lodz strasse þor david"},
		{"covid", "covid"},
		{"Ñandú", "nandu"},
		{"が", "が"},
	} {
		if got := Fold(tt.in); got != tt.want {
			t.Errorf("Fold(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestTokensCoverTheOriginal(t *testing.T) {
	in := "V\u200bỠ " + norm.NFD.String("đập") + ", Vietnam’s 1.200"
	want := []string{"V\u200bỠ", norm.NFD.String("đập"), "Vietnam’s", "1.200"}
	d := Analyze(in)
	for i, tok := range d.Tokens {
		if got := in[tok.Start:tok.End]; i >= len(want) || got != want[i] {
			t.Errorf("token %d of %q covers %q, want %q", i, in, got, want)
		}
	}
	if n := d.Tokens[3].Word; !n.Number || n.Marked || d.Tokens[0].Word.Number || !d.Tokens[0].Word.Marked {
		t.Errorf("words of %q: %+v", in, d.Tokens)
	}
}

// TestTonePlacementVariants: each pair of spellings that 79,000 real articles divide between is one word.
func TestTonePlacementVariants(t *testing.T) {
	raw, err := os.ReadFile(dataFile(t, "text/tone-placement-variants.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	pairs := 0
	for i, line := range strings.Split(strings.TrimSpace(string(raw)), "\n") {
		f := strings.Fields(line)
		if i == 0 || len(f) != 4 {
			continue
		}
		pairs++
		if a, b := Canon(f[0]), Canon(f[2]); a != b || a != f[0] {
			t.Errorf("Canon(%q) = %q, Canon(%q) = %q, want both %q", f[0], a, f[2], b, f[0])
		}
	}
	if pairs != 59 {
		t.Errorf("read %d pairs, want 59", pairs)
	}
}

// TestNaughtyStrings holds the promises on the strings that break programs.
func TestNaughtyStrings(t *testing.T) {
	raw, err := os.ReadFile(dataFile(t, "security/blns/blns.json"))
	if err != nil {
		t.Fatal(err)
	}
	var naughty []string
	if err := json.Unmarshal(raw, &naughty); err != nil {
		t.Fatal(err)
	}
	for _, s := range naughty {
		checkDoc(t, Analyze(s))
		checkForms(t, s)
	}
}

// checkDoc holds an analysis to what the package promises of ranges.
func checkDoc(t *testing.T, d *Doc) {
	t.Helper()
	end, paragraph := 0, int32(0)
	for i, tok := range d.Tokens {
		switch {
		case tok.Start < end || tok.End <= tok.Start || tok.End > len(d.Text):
			t.Fatalf("token %d of %q: %d-%d after %d", i, d.Text, tok.Start, tok.End, end)
		case !atBoundary(d.Text, tok.Start) || !atBoundary(d.Text, tok.End) || !utf8.ValidString(d.Text[tok.Start:tok.End]):
			t.Fatalf("token %d of %q: %d-%d cuts a character", i, d.Text, tok.Start, tok.End)
		case tok.Paragraph < paragraph || int(tok.Sentence) >= len(d.Sentences):
			t.Fatalf("token %d of %q: sentence %d, paragraph %d", i, d.Text, tok.Sentence, tok.Paragraph)
		case tok.Word.Canon == "" || tok.Word.Fold == "" || !utf8.ValidString(tok.Word.Canon):
			t.Fatalf("token %d of %q: word %+v", i, d.Text, tok.Word)
		}
		if s := d.Sentences[tok.Sentence]; i < s.First || i >= s.Last || tok.Start < s.Start || tok.End > s.End || tok.Paragraph != s.Paragraph {
			t.Fatalf("token %d of %q is not in its sentence %+v", i, d.Text, s)
		}
		end, paragraph = tok.End, tok.Paragraph
	}
	end = 0
	for i, s := range d.Sentences {
		if s.Start < end || s.End > len(d.Text) || s.First >= s.Last || !atBoundary(d.Text, s.Start) || !atBoundary(d.Text, s.End) || s.Language == "" {
			t.Fatalf("sentence %d of %q: %+v after %d", i, d.Text, s, end)
		}
		end = s.End
	}
	checkNumbers(t, d)
}

// atBoundary reports whether i lies between characters of s; invalid bytes are characters by themselves.
func atBoundary(s string, i int) bool {
	return i == 0 || i == len(s) || utf8.RuneStart(s[i]) || !utf8.ValidString(s[max(0, i-3):i+1])
}

// checkForms holds the forms of s to what the package promises.
func checkForms(t *testing.T, s string) {
	t.Helper()
	canon := Canon(s)
	if again := Canon(canon); again != canon {
		t.Fatalf("Canon(%q) = %q, and of that %q", s, canon, again)
	}
	fold := Fold(s)
	if again := Fold(fold); again != fold {
		t.Fatalf("Fold(%q) = %q, and of that %q", s, fold, again)
	}
	if of := Fold(canon); of != fold {
		t.Fatalf("Fold(%q) = %q, but of its canonical form %q", s, fold, of)
	}
	if !utf8.ValidString(s) || stacked(s) {
		return
	}
	if c, d := Canon(norm.NFC.String(s)), Canon(norm.NFD.String(s)); c != d || c != canon {
		t.Fatalf("Canon(%q) = %q, of its NFC %q, of its NFD %q", s, canon, c, d)
	}
}

// stacked reports whether s has more marks on one letter than normalisation keeps together.
func stacked(s string) bool {
	n := 0
	for _, r := range norm.NFD.String(s) {
		if norm.NFD.PropertiesString(string(r)).CCC() == 0 {
			n = 0
		} else if n++; n > 20 {
			return true
		}
	}
	return false
}
