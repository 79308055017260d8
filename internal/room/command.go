package room

import (
	"context"
	"fmt"
	"time"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/booking"
	"github.com/emosation/emosation/internal/name"
	"github.com/emosation/emosation/internal/storage"
	"gorm.io/gorm"
)

// Expected is the version of a room that somebody has seen; a command that is given one is refused with ErrVersion
// when the room has another by now.
type Expected struct {
	Version int64
	Given   bool
}

func (e Expected) check(r *Room) error {
	if e.Given && e.Version != r.Version {
		return ErrVersion
	}
	return nil
}

// RequireMember locks a group room until tx ends, for something that its members may do: ErrNotFound for everybody
// else, ErrNotGroup in a direct room. The room may have ended.
func RequireMember(tx *gorm.DB, who account.ID, id ID) (*Room, error) {
	r, err := requireSeat(tx, who, id)
	if err == nil && r.Kind != Group {
		return nil, ErrNotGroup
	}
	return r, err
}

// requireSeat locks any room until tx ends; ErrNotFound unless the person is joined there.
func requireSeat(tx *gorm.DB, who account.ID, id ID) (*Room, error) {
	rooms, err := Lock(tx, []ID{id})
	if err != nil {
		return nil, err
	}
	seat := Seat{Room: id, User: who}
	seated, err := Seated(tx, []Seat{seat})
	switch {
	case err != nil:
		return nil, err
	case !seated[seat]:
		return nil, ErrNotFound
	}
	return rooms[id], nil
}

// RequireOpen is RequireMember for what is only done while the room is open; ErrClosed afterwards.
func RequireOpen(tx *gorm.DB, who account.ID, id ID) (*Room, error) {
	r, err := RequireMember(tx, who, id)
	if err != nil {
		return nil, err
	}
	return r, r.State.Writable()
}

// RequireHost is RequireOpen for what only the host may do; ErrHostOnly for other members.
func RequireHost(tx *gorm.DB, who account.ID, id ID) (*Room, error) {
	r, err := RequireOpen(tx, who, id)
	if err != nil {
		return nil, err
	}
	if r.Host != who {
		return nil, ErrHostOnly
	}
	return r, nil
}

// command carries out a step and returns the room as it is afterwards for who asked for it.
func (s *Service) command(ctx context.Context, who account.ID, id ID, step Step) (Mine, error) {
	if err := s.journal.Record(ctx, step); err != nil {
		return Mine{}, fmt.Errorf("room %d: %w", id, err)
	}
	return s.Get(ctx, who, id)
}

// tell is a record of one change and one line about it, by who did it.
func (r *Room) tell(who account.ID, change Changed, line Line) Record {
	return Record{Room: r, Actor: who, Lines: []Line{line}, Events: []any{change}}
}

func (r *Room) changed(change Change, user account.ID) Changed {
	c := Changed{Room: r.ID, Change: change, State: r.State, User: user}
	if change == ChangeJoined {
		c.Rev = r.LastRev
	}
	return c
}

func (r *Room) setPassword(hash string) {
	r.passwordHash, r.HasPassword = hash, hash != ""
}

// end closes a locked room: nothing more is written, and its title and its box are free for others.
func (r *Room) end(tx *gorm.DB, now time.Time) error {
	r.State, r.ClosesAt = Closed, &now
	r.Version++
	if r.Pickup != nil {
		if err := booking.Release(tx, booking.RoomID(r.ID), now); err != nil {
			return err
		}
	}
	if err := membersChanged(tx, r.ID); err != nil {
		return err
	}
	return r.save(tx)
}

// save writes everything about a locked room that can change, except its counters; ErrTitleTaken when another
// open room has its title.
func (r *Room) save(tx *gorm.DB) error {
	err := tx.Model(&roomRow{}).Where("id = ?", r.ID).Updates(map[string]any{
		"state": r.State, "title": r.Title, "open_title": r.openTitle(), "host_id": orNull(r.Host), "capacity": orNull(r.Capacity),
		"password_hash": orNull(r.passwordHash), "version": r.Version, "phase": orNull(r.Phase), "closes_at": r.ClosesAt,
		"extensions": r.Extensions, "readings": r.Readings, "remote_after": r.RemoteAfter, "warned": r.warned, "invite_epoch": r.inviteEpoch,
	}).Error
	if storage.IsDuplicate(err) {
		return ErrTitleTaken
	}
	if err != nil {
		return fmt.Errorf("save room %d: %w", r.ID, err)
	}
	return nil
}

// openTitle is what no other open room may have; nil when the title is free for all.
func (r *Room) openTitle() *string {
	if r.State != Open || r.Title == nil {
		return nil
	}
	key := name.Key(*r.Title, maxTitle)
	return &key
}
