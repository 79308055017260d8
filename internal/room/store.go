package room

import (
	"time"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/booking"
	"github.com/emosation/emosation/internal/emotion"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

type roomRow struct {
	ID           ID `gorm:"primaryKey"`
	Kind         Kind
	State        State
	Title        *string
	DirectLow    *account.ID
	DirectHigh   *account.ID
	LastSeq      int64
	LastRev      int64
	MembersRev   int64
	CreatedAt    time.Time
	HostID       *account.ID
	Capacity     *int
	PasswordHash *string
	OpenTitle    *string
	Version      int64
	Phase        *Phase
	StoreID      *booking.StoreID
	BoxID        *booking.BoxID
	ClosesAt     *time.Time
	Extensions   int
	Warned       int
	InviteEpoch  int64
	CreatorID    *account.ID
	CreationKey  *string
	Readings     Readings `gorm:"default:on"`
	ReadingsRev  int64
	RemoteAfter  int64
}

func (roomRow) TableName() string { return "rooms" }

func (r roomRow) room() Room {
	room := Room{
		ID: r.ID, Kind: r.Kind, State: r.State, Title: r.Title, LastSeq: r.LastSeq, LastRev: r.LastRev, MembersRev: r.MembersRev,
		Readings: r.Readings, ReadingsRev: r.ReadingsRev, RemoteAfter: r.RemoteAfter, CreatedAt: r.CreatedAt,
		Host: orZero(r.HostID), Capacity: orZero(r.Capacity), HasPassword: r.PasswordHash != nil, Version: r.Version,
		Phase: orZero(r.Phase), ClosesAt: r.ClosesAt, Extensions: r.Extensions,
		passwordHash: orZero(r.PasswordHash), warned: r.Warned, inviteEpoch: r.InviteEpoch, creator: orZero(r.CreatorID),
	}
	if r.StoreID != nil && r.BoxID != nil {
		room.Pickup = &Pickup{Store: *r.StoreID, Box: *r.BoxID}
	}
	return room
}

// orZero turns what is NULL in a row into the zero value that a Room has there.
func orZero[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

// orNull is the other way.
func orNull[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

// memberRow is one row of the join table between rooms and users.
type memberRow struct {
	RoomID      ID         `gorm:"primaryKey"`
	UserID      account.ID `gorm:"primaryKey"`
	State       MemberState
	JoinedSeq   int64
	LastReadSeq int64
	JoinedAt    time.Time
	Suspended   bool // they have left because their account was closed, and come back with it
}

func (memberRow) TableName() string { return "room_users" }

// mineRow is what the listing query selects. (gorm passes over embedded structs whose type is not exported, so the
// field has a name.)
type mineRow struct {
	Room         roomRow `gorm:"embedded"`
	LastReadSeq  int64
	Noticed      emotion.Reach
	Members      int
	PeerID       *account.ID
	PeerNickname string
}

func (r mineRow) mine() Mine {
	m := Mine{Room: r.Room.room(), LastReadSeq: r.LastReadSeq, Noticed: r.Noticed, Members: r.Members}
	if r.PeerID != nil {
		m.Peer = &account.Person{ID: *r.PeerID, Nickname: r.PeerNickname}
	}
	return m
}

// peer is the other person of a direct room, who may be gone for good. In other rooms it is NULL.
const peer = "CASE WHEN r.direct_low = m.user_id THEN r.direct_high ELSE r.direct_low END"

const headCount = "(SELECT COUNT(*) FROM room_users c WHERE c.room_id = r.id AND c.state = 'joined')"

// lastRead is how far the member m of a room r with the last message l has read. Who wrote the last message has read
// everything; that is written down in their row only when somebody else writes after them.
const lastRead = "CASE WHEN l.sender_id = m.user_id AND l.kind = 'text' THEN r.last_seq ELSE m.last_read_seq END"

// selectMine joins the rooms a person is joined in with their read mark, the peer and the head count; add conditions to
// it.
func selectMine(db *gorm.DB, who account.ID) *gorm.DB {
	return db.Table("room_users AS m").
		Select("r.*, "+lastRead+" AS last_read_seq, m.readings_noticed AS noticed, "+peer+" AS peer_id, COALESCE(p.nickname, '') AS peer_nickname, "+headCount+" AS members").
		Joins("JOIN rooms r ON r.id = m.room_id").
		Joins("LEFT JOIN messages l ON l.room_id = r.id AND l.seq = r.last_seq").
		Joins("LEFT JOIN users p ON p.id = "+peer).
		Where("m.user_id = ? AND m.state = ?", who, Joined)
}

// lockDirect returns the direct room of two people under a row lock, or the zero row.
func lockDirect(tx *gorm.DB, a, b account.ID) (roomRow, error) {
	var row roomRow
	err := tx.Clauses(clause.Locking{Strength: "UPDATE"}).
		Where("direct_low = ? AND direct_high = ?", min(a, b), max(a, b)).Limit(1).Find(&row).Error
	return row, err
}

func insertDirect(tx *gorm.DB, a, b account.ID, now time.Time) (roomRow, error) {
	low, high := min(a, b), max(a, b)
	row := roomRow{Kind: Direct, State: Open, DirectLow: &low, DirectHigh: &high, CreatedAt: now}
	if err := tx.Create(&row).Error; err != nil {
		return roomRow{}, err
	}
	members := []memberRow{
		{RoomID: row.ID, UserID: low, State: Joined, JoinedAt: now},
		{RoomID: row.ID, UserID: high, State: Joined, JoinedAt: now},
	}
	return row, tx.Create(&members).Error
}
