package room

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/storage"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Seat is a person's place in a room.
type Seat struct {
	Room ID
	User account.ID
}

// Lock returns rooms by id under a row lock, so that their state and counters stand still until tx ends. The locks
// are taken in the order of the ids. Rooms that do not exist are missing from the result.
func Lock(tx *gorm.DB, ids []ID) (map[ID]*Room, error) {
	var rows []roomRow
	err := tx.Clauses(clause.Locking{Strength: "UPDATE"}).Where("id IN ?", ids).Order("id").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("lock rooms: %w", err)
	}
	rooms := make(map[ID]*Room, len(rows))
	for _, row := range rows {
		r := row.room()
		rooms[row.ID] = &r
	}
	return rooms, nil
}

// Seated returns which of the seats are taken by a joined member. With the rooms locked the answer holds until tx
// ends: who joins or leaves locks the room first.
func Seated(tx *gorm.DB, seats []Seat) (map[Seat]bool, error) {
	rooms := make([]ID, 0, len(seats))
	users := make([]account.ID, 0, len(seats))
	for _, s := range seats {
		rooms = append(rooms, s.Room)
		users = append(users, s.User)
	}
	slices.Sort(rooms)
	slices.Sort(users)
	var rows []memberRow
	// Every room with every user: more than asked for, but one range of the primary key and plain SQL.
	err := tx.Select("room_id", "user_id").
		Where("room_id IN ? AND user_id IN ? AND state = ?", slices.Compact(rooms), slices.Compact(users), Joined).
		Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("look up seats: %w", err)
	}
	seated := make(map[Seat]bool, len(rows))
	for _, row := range rows {
		seated[Seat{row.RoomID, row.UserID}] = true
	}
	return seated, nil
}

// membersChanged notes in rooms that who is joined there has changed, what their members share, or whether they are open: what was
// known about them under an earlier MembersRev holds no longer.
func membersChanged(tx *gorm.DB, rooms ...ID) error {
	err := tx.Exec("UPDATE rooms SET members_rev = members_rev + 1 WHERE id IN ?", rooms).Error
	if err != nil {
		return fmt.Errorf("note that members changed: %w", err)
	}
	return nil
}

// SaveCounters writes LastSeq and LastRev of locked rooms in one statement.
func SaveCounters(tx *gorm.DB, rooms map[ID]*Room) error {
	if len(rooms) == 0 {
		return nil
	}
	var seqs, revs strings.Builder
	var seqArgs, revArgs []any
	ids := make([]ID, 0, len(rooms))
	for _, r := range rooms {
		seqs.WriteString(" WHEN ? THEN ?")
		revs.WriteString(" WHEN ? THEN ?")
		seqArgs = append(seqArgs, r.ID, r.LastSeq)
		revArgs = append(revArgs, r.ID, r.LastRev)
		ids = append(ids, r.ID)
	}
	args := append(append(seqArgs, revArgs...), ids)
	return tx.Exec("UPDATE rooms SET last_seq = CASE id"+seqs.String()+" END, last_rev = CASE id"+revs.String()+
		" END WHERE id IN ?", args...).Error
}

// Growth is how a room grew by a batch.
type Growth struct {
	Messages   int
	LastSender account.ID
}

// ErrStale means that a room is not as it was remembered.
var ErrStale = errors.New("a room is not as it was remembered")

// Advance moves the counters of rooms on by their new messages, in one statement, and returns the rooms as they are then.
// The rooms are locked; or they are only remembered, then this locks them and returns ErrStale when one of them has
// changed since.
func Advance(tx *gorm.DB, heads map[ID]Head, grown map[ID]Growth, remembered bool) (map[ID]Head, error) {
	if len(grown) == 0 {
		return heads, nil
	}
	update := advancing(grown)
	if remembered {
		// Both only grow, so that their sum is the same only if both are.
		update = append(update, " AND last_rev + members_rev = CASE id"...)
		for id := range grown {
			update = fmt.Appendf(update, " WHEN %d THEN %d", id, heads[id].LastRev+heads[id].MembersRev)
		}
		update = append(update, " END"...)
	}
	n, err := storage.Exec(tx, string(update))
	switch {
	case err != nil:
		return nil, fmt.Errorf("advance counters: %w", err)
	case n != int64(len(grown)):
		return nil, ErrStale
	}
	return moved(heads, grown), nil
}

