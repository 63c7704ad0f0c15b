//go:build race

package crawler

// raceDetector makes tests that only measure take a sample, for it slows extraction twenty times: TestIntegrationInFull
// runs them in full.
const raceDetector = true
