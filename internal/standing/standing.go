// Package standing tells who is asking, and where they sit, in one statement for all who wait to be let in. It is the one place
// that reads the tables of several domains at once, since every request needs to know of all of them.
package standing

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/auth"
	"github.com/emosation/emosation/internal/gather"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/storage"
)

// Standing is what holds of somebody at one moment after they asked.
type Standing struct {
	User account.User
	Room *room.Sight // the room they asked about; nil unless they are joined in it
	// ProvenAt is when their password was last proven in this session after it began; zero if never.
	ProvenAt time.Time
}

const (
	maxTogether = 64
	patience    = 5 * time.Second
)

// Service answers for all requests of a node. All methods may be called from many goroutines.
type Service struct {
	db      *gorm.DB
	now     func() time.Time
	answers *gather.Gatherer[question, answer]
}

type question struct {
	auth.Principal
	room room.ID // 0: none
}

type answer struct {
	Standing
	alive bool
}

// NewService needs an open database whose schema is up to date.
func NewService(db *gorm.DB, now func() time.Time) *Service {
	s := &Service{db: db, now: now}
	s.answers = gather.New(maxTogether, patience, s.ask)
	return s
}

// Of returns the standing of somebody whose token was verified, or auth.ErrSessionEnded. With a room, it tells whether they are
// joined there; 0 is none.
func (s *Service) Of(ctx context.Context, p auth.Principal, id room.ID) (Standing, error) {
	a, err := s.answers.Get(ctx, question{p, id})
	if err != nil {
		return Standing{}, fmt.Errorf("standing of %d: %w", p.User, err)
	}
	if !a.alive {
		return Standing{}, auth.ErrSessionEnded
	}
	return a.Standing, nil
}

const (
	selectPeople = `SELECT s.id, s.expires_at, s.revoked_at, s.proven_at,
	u.id, u.email, u.email_verified_at IS NOT NULL, u.nickname, u.role, u.state, u.locale, u.share_readings, u.show_readings, u.calibrate_readings, u.created_at`
	selectSeats = `, r.id, r.state, r.last_seq, r.last_rev, r.members_rev, r.created_at`
	fromPeople  = ` FROM sessions s JOIN users u ON u.id = s.user_id`
)

func (s *Service) ask(ctx context.Context, questions []question) (answers []answer, err error) {
	query, args := statement(questions)
	rows, err := storage.Query(storage.Prepared(s.db.WithContext(ctx)), query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	answers = make([]answer, len(questions))
	now := s.now()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var f found
		if err := rows.Scan(f.columns()[:len(columns)]...); err != nil {
			return nil, err
		}
		f.answer(questions, answers, now)
	}
	return answers, rows.Err()
}

// statement asks of every session with every room: more than is wanted, but few forms of plain SQL that can be prepared.
func statement(questions []question) (query string, args []any) {
	sessions := make([]auth.SessionID, len(questions))
	var rooms []room.ID
	for i, q := range questions {
		sessions[i] = q.Session
		if q.room != 0 && !slices.Contains(rooms, q.room) {
			rooms = append(rooms, q.room)
		}
	}
	query = selectPeople
	if len(rooms) > 0 {
		query += selectSeats
	}
	query += fromPeople
	if len(rooms) > 0 {
		var list string
		list, args = storage.In(args, rooms)
		query += ` LEFT JOIN room_users m ON m.user_id = s.user_id AND m.room_id IN ` + list +
			` AND m.state = 'joined' LEFT JOIN rooms r ON r.id = m.room_id`
	}
	list, args := storage.In(args, sessions)
	return query + ` WHERE s.id IN ` + list, args
}

// found is one row.
type found struct {
	session auth.SessionID
	expires time.Time
	revoked *time.Time
	proven  *time.Time
	user    account.User

	room    *room.ID // nil, like all that follows, when they are in none of the rooms
	state   *room.State
	numbers [3]*int64 // last_seq, last_rev, members_rev
	created *time.Time
}

func (f *found) columns() []any {
	return []any{
		&f.session, &f.expires, &f.revoked, &f.proven, &f.user.ID, &f.user.Email, &f.user.EmailVerified, &f.user.Nickname, &f.user.Role, &f.user.State, &f.user.Locale,
		&f.user.ShareReadings, &f.user.ShowReadings, &f.user.CalibrateReadings, &f.user.CreatedAt,
		&f.room, &f.state, &f.numbers[0], &f.numbers[1], &f.numbers[2], &f.created,
	}
}

// answer gives the row to those who asked for it.
func (f *found) answer(questions []question, answers []answer, now time.Time) {
	f.user.CreatedAt = f.user.CreatedAt.UTC()
	alive := auth.GoesOn(f.expires, f.revoked, now) && f.user.State == account.Active
	var sight *room.Sight
	if f.room != nil {
		sight = &room.Sight{
			ID: *f.room, State: *f.state, LastSeq: *f.numbers[0], LastRev: *f.numbers[1], MembersRev: *f.numbers[2], CreatedAt: *f.created,
		}
	}
	for i, q := range questions {
		if q.Principal != (auth.Principal{User: f.user.ID, Session: f.session}) {
			continue
		}
		answers[i].alive, answers[i].User = alive, f.user
		if f.proven != nil {
			answers[i].ProvenAt = f.proven.UTC()
		}
		if sight != nil && sight.ID == q.room {
			answers[i].Room = sight
		}
	}
}
