package room

import (
	"errors"
	"fmt"
	"maps"
	"sync"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/storage"
	"gorm.io/gorm"
)

// Head is what has to be known of a room to write in it.
type Head struct {
	State                        State
	Readings                     Readings
	LastSeq, LastRev, MembersRev int64
	// LastSender wrote the last message; 0 when that is the room's own.
	LastSender account.ID
	// Authors are the joined members. The map is shared and not changed.
	Authors map[account.ID]Author
}

// Author is what has to be known of a member to read what they write.
type Author struct {
	// Share is off where operator or room say so, and Reach is what all three allow.
	Share account.ShareReadings
	Reach emotion.Reach
	// Bias is how their words lean, as they let us learn from them; mostly nil.
	Bias *emotion.Bias
}

// ReadsAs tells whether the messages of both are read alike.
func (a Author) ReadsAs(b Author) bool {
	if a.Bias == nil || b.Bias == nil {
		return a == b
	}
	return a.Share == b.Share && a.Reach == b.Reach && *a.Bias == *b.Bias
}

// Memory is what this node remembers of the rooms in which it wrote lately. The database says whether it still holds: by
// LastRev and MembersRev, one of which grows with everything that a Head says. Many goroutines may ask.
type Memory struct {
	operator emotion.Mode

	mu    sync.RWMutex
	rooms map[ID]remembered
}

// NewMemory returns a memory that knows nothing yet but the operator's choice about readings.
func NewMemory(operator emotion.Mode) *Memory {
	return &Memory{operator: operator, rooms: make(map[ID]remembered)}
}

type remembered struct {
	head Head
	// doubt is for how many batches the head is not relied on, because another node writes there as well.
	doubt int
}

const (
	// mostRemembered bounds the memory, in rooms.
	mostRemembered = 10_000
	// doubtFor is how many batches go by before a room is tried without its lock again.
	doubtFor = 32
)

// Guess returns a member as far as they are known; that may have changed since.
func (m *Memory) Guess(seat Seat) (author Author, known bool) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	author, known = m.rooms[seat.Room].head.Authors[seat.User]
	return author, known
}

// Recall returns the heads of rooms as they are remembered, or nothing when one of them is not known or not relied on.
// AdvanceRemembered finds out whether they still hold.
func (m *Memory) Recall(ids []ID) map[ID]Head {
	m.mu.Lock()
	defer m.mu.Unlock()
	heads := make(map[ID]Head, len(ids))
	for _, id := range ids {
		at, known := m.rooms[id]
		if !known {
			return nil
		}
		if at.doubt > 0 {
			at.doubt--
			m.rooms[id] = at
			return nil
		}
		heads[id] = at.head
	}
	return heads
}

// Lock returns the heads of rooms and keeps the rooms locked until tx ends. Rooms that do not exist are missing. Members are
// only looked up where they have changed since they were remembered.
func (m *Memory) Lock(tx *gorm.DB, ids []ID) (map[ID]Head, error) {
	heads, err := lockHeads(tx, ids)
	if err != nil {
		return nil, err
	}
	var missing []ID
	m.mu.Lock()
	for id, head := range heads {
		at, known := m.rooms[id]
		if !known || at.head.MembersRev != head.MembersRev {
			missing = append(missing, id)
			continue
		}
		head.Authors = at.head.Authors
		heads[id] = head
		if at.head.LastRev != head.LastRev {
			at.doubt = doubtFor
			m.rooms[id] = at
		}
	}
	m.mu.Unlock()
	return heads, m.loadAuthors(tx, missing, heads)
}

// Saw tells the memory what the database says of a room now: what was remembered under another MembersRev is dropped.
func (m *Memory) Saw(id ID, membersRev int64) {
	m.mu.RLock()
	at, known := m.rooms[id]
	m.mu.RUnlock()
	if known && at.head.MembersRev < membersRev {
		m.Forget(id)
	}
}

// Keep remembers rooms as they are after a commit.
func (m *Memory) Keep(heads map[ID]Head) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for id, head := range heads {
		m.rooms[id] = remembered{head, m.rooms[id].doubt}
	}
	for id := range m.rooms { // in no order, which is as good as any: who writes there again is looked up again
		if len(m.rooms) <= mostRemembered {
			return
		}
		delete(m.rooms, id)
	}
}

// Forget drops what is remembered of a room, after something has changed it here.
func (m *Memory) Forget(id ID) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.rooms, id)
}

func lockHeads(tx *gorm.DB, ids []ID) (heads map[ID]Head, err error) {
	query := append([]byte("SELECT id, state, readings, last_seq, last_rev, members_rev FROM rooms WHERE id IN ("), joinIDs(nil, ids)...)
	query = append(query, ") ORDER BY id"...)
	if storage.IsMySQL(tx) {
		query = append(query, " FOR UPDATE"...) // SQLite has one writer, who has begun already
	}
	heads = make(map[ID]Head, len(ids))
	err = eachRow(tx, string(query), func(scan func(...any) error) error {
		var id ID
		var h Head
		err := scan(&id, &h.State, &h.Readings, &h.LastSeq, &h.LastRev, &h.MembersRev)
		heads[id] = h
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("lock rooms: %w", err)
	}
	// After the lock, and not joined with it: that would lock the messages too.
	query = append([]byte("SELECT r.id, l.sender_id FROM rooms r JOIN messages l ON l.room_id = r.id AND l.seq = r.last_seq"+
		" WHERE l.kind = 'text' AND r.id IN ("), joinIDs(nil, ids)...)
	err = eachRow(tx, string(append(query, ')')), func(scan func(...any) error) error {
		var id ID
		var sender account.ID
		err := scan(&id, &sender)
		head := heads[id]
		head.LastSender = sender
		heads[id] = head
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("look up last senders: %w", err)
	}
	return heads, nil
}

func (m *Memory) loadAuthors(tx *gorm.DB, ids []ID, heads map[ID]Head) error {
	if len(ids) == 0 {
		return nil
	}
	for _, id := range ids {
		head := heads[id]
		head.Authors = make(map[account.ID]Author)
		heads[id] = head
	}
	query := append([]byte("SELECT m.room_id, m.user_id, u.share_readings, c.bias FROM room_users m JOIN users u ON u.id = m.user_id"+
		" LEFT JOIN calibrations c ON c.user_id = u.id AND u.calibrate_readings"+
		" WHERE m.state = 'joined' AND m.room_id IN ("), joinIDs(nil, ids)...)
	err := eachRow(tx, string(append(query, ')')), func(scan func(...any) error) error {
		var id ID
		var user account.ID
		var share account.ShareReadings
		var author Author
		err := scan(&id, &user, &share, &author.Bias)
		author.Share = emotion.Shared(m.operator, heads[id].Readings, share)
		author.Reach = emotion.Allowed(m.operator, heads[id].Readings, share)
		heads[id].Authors[user] = author
		return err
	})
	if err != nil {
		return fmt.Errorf("look up members: %w", err)
	}
	return nil
}

func eachRow(tx *gorm.DB, query string, take func(scan func(...any) error) error) (err error) {
	rows, err := storage.Query(tx, query)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := take(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// moved returns the heads as they are after a batch.
func moved(heads map[ID]Head, grown map[ID]Growth) map[ID]Head {
	after := maps.Clone(heads)
	for id, g := range grown {
		head := after[id]
		head.LastSeq += int64(g.Messages)
		head.LastRev += int64(g.Messages)
		head.LastSender = g.LastSender
		after[id] = head
	}
	return after
}
