// Package realtime carries envelopes to the connections of people and rooms, on this node directly and on the others
// through Redis. It knows no socket and no domain event by name.
package realtime

// Delivery is one envelope on its way, or a change of who receives what; it means the same on every node.
//
// It goes to all connections attached to Room, or, when Room is 0, to all connections of Users.
type Delivery struct {
	Room  int64
	Users []int64

	// Rev is the room's rev that a change of a message stands for; 0 for everything else. On every node the deliveries of a
	// room go out in the order of their revs and without gaps. With Attach it is the room's rev at that moment.
	Rev int64
	// Skip is how many changes right before Rev are not sent one by one: this delivery stands for them as well.
	Skip int64

	// Envelope is the JSON that is sent; nil when there is only something to change.
	Envelope []byte
	// Views replaces Envelope for connections with one of these views, so that it is encoded once a view and not once
	// a connection. With ViewsFor set that holds for the connections of this user only.
	Views    []View
	ViewsFor int64

	// NotFor leaves out the connections of this user.
	NotFor int64

	// Attach and Detach name a room whose events the connections of Users receive from now on, or no longer.
	Attach int64
	Detach int64
	// View, if set, is the new view of the connections of Users.
	View *string
	// EndSessions names sessions of Users whose connections end.
	EndSessions []int64

	// Quiet names a room whose waiting signals are dropped, those of QuietUser, who has gone, or with 0 all: the room has
	// just become history.
	Quiet     int64
	QuietUser int64

	// Once says that no connection may be sent it twice. Other nodes are told once, and if they do not hear it, that is that.
	Once bool

	// Signal, if set, is all there is to the delivery.
	Signal *Signal
}

// isChange tells whether it is a change of a message, which the database has as well.
func (d *Delivery) isChange() bool { return d.Room != 0 && d.Rev != 0 }

// follows returns the rev of the change that comes right before this one.
func (d *Delivery) follows() int64 { return d.Rev - d.Skip - 1 }

// View is an envelope as the connections with a view of this name receive it.
type View struct {
	Name     string
	Envelope []byte
}

// Head is a room and the rev of the newest change of a message there. Version grows with each other change of the room, which
// leaves it in this State.
type Head struct {
	Room, Rev, Version int64
	State              string
}

// envelopeFor picks what one connection is sent; nil is nothing.
func (d *Delivery) envelopeFor(user int64, view string) []byte {
	if d.NotFor == user {
		return nil
	}
	if view == "" || d.ViewsFor != 0 && d.ViewsFor != user {
		return d.Envelope
	}
	for i := range d.Views {
		if d.Views[i].Name == view {
			return d.Views[i].Envelope
		}
	}
	return d.Envelope
}
