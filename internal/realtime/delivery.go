// Package realtime carries envelopes to the connections of people and rooms, on this node directly and on the others
// through Redis. It knows no socket and no domain event by name.
package realtime

import "encoding/json"

// Delivery is one envelope on its way, or a change of who receives what; it means the same on every node.
//
// It goes to all connections attached to Room, or, when Room is 0, to all connections of Users.
type Delivery struct {
	Room  int64   `json:"room,omitempty"`
	Users []int64 `json:"users,omitempty"`

	// Envelope is the JSON that is sent; nil when there is only something to change.
	Envelope json.RawMessage `json:"envelope,omitempty"`
	// Views replaces Envelope for connections with one of these views, so that it is encoded once a view and not once
	// a connection. With ViewsFor set that holds for the connections of this user only.
	Views    map[string]json.RawMessage `json:"views,omitempty"`
	ViewsFor int64                      `json:"viewsFor,omitempty"`

	// NotFor leaves out the connections of this user.
	NotFor int64 `json:"notFor,omitempty"`

	// Attach and Detach name a room whose events the connections of Users receive from now on, or no longer.
	Attach int64 `json:"attach,omitempty"`
	Detach int64 `json:"detach,omitempty"`
	// View, if set, is the new view of the connections of Users.
	View *string `json:"view,omitempty"`
	// EndSessions names sessions of Users whose connections end.
	EndSessions []int64 `json:"endSessions,omitempty"`

	// Quiet names a room whose waiting signals are dropped: it has just become history.
	Quiet int64 `json:"quiet,omitempty"`

	// Signal marks what only matters for a moment (looking, typing, read marks). Of the signals with the same name in
	// the same room and from the same user, only the latest is sent in each signalWindow.
	Signal string `json:"-"`
	From   int64  `json:"-"`
}

// envelopeFor picks what one connection is sent; nil is nothing.
func (d *Delivery) envelopeFor(user int64, view string) []byte {
	if d.NotFor == user {
		return nil
	}
	if view == "" || d.ViewsFor != 0 && d.ViewsFor != user {
		return d.Envelope
	}
	if e, ok := d.Views[view]; ok {
		return e
	}
	return d.Envelope
}
