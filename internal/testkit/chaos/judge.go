package chaos

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// stored is a room as SQL has it, read without any of the server's code.
type stored struct {
	lastSeq, lastRev int64
	rows             map[int64]row // by seq
	order            []row         // by seq
	members          map[int64]string
}

// load reads everything there is to judge, as it was at one moment.
func load(ctx context.Context, pool *sql.DB) (map[int64]*stored, error) {
	db, err := pool.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer func() { _ = db.Rollback() }() // nothing was written
	rooms := make(map[int64]*stored)
	err = each(ctx, db, "SELECT id, last_seq, last_rev FROM rooms", func(scan func(...any) error) error {
		var id int64
		r := &stored{rows: make(map[int64]row), members: make(map[int64]string)}
		err := scan(&id, &r.lastSeq, &r.lastRev)
		rooms[id] = r
		return err
	})
	if err != nil {
		return nil, err
	}
	err = each(ctx, db, "SELECT room_id, user_id, state FROM room_users", func(scan func(...any) error) error {
		var room, user int64
		var state string
		err := scan(&room, &user, &state)
		rooms[room].members[user] = state
		return err
	})
	if err != nil {
		return nil, err
	}
	reactions, err := loadReactions(ctx, db)
	if err != nil {
		return nil, err
	}
	const messages = `SELECT m.room_id, m.seq, m.rev, m.kind, m.sender_id, m.client_id, m.body, m.reply_to, m.created_at, m.edited_at, m.deleted_at,
		JSON_VALUE(m.line, '$.code'), JSON_VALUE(m.line, '$.user'), d.label
		FROM messages m LEFT JOIN readings d ON d.room_id = m.room_id AND d.seq = m.seq ORDER BY m.room_id, m.seq`
	err = each(ctx, db, messages, func(scan func(...any) error) error {
		var room int64
		var r row
		var replyTo, user sql.NullInt64
		var edited, deleted sql.NullTime
		var code, label sql.NullString
		err := scan(&room, &r.Seq, &r.Rev, &r.Kind, &r.Sender, &r.ClientID, &r.Body, &replyTo, &r.SentAt, &edited, &deleted, &code, &user, &label)
		if err != nil {
			return err
		}
		if replyTo.Valid {
			r.ReplyTo = &replyTo.Int64
		}
		r.EditedAt, r.DeletedAt = moment(edited), moment(deleted)
		if code.Valid {
			r.Line = &line{code.String, user.Int64}
		}
		if label.Valid {
			r.Reading = &reading{label.String}
		}
		r.Reactions = reactions[spot{room, r.Seq}]
		rooms[room].rows[r.Seq] = r
		rooms[room].order = append(rooms[room].order, r)
		return nil
	})
	return rooms, err
}

// spot is where a message stands.
type spot struct{ room, seq int64 }

func loadReactions(ctx context.Context, db querier) (map[spot][]reaction, error) {
	all := make(map[spot][]reaction)
	err := each(ctx, db, "SELECT room_id, seq, emoji, user_id FROM reactions", func(scan func(...any) error) error {
		var at spot
		var emoji string
		var user int64
		if err := scan(&at.room, &at.seq, &emoji, &user); err != nil {
			return err
		}
		for i := range all[at] {
			if all[at][i].Emoji == emoji {
				all[at][i].Users = append(all[at][i].Users, user)
				return nil
			}
		}
		all[at] = append(all[at], reaction{emoji, []int64{user}})
		return nil
	})
	return all, err
}

func moment(t sql.NullTime) *time.Time {
	if !t.Valid {
		return nil
	}
	return &t.Time
}

// querier is a database or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

