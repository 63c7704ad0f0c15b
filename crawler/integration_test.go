//go:build integration

package crawler

import "testing"

// TestIntegrationInFull runs what takes a sample under the race detector.
func TestIntegrationInFull(t *testing.T) {
	t.Run("hostile pages", TestExtractIsBounded)
	t.Run("benchmark of extraction", TestExtractionBenchmark)
	t.Run("pages of many outlets", TestFundusPages)
	t.Run("press", TestPressOutlets)
	t.Run("feeds of feedparser", TestFeedparserFiles)
	t.Run("feeds are survived", TestFeedFilesAreAllSurvived)
}
