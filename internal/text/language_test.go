package text

import (
	"fmt"
	"strings"
	"testing"
)

func TestDetect(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want Language
	}{
		{"Thủy điện khẳng định đập vẫn an toàn", Vietnamese},
		{"Thuy dien khang dinh dap van an toan", Vietnamese},
		{"vo dap roi ba con oi chay mau", Vietnamese},
		{"Dam operator says structure is safe", English},
		{"Vietnam to ban dog meat", English},
		{"Pham Minh Chinh meets Xi in Hanoi", English},
		{"Hanoi: hundreds evacuated after floods", English},
		{"Trump: Chiến tranh sẽ sớm kết thúc", Vietnamese},
		{"Le président vietnamien est arrivé à Paris pour une visite", Other},
		{"El presidente de Vietnam llega a Madrid para una visita", Other},
		{"Presiden Vietnam tiba di Jakarta untuk kunjungan kenegaraan", Other},
		{"Президент Вьетнама прибыл в Москву", Other},
		{"越南总理访问北京", Other},
		{"ベトナムの首相が訪日", Other},
		{"", Other},
		{"12.345 67%", Other},
	} {
		if got := Detect(tt.in); got != tt.want {
			t.Errorf("Detect(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

// TestLanguageStats measures Detect and Token.Unmarked on real texts that weights.txt has not seen, marked and with their marks
// taken away.
func TestLanguageStats(t *testing.T) {
	measures(t)
	var b strings.Builder
	b.WriteString("# set, part: texts, share right; where Vietnamese with marks: share of texts with a word taken for unmarked; without: share of words seen as unmarked\n")
	for _, set := range []struct {
		file  string
		want  Language
		limit int
	}{
		{"news/baomoi-2017.jsonl.gz", Vietnamese, 6000},
		{"news/tuoitre-2024-11.jsonl.gz", Vietnamese, all},
		{"news/dantri-vnexpress-vtv-2016.jsonl.gz", Vietnamese, all},
		{"misinformation/headlines-about-false-news.jsonl.gz", Vietnamese, all},
		{"news/en-vietnam.jsonl.gz", English, all},
	} {
		items := news(t, set.file, set.limit)
		var unseen []item
		for i, a := range items {
			if i%2 == 1 {
				unseen = append(unseen, a)
			}
		}
		for _, part := range []struct {
			name string
			of   func(item) string
		}{
			{"title", func(a item) string { return a.Title }},
			{"title+lead", func(a item) string { return a.Title + "\n" + a.Summary }},
			{"whole", item.full},
		} {
			fmt.Fprintf(&b, "%s %s: %s\n", set.file, part.name, languageStats(unseen, part.of, set.want, false))
			if set.want == Vietnamese {
				fmt.Fprintf(&b, "%s %s, no marks: %s\n", set.file, part.name, languageStats(unseen, part.of, set.want, true))
			}
		}
	}
	golden(t, "testdata/language_stats.txt", b.String())
}

func languageStats(items []item, of func(item) string, want Language, strip bool) string {
	texts, right, flagged, words, unmarked := 0, 0, 0, 0, 0
	var d Doc
	for _, a := range items {
		s := of(a)
		if strip {
			s = withoutMarks(s)
		}
		if d.Reset(s); len(d.Tokens) < 3 {
			continue
		}
		texts++
		if d.Language() == want {
			right++
		} else if testing.Verbose() && len(s) < 300 {
			fmt.Printf("%s\t%q\n", d.Language(), s)
		}
		any := false
		for _, tok := range d.Tokens {
			words++
			if tok.Unmarked {
				unmarked++
				any = true
			}
		}
		if any {
			flagged++
			if testing.Verbose() && !strip && len(s) < 300 {
				fmt.Printf("FLAG\t%q\n", s)
			}
		}
	}
	share := func(a, b int) float64 { return float64(a) / float64(max(b, 1)) }
	switch {
	case want != Vietnamese:
		return fmt.Sprintf("%d %.4f, flagged %.4f", texts, share(right, texts), share(flagged, texts))
	case strip:
		return fmt.Sprintf("%d %.4f, words unmarked %.4f", texts, share(right, texts), share(unmarked, words))
	}
	return fmt.Sprintf("%d %.4f, flagged %.4f", texts, share(right, texts), share(flagged, texts))
}
