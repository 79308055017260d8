package search

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/room"
)

// memory is what this node remembers of the rooms that were searched lately: which chunks there are, the imprints of those that
// were looked at, and the imprints of what is not indexed. Every change of a message gives it a new rev, the greatest of its room:
// so what is remembered of a room is brought up to date with the messages of greater revs, and usually there are none. Many
// goroutines may search.
type memory struct {
	most int // bytes of imprints, about

	// refreshing is held by the one who brings rooms up to date: two would overtake each other.
	refreshing sync.Mutex

	mu    sync.RWMutex
	rooms map[room.ID]*remembered
	bytes int
}

// remembered is a room as it was at a rev, or later.
type remembered struct {
	rev     int64
	covered int64   // up to this seq messages are in chunks
	chunks  []chunk // in order; with the imprints that are remembered
	tail    []byte  // imprints of the messages after covered
}

const (
	// mostRemembered is a million messages.
	mostRemembered = 32 << 20
	// longTail is how many messages after the chunks make it worth asking which chunks there are now.
	longTail = 2 * chunkSize
	// listTogether bounds how many rooms one statement lists the chunks of.
	listTogether = 500
)

func newMemory(most int) *memory { return &memory{most: most, rooms: make(map[room.ID]*remembered)} }

// view is some rooms as they are remembered. What is forgotten meanwhile stays in it.
type view map[room.ID]*remembered

// refresh brings rooms to the state in which they were listed, or a later one, and tells how many messages it had to read.
func (m *memory) refresh(db *gorm.DB, rooms []roomState) (v view, read int64, err error) {
	m.refreshing.Lock()
	defer m.refreshing.Unlock()
	m.makeSpace(rooms)
	strange, changed := m.behind(rooms)
	if err := m.meet(db, strange); err != nil {
		return nil, 0, fmt.Errorf("list chunks: %w", err)
	}
	if read, err = m.catchUp(db, strange, changed); err != nil {
		m.mu.Lock()
		defer m.mu.Unlock()
		for _, r := range strange { // they may lack messages
			m.forget(r.id)
		}
		return nil, read, err
	}
	v = make(view, len(rooms))
	for _, r := range rooms {
		v[r.id] = m.rooms[r.id]
	}
	return v, read, nil
}

