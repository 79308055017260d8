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

	view   string   // guarded by Hub.mu, as are the following
	topics []*topic // of the rooms whose events it receives
	news   *news    // while its rooms are looked up
	again  bool     // they are to be looked up again afterwards
}

// news is what became of a connection after its rooms began to be looked up: it is younger than what is found.
type news struct {
	came, left map[int64]struct{}
}

func newNews() *news { return &news{came: make(map[int64]struct{}), left: make(map[int64]struct{})} }

// NewConn describes a connection of a user's session. The view says which variant of envelopes it is sent.
func NewConn(user, session int64, view string, peer Peer) *Conn {
	return &Conn{User: user, Session: session, peer: peer, view: view, news: newNews()}
}

// Hub knows the connections of this node by user and by room. Who holds mu for reading may send; who changes which
// connections there are, or what they receive, holds it for writing.
type Hub struct {
	late  func(room int64) // called when a room begins to wait for a change; must not block
	again func(user int64) // called when the rooms of a user are to be looked up again; must not block

	mu     sync.RWMutex
	users  map[int64][]*Conn
	topics map[int64]*topic
}

// newHub returns an empty hub.
func newHub(late, again func(int64)) *Hub {
	return &Hub{late: late, again: again, users: make(map[int64][]*Conn), topics: make(map[int64]*topic)}
}

// add registers a connection with its user, and tells whether it is the user's first one here.
func (h *Hub) add(c *Conn) (first bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.users[c.User] = append(h.users[c.User], c)
	return len(h.users[c.User]) == 1
}

// watch begins to note what becomes of a connection, until settle is called. It returns false for a connection whose
// rooms are being looked up already; when they are known they are looked up once more.
func (h *Hub) watch(c *Conn) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if c.news != nil {
		c.again = true
		return false
	}
	c.news = newNews()
	return true
}

// settle makes a connection receive the events of these rooms and of no others, except for what became different since
// they began to be looked up. It returns the rooms that got their first connection here, or lost their last one. With moved
// the connection is sent what that returns of each room that it did not know to have joined or left.
func (h *Hub) settle(c *Conn, rooms []Head, moved func(user, room int64, joined bool) []byte) (fresh, idle []int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	news := c.news
	c.news = nil
	if !slices.Contains(h.users[c.User], c) {
		return nil, nil // removed meanwhile
	}
	if c.again {
		c.again = false
		h.again(c.User)
	}
	if len(c.topics) > 0 {
		wanted := maps.Clone(news.came)
		for _, r := range rooms {
			wanted[r.Room] = struct{}{}
		}
		for _, t := range slices.Clone(c.topics) {
			if _, ok := wanted[t.room]; ok {
				continue
			}
			if moved != nil {
				c.peer.Send(moved(c.User, t.room, false))
			}
			if h.detach(c, t.room) {
				idle = append(idle, t.room)
			}
		}
	}
	for _, r := range rooms {
		if _, ok := news.left[r.Room]; ok {
			continue
		}
		before := len(c.topics)
		if h.attach(c, r) {
			fresh = append(fresh, r.Room)
		}
		if moved != nil && len(c.topics) > before {
			c.peer.Send(moved(c.User, r.Room, true))
		}
	}
	return fresh, idle
}

// attach tells whether the connection is the first one of the room here. The lock is held, as in detach.
func (h *Hub) attach(c *Conn, to Head) (first bool) {
	t, ok := h.topics[to.Room]
	if !ok {
		t = &topic{room: to.Room, rev: to.Rev, version: to.Version}
		h.topics[to.Room] = t
	}
	if t.learn(to.Rev) {
		h.late(to.Room)
	}
	if slices.Contains(c.topics, t) {
		return false
	}
	c.topics = append(c.topics, t)
	t.conns = append(t.conns, c)
	return !ok
}

// detach tells whether the connection was the last one of the room here.
func (h *Hub) detach(c *Conn, room int64) (last bool) {
	at := slices.IndexFunc(c.topics, func(t *topic) bool { return t.room == room })
	if at < 0 {
		return false
	}
	t := c.topics[at]
	c.topics = without(c.topics, t)
	return h.withdraw(t, c)
}

func (h *Hub) withdraw(t *topic, c *Conn) (last bool) {
	if t.conns = without(t.conns, c); len(t.conns) > 0 {
		return false
	}
	delete(h.topics, t.room)
	return true
}

// without takes one element away; the order is nobody's business.
func without[T comparable](list []T, gone T) []T {
	at := slices.Index(list, gone)
	if at < 0 {
		return list
	}
	var none T
	end := len(list) - 1
	list[at], list[end] = list[end], none
	if end == 0 {
		return nil
	}
	return list[:end]
}

