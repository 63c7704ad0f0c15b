package bus

import (
	"errors"
	"fmt"
)

var (
	// ErrTooLarge says that a message is over the limit. It will never fit: retrying is useless.
	ErrTooLarge = errors.New("message too large")
	// ErrLocked says that another process uses the embedded broker's folder.
	ErrLocked = errors.New("folder is in use by another process")
	// ErrUnreachable says that no broker answered at start.
	ErrUnreachable = errors.New("no broker answers")
	// ErrDenied says that the broker refused our user, password or certificate.
	ErrDenied = errors.New("broker refused the sign-in")
	// ErrDiskFull says that the embedded broker has no room to store messages.
	ErrDiskFull = errors.New("disk is full")
	// ErrBehind says that the readers of the embedded broker's log are too far behind to publish more.
	ErrBehind = errors.New("readers are behind")
	// ErrDrain says that a handler did not stop in time after its context was cancelled.
	ErrDrain = errors.New("handler did not stop in time")

	errPermanent   = errors.New("permanent")
	errUnavailable = errors.New("unavailable")
)

// marked is an error with a mark that decides about retries and does not show in its text.
type marked struct{ err, mark error }

func (m marked) Error() string   { return m.err.Error() }
func (m marked) Unwrap() []error { return []error{m.err, m.mark} }

// Permanent marks an error of a handler that no retry can mend, such as a malformed message: the message goes to dead
// at once.
func Permanent(err error) error {
	if err == nil {
		return nil
	}
	return marked{err, errPermanent}
}

// IsPermanent tells whether a message that fails with err goes to dead at once.
func IsPermanent(err error) bool {
	var p *panicError
	return errors.Is(err, errPermanent) || errors.Is(err, ErrTooLarge) || errors.As(err, &p)
}

// Unavailable marks an error that is not the message's fault, such as a database that is away: it is retried until it
// passes.
func Unavailable(err error) error {
	if err == nil {
		return nil
	}
	return marked{err, errUnavailable}
}

// panicError is a panic of a handler, contained.
type panicError struct {
	value any
	stack []byte
}

func (p *panicError) Error() string { return fmt.Sprintf("panic: %v", p.value) }
