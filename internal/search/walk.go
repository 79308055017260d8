package search

import (
	"database/sql"
	"fmt"
	"slices"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/room"
	"gorm.io/gorm"
)

const (
	// maxRaw is how many messages that are not indexed one search may look at.
	maxRaw = 50_000
	// effort bounds a search, in messages compared and chunks looked at. What was found by then is a page, and the next
	// one goes on from there.
	effort = 30_000
	// sample is how many chunks it is tried on. It is slow for words that are everywhere, so if more than rare of these
	// hold them all, it is not asked.
	sample = 24
	rare   = 1
	// telling is how many bits of a query hardly any imprint has by chance: then looking at what is remembered is quicker than
	// asking.
	telling = 8
)

// plan says when the index of words is asked.
type plan struct {
	first int // chunks that are looked at before: what is common is found there
	many  int // chunks that must be left: to look at fewer takes no longer
}

// walk is one search: from the newest to the oldest, until there is enough.
type walk struct {
	db     *gorm.DB
	memory *memory
	who    account.ID
	room   room.ID // 0 for all
	query  query
	before moment // what is found is older
	limit  int
	plan   plan

	raw   int64 // messages that had to be read because they are not indexed, or changed
	view  view
	spent int
	knife knife
	known map[Place]bool
	found []moment
}

// run reads in an order in which nothing escapes that is on its way into the index meanwhile: first how far the index
// reaches and what lies beyond or has changed, then what is in chunks.
func (w *walk) run() (Page, error) {
	page := Page{query: w.query}
	rooms, err := loadRooms(w.db, w.who, w.room)
	if err != nil {
		return Page{}, fmt.Errorf("list rooms: %w", err)
	}
	if len(rooms) == 0 {
		if w.room != 0 {
			return Page{}, room.ErrNotFound
		}
		return page, nil
	}
	w.known = make(map[Place]bool)
	if w.view, w.raw, err = w.memory.refresh(w.db, rooms); err != nil {
		return Page{}, fmt.Errorf("look at what is new: %w", err)
	}
	chunks, places := w.memory.list(w.view, w.query.bits)
	if err := w.compare(places); err != nil {
		return Page{}, err
	}
	chunks = slices.DeleteFunc(chunks, func(c chunk) bool { return c.firstAt > w.before.at })
	slices.SortFunc(chunks, newestFirst)
	left, err := w.chunks(chunks)
	if err != nil {
		return Page{}, err
	}
	return w.page(page, left), nil
}

// chunks looks at chunks, the newest first, in ever greater steps until there is enough. It returns those that it did
// not come to.
func (w *walk) chunks(left []chunk) ([]chunk, error) {
	for seen, step, asked := 0, 4, false; len(left) > 0 && !w.tired(left[0]) && !w.enough(left[0]); {
		if seen >= w.plan.first && len(left) >= w.plan.many && !asked {
			asked = true
			if len(w.query.bits) >= telling && w.memory.remembers(w.view, left) {
				continue
			}
			var err error
			if left, err = w.narrow(left); err != nil {
				return nil, fmt.Errorf("ask the index of words: %w", err)
			}
			continue
		}
		n := min(step, len(left))
		if err := w.look(left[:n]); err != nil {
			return nil, err
		}
		seen, step, left = seen+n, min(2*step, 256), left[n:]
	}
	return left, nil
}

// look finds what matches in some chunks.
func (w *walk) look(chunks []chunk) error {
	w.spent += len(chunks)
	places, err := w.memory.search(w.db, w.view, chunks, w.query.bits)
	if err != nil {
		return fmt.Errorf("read imprints: %w", err)
	}
	return w.compare(places)
}

