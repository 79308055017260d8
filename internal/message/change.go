package message

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/calibration"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/mood"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/search"
	"github.com/emosation/emosation/internal/storage"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// change is an edit, a deletion, a reaction or another reading on its way through the writer, which keeps all revs of a room in order.
type change struct {
	who  account.ID // 0: the server itself, which needs no seat
	room room.ID
	seq  int64
	// reread is set where nothing but the reading changes.
	reread bool
	// reworded is set where the message says something else after it.
	reworded bool
	// reaction is set where the message and its reading stay as they are.
	reaction bool
	// apply changes m's row and what hangs on it, and reports whether anything changed. The room is locked.
	apply func(tx *gorm.DB, m Message, now time.Time) (bool, error)
	done  chan error

	message Message
}

// Edit replaces the text of a message of one's own; a new reading replaces the old one. The same text changes nothing.
// Errors: room.ErrNotFound, ErrNotFound, ErrSystem, ErrNotYours, ErrDeleted, and why the room may not be written.
func (s *Service) Edit(ctx context.Context, who account.ID, id room.ID, seq int64, body string) (Message, error) {
	if err := checkBody(body); err != nil {
		return Message{}, err
	}
	return s.do(ctx, &change{who: who, room: id, seq: seq, reworded: true, apply: func(tx *gorm.DB, m Message, now time.Time) (bool, error) {
		if err := ownAndAlive(m, who); err != nil {
			return false, err
		}
		if m.Body == body {
			return false, nil
		}
		if err := reword(tx, m, map[string]any{"body": body, "edited_at": now}); err != nil {
			return false, err
		}
		if err := s.unread(tx, m, now); err != nil {
			return false, err
		}
		bias, err := calibration.Applied(tx, who)
		if err != nil {
			return false, err
		}
		if reading := s.read(body, room.Author{Share: m.Share, Bias: bias}); reading != nil {
			entry := emotion.Entry{Room: int64(id), Seq: seq, Reading: *reading, At: now}
			return true, s.ledger.Store(tx, []emotion.Entry{entry})
		}
		return true, nil
	}})
}

// Delete turns a message of one's own into a tombstone: text, reading and reactions are gone. Doing it twice changes
// nothing. Errors as of Edit.
func (s *Service) Delete(ctx context.Context, who account.ID, id room.ID, seq int64) error {
	_, err := s.do(ctx, &change{who: who, room: id, seq: seq, apply: func(tx *gorm.DB, m Message, now time.Time) (bool, error) {
		err := ownAndAlive(m, who)
		if errors.Is(err, ErrDeleted) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		if err := reword(tx, m, map[string]any{"body": "", "deleted_at": now}); err != nil {
			return false, err
		}
		if err := s.unread(tx, m, now); err != nil {
			return false, err
		}
		return true, tx.Where("room_id = ? AND seq = ?", id, seq).Delete(&reactionRow{}).Error
	}})
	return err
}

// maxReactions bounds the different emoji under one message.
const maxReactions = 20

// React puts an emoji under a message. Doing it twice changes nothing. Errors as of Edit, without ErrNotYours.
func (s *Service) React(ctx context.Context, who account.ID, id room.ID, seq int64, emoji string) (Message, error) {
	if err := checkEmoji(emoji); err != nil {
		return Message{}, err
	}
	return s.do(ctx, &change{who: who, room: id, seq: seq, reaction: true, apply: func(tx *gorm.DB, m Message, now time.Time) (bool, error) {
		if err := alive(m); err != nil {
			return false, err
		}
		if !m.hasReaction(emoji) && len(m.Reactions) >= maxReactions {
			return false, ErrReactions
		}
		row := reactionRow{RoomID: id, Seq: seq, Emoji: emoji, UserID: who, CreatedAt: now}
		added := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&row)
		return added.RowsAffected > 0, added.Error
	}})
}

