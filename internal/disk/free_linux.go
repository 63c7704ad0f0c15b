package disk

import "syscall"

// Free is the room in bytes left on the file system of dir; ok is false where that cannot be told.
func Free(dir string) (n int64, ok bool) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		return 0, false
	}
	return int64(st.Bavail) * st.Bsize, true
}
