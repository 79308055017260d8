package message

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

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

	// The reading was computed for somebody who shares this; what they share by the time of the commit decides.
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

// prepare computes the reading while the message still waits for the writer, as far as it is known what its author wants.
// The text of an author who said off reaches no engine.
func (s *Service) prepare(m *sending) {
	share, known := s.seats.Guess(m.seat())
	if known {
		m.share, m.reading = share, s.read(m.draft.Body, share)
	}
}

// read returns nil when the author wants no readings; an author we know nothing of wants none.
func (s *Service) read(body string, share account.ShareReadings) *emotion.Reading {
	if !reads(share) {
		return nil
	}
	r := s.engine.Read(body).Rounded()
	return &r
}

func reads(share account.ShareReadings) bool {
	return share == account.ShareEveryone || share == account.ShareSelf
}

// commitSends stores a batch in one transaction with a constant number of statements, then tells the senders and
// publishes. A message that may not be sent fails alone; when the database fails, all of them do.
func (s *Service) commitSends(ctx context.Context, batch []*sending) {
	err := storage.Tx(ctx, s.db, func(tx *gorm.DB) error { return s.storeBatch(tx, batch) })
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

// clientKey is what makes a message unique for its sender.
type clientKey struct {
	room   room.ID
	sender account.ID
	client string
}

func (m *sending) key() clientKey { return clientKey{m.room, m.who, m.draft.ClientID} }

func (m *sending) seat() room.Seat { return room.Seat{Room: m.room, User: m.who} }

// storeBatch may run again after a deadlock, so it starts every message from its draft.
func (s *Service) storeBatch(tx *gorm.DB, batch []*sending) error {
	heads, err := s.admit(tx, batch)
	if err != nil {
		return err
	}
	now := s.timestamp()
	p := place(batch, heads, nil, now)
	err = p.insert(tx)
	if storage.IsDuplicate(err) { // which is rare, so that it is cheaper to notice than to look it up each time
		known, lookup := findRepeats(tx, batch)
		if lookup != nil {
			return lookup
		}
		p = place(batch, heads, known, now)
		err = p.insert(tx)
	}
	if err != nil {
		return err
	}
	return room.Advance(tx, p.grown, p.marks)
}

// placed is a batch with every message at its place in its room.
type placed struct {
	rows    []messageRow
	entries []emotion.Entry
	grown   map[room.ID]int     // by so many messages
	marks   map[room.Seat]int64 // sending marks the room as read for the sender
}

// place gives the messages of a batch their seqs and revs, except for those that are refused and those that were stored
// before or stand earlier in the batch.
func place(batch []*sending, heads map[room.ID]*room.Head, known map[clientKey]Message, now time.Time) placed {
	p := placed{
		rows: make([]messageRow, 0, len(batch)), entries: make([]emotion.Entry, 0, len(batch)),
		grown: make(map[room.ID]int), marks: make(map[room.Seat]int64),
	}
	here := make(map[clientKey]*sending, len(batch))
	for _, m := range batch {
		if m.err != nil {
			continue
		}
		first, stored := known[m.key()]
		if earlier := here[m.key()]; earlier != nil {
			first, stored = earlier.sent.Message, true
		}
		if stored {
			m.sent = Sent{Message: first, Repeat: true}
			continue
		}
		head, n := heads[m.room], int64(p.grown[m.room])
		if m.draft.ReplyTo != nil && *m.draft.ReplyTo > head.LastSeq+n {
			m.err = ErrReply
			continue
		}
		row := messageRow{
			RoomID: m.room, Seq: head.LastSeq + n + 1, Rev: head.LastRev + n + 1, Kind: Text, SenderID: m.who,
			ClientID: m.draft.ClientID, Body: m.draft.Body, ReplyTo: m.draft.ReplyTo, CreatedAt: now,
		}
		m.sent = Sent{Message: storedRow{row, m.share}.message()}
		m.sent.Message.Reading = m.reading
		here[m.key()] = m
		p.grown[m.room]++
		p.marks[m.seat()] = row.Seq
		p.rows = append(p.rows, row)
		if m.reading != nil {
			p.entries = append(p.entries, emotion.Entry{Room: int64(m.room), Seq: row.Seq, Reading: *m.reading, At: now})
		}
	}
	return p
}

func (p placed) insert(tx *gorm.DB) error {
	if len(p.rows) == 0 {
		return nil
	}
	insert := make([]byte, 0, 128*len(p.rows))
	insert = append(insert, "INSERT INTO messages (room_id, seq, rev, kind, sender_id, reply_to, client_id, body, created_at) VALUES "...)
	args := make([]any, 0, 3*len(p.rows))
	for i := range p.rows {
		row := &p.rows[i]
		if i > 0 {
			insert = append(insert, ',')
		}
		insert = append(insert, '(')
		insert = strconv.AppendInt(insert, int64(row.RoomID), 10)
		insert = append(insert, ',')
		insert = strconv.AppendInt(insert, row.Seq, 10)
		insert = append(insert, ',')
		insert = strconv.AppendInt(insert, row.Rev, 10)
		insert = append(insert, ",'text',"...)
		insert = strconv.AppendInt(insert, int64(row.SenderID), 10)
		insert = append(insert, ',')
		if row.ReplyTo == nil {
			insert = append(insert, "NULL"...)
		} else {
			insert = strconv.AppendInt(insert, *row.ReplyTo, 10)
		}
		insert = append(insert, ",?,?,?)"...)
		args = append(args, row.ClientID, row.Body, row.CreatedAt)
	}
	if err := storage.Exec(tx, string(insert), args...); err != nil {
		return fmt.Errorf("insert messages: %w", err)
	}
	if err := emotion.StoreReadings(tx, p.entries); err != nil {
		return fmt.Errorf("insert readings: %w", err)
	}
	return nil
}

// admit locks the rooms of a batch, refuses the messages of those who may not write there, and sees that each of the
// others has a reading exactly if its author wants one.
func (s *Service) admit(tx *gorm.DB, batch []*sending) (map[room.ID]*room.Head, error) {
	ids := make([]room.ID, 0, len(batch))
	listed := make(map[room.ID]bool, len(batch))
	for _, m := range batch {
		m.err, m.sent = nil, Sent{}
		if !listed[m.room] {
			listed[m.room] = true
			ids = append(ids, m.room)
		}
	}
	heads, err := room.LockHeads(tx, ids)
	if err != nil {
		return nil, err
	}
	seats, err := s.seats.Of(tx, heads)
	if err != nil {
		return nil, err
	}
	for _, m := range batch {
		share, seated := seats[m.room][m.who]
		if !seated {
			m.err = room.ErrNotFound
			continue
		}
		if m.err = heads[m.room].State.Writable(); m.err == nil && share != m.share {
			s.reread(m, share)
		}
	}
	return heads, nil
}

// reread follows an author who shares their readings otherwise than was thought when the message was sent.
func (s *Service) reread(m *sending, share account.ShareReadings) {
	if !reads(share) {
		m.reading = nil
	} else if m.reading == nil {
		m.reading = s.read(m.draft.Body, share)
	}
	m.share = share
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
			args = append(args, m.room, m.who, m.draft.ClientID)
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
