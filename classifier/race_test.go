//go:build race

package classifier_test

// raceDetector makes tests that only measure skip: TestIntegrationSharedData runs them in full.
const raceDetector = true
