package search

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"
	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/storage"
)

const (
	// behind is how many messages of a room wait to be indexed together: the more, the less it costs each.
	behind = 512
	often  = 15 * time.Second // after which rooms are indexed that are behind
	seldom = 2 * time.Minute  // after which all are
	// slow is how many messages that are not indexed make a search slow; then rooms are indexed that have a few.
	slow = 2000
	few  = 64
	// calm is how old a full chunk is when its words are filed. What is edited or taken back mostly is younger, and that
	// is expensive in an index of words. Until then its imprints are enough.
	calm = time.Hour
	// roomsAtOnce bounds a list of rooms to index, filings that of chunks to file.
	roomsAtOnce = 500
	filings     = 1000
)

// Run keeps the index up to date until ctx ends. Any number of nodes may do so.
func (s *Service) Run(ctx context.Context) error {
	quick, slow := time.NewTicker(often), time.NewTicker(seldom)
	defer quick.Stop()
	defer slow.Stop()
	for {
		var err error
		select {
		case <-quick.C:
			err = s.index(ctx, behind)
		case <-s.slow:
			err = s.index(ctx, few)
		case <-slow.C:
			err = errors.Join(s.index(ctx, 1), s.jobs.filing.Run(ctx, func(ctx context.Context) error { return s.File(ctx, s.now().Add(-calm)) }))
		case <-ctx.Done():
			return nil
		}
		if err != nil && ctx.Err() == nil {
			s.log.Error("messages were not indexed", zap.Error(err))
		}
	}
}

// Metrics are what an operator sees of the work that Run does.
func (s *Service) Metrics() []prometheus.Collector {
	return []prometheus.Collector{s.jobs.indexing, s.jobs.filing}
}

func (s *Service) index(ctx context.Context, least int64) error {
	return s.jobs.indexing.Run(ctx, func(ctx context.Context) error { return s.Index(ctx, least) })
}

