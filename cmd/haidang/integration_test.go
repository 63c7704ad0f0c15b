//go:build integration

package main

import "testing"

// TestIntegrationKillNineTenTimes is the long form of TestKillNineDuringImport.
func TestIntegrationKillNineTenTimes(t *testing.T) { killDuringImport(t, 15_000, 10) }
