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

// membersChanged notes in rooms that who is joined there has changed, or what their members share: what was known about
// them under an earlier MembersRev holds no longer.
func membersChanged(tx *gorm.DB, rooms ...ID) error {
	err := tx.Exec("UPDATE rooms SET members_rev = members_rev + 1 WHERE id IN ?", rooms).Error
	if err != nil {
		return fmt.Errorf("note that members changed: %w", err)
	}
	return nil
}

// ShareChanged notes that a person shares their readings with others than before, in the rooms where they are or were.
// Their row is locked, so that they come into no room meanwhile.
func ShareChanged(tx *gorm.DB, who account.ID) error {
	var rooms []ID
	if err := tx.Model(&memberRow{}).Where("user_id = ?", who).Order("room_id").Pluck("room_id", &rooms).Error; err != nil {
		return fmt.Errorf("list the rooms of %d: %w", who, err)
	}
	for part := range slices.Chunk(rooms, 1000) {
		if err := membersChanged(tx, part...); err != nil {
			return err
		}
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

// Head is what has to be known of a room to write in it.
type Head struct {
	ID                           ID
	State                        State
	LastSeq, LastRev, MembersRev int64
}

// LockHeads is Lock for those who need no more than the head.
func LockHeads(tx *gorm.DB, ids []ID) (heads map[ID]*Head, err error) {
	query := append([]byte("SELECT id, state, last_seq, last_rev, members_rev FROM rooms WHERE id IN ("), joinIDs(nil, ids)...)
	query = append(query, ") ORDER BY id"...)
	if storage.IsMySQL(tx) {
		query = append(query, " FOR UPDATE"...) // SQLite has one writer, who has begun already
	}
	rows, err := storage.Query(tx, string(query))
	if err != nil {
		return nil, fmt.Errorf("lock rooms: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	heads = make(map[ID]*Head, len(ids))
	for rows.Next() {
		var h Head
		if err := rows.Scan(&h.ID, &h.State, &h.LastSeq, &h.LastRev, &h.MembersRev); err != nil {
			return nil, fmt.Errorf("lock rooms: %w", err)
		}
		heads[h.ID] = &h
	}
	return heads, rows.Err()
}

// Advance moves the counters of locked rooms on by the number of new messages in each, and the read marks of their senders.
// It takes two statements, whatever the number of rooms.
func Advance(tx *gorm.DB, grown map[ID]int, marks map[Seat]int64) error {
	if len(grown) == 0 {
		return nil
	}
	if err := storage.Exec(tx, string(advancing(grown))); err != nil {
		return fmt.Errorf("advance counters: %w", err)
	}
	// An upsert, although every seat is there: it is the only statement that gives many rows values of their own and finds
	// each of them by its key.
	insert := []byte("INSERT INTO room_users (room_id, user_id, state, joined_seq, last_read_seq, joined_at) VALUES ")
	for seat, seq := range marks {
		insert = append(insert, '(')
		insert = strconv.AppendInt(insert, int64(seat.Room), 10)
		insert = append(insert, ',')
		insert = strconv.AppendInt(insert, int64(seat.User), 10)
		insert = append(insert, ",'joined',0,"...)
		insert = strconv.AppendInt(insert, seq, 10)
		insert = append(insert, ",'2000-01-01'),"...)
	}
	insert = append(insert[:len(insert)-1], storage.OnDuplicate(tx, "room_id, user_id", "last_read_seq")...)
	if err := storage.Exec(tx, string(insert)); err != nil {
		return fmt.Errorf("move read marks: %w", err)
	}
	return nil
}

// advancing adds what is the same for many rooms by one condition: mostly each has one new message.
func advancing(grown map[ID]int) []byte {
	alike := make(map[int][]ID)
	all := make([]ID, 0, len(grown))
	for id, n := range grown {
		alike[n] = append(alike[n], id)
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
		sum = fmt.Appendf(nil, " + %d", grown[all[0]])
	}
	slices.Sort(all) // locks are taken in this order
	update := append([]byte("UPDATE rooms SET last_seq = last_seq"), sum...)
	update = append(append(update, ", last_rev = last_rev"...), sum...)
	update = append(update, " WHERE id IN ("...)
	return append(joinIDs(update, all), ')')
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

// ReadOn moves the read mark of a joined member who has read up to one seq, and no other's, to another.
func ReadOn(tx *gorm.DB, seat Seat, from, to int64) error {
	return tx.Model(&memberRow{}).
		Where("room_id = ? AND user_id = ? AND state = ? AND last_read_seq = ?", seat.Room, seat.User, Joined, from).
		Update("last_read_seq", to).Error
}
