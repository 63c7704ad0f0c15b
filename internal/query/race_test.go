//go:build race

package query

// raceDetector makes tests that only measure take a sample: TestIntegrationInFull runs them in full.
const raceDetector = true
