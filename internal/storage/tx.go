package storage

import (
	"context"
	"database/sql/driver"
	"errors"
	"math/rand/v2"
	"net"
	"time"

	gosqlite "github.com/glebarez/go-sqlite"
	mysqldriver "github.com/go-sql-driver/mysql"
	"gorm.io/gorm"
)

// How often Tx runs a transaction that keeps losing against others. A deadlock is noticed at once, the others only after a long wait.
const (
	attempts      = 3
	afterDeadlock = 8
)

// Tx runs fn in one transaction: committed when fn returns nil, rolled back otherwise. A deadlock victim, a lock
// wait that timed out or a busy SQLite file is tried again a few times, so fn must do nothing that a
// rollback does not undo. Inside fn touch only tx: on SQLite a write through the outer db would wait for fn itself.
func Tx(ctx context.Context, db *gorm.DB, fn func(tx *gorm.DB) error) error {
	for try := 1; ; try++ {
		err := db.WithContext(ctx).Transaction(fn)
		number, lost := contention(err)
		if !lost {
			return err
		}
		if c, ok := db.Plugins[conflictsName].(*conflicts); ok {
			c.count(number)
		}
		most := attempts
		if number == deadlock {
			most = afterDeadlock
		}
		if try >= most || !pause(ctx, time.Duration(try)*20*time.Millisecond) {
			return err
		}
	}
}

// IsDuplicate tells whether err comes from a unique index or a primary key that has the value already.
func IsDuplicate(err error) bool { return errors.Is(err, gorm.ErrDuplicatedKey) }

// IsOutage tells whether err means that a server did not answer, or not in time: the same request may well succeed
// later, and there is nothing wrong with it.
func IsOutage(err error) bool {
	if e, ok := errors.AsType[*mysqldriver.MySQLError](err); ok {
		const tooManyConnections, shutdown = 1040, 1053
		return e.Number == tooManyConnections || e.Number == shutdown || isContention(err)
	}
	_, network := errors.AsType[net.Error](err) // context.DeadlineExceeded is one
	return network || errors.Is(err, driver.ErrBadConn) || errors.Is(err, mysqldriver.ErrInvalidConn) || isBusy(err)
}

// What a server calls a transaction that lost against others.
const lockWaitTimeout, deadlock = 1205, 1213

// contention tells whether the same statements may well succeed when they are run again, and what a server calls it; SQLite's file
// is just busy.
func contention(err error) (number uint16, lost bool) {
	if e, ok := errors.AsType[*mysqldriver.MySQLError](err); ok {
		return e.Number, e.Number == lockWaitTimeout || e.Number == deadlock
	}
	return 0, isBusy(err)
}

func isContention(err error) bool {
	_, lost := contention(err)
	return lost
}

func isBusy(err error) bool {
	const sqliteBusy = 5 // the low byte; the rest of the code says which kind
	e, ok := errors.AsType[*gosqlite.Error](err)
	return ok && e.Code()&0xff == sqliteBusy
}

// retryBusy repeats fn while another process holds the SQLite file, for about five seconds. It is for the moments
// that SQLite's own busy timeout does not cover, such as two processes creating the same file.
func retryBusy(ctx context.Context, fn func() error) error {
	const tries = 100
	for range tries {
		err := fn()
		if !isBusy(err) || !pause(ctx, 50*time.Millisecond) {
			return err
		}
	}
	return fn()
}

// pause waits between half of d and d, and reports whether the context still stands.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d/2 + rand.N(d/2))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
