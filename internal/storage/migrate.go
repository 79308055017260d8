package storage

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"gorm.io/gorm"
)

var (
	//go:embed migrations/*/*.sql
	migrations embed.FS
	//go:embed migrations/releases
	releases embed.FS
)

// versionTable is where goose keeps which migrations ran.
const versionTable = "goose_db_version"

var (
	// ErrNewerSchema means that a newer release of the program has migrated the database: this one would misread it.
	ErrNewerSchema = errors.New("the database schema is newer than this program")
	// ErrOldSchema means that migrations are waiting to be run.
	ErrOldSchema = errors.New("the database schema is older than this program")
)

// Migrate brings the schema to the version of this program. It may be called by several processes at once: one
// works, the others wait for it. What was killed is gone on with. When the database is ahead it changes nothing, and returns
// ErrNewerSchema unless the schema fits this program still.
func Migrate(ctx context.Context, db *gorm.DB) error {
	if err := migrate(ctx, db, migrations); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// CheckSchema returns nil when the schema is the one this program was made for, or a newer one that fits it still, else ErrOldSchema or
// ErrNewerSchema.
func CheckSchema(ctx context.Context, db *gorm.DB) error {
	have, want, err := SchemaVersion(ctx, db)
	switch {
	case err != nil:
		return err
	case have > want:
		return checkNewer(ctx, db, have, want)
	case have < want:
		return fmt.Errorf("%w: it has version %d, the program needs %d", ErrOldSchema, have, want)
	}
	return nil
}

// SchemaVersion returns the version the database has (0 when it is empty) and the one this program wants. It only reads.
func SchemaVersion(ctx context.Context, db *gorm.DB) (have, want int64, err error) {
	provider, err := newProvider(db, migrations)
	if err != nil {
		return 0, 0, err
	}
	have, err = currentVersion(ctx, db)
	return have, newest(provider), err
}

func migrate(ctx context.Context, db *gorm.DB, files fs.FS) (err error) {
	provider, err := newProvider(db, files)
	if err != nil {
		return err
	}
	unlock, err := lockSchema(ctx, db)
	if err != nil {
		return fmt.Errorf("lock the schema: %w", err)
	}
	defer func() { err = errors.Join(err, unlock()) }()
	have, err := currentVersion(ctx, db)
	if err != nil {
		return err
	}
	if want := newest(provider); have > want {
		return checkNewer(ctx, db, have, want)
	}
	if err := note(ctx, db, files); err != nil {
		return err
	}
	_, err = provider.Up(ctx)
	return discreet(err)
}

// note writes down which programs the versions of the schema fit.
func note(ctx context.Context, db *gorm.DB, files fs.FS) error {
	folder, err := folderOf(db, files)
	if err != nil {
		return err
	}
	scripts, err := scriptsIn(folder)
	if err != nil {
		return err
	}
	released, err := Releases()
	if err != nil {
		return err
	}
	fits, err := oldestFitting(scripts, released)
	if err != nil {
		return err
	}
	return noteVersions(ctx, db, fits)
}

func folderOf(db *gorm.DB, files fs.FS) (fs.FS, error) { return fs.Sub(files, "migrations/"+db.Name()) }

func newProvider(db *gorm.DB, files fs.FS) (*goose.Provider, error) {
	pool, err := db.DB()
	if err != nil {
		return nil, err
	}
	folder, err := folderOf(db, files)
	if err != nil {
		return nil, err
	}
	options := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true), goose.WithTableName(versionTable)}
	if db.Name() == sqliteScheme {
		return goose.NewProvider(goose.DialectSQLite3, pool, folder, options...)
	}
	scripts, err := scriptsIn(folder)
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectMySQL, pool, nil, append(options, goose.WithGoMigrations(steps(scripts)...))...)
}

// newest is the version of the last migration; goose sorts its sources.
func newest(provider *goose.Provider) int64 {
	sources := provider.ListSources()
	return sources[len(sources)-1].Version
}

func currentVersion(ctx context.Context, db *gorm.DB) (int64, error) {
	db = db.WithContext(ctx)
	if !db.Migrator().HasTable(versionTable) {
		return 0, ctx.Err()
	}
	var version int64
	err := db.Raw("SELECT COALESCE(MAX(version_id), 0) FROM " + versionTable).Scan(&version).Error
	return version, err
}

// lockSchema makes sure that no other process migrates this database until unlock is called.
func lockSchema(ctx context.Context, db *gorm.DB) (unlock func() error, err error) {
	if pool, ok := db.ConnPool.(*sqlitePool); ok {
		return lockSQLite(ctx, pool.path)
	}
	pool, err := db.DB()
	if err != nil {
		return nil, err
	}
	return lockMySQL(ctx, pool)
}

// lockMySQL holds a named lock on a connection of its own: the server drops it if this process dies.
func lockMySQL(ctx context.Context, pool *sql.DB) (unlock func() error, err error) {
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	const name = "CONCAT('emosation.migrate.', MD5(DATABASE()))" // lock names are shared by all databases of a server
	const seconds = 120
	var got sql.NullInt64
	if err := conn.QueryRowContext(ctx, "SELECT GET_LOCK("+name+", ?)", seconds).Scan(&got); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	if got.Int64 != 1 {
		return nil, errors.Join(fmt.Errorf("another process still migrates after %d s", seconds), conn.Close())
	}
	return func() error {
		_, err := conn.ExecContext(context.WithoutCancel(ctx), "DO RELEASE_LOCK("+name+")")
		return errors.Join(err, conn.Close())
	}, nil
}

// lockSQLite holds an exclusive transaction on a second, empty file beside the database: the operating system drops
// it if this process dies. The database itself cannot serve, since each migration is a transaction of its own on it.
func lockSQLite(ctx context.Context, path string) (unlock func() error, err error) {
	pool, err := pools{}.file(ctx, path+".migrate", 1)
	if err != nil {
		return nil, err
	}
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	err = retryBusy(ctx, func() error {
		_, err := conn.ExecContext(ctx, "BEGIN EXCLUSIVE")
		return err
	})
	if err != nil {
		return nil, errors.Join(err, conn.Close(), pool.Close())
	}
	return func() error {
		_, err := conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
		return errors.Join(err, conn.Close(), pool.Close())
	}, nil
}
