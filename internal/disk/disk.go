// Package disk tells how much room a file system has left. It changes nothing. Where the operating system is not asked, it
// says so, and the caller goes on without knowing.
package disk
