package message

import (
	"slices"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/room"
)

// Reader is who is shown messages.
type Reader struct {
	ID           account.ID
	Locale       account.Locale
	ShowReadings bool
}

// MaySee tells whether the reading of an author who shares like that may be shown to somebody.
func MaySee(share account.ShareReadings, author, reader account.ID) bool {
	return emotion.Visible(share, author == reader, true)
}

// Excerpt is a part of a room's history as one reader is sent it, with the counters as they were no later than the messages.
type Excerpt struct {
	HasMore          bool
	LastSeq, LastRev int64

	entries []entry
	to      Reader
	of      *snapshot
	latest  int // how many of the latest messages were asked for; 0 when others were
}

// view is what is the same for many readers.
type view struct {
	latest int
	locale account.Locale // "" without readings
}

// Whole returns what is made of an excerpt. It is made once for all who are shown the same, who must not change it.
func (e Excerpt) Whole(make func(Excerpt) []byte) []byte {
	if e.latest == 0 || slices.ContainsFunc(e.entries, e.own) {
		return make(e)
	}
	v := view{latest: e.latest}
	if e.to.ShowReadings {
		v.locale = e.to.Locale
	}
	if whole, ok := e.of.whole(v); ok {
		return whole
	}
	whole := make(e)
	e.of.keep(v, whole)
	return whole
}

// own tells whether an entry has a reading that its author shows to nobody but themselves, who is the reader.
func (e Excerpt) own(m entry) bool { return m.sender == e.to.ID && m.share == account.ShareSelf }

// Size is the number of bytes that Append appends.
func (e Excerpt) Size() int {
	size := max(0, len(e.entries)-1)
	for i := range e.entries {
		p := &e.entries[i].pieces
		size += len(p.Head) + len(e.reading(&e.entries[i])) + len(p.Tail)
	}
	return size
}

// Append appends the messages, encoded and separated by commas.
func (e Excerpt) Append(dst []byte) []byte {
	for i := range e.entries {
		if i > 0 {
			dst = append(dst, ',')
		}
		p := &e.entries[i].pieces
		dst = append(append(append(dst, p.Head...), e.reading(&e.entries[i])...), p.Tail...)
	}
	return dst
}

// reading is what stands in the place of a message's reading.
func (e Excerpt) reading(m *entry) string {
	if len(m.pieces.Readings) < viewCount || !e.to.ShowReadings || !MaySee(m.share, m.sender, e.to.ID) {
		return "null"
	}
	switch e.to.Locale {
	case account.Korean:
		return m.pieces.Readings[0]
	default:
		return m.pieces.Readings[1]
	}
}

// recent tells whether what is asked for may lie within the latest messages of a room, by what is known of it.
func (c Cursor) recent(at room.Sight) bool {
	first := max(1, at.LastSeq-MaxPage+1)
	switch {
	case c.SinceRev != nil:
		return *c.SinceRev >= at.LastRev-mergeable
	case c.After != nil:
		return *c.After >= first-1
	case c.Before != nil:
		return first == 1 || *c.Before-int64(c.Limit) >= first
	default:
		return true
	}
}

// excerpt returns what a cursor asks for, or false unless all of it lies within the snapshot.
func (s *snapshot) excerpt(at room.Sight, to Reader, c Cursor) (Excerpt, bool) {
	e := Excerpt{LastSeq: at.LastSeq, LastRev: at.LastRev, to: to, of: s}
	first, end := int64(1), int64(1) // the seqs that the snapshot has
	if len(s.entries) > 0 {
		first = s.entries[0].seq
		end = first + int64(len(s.entries))
	}
	switch {
	case c.SinceRev != nil:
		return s.since(e, *c.SinceRev, c.Limit)
	case c.After != nil:
		from := min(*c.After, end) + 1 // without an overflow
		if from < first {
			return Excerpt{}, false
		}
		from = min(from, end)
		to := min(from+int64(c.Limit), end)
		e.entries, e.HasMore = s.entries[from-first:to-first], to < end
	default:
		if c.Before == nil {
			e.latest = c.Limit
		}
		to := end
		if c.Before != nil {
			to = max(1, min(*c.Before, end))
		}
		from := max(1, to-int64(c.Limit))
		if from < first {
			return Excerpt{}, false
		}
		e.entries, e.HasMore = s.entries[from-first:to-first], from > 1
	}
	return e, true
}

// since is for the changes after a rev. A message that lies further back may have changed, too; then one of the revs is missing
// here, as it is when a message has changed twice.
func (s *snapshot) since(e Excerpt, rev int64, limit int) (Excerpt, bool) {
	for _, m := range s.entries {
		if m.rev > rev {
			e.entries = append(e.entries, m)
		}
	}
	slices.SortFunc(e.entries, func(a, b entry) int { return int(a.rev - b.rev) })
	for i, m := range e.entries {
		if m.rev != rev+1+int64(i) {
			return Excerpt{}, false
		}
	}
	if rev+int64(len(e.entries)) < e.LastRev {
		return Excerpt{}, false
	}
	if e.HasMore = len(e.entries) > limit; e.HasMore {
		e.entries = e.entries[:limit]
	}
	return e, true
}
