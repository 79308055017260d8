package storage

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	gosqlite "github.com/glebarez/go-sqlite"
	"github.com/glebarez/sqlite"
	mysqldriver "github.com/go-sql-driver/mysql"
	"gorm.io/driver/mysql"
)

// quietMySQL and quietSQLite are the dialects whose errors do not repeat what they were given: a server quotes the value that does
// not fit, and a part of the statement that it cannot read.
type (
	quietMySQL  struct{ *mysql.Dialector }
	quietSQLite struct{ *sqlite.Dialector }
)

// Translate implements gorm.ErrorTranslator.
func (d quietMySQL) Translate(err error) error { return discreet(d.Dialector.Translate(err)) }

// Translate implements gorm.ErrorTranslator.
func (d quietSQLite) Translate(err error) error { return discreet(d.Dialector.Translate(err)) }

// quiet says less than the error that it holds.
type quiet struct {
	error
	text string
}

// Error implements error.
func (q *quiet) Error() string { return q.text }

// Unwrap returns the error of which is told less.
func (q *quiet) Unwrap() error { return q.error }

// discreet returns an error that is known as err and tells of a database's own words only those that quote nobody.
func discreet(err error) error {
	if _, ok := errors.AsType[*quiet](err); ok || err == nil {
		return err
	}
	if e, ok := errors.AsType[*mysqldriver.MySQLError](err); ok && !slices.Contains(speaking(), e.Number) {
		return shortened(err, e, fmt.Sprintf("Error %d (%s)", e.Number, e.SQLState[:]))
	}
	if e, ok := errors.AsType[*gosqlite.Error](err); ok && e.Code()&0xff == sqliteError {
		return shortened(err, e, fmt.Sprintf("SQL logic error (%d)", e.Code()))
	}
	return err
}

func shortened(err, inner error, text string) error {
	return &quiet{err, strings.ReplaceAll(err.Error(), inner.Error(), text)}
}

// sqliteError is the code of SQLite's errors about what a statement says; those of all others name tables and columns at most.
const sqliteError = 1

// speaking returns the numbers of the errors whose words an operator needs, and which name nothing but connections, accounts of the server,
// tables and columns.
func speaking() []uint16 {
	return []uint16{
		1021, 1030, 1036, 1040, 1041, 1044, 1045, 1046, 1048, 1049, 1053, 1054, 1114, 1129, 1130, 1142, 1143, 1146, 1153, 1158, 1159, 1160, 1161,
		1184, 1205, 1213, 1226, 1227, 1264, 1290, 1317, 1364, 1406, 1836, 1927, 1969, 3024, 3159, 3819, 4025,
	}
}
