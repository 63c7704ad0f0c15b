//go:build race

package crawler

// raceEnabled makes tests that only measure take a sample: the detector slows extraction twenty times.
const raceEnabled = true
