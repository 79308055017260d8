package realtime

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"errors"
)

// nodeID tells the nodes apart; it is drawn anew at every start.
type nodeID [8]byte

func newNodeID() (id nodeID) {
	_, _ = rand.Read(id[:]) // it never fails
	return id
}

func (id nodeID) String() string { return hex.EncodeToString(id[:]) }

func parseNodeID(text string) (id nodeID, ok bool) {
	n, err := hex.Decode(id[:], []byte(text))
	return id, err == nil && n == len(id) && len(text) == 2*len(id)
}

// packetKind says what a packet is about.
type packetKind byte

const (
	ofDelivery packetKind = iota + 1
	ofSignals             // that were given on the sending node
	ofPoke                // a room has come to a rev: whoever has not been told that far asks the database
	ofHello               // a node is there, and takes connections as soon as the others have answered
	ofAnswer              // the sender publishes from now on for the node that is named
	ofGoodbye             // the sender is no more
	ofDoubt               // the sender could not say all that it should have: everything is to be looked up again
	ofHandover            // the sender goes: the named node says of its users that they left, unless they come back in time
)

// packet is what travels through Redis: a version, the sending node, the kind, and then what the kind needs. Numbers are
// varints, and bytes come with their length before them.
type packet struct {
	kind     packetKind
	delivery Delivery
	late     bool    // the delivery was tried before, so that it may be younger than it seems
	signals  signals // of one room and of one family
	head     Head    // of a poke
	to       nodeID  // of an answer or a handover
	users    []int64 // of a handover
	within   int64   // and the milliseconds that they have
}

const (
	packetVersion = 1
	packetHeader  = 1 + len(nodeID{}) + 1
)

var errPacket = errors.New("realtime: not a packet")

// Which parts of a delivery are there.
const (
	hasRoom = 1 << iota
	hasRev
	hasEnvelope
	hasViews
	hasViewsFor
	hasNotFor
	hasAttach
	hasDetach
	hasView
	hasEndSessions
	hasQuiet
	hasQuietUser
	isLate
	hasSkip
)

// appendPacket encodes a packet. The users of a delivery are not in it: each gets it on a channel of their own.
func appendPacket(to []byte, from nodeID, p *packet) []byte {
	to = append(to, packetVersion)
	to = append(to, from[:]...)
	to = append(to, byte(p.kind))
	switch p.kind {
	case ofDelivery:
		return appendDelivery(to, &p.delivery, p.late)
	case ofSignals:
		return appendSignals(to, &p.signals)
	case ofPoke:
		return appendInt(appendInt(to, p.head.Room), p.head.Rev)
	case ofAnswer:
		return append(to, p.to[:]...)
	case ofHandover:
		to = appendInt(appendInt(append(to, p.to[:]...), p.within), int64(len(p.users)))
		for _, user := range p.users {
			to = appendInt(to, user)
		}
		return to
	default:
		return to
	}
}

func appendInt(to []byte, n int64) []byte { return binary.AppendUvarint(to, uint64(n)) }

func appendBytes(to, data []byte) []byte {
	return append(binary.AppendUvarint(to, uint64(len(data))), data...)
}

func appendDelivery(to []byte, d *Delivery, late bool) []byte {
	flagsAt := len(to)
	to = append(to, 0, 0)
	flags := 0
	number := func(flag int, n int64) {
		if n != 0 {
			flags |= flag
			to = appendInt(to, n)
		}
	}
	number(hasRoom, d.Room)
	number(hasRev, d.Rev)
	if d.Envelope != nil {
		flags |= hasEnvelope
		to = appendBytes(to, d.Envelope)
	}
	if len(d.Views) > 0 {
		flags |= hasViews
		to = appendInt(to, int64(len(d.Views)))
		for _, v := range d.Views {
			to = appendBytes(append(binary.AppendUvarint(to, uint64(len(v.Name))), v.Name...), v.Envelope)
		}
	}
	number(hasViewsFor, d.ViewsFor)
	number(hasNotFor, d.NotFor)
	number(hasAttach, d.Attach)
	number(hasDetach, d.Detach)
	if d.View != nil {
		flags |= hasView
		to = append(binary.AppendUvarint(to, uint64(len(*d.View))), *d.View...)
	}
	if len(d.EndSessions) > 0 {
		flags |= hasEndSessions
		to = appendInt(to, int64(len(d.EndSessions)))
		for _, id := range d.EndSessions {
			to = appendInt(to, id)
		}
	}
	number(hasQuiet, d.Quiet)
	number(hasQuietUser, d.QuietUser)
	number(hasSkip, d.Skip)
	if late {
		flags |= isLate
	}
	binary.BigEndian.PutUint16(to[flagsAt:], uint16(flags)) //nolint:gosec // G115: fourteen flags
	return to
}

