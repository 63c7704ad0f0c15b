package classifier_test

import (
	"os"
	"sync"
	"testing"

	"haidang/classifier"
)

// shipped loads the shipped rules once for all tests: a Classifier never changes and is safe to share.
var shipped = sync.OnceValues(loadShipped)

// loadShipped loads the shipped rules afresh, which runs every claim's examples.
func loadShipped() (*classifier.Classifier, error) { return classifier.Load(os.DirFS("../configs")) }

func load(t testing.TB) *classifier.Classifier {
	t.Helper()
	c, err := shipped()
	if err != nil {
		t.Fatalf("load the shipped rules: %v", err)
	}
	return c
}

func TestShippedRulesLoad(t *testing.T) { load(t) }

// TestShippedRulesAreWhole holds the shipped claims to their number and to their examples.
func TestShippedRulesAreWhole(t *testing.T) {
	c, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	fields := map[string]int{}
	for _, claim := range c.Claims() {
		fields[claim.Field]++
		e := claim.Examples
		if len(e.Match) < 3 || len(e.NoMatch) < 3 || len(e.Denies) < 2 && !claim.Net {
			t.Errorf("claim %s has %d examples that match, %d that do not and %d that deny; want 3, 3 and 2", claim.ID, len(e.Match), len(e.NoMatch), len(e.Denies))
		}
		var vi, en bool
		for _, clause := range claim.Clauses {
			vi, en = vi || clause.Required && clause.VI != "", en || clause.Required && clause.EN != ""
		}
		if !claim.Net && (!vi || !en) {
			t.Errorf("claim %s is found in one language only", claim.ID)
		}
	}
	if n := len(c.Claims()); n < 120 {
		t.Errorf("there are %d claims, want 120", n)
	}
	if len(fields) != 8 {
		t.Errorf("claims of %d fields, want 8: %v", len(fields), fields)
	}
	for field, n := range fields {
		if n < 14 {
			t.Errorf("field %s has %d claims, want fifteen or so", field, n)
		}
	}
}