// advancing adds what is the same for many rooms by one condition: mostly each has one new message.
func advancing(grown map[ID]Growth) []byte {
	alike := make(map[int][]ID)
	all := make([]ID, 0, len(grown))
	for id, g := range grown {
		alike[g.Messages] = append(alike[g.Messages], id)
		all = append(all, id)
	}
	sum := []byte(" + CASE")
	for n, ids := range alike {
		sum = append(sum, " WHEN id IN ("...)
		sum = append(joinIDs(sum, ids), ") THEN "...)
		sum = strconv.AppendInt(sum, int64(n), 10)
	}
	sum = append(sum, " END"...)
	if len(alike) == 1 {
		sum = fmt.Appendf(nil, " + %d", grown[all[0]].Messages)
	}
	slices.Sort(all) // locks are taken in this order
	update := append([]byte("UPDATE rooms SET last_seq = last_seq"), sum...)
	update = append(append(update, ", last_rev = last_rev"...), sum...)
	update = append(update, " WHERE id IN ("...)
	return append(joinIDs(update, all), ')')
}

// SaveReads moves read marks forward in one statement; each seat appears once.
func SaveReads(tx *gorm.DB, marks map[Seat]int64) error {
	if len(marks) == 0 {
		return nil
	}
	var update []byte
	if storage.IsMySQL(tx) {
		update = []byte("UPDATE (") // joined in this order, whatever the optimizer thinks of it
		between := "SELECT %d AS room_id, %d AS user_id, %d AS seq"
		for seat, seq := range marks {
			update = fmt.Appendf(update, between, seat.Room, seat.User, seq)
			between = " UNION ALL SELECT %d, %d, %d"
		}
		update = append(update, `) AS v STRAIGHT_JOIN room_users AS m ON m.room_id = v.room_id AND m.user_id = v.user_id SET m.last_read_seq = v.seq
			WHERE m.last_read_seq < v.seq`...)
	} else {
		update = []byte("UPDATE room_users AS m SET last_read_seq = v.column3 FROM (VALUES ")
		for seat, seq := range marks {
			update = appendRow(update, int64(seat.Room), int64(seat.User), seq)
		}
		update = append(update[:len(update)-1], `) AS v WHERE m.room_id = v.column1 AND m.user_id = v.column2 AND
			m.last_read_seq < v.column3`...)
	}
	if _, err := storage.Exec(tx, string(update)); err != nil {
		return fmt.Errorf("move read marks: %w", err)
	}
	return nil
}

// appendRow adds one row of a list, with a comma after it.
func appendRow(to []byte, values ...int64) []byte {
	to = append(to, '(')
	for _, v := range values {
		to = append(strconv.AppendInt(to, v, 10), ',')
	}
	to[len(to)-1] = ')'
	return append(to, ',')
}

func joinIDs(to []byte, ids []ID) []byte {
	for i, id := range ids {
		if i > 0 {
			to = append(to, ',')
		}
		to = strconv.AppendInt(to, int64(id), 10)
	}
	return to
}

// MarkLastSender writes down that who wrote the last message of a locked room has read it, because something else is about
// to come after it.
func MarkLastSender(tx *gorm.DB, r *Room) error {
	if r.LastSeq == 0 {
		return nil
	}
	return tx.Exec(`UPDATE room_users SET last_read_seq = ? WHERE room_id = ? AND last_read_seq < ? AND
		user_id = (SELECT sender_id FROM messages WHERE room_id = ? AND seq = ? AND kind = 'text')`,
		r.LastSeq, r.ID, r.LastSeq, r.ID, r.LastSeq).Error
}

// ReadOn moves the read mark of a joined member who has read up to one seq, and no other's, to another.
func ReadOn(tx *gorm.DB, seat Seat, from, to int64) error {
	return tx.Model(&memberRow{}).
		Where("room_id = ? AND user_id = ? AND state = ? AND last_read_seq = ?", seat.Room, seat.User, Joined, from).
		Update("last_read_seq", to).Error
}
