package message

import (
	"context"
	"errors"
	"time"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/calibration"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/room"
	"gorm.io/gorm"
)

// Reread is published after another reading of a message is committed, in the order of rev within its room. Nothing else of the
// message has changed.
type Reread struct{ Message Message }

// ErrOutdated means that a reading is of no use any more: the message says something else now, or it is not to be read.
var ErrOutdated = errors.New("the message is not as it was when it was read")

// Improvement is a better reading, by a remote engine, of a message as it was.
type Improvement struct {
	Room    room.ID
	Seq     int64
	Body    string // what was read
	Reading emotion.Reading
}

// Improve replaces the reading of a message, unless it is outdated: then it returns ErrOutdated and changes nothing. A message that
// has no reading any more is to have none. What the author said about a message stays what is shown. Doing it twice changes nothing.
func (s *Service) Improve(ctx context.Context, better Improvement) error {
	reading := better.Reading.Rounded()
	_, err := s.do(ctx, &change{room: better.Room, seq: better.Seq, reread: true, apply: func(tx *gorm.DB, m Message, now time.Time) (bool, error) {
		if alive(m) != nil || m.Body != better.Body || m.Reach != emotion.Remote {
			return false, ErrOutdated
		}
		guesses, err := emotion.LoadGuesses(tx.Where("room_id = ? AND seq = ?", m.Room, m.Seq))
		switch {
		case err != nil:
			return false, err
		case len(guesses) == 0:
			return false, ErrOutdated
		case guesses[0].Reading.Engine == reading.Engine && guesses[0].Reading.Version == reading.Version:
			return false, nil
		}
		entry := emotion.Entry{Room: int64(m.Room), Seq: m.Seq, Reading: reading, At: now}
		return m.Reading.Engine != emotion.AuthorEngine, s.ledger.Replace(tx, entry)
	}})
	for _, gone := range []error{room.ErrNotFound, ErrNotFound, room.ErrReadOnly, room.ErrClosed} {
		if errors.Is(err, gone) {
			return ErrOutdated
		}
	}
	return err
}

// Correct says how a message of one's own was meant, in the place of every reading. Saying the same again changes nothing.
// Errors as of Edit, and emotion.ErrOff where the message may not be read.
func (s *Service) Correct(ctx context.Context, who account.ID, id room.ID, seq int64, said emotion.Correction) (Message, error) {
	if err := said.Check(); err != nil {
		return Message{}, err
	}
	return s.do(ctx, &change{who: who, room: id, seq: seq, reread: true, apply: func(tx *gorm.DB, m Message, now time.Time) (bool, error) {
		if err := ownAndAlive(m, who); err != nil {
			return false, err
		}
		if m.Reach == emotion.Nowhere {
			return false, emotion.ErrOff
		}
		teaches, err := calibration.Wanted(tx, who)
		if err != nil {
			return false, err
		}
		word := emotion.Word{Room: int64(id), Seq: seq, Author: int64(who), Correction: said, Teaches: teaches, At: now}
		effect, err := emotion.SaveCorrection(tx, word)
		if err != nil {
			return false, err
		}
		return effect.Shown, s.learn(tx, effect, who, now)
	}})
}

// Withdraw takes back what one said about a message of one's own. It may always be taken back, also where the message may not be read
// any more. Doing it twice changes nothing. Errors as of Edit.
func (s *Service) Withdraw(ctx context.Context, who account.ID, id room.ID, seq int64) (Message, error) {
	return s.do(ctx, &change{who: who, room: id, seq: seq, reread: true, apply: func(tx *gorm.DB, m Message, now time.Time) (bool, error) {
		if err := ownAndAlive(m, who); err != nil {
			return false, err
		}
		effect, err := emotion.DropCorrection(tx, int64(id), seq)
		if err != nil {
			return false, err
		}
		return effect.Shown, s.learn(tx, effect, who, now)
	}})
}

// unread forgets what was read in a message, and said about it, whose text is no more.
func (s *Service) unread(tx *gorm.DB, m Message, now time.Time) error {
	if err := emotion.DeleteReading(tx, int64(m.Room), m.Seq); err != nil {
		return err
	}
	effect, err := emotion.DropCorrection(tx, int64(m.Room), m.Seq)
	if err != nil {
		return err
	}
	return s.learn(tx, effect, m.Sender, now)
}

// learn lets the author's calibration follow a change of their corrections.
func (s *Service) learn(tx *gorm.DB, effect emotion.Effect, who account.ID, now time.Time) error {
	if !effect.Taught {
		return nil
	}
	return calibration.Learn(tx, s.operator, s.engine, who, now)
}
