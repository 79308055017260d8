//go:build unix

package servers

import (
	"os"
	"syscall"
)

// memory returns a folder that is kept in memory, as Linux has one for everybody. Where there is none, or it is as small
// as in most containers, it is the temporary folder.
func memory() string {
	const shared, enough = "/dev/shm", 4 << 30 // several test binaries run at once
	var found syscall.Statfs_t
	if err := syscall.Statfs(shared, &found); err != nil || found.Bavail*uint64(found.Bsize) < enough {
		return os.TempDir()
	}
	return shared
}
