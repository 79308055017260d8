package room

import (
	"fmt"
	"slices"
	"strings"

	"github.com/emosation/emosation/internal/account"
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

// SaveReads moves read marks forward in one statement; each seat appears once.
func SaveReads(tx *gorm.DB, marks map[Seat]int64) error {
	if len(marks) == 0 {
		return nil
	}
	var cases strings.Builder
	var caseArgs, seatArgs []any
	seats := make([]string, 0, len(marks))
	for seat, seq := range marks {
		cases.WriteString(" WHEN room_id = ? AND user_id = ? THEN ?")
		caseArgs = append(caseArgs, seat.Room, seat.User, seq)
		seats = append(seats, "(room_id = ? AND user_id = ?)")
		seatArgs = append(seatArgs, seat.Room, seat.User)
	}
	return tx.Exec("UPDATE room_users SET last_read_seq = CASE"+cases.String()+" ELSE last_read_seq END WHERE "+
		strings.Join(seats, " OR "), append(caseArgs, seatArgs...)...).Error
}

// ReadOn moves the read mark of a joined member who has read up to one seq, and no other's, to another.
func ReadOn(tx *gorm.DB, seat Seat, from, to int64) error {
	return tx.Model(&memberRow{}).
		Where("room_id = ? AND user_id = ? AND state = ? AND last_read_seq = ?", seat.Room, seat.User, Joined, from).
		Update("last_read_seq", to).Error
}
