package room

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/limit"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Attempts at passwords: each network has a few, and all together cannot try many either.
var (
	attemptsFrom = limit.Rule{Name: "room-password-from", Burst: 5, Every: 12 * time.Second}
	attempts     = limit.Rule{Name: "room-password", Burst: 30, Every: 2 * time.Second}
)

// Rules are those that attempts are counted by.
func Rules() []limit.Rule {
	return []limit.Rule{attemptsFrom, attempts, invitations, creations, draws}
}

// Entry is what somebody shows at the door of a room.
type Entry struct {
	Password *string
	Invite   *string // decides alone when it is given
	Address  string  // from where they come
}

// Join makes a person a member and tells whether they were none before; then ErrNotFound, ErrKicked, ErrClosed,
// ErrJoiningClosed, ErrFull, ErrPasswordRequired, ErrPasswordWrong, ErrInvite or limit.ErrTooMany may be the answer.
// What was written before counts as read.
func (s *Service) Join(ctx context.Context, who account.ID, id ID, e Entry) (Mine, bool, error) {
	const tries = 3
	for try := range tries {
		p, err := s.knock(ctx, who, id, e, try == 0)
		if err != nil {
			return Mine{}, false, fmt.Errorf("join room %d: %w", id, err)
		}
		var entered bool
		err = s.journal.Record(ctx, func(tx *gorm.DB, now time.Time) (Record, error) {
			rec, err := enter(tx, who, id, p, now)
			entered = rec.Room != nil
			return rec, err
		})
		if errors.Is(err, errOtherPassword) {
			continue
		}
		if err != nil {
			return Mine{}, false, fmt.Errorf("join room %d: %w", id, err)
		}
		mine, err := s.Get(ctx, who, id)
		return mine, entered, err
	}
	return Mine{}, false, fmt.Errorf("join room %d: %w", id, ErrVersion) // a host who changes the password all the time
}

// pass is what the door has found right about an entry, still to be compared with the locked room.
type pass struct {
	invited bool
	epoch   int64      // of the invite
	maker   account.ID // of the invite
	hash    string     // of the password
}

// errOtherPassword means that the password was changed after it was compared.
var errOtherPassword = errors.New("the room has another password by now")

func (p pass) opens(tx *gorm.DB, r *Room) error {
	if p.invited {
		welcome, err := welcomes(tx, r.ID, p.maker)
		if err == nil && (!welcome || p.epoch != r.inviteEpoch) {
			err = ErrInvite
		}
		return err
	}
	if r.HasPassword && p.hash != r.passwordHash {
		return errOtherPassword
	}
	return nil
}

// knock does what takes long, before any lock is held. It refuses first whom no password would let in.
func (s *Service) knock(ctx context.Context, who account.ID, id ID, e Entry, count bool) (pass, error) {
	db := s.db.WithContext(ctx)
	var rows []roomRow
	if err := db.Where("id = ?", id).Find(&rows).Error; err != nil {
		return pass{}, err
	}
	if len(rows) == 0 {
		return pass{}, ErrNotFound
	}
	r := rows[0].room()
	if state, err := admissible(db, who, &r); err != nil || state == Joined {
		return pass{}, err
	}
	if e.Invite != nil {
		room, epoch, maker, ok := s.signer.ReadInvite(*e.Invite, s.now())
		if !ok || ID(room) != id || epoch != r.inviteEpoch {
			return pass{}, ErrInvite
		}
		return pass{invited: true, epoch: epoch, maker: account.ID(maker)}, nil
	}
	if !r.HasPassword {
		return pass{}, nil
	}
	if e.Password == nil {
		return pass{}, ErrPasswordRequired
	}
	if count {
		if err := s.countAttempt(ctx, id, e.Address); err != nil {
			return pass{}, err
		}
	}
	ok, err := s.passwords.Matches(ctx, *e.Password, r.passwordHash)
	switch {
	case err != nil:
		return pass{}, err
	case !ok:
		return pass{}, ErrPasswordWrong
	}
	return pass{hash: r.passwordHash}, nil
}

