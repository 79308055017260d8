package mood

import (
	"database/sql"
	"errors"
	"math"
	"time"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/storage"
	"gorm.io/gorm"
)

// reading is a message with what counts of its reading: of what its author said of it, or else of what an engine did.
type reading struct {
	seq    int64
	at     time.Time // when the message was sent
	author account.ID

	there      bool // there is a reading; without one all that follows is zero
	label      emotion.Label
	confidence int64 // in 1/10000, as valence
	valence    int64
	unclear    bool
	love       bool
	corrected  bool // the author said so
}

// readingColumns are what scan reads, of messages m.
const readingColumns = "m.seq, m.created_at, m.sender_id, r.label, r.confidence, r.valence, r.unclear, r.love, c.label, c.fine"

// readingJoins adds the readings of messages m.
const readingJoins = ` LEFT JOIN readings r ON r.room_id = m.room_id AND r.seq = m.seq
	LEFT JOIN corrections c ON c.room_id = m.room_id AND c.seq = m.seq`

// scan reads a row of readingColumns, and of more columns before them.
func (r *reading) scan(rows *sql.Rows, before ...any) error {
	var label, said, fine sql.NullString
	var confidence, valence sql.NullInt64
	var unclear, love sql.NullBool
	err := rows.Scan(append(before, &r.seq, &r.at, &r.author, &label, &confidence, &valence, &unclear, &love, &said, &fine)...)
	if err != nil {
		return err
	}
	r.at = r.at.UTC()
	r.there = label.Valid || said.Valid
	r.label, r.confidence, r.valence = emotion.Label(label.String), confidence.Int64, valence.Int64
	r.unclear, r.love = unclear.Bool, love.Bool
	if said.Valid {
		r.corrected = true
		r.shows(emotion.Correction{Label: emotion.Label(said.String), Fine: fine.String}.Reading())
	}
	return nil
}

// shows puts another reading in the place of what an engine made.
func (r *reading) shows(other emotion.Reading) {
	r.label, r.unclear, r.love = other.Label, other.Unclear, other.Love
	r.confidence, r.valence = int64(math.Round(other.Confidence*1e4)), int64(math.Round(other.Valence*1e4))
}