// remove forgets a connection. It returns whether it was the user's last one here, and the rooms left without any.
func (h *Hub) remove(c *Conn) (last bool, idle []int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !slices.Contains(h.users[c.User], c) {
		return false, nil
	}
	if rest := without(h.users[c.User], c); len(rest) > 0 {
		h.users[c.User] = rest
	} else {
		delete(h.users, c.User)
		last = true
	}
	for _, t := range c.topics {
		if h.withdraw(t, c) {
			idle = append(idle, t.room)
		}
	}
	c.topics = nil
	return last, idle
}

// deliver hands a delivery to the connections of this node. It returns the rooms that got their first connection
// here, or lost their last one.
func (h *Hub) deliver(d *Delivery) (fresh, idle []int64) {
	if d.Room != 0 {
		h.mu.RLock()
		defer h.mu.RUnlock()
		if t := h.topics[d.Room]; t != nil && t.take(d) {
			h.late(d.Room)
		}
		return nil, nil
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, user := range d.Users {
		for _, c := range h.users[user] {
			if d.Attach != 0 {
				c.note(d.Attach, true)
				if h.attach(c, Head{Room: d.Attach, Rev: d.Rev, Version: unknown}) {
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

// signal sends an envelope to the connections of a room, and another one, or nothing, to those of some users.
func (h *Hub) signal(room int64, envelope []byte, own map[int64][]byte) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	t := h.topics[room]
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, c := range t.conns {
		theirs, ok := own[c.User]
		if !ok {
			theirs = envelope
		}
		if theirs != nil {
			c.peer.Send(theirs)
		}
	}
}

// waits tells what a room lacks, if it has connections here: everything after one rev, up to another.
func (h *Hub) waits(room int64) (after, upTo int64, late bool) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	if t := h.topics[room]; t != nil {
		return t.waits()
	}
	return 0, 0, false
}

// learn notes that a rev of a room exists. It reports whether the room waits for it.
func (h *Hub) learn(r Head) (late bool) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	t := h.topics[r.Room]
	if t == nil {
		return false
	}
	if t.learn(r.Rev) {
		h.late(r.Room)
	}
	_, _, late = t.waits()
	return late
}

// renew tells a room that it has changed, if its version says so. A version that the room was told of as it came may be told again.
func (h *Hub) renew(r Head, renewed func(Head) []byte) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	if t := h.topics[r.Room]; t != nil && t.passes(r.Version) {
		t.take(&Delivery{Room: r.Room, Envelope: renewed(r)})
	}
}

// fill gives a room changes that the database has (see topic.fill).
func (h *Hub) fill(room, since int64, list []Delivery, upTo int64) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	if t := h.topics[room]; t != nil {
		t.fill(since, list, upTo)
	}
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

// clients returns the sessions of some users that have connections here, each once.
func (h *Hub) clients(of func(user int64) bool) []Client {
	h.mu.RLock()
	defer h.mu.RUnlock()
	var list []Client
	for user, conns := range h.users {
		if !of(user) {
			continue
		}
		for i, c := range conns {
			if !c.shares(conns[:i]) {
				list = append(list, Client{User: user, Session: c.Session})
			}
		}
	}
	return list
}

// hasClient tells whether a session has a connection here.
func (h *Hub) hasClient(c Client) bool {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return (&Conn{Session: c.Session}).shares(h.users[c.User])
}

// shares tells whether another connection is of the same session.
func (c *Conn) shares(others []*Conn) bool {
	return slices.ContainsFunc(others, func(other *Conn) bool { return other.Session == c.Session })
}

// present returns the users that have connections here.
func (h *Hub) present() []int64 {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return slices.Collect(maps.Keys(h.users))
}

// conns returns the connections of this node.
func (h *Hub) conns() (list []*Conn) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	for _, conns := range h.users {
		list = append(list, conns...)
	}
	return list
}

// connsOf returns the connections that users have here.
func (h *Hub) connsOf(users []int64) (list []*Conn) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	for _, user := range users {
		list = append(list, h.users[user]...)
	}
	return list
}

// connsIn returns the connections that receive the events of a room.
func (h *Hub) connsIn(room int64) []*Conn {
	h.mu.RLock()
	defer h.mu.RUnlock()
	if t := h.topics[room]; t != nil {
		return slices.Clone(t.conns)
	}
	return nil
}

// expel cuts a connection off from a room and sends it what moved returns. It returns the room if that has no connection here
// any more.
func (h *Hub) expel(c *Conn, room int64, moved func(user, room int64, joined bool) []byte) (idle []int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !slices.ContainsFunc(c.topics, func(t *topic) bool { return t.room == room }) {
		return nil
	}
	if moved != nil {
		c.peer.Send(moved(c.User, room, false))
	}
	if h.detach(c, room) {
		return []int64{room}
	}
	return nil
}

// hasUser tells whether a user has a connection here.
func (h *Hub) hasUser(user int64) bool {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return len(h.users[user]) > 0
}

// hasRoom tells whether a room has a connection here.
func (h *Hub) hasRoom(room int64) bool {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.topics[room] != nil
}
