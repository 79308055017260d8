//go:build unix

package servers

import (
	"os/exec"
	"syscall"
)

// detach puts the supervisor in a process group of its own, so that what is sent to ours (Ctrl-C, a time-out's kill)
// does not end it before it has tidied up.
func detach(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
