//go:build unix

package crawler

import (
	"syscall"
	"time"
)

// spent is the processor time that this process has used: unlike the clock, it does not tell how busy the machine is.
func spent() time.Duration {
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		panic(err)
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}
