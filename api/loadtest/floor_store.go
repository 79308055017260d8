package loadtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.uber.org/zap"
	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/storage"
)

const (
	floorBatch   = 500 // messages of one commit
	floorWaiting = 8192
	floorTable   = `CREATE TABLE loadtest_floor (room_id BIGINT NOT NULL, seq BIGINT NOT NULL, client_id CHAR(36) NOT NULL,
	body TEXT NOT NULL, PRIMARY KEY (room_id, seq))`
)

// floorStore commits what waits with one INSERT of many rows, then tells, and begins again: a group commit without
// anything that a chat has to know besides.
type floorStore struct {
	db      *gorm.DB
	pool    *sql.DB
	waiting chan floorSending
}

type floorSending struct {
	room    *floorRoom
	from    *floorMember
	command floorCommand
}

func openFloorStore(ctx context.Context, databaseURL string) (*floorStore, error) {
	db, err := storage.Open(ctx, databaseURL, zap.NewNop())
	if err != nil {
		return nil, err
	}
	s := &floorStore{db: db, waiting: make(chan floorSending, floorWaiting)}
	s.pool, err = db.DB()
	if err == nil {
		err = s.dropTable(ctx)
	}
	if err == nil {
		_, err = s.pool.ExecContext(ctx, floorTable)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open the floor's table: %w", err), storage.Close(db))
	}
	return s, nil
}

func (s *floorStore) dropTable(ctx context.Context) error {
	_, err := s.pool.ExecContext(ctx, "DROP TABLE IF EXISTS loadtest_floor")
	return err
}

func (s *floorStore) close(ctx context.Context) error {
	return errors.Join(s.dropTable(ctx), storage.Close(s.db))
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
	args := make([]any, 0, 4*len(batch))
	for _, sending := range batch {
		sending.room.lastSeq++ // nobody else reads or writes it in a floor that stores
		args = append(args, sending.room.id, sending.room.lastSeq, sending.command.ClientID, sending.command.Body)
	}
	insert := "INSERT INTO loadtest_floor (room_id, seq, client_id, body) VALUES (?,?,?,?)" + strings.Repeat(",(?,?,?,?)", len(batch)-1)
	if _, err := s.pool.ExecContext(ctx, insert, args...); err != nil {
		return err
	}
	for i, sending := range batch {
		sending.room.announce(sending, args[4*i+1].(int64))
	}
	return nil
}

func (r *floorRoom) announce(sending floorSending, seq int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tell(sending.from, sending.command, seq)
}

// latest reads a page from the database.
func (s *floorStore) latest(ctx context.Context, room int64) (page floorPage, err error) {
	rows, err := s.pool.QueryContext(ctx, "SELECT seq, client_id, body FROM loadtest_floor WHERE room_id = ? ORDER BY seq DESC LIMIT ?", room, latestPage)
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
