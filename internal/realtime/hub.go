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
	news  *news              // while its rooms are looked up; guarded by Hub.mu
}

// news is what became of a connection after its rooms began to be looked up: it is younger than what is found.
type news struct {
	came, left map[int64]struct{}
}

func newNews() *news { return &news{came: make(map[int64]struct{}), left: make(map[int64]struct{})} }

// NewConn describes a connection of a user's session. The view says which variant of envelopes it is sent.
func NewConn(user, session int64, view string, peer Peer) *Conn {
	return &Conn{User: user, Session: session, peer: peer, view: view, rooms: make(map[int64]struct{}), news: newNews()}
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

// watch begins to note what becomes of a connection, until settle is called. It returns false for a connection whose
// rooms are being looked up already.
func (h *Hub) watch(c *Conn) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if c.news != nil {
		return false
	}
	c.news = newNews()
	return true
}

// settle makes a connection receive the events of these rooms and of no others, except for what became different since
// they began to be looked up. It returns the rooms that got their first connection here, or lost their last one.
func (h *Hub) settle(c *Conn, rooms []Head) (fresh, idle []int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	news := c.news
	c.news = nil
	if _, ok := h.users[c.User][c]; !ok {
		return nil, nil // removed meanwhile
	}
	wanted := maps.Clone(news.came)
	for _, room := range rooms {
		wanted[room.Room] = struct{}{}
	}
	for room := range news.left {
		delete(wanted, room)
	}
	for room := range c.rooms {
		if _, ok := wanted[room]; !ok && h.detach(c, room) {
			idle = append(idle, room)
		}
	}
	for room := range wanted {
		if h.attach(c, room) {
			fresh = append(fresh, room)
		}
	}
	return fresh, idle
}

// attach tells whether the connection is the first one of the room here. The lock is held, as in detach.
func (h *Hub) attach(c *Conn, room int64) (first bool) {
	c.rooms[room] = struct{}{}
	return insert(h.rooms, room, c)
}

// detach tells whether the connection was the last one of the room here.
func (h *Hub) detach(c *Conn, room int64) (last bool) {
	delete(c.rooms, room)
	return withdraw(h.rooms, room, c)
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
				c.note(d.Attach, true)
				if h.attach(c, d.Attach) {
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
				c.note(d.Detach, false)
				if h.detach(c, d.Detach) {
					idle = append(idle, d.Detach)
				}
			}
		}
	}
	return fresh, idle
}

// note remembers the latest that became of a room for whoever looks the rooms up at this moment.
func (c *Conn) note(room int64, came bool) {
	if c.news == nil {
		return
	}
	delete(c.news.came, room)
	delete(c.news.left, room)
	if came {
		c.news.came[room] = struct{}{}
	} else {
		c.news.left[room] = struct{}{}
	}
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

// conns returns the connections of this node.
func (h *Hub) conns() (list []*Conn) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	for _, set := range h.users {
		list = slices.AppendSeq(list, maps.Keys(set))
	}
	return list
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