// Unreact takes one's emoji away again. Without one nothing changes. Errors as of React.
func (s *Service) Unreact(ctx context.Context, who account.ID, id room.ID, seq int64, emoji string) (Message, error) {
	return s.do(ctx, &change{who: who, room: id, seq: seq, reaction: true, apply: func(tx *gorm.DB, _ Message, _ time.Time) (bool, error) {
		gone := tx.Where("room_id = ? AND seq = ? AND emoji = ? AND user_id = ?", id, seq, emoji, who).Delete(&reactionRow{})
		return gone.RowsAffected > 0, gone.Error
	}})
}

func (m *Message) hasReaction(emoji string) bool {
	for _, r := range m.Reactions {
		if r.Emoji == emoji {
			return true
		}
	}
	return false
}

func ownAndAlive(m Message, who account.ID) error {
	if m.Sender != who && m.Kind == Text {
		return ErrNotYours
	}
	return alive(m)
}

// alive returns why nothing about a message can change any more.
func alive(m Message) error {
	switch {
	case m.Kind == System:
		return ErrSystem
	case m.DeletedAt != nil:
		return ErrDeleted
	}
	return nil
}

func update(tx *gorm.DB, m Message, columns map[string]any) error {
	return tx.Model(&messageRow{}).Where("room_id = ? AND seq = ?", m.Room, m.Seq).Updates(columns).Error
}

// reword is an update of what a message says, which the search follows.
func reword(tx *gorm.DB, m Message, columns map[string]any) error {
	if err := update(tx, m, columns); err != nil {
		return err
	}
	return search.Changed(tx, m.Room, m.Seq)
}

// do hands a change to the writer and waits for its commit.
func (s *Service) do(ctx context.Context, c *change) (Message, error) {
	c.done = make(chan error, 1)
	select {
	case s.queue <- job{change: c}:
	case <-ctx.Done():
		return Message{}, ErrNotStored
	}
	select {
	case err := <-c.done:
		return c.message, err
	case <-ctx.Done():
		return Message{}, ErrNotStored
	}
}

func (s *Service) commitChange(ctx context.Context, c *change) {
	var changed bool
	err := storage.Tx(ctx, s.db, func(tx *gorm.DB) error {
		var err error
		changed, err = s.applyChange(tx, c)
		return err
	})
	if err != nil {
		err = fmt.Errorf("change message %d of room %d: %w", c.seq, c.room, err)
	}
	s.memory.Forget(c.room)
	if changed && err == nil && (c.reworded || c.who == 0) {
		s.meter.read(c.message.Reading)
	}
	published := c.message // the asking goroutine owns c after this
	c.done <- err
	switch {
	case err != nil || !changed:
	case c.reread:
		s.events.Publish(ctx, Reread{published})
	default:
		s.events.Publish(ctx, Changed{Message: published, Reworded: c.reworded})
	}
}

func (s *Service) applyChange(tx *gorm.DB, c *change) (bool, error) {
	rooms, err := room.Lock(tx, []room.ID{c.room})
	if err != nil {
		return false, err
	}
	r := rooms[c.room]
	if err := c.admitted(tx, r); err != nil {
		return false, err
	}
	if c.message, err = s.bySeq(tx, c.room, c.seq); err != nil {
		return false, err
	}
	changed, err := c.apply(tx, c.message, s.timestamp())
	if err != nil || !changed {
		return false, err
	}
	r.LastRev++
	if err := update(tx, c.message, map[string]any{"rev": r.LastRev}); err != nil {
		return false, err
	}
	if err := room.SaveCounters(tx, map[room.ID]*room.Room{r.ID: r}); err != nil {
		return false, err
	}
	if !c.reaction {
		if err := mood.Changed(tx, search.Place{Room: c.room, Seq: c.seq}); err != nil {
			return false, err
		}
	}
	c.message, err = s.bySeq(tx, c.room, c.seq)
	return true, err
}

// admitted returns why nothing may be changed in a locked room by whoever asks; the room may be nil.
func (c *change) admitted(tx *gorm.DB, r *room.Room) error {
	if r == nil {
		return room.ErrNotFound
	}
	if c.who != 0 {
		seat := room.Seat{Room: c.room, User: c.who}
		seated, err := room.Seated(tx, []room.Seat{seat})
		if err != nil {
			return err
		}
		if !seated[seat] {
			return room.ErrNotFound
		}
	}
	return r.State.Writable()
}
