//go:build integration

package query

import "testing"

// TestIntegrationInFull runs what takes a sample under the race detector.
func TestIntegrationInFull(t *testing.T) {
	t.Run("changes", TestChangeIsQuick)
	t.Run("hostile articles", TestHostileArticles)
}
