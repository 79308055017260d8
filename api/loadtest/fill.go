package loadtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"go.uber.org/zap"
	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/storage"
)

const fillBatch = 1000

// fill writes the history of a plan's rooms straight into the database, while no server of ours runs: a million messages
// would take long to send. The rows and counters are as if the members had sent them one after the other, only that
// no search finds them.
func (e *emosation) fill(ctx context.Context, plan Plan) (err error) {
	e.world.say("writing %d messages into the database", plan.History)
	db, err := storage.Open(ctx, e.world.DatabaseURL, zap.NewNop())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, storage.Close(db)) }()
	for _, room := range e.rooms[plan.key()] {
		if err := fillRoom(ctx, db, room, plan, e.world.Now().UTC().Truncate(time.Microsecond)); err != nil {
			return fmt.Errorf("fill room %d: %w", room, err)
		}
	}
	return nil
}

func fillRoom(ctx context.Context, db *gorm.DB, room int64, plan Plan, at time.Time) error {
	var counters struct{ LastSeq, LastRev int64 }
	if err := db.WithContext(ctx).Raw("SELECT last_seq, last_rev FROM rooms WHERE id = ?", room).Scan(&counters).Error; err != nil {
		return err
	}
	var members []int64
	err := db.WithContext(ctx).Raw("SELECT user_id FROM room_users WHERE room_id = ? AND state = 'joined' ORDER BY user_id", room).Scan(&members).Error
	if err != nil {
		return err
	}
	pool, err := db.DB()
	if err != nil {
		return err
	}
	said := filler(plan.Payload)
	for missing := int64(plan.History) - counters.LastSeq; missing > 0; missing -= fillBatch {
		texts := make([]text, min(missing, fillBatch))
		for i := range texts {
			counters.LastSeq++
			counters.LastRev++
			id := stamp{number: counters.LastSeq}.String()
			texts[i] = text{room, counters.LastSeq, counters.LastRev, members[i%len(members)], id, id + said, at}
		}
		if err := fillOn(ctx, pool, room, texts); err != nil {
			return err
		}
	}
	return nil
}

// fillOn appends messages to a room.
func fillOn(ctx context.Context, pool *sql.DB, room int64, texts []text) error {
	tx, err := pool.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	last := texts[len(texts)-1]
	err = insertTexts(ctx, tx, "", texts)
	if err == nil {
		_, err = tx.ExecContext(ctx, "UPDATE rooms SET last_seq = ?, last_rev = ?, indexed_seq = ? WHERE id = ?", last.seq, last.rev, last.seq, room)
	}
	if err == nil {
		_, err = tx.ExecContext(ctx, "UPDATE room_users SET last_read_seq = ? WHERE room_id = ?", last.seq, room)
	}
	if err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}
