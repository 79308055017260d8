package room_test

import (
	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/room"
	"github.com/stretchr/testify/require"
)

// compare looks at what the database says of the rooms, and at what was published.
func (m *model) compare() {
	require.Equal(m.rt, m.changes, m.w.told())
	m.changes = nil
	ids := make([]room.ID, len(m.rooms))
	for i, r := range m.rooms {
		ids[i] = r.id
	}
	stored := m.stored(ids)
	for _, r := range m.rooms {
		n := int64(len(r.lines))
		require.Equal(m.rt, storedRoom{
			ID: r.id, State: r.state, Title: r.title, Host: r.host, Capacity: r.capacity, Phase: r.phase, Extensions: r.extensions,
			Version: r.version, LastSeq: n, LastRev: n, Locked: r.password != "", Ends: r.pickup != nil || r.state == room.Closed,
			Holds: r.pickup != nil && r.state == room.Open, Joined: len(r.queue), Leads: min(1, len(r.queue)),
		}, stored[r.id])
		require.LessOrEqual(m.rt, len(r.queue), r.capacity)
	}
	m.compareSeats(ids)
	m.compareLines(ids)
	for _, place := range m.places {
		require.Equal(m.rt, m.holder(place.Box) == nil, m.w.free(m.t, place.Box))
	}
}

// storedRoom is what rows say of a room: Leads is 1 when its host is joined, Holds is whether a live booking is its.
type storedRoom struct {
	ID                  room.ID
	State               room.State
	Title               string
	Host                account.ID
	Capacity            int
	Phase               room.Phase
	Extensions          int
	Version             int64
	LastSeq, LastRev    int64
	Locked, Ends, Holds bool
	Joined, Leads       int
}

func (m *model) stored(ids []room.ID) map[room.ID]storedRoom {
	var rows []storedRoom
	err := m.w.db.WithContext(m.t.Context()).Raw(`SELECT r.id, r.state, r.title, COALESCE(r.host_id, 0) AS host, r.capacity,
		COALESCE(r.phase, '') AS phase, r.extensions, r.version, r.last_seq, r.last_rev, r.password_hash IS NOT NULL AS locked,
		r.closes_at IS NOT NULL AS ends, EXISTS (SELECT 1 FROM bookings b WHERE b.room_id = r.id AND b.live_box_id = r.box_id) AS holds,
		(SELECT COUNT(*) FROM room_users u WHERE u.room_id = r.id AND u.state = 'joined') AS joined,
		(SELECT COUNT(*) FROM room_users u WHERE u.room_id = r.id AND u.state = 'joined' AND u.user_id = r.host_id) AS leads
		FROM rooms r WHERE r.id IN ?`, ids).Scan(&rows).Error
	require.NoError(m.rt, err)
	stored := make(map[room.ID]storedRoom, len(rows))
	for _, r := range rows {
		stored[r.ID] = r
	}
	return stored
}

func (m *model) compareSeats(ids []room.ID) {
	var rows []struct {
		RoomID room.ID
		UserID account.ID
		State  room.MemberState
	}
	require.NoError(m.rt, m.w.db.WithContext(m.t.Context()).Table("room_users").Where("room_id IN ?", ids).Scan(&rows).Error)
	seats := make(map[room.ID]map[account.ID]room.MemberState, len(ids))
	for _, row := range rows {
		if seats[row.RoomID] == nil {
			seats[row.RoomID] = make(map[account.ID]room.MemberState)
		}
		seats[row.RoomID][row.UserID] = row.State
	}
	for _, r := range m.rooms {
		require.Equal(m.rt, r.seats, seats[r.id])
	}
}

// compareLines finds a gap by the seq that a line does not have.
func (m *model) compareLines(ids []room.ID) {
	var rows []struct {
		RoomID room.ID
		Seq    int64
		Line   *room.Line `gorm:"serializer:json"`
	}
	err := m.w.db.WithContext(m.t.Context()).Table("messages").Where("room_id IN ?", ids).Order("room_id, seq").Scan(&rows).Error
	require.NoError(m.rt, err)
	lines := make(map[room.ID][]room.LineCode, len(ids))
	for _, row := range rows {
		lines[row.RoomID] = append(lines[row.RoomID], row.Line.Code)
		require.EqualValues(m.rt, len(lines[row.RoomID]), row.Seq)
	}
	for _, r := range m.rooms {
		require.Equal(m.rt, r.lines, lines[r.id])
	}
}
