//go:build integration

package index

import "testing"

// TestIntegrationInFull runs what takes a sample under the race detector, and lets the two engines meet more texts.
func TestIntegrationInFull(t *testing.T) {
	t.Run("kills", TestKillNine)
	t.Run("index and matcher agree", func(t *testing.T) { agree(t, 400, 600) })
}

// TestIntegrationKillThirty kills the process that writes, seals and merges thirty times, each time somewhere else.
func TestIntegrationKillThirty(t *testing.T) {
	batches := make([]int, 30)
	for i := range batches {
		batches[i] = 2 + i*7%23
	}
	survive(t, batches)
}
