package message

import (
	"context"
	"fmt"
	"time"

	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/storage"
	"github.com/google/uuid"
	"gorm.io/gorm"
)

// recording is a change of a room on its way through the writer, which gives its lines their place among the messages.
type recording struct {
	step room.Step
	done chan error
}

// Record carries out a change of a room and writes its lines into the history, in one transaction; then it publishes
// the change and the lines, and only then returns. The step's own error means that nothing has changed. After
// ErrNotRecorded it may be carried out still, so the step must not be given what the caller uses afterwards.
func (s *Service) Record(ctx context.Context, step room.Step) error {
	r := &recording{step: step, done: make(chan error, 1)}
	select {
	case s.queue <- job{record: r}:
	case <-ctx.Done():
		return ErrNotRecorded
	}
	select {
	case err := <-r.done:
		return err
	case <-ctx.Done():
		return ErrNotRecorded
	}
}

func (s *Service) commitRecord(ctx context.Context, r *recording) {
	var rec room.Record
	var lines []Message
	err := storage.Tx(ctx, s.db, func(tx *gorm.DB) error {
		now := s.timestamp()
		var err error
		if rec, err = r.step(tx, now); err != nil {
			return err
		}
		lines, err = storeLines(tx, rec, now)
		return err
	})
	if rec.Room != nil {
		s.memory.Forget(rec.Room.ID)
	}
	if err == nil {
		for _, event := range rec.Events {
			s.events.Publish(ctx, event)
		}
		for _, line := range lines {
			s.events.Publish(ctx, Posted{line})
		}
	}
	r.done <- err
}

func storeLines(tx *gorm.DB, rec room.Record, now time.Time) ([]Message, error) {
	if len(rec.Lines) == 0 {
		return nil, nil
	}
	r := rec.Room
	if err := room.MarkLastSender(tx, r); err != nil {
		return nil, fmt.Errorf("save read mark: %w", err)
	}
	before := r.LastSeq
	rows := make([]messageRow, len(rec.Lines))
	messages := make([]Message, len(rec.Lines))
	for i, line := range rec.Lines {
		r.LastSeq++
		r.LastRev++
		rows[i] = messageRow{
			RoomID: r.ID, Seq: r.LastSeq, Rev: r.LastRev, Kind: System, SenderID: rec.Sender(), ClientID: uuid.NewString(),
			CreatedAt: now, Line: &line,
		}
		messages[i] = rows[i].message()
	}
	if err := tx.Create(&rows).Error; err != nil {
		return nil, fmt.Errorf("insert lines: %w", err)
	}
	if err := room.SaveCounters(tx, map[room.ID]*room.Room{r.ID: r}); err != nil {
		return nil, fmt.Errorf("save counters: %w", err)
	}
	// What they did themselves is no news to somebody who has read everything else.
	if err := room.ReadOn(tx, room.Seat{Room: r.ID, User: rec.Actor}, before, r.LastSeq); err != nil {
		return nil, fmt.Errorf("save read mark: %w", err)
	}
	return messages, nil
}
