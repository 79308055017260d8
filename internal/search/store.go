package search

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/room"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// chunkSize is how many consecutive messages of a room a chunk holds: the n-th one those from n*chunkSize+1 on. The last
// one of a room may hold fewer.
const chunkSize = 256

// firstOf returns the first seq of the chunk that a message belongs to.
func firstOf(seq int64) int64 { return (seq-1)/chunkSize*chunkSize + 1 }

// chunk is what is known of a chunk of messages.
type chunk struct {
	room     room.ID
	firstSeq int64
	firstAt  int64 // when the oldest and the newest of its messages were sent, in microseconds since 1970
	lastAt   int64
	wordsID  *int64 // of its words in the index of words; unfiled; nil while it can grow
	imprints []byte // of its messages, one after the other; where they were asked for
}

// unfiled is the words id of a full chunk that is not in the index of words.
const unfiled = 0

func newestFirst(a, b chunk) int {
	return moment{b.lastAt, Place{b.room, b.firstSeq}}.compare(moment{a.lastAt, Place{a.room, a.firstSeq}})
}

// roomState is how far a room's messages go and how far they are indexed.
type roomState struct {
	id                           room.ID
	indexedSeq, lastSeq, lastRev int64
}

// said is a message as it is compared.
type said struct {
	moment
	body string
}

// collect runs a query and reads its rows one by one. (A list of thousands is read on every search; gorm would take
// several times as long as the database.)
func collect[T any](query *gorm.DB, read func(scan func(...any) error) (T, error)) (list []T, err error) {
	rows, err := query.Rows()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		item, err := read(rows.Scan)
		if err != nil {
			return nil, err
		}
		list = append(list, item)
	}
	return list, rows.Err()
}

// joined is the end of a statement about the rooms of u in which a person is joined: one of them, or all.
func joined(who account.ID, only room.ID) (condition string, args []any) {
	condition, args = " WHERE u.user_id = ? AND u.state = ?", []any{who, room.Joined}
	if only != 0 {
		condition, args = condition+" AND u.room_id = ?", append(args, only)
	}
	return condition, args
}

func loadRooms(db *gorm.DB, who account.ID, only room.ID) ([]roomState, error) {
	condition, args := joined(who, only)
	query := db.Raw("SELECT r.id, r.indexed_seq, r.last_seq, r.last_rev FROM room_users u JOIN rooms r ON r.id = u.room_id"+condition, args...)
	return collect(query, func(scan func(...any) error) (r roomState, err error) {
		err = scan(&r.id, &r.indexedSeq, &r.lastSeq, &r.lastRev)
		return r, err
	})
}

// listChunks lists the chunks of rooms in their order, without their imprints; an index holds all of it.
func listChunks(db *gorm.DB, rooms []room.ID) ([]chunk, error) {
	query := db.Raw("SELECT room_id, first_seq, first_at, last_at, words_id FROM message_chunks WHERE room_id IN ? ORDER BY room_id, first_seq", rooms)
	return collect(query, scanChunk)
}

// loadChunks lists the chunks of the rooms in which somebody is joined.
func loadChunks(db *gorm.DB, who account.ID, only room.ID) ([]chunk, error) {
	condition, args := joined(who, only)
	return collect(db.Raw("SELECT c.room_id, c.first_seq, c.first_at, c.last_at, c.words_id FROM room_users u"+
		" JOIN message_chunks c ON c.room_id = u.room_id"+condition, args...), scanChunk)
}

func scanChunk(scan func(...any) error) (c chunk, err error) {
	err = scan(&c.room, &c.firstSeq, &c.firstAt, &c.lastAt, &c.wordsID)
	return c, err
}

// Among is a condition for rows about some messages, by the columns of their room and seq. It is a list of pairs, which
// databases look up one by one; for what is joined by OR MariaDB needs longer to think than to read. There may be up to
// 500 of them.
func Among(db *gorm.DB, room, seq string, places []Place) string {
	sql := append([]byte(nil), "("+room+", "+seq+") IN ("...)
	if db.Name() != mysql {
		sql = append(sql, "VALUES "...)
	}
	for i, p := range places {
		if i > 0 {
			sql = append(sql, ',')
		}
		sql = strconv.AppendInt(append(sql, '('), int64(p.Room), 10)
		sql = strconv.AppendInt(append(sql, ','), p.Seq, 10)
		sql = append(sql, ')')
	}
	return string(append(sql, ')'))
}

// byPrimary names a table of which rows are looked up by their primary key: other indexes begin with the room too, and
// MariaDB would look into each of them for the better one.
func byPrimary(db *gorm.DB, table string) string {
	if db.Name() == mysql {
		return table + " FORCE INDEX (PRIMARY)"
	}
	return table
}

