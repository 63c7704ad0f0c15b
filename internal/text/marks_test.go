package text

import (
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
)

// TestMarksRule looks for terms in texts; what is found stands between [ and ] in the text as written.
func TestMarksRule(t *testing.T) {
	nfd := norm.NFD.String
	for _, tt := range []struct{ name, term, text string }{
		{"same marks", "vỡ đập", "tin [vỡ đập] lan nhanh"},
		{"other marks", "vỡ đập", "người vợ đáp lời"},
		{"capitals", "vỡ đập", "TIN [VỠ ĐẬP]"},
		{"no marks anywhere", "vỡ đập", "nghe noi [vo dap] roi ba con oi"},
		{"no marks in a marked text", "vỡ đập", "anh Vo Dap đã trả lời báo chí hôm qua"},
		{"a term without marks", "vo dap", "[vỡ đập], [vợ đáp], [vo dap]"},
		{"a bare word of a marked term", "ban hành", "[ban hành], bán hành, bạn hành"},
		{"NFD text", "vỡ đập", "tin [" + nfd("vỡ đập") + "]"},
		{"NFD term", nfd("vỡ đập"), "tin [vỡ đập]"},
		{"old and new tone placement", "thủy điện hòa bình", "[thuỷ điện Hoà Bình] xả lũ"},
		{"misplaced tone", "lượng mưa", "[lựơng mưa] lớn"},
		{"eth", "đà nẵng", "ở [Ðà Nẵng]"},
		{"zero-width", "vỡ đập", "tin [v\u200bỡ đ\u2060ập]"},
		{"soft hyphen", "vỡ đập", "tin [v\u00adỡ đập]"},
		{"mixed scripts", "vỡ đập", "tin [vỡ đậр]"},
		{"no-break blanks", "vỡ đập", "tin [vỡ\u00a0đập] và [vỡ\u202fđập]"},
		{"a comma between", "vỡ đập", "[vỡ, đập]"},
		{"separators hide from exact matching", "vỡ đập", "tin v.ỡ đ.ậ.p"},
		{"a number", "1.200", "[1.200] người và 1,200 người"},
		{"English possessive", "vietnam economy", "[Vietnam’s economy] grows"},
		{"hyphens", "covid-19", "dịch [Covid-19], [COVID 19]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := strings.NewReplacer("[", "", "]", "").Replace(tt.text)
			if got := markTerm(Analyze(s), Intern(tt.term)); got != tt.text {
				t.Errorf("looking for %q: %q, want %q", tt.term, got, tt.text)
			}
		})
	}
}

// markTerm returns the text of d with [ ] round each place where the words of the term follow each other.
func markTerm(d *Doc, term []*Word) string {
	marked := false
	for _, w := range term {
		marked = marked || w.Marked
	}
	var b strings.Builder
	at := 0
	for i := 0; i+len(term) <= len(d.Tokens); i++ {
		n := 0
		for n < len(term) && d.Tokens[i+n].Matches(term[n], marked) {
			n++
		}
		if n < len(term) {
			continue
		}
		start, end := d.Tokens[i].Start, d.Tokens[i+n-1].End
		b.WriteString(d.Text[at:start] + "[" + d.Text[start:end] + "]")
		at = end
		i += n - 1
	}
	return b.String() + d.Text[at:]
}

func TestSyllableShape(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want bool
	}{
		{"nghieng", true},
		{"thuy", true},
		{"quoc", true},
		{"gieng", true},
		{"gi", true},
		{"oan", true},
		{"y", true},
		{"khuyu", true},
		{"the", true},
		{"to", true},
		{"ngieng", false},
		{"ka", false},
		{"ce", false},
		{"they", false},
		{"of", false},
		{"covid", false},
		{"", false},
		{"19", false},
		{"b", false},
		{"strong", false},
		{"vietnam", false},
		{"đi", false},
		{"gha", false},
	} {
		if got := SyllableShape(tt.in); got != tt.want {
			t.Errorf("SyllableShape(%q) = %v, want %v", tt.in, got, tt.want)
		}
	}
}