// catchUp reads what was said in strange rooms after their chunks, and what has changed in the others.
func (m *memory) catchUp(db *gorm.DB, strange, changed []roomState) (read int64, err error) {
	var seqs, known []Place
	for _, r := range strange {
		read += r.lastSeq - r.indexedSeq
	}
	for _, r := range changed {
		read += r.lastRev - m.rooms[r.id].rev
	}
	if read > maxRaw {
		return read, ErrBehind
	}
	for _, r := range strange {
		for seq := r.indexedSeq + 1; seq <= r.lastSeq; seq++ {
			seqs = append(seqs, Place{r.id, seq})
		}
	}
	for _, r := range changed {
		known = append(known, Place{r.id, m.rooms[r.id].rev})
	}
	if err := m.learn(db, seqs, textsAt); err != nil {
		return read, err
	}
	if err := m.learn(db, known, textsSince); err != nil {
		return read, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range changed {
		m.rooms[r.id].rev = r.lastRev
	}
	return read, nil
}

// behind tells which rooms are not remembered and which have changed since.
func (m *memory) behind(rooms []roomState) (strange, changed []roomState) {
	for _, r := range rooms {
		known := m.rooms[r.id]
		switch {
		case known == nil, len(known.tail) >= longTail*imprintSize && r.indexedSeq >= known.covered+chunkSize, r.lastRev-known.rev > longTail:
			strange = append(strange, r)
		case known.rev < r.lastRev:
			changed = append(changed, r)
		}
	}
	return strange, changed
}

// meet begins to remember rooms, with the chunks that they have.
func (m *memory) meet(db *gorm.DB, rooms []roomState) error {
	met := make(map[room.ID]*remembered, len(rooms))
	for part := range slices.Chunk(rooms, listTogether) {
		ids := make([]room.ID, len(part))
		for i, r := range part {
			ids[i] = r.id
			met[r.id] = &remembered{rev: r.lastRev, covered: r.indexedSeq}
		}
		chunks, err := listChunks(db, ids)
		if err != nil {
			return err
		}
		for _, c := range chunks {
			if r := met[c.room]; c.firstSeq <= r.covered { // what came since is in the tail
				r.chunks = append(r.chunks, c)
			}
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for id, r := range met {
		m.forget(id)
		m.rooms[id] = r
	}
	return nil
}

// learn takes the imprints of messages, some places after the others.
func (m *memory) learn(db *gorm.DB, places []Place, load func(*gorm.DB, []Place) ([]said, error)) error {
	const together = 500
	for part := range slices.Chunk(places, together) {
		messages, err := load(db, part)
		if err != nil {
			return fmt.Errorf("read what is new: %w", err)
		}
		var k knife
		imprints := make([]byte, len(messages)*imprintSize)
		for i, s := range messages {
			imprint := imprints[i*imprintSize:][:imprintSize]
			tokens(k.cut(s.body), func(t token) { t.leave(imprint) })
		}
		m.mu.Lock()
		for i, s := range messages {
			m.put(s.Place, imprints[i*imprintSize:][:imprintSize])
		}
		m.mu.Unlock()
	}
	return nil
}

// put remembers the imprint of a message, unless the chunk that it belongs to is not remembered.
func (m *memory) put(at Place, imprint []byte) {
	r := m.rooms[at.Room]
	if at.Seq <= r.covered {
		c := r.chunk(firstOf(at.Seq))
		if from := int(at.Seq-firstOf(at.Seq)) * imprintSize; c != nil && from < len(c.imprints) {
			copy(c.imprints[from:], imprint)
		}
		return
	}
	from := int(at.Seq-r.covered-1) * imprintSize
	if more := from + imprintSize - len(r.tail); more > 0 {
		r.tail = append(r.tail, make([]byte, more)...)
		m.bytes += more
	}
	copy(r.tail[from:], imprint)
}

// chunk returns the chunk that begins with a seq, or nil.
func (r *remembered) chunk(first int64) *chunk {
	n := int((first - 1) / chunkSize)
	if n >= len(r.chunks) || r.chunks[n].firstSeq != first {
		return nil
	}
	return &r.chunks[n]
}

// forget needs m.mu.
func (m *memory) forget(id room.ID) {
	if r := m.rooms[id]; r != nil {
		m.bytes -= len(r.tail)
		for _, c := range r.chunks {
			m.bytes -= len(c.imprints)
		}
		delete(m.rooms, id)
	}
}

// makeSpace forgets rooms other than these, and then these, until there is space again.
func (m *memory) makeSpace(rooms []roomState) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.bytes <= m.most {
		return
	}
	wanted := make(map[room.ID]bool, len(rooms))
	for _, r := range rooms {
		wanted[r.id] = true
	}
	for _, all := range []bool{false, true} {
		for id := range m.rooms {
			if m.bytes <= m.most/2 {
				return
			}
			if all || !wanted[id] {
				m.forget(id)
			}
		}
	}
}

// list returns the chunks of a view, without their imprints, and the places after the chunks that have these bits.
func (m *memory) list(v view, bits []int) (chunks []chunk, places []Place) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	for id, r := range v {
		for _, c := range r.chunks {
			chunks = append(chunks, chunk{room: id, firstSeq: c.firstSeq, firstAt: c.firstAt, lastAt: c.lastAt})
		}
		places = fitting(places, bits, Place{id, r.covered + 1}, r.tail)
	}
	return chunks, places
}

// fitting appends the places whose imprints have these bits; the first imprint is that of the message at first.
func fitting(places []Place, bits []int, first Place, imprints []byte) []Place {
	for i := 0; i+imprintSize <= len(imprints); i += imprintSize {
		if within(bits, imprints[i:i+imprintSize]) {
			places = append(places, Place{first.Room, first.Seq + int64(i/imprintSize)})
		}
	}
	return places
}

// search returns the places in chunks of a view whose imprints have these bits; those that are not remembered it reads.
func (m *memory) search(db *gorm.DB, v view, chunks []chunk, bits []int) (places []Place, err error) {
	var missing []chunk
	revs := make(map[room.ID]int64)
	m.mu.RLock()
	for _, c := range chunks {
		r := v[c.room]
		if known := r.chunk(c.firstSeq); known.imprints != nil {
			places = fitting(places, bits, Place{c.room, c.firstSeq}, known.imprints)
		} else {
			missing, revs[c.room] = append(missing, c), r.rev
		}
	}
	m.mu.RUnlock()
	if len(missing) == 0 {
		return places, nil
	}
	missing, err = loadImprints(db, missing)
	if err != nil {
		return nil, err
	}
	for _, c := range missing {
		places = fitting(places, bits, Place{c.room, c.firstSeq}, c.imprints)
	}
	m.keep(v, missing, revs)
	return places, nil
}

// keep remembers imprints that were read when the rooms of a view were remembered at these revs. Where a room has gone on since,
// they may be those of before.
func (m *memory) keep(v view, chunks []chunk, revs map[room.ID]int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, c := range chunks {
		r := m.rooms[c.room]
		if r == nil || r != v[c.room] || r.rev != revs[c.room] {
			continue
		}
		if known := r.chunk(c.firstSeq); known.imprints == nil {
			known.imprints = c.imprints[:min(len(c.imprints), int(r.covered-c.firstSeq+1)*imprintSize)]
			m.bytes += len(known.imprints)
		}
	}
}

// remembers tells whether most of some chunks of a view need not be read.
func (m *memory) remembers(v view, chunks []chunk) bool {
	m.mu.RLock()
	defer m.mu.RUnlock()
	n := 0
	for _, c := range chunks {
		if v[c.room].chunk(c.firstSeq).imprints != nil {
			n++
		}
	}
	return 2*n > len(chunks)
}

const selectTexts = "SELECT room_id, seq, CASE WHEN kind = 'text' AND deleted_at IS NULL THEN body ELSE '' END FROM "

// textsAt reads messages, with an empty body where there is nothing to find.
func textsAt(db *gorm.DB, places []Place) ([]said, error) {
	return collect(db.Raw(selectTexts+byPrimary(db, "messages")+" WHERE "+Among(db, "room_id", "seq", places)), scanText)
}

// textsSince likewise reads all that changed in rooms after a rev, also what changed after they were listed: a message that was there
// then may have a later rev by now.
func textsSince(db *gorm.DB, revs []Place) ([]said, error) {
	table := "messages"
	if db.Name() == mysql {
		table = "messages FORCE INDEX (messages_rev)"
	}
	after := make([]string, len(revs))
	args := make([]any, 0, 2*len(revs))
	for i, p := range revs {
		after[i] = "(room_id = ? AND rev > ?)"
		args = append(args, p.Room, p.Seq)
	}
	return collect(db.Raw(selectTexts+table+" WHERE "+strings.Join(after, " OR ")+" ORDER BY room_id, seq", args...), scanText)
}

func scanText(scan func(...any) error) (s said, err error) {
	err = scan(&s.Room, &s.Seq, &s.body)
	return s, err
}
