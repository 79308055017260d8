package room

import (
	"context"
	"time"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/fault"
	"gorm.io/gorm"
)

// Update is what the host wants to be different; what is nil stays.
type Update struct {
	Title          *string
	Capacity       *int
	Password       *string
	RemovePassword bool // not together with Password
	Readings       *Readings
}

// Update changes the settings of a room; for the host. In a direct room both may switch the readings, and nothing else. What is so
// already leaves no line. Errors: fault.ErrInvalid, those of RequireHost, ErrDirect, ErrVersion, ErrTitleTaken, ErrTooSmall.
func (s *Service) Update(ctx context.Context, who account.ID, id ID, u Update, expect Expected) (Mine, error) {
	if err := u.normalise(); err != nil {
		return Mine{}, err
	}
	hash := ""
	if u.Password != nil {
		var err error
		if hash, err = s.hashFor(ctx, who, id, *u.Password); err != nil {
			return Mine{}, err
		}
	}
	return s.command(ctx, who, id, func(tx *gorm.DB, _ time.Time) (Record, error) {
		r, err := requireSettler(tx, who, id, u)
		if err != nil {
			return Record{}, err
		}
		if err := expect.check(r); err != nil {
			return Record{}, err
		}
		rec := Record{Room: r, Actor: who}
		if rec.Lines, err = s.apply(tx, u, hash, r); err != nil {
			return Record{}, err
		}
		if u.Readings != nil && *u.Readings != r.Readings {
			if err := rec.switchReadings(tx, *u.Readings); err != nil {
				return Record{}, err
			}
		}
		if len(rec.Lines) == 0 {
			return Record{}, nil
		}
		r.Version++
		rec.Events = append(rec.Events, r.changed(ChangeSettings, 0))
		return rec, r.save(tx)
	})
}

// requireSettler is RequireHost for group rooms; in a direct room both may change the readings while it is open.
func requireSettler(tx *gorm.DB, who account.ID, id ID, u Update) (*Room, error) {
	r, err := requireSeat(tx, who, id)
	switch {
	case err != nil:
		return nil, err
	case r.Kind == Direct && u.beyondReadings():
		return nil, ErrDirect
	case r.Kind == Direct:
		return r, r.State.Writable()
	default:
		return RequireHost(tx, who, id)
	}
}

func (u Update) beyondReadings() bool {
	u.Readings = nil
	return u != Update{}
}

// hashFor hashes a password before any lock is held, though not for everybody who asks.
func (s *Service) hashFor(ctx context.Context, who account.ID, id ID, password string) (string, error) {
	mine, err := s.Get(ctx, who, id)
	switch {
	case err != nil:
		return "", err
	case mine.Kind != Group:
		return "", ErrDirect
	case mine.State != Open:
		return "", ErrClosed
	case mine.Host != who:
		return "", ErrHostOnly
	}
	return s.passwords.Hash(ctx, password)
}

func (u *Update) normalise() error {
	if u.Title != nil {
		title, err := checkTitle(*u.Title)
		if err != nil {
			return err
		}
		u.Title = &title
	}
	if u.Readings != nil && !u.Readings.Valid() {
		return fault.ErrInvalid.WithField("body.readings", "must be on, local or off")
	}
	if u.Password == nil {
		return nil
	}
	if u.RemovePassword {
		return fault.ErrInvalid.WithField("body.removePassword", "not together with a password")
	}
	return checkPassword(*u.Password)
}

// apply changes a locked room as wanted and returns a line for each thing that is different now.
func (s *Service) apply(tx *gorm.DB, u Update, hash string, r *Room) ([]Line, error) {
	var lines []Line
	if u.Title != nil && *u.Title != *r.Title {
		r.Title = u.Title
		lines = append(lines, Line{Code: LineRenamed, Title: *u.Title})
	}
	if u.Capacity != nil && *u.Capacity != r.Capacity {
		if err := s.checkCapacity(*u.Capacity, r.Pickup != nil); err != nil {
			return nil, err
		}
		n, err := countTaken(tx, r.ID)
		if err != nil {
			return nil, err
		}
		if *u.Capacity < n {
			return nil, ErrTooSmall
		}
		r.Capacity = *u.Capacity
		lines = append(lines, Line{Code: LineCapacity, Number: int64(*u.Capacity)})
	}
	switch {
	case hash != "":
		r.setPassword(hash)
		lines = append(lines, Line{Code: LinePasswordSet})
	case u.RemovePassword && r.HasPassword:
		r.setPassword("")
		lines = append(lines, Line{Code: LinePasswordRemoved})
	}
	return lines, nil
}
