// Package room owns conversations and who is a member of them: opening, listing, read marks, and who may do what where.
package room

import (
	"slices"
	"time"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/booking"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/fault"
)

// ID names a room.
type ID int64

// Kind says what sort of conversation a room is.
type Kind string

// The kinds of rooms.
const (
	Direct Kind = "direct" // two friends
	Group  Kind = "group"
)

// State says what members may do in a room.
type State string

// The states of a room.
const (
	Open     State = "open"      // members write, look and are seen
	ReadOnly State = "read_only" // members read the history; nothing live crosses it
	Closed   State = "closed"    // the room has ended; its history stays readable for its members
)

// Phase is how far the order of a pickup room is.
type Phase string

// The phases, in their order.
const (
	Created            Phase = "CREATED"
	OrderStarted       Phase = "ORDER_STARTED" // from here on nobody joins
	OrderCompleted     Phase = "ORDER_COMPLETED"
	DeliveryInProgress Phase = "DELIVERY_IN_PROGRESS"
	Delivered          Phase = "DELIVERED"
)

// Readings says whether messages are read in a room.
type Readings string

// The choices of a room. What the operator and each author allow bounds them.
const (
	ReadingsOn    Readings = "on"
	ReadingsLocal Readings = "local" // by the engine on this server only
	ReadingsOff   Readings = "off"   // and what was read before is not shown
)

// Valid tells whether it is one of the choices above.
func (r Readings) Valid() bool { return r.openness() >= 0 }

// openness orders the choices by what they allow.
func (r Readings) openness() int {
	return slices.Index([]Readings{ReadingsOff, ReadingsLocal, ReadingsOn}, r)
}

// Room is a conversation.
type Room struct {
	ID      ID
	Kind    Kind
	State   State
	Title   *string // nil in direct rooms
	LastSeq int64   // of the newest message, 0 before the first
	LastRev int64   // of the newest change of a message, 0 before the first
	// MembersRev grows when somebody comes or goes, is read or shares their readings otherwise, or the room switches its readings,
	// opens or closes.
	MembersRev int64
	Readings   Readings
	// ReadingsRev grows when earlier messages may show other readings than before.
	ReadingsRev int64
	// RemoteAfter is the seq up to which no message may be sent away to be read: it was written before the room allowed that.
	RemoteAfter int64
	CreatedAt   time.Time

	// Of group rooms; zero in direct ones.

	Host        account.ID // 0 when nobody is left
	Capacity    int
	HasPassword bool
	Version     int64 // grows with each change of settings, host, phase, end or state
	// Pickup is set in pickup rooms, and Phase and ClosesAt with it.
	Pickup     *Pickup
	Phase      Phase
	ClosesAt   *time.Time // when it ends by itself; once closed, when it ended (in plain rooms too)
	Extensions int        // how often its life was extended

	passwordHash string
	warned       int // minutes of the latest warning
	inviteEpoch  int64
	creator      account.ID
}

// Pickup is what a pickup room is for.
type Pickup struct {
	Store booking.StoreID
	Box   booking.BoxID
}

// Mine is a room as one of its members sees it.
type Mine struct {
	Room
	Peer        *account.Person // the other person of a direct room
	LastReadSeq int64
	Members     int            // how many are joined now
	Noticed     emotion.Reach  // how far messages went to be read when they put away the notice of that
	Place       *booking.Place // the names of the pickup's store and box; nil without a pickup
}

// Notice tells whether they are still to be told how far messages here go to be read.
func (m Mine) Notice(operator emotion.Mode) bool {
	return emotion.RoomReach(operator, m.Readings) > m.Noticed
}

// Unread counts the messages after the member's read mark.
func (m Mine) Unread() int64 { return max(0, m.LastSeq-m.LastReadSeq) }

// MemberState says whether a person is in a room.
type MemberState string

// The states of a member. Kicked is final.
const (
	Joined MemberState = "joined"
	Left   MemberState = "left"
	Kicked MemberState = "kicked"
)

// Member is a person who is joined in a room, or was.
type Member struct {
	account.Person
	State       MemberState
	JoinedAt    time.Time
	JoinedSeq   int64 // the room's LastSeq when they joined; later messages count as unread for them
	LastReadSeq int64
}

// ReadMark tells how far a member has read.
type ReadMark struct {
	User account.ID
	Seq  int64
}

