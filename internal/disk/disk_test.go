package disk_test

import (
	"path/filepath"
	"runtime"
	"testing"

	"haidang/internal/disk"
)

func TestFree(t *testing.T) {
	n, ok := disk.Free(t.TempDir())
	if ok != (runtime.GOOS == "linux") || ok && n <= 0 {
		t.Errorf("Free of a folder = %d, %v", n, ok)
	}
	if n, ok := disk.Free(filepath.Join(t.TempDir(), "missing")); ok {
		t.Errorf("Free of a folder that is missing = %d, true", n)
	}
}