func each(ctx context.Context, db querier, query string, row func(scan func(...any) error) error) error {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // Err below has said what went wrong
	for rows.Next() {
		if err := row(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// judge holds what the clients know against what is stored, after all of them have ended.
type judge struct {
	*findings
	seats   *seats
	clients []*client
	rooms   map[int64]*stored

	sent     map[string]*draft // by author and client id
	people   map[int64]*client
	places   map[string]row // of what is stored, likewise
	rows     int
	compared int
}

func key(user int64, clientID string) string { return fmt.Sprint(user, " ", strings.ToLower(clientID)) }

func (j *judge) run() {
	j.sent, j.places = make(map[string]*draft), make(map[string]row)
	j.people = make(map[int64]*client)
	for _, c := range j.clients {
		j.people[c.id] = c
		for id, d := range c.drafts {
			j.sent[key(c.id, id)] = d
		}
	}
	for id, r := range j.rooms {
		j.numbers(id, r)
		j.origins(id, r)
		j.lines(id, r)
	}
	for _, c := range j.clients {
		for _, d := range c.drafts {
			j.draft(c, d)
		}
		j.emojis(c)
		j.threads(c)
	}
	j.memberships()
}

// untouched: what was there before people came is as it was. The rest is judged without it.
func (j *judge) untouched(before map[int64]*stored) {
	for id, was := range before {
		is := j.rooms[id]
		delete(j.rooms, id)
		if is == nil || is.lastSeq != was.lastSeq || is.lastRev != was.lastRev || !maps.Equal(is.members, was.members) {
			j.add(lost, "room %d is not what it was", id)
			continue
		}
		for seq, row := range was.rows {
			if is.rows[seq].String() != row.String() {
				j.add(lost, "room %d: %s has become %s", id, row, is.rows[seq])
			}
		}
	}
}

// numbers: seq from 1 to last_seq without a gap, revs all different and none beyond last_rev.
func (j *judge) numbers(id int64, r *stored) {
	j.rows += len(r.order)
	revs := make(map[int64]int64, len(r.order))
	highest := int64(0)
	for i, m := range r.order {
		if m.Seq != int64(i+1) {
			j.add(gap, "room %d: row %d has seq %d", id, i+1, m.Seq)
			return
		}
		if other, ok := revs[m.Rev]; ok {
			j.add(gap, "room %d: seq %d and seq %d have rev %d", id, other, m.Seq, m.Rev)
		}
		revs[m.Rev] = m.Seq
		highest = max(highest, m.Rev)
	}
	if int64(len(r.order)) != r.lastSeq {
		j.add(gap, "room %d: last_seq is %d, and %d rows are stored", id, r.lastSeq, len(r.order))
	}
	if highest != r.lastRev {
		j.add(gap, "room %d: last_rev is %d, and the highest of a row is %d", id, r.lastRev, highest)
	}
}

// origins: nothing is stored that nobody sent, nothing twice, and no body that its author did not ask for.
func (j *judge) origins(id int64, r *stored) {
	seen := make(map[string]int64)
	for _, m := range r.order {
		j.reactions(id, m)
		if m.Kind != "text" {
			continue
		}
		k := key(m.Sender, m.ClientID)
		d := j.sent[k]
		if other, ok := seen[k]; ok {
			j.add(doubled, "room %d: seq %d and seq %d are the same message %s", id, other, m.Seq, k)
		}
		seen[k] = m.Seq
		j.places[fmt.Sprint(id, " ", k)] = m
		switch {
		case d == nil || d.room != id:
			j.add(foreign, "room %d: nobody sent %s", id, m)
		case m.DeletedAt != nil && (d.deletes == 0 || m.Body != ""):
			j.add(foreign, "room %d: nobody deleted %s", id, m)
		case m.DeletedAt == nil && m.EditedAt == nil && m.Body != d.body, m.EditedAt != nil && m.DeletedAt == nil && !slices.Contains(d.edits, m.Body):
			j.add(foreign, "room %d: nobody wrote the body of %s", id, m)
		case !equalPointers(m.ReplyTo, d.replyTo):
			j.add(foreign, "room %d: this answered something else: %s", id, m)
		}
	}
}

// reactions: nobody's emoji stands where they never put it.
func (j *judge) reactions(id int64, m row) {
	for _, r := range m.Reactions {
		for _, user := range r.Users {
			if c := j.people[user]; c == nil || c.emojis[emojiKey{id, m.Seq, r.Emoji}] == nil {
				j.add(foreign, "room %d: user %d never put %s under %s", id, user, r.Emoji, m)
			}
		}
	}
}

func equalPointers(a, b *int64) bool { return a == b || a != nil && b != nil && *a == *b }

// lines: the room itself says no more than was asked for.
func (j *judge) lines(id int64, r *stored) {
	said := make(map[line]int)
	for _, m := range r.order {
		if m.Kind == "text" {
			continue
		}
		if m.Line == nil {
			j.add(foreign, "room %d: a line that says nothing: %s", id, m)
			continue
		}
		said[*m.Line]++
	}
	for what, times := range said {
		t, _ := j.seats.get(place{id, what.User})
		asked := map[string]int{"created": 1, "joined": t.joins, "left": t.leaves, "kicked": min(t.kicks, 1)}[what.Code]
		if times > asked {
			j.add(foreign, "room %d: %q of user %d stands there %d times, and was asked for %d times", id, what.Code, what.User, times, asked)
		}
	}
}

// draft: what was acknowledged is stored once, where every acknowledgement said, with its last acknowledged change; what is shown as
// sent is stored.
func (j *judge) draft(c *client, d *draft) {
	at, stored := j.places[fmt.Sprint(d.room, " ", key(c.id, d.id))]
	switch {
	case !stored && len(d.acks) > 0:
		j.add(lost, "room %d: %q of user %d, acknowledged as seq %d rev %d", d.room, d.body, c.id, d.acks[0].seq, d.acks[0].rev)
		return
	case !stored && d.state == sent:
		j.add(falselySent, "room %d: %q of user %d", d.room, d.body, c.id)
		return
	case !stored:
		return
	}
	for _, a := range d.acks {
		if a.seq != at.Seq || a.rev > at.Rev {
			j.add(elsewhere, "room %d: %q was acknowledged as seq %d rev %d and is stored as seq %d rev %d", d.room, d.body, a.seq, a.rev, at.Seq, at.Rev)
		}
	}
	if d.deleted && at.DeletedAt == nil {
		j.add(undone, "room %d: the deletion of %s", d.room, at)
	}
	if at.Rev < d.editedRev || d.editedTo != "" && d.deletes == 0 && at.Body != d.editedTo && !slices.Contains(d.late, at.Body) && d.edits[len(d.edits)-1] == d.editedTo {
		j.add(undone, "room %d: the edit to %q with rev %d of %s", d.room, d.editedTo, d.editedRev, at)
	}
}

// emojis: under each message stands who put something there last, and nobody else.
func (j *judge) emojis(c *client) {
	for k, op := range c.emojis {
		m, ok := j.rooms[k.room].rows[k.seq]
		if !ok || op.vague || op.rev == 0 || m.DeletedAt != nil {
			continue
		}
		if there := reacted(m, k.emoji, c.id); there != op.on || m.Rev < op.rev {
			j.add(undone, "room %d: %s of user %d should be there: %t; rev %d; stored is %s", k.room, k.emoji, c.id, op.on, op.rev, m)
		}
	}
}

func reacted(m row, emoji string, user int64) bool {
	for _, r := range m.Reactions {
		if r.Emoji == emoji {
			return slices.Contains(r.Users, user)
		}
	}
	return false
}

// threads: in each room in which they are joined, every client shows exactly what is stored.
func (j *judge) threads(c *client) {
	for id, r := range j.rooms {
		if r.members[c.id] != "joined" {
			continue
		}
		m := c.rooms[id]
		if m == nil {
			j.add(unequal, "user %d does not show room %d, in which they are joined", c.id, id)
			continue
		}
		wrong := 0
		for _, want := range r.order {
			j.compared++
			got, ok := m.thread.rows[want.Seq]
			if ok && got.String() == want.String() {
				continue
			}
			if wrong++; wrong == 1 {
				j.add(unequal, "user %d in room %d shows\n   %v (%t)\n   SQL has\n   %v", c.id, id, got, ok, want)
			}
		}
		if len(m.thread.rows) > len(r.order) {
			j.add(unequal, "user %d shows %d rows in room %d, SQL has %d", c.id, len(m.thread.rows), id, len(r.order))
		}
		if wrong > 1 {
			j.add(unequal, "user %d in room %d: %d of %d rows; rev %d of %d", c.id, id, wrong, len(r.order), m.thread.rev, r.lastRev)
		}
	}
}

// memberships: who was told that they joined, left or kicked is what they were told.
func (j *judge) memberships() {
	j.seats.mu.Lock()
	defer j.seats.mu.Unlock()
	for p, t := range j.seats.all {
		r := j.rooms[p.room]
		got := ""
		if r != nil {
			got = r.members[p.user]
		}
		switch {
		case t.joins == 0:
		case t.kicked && got != "kicked", !t.kicked && t.kicks == 0 && !t.vague && got != t.last:
			j.add(membership, "user %d in room %d is %q; what they were told last is %q", p.user, p.room, got, t.last)
		}
	}
	for id, r := range j.rooms {
		for user, state := range r.members {
			if t := j.seats.all[place{id, user}]; state == "joined" && (t == nil || t.joins == 0) {
				j.add(foreign, "user %d is joined in room %d and never asked for it", user, id)
			}
		}
	}
}
