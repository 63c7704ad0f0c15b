package demo

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// The mix of the demo. Fewer than these and it no longer shows what it is there to show.
var atLeast = map[Kind]int{
	Carries: 14, Question: 1, Denies: 7, ReportsDebunk: 3, ReportsPenalty: 3, Opinion: 6, Satire: 2,
	Official: 4, Disputed: 1, Ordinary: 28, Listing: 1, Disallowed: 1,
}

func mustLoad(t *testing.T) []*source {
	t.Helper()
	articles, err := loadArticles()
	if err != nil {
		t.Fatal(err)
	}
	return articles
}

func TestArticles_HaveTheMixTheDemoPromises(t *testing.T) {
	kindCount, traitCount := map[Kind]int{}, map[Trait]int{}
	carried, answered := map[string]bool{}, map[string]bool{}
	total := 0
	for _, a := range mustLoad(t) {
		kindCount[a.kind]++
		traitCount[a.trait]++
		if a.kind.IsArticle() {
			total += len(a.outlets)
		}
		switch a.kind {
		case Carries:
			carried[a.claims[0]] = true
		case Denies, ReportsDebunk, ReportsPenalty:
			answered[a.claims[0]] = true
		}
	}
	if total < 64 {
		t.Errorf("%d published articles, want at least 64", total)
	}
	for _, k := range kinds {
		if kindCount[k] < atLeast[k] {
			t.Errorf("%d articles of kind %q, want at least %d", kindCount[k], k, atLeast[k])
		}
	}
	for _, tr := range traits {
		if traitCount[tr] != 1 {
			t.Errorf("%d articles with trait %q, want exactly 1", traitCount[tr], tr)
		}
	}
	if len(carried) < 12 || !maps.Equal(carried, answered) {
		t.Errorf("claims carried: %v, answered: %v; want the same twelve or more", carried, answered)
	}
}

// The manifest is only of use if it speaks of claims by the names that the classifier has for them.
func TestArticles_NameClaimsThatExist(t *testing.T) {
	files, err := filepath.Glob("../../configs/claims/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("claim files: %v, %v", files, err)
	}
	var known strings.Builder
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		known.Write(data)
	}
	for _, a := range mustLoad(t) {
		for _, c := range a.claims {
			if !strings.Contains(known.String(), "- id: "+c+"\n") {
				t.Errorf("%s: no claim %q in configs/claims", a.file, c)
			}
		}
	}
}

func TestArticles_AreWellFormed(t *testing.T) {
	oldTones := regexp.MustCompile(`(?i)(hoà|hoá|thuỷ|khoẻ|loà|toà|uỷ|tuý)([^\p{L}]|$)`)
	for _, a := range mustLoad(t) {
		t.Run(strings.TrimPrefix(a.file, "articles/"), func(t *testing.T) {
			versions := []wording{a.text}
			if a.edited != nil {
				versions = append(versions, *a.edited)
			}
			for _, w := range versions {
				all := w.all()
				if n := len(strings.Fields(all)) - len(strings.Fields(w.title)); a.kind.IsArticle() && (n < 120 || n > 300) {
					t.Errorf("lead and text have %d words, want 120 to 300", n)
				}
				if isNFD := !norm.NFC.IsNormalString(all); isNFD != (a.trait == NFD) {
					t.Errorf("decomposed = %t with trait %q", isNFD, a.trait)
				}
				if found := oldTones.FindString(norm.NFC.String(all)); (found != "") != (a.trait == OldTones) {
					t.Errorf("old tone placement %q with trait %q", found, a.trait)
				}
				plain := strings.IndexFunc(all, isMarked) < 0
				if english := a.outlets[0] == "harbour-post"; plain != (english || a.trait == Unmarked) && !english {
					t.Errorf("no Vietnamese marks = %t with trait %q", plain, a.trait)
				}
				if i := strings.IndexFunc(all, isInvisible); i >= 0 {
					t.Errorf("invisible character %U before %.30q", []rune(all[i:])[0], all[i:])
				}
			}
		})
	}
}

// all is everything a reader sees, a line a field.
func (w *wording) all() string {
	lines := []string{w.title, w.lead}
	for _, b := range w.blocks {
		lines = append(lines, b.Text)
	}
	return strings.Join(lines, "\n")
}

func isMarked(r rune) bool {
	return unicode.IsLetter(r) && r > unicode.MaxASCII || unicode.Is(unicode.Mn, r)
}