// each runs a query and reads its rows one by one: gorm would take longer than the database.
func each(db *gorm.DB, read func(rows *sql.Rows) error, query string, args ...any) (err error) {
	rows, err := storage.Query(db, query, args...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := read(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// loadShares returns what all who are in a room, or were, share of their readings.
func loadShares(db *gorm.DB, id room.ID) (map[account.ID]account.ShareReadings, error) {
	shares := make(map[account.ID]account.ShareReadings)
	err := each(db, func(rows *sql.Rows) error {
		var who account.ID
		var share account.ShareReadings
		err := rows.Scan(&who, &share)
		shares[who] = share
		return err
	}, "SELECT u.id, u.share_readings FROM room_users m JOIN users u ON u.id = m.user_id WHERE m.room_id = ?", id)
	return shares, err
}

// skew is how much later a message may seem to be sent than one that comes after it: nodes have clocks of their own.
const skew = 5 * time.Minute

// eachReading reads the messages of a room for which a condition holds, in their order.
func eachReading(db *gorm.DB, id room.ID, condition string, args []any, take func(reading)) error {
	query := "SELECT " + readingColumns + " FROM messages m" + readingJoins +
		" WHERE m.room_id = ? AND " + condition + " AND m.kind = 'text' AND m.deleted_at IS NULL ORDER BY m.seq"
	return each(db, func(rows *sql.Rows) error {
		var r reading
		err := r.scan(rows)
		if err == nil {
			take(r)
		}
		return err
	}, query, append([]any{id}, args...)...)
}

// eachSince goes through what was said with a reading in a room from some time on, by people who may be seen, in its order. It reads next
// to nothing of what was said before, and no message that is in a stored chunk.
func eachSince(db *gorm.DB, r room.Room, from time.Time, seen func(account.ID) bool, take func(felt)) error {
	next, err := firstSince(db, r, from.Add(-skew))
	if err != nil {
		return err
	}
	chunks, err := loadChunks(db, "room_id = ? AND first_seq >= ?", r.ID, firstOf(next))
	if err != nil {
		return err
	}
	oneByOne := func(last int64) error {
		condition := "m.seq BETWEEN ? AND ? AND m.created_at >= ?"
		return eachReading(db, r.ID, condition, []any{next, last, from.UTC()}, func(r reading) {
			if r.there && seen(r.author) {
				take(r.felt())
			}
		})
	}
	for _, c := range chunks {
		if next < c.first {
			if err := oneByOne(c.first - 1); err != nil {
				return err
			}
		}
		c.each(int(max(next-c.first, 0)), quarterOf(from), seen, take)
		next = c.first + chunkSize
	}
	return oneByOne(math.MaxInt64)
}

// storedChunk is a chunk, its room and the seq of its first message.
type storedChunk struct {
	chunk
	room  room.ID
	first int64
}

// loadChunks returns the stored chunks for which a condition holds, in their order.
func loadChunks(db *gorm.DB, condition string, args ...any) (list []storedChunk, err error) {
	err = each(db, func(rows *sql.Rows) error {
		var c storedChunk
		var stored []byte
		if err := rows.Scan(&c.room, &c.first, &stored); err != nil {
			return err
		}
		c.chunk, err = unpack(stored)
		list = append(list, c)
		return err
	}, "SELECT room_id, first_seq, marks FROM mood_chunks WHERE "+condition+" ORDER BY room_id, first_seq", args...)
	return list, err
}

// firstSince returns the seq of the first message of a room from some time on, or one after its last. Messages lie in the order of
// their seqs, which is that of time, so that a few of them are looked at.
func firstSince(db *gorm.DB, r room.Room, from time.Time) (int64, error) {
	low, high := int64(1), r.LastSeq+1
	for low < high {
		middle := low + (high-low)/2
		var sent []time.Time
		err := db.Table("messages").Where("room_id = ? AND seq >= ?", r.ID, middle).Order("seq").Limit(1).Pluck("created_at", &sent).Error
		if err != nil {
			return 0, err
		}
		if len(sent) == 0 || !sent[0].Before(from) {
			high = middle
		} else {
			low = middle + 1
		}
	}
	return low, nil
}

// missed returns the latest messages of others after some seq, the newest first.
func missed(db *gorm.DB, id room.ID, after int64, reader account.ID) (list []reading, err error) {
	query := "SELECT " + readingColumns + " FROM messages m" + readingJoins +
		" WHERE m.room_id = ? AND m.seq > ? AND m.sender_id <> ? AND m.kind = 'text' AND m.deleted_at IS NULL ORDER BY m.seq DESC LIMIT ?"
	err = each(db, func(rows *sql.Rows) error {
		var r reading
		err := r.scan(rows)
		list = append(list, r)
		return err
	}, query, id, after, reader, MaxMissed)
	return list, err
}

// line is the text of a message on its way to a remote engine.
type line struct {
	seq    int64
	author account.ID
	text   string
}

// loadLines returns those of some messages of a room that may leave the server at this moment to be told about to others, and might when
// they were written.
func (s *Service) loadLines(db *gorm.DB, r room.Room, seqs []int64) (lines []line, err error) {
	list, args := storage.In([]any{r.ID, r.RemoteAfter}, seqs)
	err = each(db, func(rows *sql.Rows) error {
		var l line
		var share account.ShareReadings
		err := rows.Scan(&l.seq, &l.author, &l.text, &share)
		if s.leaves(r.Readings, share) {
			lines = append(lines, l)
		}
		return err
	}, "SELECT m.seq, m.sender_id, m.body, u.share_readings FROM messages m JOIN users u ON u.id = m.sender_id AND u.state <> 'deactivated'"+
		" JOIN readings g ON g.room_id = m.room_id AND g.seq = m.seq"+
		" WHERE m.room_id = ? AND m.seq > ? AND m.seq IN "+list+" AND m.kind = 'text' AND m.deleted_at IS NULL ORDER BY m.seq", args...)
	return lines, err
}

// eachOfMine reads what somebody sent in a stretch of time, wherever that was, and whether messages are read there. The key
// messages_client leads to their own messages alone.
func eachOfMine(db *gorm.DB, who account.ID, in span, take func(reading, room.Readings)) error {
	key := " INDEXED BY messages_client"
	if storage.IsMySQL(db) {
		key = " FORCE INDEX (messages_client)"
	}
	query := "SELECT h.readings, " + readingColumns + " FROM room_users u JOIN rooms h ON h.id = u.room_id" +
		" JOIN messages l ON l.room_id = h.id AND l.seq = h.last_seq AND l.created_at >= ?" + // where nothing was said since, nothing was said by them
		" JOIN messages m" + key + " ON m.room_id = u.room_id AND m.sender_id = u.user_id" + readingJoins +
		" WHERE u.user_id = ? AND m.created_at >= ? AND m.created_at < ? AND m.kind = 'text' AND m.deleted_at IS NULL"
	return each(db, func(rows *sql.Rows) error {
		var r reading
		var readings room.Readings
		err := r.scan(rows, &readings)
		if err == nil {
			take(r, readings)
		}
		return err
	}, query, in.from.Add(-skew).UTC(), who, in.from.UTC(), in.to.UTC())
}