// Index takes into the index what is new in the rooms where at least so many messages wait for it. A room that fails is
// passed over until next time.
func (s *Service) Index(ctx context.Context, least int64) error {
	var failed error
	for last := room.ID(0); ; {
		var ids []room.ID
		err := s.db.WithContext(ctx).Table("rooms").Where("id > ? AND last_seq >= indexed_seq + ?", last, least).
			Order("id").Limit(roomsAtOnce).Pluck("id", &ids).Error
		if err != nil {
			return fmt.Errorf("find rooms to index: %w", err)
		}
		for _, id := range ids {
			if err := s.indexRoom(ctx, id, least); err != nil {
				failed = fmt.Errorf("index room %d: %w", id, err)
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

// errOvertaken means that a message was changed, or the room indexed, after what is to be stored was read.
var errOvertaken = errors.New("the messages have changed meanwhile")

// indexRoom indexes chunk by chunk until less than a chunk or than least messages are left.
func (s *Service) indexRoom(ctx context.Context, id room.ID, least int64) error {
	const tries = 5 // in a row: somebody edits at this very moment
	for failures := 0; failures < tries; {
		rooms, err := collect(s.db.WithContext(ctx).Raw("SELECT id, indexed_seq, last_seq FROM rooms WHERE id = ?", id), scanState)
		if err != nil {
			return err
		}
		if len(rooms) == 0 || rooms[0].lastSeq-rooms[0].indexedSeq < max(1, min(least, chunkSize)) {
			return nil
		}
		err = s.indexChunk(ctx, rooms[0])
		switch {
		case errors.Is(err, errOvertaken):
			failures++
		case err != nil:
			return err
		default:
			failures = 0
		}
	}
	return errOvertaken
}

// indexChunk indexes what is new of the next chunk that has something new. What takes long is done before the room is
// locked; then only what was read is compared with what is there.
func (s *Service) indexChunk(ctx context.Context, r roomState) error {
	first := firstOf(r.indexedSeq + 1)
	last := min(first+chunkSize-1, r.lastSeq)
	d, err := digest(s.db.WithContext(ctx), r.id, first, last)
	if err != nil {
		return fmt.Errorf("read messages: %w", err)
	}
	return s.commitChunk(ctx, r, first, last, d)
}

// commitChunk stores what was digested of a chunk when the room was as r says, or returns errOvertaken.
func (s *Service) commitChunk(ctx context.Context, r roomState, first, last int64, d digested) error {
	return storage.Tx(ctx, s.db, func(tx *gorm.DB) error {
		moved := tx.Exec("UPDATE rooms SET indexed_seq = ? WHERE id = ? AND indexed_seq = ?", last, r.id, r.indexedSeq)
		if moved.Error != nil {
			return fmt.Errorf("lock the room: %w", moved.Error)
		}
		if moved.RowsAffected == 0 {
			return errOvertaken
		}
		var rev int64
		err := tx.Raw("SELECT MAX(rev) FROM messages WHERE room_id = ? AND seq BETWEEN ? AND ?", r.id, first, last).Scan(&rev).Error
		if err != nil {
			return fmt.Errorf("look for changes: %w", err)
		}
		if rev != d.rev {
			return errOvertaken
		}
		return d.store(tx, r.id, first, r.indexedSeq < first)
	})
}

// Changed follows changes of what messages of a room say, in their transaction, which has locked the room. Nothing of what they said
// before stays in the index.
func Changed(tx *gorm.DB, id room.ID, seqs ...int64) error {
	rooms, err := collect(tx.Raw("SELECT id, indexed_seq, last_seq FROM rooms WHERE id = ?", id), scanState)
	if err != nil {
		return fmt.Errorf("look how far room %d is indexed: %w", id, err)
	}
	if len(rooms) == 0 {
		return nil
	}
	for _, first := range ChunksOf(seqs) {
		last := min(first+chunkSize-1, rooms[0].indexedSeq)
		if last < first {
			continue
		}
		d, err := digest(tx, id, first, last)
		if err != nil {
			return fmt.Errorf("read messages of room %d: %w", id, err)
		}
		if err := unfile(tx, id, first); err != nil {
			return fmt.Errorf("forget words of room %d: %w", id, err)
		}
		if err := d.store(tx, id, first, false); err != nil {
			return err
		}
	}
	return nil
}

// ChunksOf returns the chunks that some messages of a room are in: as many times as that, Changed reads a chunk anew.
func ChunksOf(seqs []int64) []int64 {
	firsts := make([]int64, len(seqs))
	for i, seq := range seqs {
		firsts[i] = firstOf(seq)
	}
	slices.Sort(firsts)
	return slices.Compact(firsts)
}

func scanState(scan func(...any) error) (r roomState, err error) {
	err = scan(&r.id, &r.indexedSeq, &r.lastSeq)
	return r, err
}

// digested is what the index keeps of a chunk.
type digested struct {
	rev             int64 // the greatest of the messages it was made of
	firstAt, lastAt int64
	imprints        []byte
}

func (d digested) full() bool { return len(d.imprints) == chunkSize*imprintSize }

// digest reads the present messages of a chunk. Those that cannot be found leave no imprint.
func digest(db *gorm.DB, id room.ID, first, last int64) (digested, error) {
	d := digested{imprints: make([]byte, (last-first+1)*imprintSize)}
	messages, err := loadChunk(db, id, first, last)
	if err != nil {
		return d, err
	}
	if len(messages) != int(last-first+1) {
		return d, fmt.Errorf("%d messages from %d to %d", len(messages), first, last)
	}
	d.firstAt, d.lastAt = messages[0].at, messages[0].at
	var k knife
	for i, m := range messages {
		d.rev, d.firstAt, d.lastAt = max(d.rev, m.rev), min(d.firstAt, m.at), max(d.lastAt, m.at)
		imprint := d.imprints[i*imprintSize:][:imprintSize]
		tokens(k.cut(m.body), func(t token) { t.leave(imprint) })
	}
	return d, nil
}

// store writes a chunk; fresh when there was none before.
func (d digested) store(tx *gorm.DB, id room.ID, first int64, fresh bool) error {
	var wordsID *int64
	if d.full() {
		wordsID = new(int64(unfiled))
	}
	var err error
	if fresh {
		err = tx.Exec("INSERT INTO message_chunks (room_id, first_seq, first_at, last_at, words_id, imprints) VALUES (?, ?, ?, ?, ?, ?)",
			id, first, d.firstAt, d.lastAt, wordsID, d.imprints).Error
	} else {
		err = tx.Exec("UPDATE message_chunks SET first_at = ?, last_at = ?, words_id = ?, imprints = ? WHERE room_id = ? AND first_seq = ?",
			d.firstAt, d.lastAt, wordsID, d.imprints, id, first).Error
	}
	if err != nil {
		return fmt.Errorf("store chunk: %w", err)
	}
	return nil
}

// File puts the words of full chunks that are older than a moment into the index of words.
func (s *Service) File(ctx context.Context, before time.Time) error {
	chunks, err := collect(s.db.WithContext(ctx).Raw("SELECT room_id, first_seq FROM message_chunks"+
		" WHERE words_id = ? AND last_at < ? ORDER BY last_at LIMIT ?", unfiled, before.UnixMicro(), filings),
		func(scan func(...any) error) (p Place, err error) {
			err = scan(&p.Room, &p.Seq)
			return p, err
		})
	if err != nil {
		return fmt.Errorf("find chunks to file: %w", err)
	}
	var failed error
	for _, c := range chunks {
		if err := s.fileChunk(ctx, c.Room, c.Seq); err != nil {
			failed = fmt.Errorf("file words of room %d: %w", c.Room, err)
		}
		if ctx.Err() != nil {
			break
		}
	}
	return failed
}

// fileChunk holds the chunk, and not the room, so that nobody who writes has to wait. Whoever changes one of its
// messages waits, or has changed it before it is read.
func (s *Service) fileChunk(ctx context.Context, id room.ID, first int64) error {
	return storage.Tx(ctx, s.db, func(tx *gorm.DB) error {
		held := tx.Exec("UPDATE message_chunks SET words_id = NULL WHERE room_id = ? AND first_seq = ? AND words_id = ?", id, first, unfiled)
		if held.Error != nil || held.RowsAffected == 0 { // another node was quicker
			return held.Error
		}
		messages, err := loadChunk(tx, id, first, first+chunkSize-1)
		if err != nil {
			return fmt.Errorf("read messages: %w", err)
		}
		seen := make(map[token]bool)
		var words strings.Builder
		var k knife
		for _, m := range messages {
			tokens(k.cut(m.body), func(t token) {
				if !seen[t] {
					seen[t] = true
					words.WriteString(t.word())
					words.WriteByte(' ')
				}
			})
		}
		wordsID, err := insertWords(tx, id, first, words.String())
		if err != nil {
			return fmt.Errorf("insert words: %w", err)
		}
		return tx.Exec("UPDATE message_chunks SET words_id = ? WHERE room_id = ? AND first_seq = ?", wordsID, id, first).Error
	})
}
