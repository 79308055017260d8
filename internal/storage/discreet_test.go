package storage_test

import (
	"errors"
	"fmt"
	"testing"

	mysqldriver "github.com/go-sql-driver/mysql"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/storage"
)

func TestErrorsOfTheDatabaseQuoteNoValue(t *testing.T) {
	eachCounterDB(t, func(t *testing.T, db *gorm.DB) {
		const secret = "minji"
		for name, err := range map[string]error{
			"a value of another type": db.Exec("INSERT INTO counters (id, n, name) VALUES (?, ?, 'x')", "minji@example.org", "minji@example.org").Error,
			"what is not SQL":         db.Exec("SELECT 1 FROM counters WHERE id = 1 minji minji").Error,
			"a row":                   db.Raw("SELECT 1 FROM counters WHERE minji(").Scan(new(int)).Error,
			"by hand":                 func() error { _, err := storage.Exec(db, "UPDATE counters SET minji minji"); return err }(),
			"a query by hand":         query(db, "SELECT 1 minji minji"),
			"a second time": storage.Tx(t.Context(), db, func(tx *gorm.DB) error {
				return errors.Join(errors.New("outer"), tx.Exec("DELETE minji minji").Error)
			}),
			"a duplicate": db.Create(&counter{ID: 3, Name: "two"}).Error,
		} {
			if name == "a value of another type" && !storage.IsMySQL(db) && err == nil {
				continue // SQLite takes it
			}
			require.Error(t, err, name)
			require.NotContains(t, err.Error(), secret, name)
			require.NotContains(t, fmt.Sprintf("%+v", err), secret, name)
		}
	})
}

func TestErrorsOfTheDatabaseSayWhatAnOperatorNeeds(t *testing.T) {
	eachCounterDB(t, func(t *testing.T, db *gorm.DB) {
		err := db.Exec("UPDATE counters SET n = NULL").Error
		require.ErrorContains(t, err, "n")
		err = db.Exec("SELECT 1 minji minji").Error
		require.ErrorContains(t, err, "rror")
		if e, ok := errors.AsType[*mysqldriver.MySQLError](err); storage.IsMySQL(db) {
			require.True(t, ok, "what it is, is known still")
			require.EqualValues(t, 1064, e.Number)
			require.EqualError(t, err, "Error 1064 (42000)")
		}
	})
}

func query(db *gorm.DB, statement string) error {
	rows, err := storage.Query(db, statement)
	if err != nil {
		return err
	}
	return errors.Join(rows.Err(), rows.Close())
}