func isInvisible(r rune) bool {
	return unicode.Is(unicode.Cf, r) || unicode.IsControl(r) && r != '\n'
}

// A story is read in order of time: nobody can answer, or be fined for, what has not been said yet.
func TestArticles_AnswersFollowTheRumour(t *testing.T) {
	first := map[string]time.Duration{}
	articles := mustLoad(t)
	for _, a := range articles {
		if a.kind == Carries {
			first[a.claims[0]] = max(first[a.claims[0]], a.age)
		}
	}
	for _, a := range articles {
		switch a.kind {
		case Denies, ReportsDebunk, ReportsPenalty:
			if a.age >= first[a.claims[0]] {
				t.Errorf("%s is %s old, older than the rumour about %s (%s)", a.file, a.age, a.claims[0], first[a.claims[0]])
			}
		}
	}
}

func TestArticles_SyndicatedTextNamesItsAgency(t *testing.T) {
	for _, a := range mustLoad(t) {
		if a.trait != Syndicated {
			continue
		}
		if last := a.text.blocks[len(a.text.blocks)-1].Text; !strings.HasPrefix(last, "Theo ") {
			t.Errorf("%s ends with %q, want an agency credit", a.file, last)
		}
		if a.age <= copyDelay {
			t.Errorf("%s is %s old, want more than %s so that no copy is in the future", a.file, a.age, copyDelay)
		}
	}
}

const sample = `outlet: ben-cang
slug: a-1
section: Thời sự
kind: carries
claim: dam-burst
words: vỡ đập
age: 1h
title: Tin vỡ đập
lead: Một câu.

Đoạn một,
còn tiếp.

## Mục

> Lời nói
`

func TestParseArticle_ReadsBlocks(t *testing.T) {
	a, err := parseArticle("a.txt", sample)
	if err != nil {
		t.Fatal(err)
	}
	want := []block{{"p", "Đoạn một, còn tiếp."}, {"h2", "Mục"}, {"quote", "Lời nói"}}
	if len(a.text.blocks) != len(want) {
		t.Fatalf("blocks = %q, want %q", a.text.blocks, want)
	}
	for i, b := range a.text.blocks {
		if b != want[i] {
			t.Errorf("block %d = %q, want %q", i, b, want[i])
		}
	}
}

func TestParseArticle_NamesWhatIsWrong(t *testing.T) {
	for _, tt := range []struct{ name, old, new, want string }{
		{"no header end", "\n\n", "\n", "no empty line"},
		{"unknown key", "age: 1h", "aeg: 1h", `a.txt:7: unknown key "aeg"`},
		{"no value", "age: 1h", "age:", `a.txt:7: "age:" is not`},
		{"unknown outlet", "ben-cang", "bến cảng", `unknown outlet "bến cảng"`},
		{"bad slug", "a-1", "A 1", `slug "A 1"`},
		{"unknown section", "Thời sự", "Thời Sự", `unknown section "Thời Sự"`},
		{"unknown kind", "carries", "rumour", `"rumour" is not one of`},
		{"too old", "1h", "21h", "at most 20h"},
		{"bad age", "1h", "soon", "invalid duration"},
		{"claim missing", "claim: dam-burst\n", "", "a claim is needed"},
		{"claim too many", "carries", "ordinary", "a claim is needed"},
		{"words missing", "words: vỡ đập\n", "", `no words for claim ["dam-burst"]`},
		{"words not in text", "words: vỡ đập", "words: vỡ đê", `"vỡ đê" is not in the article`},
		{"copy of one", "age: 1h", "age: 1h\ntrait: syndicated", "more than one outlet"},
		{"edit without a second text", "age: 1h", "age: 1h\ntrait: edited", "a part after"},
		{"second text without a title", "> Lời nói", "=== edited ===\n\nvỡ đập", "edited-title"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			raw := strings.ReplaceAll(sample, tt.old, tt.new)
			if _, err := parseArticle("a.txt", raw); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error = %v, want it to contain %q", err, tt.want)
			}
		})
	}
}

func FuzzParseArticle(f *testing.F) {
	f.Add(sample)
	f.Add("")
	f.Add("title: \n\n=== edited ===\n> ")
	f.Fuzz(func(t *testing.T, raw string) {
		a, err := parseArticle("a.txt", raw)
		if err != nil {
			return
		}
		for _, w := range a.words {
			if !a.text.contains(w) {
				t.Errorf("accepted words %q that are not in the article %q", w, raw)
			}
		}
	})
}
