package storage_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/emosation/emosation/internal/storage"
	"github.com/emosation/emosation/internal/testkit"
)

type counter struct {
	ID   int64 `gorm:"primaryKey;autoIncrement:false"`
	N    int64
	Name string
}

// eachCounterDB runs test on both dialects with a table of two counters that stand at 0.
func eachCounterDB(t *testing.T, test func(t *testing.T, db *gorm.DB)) {
	testkit.EachDB(t, func(t *testing.T, db *gorm.DB) {
		const table = "CREATE TABLE counters (id BIGINT PRIMARY KEY, n BIGINT NOT NULL, name VARCHAR(40) NOT NULL UNIQUE)"
		require.NoError(t, db.Exec(table).Error)
		require.NoError(t, db.Create([]counter{{ID: 1, Name: "one"}, {ID: 2, Name: "two"}}).Error)
		test(t, db)
	})
}

func value(t *testing.T, db *gorm.DB, id int64) int64 {
	t.Helper()
	var c counter
	require.NoError(t, db.First(&c, id).Error)
	return c.N
}

func lock(tx *gorm.DB, id int64) (c counter, err error) {
	err = tx.Clauses(clause.Locking{Strength: "UPDATE"}).First(&c, id).Error
	return c, err
}

func TestTxCommitsOrRollsBack(t *testing.T) {
	eachCounterDB(t, func(t *testing.T, db *gorm.DB) {
		raise := func(tx *gorm.DB) error { return tx.Model(&counter{}).Where("id = 1").Update("n", 7).Error }
		refused := errors.New("refused")

		err := storage.Tx(t.Context(), db, func(tx *gorm.DB) error { return errors.Join(raise(tx), refused) })
		require.ErrorIs(t, err, refused)
		require.Zero(t, value(t, db, 1))

		require.NoError(t, storage.Tx(t.Context(), db, raise))
		require.EqualValues(t, 7, value(t, db, 1))
	})
}

func TestTxLosesNoUpdate(t *testing.T) {
	eachCounterDB(t, func(t *testing.T, db *gorm.DB) {
		const workers, rounds = 16, 20
		var g errgroup.Group
		for range workers {
			g.Go(func() error {
				for range rounds {
					if err := storage.Tx(t.Context(), db, func(tx *gorm.DB) error {
						c, err := lock(tx, 1)
						if err != nil {
							return err
						}
						return tx.Model(&c).Update("n", c.N+1).Error
					}); err != nil {
						return err
					}
				}
				return nil
			})
		}
		require.NoError(t, g.Wait())
		require.EqualValues(t, workers*rounds, value(t, db, 1))
	})
}

// Two transactions lock the same rows in opposite order, each once it knows that the other has its first lock.
func TestTxRunsADeadlockVictimAgain(t *testing.T) {
	db := testkit.MariaDB(t)
	require.NoError(t, db.Exec("CREATE TABLE counters (id BIGINT PRIMARY KEY, n BIGINT NOT NULL, name VARCHAR(40))").Error)
	require.NoError(t, db.Create([]counter{{ID: 1}, {ID: 2}}).Error)

	var runs atomic.Int64
	locked := map[int64]chan struct{}{1: make(chan struct{}), 2: make(chan struct{})}
	crossing := func(first, second int64) func() error {
		met := false
		return func() error {
			return storage.Tx(t.Context(), db, func(tx *gorm.DB) error {
				runs.Add(1)
				if _, err := lock(tx, first); err != nil {
					return err
				}
				if !met {
					met = true
					close(locked[first])
					<-locked[second]
				}
				if _, err := lock(tx, second); err != nil {
					return err
				}
				return tx.Model(&counter{}).Where("id IN (1, 2)").Update("n", gorm.Expr("n + 1")).Error
			})
		}
	}
	var g errgroup.Group
	g.Go(crossing(1, 2))
	g.Go(crossing(2, 1))
	require.NoError(t, g.Wait())
	require.EqualValues(t, 2, value(t, db, 1))
	require.EqualValues(t, 3, runs.Load(), "one of the two was the victim once")
}

func TestTxGivesUpAfterSomeTries(t *testing.T) {
	db := testkit.MariaDB(t)
	for number, tries := range map[int]int{1213: 8, 1205: 3} {
		runs := 0
		err := storage.Tx(t.Context(), db, func(tx *gorm.DB) error {
			runs++
			return tx.Exec(fmt.Sprintf("SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = %d, MESSAGE_TEXT = 'lost'", number)).Error
		})
		require.Error(t, err)
		require.Equal(t, tries, runs)
	}
}

// A read after a lock must see what the previous holder committed, or a room could be filled twice.
func TestReadsAfterALockAreCurrent(t *testing.T) {
	eachCounterDB(t, func(t *testing.T, db *gorm.DB) {
		inside, committed := make(chan struct{}), make(chan struct{})
		var g errgroup.Group
		g.Go(func() error {
			defer close(committed)
			return storage.Tx(t.Context(), db, func(tx *gorm.DB) error {
				if _, err := lock(tx, 1); err != nil {
					return err
				}
				close(inside)
				return tx.Model(&counter{}).Where("id = 2").Update("n", 5).Error
			})
		})
		g.Go(func() error {
			<-inside
			return storage.Tx(t.Context(), db, func(tx *gorm.DB) error {
				var early counter
				if err := tx.First(&early, 2).Error; err != nil { // a snapshot would begin here
					return err
				}
				<-committed
				if _, err := lock(tx, 1); err != nil {
					return err
				}
				require.EqualValues(t, 5, value(t, tx, 2))
				return nil
			})
		})
		require.NoError(t, g.Wait())
	})
}

func TestReadersDoNotWaitForAWriter(t *testing.T) {
	eachCounterDB(t, func(t *testing.T, db *gorm.DB) {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		err := storage.Tx(ctx, db, func(tx *gorm.DB) error {
			require.NoError(t, tx.Model(&counter{}).Where("id = 1").Update("n", 9).Error)
			require.Zero(t, value(t, db.WithContext(ctx), 1), "the outer connection reads what is committed")
			return storage.Ping(ctx, db)
		})
		require.NoError(t, err)
	})
}

func TestAWriterThatWaitsEndsWithItsContext(t *testing.T) {
	eachCounterDB(t, func(t *testing.T, db *gorm.DB) {
		err := storage.Tx(t.Context(), db, func(tx *gorm.DB) error {
			if _, err := lock(tx, 1); err != nil {
				return err
			}
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			other := storage.Tx(ctx, db, func(tx *gorm.DB) error {
				_, err := lock(tx, 1)
				return err
			})
			require.ErrorIs(t, other, context.DeadlineExceeded)
			return nil
		})
		require.NoError(t, err)
	})
}

func TestDuplicatesAreRecognised(t *testing.T) {
	eachCounterDB(t, func(t *testing.T, db *gorm.DB) {
		require.True(t, storage.IsDuplicate(db.Create(&counter{ID: 1, Name: "three"}).Error), "primary key")
		require.True(t, storage.IsDuplicate(db.Create(&counter{ID: 3, Name: "two"}).Error), "unique key")
		require.False(t, storage.IsDuplicate(db.Exec("SELECT nothing FROM nowhere").Error))

		again := db.Clauses(clause.OnConflict{DoNothing: true}).Create(&counter{ID: 1, Name: "one"})
		require.NoError(t, again.Error)
		require.Zero(t, again.RowsAffected)
	})
}
