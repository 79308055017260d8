package emotion

import (
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/emosation/emosation/internal/emotion/linear"
	"github.com/emosation/emosation/internal/fault"
)

// Correction is how the author of a message says that it was meant.
type Correction struct {
	Label Label
	Fine  string // a finer label that belongs to the label; empty for none
}

// Check returns fault.ErrInvalid for a correction that says nothing we know.
func (c Correction) Check() error {
	if labelPlace(c.Label) < 0 {
		return fault.ErrInvalid.WithField("body.label", "is none of the labels")
	}
	if c.Fine != "" && parentOf(c.Fine) != c.Label {
		return fault.ErrInvalid.WithField("body.fine", "does not belong to the label")
	}
	return nil
}

// parentOf returns the label that a fine label belongs to, or nothing for a name that is none.
func parentOf(fine string) Label {
	at := finePlace(fine)
	if at < 0 {
		return ""
	}
	return Labels()[linear.FineParents()[at]]
}

// Reading is the correction as it is shown in the place of an engine's reading. What nobody said, like how strongly it was meant, is
// what goes with the label.
func (c Correction) Reading() Reading {
	r := Reading{
		Label: c.Label, Confidence: 1, Intensity: 0.5, Valence: pleasant(c.Label), Love: c.Fine == "love" || c.Fine == "caring",
		Labels: []Label{c.Label}, Engine: AuthorEngine,
	}
	if c.Label == Neutral {
		r.Intensity = 0.1
	}
	if c.Fine != "" {
		r.Fine = []string{c.Fine}
	}
	if at := labelPlace(c.Label); at >= 0 {
		r.Scores[at] = 1
	}
	return r
}

// pleasant is the valence of a label.
func pleasant(label Label) float64 {
	switch label {
	case Joy:
		return 0.8
	case Anger, Disgust, Sadness:
		return -0.7
	case Fear:
		return -0.6
	}
	return 0
}

// correctionRow is a correction as it is stored. Teaches says that its author lets it have a part in their calibration.
type correctionRow struct {
	RoomID    int64 `gorm:"primaryKey;autoIncrement:false"`
	Seq       int64 `gorm:"primaryKey;autoIncrement:false"`
	UserID    int64
	Label     Label
	Fine      *string
	Teaches   bool
	CreatedAt time.Time
}

func (correctionRow) TableName() string { return "corrections" }

func (row correctionRow) correction() Correction {
	c := Correction{Label: row.Label}
	if row.Fine != nil {
		c.Fine = *row.Fine
	}
	return c
}

// Word is a correction of the message (Room, Seq) by its author.
type Word struct {
	Room, Seq, Author int64
	Correction
	Teaches bool // its author lets it have a part in their calibration
	At      time.Time
}

// Effect is what the writing of a correction made different.
type Effect struct {
	Shown  bool // what readers see
	Taught bool // what the author's calibration is learnt from
}

// SaveCorrection stores a correction in the place of the one before it. The caller sees to it that nobody else writes one of the same
// message meanwhile.
func SaveCorrection(tx *gorm.DB, w Word) (Effect, error) {
	row := correctionRow{RoomID: w.Room, Seq: w.Seq, UserID: w.Author, Label: w.Label, Teaches: w.Teaches, CreatedAt: w.At}
	if w.Fine != "" {
		row.Fine = &w.Fine
	}
	before, err := findCorrections(tx.Where("room_id = ? AND seq = ?", w.Room, w.Seq))
	if err != nil {
		return Effect{}, err
	}
	effect := Effect{Shown: true, Taught: w.Teaches}
	if len(before) > 0 {
		was := before[0]
		effect.Shown = was.correction() != w.Correction
		effect.Taught = was.Teaches != w.Teaches || was.Teaches && was.Label != w.Label
		if !effect.Shown && !effect.Taught {
			return Effect{}, nil
		}
	}
	if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error; err != nil {
		return Effect{}, fmt.Errorf("store correction: %w", err)
	}
	return effect, nil
}

// DropCorrection forgets the correction of a message, if there is one.
func DropCorrection(tx *gorm.DB, room, seq int64) (Effect, error) {
	here := tx.Where("room_id = ? AND seq = ?", room, seq).Session(&gorm.Session{})
	before, err := findCorrections(here)
	if err != nil || len(before) == 0 {
		return Effect{}, err
	}
	if err := here.Delete(&correctionRow{}).Error; err != nil {
		return Effect{}, fmt.Errorf("drop correction: %w", err)
	}
	return Effect{Shown: true, Taught: before[0].Teaches}, nil
}

func findCorrections(query *gorm.DB) ([]correctionRow, error) {
	var rows []correctionRow
	if err := query.Order("room_id, seq").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("look up corrections: %w", err)
	}
	return rows, nil
}

// LoadCorrections returns the corrections, as readings, of the messages for whose room_id and seq the query holds.
func LoadCorrections(query *gorm.DB) ([]Entry, error) {
	rows, err := findCorrections(query)
	entries := make([]Entry, len(rows))
	for i, row := range rows {
		entries[i] = Entry{Room: row.RoomID, Seq: row.Seq, Reading: row.correction().Reading(), At: row.CreatedAt}
	}
	return entries, err
}

// LoadEntries returns the readings that are shown of the messages for whose room_id and seq the query holds, which may be of any rooms:
// where the author has said how a message was meant, that; otherwise what an engine made of it.
func LoadEntries(query *gorm.DB) ([]Entry, error) {
	query = query.Session(&gorm.Session{})
	guesses, err := LoadGuesses(query)
	if err != nil {
		return nil, err
	}
	said, err := LoadCorrections(query)
	if err != nil || len(said) == 0 {
		return guesses, err
	}
	type place struct{ room, seq int64 }
	corrected := make(map[place]bool, len(said))
	for _, e := range said {
		corrected[place{e.Room, e.Seq}] = true
	}
	guesses = slices.DeleteFunc(guesses, func(e Entry) bool { return corrected[place{e.Room, e.Seq}] })
	return append(guesses, said...), nil
}
