package classifier_test

import (
	"os"
	"testing"

	"haidang/classifier"
)

func load(t testing.TB) *classifier.Classifier {
	t.Helper()
	c, err := classifier.Load(os.DirFS("../configs"))
	if err != nil {
		t.Fatalf("load the shipped rules: %v", err)
	}
	return c
}

func TestShippedRulesLoad(t *testing.T) { load(t) }
