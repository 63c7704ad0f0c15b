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
