package message

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/storage"
	"github.com/emosation/emosation/internal/tracing"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
	"go.uber.org/zap"
	"gorm.io/gorm"
)

// sending is one message on its way through a batch.
type sending struct {
	who   account.ID
	room  room.ID
	draft Draft
	done  func(Sent, error) // called once, from the writer; must not block

	arrived time.Time
	span    trace.Span // of who sends it; nil unless that is traced

	// The reading was computed for somebody who was thought to be this; who they are by the time of the commit decides.
	author  room.Author
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
	author, known := s.memory.Guess(m.seat())
	if known {
		m.author, m.reading = author, s.read(m.draft.Body, author)
	}
}

// read returns nil when the author wants no readings; an author we know nothing of wants none.
func (s *Service) read(body string, author room.Author) *emotion.Reading {
	if !reads(author.Share) {
		return nil
	}
	r := s.engine.ReadAs(body, author.Bias).Rounded()
	return &r
}

func reads(share account.ShareReadings) bool {
	return share == account.ShareEveryone || share == account.ShareSelf
}

// commitSends stores a batch in one transaction with a constant number of statements, then tells the senders and
// publishes. A message that may not be sent fails alone; when the database fails, all of them do.
func (s *Service) commitSends(ctx context.Context, batch []*sending) {
	ctx, span := follow(ctx, batch)
	defer span.End()
	err := s.storeRemembered(ctx, batch)
	if errors.Is(err, room.ErrStale) {
		err = s.storeLocked(ctx, batch)
	}
	if err != nil {
		s.log.Error("a batch of messages was not stored", zap.Int("messages", len(batch)), zap.Error(err))
	}
	s.meter.sent(batch, err, s.now())
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

// follow makes what becomes of a batch a part of the first trace of which it has a message, with links to the others.
func follow(ctx context.Context, batch []*sending) (context.Context, trace.Span) {
	var first trace.Span
	var others []trace.Link
	for _, m := range batch {
		switch {
		case m.span == nil:
		case first == nil:
			first = m.span
		default:
			others = append(others, trace.Link{SpanContext: m.span.SpanContext()})
		}
	}
	if first == nil {
		return ctx, trace.SpanFromContext(ctx)
	}
	ctx, span := tracing.Child(trace.ContextWithSpan(ctx, first), "store messages", trace.SpanKindInternal, trace.WithLinks(others...))
	span.SetAttributes(attribute.Int("emosation.messages", len(batch)))
	return ctx, span
}

// clientKey is what makes a message unique for its sender.
type clientKey struct {
	room   room.ID
	sender account.ID
	client string
}

func (m *sending) key() clientKey { return clientKey{m.room, m.who, m.draft.ClientID} }

func (m *sending) seat() room.Seat { return room.Seat{Room: m.room, User: m.who} }

// storeRemembered stores a batch in rooms that are still as this node remembers them, which saves asking. It returns
// room.ErrStale when one is not, and also when somebody would be refused: that is for the locked room to say.
func (s *Service) storeRemembered(ctx context.Context, batch []*sending) error {
	heads := s.memory.Recall(roomsOf(batch))
	if heads == nil || s.admit(batch, heads) {
		return room.ErrStale
	}
	return s.store(ctx, batch, func(tx *gorm.DB) (map[room.ID]room.Head, error) {
		p := place(batch, heads, nil, s.timestamp())
		if p.refused { // what an answer answers may have come by another node
			return nil, room.ErrStale
		}
		after, err := room.Advance(tx, heads, p.grown, true)
		if err != nil {
			return nil, err
		}
		err = s.insert(tx, p)
		if storage.IsDuplicate(err) {
			return nil, room.ErrStale
		}
		return after, err
	})
}

// storeLocked stores a batch in rooms that it locks first. Rows go in by several statements: those before the one that meets a repeat
// are taken back with it.
func (s *Service) storeLocked(ctx context.Context, batch []*sending) error {
	return s.store(ctx, batch, func(tx *gorm.DB) (map[room.ID]room.Head, error) {
		heads, err := s.memory.Lock(tx, roomsOf(batch))
		if err != nil {
			return nil, err
		}
		s.admit(batch, heads)
		now := s.timestamp()
		p := place(batch, heads, nil, now)
		err = tx.Transaction(func(inner *gorm.DB) error { return s.insert(inner, p) })
		if storage.IsDuplicate(err) { // which is rare, so that it is cheaper to notice than to look it up each time
			known, lookup := findRepeats(tx, batch)
			if lookup != nil {
				return nil, lookup
			}
			p = place(batch, heads, known, now)
			err = s.insert(tx, p)
		}
		if err != nil {
			return nil, err
		}
		return room.Advance(tx, heads, p.grown, false)
	})
}

// store runs fn in a transaction and remembers the rooms that it returns. fn may run again after a deadlock.
func (s *Service) store(ctx context.Context, batch []*sending, fn func(tx *gorm.DB) (map[room.ID]room.Head, error)) error {
	var after map[room.ID]room.Head
	err := storage.Tx(ctx, s.db, func(tx *gorm.DB) (err error) {
		after, err = fn(tx)
		return err
	})
	switch {
	case err == nil:
		s.memory.Keep(after)
	case !errors.Is(err, room.ErrStale):
		for _, id := range roomsOf(batch) { // what became of a commit that failed is not known
			s.memory.Forget(id)
		}
	}
	return err
}

func roomsOf(batch []*sending) []room.ID {
	ids := make([]room.ID, 0, len(batch))
	listed := make(map[room.ID]bool, len(batch))
	for _, m := range batch {
		if !listed[m.room] {
			listed[m.room] = true
			ids = append(ids, m.room)
		}
	}
	return ids
}

// placed is a batch with every message at its place in its room.
type placed struct {
	rows    []messageRow
	entries []emotion.Entry
	grown   map[room.ID]room.Growth
	marks   map[room.Seat]int64
	refused bool // whether a message has got no place
}

// place gives the messages of a batch their seqs and revs, except for those that are refused and those that were stored
// before or stand earlier in the batch.
func place(batch []*sending, heads map[room.ID]room.Head, known map[clientKey]Message, now time.Time) placed {
	p := placed{
		rows: make([]messageRow, 0, len(batch)), entries: make([]emotion.Entry, 0, len(batch)),
		grown: make(map[room.ID]room.Growth), marks: make(map[room.Seat]int64),
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
		head, grown := heads[m.room], p.grown[m.room]
		n := int64(grown.Messages)
		if m.draft.ReplyTo != nil && *m.draft.ReplyTo > head.LastSeq+n {
			m.err, p.refused = ErrReply, true
			continue
		}
		row := messageRow{
			RoomID: m.room, Seq: head.LastSeq + n + 1, Rev: head.LastRev + n + 1, Kind: Text, SenderID: m.who,
			ClientID: m.draft.ClientID, Body: m.draft.Body, ReplyTo: m.draft.ReplyTo, CreatedAt: now,
		}
		m.sent = Sent{Message: row.message()}
		m.sent.Message.Reading, m.sent.Message.Share, m.sent.Message.Reach = m.reading, m.author.Share, m.author.Reach
		here[m.key()] = m
		p.mark(m.seat(), grown, head, row.Seq)
		p.grown[m.room] = room.Growth{Messages: grown.Messages + 1, LastSender: m.who}
		p.rows = append(p.rows, row)
		if m.reading != nil {
			p.entries = append(p.entries, emotion.Entry{Room: int64(m.room), Seq: row.Seq, Reading: *m.reading, At: now})
		}
	}
	return p
}

// mark notes how far the sender before this one has read. Who wrote the last message of a room has read all of it: that is
// written down only when somebody else writes after them.
func (p placed) mark(seat room.Seat, grown room.Growth, head room.Head, seq int64) {
	before := grown.LastSender
	if before == 0 {
		before = head.LastSender
	}
	delete(p.marks, seat)
	if before != 0 && before != seat.User {
		p.marks[room.Seat{Room: seat.Room, User: before}] = seq - 1
	}
}

func (s *Service) insert(tx *gorm.DB, p placed) error {
	if len(p.rows) == 0 {
		return nil
	}
	args := make([]any, 0, 9*len(p.rows))
	for i := range p.rows {
		row := &p.rows[i]
		args = append(args, int64(row.RoomID), row.Seq, row.Rev, string(row.Kind), int64(row.SenderID), row.ReplyTo, row.ClientID,
			row.Body, row.CreatedAt)
	}
	if err := s.messageRows.Insert(tx, args); err != nil {
		return fmt.Errorf("insert messages: %w", err)
	}
	if err := s.ledger.Store(tx, p.entries); err != nil {
		return fmt.Errorf("insert readings: %w", err)
	}
	return room.SaveReads(tx, p.marks)
}

// admit refuses the messages of those who may not write in a room, tells whether there are any, and sees that each of
// the others has a reading exactly if its author wants one.
func (s *Service) admit(batch []*sending, heads map[room.ID]room.Head) (refused bool) {
	for _, m := range batch {
		m.err, m.sent = nil, Sent{}
		head := heads[m.room]
		author, seated := head.Authors[m.who]
		if !seated {
			m.err = room.ErrNotFound
		} else {
			m.err = head.State.Writable()
		}
		if m.err != nil {
			refused = true
		} else if !author.ReadsAs(m.author) {
			s.reread(m, author)
		}
	}
	return refused
}

// reread follows an author who shares their readings, or is read, otherwise than was thought when the message was sent.
func (s *Service) reread(m *sending, author room.Author) {
	was := room.Author{Share: author.Share, Reach: author.Reach, Bias: m.author.Bias}
	if !reads(author.Share) || m.reading == nil || !author.ReadsAs(was) {
		m.reading = s.read(m.draft.Body, author)
	}
	m.author = author
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
		known[clientKey{row.RoomID, row.SenderID, row.ClientID}] = row.message()
	}
	return known, nil
}
