package emotion

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/emosation/emosation/internal/jsontext"
	"github.com/emosation/emosation/internal/storage"
	"gorm.io/gorm"
)

// Entry is a reading of the message (Room, Seq). Readings are kept apart from messages, so that forgetting them
// touches no message.
type Entry struct {
	Room, Seq int64
	Reading   Reading
	At        time.Time
}

type readingRow struct {
	RoomID     int64 `gorm:"primaryKey;autoIncrement:false"`
	Seq        int64 `gorm:"primaryKey;autoIncrement:false"`
	Label      Label
	Confidence float64
	Intensity  float64
	Unclear    bool
	Detail     string
	Engine     string
	Version    string
	CreatedAt  time.Time
}

func (readingRow) TableName() string { return "readings" }

// detail is what the column of that name holds as JSON: what is shown but never searched for.
type detail struct {
	Labels   []Label    `json:"labels,omitempty"`
	Fine     []string   `json:"fine,omitempty"`
	Scores   [7]float64 `json:"scores"`
	Evidence [][2]int   `json:"evidence,omitempty"`
}

// Rows are those of the readings.
func Rows(db *gorm.DB) *storage.Rows {
	return storage.NewRows(db, readingRow{}.TableName(),
		"room_id", "seq", "label", "confidence", "intensity", "unclear", "detail", "engine", "version", "created_at")
}

// appendArgs appends the values of one of the Rows.
func appendArgs(args []any, e *Entry) []any {
	r := &e.Reading
	var buf [512]byte
	return append(args, e.Room, e.Seq, string(r.Label), r.Confidence, r.Intensity, r.Unclear, string(appendDetail(buf[:0], r)), r.Engine,
		r.Version, e.At)
}

// appendDetail writes what json.Marshal would make of a detail.
func appendDetail(dst []byte, r *Reading) []byte {
	dst = append(dst, '{')
	if len(r.Labels) > 0 {
		dst = append(appendNames(append(dst, `"labels":`...), r.Labels), ',')
	}
	if len(r.Fine) > 0 {
		dst = append(appendNames(append(dst, `"fine":`...), r.Fine), ',')
	}
	separator := `"scores":[`
	for _, score := range r.Scores {
		dst = jsontext.AppendFloat(append(dst, separator...), score)
		separator = ","
	}
	dst = append(dst, ']')
	if len(r.Evidence) > 0 {
		separator = `,"evidence":[[`
		for _, span := range r.Evidence {
			dst = strconv.AppendInt(append(dst, separator...), int64(span.Start), 10)
			dst = strconv.AppendInt(append(dst, ','), int64(span.End), 10)
			separator = "],["
		}
		dst = append(dst, "]]"...)
	}
	return append(dst, '}')
}

func appendNames[N ~string](dst []byte, names []N) []byte {
	separator := byte('[')
	for _, name := range names {
		dst = jsontext.AppendString(append(dst, separator), string(name))
		separator = ','
	}
	return append(dst, ']')
}

// StoreReadings writes readings in the transaction that writes their messages.
func StoreReadings(tx *gorm.DB, rows *storage.Rows, entries []Entry) error {
	args := make([]any, 0, 10*len(entries))
	for i := range entries {
		args = appendArgs(args, &entries[i])
	}
	return rows.Insert(tx, args)
}

// DeleteReading forgets the reading of a message, if there is one.
func DeleteReading(tx *gorm.DB, room, seq int64) error {
	return tx.Where("room_id = ? AND seq = ?", room, seq).Delete(&readingRow{}).Error
}

// LoadReadings returns the readings of some messages of a room by seq, in one statement. FineScores are not kept.
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

// LoadEntries is LoadReadings for messages of any rooms: those for whose room_id and seq the query holds.
func LoadEntries(query *gorm.DB) ([]Entry, error) {
	var rows []readingRow
	if err := query.Find(&rows).Error; err != nil {
		return nil, err
	}
	entries := make([]Entry, len(rows))
	for i, row := range rows {
		reading, err := row.reading()
		if err != nil {
			return nil, fmt.Errorf("decode reading of message %d in room %d: %w", row.Seq, row.RoomID, err)
		}
		entries[i] = Entry{Room: row.RoomID, Seq: row.Seq, Reading: reading, At: row.CreatedAt}
	}
	return entries, nil
}

func (row readingRow) reading() (Reading, error) {
	var d detail
	if err := json.Unmarshal([]byte(row.Detail), &d); err != nil {
		return Reading{}, err
	}
	r := Reading{
		Label: row.Label, Confidence: row.Confidence, Intensity: row.Intensity, Unclear: row.Unclear,
		Labels: d.Labels, Fine: d.Fine, Scores: d.Scores, Engine: row.Engine, Version: row.Version,
	}
	for _, span := range d.Evidence {
		r.Evidence = append(r.Evidence, Span{Start: span[0], End: span[1]})
	}
	return r, nil
}

// Rounded returns the reading with four decimals, all that means anything: it is stored and sent like that.
func (r Reading) Rounded() Reading {
	round := func(x float64) float64 { return math.Round(x*1e4) / 1e4 }
	r.Confidence, r.Intensity = round(r.Confidence), round(r.Intensity)
	for i, score := range r.Scores {
		r.Scores[i] = round(score)
	}
	return r
}
