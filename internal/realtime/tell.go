package realtime

import "slices"

// Tell sends an envelope about a room to a connection, if it receives the room's events at this moment, and tells whether it
// does. So nothing of a room comes after the word that access to it has ended.
func (b *Bus) Tell(c *Conn, room int64, envelope []byte) bool {
	b.hub.mu.RLock()
	defer b.hub.mu.RUnlock()
	if !slices.ContainsFunc(c.topics, func(t *topic) bool { return t.room == room }) {
		return false
	}
	c.peer.Send(envelope)
	return true
}
