//go:build integration

package classifier_test

import "testing"

// TestIntegrationSharedData reads all of the shared data, about 160,000 articles, and holds the counts to the golden file.
func TestIntegrationSharedData(t *testing.T) {
	golden(t, "testdata/shared_stats.txt", measureSharedData(t, 1))
}
