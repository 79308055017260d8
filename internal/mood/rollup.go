package mood

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/pause"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/search"
	"github.com/emosation/emosation/internal/storage"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"
	"gorm.io/gorm"
)

const (
	// often is how long full chunks wait to be stored; until then their messages are counted one by one.
	often = time.Minute
	// roomsAtOnce bounds a list of rooms.
	roomsAtOnce = 500
)

// Run stores full chunks until ctx ends. Any number of nodes may do so. Where nothing is read, nothing is copied either.
func (s *Service) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		if s.Mode != emotion.ModeOff {
			if err := s.rolling.Run(ctx, s.Roll); err != nil && ctx.Err() == nil {
				s.Log.Error("readings were not rolled up", zap.Error(err))
			}
		}
		pause.For(ctx, often)
	}
	return nil
}

// Metrics are what an operator sees of the work that Run does.
func (s *Service) Metrics() []prometheus.Collector { return []prometheus.Collector{s.rolling} }

// Roll stores the chunks that are full. A room that fails is passed over until next time.
func (s *Service) Roll(ctx context.Context) error {
	var failed error
	for last := room.ID(0); ; {
		var ids []room.ID
		err := s.DB.WithContext(ctx).Table("rooms").Where("id > ? AND last_seq >= mood_seq + ?", last, chunkSize).
			Order("id").Limit(roomsAtOnce).Pluck("id", &ids).Error
		if err != nil {
			return fmt.Errorf("find rooms with full chunks: %w", err)
		}
		for _, id := range ids {
			if err := s.rollRoom(ctx, id); err != nil && !errors.Is(err, errOvertaken) {
				failed = fmt.Errorf("roll up room %d: %w", id, err)
			}
			if ctx.Err() != nil {
				return failed
			}
		}
		if len(ids) < roomsAtOnce {
			return failed
		}
		last = ids[len(ids)-1]
	}
}

// errOvertaken means that a message was changed, or the chunk stored, after it was read. The room is left for next time: mostly it
// is another node that is at it.
var errOvertaken = errors.New("the messages have changed meanwhile")

// rollRoom stores one full chunk after the other. After each it rests as long as that took: there may be years of them.
func (s *Service) rollRoom(ctx context.Context, id room.ID) error {
	for ctx.Err() == nil {
		begin := s.Now()
		at, err := s.progress(ctx, id)
		if err != nil || at.lastSeq < at.moodSeq+chunkSize {
			return err
		}
		list, err := s.readChunk(ctx, id, at.moodSeq+1)
		if err != nil {
			return fmt.Errorf("read messages: %w", err)
		}
		if err := s.storeChunk(ctx, id, at, pack(list)); err != nil {
			return err
		}
		pause.For(ctx, s.Now().Sub(begin))
	}
	return nil
}

// progress is how far a room is rolled up, and how far it has come.
type progress struct{ moodSeq, lastSeq, lastRev int64 }

// progress returns nothing of a room that is gone.
func (s *Service) progress(ctx context.Context, id room.ID) (at progress, err error) {
	err = each(s.DB.WithContext(ctx), func(rows *sql.Rows) error { return rows.Scan(&at.moodSeq, &at.lastSeq, &at.lastRev) },
		"SELECT mood_seq, last_seq, last_rev FROM rooms WHERE id = ?", id)
	return at, err
}

func (s *Service) readChunk(ctx context.Context, id room.ID, first int64) ([]felt, error) {
	list := make([]felt, chunkSize)
	err := eachReading(s.DB.WithContext(ctx), id, "m.seq BETWEEN ? AND ?", []any{first, first + chunkSize - 1}, func(r reading) {
		list[r.seq-first] = r.felt()
	})
	return list, err
}

// storeChunk locks the room, as all do who change a message, and sees that none of the chunk has been changed since the room was at at.
func (s *Service) storeChunk(ctx context.Context, id room.ID, at progress, marks []byte) error {
	return storage.Tx(ctx, s.DB, func(tx *gorm.DB) error {
		moved := tx.Exec("UPDATE rooms SET mood_seq = ? WHERE id = ? AND mood_seq = ?", at.moodSeq+chunkSize, id, at.moodSeq)
		if moved.Error != nil {
			return fmt.Errorf("lock the room: %w", moved.Error)
		}
		if moved.RowsAffected == 0 {
			return errOvertaken
		}
		var changed int64
		err := tx.Raw("SELECT COUNT(*) FROM messages WHERE room_id = ? AND rev > ? AND seq <= ?", id, at.lastRev, at.moodSeq+chunkSize).Scan(&changed).Error
		if err != nil {
			return fmt.Errorf("look for changes: %w", err)
		}
		if changed > 0 {
			return errOvertaken
		}
		return tx.Exec("INSERT INTO mood_chunks (room_id, first_seq, marks) VALUES (?, ?, ?)", id, at.moodSeq+1, marks).Error
	})
}

// Changed follows changes of some messages, 500 at most, or of their readings, in the transaction that makes them, which has locked their
// rooms: nothing of what was read before stays.
func Changed(tx *gorm.DB, places ...search.Place) error {
	in := make(map[search.Place][]int64) // the changed seqs of each chunk
	for _, p := range places {
		chunk := search.Place{Room: p.Room, Seq: firstOf(p.Seq)}
		in[chunk] = append(in[chunk], p.Seq)
	}
	if len(in) == 0 {
		return nil
	}
	chunks, err := loadChunks(tx, search.Among(tx, "room_id", "first_seq", slices.Collect(maps.Keys(in))))
	if err != nil {
		return fmt.Errorf("look for chunks: %w", err)
	}
	for _, c := range chunks {
		if err := c.renew(tx, in[search.Place{Room: c.room, Seq: c.first}]); err != nil {
			return fmt.Errorf("follow changes in room %d: %w", c.room, err)
		}
	}
	return nil
}

// renew stores a chunk with some messages as they are now.
func (c storedChunk) renew(tx *gorm.DB, seqs []int64) error {
	all := make([]felt, chunkSize)
	for i := range all {
		all[i] = c.at(i)
	}
	for _, seq := range seqs {
		all[seq-c.first] = felt{}
	}
	list, args := storage.In(nil, seqs)
	err := eachReading(tx, c.room, "m.seq IN "+list, args, func(r reading) { all[r.seq-c.first] = r.felt() })
	if err != nil {
		return err
	}
	return tx.Exec("UPDATE mood_chunks SET marks = ? WHERE room_id = ? AND first_seq = ?", pack(all), c.room, c.first).Error
}
