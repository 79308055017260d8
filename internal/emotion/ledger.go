package emotion

import (
	"encoding/json"
	"fmt"
	"math"
	"time"

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

// StoreReadings writes readings in one statement, in the transaction that writes their messages.
func StoreReadings(tx *gorm.DB, entries []Entry) error {
	if len(entries) == 0 {
		return nil
	}
	rows := make([]readingRow, len(entries))
	for i, e := range entries {
		r := e.Reading
		d := detail{Labels: r.Labels, Fine: r.Fine, Scores: r.Scores, Evidence: make([][2]int, len(r.Evidence))}
		for j, span := range r.Evidence {
			d.Evidence[j] = [2]int{span.Start, span.End}
		}
		text, err := json.Marshal(d)
		if err != nil {
			return fmt.Errorf("encode reading: %w", err)
		}
		rows[i] = readingRow{
			RoomID: e.Room, Seq: e.Seq, Label: r.Label, Confidence: r.Confidence, Intensity: r.Intensity,
			Unclear: r.Unclear, Detail: string(text), Engine: r.Engine, Version: r.Version, CreatedAt: e.At,
		}
	}
	return tx.Create(&rows).Error
}

// DeleteReading forgets the reading of a message, if there is one.
func DeleteReading(tx *gorm.DB, room, seq int64) error {
	return tx.Where("room_id = ? AND seq = ?", room, seq).Delete(&readingRow{}).Error
}

// LoadReadings returns the readings of some messages of a room by seq, in one statement. FineScores are not kept.
// Who may see them is the caller's to decide.
func LoadReadings(db *gorm.DB, room int64, seqs []int64) (map[int64]Reading, error) {
	var rows []readingRow
	if err := db.Where("room_id = ? AND seq IN ?", room, seqs).Find(&rows).Error; err != nil {
		return nil, err
	}
	readings := make(map[int64]Reading, len(rows))
	for _, row := range rows {
		var d detail
		if err := json.Unmarshal([]byte(row.Detail), &d); err != nil {
			return nil, fmt.Errorf("decode reading of message %d in room %d: %w", row.Seq, room, err)
		}
		r := Reading{
			Label: row.Label, Confidence: row.Confidence, Intensity: row.Intensity, Unclear: row.Unclear,
			Labels: d.Labels, Fine: d.Fine, Scores: d.Scores, Engine: row.Engine, Version: row.Version,
		}
		for _, span := range d.Evidence {
			r.Evidence = append(r.Evidence, Span{Start: span[0], End: span[1]})
		}
		readings[row.Seq] = r
	}
	return readings, nil
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
