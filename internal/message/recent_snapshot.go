package message

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"slices"
	"sync"
	"time"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/room"
)

// Pieces are a message as it is sent, cut where its reading belongs.
type Pieces struct {
	Head, Tail string
	// Readings are its reading in Korean and in English; none if it has none.
	Readings []string
}

// snapshot is the end of a room's history, encoded. It holds every change up to lastRev, and what members share as of membersRev;
// of later changes it may hold some. It never changes.
type snapshot struct {
	room       room.ID
	born       int64 // when the room was created, in microseconds: ids of another database are not those of this one
	lastRev    int64
	membersRev int64
	entries    []entry // without gaps, at most MaxPage

	size  int       // bytes that it takes, about
	wrote time.Time // when one of this room was last given to Redis, as far as this node did

	mu     sync.Mutex
	wholes map[view][]byte // what was made of it, all together no larger than itself
	made   int             // bytes of them
}

func (s *snapshot) whole(v view) (whole []byte, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	whole, ok = s.wholes[v]
	return whole, ok
}

func (s *snapshot) keep(v view, whole []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, known := s.wholes[v]; known || s.made+len(whole) > s.size {
		return
	}
	if s.wholes == nil {
		s.wholes = make(map[view][]byte)
	}
	s.wholes[v] = whole
	s.made += len(whole)
}

// cost is what the snapshot takes with all that may be made of it.
func (s *snapshot) cost() int { return 2 * s.size }

// entry is one message.
type entry struct {
	seq, rev int64
	sender   account.ID
	share    account.ShareReadings
	pieces   Pieces
}

// leadsTo tells whether the snapshot lacks nothing but changes after its lastRev of what somebody saw of the room.
func (s *snapshot) leadsTo(at room.Sight) bool {
	return s != nil && s.room == at.ID && s.born == at.CreatedAt.UnixMicro() && s.membersRev == at.MembersRev && s.lastRev <= at.LastRev
}

// shows tells whether it lacks nothing at all.
func (s *snapshot) shows(at room.Sight) bool {
	if !s.leadsTo(at) || s.lastRev != at.LastRev {
		return false
	}
	n := int64(len(s.entries))
	if n == 0 {
		return at.LastSeq == 0
	}
	return s.entries[n-1].seq >= at.LastSeq && (n == MaxPage || s.entries[0].seq == 1)
}

// with returns a snapshot that has some more entries, in the places of those before or after them, and shows the room as it was
// seen before these were read. It returns nil if anything is missing then.
func (s *snapshot) with(at room.Sight, changed []entry) *snapshot {
	n := &snapshot{room: at.ID, born: at.CreatedAt.UnixMicro(), lastRev: at.LastRev, membersRev: at.MembersRev}
	if s != nil {
		n.entries = slices.Clone(s.entries)
	}
	slices.SortFunc(changed, func(a, b entry) int { return int(a.seq - b.seq) })
	for _, e := range changed {
		switch count := int64(len(n.entries)); {
		case count == 0 || e.seq == n.entries[count-1].seq+1:
			n.entries = append(n.entries, e)
		case e.seq > n.entries[count-1].seq:
			return nil
		case e.seq >= n.entries[0].seq:
			n.entries[e.seq-n.entries[0].seq] = e
		} // those further back are none of ours
	}
	n.entries = n.entries[max(0, len(n.entries)-MaxPage):]
	if !n.shows(at) {
		return nil
	}
	n.size = checksumSize + headerSize
	for _, e := range n.entries {
		n.size += entrySize + e.pieces.size()
	}
	return n
}

// What a snapshot is in Redis: a checksum of all that follows, the header, a fixed number of bytes for each entry, and the pieces
// of all entries one after the other.
const (
	checksumSize = 4
	headerSize   = 6 * 8 // room, born, lastRev, membersRev, seq of the first entry, number of entries
	viewCount    = 2     // readings of an entry, if it has any
	entrySize    = 8 + 8 + 1 + 4*(2+viewCount)
)

var errNoSnapshot = errors.New("not a snapshot")

