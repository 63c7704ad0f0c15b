//go:build !unix

package crawler

import "time"

var began = time.Now()

// spent is the time since the process began, where the system does not say what it has used.
func spent() time.Duration { return time.Since(began) }