// compare reads messages and keeps those that match and are older than the cursor.
func (w *walk) compare(places []Place) error {
	const together = 500
	for part := range slices.Chunk(places, together) {
		texts, err := loadTexts(w.db, part)
		if err != nil {
			return fmt.Errorf("read messages: %w", err)
		}
		w.spent += len(texts)
		for _, t := range texts {
			if !w.known[t.Place] && t.moment.compare(w.before) < 0 && w.query.in(w.knife.cut(t.body)) {
				w.known[t.Place] = true
				w.found = append(w.found, t.moment)
			}
		}
	}
	return nil
}

// narrow leaves out what the index of words knows to miss a word. What comes into that index or leaves it meanwhile stays.
func (w *walk) narrow(chunks []chunk) ([]chunk, error) {
	filed, err := loadChunks(w.db, w.who, w.room)
	if err != nil {
		return nil, err
	}
	ids := make(map[Place]*int64, len(filed))
	for _, c := range filed {
		ids[Place{c.room, c.firstSeq}] = c.wordsID
	}
	for i, c := range chunks {
		chunks[i].wordsID = ids[Place{c.room, c.firstSeq}]
	}
	return w.without(chunks)
}

// without is narrow for chunks of which it is known which words they had in the index before.
func (w *walk) without(chunks []chunk) ([]chunk, error) {
	common, err := w.common(chunks)
	if err != nil || common {
		return chunks, err
	}
	var having map[int64]bool
	var now []chunk
	// In a snapshot of SQLite the two agree. On MariaDB they need not, but there no words id is ever given out twice.
	err = w.db.Transaction(func(tx *gorm.DB) (err error) {
		if having, err = loadHaving(tx, w.query.needs); err == nil {
			now, err = loadChunks(tx, w.who, w.room)
		}
		return err
	}, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	missing := make(map[Place]int64)
	for _, c := range now {
		if c.wordsID != nil && *c.wordsID != unfiled && !having[*c.wordsID] {
			missing[Place{c.room, c.firstSeq}] = *c.wordsID
		}
	}
	return slices.DeleteFunc(chunks, func(c chunk) bool {
		id, ok := missing[Place{c.room, c.firstSeq}]
		return ok && c.wordsID != nil && *c.wordsID == id
	}), nil
}

// common tells, from some of the chunks, whether so many hold all words that the index of words is no help.
func (w *walk) common(chunks []chunk) (bool, error) {
	var ids []int64
	tried := 0
	for i := 0; i < len(chunks); i += max(1, len(chunks)/sample) {
		tried++
		if id := chunks[i].wordsID; id != nil && *id != unfiled {
			ids = append(ids, *id)
		}
	}
	if 2*len(ids) <= tried { // most of them are not in it
		return true, nil
	}
	n, err := countHaving(w.db, ids, w.query.needs)
	return n > rare, err
}

// tired tells whether the rest is left to the next page, which then begins earlier than this one.
func (w *walk) tired(next chunk) bool { return w.spent >= effort && next.lastAt < w.before.at }

// enough tells whether nothing in this chunk or in older ones belongs on the page.
func (w *walk) enough(next chunk) bool {
	if len(w.found) <= w.limit {
		return false
	}
	w.sort()
	return w.found[w.limit].at > next.lastAt
}

func (w *walk) sort() { slices.SortFunc(w.found, func(a, b moment) int { return b.compare(a) }) }

// page makes a page of what was found, when some chunks are left that were not looked at.
func (w *walk) page(p Page, left []chunk) Page {
	w.sort()
	if len(left) > 0 { // in them may be something newer than the last of what was found
		edge := moment{left[0].lastAt, end.Place}
		n := slices.IndexFunc(w.found, func(m moment) bool { return m.compare(edge) < 0 })
		if n >= 0 {
			w.found = w.found[:n]
		}
		p.Next = edge.cursor()
	}
	if len(w.found) > w.limit {
		w.found = w.found[:w.limit]
		p.Next = w.found[w.limit-1].cursor()
	}
	for _, m := range w.found {
		p.Places = append(p.Places, m.Place)
	}
	return p
}
