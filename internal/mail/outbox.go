package mail

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"go.uber.org/zap"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/mail/smtp"
	"github.com/emosation/emosation/internal/pause"
	"github.com/emosation/emosation/internal/storage"
)

const (
	lookEvery  = time.Second
	sweepEvery = time.Hour
	// lease is how long a node has for sending one mail: longer than sending takes at most. When the node dies, another sends it after that.
	lease = 2 * time.Minute
	// firstRest is how long a mail rests after its first failure; the rest doubles each time.
	firstRest = time.Minute
	longRest  = 15 * time.Minute
	// tooOld is when a mail that could not be sent is given up.
	tooOld = 24 * time.Hour
)

type mailRow struct {
	ID        int64 `gorm:"primaryKey"`
	UserID    *account.ID
	EmailKey  *string // in place of UserID, until somebody has looked whose it is
	Purpose   Purpose
	CreatedAt time.Time
	Attempts  int
	NextAt    time.Time
}

func (mailRow) TableName() string { return "mails" }

// Post promises somebody a mail, which is sent after the commit of tx; ErrUnavailable where there are no mails.
func (s *Service) Post(tx *gorm.DB, who account.ID, purpose Purpose) error {
	return s.post(tx, mailRow{UserID: &who, Purpose: purpose})
}

// PostTo promises a mail to whoever has an account with this e-mail. Whether anybody has is looked up by whoever sends it, so that it
// costs the same here.
func (s *Service) PostTo(ctx context.Context, email string, purpose Purpose) error {
	key := account.EmailKey(email)
	return s.post(s.DB.WithContext(ctx), mailRow{EmailKey: &key, Purpose: purpose})
}

func (s *Service) post(db *gorm.DB, row mailRow) error {
	if !s.Available() {
		return ErrUnavailable
	}
	row.CreatedAt = stamp(s.Now())
	row.NextAt = row.CreatedAt
	if err := db.Create(&row).Error; err != nil {
		return fmt.Errorf("post %s mail: %w", row.Purpose, err)
	}
	return nil
}

// Run sends mails until ctx ends.
func (s *Service) Run(ctx context.Context) error {
	var swept time.Time
	for ctx.Err() == nil {
		var err error
		if s.Available() {
			err = s.delivering.Run(ctx, s.Deliver)
		}
		if now := s.Now(); now.Sub(swept) >= sweepEvery {
			err, swept = errors.Join(err, s.sweeping.Run(ctx, s.Sweep)), now
		}
		if err != nil && ctx.Err() == nil {
			s.Log.Error("mails are held up", zap.Error(err))
		}
		pause.For(ctx, lookEvery)
	}
	return nil
}

// Deliver sends every mail that is due. One that cannot be sent rests and is tried again; what it returns is that mails could not even
// be looked at.
func (s *Service) Deliver(ctx context.Context) error {
	for ctx.Err() == nil {
		row, to, err := s.claim(ctx)
		if err != nil {
			return fmt.Errorf("claim a mail: %w", err)
		}
		if row.ID == 0 {
			return nil
		}
		if err := s.deliver(ctx, row, to); err != nil {
			return fmt.Errorf("mail %d: %w", row.ID, err)
		}
	}
	return nil
}

// claim takes the mail that has been due longest, for as long as a lease, and returns whom it is for as they are now: nobody when
// there is nobody to send it to. Without a mail its id is 0.
func (s *Service) claim(ctx context.Context) (row mailRow, to account.User, err error) {
	due := func(db *gorm.DB) *gorm.DB {
		return db.Where("next_at <= ?", stamp(s.Now())).Order("next_at, id").Limit(1)
	}
	var rows []mailRow // most of the time there are none, and nobody need be kept from writing to learn that
	if err := due(s.DB.WithContext(ctx)).Find(&rows).Error; err != nil || len(rows) == 0 {
		return mailRow{}, account.User{}, err
	}
	err = storage.Tx(ctx, s.DB, func(tx *gorm.DB) error {
		row, to = mailRow{}, account.User{}
		var rows []mailRow
		err := due(tx.Clauses(clause.Locking{Strength: "UPDATE", Options: "SKIP LOCKED"})).Find(&rows).Error
		if err != nil || len(rows) == 0 {
			return err
		}
		row = rows[0]
		if to, err = recipient(tx, row); err != nil {
			return err
		}
		if to.ID != 0 {
			row.UserID, row.EmailKey = &to.ID, nil
		}
		row.Attempts++
		return tx.Model(&mailRow{}).Where("id = ?", row.ID).Updates(map[string]any{
			"user_id": row.UserID, "email_key": row.EmailKey, "attempts": row.Attempts, "next_at": stamp(s.Now().Add(lease)),
		}).Error
	})
	return row, to, err
}

// recipient returns whom a mail is for, or the zero User.
func recipient(tx *gorm.DB, row mailRow) (to account.User, err error) {
	if row.UserID != nil {
		to, err = account.Load(tx, *row.UserID)
	} else {
		to, _, err = account.Credentials(tx, *row.EmailKey)
	}
	if errors.Is(err, account.ErrUnknown) {
		return account.User{}, nil
	}
	return to, err
}

// deliver sends a mail that was claimed and notes what became of it.
func (s *Service) deliver(ctx context.Context, row mailRow, to account.User) error {
	if to.ID == 0 || !row.Purpose.wanted(to) {
		return s.done(ctx, row, needless)
	}
	token, err := issue(s.DB.WithContext(ctx), to.ID, row.Purpose, s.Now())
	if err != nil {
		return err
	}
	subject, text := compose(row.Purpose, to.Locale, s.PublicURL, token)
	err = s.Sender.Send(ctx, smtp.Message{
		ID: fmt.Sprintf("%s-%d-%d", row.Purpose, row.ID, row.CreatedAt.Unix()), To: to.Email, Subject: subject, Text: text,
		Language: string(to.Locale), Date: s.Now(),
	})
	about := []zap.Field{zap.Int64("mail", row.ID), zap.String("purpose", string(row.Purpose)), zap.Int64("user", int64(to.ID)), zap.Error(err)}
	switch {
	case err == nil:
		return s.done(ctx, row, sent)
	case ctx.Err() != nil:
		return ctx.Err() // it stays claimed until its lease is over
	case errors.Is(err, smtp.ErrRefused), s.Now().Sub(row.CreatedAt) >= tooOld:
		s.Log.Error("a mail was given up", about...)
		return s.done(ctx, row, givenUp)
	default:
		s.Log.Warn("a mail was not sent and will be tried again", about...)
		return s.putOff(ctx, row)
	}
}

// done forgets a mail. That has to happen even when the program is about to end, or it would be sent twice.
func (s *Service) done(ctx context.Context, row mailRow, result string) error {
	s.results.WithLabelValues(string(row.Purpose), result).Inc()
	return s.DB.WithContext(context.WithoutCancel(ctx)).Where("id = ?", row.ID).Delete(&mailRow{}).Error
}

func (s *Service) putOff(ctx context.Context, row mailRow) error {
	s.results.WithLabelValues(string(row.Purpose), putOff).Inc()
	return s.DB.WithContext(ctx).Model(&mailRow{}).Where("id = ?", row.ID).Update("next_at", stamp(s.Now().Add(rest(row.Attempts)))).Error
}

// rest is how long a mail waits after so many failures: twice as long each time, up to a bound, and less by chance, so that what
// failed together does not come back together.
func rest(failures int) time.Duration {
	d := longRest
	if doubled := failures - 1; doubled < 4 {
		d = firstRest << doubled
	}
	return d/2 + rand.N(d/2)
}
