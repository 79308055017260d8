// Package friend owns what is between two people: requests, friendships and blocks, and who finds whom.
package friend

import (
	"time"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/fault"
)

// State is what is between one person and another, seen by the one.
type State string

// The states.
const (
	None     State = "none"
	Incoming State = "incoming" // the other has asked me
	Outgoing State = "outgoing" // I have asked the other
	Accepted State = "accepted" // we are friends
)

// Friend is a person with whom there is something, seen by the other one.
type Friend struct {
	account.Person
	State  State
	Since  time.Time // of the friendship, or of the request
	Online bool      // always false unless they are friends
}

// Match is a person found by a search.
type Match struct {
	account.Person
	State State
}

// Block is a person whom somebody has blocked.
type Block struct {
	account.Person
	Since time.Time
}

// Changed is published after what is between two people became different. A block looks like a plain removal to both.
type Changed struct {
	A, B      account.Person
	StateForA State
	StateForB State
	Room      int64 // their direct room, 0 when they never had one
	RoomOpen  bool  // whether they may write there from now on
}

// Vanished is what a friend is told of whose account was closed; room is the one of the two, or 0.
func (f Friend) Vanished(who account.ID, room int64) Changed {
	return Changed{A: account.Person{ID: who}, B: f.Person, StateForA: None, StateForB: None, Room: room}
}

// Returned is what they are told when it was restored, and whether they may write in their room.
func (f Friend) Returned(who account.Person, room int64, open bool) Changed {
	return Changed{A: who, B: f.Person, StateForA: f.State, StateForB: f.State.mirrored(), Room: room, RoomOpen: open}
}

// What can go wrong. Somebody who blocked the one who asks and somebody who does not exist look alike.
var (
	ErrUnknown   = fault.New(fault.NotFound, "friend.unknown", "There is no such person.")
	ErrNoRequest = fault.New(fault.NotFound, "friend.no_request", "There is no request from such a person.")
	ErrBlocked   = fault.New(fault.Conflict, "friend.blocked", "You have blocked this person. Lift the block first.")
	ErrSelf      = fault.New(fault.Invalid, "friend.self", "This is you.")
)

// pair is what is between two people, of whom the first acts now.
type pair struct {
	state     State // for the first
	since     time.Time
	blocks    bool // the first has blocked the second
	isBlocked bool // the second has blocked the first
}

// request asks for a friendship: it accepts the other's request if there is one.
func (p pair) request(now time.Time) (pair, error) {
	switch {
	case p.blocks:
		return p, ErrBlocked // said first: it tells nothing about what the other did
	case p.isBlocked:
		return p, ErrUnknown
	case p.state == None:
		p.state, p.since = Outgoing, now
	case p.state == Incoming:
		p.state, p.since = Accepted, now
	}
	return p, nil
}

// accept accepts the other's request. To a friend it changes nothing.
func (p pair) accept(now time.Time) (pair, error) {
	switch p.state {
	case Incoming:
		p.state, p.since = Accepted, now
	case None, Outgoing:
		return p, ErrNoRequest
	}
	return p, nil
}

// remove declines, withdraws or ends, whatever there is.
func (p pair) remove(time.Time) (pair, error) {
	p.state = None
	return p, nil
}

// block ends what there is and keeps the other away.
func (p pair) block(time.Time) (pair, error) {
	p.state, p.blocks = None, true
	return p, nil
}

func (p pair) unblock(time.Time) (pair, error) {
	p.blocks = false
	return p, nil
}

// mirrored is the state as the other one sees it.
func (s State) mirrored() State {
	switch s {
	case Incoming:
		return Outgoing
	case Outgoing:
		return Incoming
	default:
		return s
	}
}
