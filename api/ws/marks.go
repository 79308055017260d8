package ws

import (
	"context"
	"sync"

	"github.com/emosation/emosation/internal/room"
)

// maxMarks bounds in how many rooms at once a client may have read on.
const maxMarks = 256

// marks joins how far a client says that it has read. While one mark is being stored the next ones wait, and of those only the
// furthest of each room is stored: a burst costs two statements, and the end of it is never lost.
type marks struct {
	mu      sync.Mutex
	waiting map[room.ID]int64
	storing bool
	idle    chan struct{} // made by wait, closed when nothing is being stored any more
}

// add returns whether somebody has to begin to store marks, and false for ok when there are too many.
func (m *marks) add(id room.ID, seq int64) (first, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	before, known := m.waiting[id]
	if !known && len(m.waiting) >= maxMarks {
		return false, false
	}
	if m.waiting == nil {
		m.waiting = make(map[room.ID]int64)
	}
	m.waiting[id] = max(before, seq)
	first = !m.storing
	m.storing = true
	return first, true
}

// next returns a mark to store, until there is none.
func (m *marks) next() (id room.ID, seq int64, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for id, seq = range m.waiting {
		delete(m.waiting, id)
		return id, seq, true
	}
	m.waiting, m.storing = nil, false
	if m.idle != nil {
		close(m.idle)
		m.idle = nil
	}
	return 0, 0, false
}

// wait returns when everything is stored.
func (m *marks) wait() {
	m.mu.Lock()
	if !m.storing {
		m.mu.Unlock()
		return
	}
	if m.idle == nil {
		m.idle = make(chan struct{})
	}
	idle := m.idle
	m.mu.Unlock()
	<-idle
}

// read notes how far the client has read. What it says last is stored even when it leaves at once.
func (h *Handler) read(s *session, id room.ID, seq int64) error {
	first, ok := s.marks.add(id, seq)
	if !ok {
		return errTooMany
	}
	if first {
		go h.storeMarks(s)
	}
	return nil
}

func (h *Handler) storeMarks(s *session) {
	for id, seq, ok := s.marks.next(); ok; id, seq, ok = s.marks.next() {
		ctx, cancel := context.WithTimeout(h.life, connectWithin)
		err := h.Rooms.MarkRead(ctx, s.who.User, id, seq)
		cancel()
		if err != nil {
			h.logUnknown(err)
			s.refuse(command{Room: int64(id)}, err)
		}
	}
}