// What can go wrong. A room that one is not joined in and a room that does not exist look alike.
var (
	ErrNotFound = fault.New(fault.NotFound, "room.not_found", "There is no such room among yours.")
	ErrReadOnly = fault.New(fault.Conflict, "room.read_only", "This room is history now: you two are not friends any more.")
	ErrClosed   = fault.New(fault.Conflict, "room.closed", "This room has ended.")
	ErrNoFriend = fault.New(fault.NotFound, "friend.not_found", "There is no such person among your friends.")

	ErrTitleTaken       = fault.New(fault.Conflict, "room.title_taken", "There is an open room with this title already.")
	ErrFull             = fault.New(fault.Conflict, "room.full", "There is no seat left.")
	ErrTooSmall         = fault.New(fault.Conflict, "room.too_small", "There are more members than that.")
	ErrJoiningClosed    = fault.New(fault.Conflict, "room.joining_closed", "The order has started; nobody joins any more.")
	ErrKicked           = fault.New(fault.Forbidden, "room.kicked", "You were removed from this room and cannot come back.")
	ErrPasswordRequired = fault.New(fault.Forbidden, "room.password_required", "This room asks for a password.")
	ErrPasswordWrong    = fault.New(fault.Forbidden, "room.password_wrong", "This is not the room's password.")
	ErrInvite           = fault.New(fault.Forbidden, "room.invite_invalid", "This invite has expired or was revoked.")
	ErrHostOnly         = fault.New(fault.Forbidden, "room.host_only", "Only the host may do that.")
	ErrNotGroup         = fault.New(fault.Conflict, "room.not_group", "That is for group rooms.")
	ErrDirect           = fault.New(fault.Conflict, "room.direct", "That cannot be changed in a room of two.")
	ErrNotPickup        = fault.New(fault.Conflict, "room.not_pickup", "That is for pickup rooms.")
	ErrMember           = fault.New(fault.NotFound, "member.not_found", "There is no such member in this room.")
	ErrSelf             = fault.New(fault.Conflict, "member.self", "You cannot do that to yourself.")
	ErrExtensions       = fault.New(fault.Conflict, "room.extensions_used", "Its life was extended three times already.")
	ErrPhaseOrder       = fault.New(fault.Conflict, "room.phase_order", "The phases go one step at a time, and never back.")
	ErrVersion          = fault.New(fault.Precondition, "room.version", "The room has changed meanwhile. Look at it again.")
	ErrNothingExpected  = fault.New(fault.Conflict, "box.nothing_expected", "No order has been started for this box.")
)

// Writable returns why nothing may be written into a room in this state, or nil.
func (s State) Writable() error {
	switch s {
	case Open:
		return nil
	case ReadOnly:
		return ErrReadOnly
	default:
		return ErrClosed
	}
}

// Opened is published after a direct room was created, so that both people's connections attach to it.
type Opened struct {
	Room    ID
	Members []account.ID
}

// Change says what about a room became different.
type Change string

// The changes.
const (
	ChangeJoined   Change = "joined"
	ChangeLeft     Change = "left"
	ChangeKicked   Change = "kicked"
	ChangeHost     Change = "host"
	ChangeSettings Change = "settings"
	ChangePhase    Change = "phase"
	ChangeExtended Change = "extended"
	ChangeOrder    Change = "order"
	ChangeClosed   Change = "closed"
)

// Changed is published after something about a group room became different, before the lines that say so. With
// ChangeJoined the user's connections attach to the room, with ChangeLeft and ChangeKicked they are cut off from it.
type Changed struct {
	Room   ID
	Change Change
	State  State
	User   account.ID // whom it is about; 0 when it is about nobody
	Rev    int64      // with ChangeJoined the room's LastRev just before: what is newer, they have to be told
}

// ReadingsChanged is published after the readings of earlier messages of a room may be shown to others than before, or are gone.
type ReadingsChanged struct {
	Room  ID
	State State
	// Rev is set when messages have changed for it: those that have a rev after Since up to Rev now, which are not published.
	Since, Rev int64
	// More is set when another one follows at once: who shows what is in the room waits for that.
	More bool
}

// Read is published after a member's read mark moved forward. Unless the room is open it concerns only their own
// other connections.
type Read struct {
	Room ID
	User account.ID
	Seq  int64
	Open bool
	// Crowd is set when nobody but themselves is told who it was.
	Crowd bool
}