func appendSignals(to []byte, s *signals) []byte {
	crowd := byte(0)
	if s.crowd {
		crowd = 1
	}
	to = append(appendInt(to, s.room), byte(s.family), crowd)
	to = appendInt(to, int64(len(s.marks)))
	for _, m := range s.marks {
		to = appendInt(appendInt(append(to, byte(m.kind)), m.User), m.Seq)
	}
	return appendBytes(to, s.envelope)
}

// senderOf returns which node sent a packet.
func senderOf(message string) (from nodeID, ok bool) {
	if len(message) < packetHeader || message[0] != packetVersion {
		return from, false
	}
	copy(from[:], message[1:])
	return from, true
}

// decodePacket decodes what another node sent. The envelopes share their memory with data.
func decodePacket(data []byte) (packet, error) {
	if len(data) < packetHeader || data[0] != packetVersion {
		return packet{}, errPacket
	}
	p := packet{kind: packetKind(data[packetHeader-1])}
	r := reader{rest: data[packetHeader:]}
	switch p.kind {
	case ofDelivery:
		r.delivery(&p)
	case ofSignals:
		r.signals(&p.signals)
	case ofPoke:
		p.head = Head{Room: r.int(), Rev: r.int()}
	case ofAnswer:
		copy(p.to[:], r.take(len(p.to)))
	case ofHandover:
		copy(p.to[:], r.take(len(p.to)))
		p.within = r.int()
		p.users = make([]int64, r.count())
		for i := range p.users {
			p.users[i] = r.int()
		}
	case ofHello, ofGoodbye, ofDoubt:
	default:
		return packet{}, errPacket
	}
	if r.failed || len(r.rest) > 0 {
		return packet{}, errPacket
	}
	return p, nil
}

// reader takes a packet apart. After a failure it returns zeros.
type reader struct {
	rest   []byte
	failed bool
}

func (r *reader) take(n int) []byte {
	if n < 0 || n > len(r.rest) {
		r.rest, r.failed = nil, true
		return nil
	}
	taken := r.rest[:n:n]
	r.rest = r.rest[n:]
	return taken
}

func (r *reader) byte() byte {
	if b := r.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *reader) int() int64 {
	n, size := binary.Uvarint(r.rest)
	if size <= 0 {
		r.rest, r.failed = nil, true
		return 0
	}
	r.rest = r.rest[size:]
	return int64(n) //nolint:gosec // G115: as it was before appendInt
}

// count reads how many things follow that are at least one byte each.
func (r *reader) count() int {
	n := r.int()
	if n < 0 || n > int64(len(r.rest)) {
		r.rest, r.failed = nil, true
		return 0
	}
	return int(n)
}

func (r *reader) bytes() []byte { return r.take(r.count()) }

func (r *reader) delivery(p *packet) {
	both := r.take(2)
	if both == nil {
		return
	}
	flags := int(binary.BigEndian.Uint16(both))
	number := func(flag int, to *int64) {
		if flags&flag != 0 {
			*to = r.int()
		}
	}
	d := &p.delivery
	number(hasRoom, &d.Room)
	number(hasRev, &d.Rev)
	if flags&hasEnvelope != 0 {
		d.Envelope = r.bytes()
	}
	if flags&hasViews != 0 {
		d.Views = make([]View, r.count())
		for i := range d.Views {
			d.Views[i] = View{Name: string(r.bytes()), Envelope: r.bytes()}
		}
	}
	number(hasViewsFor, &d.ViewsFor)
	number(hasNotFor, &d.NotFor)
	number(hasAttach, &d.Attach)
	number(hasDetach, &d.Detach)
	if flags&hasView != 0 {
		view := string(r.bytes())
		d.View = &view
	}
	if flags&hasEndSessions != 0 {
		d.EndSessions = make([]int64, r.count())
		for i := range d.EndSessions {
			d.EndSessions[i] = r.int()
		}
	}
	number(hasQuiet, &d.Quiet)
	number(hasQuietUser, &d.QuietUser)
	number(hasSkip, &d.Skip)
	p.late = flags&isLate != 0
}

func (r *reader) signals(s *signals) {
	s.room = r.int()
	s.family = family(r.byte())
	s.crowd = r.byte() != 0
	s.marks = make([]mark, r.count())
	for i := range s.marks {
		s.marks[i] = mark{kind: SignalKind(r.byte()), Mark: Mark{User: r.int(), Seq: r.int()}}
	}
	if e := r.bytes(); len(e) > 0 {
		s.envelope = e
	}
}