func loadImprints(db *gorm.DB, chunks []chunk) ([]chunk, error) {
	places := make([]Place, len(chunks))
	for i, c := range chunks {
		places[i] = Place{c.room, c.firstSeq}
	}
	query := db.Raw("SELECT room_id, first_seq, imprints FROM " + byPrimary(db, "message_chunks") + " WHERE " + Among(db, "room_id", "first_seq", places))
	return collect(query, func(scan func(...any) error) (c chunk, err error) {
		err = scan(&c.room, &c.firstSeq, &c.imprints)
		return c, err
	})
}

// loadTexts reads messages that can be searched for.
func loadTexts(db *gorm.DB, places []Place) ([]said, error) {
	query := db.Raw("SELECT room_id, seq, created_at, body FROM " + byPrimary(db, "messages") + " WHERE kind = 'text' AND deleted_at IS NULL AND " +
		Among(db, "room_id", "seq", places))
	return collect(query, func(scan func(...any) error) (s said, err error) {
		var at time.Time
		err = scan(&s.Room, &s.Seq, &at, &s.body)
		s.at = at.UnixMicro()
		return s, err
	})
}

// countHaving returns how many of some words hold all of these tokens.
func countHaving(db *gorm.DB, ids []int64, tokens []token) (n int64, err error) {
	id := "rowid"
	if db.Name() == mysql {
		id = "id"
	}
	query := db.Table("message_chunk_words").Where(id+" IN ?", ids)
	for _, t := range tokens {
		query = query.Where("words LIKE ?", "%"+t.word()+" %")
	}
	return n, query.Count(&n).Error
}

// loadHaving returns the ids of all words that hold all of these tokens.
func loadHaving(db *gorm.DB, tokens []token) (map[int64]bool, error) {
	words := make([]string, len(tokens))
	for i, t := range tokens {
		words[i] = t.word()
	}
	query := db.Raw("SELECT rowid FROM message_chunk_words WHERE message_chunk_words MATCH ?", strings.Join(words, " AND "))
	if db.Name() == mysql {
		query = db.Raw("SELECT id FROM message_chunk_words WHERE MATCH (words) AGAINST (? IN BOOLEAN MODE)", "+"+strings.Join(words, " +"))
	}
	ids, err := collect(query, scanID)
	having := make(map[int64]bool, len(ids))
	for _, id := range ids {
		having[id] = true
	}
	return having, err
}

// kept is a message as it is indexed.
type kept struct {
	at, rev int64
	body    string // empty when there is nothing to find
}

func loadChunk(db *gorm.DB, id room.ID, first, last int64) ([]kept, error) {
	query := db.Raw("SELECT created_at, rev, CASE WHEN kind = 'text' AND deleted_at IS NULL THEN body ELSE '' END"+
		" FROM messages WHERE room_id = ? AND seq BETWEEN ? AND ? ORDER BY seq", id, first, last)
	return collect(query, func(scan func(...any) error) (k kept, err error) {
		var at time.Time
		err = scan(&at, &k.rev, &k.body)
		k.at = at.UnixMicro()
		return k, err
	})
}

// unfile holds a chunk until tx ends, and takes its words out of the index of words if they are there.
func unfile(tx *gorm.DB, id room.ID, first int64) error {
	ids, err := collect(tx.Table("message_chunks").Select("COALESCE(words_id, 0)").
		Where("room_id = ? AND first_seq = ?", id, first).Clauses(clause.Locking{Strength: "UPDATE"}), scanID)
	if err != nil || len(ids) == 0 || ids[0] == unfiled {
		return err
	}
	if tx.Name() == mysql {
		return tx.Exec("DELETE FROM message_chunk_words WHERE id = ?", ids[0]).Error
	}
	return tx.Exec("DELETE FROM message_chunk_words WHERE rowid = ?", ids[0]).Error
}

// insertWords returns the id of what it inserts. FTS5 has tables of its own kind, that know neither columns of numbers
// nor RETURNING.
func insertWords(tx *gorm.DB, id room.ID, first int64, words string) (int64, error) {
	var added *gorm.DB
	last := "SELECT last_insert_rowid()"
	if tx.Name() == mysql {
		added = tx.Exec("INSERT INTO message_chunk_words (room_id, first_seq, words) VALUES (?, ?, ?)", id, first, words)
		last = "SELECT LAST_INSERT_ID()"
	} else {
		added = tx.Exec("INSERT INTO message_chunk_words (words) VALUES (?)", words)
	}
	if added.Error != nil {
		return 0, added.Error
	}
	ids, err := collect(tx.Raw(last), scanID)
	if err != nil || len(ids) != 1 {
		return 0, fmt.Errorf("%d ids: %w", len(ids), err)
	}
	return ids[0], nil
}

func scanID(scan func(...any) error) (id int64, err error) {
	err = scan(&id)
	return id, err
}

// mysql is what gorm calls MariaDB and MySQL.
const mysql = "mysql"
