package crawler

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// encoded writes a text in an old encoding; TCVN3 has no capitals with tones, so they become small.
func (t *byteTable) encoded(s string) []byte {
	back := map[rune]byte{}
	for i, r := range t.high {
		back[r] = byte(i + utf8.RuneSelf)
	}
	for b, r := range t.low {
		back[r] = b
	}
	var out []byte
	for _, r := range norm.NFC.String(s) {
		if b, ok := back[r]; ok {
			out = append(out, b)
		} else if r < utf8.RuneSelf {
			out = append(out, byte(r))
		} else {
			out = append(out, '?')
		}
	}
	return out
}

// windows1258 writes tones as marks of their own, as that encoding does.
func windows1258(s string) []byte {
	var out []byte
	for _, r := range norm.NFC.String(s) {
		if b, ok := charmap.Windows1258.EncodeRune(r); ok {
			out = append(out, b)
			continue
		}
		var base []rune
		var tone rune
		for _, p := range norm.NFD.String(string(r)) {
			if strings.ContainsRune("\u0300\u0301\u0303\u0309\u0323", p) {
				tone = p
			} else {
				base = append(base, p)
			}
		}
		for _, c := range norm.NFC.String(string(base)) {
			b, _ := charmap.Windows1258.EncodeRune(c)
			out = append(out, b)
		}
		if b, ok := charmap.Windows1258.EncodeRune(tone); ok {
			out = append(out, b)
		}
	}
	return out
}

// doubled takes the bytes of UTF-8 for windows-1252 and writes them as UTF-8.
func doubled(s string) []byte {
	var out strings.Builder
	for _, b := range []byte(s) {
		r := charmap.Windows1252.DecodeByte(b)
		if r == utf8.RuneError {
			r = rune(b)
		}
		out.WriteRune(r)
	}
	return []byte(out.String())
}

// Whatever a page of Việt Nam is written in and whatever it says of that, its words come out.
func TestOldEncodingsOfVietnamese(t *testing.T) {
	page := fmt.Sprintf(samplePage, "Kênh chính đã thông", "")
	latin := func(data []byte) []byte { return []byte(decodeWith(charmap.Windows1252, data)) }
	for _, tt := range []struct {
		name        string
		body        []byte
		contentType string
		label       string // in the page
	}{
		{"windows-1258", windows1258(page), "text/html; charset=windows-1258", ""},
		{"windows-1258 labelled latin-1", windows1258(page), "text/html; charset=iso-8859-1", "iso-8859-1"},
		{"windows-1258 labelled utf-8", windows1258(page), "text/html; charset=utf-8", "utf-8"},
		{"VISCII", viscii.encoded(page), "text/html; charset=VISCII", ""},
		{"VISCII not labelled", viscii.encoded(page), "", ""},
		{"VISCII labelled user-defined", viscii.encoded(page), "", "x-user-defined"},
		{"VISCII labelled windows-1258", viscii.encoded(page), "", "windows-1258"},
		{"TCVN3 not labelled", tcvn.encoded(page), "", ""},
		{"TCVN3 labelled user-defined", tcvn.encoded(page), "", "x-user-defined"},
		{"TCVN3 labelled latin-1", tcvn.encoded(page), "text/html; charset=iso-8859-1", ""},
		{"TCVN3 taken for latin and written as UTF-8", latin(tcvn.encoded(page)), "text/html; charset=utf-8", "utf-8"},
		{"UTF-8 labelled latin-1", []byte(page), "text/html; charset=iso-8859-1", "iso-8859-1"},
		{"UTF-8 labelled windows-1258", []byte(page), "text/html; charset=windows-1258", "windows-1258"},
		{"UTF-8 twice over", doubled(page), "text/html; charset=utf-8", "utf-8"},
		{"UTF-8 decomposed", []byte(norm.NFD.String(page)), "", "utf-8"},
	} {
		for _, address := range []string{"https://baiboi.example.vn/kenh-123.html", "https://baiboi.example.com/kenh-123.html"} {
			body := strings.Replace(string(tt.body), `<meta charset="utf-8">`, `<meta http-equiv="Content-Type" content="text/html; charset=`+tt.label+`">`, 1)
			if tt.label == "" {
				body = strings.Replace(string(tt.body), `<meta charset="utf-8">`, "", 1)
			}
			p, err := unhurried.extract([]byte(body), address, tt.contentType, nil)
			if text := norm.NFC.String(p.Title + p.Text); err != nil || !strings.Contains(text, "Kênh chính đã thông") || !strings.Contains(text, "nước từ sông lớn về đến từng thửa ruộng") || strings.Contains(text, "\ufffd") {
				t.Errorf("%s at %s: title %q, text %.120q", tt.name, address, p.Title, p.Text)
			}
		}
	}
}

// What is no Vietnamese is not read as such.
func TestOtherEncodingsAreLeftAlone(t *testing.T) {
	french := strings.Repeat("Le préfet a été reçu à l’hôtel de ville où l’élève étudiait déjà le français, naïf et sûr de lui. ", 8)
	for _, tt := range []struct{ in, want string }{
		{"Ça ® © é «été» naïve", "Ça ® © é «été» naïve"},
		{strings.Repeat("Nhãn hiệu X® của Công ty Y. ", 10), strings.Repeat("Nhãn hiệu X® của Công ty Y. ", 10)},
		{strings.Repeat("Acme® Tools and Beta®Plus are trademarks. ", 10), strings.Repeat("Acme® Tools and Beta®Plus are trademarks. ", 10)},
	} {
		if got := decodeText([]byte(tt.in), "text/html; charset=utf-8", false); got != tt.want {
			t.Errorf("%q became %q", tt.in, got)
		}
	}
	old, err := charmap.Windows1252.NewEncoder().String(french)
	if err != nil {
		t.Fatal(err)
	}
	for _, label := range []string{"", "text/html; charset=iso-8859-1"} {
		if got := decodeText([]byte(old), label, false); got != french {
			t.Errorf("%q: %q", label, got)
		}
	}
	cyrillic, err := charmap.Windows1251.NewEncoder().String("Новости дня: паводок на реке спадает. ")
	if err != nil {
		t.Fatal(err)
	}
	if got := decodeText([]byte(cyrillic), "text/html; charset=windows-1251", false); !strings.HasPrefix(got, "Новости") {
		t.Errorf("windows-1251: %q", got)
	}
}
