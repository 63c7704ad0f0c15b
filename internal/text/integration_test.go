//go:build integration

package text

import "testing"

// TestIntegrationInFull runs what skips or takes a sample under the race detector.
func TestIntegrationInFull(t *testing.T) {
	t.Run("linear time", TestLinearTime)
	t.Run("evasions", TestEvasionStats)
	t.Run("near duplicates", TestNearDuplicateStats)
	t.Run("languages", TestLanguageStats)
	t.Run("weights", TestWeights)
}
