package realtime

import (
	"maps"
	"slices"
	"sync"
)

// Peer is the hub's end of a connection. Its methods are called under the hub's lock: they must not block and must
// not call the hub.
type Peer interface {
	// Send queues an envelope, which is shared and must not be changed.
	Send(envelope []byte)
	// View tells which variant of envelopes the connection is sent from now on.
	View(view string)
	// End closes the connection because its session has ended.
	End()
}

// Conn is a connection as the hub knows it; the fields are fixed while it is added.
type Conn struct {
	User    int64
	Session int64
	peer    Peer

	view  string             // guarded by Hub.mu
	rooms map[int64]struct{} // guarded by Hub.mu
	left  map[int64]struct{} // rooms cut off before attach is called; guarded by Hub.mu
}

// NewConn describes a connection of a user's session. The view says which variant of envelopes it is sent.
func NewConn(user, session int64, view string, peer Peer) *Conn {
	return &Conn{User: user, Session: session, peer: peer, view: view, rooms: make(map[int64]struct{}), left: make(map[int64]struct{})}
}

// Hub knows the connections of this node by user and by room.
type Hub struct {
	mu    sync.RWMutex
	users map[int64]map[*Conn]struct{}
	rooms map[int64]map[*Conn]struct{}
}

// NewHub returns an empty hub.
func NewHub() *Hub {
	return &Hub{users: make(map[int64]map[*Conn]struct{}), rooms: make(map[int64]map[*Conn]struct{})}
}

// add registers a connection with its user, and tells whether it is the user's first one here.
func (h *Hub) add(c *Conn) (first bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return insert(h.users, c.User, c)
}

// attach makes a new connection receive the events of rooms, except of those that it was cut off from since the rooms
// were looked up. It returns the rooms that had no connection here before.
func (h *Hub) attach(c *Conn, rooms []int64) (fresh []int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, ok := h.users[c.User][c]; !ok {
		return nil // removed meanwhile
	}
	for _, room := range rooms {
		if _, left := c.left[room]; left {
			continue
		}
		c.rooms[room] = struct{}{}
		if insert(h.rooms, room, c) {
			fresh = append(fresh, room)
		}
	}
	c.left = nil
	return fresh
}

// remove forgets a connection. It returns whether it was the user's last one here, and the rooms left without any.
func (h *Hub) remove(c *Conn) (last bool, idle []int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, ok := h.users[c.User][c]; !ok {
		return false, nil
	}
	last = withdraw(h.users, c.User, c)
	for room := range c.rooms {
		if withdraw(h.rooms, room, c) {
			idle = append(idle, room)
		}
	}
	return last, idle
}

// deliver hands a delivery to the connections of this node. It returns the rooms that got their first connection
// here, or lost their last one.
func (h *Hub) deliver(d *Delivery) (fresh, idle []int64) {
	if d.Room != 0 {
		h.mu.RLock()
		defer h.mu.RUnlock()
		for c := range h.rooms[d.Room] {
			c.send(d)
		}
		return nil, nil
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, user := range d.Users {
		for c := range h.users[user] {
			if d.Attach != 0 {
				delete(c.left, d.Attach)
				c.rooms[d.Attach] = struct{}{}
				if insert(h.rooms, d.Attach, c) {
					fresh = append(fresh, d.Attach)
				}
			}
			if d.View != nil {
				c.view = *d.View
				c.peer.View(c.view)
			}
			c.send(d)
			if slices.Contains(d.EndSessions, c.Session) {
				c.peer.End()
			}
			if d.Detach != 0 {
				if c.left != nil {
					c.left[d.Detach] = struct{}{}
				}
				delete(c.rooms, d.Detach)
				if withdraw(h.rooms, d.Detach, c) {
					idle = append(idle, d.Detach)
				}
			}
		}
	}
	return fresh, idle
}

func (c *Conn) send(d *Delivery) {
	if envelope := d.envelopeFor(c.User, c.view); envelope != nil {
		c.peer.Send(envelope)
	}
}

// present returns the users and the rooms that have connections here.
func (h *Hub) present() (users, rooms []int64) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return slices.Collect(maps.Keys(h.users)), slices.Collect(maps.Keys(h.rooms))
}

// hasUser tells whether a user has a connection here.
func (h *Hub) hasUser(user int64) bool {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return len(h.users[user]) > 0
}

// insert adds a connection under a key and tells whether it is the first one there.
func insert(index map[int64]map[*Conn]struct{}, key int64, c *Conn) bool {
	set, ok := index[key]
	if !ok {
		set = make(map[*Conn]struct{})
		index[key] = set
	}
	set[c] = struct{}{}
	return !ok
}

// withdraw takes a connection away from a key and tells whether it was the last one there.
func withdraw(index map[int64]map[*Conn]struct{}, key int64, c *Conn) bool {
	set, ok := index[key]
	if !ok {
		return false
	}
	delete(set, c)
	if len(set) > 0 {
		return false
	}
	delete(index, key)
	return true
}

// needs tells whether anybody here is concerned by a channel.
func (h *Hub) needs(channel string) bool {
	h.mu.RLock()
	defer h.mu.RUnlock()
	if id, ok := idAfter(channel, userPrefix); ok {
		return len(h.users[id]) > 0
	}
	id, ok := idAfter(channel, roomPrefix)
	return ok && len(h.rooms[id]) > 0
}
