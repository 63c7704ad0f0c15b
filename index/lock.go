package index

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// ErrLocked is wrapped by the error of opening a folder that another process holds.
var ErrLocked = errors.New("another haidang process holds the archive")

// lockFolder takes the folder for this process. It waits a little, because a process that was told to stop may still
// be closing its files.
func lockFolder(dir string, wait time.Duration) (*flock.Flock, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("make archive folder %s: %w", dir, err)
	}
	l := flock.New(filepath.Join(dir, "LOCK"))
	ctx, cancel := context.WithTimeout(context.Background(), wait)
	defer cancel()
	ok, err := l.TryLockContext(ctx, 20*time.Millisecond)
	if ok {
		return l, nil
	}
	if err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return nil, fmt.Errorf("lock archive folder %s: %w", dir, err)
	}
	return nil, fmt.Errorf("archive folder %s: %w: stop it, or give this one another --data folder", dir, ErrLocked)
}
