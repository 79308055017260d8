// Package calibration learns from the corrections of an author how their words lean, with their consent and for their messages alone.
package calibration

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/emotion/linear"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/storage"
)

// Calibration is what was learnt of one author.
type Calibration struct {
	Bias        emotion.Bias
	Corrections int // from which it was learnt
	UpdatedAt   time.Time
}

// engine reads messages; nobody's bias is nil.
type engine interface {
	ReadAs(text string, bias *emotion.Bias) emotion.Reading
}

// mostCorrections is how many count, the latest of them: people change, and all are read again for each.
const mostCorrections = 100

type calibrationRow struct {
	UserID      account.ID `gorm:"primaryKey;autoIncrement:false"`
	Bias        emotion.Bias
	Corrections int
	UpdatedAt   time.Time `gorm:"autoUpdateTime:false"`
}

func (calibrationRow) TableName() string { return "calibrations" }

// Of returns what is kept of an author, or nil. It is kept, but not used, while they do not want it to be.
func Of(db *gorm.DB, who account.ID) (*Calibration, error) {
	rows, err := find(db, who)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return &Calibration{Bias: rows[0].Bias, Corrections: rows[0].Corrections, UpdatedAt: rows[0].UpdatedAt}, nil
}

func find(db *gorm.DB, who account.ID) (rows []calibrationRow, err error) {
	if err = db.Where("user_id = ?", who).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("look up calibration of %d: %w", who, err)
	}
	return rows, nil
}

// Applied returns the bias that an author's messages are read with, or nil: what is kept, while they want it to be used.
func Applied(db *gorm.DB, who account.ID) (*emotion.Bias, error) {
	var biases []emotion.Bias
	err := db.Table("calibrations AS c").Joins("JOIN users u ON u.id = c.user_id").Where("c.user_id = ? AND u.calibrate_readings", who).
		Pluck("c.bias", &biases).Error
	if err != nil {
		return nil, fmt.Errorf("look up bias of %d: %w", who, err)
	}
	if len(biases) == 0 {
		return nil, nil
	}
	return &biases[0], nil
}

// consent is what an author has chosen.
type consent struct {
	ShareReadings     account.ShareReadings
	CalibrateReadings bool
}

// Wanted tells whether an author lets corrections that they make now teach how they are read.
func Wanted(tx *gorm.DB, who account.ID) (bool, error) {
	c, err := choice(tx, who)
	return c.CalibrateReadings, err
}

func choice(tx *gorm.DB, who account.ID) (c consent, err error) {
	if err = tx.Table("users").Where("id = ?", who).Scan(&c).Error; err != nil {
		return consent{}, fmt.Errorf("look up what %d wants: %w", who, err)
	}
	return c, nil
}

// Learn makes what is known of an author fit their corrections, after one of those that teach has come, changed or gone. Where it may
// not be learnt anew, it is erased. It belongs into the transaction of that change.
func Learn(tx *gorm.DB, operator emotion.Mode, e engine, who account.ID, now time.Time) error {
	wants, err := choice(tx.Clauses(clause.Locking{Strength: "UPDATE"}), who)
	if err != nil {
		return err
	}
	if !wants.CalibrateReadings || emotion.Allowed(operator, room.ReadingsOn, wants.ShareReadings) == emotion.Nowhere {
		return keep(tx, who, nil)
	}
	examples, err := load(tx, e, who)
	if err != nil {
		return err
	}
	if len(examples) == 0 {
		return keep(tx, who, nil)
	}
	return keep(tx, who, &calibrationRow{UserID: who, Bias: fit(examples), Corrections: len(examples), UpdatedAt: now})
}

// load reads the corrected messages again, as anybody's. Those in rooms where nothing is read are left out.
func load(tx *gorm.DB, e engine, who account.ID) ([]example, error) {
	var rows []struct {
		Label emotion.Label
		Body  string
	}
	err := tx.Table("corrections AS c").Select("c.label, m.body").
		Joins("JOIN messages m ON m.room_id = c.room_id AND m.seq = c.seq").Joins("JOIN rooms r ON r.id = c.room_id").
		Where("c.user_id = ? AND c.teaches AND r.readings <> ?", who, room.ReadingsOff).
		Order("c.created_at DESC, c.room_id, c.seq").Limit(mostCorrections).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("load corrections of %d: %w", who, err)
	}
	examples := make([]example, len(rows))
	for i, row := range rows {
		examples[i] = exampleOf(e.ReadAs(row.Body, nil), row.Label)
	}
	return examples, nil
}

func exampleOf(r emotion.Reading, meant emotion.Label) example {
	labels := emotion.Labels()
	e := example{guess: slices.Index(labels[:], r.Label), meant: slices.Index(labels[:], meant)}
	for label, score := range r.Scores {
		e.odds[label] = linear.Logit(score)
	}
	return e
}

// keep stores what was learnt, or nothing, and tells the author's rooms if they are read otherwise now.
func keep(tx *gorm.DB, who account.ID, learnt *calibrationRow) error {
	before, err := find(tx, who)
	if err != nil {
		return err
	}
	var was, is emotion.Bias
	if len(before) > 0 {
		was = before[0].Bias
	}
	if learnt == nil {
		err = tx.Where("user_id = ?", who).Delete(&calibrationRow{}).Error
	} else {
		is = learnt.Bias
		err = tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(learnt).Error
	}
	if err != nil {
		return fmt.Errorf("keep calibration of %d: %w", who, err)
	}
	if was == is {
		return nil
	}
	return room.AuthorChanged(tx, who)
}

// Erase forgets what was learnt of an author, and that any correction was to teach: those that stay never will again.
func Erase(tx *gorm.DB, who account.ID) error {
	if err := tx.Exec("UPDATE corrections SET teaches = FALSE WHERE user_id = ? AND teaches", who).Error; err != nil {
		return fmt.Errorf("let no correction of %d teach: %w", who, err)
	}
	return keep(tx, who, nil)
}

// Service holds what people do with their own calibration.
type Service struct{ db *gorm.DB }

// NewService needs an open database whose schema is up to date.
func NewService(db *gorm.DB) *Service { return &Service{db: db} }

// Of returns what is kept of an author, or nil.
func (s *Service) Of(ctx context.Context, who account.ID) (*Calibration, error) {
	return Of(s.db.WithContext(ctx), who)
}

// Reset reads an author like everybody again.
func (s *Service) Reset(ctx context.Context, who account.ID) error {
	err := storage.Tx(ctx, s.db, func(tx *gorm.DB) error {
		if _, err := choice(tx.Clauses(clause.Locking{Strength: "UPDATE"}), who); err != nil {
			return err
		}
		return Erase(tx, who)
	})
	if err != nil {
		return fmt.Errorf("reset calibration: %w", err)
	}
	return nil
}
