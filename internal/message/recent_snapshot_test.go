package message

import (
	"encoding/binary"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/room"
)

var created = time.Date(2026, 3, 2, 9, 0, 0, 123_000, time.UTC)

// drawSnapshot makes one as load does: label and entries, whatever these hold.
func drawSnapshot(t *rapid.T) *snapshot {
	count := rapid.Int64Range(0, 12).Draw(t, "count")
	first := int64(1)
	at := room.Sight{
		ID: room.ID(rapid.Int64().Draw(t, "room")), LastSeq: first + count - 1, LastRev: rapid.Int64().Draw(t, "rev"),
		MembersRev: rapid.Int64().Draw(t, "members"), CreatedAt: created,
	}
	entries := make([]entry, count)
	for i := range entries {
		e := entry{
			seq: first + int64(i), rev: rapid.Int64().Draw(t, "rev"), sender: account.ID(rapid.Int64().Draw(t, "sender")),
			share:  rapid.SampledFrom(shares()).Draw(t, "share"),
			pieces: Pieces{Head: rapid.String().Draw(t, "head"), Tail: rapid.String().Draw(t, "tail")},
		}
		if rapid.Bool().Draw(t, "read") {
			e.pieces.Readings = []string{rapid.StringN(1, -1, -1).Draw(t, "ko"), rapid.StringN(1, -1, -1).Draw(t, "en")}
		}
		entries[i] = e
	}
	s := (*snapshot)(nil).with(at, entries)
	if s == nil {
		t.Fatal("it shows its own room")
	}
	return s
}

func TestASnapshotComesBackAsItWas(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSnapshot(t)
		text := string(s.encode())
		back, err := decodeSnapshot(text)
		require.NoError(t, err)
		require.Len(t, text, s.size, "the size is what it takes")
		if len(s.entries) == 0 {
			back.entries = s.entries
		}
		require.Equal(t, s, back)
	})
}

// FuzzSnapshot: whatever lies in the cache under a checksum that is right, reading it is an error or gives something whose every
// piece can be read.
func FuzzSnapshot(f *testing.F) {
	at := room.Sight{ID: 7, LastSeq: 2, LastRev: 2, CreatedAt: created}
	good := (*snapshot)(nil).with(at, []entry{
		{seq: 1, rev: 1, pieces: Pieces{Head: "{", Tail: "}", Readings: []string{"ko", "en"}}}, {seq: 2, rev: 2, pieces: Pieces{Head: "a", Tail: "b"}},
	}).encode()
	f.Add(good)
	f.Add(good[:len(good)-1])
	f.Add(good[:checksumSize+headerSize])
	f.Add([]byte{})
	long := append([]byte(nil), good...)
	binary.LittleEndian.PutUint64(long[checksumSize+5*8:], 1<<63-1)
	f.Add(long)
	f.Fuzz(func(t *testing.T, data []byte) {
		data = append([]byte(nil), data...)
		if len(data) >= checksumSize {
			binary.LittleEndian.PutUint32(data, checksum(data[checksumSize:]))
		}
		s, err := decodeSnapshot(string(data))
		if err != nil {
			return
		}
		total := checksumSize + headerSize
		for _, e := range s.entries {
			total += entrySize + e.pieces.size()
		}
		require.Equal(t, len(data), total)
		require.LessOrEqual(t, len(s.entries), MaxPage)
	})
}

func TestASnapshotShowsNoOtherRoomAndNoOtherTime(t *testing.T) {
	at := room.Sight{ID: 7, LastSeq: 2, LastRev: 5, MembersRev: 3, CreatedAt: created}
	entries := []entry{{seq: 1, rev: 1}, {seq: 2, rev: 5}}
	s := (*snapshot)(nil).with(at, entries)
	require.True(t, s.shows(at))
	for name, change := range map[string]func(*room.Sight){
		"another room":             func(r *room.Sight) { r.ID++ },
		"a room of another making": func(r *room.Sight) { r.CreatedAt = r.CreatedAt.Add(time.Microsecond) },
		"other members":            func(r *room.Sight) { r.MembersRev++ },
		"members of before":        func(r *room.Sight) { r.MembersRev-- },
		"an earlier rev":           func(r *room.Sight) { r.LastRev-- },
	} {
		other := at
		change(&other)
		require.False(t, s.shows(other), name)
		require.False(t, s.leadsTo(other), name)
	}
	later := at
	later.LastRev++
	require.False(t, s.shows(later))
	require.True(t, s.leadsTo(later))
}

func TestASnapshotThatLacksAnythingIsNone(t *testing.T) {
	at := func(seq int64) room.Sight { return room.Sight{ID: 7, LastSeq: seq, LastRev: seq, CreatedAt: created} }
	base := (*snapshot)(nil).with(at(2), []entry{{seq: 1, rev: 1}, {seq: 2, rev: 2}})
	require.Nil(t, base.with(at(4), []entry{{seq: 4, rev: 4}}), "a gap")
	require.Nil(t, base.with(at(4), []entry{{seq: 3, rev: 3}}), "the newest")
	require.Nil(t, (*snapshot)(nil).with(at(3), []entry{{seq: 2, rev: 2}, {seq: 3, rev: 3}}), "the beginning")
	require.Nil(t, (*snapshot)(nil).with(at(3), nil), "everything")
	require.NotNil(t, (*snapshot)(nil).with(at(0), nil), "an empty room")
	grown := base.with(at(3), []entry{{seq: 3, rev: 4}, {seq: 1, rev: 3}})
	require.Equal(t, []entry{{seq: 1, rev: 3}, {seq: 2, rev: 2}, {seq: 3, rev: 4}}, grown.entries)
	require.Len(t, base.entries, 2, "those who read the old one go on with it")
}
