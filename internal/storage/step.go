package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	mysqldriver "github.com/go-sql-driver/mysql"
	"github.com/pressly/goose/v3"
)

// MariaDB and MySQL commit each statement that changes a table by itself, so that a migration which is killed has been carried out in
// part. Each of its statements is written down in schema_versions before and after, and the next run goes on where the last one ended.
// SQLite needs none of this: there a migration is one transaction.

// steps makes migrations that can be gone on with.
func steps(scripts []script) (list []*goose.Migration) {
	for _, s := range scripts {
		statements := split(s.text)
		run := func(ctx context.Context, pool *sql.DB) error {
			if err := takeSteps(ctx, pool, s.version, statements); err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
			return nil
		}
		list = append(list, goose.NewGoMigration(s.version, &goose.GoFunc{RunDB: run}, nil))
	}
	return list
}

// script is the file of a migration.
type script struct {
	version    int64
	name, text string
}

// scriptsIn returns the migrations of a folder, the first first.
func scriptsIn(folder fs.FS) (list []script, err error) {
	names, err := fs.Glob(folder, "*.sql") // in their order
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		version, err := versionOf(name)
		if err != nil {
			return nil, err
		}
		text, err := fs.ReadFile(folder, name)
		if err != nil {
			return nil, err
		}
		list = append(list, script{version, name, string(text)})
	}
	return list, nil
}

func versionOf(name string) (int64, error) {
	digits, _, _ := strings.Cut(path.Base(name), "_")
	version, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("migration %s has no number: %w", name, err)
	}
	return version, nil
}

// split returns the statements of a migration, without comments. Each ends with a semicolon at the end of a line.
func split(text string) (statements []string) {
	var lines []string
	for line := range strings.Lines(text) {
		bare := strings.TrimSpace(line)
		if bare == "" || strings.HasPrefix(bare, "--") {
			continue
		}
		lines = append(lines, strings.TrimRight(line, "\r\n"))
		if strings.HasSuffix(bare, ";") {
			statements = append(statements, strings.Join(lines, "\n"))
			lines = nil
		}
	}
	if len(lines) > 0 {
		statements = append(statements, strings.Join(lines, "\n"))
	}
	return statements
}

// A statement has to wait until nobody uses its table, and whoever comes after it waits behind it: while a long query or a dump reads the
// messages, that would be everybody. So it soon steps aside, and tries again.
const (
	stepWait  = "3" // seconds
	stepRest  = 2 * time.Second
	stepTries = 60
)

// takeSteps runs the statements that have not been run yet. Its connection is its own, so that the server's answer to a statement
// and what is written down of it cannot come from two.
func takeSteps(ctx context.Context, pool *sql.DB, version int64, statements []string) (err error) {
	conn, err := pool.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if _, err := conn.ExecContext(ctx, "SET SESSION lock_wait_timeout = "+stepWait); err != nil {
		return err
	}
	var begun, done int
	row := conn.QueryRowContext(ctx, "SELECT begun, done FROM "+schemaTable+" WHERE version = ?", version)
	if err := row.Scan(&begun, &done); err != nil {
		return err
	}
	for i := done; i < len(statements); i++ {
		step := func() error { return takeStep(ctx, conn, version, i, statements[i], begun > i) }
		err := step()
		for range stepTries {
			if !isContention(err) || !pause(ctx, stepRest) {
				break
			}
			err = step()
		}
		if err != nil {
			return fmt.Errorf("statement %d: %w", i+1, err)
		}
	}
	return nil
}

// takeStep runs one statement. If an earlier run began it and did not live to see what came of it, it may have been carried out,
// or still be: then the server says that what it makes is there, or what it takes away is not.
func takeStep(ctx context.Context, conn *sql.Conn, version int64, number int, statement string, begun bool) error {
	if !changesTables(statement) { // what it does and what is written down of it are one transaction
		tx, err := conn.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		// The note first: if a killed run is still being carried out, this waits for it, and finds what it has done.
		noted, err := tx.ExecContext(ctx, "UPDATE "+schemaTable+" SET begun = ?, done = ? WHERE version = ? AND done = ?", number+1, number+1, version, number)
		var fresh int64
		if err == nil {
			fresh, err = noted.RowsAffected()
		}
		if err == nil && fresh > 0 {
			_, err = tx.ExecContext(ctx, statement)
		}
		if err != nil {
			return errors.Join(err, tx.Rollback())
		}
		return tx.Commit()
	}
	note := func(column string, count int) error {
		_, err := conn.ExecContext(context.WithoutCancel(ctx), "UPDATE "+schemaTable+" SET "+column+" = ? WHERE version = ?", count, version)
		return err
	}
	if err := note("begun", number+1); err != nil {
		return err
	}
	_, err := conn.ExecContext(ctx, statement)
	refused, ok := errors.AsType[*mysqldriver.MySQLError](err)
	switch {
	case !ok:
	case !begun:
		return errors.Join(err, note("begun", number)) // it has done nothing
	case slices.Contains(carriedOut(), refused.Number), refused.Number == cannotCreate && hasForeignKeys(ctx, conn, statement):
		err = nil
	}
	if err != nil {
		return err
	}
	return note("done", number+1)
}

// cannotCreate is what MariaDB says of a foreign key, whether it is there or impossible.
const cannotCreate = 1005

// foreignKey is how a statement names one that it makes.
var foreignKey = regexp.MustCompile(`\bCONSTRAINT\s+(\w+)\s+FOREIGN\s+KEY\b`)

// hasForeignKeys tells whether all those are there that a statement makes. If that cannot be found out, the statement has failed.
func hasForeignKeys(ctx context.Context, conn *sql.Conn, statement string) bool {
	named := foreignKey.FindAllStringSubmatch(statement, -1)
	for _, name := range named {
		const look = "SELECT COUNT(*) FROM information_schema.referential_constraints WHERE constraint_schema = DATABASE() AND constraint_name = ?"
		var there int
		if err := conn.QueryRowContext(ctx, look, name[1]).Scan(&there); err != nil || there == 0 {
			return false
		}
	}
	return len(named) > 0
}

// changesTables tells a statement that commits by itself from one that changes rows.
func changesTables(statement string) bool {
	verb, _, _ := strings.Cut(strings.TrimSpace(statement), " ")
	return !slices.Contains([]string{"INSERT", "UPDATE", "DELETE"}, strings.ToUpper(verb))
}

// carriedOut are the errors of a statement that has been carried out already.
func carriedOut() []uint16 {
	return []uint16{
		1050, // the table is there
		1051, // the table is not there
		1060, // the column is there
		1061, // the key is there
		1091, // the column or key is not there
		1826, // the foreign key is there
		3822, // the check is there (MySQL)
	}
}
