package loadtest

import (
	"sync"
	"time"
)

// Verdict is what the ledgers found. All but Deliveries and Foreign should be 0.
type Verdict struct {
	Deliveries int64 `json:"deliveries"` // checked one by one
	Foreign    int64 `json:"foreign"`    // of which not ours: lines that the server wrote

	Lost       int64 `json:"lost"`       // a member never received what is in the room
	Duplicated int64 `json:"duplicated"` // a member received it again
	Disordered int64 `json:"disordered"` // a member received it after a later one, or a sender's messages changed places
	Misplaced  int64 `json:"misplaced"`  // acknowledgement and deliveries disagree about seq or content, or nobody sent it
	Unanswered int64 `json:"unanswered"` // neither acknowledged nor refused
	Refused    int64 `json:"refused"`    // answered with an error
	Broken     int64 `json:"broken"`     // connections that ended before their time
	Failed     int64 `json:"failed"`     // runs that could not be carried out to their end
}

// Wrong is how much of what has to be 0 is not.
func (v Verdict) Wrong() int64 {
	return v.Lost + v.Duplicated + v.Disordered + v.Misplaced + v.Unanswered + v.Refused + v.Broken + v.Failed
}

func (v *Verdict) add(w Verdict) {
	v.Deliveries += w.Deliveries
	v.Foreign += w.Foreign
	v.Lost += w.Lost
	v.Duplicated += w.Duplicated
	v.Disordered += w.Disordered
	v.Misplaced += w.Misplaced
	v.Unanswered += w.Unanswered
	v.Refused += w.Refused
	v.Broken += w.Broken
	v.Failed += w.Failed
}

// ledger holds what was sent into one room against what came back: acknowledgements, and the deliveries of every member.
type ledger struct {
	mu      sync.Mutex
	first   int64 // the room's seq before the first message
	senders [][]entry
	inboxes []inbox
	verdict Verdict
}

// entry is one message of a sender.
type entry struct {
	at      time.Time // when it was sent
	seq     int64     // 0 as long as nobody told
	members int32     // have received it
	acked   bool
	refused bool
}

// inbox is what one member received.
type inbox struct {
	next    int64 // the seq that should come
	missing map[int64]struct{}
}

// A seq that jumps further than this is a nonsense of the server and not the loss of all between.
const maxGap = 1 << 20

// newLedger begins after seq first, which everybody may have seen.
func newLedger(first int64, senders, members int) *ledger {
	l := &ledger{first: first, senders: make([][]entry, senders), inboxes: make([]inbox, members)}
	for i := range l.inboxes {
		l.inboxes[i].next = first + 1
	}
	return l
}

// send notes the next message of a sender, before it is on its way, and returns its number.
func (l *ledger) send(sender int, at time.Time) (number int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.senders[sender] = append(l.senders[sender], entry{at: at})
	return int64(len(l.senders[sender]) - 1)
}

// ack notes an acknowledgement. It returns when the message was sent, and false for one that acknowledges nothing.
func (l *ledger) ack(s stamp, seq int64) (sent time.Time, fresh bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e := l.entry(s)
	if e == nil || e.acked || e.refused {
		l.verdict.Misplaced++
		return time.Time{}, false
	}
	e.acked = true
	l.place(e, seq)
	return e.at, true
}

// refuse notes that a message was answered with an error. It returns false for one that nobody waits for.
func (l *ledger) refuse(s stamp) (fresh bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e := l.entry(s)
	if e == nil || e.acked || e.refused {
		return false
	}
	e.refused = true
	l.verdict.Refused++
	return true
}

// delivery is what the ledger says of one.
type delivery struct {
	sent  time.Time
	fresh bool // a message of ours that this member had not received
	whole bool // now all members have it
}

// deliver notes that a member received what carries this stamp at seq. ours is false for lines that the server wrote.
func (l *ledger) deliver(member int, seq int64, s stamp, ours bool) delivery {
	l.mu.Lock()
	defer l.mu.Unlock()
	if seq <= l.first {
		return delivery{} // from before
	}
	l.verdict.Deliveries++
	if !l.accept(&l.inboxes[member], seq) {
		return delivery{}
	}
	if !ours {
		l.verdict.Foreign++
		return delivery{}
	}
	e := l.entry(s)
	if e == nil {
		l.verdict.Misplaced++
		return delivery{}
	}
	l.place(e, seq)
	e.members++
	return delivery{sent: e.at, fresh: true, whole: int(e.members) == len(l.inboxes)}
}

// reached is the seq up to which the first member has received.
func (l *ledger) reached() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.inboxes[0].next - 1
}

// misplace notes a delivery whose content is not what was sent.
func (l *ledger) misplace() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.verdict.Misplaced++
}

func (l *ledger) entry(s stamp) *entry {
	if int(s.sender) >= len(l.senders) || s.number >= int64(len(l.senders[s.sender])) {
		return nil
	}
	return &l.senders[s.sender][s.number]
}

// place holds what is said of a message's seq against what was said before.
func (l *ledger) place(e *entry, seq int64) {
	if e.seq == 0 {
		e.seq = seq
	} else if e.seq != seq {
		l.verdict.Misplaced++
	}
}

// accept returns false for what the member has already.
func (l *ledger) accept(in *inbox, seq int64) bool {
	if seq < in.next {
		if _, late := in.missing[seq]; !late {
			l.verdict.Duplicated++
			return false
		}
		delete(in.missing, seq)
		l.verdict.Disordered++
		return true
	}
	if seq-in.next > maxGap {
		l.verdict.Misplaced++
		return false
	}
	for ; in.next < seq; in.next++ {
		if in.missing == nil {
			in.missing = make(map[int64]struct{})
		}
		in.missing[in.next] = struct{}{}
	}
	in.next++
	return true
}

// close returns what is to be said of the room when nothing more will come. What is missing now is lost: counted once by
// place and once by message, because neither count alone sees two messages that stand at the same place.
func (l *ledger) close() Verdict {
	l.mu.Lock()
	defer l.mu.Unlock()
	verdict, last := l.verdict, l.first
	for _, in := range l.inboxes {
		last = max(last, in.next-1)
	}
	heard := last
	var byMessage int64
	for _, entries := range l.senders {
		var before int64
		for _, e := range entries {
			switch {
			case e.refused && e.members > 0, e.seq > heard+maxGap:
				verdict.Misplaced++
				continue
			case !e.acked && !e.refused:
				verdict.Unanswered++
			}
			if e.seq == 0 {
				continue
			}
			if e.seq < before {
				verdict.Disordered++
			}
			before = e.seq
			last = max(last, e.seq)
			byMessage += max(0, int64(len(l.inboxes))-int64(e.members))
		}
	}
	var byPlace int64
	for _, in := range l.inboxes {
		byPlace += int64(len(in.missing)) + last + 1 - in.next
	}
	verdict.Lost = max(byPlace, byMessage)
	return verdict
}
