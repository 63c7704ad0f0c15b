package drafts

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"haidang/classifier"
	"haidang/internal/article"
)

// shipped are the rules of this repository, which every draft of these tests begins with.
func shipped(t testing.TB) (*Drafts, *classifier.Classifier) {
	t.Helper()
	base := os.DirFS("../../configs")
	rules, err := classifier.Load(base)
	if err != nil {
		t.Fatal(err)
	}
	return New(filepath.Join(t.TempDir(), "rules-draft"), base, func() *classifier.Classifier { return rules }), rules
}

// ringing is an article that rings for a claim of the shipped rules: one of its own examples, and much text below it.
func ringing(t testing.TB, rules *classifier.Classifier, claimID string) *article.Article {
	t.Helper()
	claim, ok := rules.Claim(claimID)
	if !ok {
		t.Fatalf("no claim %s", claimID)
	}
	title, body, _ := strings.Cut(strings.TrimSpace(claim.Examples.Match[0]), "\n")
	return &article.Article{ID: "a", Title: title, Lead: body, Text: body + "\n" + strings.Repeat("Thời tiết hôm nay đẹp. ", 50) + "\n# không phải chú thích\n  thụt vào: đầu dòng"}
}

func TestAnArticleBecomesACounterExample(t *testing.T) {
	d, rules := shipped(t)
	a := ringing(t, rules, "scam-prize")
	got, err := d.Add(Example{ClaimID: "scam-prize", Group: NoMatch, Article: a, Note: "lan, 2026-11-22:\nrule_too_broad"})
	if err != nil {
		t.Fatal(err)
	}
	if !got.Rings || strings.Contains(got.Text, "Thời tiết") || filepath.Base(got.File) != "scam-links.yaml" {
		t.Errorf("Add = %+v, want no more text than it takes to ring", got)
	}
	old, fresh := readFile(t, "../../configs/claims/scam-links.yaml"), readFile(t, got.File)
	lines := strings.Split(fresh, "\n")
	if added := lines[got.Line-1]; added != "        # lan, 2026-11-22: rule_too_broad" {
		t.Errorf("line %d is %q, want the note", got.Line, added)
	}
	n := strings.Count(fresh, "\n") - strings.Count(old, "\n")
	if rest := strings.Join(append(lines[:got.Line-1:got.Line-1], lines[got.Line-1+n:]...), "\n"); rest != old {
		t.Error("something else than the new lines has changed")
	}
	_, err = classifier.Load(os.DirFS(d.Dir()))
	if err == nil || !strings.Contains(err.Error(), "scam-prize: examples.no_match") {
		t.Errorf("the draft loads with %v; want its test to name the new example", err)
	}
	if _, err := d.Add(Example{ClaimID: "scam-prize", Group: NoMatch, Article: a}); !errors.Is(err, ErrTwice) {
		t.Errorf("again: %v, want ErrTwice", err)
	}
	pending, err := d.Pending()
	if err != nil || len(pending) != 1 || pending["scam-prize"] != 1 {
		t.Errorf("pending %v, %v; want one of scam-prize", pending, err)
	}
}

func TestShippedFilesTakeBothKinds(t *testing.T) {
	_, rules := shipped(t)
	seen := map[string]bool{}
	for _, claim := range rules.Claims() {
		if seen[claim.File] {
			continue
		}
		seen[claim.File] = true
		file := []byte(readFile(t, filepath.Join("../../configs", claim.File)))
		for _, group := range []Group{NoMatch, Denies} {
			var err error
			if file, _, err = insert(claim.File, file, claim.ID, group, "Phản ví dụ: \"có\" ngoặc, 'nháy'\n# và thẻ\n- gạch đầu dòng", "thử"); err != nil {
				t.Errorf("%s, %s: %v", claim.ID, group, err)
			}
		}
	}
}

func TestFormsOfFiles(t *testing.T) {
	const head = "field: other\nclaims:\n  - id: one\n    version: 1\n"
	for _, tt := range []struct{ name, file, want string }{
		{"no examples", head + "  - id: two\n    version: 1\n", head + "    examples:\n      no_match:\n        # n\n        - |\n          A\n          B\n  - id: two\n    version: 1\n"},
		{"no group", head + "    examples:\n      match:\n        - x\n", head + "    examples:\n      match:\n        - x\n      no_match:\n        # n\n        - |\n          A\n          B\n"},
		{
			"list below its key", head + "    examples:\n      no_match:\n      - x\n      # of the list\n      - y\n\n  - id: two\n    version: 1\n",
			head + "    examples:\n      no_match:\n      - x\n      # of the list\n      - y\n      # n\n      - |\n        A\n        B\n\n  - id: two\n    version: 1\n",
		},
		{"no line feed at the end", strings.TrimSuffix(head, "\n"), head + "    examples:\n      no_match:\n        # n\n        - |\n          A\n          B\n"},
	} {
		got, _, err := insert("x.yaml", []byte(tt.file), "one", NoMatch, "A\nB", "n")
		if err != nil || string(got) != tt.want {
			t.Errorf("%s: %v\n%s\nwant\n%s", tt.name, err, got, tt.want)
		}
	}
	for name, file := range map[string]string{
		"brackets": head + "    examples: {no_match: [x]}\n", "group in brackets": head + "    examples:\n      no_match: [x]\n", "quoted key": "field: other\nclaims:\n  - \"id\": one\n    version: 1\n",
	} {
		if got, _, err := insert("x.yaml", []byte(file), "one", NoMatch, "A", "n"); err == nil {
			t.Errorf("%s: written as\n%s\nwant a refusal", name, got)
		}
	}
}

func TestRefusals(t *testing.T) {
	d, _ := shipped(t)
	a := &article.Article{Title: "x"}
	if _, err := d.Add(Example{ClaimID: "nothing", Group: NoMatch, Article: a}); !errors.Is(err, ErrNoClaim) {
		t.Errorf("unknown claim: %v", err)
	}
	if _, err := d.Add(Example{ClaimID: "scam-prize", Group: "match", Article: a}); err == nil {
		t.Error("a counter-example of the kind match was taken")
	}
	if pending, err := d.Pending(); err != nil || len(pending) != 0 {
		t.Errorf("without a draft: %v, %v", pending, err)
	}
	if _, err := os.Stat(d.Dir()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a refusal began a draft: %v", err)
	}
}

func readFile(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func FuzzInsert(f *testing.F) {
	f.Add("field: other\nclaims:\n  - id: one\n    version: 1\n    examples:\n      no_match:\n        - x\n", "A\nB")
	f.Add("claims:\n- id: one\n  examples:\n    no_match:\n    - |\n      x\n", "- a: #b")
	f.Fuzz(func(t *testing.T, file, title string) {
		example, _, _ := strings.Cut(title, "\x00")
		got, line, err := insert("x.yaml", []byte(file), "one", NoMatch, strings.Join(strings.Fields(example), " "), "n")
		if err == nil && (line < 1 || len(got) <= len(strings.TrimRight(file, "\n"))) {
			t.Errorf("line %d of %q", line, got)
		}
	})
}