func (s *snapshot) encode() []byte {
	size := checksumSize + headerSize + len(s.entries)*entrySize
	for _, e := range s.entries {
		size += e.pieces.size()
	}
	out := make([]byte, checksumSize, size)
	first := int64(0)
	if len(s.entries) > 0 {
		first = s.entries[0].seq
	}
	for _, n := range []int64{int64(s.room), s.born, s.lastRev, s.membersRev, first, int64(len(s.entries))} {
		out = binary.LittleEndian.AppendUint64(out, uint64(n))
	}
	for _, e := range s.entries {
		out = binary.LittleEndian.AppendUint64(out, uint64(e.rev))
		out = binary.LittleEndian.AppendUint64(out, uint64(e.sender))
		out = append(out, encodeShare(e.share))
		for _, piece := range e.pieces.all() {
			out = binary.LittleEndian.AppendUint32(out, uint32(len(piece)))
		}
	}
	for _, e := range s.entries {
		for _, piece := range e.pieces.all() {
			out = append(out, piece...)
		}
	}
	binary.LittleEndian.PutUint32(out, checksum(out[checksumSize:]))
	return out
}

// decodeSnapshot reads what encode wrote; its pieces share the memory of text. Anything else is an error.
func decodeSnapshot(text string) (*snapshot, error) {
	if len(text) < checksumSize+headerSize {
		return nil, errNoSnapshot
	}
	data := []byte(text[:checksumSize+headerSize])
	number := func(i int) int64 { return int64(binary.LittleEndian.Uint64(data[checksumSize+8*i:])) }
	s := &snapshot{room: room.ID(number(0)), born: number(1), lastRev: number(2), membersRev: number(3), size: len(text)}
	first, count := number(4), number(5)
	if count < 0 || count > MaxPage || len(text) < checksumSize+headerSize+int(count)*entrySize {
		return nil, errNoSnapshot
	}
	if binary.LittleEndian.Uint32(data) != checksum([]byte(text[checksumSize:])) {
		return nil, errNoSnapshot
	}
	table := []byte(text[checksumSize+headerSize:][:int(count)*entrySize])
	rest := text[checksumSize+headerSize+len(table):]
	s.entries = make([]entry, count)
	for i := range s.entries {
		row := table[i*entrySize:][:entrySize]
		e := entry{
			seq: first + int64(i), rev: int64(binary.LittleEndian.Uint64(row)), sender: account.ID(binary.LittleEndian.Uint64(row[8:])),
			share: decodeShare(row[16]),
		}
		var pieces [2 + viewCount]string
		for p := range pieces {
			n := int64(binary.LittleEndian.Uint32(row[17+4*p:]))
			if n > int64(len(rest)) {
				return nil, errNoSnapshot
			}
			pieces[p], rest = rest[:n], rest[n:]
		}
		e.pieces = Pieces{Head: pieces[0], Tail: pieces[1]}
		if pieces[2] != "" {
			e.pieces.Readings = pieces[2:]
		}
		s.entries[i] = e
	}
	if rest != "" {
		return nil, errNoSnapshot
	}
	return s, nil
}

func checksum(data []byte) uint32 { return crc32.Checksum(data, crc32.MakeTable(crc32.Castagnoli)) }

func (p Pieces) all() (all [2 + viewCount]string) {
	all[0], all[1] = p.Head, p.Tail
	copy(all[2:], p.Readings)
	return all
}

func (p Pieces) size() (n int) {
	for _, piece := range p.all() {
		n += len(piece)
	}
	return n
}

// shares are the choices by the byte that stands for them.
func shares() []account.ShareReadings {
	return []account.ShareReadings{account.ShareOff, account.ShareSelf, account.ShareEveryone}
}

func encodeShare(share account.ShareReadings) byte {
	return byte(max(0, slices.Index(shares(), share)))
}

func decodeShare(b byte) account.ShareReadings {
	if int(b) >= len(shares()) {
		return account.ShareOff
	}
	return shares()[b]
}
