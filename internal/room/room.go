// Package room owns conversations and who is a member of them: opening, listing, read marks, and who may do what where.
package room

import (
	"time"

	"github.com/emosation/emosation/internal/account"
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

// Room is a conversation.
type Room struct {
	ID        ID
	Kind      Kind
	State     State
	Title     *string // nil in direct rooms
	LastSeq   int64   // of the newest message, 0 before the first
	LastRev   int64   // of the newest change of a message, 0 before the first
	CreatedAt time.Time
}

// Mine is a room as one of its members sees it.
type Mine struct {
	Room
	Peer        *account.Person // the other person of a direct room
	LastReadSeq int64
}

// Unread counts the messages after the member's read mark.
func (m Mine) Unread() int64 { return max(0, m.LastSeq-m.LastReadSeq) }

// Member is a person who is joined in a room.
type Member struct {
	account.Person
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

// Read is published after a member's read mark moved forward. Unless the room is open it concerns only their own
// other connections.
type Read struct {
	Room ID
	User account.ID
	Seq  int64
	Open bool
}