func (s *Service) countAttempt(ctx context.Context, id ID, address string) error {
	room := strconv.FormatInt(int64(id), 10)
	if err := s.limits.Allow(ctx, attemptsFrom, room+" "+limit.Network(address)); err != nil {
		return err
	}
	return s.limits.Allow(ctx, attempts, room)
}

// admissible returns how a person stands to a room, and why they cannot come in whatever they show. Only with the room
// locked is that more than a guess.
func admissible(tx *gorm.DB, who account.ID, r *Room) (MemberState, error) {
	state, err := memberState(tx, r.ID, who)
	switch {
	case err != nil:
		return "", err
	case r.Kind != Group && state != Joined:
		return "", ErrNotFound
	case r.Kind != Group:
		return "", ErrNotGroup
	case state == Joined:
		return state, nil
	case state == Kicked:
		return state, ErrKicked
	case r.State != Open:
		return state, ErrClosed
	case r.Pickup != nil && r.Phase != Created:
		return state, ErrJoiningClosed
	}
	n, err := countTaken(tx, r.ID)
	if err == nil && n >= r.Capacity {
		err = ErrFull
	}
	return state, err
}

// enter is the step of Join. Its record has no room when the person is a member already.
func enter(tx *gorm.DB, who account.ID, id ID, p pass, now time.Time) (Record, error) {
	rooms, err := Lock(tx, []ID{id})
	if err != nil {
		return Record{}, err
	}
	r := rooms[id]
	if r == nil {
		return Record{}, ErrNotFound
	}
	state, err := admissible(tx, who, r)
	if err != nil || state == Joined {
		return Record{}, err
	}
	if err := p.opens(tx, r); err != nil {
		return Record{}, err
	}
	member := memberRow{RoomID: id, UserID: who, State: Joined, JoinedSeq: r.LastSeq, LastReadSeq: r.LastSeq, JoinedAt: now}
	if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&member).Error; err != nil { // they may have left once
		return Record{}, fmt.Errorf("seat %d: %w", who, err)
	}
	if err := account.RequireOpen(tx, who); err != nil { // it may have been closed since they asked
		return Record{}, err
	}
	if err := membersChanged(tx, id); err != nil {
		return Record{}, err
	}
	return r.tell(who, r.changed(ChangeJoined, who), Line{Code: LineJoined, User: who}), nil
}

// Leave ends a membership. When the host leaves, the member who has been there longest becomes host; the last one out
// closes the room. A room that has ended is left without a word.
func (s *Service) Leave(ctx context.Context, who account.ID, id ID) error {
	err := s.journal.Record(ctx, func(tx *gorm.DB, now time.Time) (Record, error) {
		r, err := RequireMember(tx, who, id)
		if err != nil {
			return Record{}, err
		}
		if err := s.unseat(tx, who, r, Left); err != nil {
			return Record{}, err
		}
		rec := r.tell(who, r.changed(ChangeLeft, who), Line{Code: LineLeft, User: who})
		if err := succeed(tx, who, r, &rec, now); err != nil {
			return Record{}, err
		}
		return rec, nil
	})
	if err != nil {
		return fmt.Errorf("leave room %d: %w", id, err)
	}
	return nil
}

// succeed finds a new host when the one who has just left was it, and ends the room when nobody is there any more.
func succeed(tx *gorm.DB, who account.ID, r *Room, rec *Record, now time.Time) error {
	open := r.State == Open
	if !open {
		rec.Lines = nil
	}
	members, err := MemberIDs(tx, r.ID)
	switch {
	case err != nil:
		return err
	case len(members) > 0 && r.Host != who:
		return nil
	case len(members) > 0:
		r.Host = members[0]
		r.Version++
		if open {
			rec.Lines = append(rec.Lines, Line{Code: LineHost, User: r.Host})
		}
		rec.Events = append(rec.Events, r.changed(ChangeHost, r.Host))
		return r.save(tx)
	}
	r.Host = 0
	if !open {
		return r.save(tx)
	}
	if err := r.end(tx, now); err != nil {
		return err
	}
	rec.Lines = append(rec.Lines, Line{Code: LineEmptied})
	rec.Events = append(rec.Events, r.changed(ChangeClosed, 0))
	return nil
}

