package claims

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"haidang/classifier"
	"haidang/internal/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

var dam = classifier.Claim{
	ID: "disaster-dam-burst", Verdict: "undetermined",
	Statement: classifier.Bilingual{VI: "Một con đập vừa vỡ.", EN: "A dam has just burst."},
}

func newClaims(t *testing.T) (*Claims, *time.Time) {
	now := time.Date(2026, 11, 24, 5, 0, 0, 0, time.UTC)
	return New(storetest.Open(t, t.TempDir()), func() time.Time { return now }), &now
}

func refuted() Decision {
	return Decision{
		ClaimID: dam.ID, Verdict: "false", By: "lan", Note: "đã gọi nhà máy",
		Evidence: []classifier.Evidence{{URL: "https://example.vn/a", Effect: "refutes"}},
	}
}

func TestHistoryKeepsEveryWord(t *testing.T) {
	c, now := newClaims(t)
	first, err := c.Decide(t.Context(), refuted())
	if err != nil {
		t.Fatal(err)
	}
	*now = now.Add(time.Hour)
	second, err := c.Decide(t.Context(), Decision{ClaimID: dam.ID, Verdict: "in_progress", By: "minh\u202e\x1b[2J"})
	if err != nil {
		t.Fatal(err)
	}
	history, err := c.History(t.Context(), dam)
	if err != nil {
		t.Fatal(err)
	}
	if want := []Decision{second, first, {ClaimID: dam.ID, Verdict: "undetermined"}}; !cmp.Equal(history, want) {
		t.Errorf("history: %s", cmp.Diff(want, history))
	}
	if second.By != "minh[2J" || second.Seq != 2 {
		t.Errorf("second = %+v, want no control characters and number 2", second)
	}
	current, err := c.Current(t.Context(), []classifier.Claim{dam, {ID: "other-claim", Verdict: "true"}})
	if err != nil || current[dam.ID].Verdict != "in_progress" || current["other-claim"].Verdict != "true" {
		t.Errorf("current = %+v, %v", current, err)
	}
}

func TestDecisionsThatAreRefused(t *testing.T) {
	c, _ := newClaims(t)
	for _, tt := range []struct {
		want   string
		change func(*Decision)
	}{
		{"by: a verdict names who decided it", func(d *Decision) { d.By = " \x00" }},
		{"evidence: \"false\" needs some", func(d *Decision) { d.Evidence = nil }},
		{"verdict: \"lie\"; write one of", func(d *Decision) { d.Verdict = "lie" }},
		{"is no http or https address", func(d *Decision) { d.Evidence[0].URL = "javascript:alert(1)" }},
		{"write supports or refutes", func(d *Decision) { d.Evidence[0].Effect = "" }},
		{"note: over", func(d *Decision) { d.Note = strings.Repeat("a", maxNote+1) }},
	} {
		d := refuted()
		tt.change(&d)
		if _, err := c.Decide(t.Context(), d); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("Decide(%+v) = %v, want %q", d, err, tt.want)
		}
	}
	if history, err := c.History(t.Context(), dam); err != nil || len(history) != 1 {
		t.Errorf("history = %+v, %v; want the file's word alone", history, err)
	}
}

// TestReviewsComeBack: what we export is what we import, and taking it over twice is taking it over once.
func TestReviewsComeBack(t *testing.T) {
	c, _ := newClaims(t)
	if _, err := c.Decide(t.Context(), refuted()); err != nil {
		t.Fatal(err)
	}
	list := []classifier.Claim{dam, {ID: "not-decided", Verdict: "undetermined"}}
	current, err := c.Current(t.Context(), list)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if n, err := Export(&b, list, current, "https://desk.example/", "Hải </script>"); err != nil || n != 1 {
		t.Fatalf("Export = %d, %v; want the decided one", n, err)
	}
	if strings.Contains(b.String(), "</script>") || !json.Valid(b.Bytes()) {
		t.Errorf("unsafe or no JSON: %s", &b)
	}
	got, err := Import(&b)
	want := []Review{{
		Identifier: dam.ID, Claimed: dam.Statement.VI, Verdict: "false", Rating: "false", Author: "Hải </script>",
		URL: "https://desk.example/claims/disaster-dam-burst", Date: "2026-11-24",
	}}
	if err != nil || !cmp.Equal(got, want) {
		t.Fatalf("Import: %v %s", err, cmp.Diff(want, got))
	}
	other, _ := newClaims(t)
	if _, err := other.Decide(t.Context(), got[0].Decision(got[0].Find(list), "minh")); err != nil {
		t.Fatal(err)
	}
	if _, err := other.Decide(t.Context(), got[0].Decision(dam.ID, "minh")); !errors.Is(err, ErrTwice) {
		t.Errorf("the same review again: %v, want ErrTwice", err)
	}
}

func TestImportOfHostileReviews(t *testing.T) {
	const good = `{"@type":["ClaimReview"],"claimReviewed":"Đập vỡ","url":"https://a.example/1","author":{"name":"Soi"},"reviewRating":{"alternateName":"Tin giả"}}`
	deep := strings.Repeat(`{"@graph":[`, 20) + good + strings.Repeat(`]}`, 20)
	for _, tt := range []struct {
		name, in string
		want     int
		fails    bool
	}{
		{"one", good, 1, false},
		{"feed", `{"@type":"DataFeed","dataFeedElement":[{"item":[` + good + `]}]}`, 1, false},
		{"deep", deep, 0, false},
		{"two documents", good + good, 0, true},
		{"endless", strings.Repeat("[", 20_000), 0, true},
		{"markup", "<html>", 0, true},
		{"too long", `"` + strings.Repeat("a", maxImport) + `"`, 0, true},
		{"script for an address", strings.Replace(good, "https://a.example/1", "javascript:alert(1)", 1), 0, false},
		{"a password in the address", strings.Replace(good, "https://", "https://u:p@", 1), 0, false},
		{"numbers for text", `{"@type":"ClaimReview","claimReviewed":5,"url":["x"],"author":[[[]]]}`, 0, false},
	} {
		got, err := Import(strings.NewReader(tt.in))
		if len(got) != tt.want || (err != nil) != tt.fails {
			t.Errorf("%s: %d reviews, %v; want %d, an error: %t", tt.name, len(got), err, tt.want, tt.fails)
		}
	}
	for rating, want := range map[string]string{"FALSE.": "false", "not false": "undetermined", "Four Pinocchios": "undetermined", "Sai sự thật": "false", "Mostly false": "misleading"} {
		if got := verdictOf(rating); got != want {
			t.Errorf("verdictOf(%q) = %q, want %q", rating, got, want)
		}
	}
}

func FuzzImport(f *testing.F) {
	f.Add([]byte(`{"@graph":[{"@type":"ClaimReview","claimReviewed":"a","url":"https://a.example"}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		reviews, err := Import(bytes.NewReader(b))
		if err != nil {
			return
		}
		for _, r := range reviews {
			if Address(r.URL) == "" || strings.ContainsAny(r.Claimed+r.Author+r.Rating, "\x00\x1b\u202e\n") {
				t.Errorf("unsafe review %+v", r)
			}
		}
	})
}
