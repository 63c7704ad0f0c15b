//go:build race

package text

// raceDetector makes tests that only measure skip or take a sample: TestIntegrationInFull runs them in full.
const raceDetector = true
