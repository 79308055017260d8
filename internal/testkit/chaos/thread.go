package chaos

// thread is what a client shows of one room: of each seq the row with the highest rev.
type thread struct {
	rows    map[int64]row
	rev     int64              // everything up to this rev is in here
	lastRev int64              // the highest rev that was heard of
	ahead   map[int64]struct{} // revs beyond a gap that came in already
}

func newThread() *thread { return &thread{rows: make(map[int64]row), ahead: make(map[int64]struct{})} }

// behind tells whether something happened that is not in here yet.
func (t *thread) behind() bool { return t.rev < t.lastRev }

// apply takes rows that came one by one.
func (t *thread) apply(rows ...row) {
	for _, r := range rows {
		if known, ok := t.rows[r.Seq]; !ok || r.Rev > known.Rev {
			t.rows[r.Seq] = r
		}
		t.note(r.Rev)
		if r.Rev > t.rev {
			t.ahead[r.Rev] = struct{}{}
		}
	}
	t.advance()
}

// note remembers that the room has this rev.
func (t *thread) note(rev int64) { t.lastRev = max(t.lastRev, rev) }

// changes takes the rows that changed after a rev, the earliest changes first. The thread is whole up to the last of them, or
// up to the room's rev when there are no more, but only if it was whole up to where they begin.
func (t *thread) changes(since int64, rows []row, lastRev int64, more bool) {
	whole := since <= t.rev
	t.note(lastRev)
	t.apply(rows...)
	if !whole {
		return
	}
	upTo := lastRev
	if more && len(rows) > 0 {
		upTo = rows[len(rows)-1].Rev
	}
	t.rev = max(t.rev, upTo)
	for rev := range t.ahead {
		if rev <= t.rev {
			delete(t.ahead, rev)
		}
	}
	t.advance()
}

func (t *thread) advance() {
	for {
		if _, ok := t.ahead[t.rev+1]; !ok {
			return
		}
		delete(t.ahead, t.rev+1)
		t.rev++
	}
}