// Kick ends another's membership for ever; for the host. Errors: those of RequireHost, ErrSelf, ErrMember.
func (s *Service) Kick(ctx context.Context, who account.ID, id ID, user account.ID) error {
	err := s.journal.Record(ctx, func(tx *gorm.DB, _ time.Time) (Record, error) {
		r, err := RequireHost(tx, who, id)
		if err != nil {
			return Record{}, err
		}
		if err := requireOther(tx, who, id, user); err != nil {
			return Record{}, err
		}
		if err := s.unseat(tx, user, r, Kicked); err != nil {
			return Record{}, err
		}
		return r.tell(who, r.changed(ChangeKicked, user), Line{Code: LineKicked, User: user}), nil
	})
	if err != nil {
		return fmt.Errorf("kick %d out of room %d: %w", user, id, err)
	}
	return nil
}

// TransferHost makes another member the host; for the host. Errors as of Kick.
func (s *Service) TransferHost(ctx context.Context, who account.ID, id ID, user account.ID) (Mine, error) {
	return s.command(ctx, who, id, func(tx *gorm.DB, _ time.Time) (Record, error) {
		r, err := RequireHost(tx, who, id)
		if err != nil {
			return Record{}, err
		}
		if err := requireOther(tx, who, id, user); err != nil {
			return Record{}, err
		}
		r.Host = user
		r.Version++
		return r.tell(who, r.changed(ChangeHost, user), Line{Code: LineHost, User: user}), r.save(tx)
	})
}

// requireOther returns ErrSelf or ErrMember unless a user is another member than who.
func requireOther(tx *gorm.DB, who account.ID, id ID, user account.ID) error {
	if user == who {
		return ErrSelf
	}
	state, err := memberState(tx, id, user)
	if err == nil && state != Joined {
		err = ErrMember
	}
	return err
}

// unseat ends a membership in a locked room, and with it what the member chose there.
func (s *Service) unseat(tx *gorm.DB, who account.ID, r *Room, state MemberState) error {
	err := tx.Model(&memberRow{}).Where("room_id = ? AND user_id = ?", r.ID, who).Update("state", state).Error
	if err != nil {
		return fmt.Errorf("unseat %d: %w", who, err)
	}
	if err := membersChanged(tx, r.ID); err != nil {
		return err
	}
	return s.selections(tx, r.ID, who)
}

// memberState returns how a person stands to a room, or "" when they were never in it.
func memberState(tx *gorm.DB, id ID, who account.ID) (MemberState, error) {
	var states []MemberState
	err := tx.Model(&memberRow{}).Where("room_id = ? AND user_id = ?", id, who).Pluck("state", &states).Error
	if err != nil {
		return "", fmt.Errorf("look up member %d: %w", who, err)
	}
	if len(states) == 0 {
		return "", nil
	}
	return states[0], nil
}

// MemberIDs returns who is joined in a room, in the order of joining.
func MemberIDs(tx *gorm.DB, id ID) ([]account.ID, error) {
	var ids []account.ID
	err := tx.Model(&memberRow{}).Where("room_id = ? AND state = ?", id, Joined).Order("joined_at, user_id").
		Pluck("user_id", &ids).Error
	if err != nil {
		return nil, fmt.Errorf("list members of room %d: %w", id, err)
	}
	return ids, nil
}

// countTaken counts the seats of a room that are taken: by members, and by those whose accounts are closed and may be restored.
func countTaken(tx *gorm.DB, id ID) (int, error) {
	var n int64
	err := tx.Model(&memberRow{}).Where("room_id = ? AND (state = ? OR suspended)", id, Joined).Count(&n).Error
	return int(n), err
}
