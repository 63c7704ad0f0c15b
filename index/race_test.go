//go:build race

package index

// raceDetector makes tests that only measure take a sample: TestIntegrationInFull runs them in full.
const raceDetector = true
