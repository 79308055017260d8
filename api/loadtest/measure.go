package loadtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/emosation/emosation/internal/storage"
)

// ticksPerSecond is in what /proc counts CPU time, on every Linux.
const ticksPerSecond = 100

// measured are the processes of this machine whose use of it is counted. Nothing is counted where a list is empty.
type measured struct {
	server, database, redis []int
	databaseURL             string // of a server whose commits are counted; empty: nobody counts them
}

// commits is how many transactions the database server has committed, of whomever.
func (m measured) commits(ctx context.Context) (count int64, err error) {
	if !strings.HasPrefix(m.databaseURL, "mysql://") {
		return 0, nil
	}
	db, err := storage.Open(ctx, m.databaseURL, zap.NewNop())
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, storage.Close(db)) }()
	var name string
	err = db.WithContext(ctx).Raw("SHOW GLOBAL STATUS LIKE 'Com_commit'").Row().Scan(&name, &count)
	return count, err
}

// cpuTime is what processes have used since they began.
type cpuTime struct {
	server, database, redis time.Duration
	others                  time.Duration // neither these nor this tool
}

func (c cpuTime) minus(d cpuTime) cpuTime {
	return cpuTime{c.server - d.server, c.database - d.database, c.redis - d.redis, c.others - d.others}
}

func (m measured) cpu() (used cpuTime, err error) {
	for _, part := range []struct {
		pids []int
		sum  *time.Duration
	}{{m.server, &used.server}, {m.database, &used.database}, {m.redis, &used.redis}} {
		for _, pid := range part.pids {
			used, err := cpuOf(pid)
			if err != nil {
				return cpuTime{}, err
			}
			*part.sum += used
		}
	}
	if len(m.server) > 0 {
		machine, err := os.ReadFile("/proc/stat")
		if err != nil {
			return used, err
		}
		tool, err := cpuOf(os.Getpid())
		if err != nil {
			return used, err
		}
		busy, err := parseMachine(string(machine))
		used.others = busy - tool - used.server - used.database - used.redis
		return used, err
	}
	return used, nil
}

func cpuOf(pid int) (time.Duration, error) {
	stat, err := os.ReadFile(procFile(pid, "stat"))
	if err != nil {
		return 0, err
	}
	return parseStat(string(stat))
}

// parseMachine returns how long the cores of this machine have been busy, together.
func parseMachine(stat string) (time.Duration, error) {
	first, _, _ := strings.Cut(stat, "\n")
	fields := strings.Fields(first)
	if len(fields) < 9 || fields[0] != "cpu" {
		return 0, fmt.Errorf("unreadable stat %q", first)
	}
	var busy int64
	for i, field := range fields[1:9] {
		ticks, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return 0, err
		}
		if i != 3 && i != 4 { // when there was nothing to do but wait
			busy += ticks
		}
	}
	return time.Duration(busy) * time.Second / ticksPerSecond, nil
}

// memory returns what the servers keep in memory, now and at their highest.
func (m measured) memory() (now, peak kibibytes, err error) {
	for _, pid := range m.server {
		status, err := os.ReadFile(procFile(pid, "status"))
		if err != nil {
			return 0, 0, err
		}
		rss, rssErr := parseStatus(string(status), "VmRSS")
		highest, highestErr := parseStatus(string(status), "VmHWM")
		if err := errors.Join(rssErr, highestErr); err != nil {
			return 0, 0, err
		}
		now, peak = now+rss, peak+highest
	}
	return now, peak, nil
}

type kibibytes int64

func procFile(pid int, name string) string { return filepath.Join("/proc", strconv.Itoa(pid), name) }

// parseStat returns user and system time. The name of the program, in parentheses, may hold anything.
func parseStat(stat string) (time.Duration, error) {
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	if len(fields) < 13 {
		return 0, fmt.Errorf("unreadable stat %q", stat)
	}
	user, userErr := strconv.ParseInt(fields[11], 10, 64)
	system, systemErr := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * time.Second / ticksPerSecond, errors.Join(userErr, systemErr)
}

func parseStatus(status, name string) (kibibytes, error) {
	for line := range strings.Lines(status) {
		if value, found := strings.CutPrefix(line, name+":"); found {
			n, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
			return kibibytes(n), err
		}
	}
	return 0, fmt.Errorf("no %s in the status of a process", name)
}

// isProgram tells whether a process of this machine is one of these programs. A number that a server tells may be
// meant on another machine.
func isProgram(pid int, names ...string) bool {
	name, err := os.ReadFile(procFile(pid, "comm"))
	if err != nil {
		return false
	}
	return slices.Contains(names, strings.TrimSpace(string(name)))
}

// OnlyRedis returns those of the processes that are a Redis on this machine, and so can be measured here.
func OnlyRedis(pids []int) []int {
	return slices.DeleteFunc(pids, func(pid int) bool { return !isProgram(pid, "redis-server", "valkey-server") })
}

// databasePIDs finds the process of a database server on this machine; an embedded database has none.
func databasePIDs(ctx context.Context, databaseURL string) (pids []int, err error) {
	if !strings.HasPrefix(databaseURL, "mysql://") {
		return nil, nil
	}
	db, err := storage.Open(ctx, databaseURL, zap.NewNop())
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, storage.Close(db)) }()
	var file struct{ Pid, Dir string }
	if err := db.WithContext(ctx).Raw("SELECT @@pid_file AS pid, @@datadir AS dir").Scan(&file).Error; err != nil {
		return nil, err
	}
	if !filepath.IsAbs(file.Pid) {
		file.Pid = filepath.Join(file.Dir, file.Pid)
	}
	text, err := os.ReadFile(file.Pid)
	if err != nil {
		return nil, nil //nolint:nilerr // on another machine, or not for our eyes: it is not counted then
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil || !isProgram(pid, "mariadbd", "mysqld") {
		return nil, nil //nolint:nilerr // as above
	}
	return []int{pid}, nil
}
