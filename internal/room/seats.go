package room

import (
	"fmt"
	"sync"

	"github.com/emosation/emosation/internal/account"
	"gorm.io/gorm"
)

// Seats remembers who is joined in the rooms in which something was written lately, and what they share of their
// readings. What it remembers of a room is checked by MembersRev. The zero value is ready; many goroutines may ask.
type Seats struct {
	mu    sync.RWMutex
	rooms map[ID]seating
}

// seating is one room as it was at a MembersRev; it is replaced and never changed.
type seating struct {
	rev    int64
	shares map[account.ID]account.ShareReadings
}

// mostSeatings bounds what is remembered, in rooms.
const mostSeatings = 10_000

// Guess returns what a person in a room shares, as far as it is known; that may have changed since.
func (s *Seats) Guess(seat Seat) (share account.ShareReadings, known bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	share, known = s.rooms[seat.Room].shares[seat.User]
	return share, known
}

// Of returns what each joined member of locked rooms shares. It holds until tx ends, because whoever changes that
// locks the room first. Only rooms whose members have changed since the last time are read.
func (s *Seats) Of(tx *gorm.DB, rooms map[ID]*Head) (map[ID]map[account.ID]account.ShareReadings, error) {
	known := make(map[ID]map[account.ID]account.ShareReadings, len(rooms))
	var missing []ID
	s.mu.RLock()
	for id, head := range rooms {
		if at, ok := s.rooms[id]; ok && at.rev == head.MembersRev {
			known[id] = at.shares
		} else {
			missing = append(missing, id)
		}
	}
	s.mu.RUnlock()
	if len(missing) == 0 {
		return known, nil
	}
	var rows []struct {
		RoomID        ID
		UserID        account.ID
		ShareReadings account.ShareReadings
	}
	err := tx.Table("room_users AS m").Select("m.room_id, m.user_id, u.share_readings").Joins("JOIN users u ON u.id = m.user_id").
		Where("m.room_id IN ? AND m.state = ?", missing, Joined).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("look up seats: %w", err)
	}
	for _, id := range missing {
		known[id] = make(map[account.ID]account.ShareReadings)
	}
	for _, row := range rows {
		known[row.RoomID][row.UserID] = row.ShareReadings
	}
	s.remember(missing, rooms, known)
	return known, nil
}

func (s *Seats) remember(ids []ID, rooms map[ID]*Head, known map[ID]map[account.ID]account.ShareReadings) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.rooms == nil {
		s.rooms = make(map[ID]seating)
	}
	for _, id := range ids {
		s.rooms[id] = seating{rev: rooms[id].MembersRev, shares: known[id]}
	}
	for id := range s.rooms { // in no order, which is as good as any: who writes there again is looked up again
		if len(s.rooms) <= mostSeatings {
			return
		}
		delete(s.rooms, id)
	}
}
