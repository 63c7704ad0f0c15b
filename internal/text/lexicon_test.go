package text

import (
	"fmt"
	"strings"
	"sync"
	"testing"
)

func TestWordsAreSharedBetweenDocuments(t *testing.T) {
	a, b := Analyze("VỠ đập"), Analyze("tin vỡ đập")
	if a.Tokens[0].Word != b.Tokens[1].Word || a.Tokens[0].Word.ID == 0 {
		t.Errorf("VỠ is %+v, vỡ is %+v: want one word with an ID", a.Tokens[0].Word, b.Tokens[1].Word)
	}
	w := a.Tokens[0].Word
	if f := Intern("vo")[0]; w.FoldID != f.ID || f.FoldID != f.ID || w.ID == w.FoldID {
		t.Errorf("vỡ has FoldID %d, ID %d; vo has ID %d, FoldID %d", w.FoldID, w.ID, f.ID, f.FoldID)
	}
}

// TestHostileVocabularyIsBounded: a million words that nobody needs do not stay, and the syllables of Vietnamese still fit.
func TestHostileVocabularyIsBounded(t *testing.T) {
	d := &Doc{lexicon: newLexicon(1000, 2000)}
	for i := range 100 { // 30,000 words, each of them new
		var b strings.Builder
		for j := range 100 {
			fmt.Fprintf(&b, "zq%dx%d %d %s ", i, j, 10_000+i*100+j, strings.Repeat("w", 20+j)+fmt.Sprint(i))
		}
		d.Reset(b.String())
	}
	l := d.lexicon
	if len(l.words) > 1000+10 || l.forms.Load().used > 2000 || len(l.long) > 2000/16 {
		t.Errorf("after a hostile vocabulary: %d words, %d spellings, %d long ones; want at most 1000, 2000, 125",
			len(l.words), l.forms.Load().used, len(l.long))
	}
	d.Reset("Vỡ đập zqzq zqzq")
	if v, z := d.Tokens[0].Word, d.Tokens[2].Word; v.ID == 0 || z.ID != 0 || !z.Is(d.Tokens[3].Word) || z.Is(v) || z.Canon != "zqzq" {
		t.Errorf("in a full lexicon vỡ is %+v, zqzq is %+v", v, z)
	}
}

// TestFullLexiconStillReadsTheSame: what a word is does not depend on whether it was kept.
func TestFullLexiconStillReadsTheSame(t *testing.T) {
	text := "Ngân hàng Vietcombank bác tin đồn: 1.234.567 khách hàng rút tiền"
	small := &Doc{lexicon: newLexicon(0, 0)}
	small.Reset(text)
	want := Analyze(text)
	for i, tok := range small.Tokens {
		if w := want.Tokens[i]; tok.Start != w.Start || tok.Word.Canon != w.Word.Canon || tok.Word.hash != w.Word.hash || tok.Word.traits != w.Word.traits {
			t.Errorf("token %d is %+v, want %+v", i, tok.Word, w.Word)
		}
	}
}

func TestInternGivesEveryWordAnID(t *testing.T) {
	for _, w := range Intern("Covid-19 zqzqzqzq 123456789 " + strings.Repeat("long", 30)) {
		if w.ID == 0 || w.FoldID == 0 {
			t.Errorf("Intern gave %+v", w)
		}
	}
	if got := Analyze("123456789").Tokens[0].Word; got.ID == 0 {
		t.Errorf("an interned word is not found again: %+v", got)
	}
}

func TestAnalyzeConcurrently(t *testing.T) {
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			d := &Doc{}
			for i := range 200 {
				word := fmt.Sprintf("qz%dk", i)
				d.Reset("vỡ đập " + word)
				if d.Tokens[2].Word.Canon != word || d.Tokens[0].Word.Canon != "vỡ" {
					t.Errorf("goroutine %d read %q as %q", g, d.Text, d.Tokens[2].Word.Canon)
				}
			}
		})
	}
	wg.Wait()
}

// TestResetAllocatesNothing for news whose words have been seen.
func TestResetAllocatesNothing(t *testing.T) {
	s := strings.Repeat("Thủy điện xả lũ, 1.200 hộ dân ở TP.HCM sơ tán. “Không có chuyện vỡ đập”, ông Ðức nói với Reuters. ", 20)
	var d Doc
	numbers := make([]Number, 0, 100)
	d.Reset(s)
	if n := testing.AllocsPerRun(20, func() { d.Reset(strings.ReplaceAll(s, "1.200", "12")) }); n > 2 {
		t.Errorf("Reset allocates %v times", n)
	}
	if n := testing.AllocsPerRun(20, func() { numbers = d.AppendNumbers(numbers[:0]) }); n > 0 {
		t.Errorf("AppendNumbers allocates %v times", n)
	}
	if n := testing.AllocsPerRun(20, func() { d.Evasions() }); n > 0 {
		t.Errorf("Evasions allocates %v times", n)
	}
}
