package emotion

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"sync"
	"time"

	"github.com/emosation/emosation/internal/storage"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Entry is a reading of the message (Room, Seq). Readings are kept apart from messages, so that forgetting them
// touches no message.
type Entry struct {
	Room, Seq int64
	Reading   Reading
	At        time.Time
}

// Purpose is what a reading is kept for.
type Purpose string

// Display is to show a reading beside its message.
const Display Purpose = "display"

type readingRow struct {
	RoomID     int64 `gorm:"primaryKey;autoIncrement:false"`
	Seq        int64 `gorm:"primaryKey;autoIncrement:false"`
	SourceID   int64
	Label      Label
	Confidence int64
	Intensity  int64
	Valence    int64
	Unclear    bool
	Love       bool
	Detail     []byte
	CreatedAt  time.Time
}

func (readingRow) TableName() string { return "readings" }

type sourceRow struct {
	ID      int64 `gorm:"primaryKey;autoIncrement:false"`
	Engine  string
	Version string
	Purpose Purpose
}

func (sourceRow) TableName() string { return "reading_sources" }

// source is what made a reading.
type source struct{ engine, version string }

// id is the same on every node, so that none has to ask for it.
func (s source) id() int64 {
	sum := sha256.Sum256([]byte(s.engine + "\n" + s.version + "\n" + string(Display)))
	return int64(binary.BigEndian.Uint32(sum[:]))
}

// Ledger writes readings. Many goroutines may use it.
type Ledger struct {
	rows *storage.Rows

	mu     sync.Mutex
	stored map[source]int64 // those whose rows were seen in the database
}

// NewLedger needs an open database whose schema is up to date.
func NewLedger(db *gorm.DB) *Ledger {
	rows := storage.NewRows(db, readingRow{}.TableName(),
		"room_id", "seq", "source_id", "label", "confidence", "intensity", "valence", "unclear", "love", "detail", "created_at")
	return &Ledger{rows: rows, stored: make(map[source]int64)}
}

// readingColumns is how many values a row of readings has.
const readingColumns = 11

// Store writes readings in the transaction that writes or changes their messages.
func (l *Ledger) Store(tx *gorm.DB, entries []Entry) error {
	args := make([]any, 0, readingColumns*len(entries))
	for i := range entries {
		r := &entries[i].Reading
		id, err := l.source(tx, source{r.Engine, r.Version})
		if err != nil {
			return err
		}
		args = appendArgs(args, &entries[i], id)
	}
	return l.rows.Insert(tx, args)
}

// Replace puts a reading in the place of the one that its message has, if any.
func (l *Ledger) Replace(tx *gorm.DB, e Entry) error {
	if err := DeleteReading(tx, e.Room, e.Seq); err != nil {
		return err
	}
	return l.Store(tx, []Entry{e})
}

// source returns the id of a source and sees that it has a row. A row that this transaction writes itself is not relied on: the
// transaction may fail.
func (l *Ledger) source(tx *gorm.DB, s source) (int64, error) {
	l.mu.Lock()
	id, known := l.stored[s]
	l.mu.Unlock()
	if known {
		return id, nil
	}
	id = s.id()
	var there int64
	if err := tx.Model(&sourceRow{}).Where("id = ?", id).Count(&there).Error; err != nil {
		return 0, fmt.Errorf("look up source of readings: %w", err)
	}
	if there == 0 {
		row := sourceRow{ID: id, Engine: s.engine, Version: s.version, Purpose: Display}
		if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error; err != nil {
			return 0, fmt.Errorf("store source of readings: %w", err)
		}
		return id, nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.stored[s] = id
	return id, nil
}

// appendArgs appends the values of one row.
func appendArgs(args []any, e *Entry, source int64) []any {
	r := &e.Reading
	return append(args, e.Room, e.Seq, source, string(r.Label), tenThousandths(r.Confidence), tenThousandths(r.Intensity),
		tenThousandths(r.Valence), r.Unclear, r.Love, appendDetail(make([]byte, 0, detailRoom), r), e.At)
}

func tenThousandths(x float64) int64 { return int64(math.Round(x * 1e4)) }

// DeleteReading forgets the reading of a message, if there is one.
func DeleteReading(tx *gorm.DB, room, seq int64) error {
	return tx.Where("room_id = ? AND seq = ?", room, seq).Delete(&readingRow{}).Error
}

// LoadReadings returns the readings that are shown of some messages of a room by seq. FineScores are not kept.
// Who may see them is the caller's to decide.
func LoadReadings(db *gorm.DB, room int64, seqs []int64) (map[int64]Reading, error) {
	entries, err := LoadEntries(db.Where("room_id = ? AND seq IN ?", room, seqs))
	if err != nil {
		return nil, err
	}
	readings := make(map[int64]Reading, len(entries))
	for _, e := range entries {
		readings[e.Seq] = e.Reading
	}
	return readings, nil
}

// foundRow is a reading with what made it.
type foundRow struct {
	Row     readingRow `gorm:"embedded"`
	Engine  string
	Version string
}

// LoadGuesses returns what engines made of the messages for whose room_id and seq the query holds, whatever their authors said.
func LoadGuesses(query *gorm.DB) ([]Entry, error) {
	var rows []foundRow
	err := query.Table("readings").Select("readings.*, s.engine, s.version").
		Joins("LEFT JOIN reading_sources s ON s.id = readings.source_id").Scan(&rows).Error
	if err != nil {
		return nil, err
	}
	entries := make([]Entry, len(rows))
	for i, row := range rows {
		reading, err := row.reading()
		if err != nil {
			return nil, fmt.Errorf("decode reading of message %d in room %d: %w", row.Row.Seq, row.Row.RoomID, err)
		}
		entries[i] = Entry{Room: row.Row.RoomID, Seq: row.Row.Seq, Reading: reading, At: row.Row.CreatedAt}
	}
	return entries, nil
}

func (f foundRow) reading() (Reading, error) {
	row := f.Row
	r := Reading{
		Label: row.Label, Confidence: float64(row.Confidence) / 1e4, Intensity: float64(row.Intensity) / 1e4,
		Valence: float64(row.Valence) / 1e4, Unclear: row.Unclear, Love: row.Love, Engine: f.Engine, Version: f.Version,
	}
	return r, r.readDetail(row.Detail)
}

// Rounded returns the reading with four decimals, all that means anything: it is stored and sent like that.
func (r Reading) Rounded() Reading {
	round := func(x float64) float64 { return math.Round(x*1e4) / 1e4 }
	r.Confidence, r.Intensity, r.Valence = round(r.Confidence), round(r.Intensity), round(r.Valence)
	for i, score := range r.Scores {
		r.Scores[i] = round(score)
	}
	return r
}
