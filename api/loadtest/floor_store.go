package loadtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.uber.org/zap"
	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/storage"
)

const (
	floorBatch   = 500 // messages of one commit
	floorWaiting = 8192
	narrowTable  = `CREATE TABLE loadtest_narrow (room_id BIGINT NOT NULL, seq BIGINT NOT NULL, client_id CHAR(36) NOT NULL,
	body TEXT NOT NULL, PRIMARY KEY (room_id, seq))`
	floorPrefix = "loadtest_" // of tables like the product's
)

// floorStore commits what waits in one transaction, then tells, and begins again: a group commit without anything that a
// chat has to know besides. A narrow row of a message is what it takes to show it again. Otherwise a message is two rows
// with the columns and indexes of the product's, the second one its reading, always the same. Nothing is computed, looked up,
// checked or counted for either, and no row belongs to a user or a room.
type floorStore struct {
	db      *gorm.DB
	pool    *sql.DB
	narrow  bool
	now     func() time.Time
	waiting chan floorSending
}

type floorSending struct {
	room    *floorRoom
	from    *floorMember
	command floorCommand
}

func openFloorStore(ctx context.Context, databaseURL string, narrow bool, now func() time.Time) (*floorStore, error) {
	db, err := storage.Open(ctx, databaseURL, zap.NewNop())
	if err != nil {
		return nil, err
	}
	s := &floorStore{db: db, narrow: narrow, now: now, waiting: make(chan floorSending, floorWaiting)}
	s.pool, err = db.DB()
	if err == nil {
		err = s.makeTables(ctx)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("make the floor's tables: %w", err), storage.Close(db))
	}
	return s, nil
}

func (s *floorStore) makeTables(ctx context.Context) error {
	if err := s.dropTables(ctx); err != nil {
		return err
	}
	if s.narrow {
		return s.db.WithContext(ctx).Exec(narrowTable).Error
	}
	for _, table := range []string{"messages", "readings"} {
		if err := copyTable(ctx, s.db, table, floorPrefix+table); err != nil {
			return err
		}
	}
	return nil
}

func (s *floorStore) dropTables(ctx context.Context) error {
	for _, table := range []string{"narrow", "messages", "readings"} {
		if err := s.db.WithContext(ctx).Exec("DROP TABLE IF EXISTS " + floorPrefix + table).Error; err != nil {
			return err
		}
	}
	return nil
}

func (s *floorStore) close(ctx context.Context) error {
	return errors.Join(s.dropTables(ctx), storage.Close(s.db))
}

// put returns false when ctx ended before there was room.
func (s *floorStore) put(ctx context.Context, sending floorSending) bool {
	select {
	case s.waiting <- sending:
		return true
	case <-ctx.Done():
		return false
	}
}

// run is the only one that stores.
func (s *floorStore) run(ctx context.Context) error {
	var batch []floorSending
	for {
		select {
		case first := <-s.waiting:
			batch = append(batch[:0], first)
		case <-ctx.Done():
			return nil
		}
		for len(batch) < floorBatch && len(s.waiting) > 0 {
			batch = append(batch, <-s.waiting)
		}
		if err := s.commit(ctx, batch); err != nil {
			if ctx.Err() != nil {
				return nil //nolint:nilerr // it was told to end
			}
			return fmt.Errorf("the floor could not store: %w", err)
		}
	}
}

func (s *floorStore) commit(ctx context.Context, batch []floorSending) error {
	texts, now := make([]text, len(batch)), s.now().UTC().Truncate(time.Microsecond)
	for i, sending := range batch {
		sending.room.lastSeq++ // nobody else reads or writes it in a floor that stores
		c := sending.command
		texts[i] = text{sending.room.id, sending.room.lastSeq, sending.room.lastSeq, sending.from.number, c.ClientID, c.Body, now}
	}
	store := s.insertWide
	if s.narrow {
		store = s.insertNarrow
	}
	if err := store(ctx, texts); err != nil {
		return err
	}
	for i, sending := range batch {
		sending.room.announce(sending, texts[i].seq)
	}
	return nil
}

func (s *floorStore) insertNarrow(ctx context.Context, texts []text) error {
	args := make([]any, 0, 4*len(texts))
	for _, t := range texts {
		args = append(args, t.room, t.seq, t.clientID, t.body)
	}
	insert := "INSERT INTO loadtest_narrow (room_id, seq, client_id, body) VALUES (?,?,?,?)" + strings.Repeat(",(?,?,?,?)", len(texts)-1)
	_, err := s.pool.ExecContext(ctx, insert, args...)
	return err
}

func (s *floorStore) insertWide(ctx context.Context, texts []text) error {
	tx, err := s.pool.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := insertTexts(ctx, tx, floorPrefix, texts); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

func (r *floorRoom) announce(sending floorSending, seq int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tell(sending.from, sending.command, seq)
}

// latest reads a page from the database.
func (s *floorStore) latest(ctx context.Context, room int64) (page floorPage, err error) {
	table := floorPrefix + "messages"
	if s.narrow {
		table = floorPrefix + "narrow"
	}
	rows, err := s.pool.QueryContext(ctx, "SELECT seq, client_id, body FROM "+table+" WHERE room_id = ? ORDER BY seq DESC LIMIT ?", room, latestPage)
	if err != nil {
		return page, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var m floorMessage
		if err := rows.Scan(&m.Seq, &m.ClientID, &m.Body); err != nil {
			return page, err
		}
		page.LastSeq = max(page.LastSeq, m.Seq)
		page.Items = append(page.Items, encode(m))
	}
	slices.Reverse(page.Items)
	return page, rows.Err()
}
