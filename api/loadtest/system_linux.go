package loadtest

import (
	"os/exec"
	"syscall"
)

// endWithParent lets the kernel end a child when this process is killed and cannot do so itself.
func endWithParent(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }

// openFiles raises the number of files that this process and its children may open to want, as far as it is allowed, and
// returns what it is then.
func openFiles(want uint64) (uint64, error) {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return 0, err
	}
	if limit.Cur < want {
		higher := syscall.Rlimit{Cur: want, Max: max(limit.Max, want)}
		if syscall.Setrlimit(syscall.RLIMIT_NOFILE, &higher) == nil {
			return higher.Cur, nil
		}
		limit.Cur = min(limit.Max, want) // only the superuser may go beyond Max
		if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
			return 0, err
		}
	}
	return limit.Cur, nil
}
