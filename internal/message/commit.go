package message

import (
	"context"
	"fmt"
	"strings"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/storage"
	"go.uber.org/zap"
	"gorm.io/gorm"
)

// sending is one message on its way through a batch.
type sending struct {
	who   account.ID
	room  room.ID
	draft Draft
	done  func(Sent, error) // called once, from the writer; must not block

	share   account.ShareReadings
	reading *emotion.Reading

	sent Sent
	err  error
}

// Sent is what became of a draft.
type Sent struct {
	Message Message // of a repeat only what an acknowledgement needs: no reading, no reactions
	Repeat  bool    // the client id had been sent before; this is what came of it then
}

// commitSends stores a batch in one transaction with a constant number of statements, then tells the senders and
// publishes. A message that may not be sent fails alone; when the database fails, all of them do.
func (s *Service) commitSends(ctx context.Context, batch []*sending) {
	err := s.readBatch(ctx, batch)
	if err == nil {
		err = storage.Tx(ctx, s.db, func(tx *gorm.DB) error { return s.storeBatch(tx, batch) })
	}
	if err != nil {
		s.log.Error("a batch of messages was not stored", zap.Int("messages", len(batch)), zap.Error(err))
	}
	s.events.Together(func() {
		for _, m := range batch {
			if err != nil {
				m.err = ErrNotStored
			}
			m.done(m.sent, m.err)
		}
		for _, m := range batch {
			if m.err == nil && !m.sent.Repeat {
				s.events.Publish(ctx, Posted{m.sent.Message})
			}
		}
	})
}

// readBatch computes the readings, before any lock is held. The text of an author who said off reaches no engine.
func (s *Service) readBatch(ctx context.Context, batch []*sending) error {
	authors := make([]account.ID, len(batch))
	for i, m := range batch {
		authors[i] = m.who
	}
	shares, err := account.Shares(s.db.WithContext(ctx), authors)
	if err != nil {
		return err
	}
	for _, m := range batch {
		m.share = shares[m.who]
		m.reading = s.read(m.draft.Body, m.share)
	}
	return nil
}

// read returns nil when the author wants no readings; an author we know nothing of wants none.
func (s *Service) read(body string, share account.ShareReadings) *emotion.Reading {
	if share != account.ShareEveryone && share != account.ShareSelf {
		return nil
	}
	r := s.engine.Read(body).Rounded()
	return &r
}

// clientKey is what makes a message unique for its sender.
type clientKey struct {
	room   room.ID
	sender account.ID
	client string
}

func (m *sending) key() clientKey { return clientKey{m.room, m.who, strings.ToLower(m.draft.ClientID)} }

func (m *sending) seat() room.Seat { return room.Seat{Room: m.room, User: m.who} }

// storeBatch may run again after a deadlock, so it starts every message from its draft.
func (s *Service) storeBatch(tx *gorm.DB, batch []*sending) error {
	rooms, err := admit(tx, batch)
	if err != nil {
		return err
	}
	known, err := findRepeats(tx, batch)
	if err != nil {
		return err
	}
	now := s.timestamp()
	var rows []messageRow
	var entries []emotion.Entry
	touched := make(map[room.ID]*room.Room)
	reads := make(map[room.Seat]int64) // sending marks the room as read for the sender
	for _, m := range batch {
		if m.err != nil {
			continue
		}
		if first, ok := known[m.key()]; ok {
			m.sent = Sent{Message: first, Repeat: true}
			continue
		}
		r := rooms[m.room]
		if m.draft.ReplyTo != nil && *m.draft.ReplyTo > r.LastSeq {
			m.err = ErrReply
			continue
		}
		r.LastSeq++
		r.LastRev++
		row := messageRow{
			RoomID: m.room, Seq: r.LastSeq, Rev: r.LastRev, Kind: Text, SenderID: m.who, ClientID: m.key().client,
			Body: m.draft.Body, ReplyTo: m.draft.ReplyTo, CreatedAt: now,
		}
		m.sent.Message = storedRow{row, m.share}.message()
		m.sent.Message.Reading = m.reading
		known[m.key()] = m.sent.Message
		touched[m.room] = r
		reads[m.seat()] = r.LastSeq
		rows = append(rows, row)
		if m.reading != nil {
			entries = append(entries, emotion.Entry{Room: int64(m.room), Seq: row.Seq, Reading: *m.reading, At: now})
		}
	}
	return insert(tx, rows, entries, touched, reads)
}

func insert(tx *gorm.DB, rows []messageRow, entries []emotion.Entry, touched map[room.ID]*room.Room, reads map[room.Seat]int64) error {
	if len(rows) == 0 {
		return nil
	}
	if err := tx.Create(&rows).Error; err != nil {
		return fmt.Errorf("insert messages: %w", err)
	}
	if err := emotion.StoreReadings(tx, entries); err != nil {
		return fmt.Errorf("insert readings: %w", err)
	}
	if err := room.SaveCounters(tx, touched); err != nil {
		return fmt.Errorf("save counters: %w", err)
	}
	if err := room.SaveReads(tx, reads); err != nil {
		return fmt.Errorf("save read marks: %w", err)
	}
	return nil
}

// admit locks the rooms of a batch and refuses the messages of those who may not write there.
func admit(tx *gorm.DB, batch []*sending) (map[room.ID]*room.Room, error) {
	ids := make([]room.ID, len(batch))
	seats := make([]room.Seat, len(batch))
	for i, m := range batch {
		m.err, m.sent = nil, Sent{}
		ids[i] = m.room
		seats[i] = m.seat()
	}
	rooms, err := room.Lock(tx, ids)
	if err != nil {
		return nil, err
	}
	seated, err := room.Seated(tx, seats)
	if err != nil {
		return nil, err
	}
	for _, m := range batch {
		if !seated[m.seat()] {
			m.err = room.ErrNotFound
		} else {
			m.err = rooms[m.room].State.Writable()
		}
	}
	return rooms, nil
}

// findRepeats returns what was stored earlier under the client ids of a batch. The rooms are locked, so nobody adds
// to them meanwhile.
func findRepeats(tx *gorm.DB, batch []*sending) (map[clientKey]Message, error) {
	known := make(map[clientKey]Message)
	var conditions []string
	var args []any
	for _, m := range batch {
		if m.err == nil {
			conditions = append(conditions, "(room_id = ? AND sender_id = ? AND client_id = ?)")
			args = append(args, m.room, m.who, m.key().client)
		}
	}
	if len(conditions) == 0 {
		return known, nil
	}
	var rows []messageRow
	if err := tx.Where(strings.Join(conditions, " OR "), args...).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("look up client ids: %w", err)
	}
	for _, row := range rows {
		known[clientKey{row.RoomID, row.SenderID, row.ClientID}] = storedRow{Row: row}.message()
	}
	return known, nil
}
