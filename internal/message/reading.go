package message

import (
	"context"
	"errors"
	"time"

	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/room"
	"gorm.io/gorm"
)

// Reread is published after another reading of a message is committed, in the order of rev within its room. Nothing else of the
// message has changed.
type Reread struct{ Message Message }

// ErrOutdated means that a reading is of no use any more: the message says something else now, or nobody wants it to be read.
var ErrOutdated = errors.New("the message is not as it was when it was read")

// Improvement is a better reading of a message as it was.
type Improvement struct {
	Room    room.ID
	Seq     int64
	Body    string // what was read
	Reading emotion.Reading
}

// Improve replaces the reading of a message, unless it is outdated: then it returns ErrOutdated and changes nothing. What the author
// said about the message stays what is shown. Doing it twice changes nothing.
func (s *Service) Improve(ctx context.Context, better Improvement) error {
	reading := better.Reading.Rounded()
	_, err := s.do(ctx, &change{room: better.Room, seq: better.Seq, reread: true, apply: func(tx *gorm.DB, m Message, now time.Time) (bool, error) {
		if alive(m) != nil || m.Body != better.Body || !reads(m.Share) {
			return false, ErrOutdated
		}
		shown := m.Reading
		if shown != nil && shown.Engine == reading.Engine && shown.Version == reading.Version {
			return false, nil
		}
		entry := emotion.Entry{Room: int64(m.Room), Seq: m.Seq, Reading: reading, At: now}
		if err := s.ledger.Replace(tx, entry); err != nil {
			return false, err
		}
		return shown == nil || shown.Engine != emotion.AuthorEngine, nil
	}})
	if errors.Is(err, room.ErrNotFound) || errors.Is(err, ErrNotFound) || errors.Is(err, room.ErrReadOnly) || errors.Is(err, room.ErrClosed) {
		return ErrOutdated
	}
	return err
}
