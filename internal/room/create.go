package room

import (
	"context"
	"fmt"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/booking"
	"github.com/emosation/emosation/internal/fault"
	"github.com/emosation/emosation/internal/limit"
	"github.com/emosation/emosation/internal/name"
	"github.com/emosation/emosation/internal/storage"
	"gorm.io/gorm"
)

const (
	maxTitle          = 60 // code points
	maxPickupCapacity = 12
	minPassword       = 4 // code points
	maxPassword       = 64
)

// PasswordCost is what a room's password is hashed with. It keeps neighbours out for an evening, and many people come
// through the door at once; attempts are limited.
var PasswordCost = account.HashCost{Memory: 8 << 10, Time: 1, Threads: 1}

var creations = limit.Rule{Name: "room-creations", Burst: 10, Every: 30 * time.Second}

// NewRoom is what somebody wants a group room to be.
type NewRoom struct {
	Title    string
	Capacity int
	Password *string // nil lets everybody in
	Pickup   *Pickup
	Key      string // the same key of the same person is the same room; "" is no key
}

// Create makes a group room with its creator as host and first member, and tells whether this call made it: a repeated
// key returns the room that it made before. Errors: fault.ErrInvalid, ErrTitleTaken, limit.ErrTooMany, and those of
// booking.Book.
func (s *Service) Create(ctx context.Context, who account.ID, n NewRoom) (Mine, bool, error) {
	title, err := s.checkNew(n)
	if err != nil {
		return Mine{}, false, err
	}
	if id, err := findCreation(s.db.WithContext(ctx), who, n.Key); err != nil || id != 0 {
		return s.created(ctx, who, id, false, err)
	}
	if err := s.limits.Allow(ctx, creations, strconv.FormatInt(int64(who), 10)); err != nil {
		return Mine{}, false, err
	}
	row := roomRow{
		Kind: Group, State: Open, Title: &title, HostID: &who, Capacity: &n.Capacity, CreatorID: &who, CreationKey: orNull(n.Key),
	}
	if n.Password != nil {
		hash, err := s.passwords.Hash(ctx, *n.Password)
		if err != nil {
			return Mine{}, false, err
		}
		row.PasswordHash = &hash
	}
	var id ID
	var created bool
	err = s.journal.Record(ctx, func(tx *gorm.DB, now time.Time) (Record, error) {
		var err error
		if id, err = findCreation(tx, who, n.Key); err != nil || id != 0 {
			return Record{}, err
		}
		r, err := insertGroup(tx, row, n.Pickup, now)
		if err != nil {
			return Record{}, err
		}
		id, created = r.ID, true
		return r.tell(who, r.changed(ChangeJoined, who), Line{Code: LineCreated}), nil
	})
	if err != nil { // perhaps because the same request has come through another node at this moment
		if id, lookup := findCreation(s.db.WithContext(ctx), who, n.Key); lookup == nil && id != 0 {
			return s.created(ctx, who, id, false, nil)
		}
		return Mine{}, false, fmt.Errorf("create room: %w", err)
	}
	return s.created(ctx, who, id, created, nil)
}

func (s *Service) created(ctx context.Context, who account.ID, id ID, created bool, err error) (Mine, bool, error) {
	if err != nil {
		return Mine{}, false, err
	}
	mine, err := s.Get(ctx, who, id)
	return mine, created, err
}

func (s *Service) checkNew(n NewRoom) (title string, err error) {
	if title, err = checkTitle(n.Title); err != nil {
		return "", err
	}
	if err := s.checkCapacity(n.Capacity, n.Pickup != nil); err != nil {
		return "", err
	}
	if n.Password != nil {
		return title, checkPassword(*n.Password)
	}
	return title, nil
}

func checkTitle(text string) (string, error) {
	title, wrong := name.Normal(text, maxTitle)
	if wrong != "" {
		return "", fault.ErrInvalid.WithField("body.title", wrong)
	}
	return title, nil
}

func (s *Service) checkCapacity(capacity int, pickup bool) error {
	most := s.maxCapacity
	if pickup {
		most = maxPickupCapacity
	}
	if capacity < 1 || capacity > most {
		return fault.ErrInvalid.WithField("body.capacity", fmt.Sprintf("must be between 1 and %d", most))
	}
	return nil
}

func checkPassword(password string) error {
	n := utf8.RuneCountInString(password)
	if !utf8.ValidString(password) || n < minPassword || n > maxPassword {
		reason := fmt.Sprintf("must be %d to %d characters long", minPassword, maxPassword)
		return fault.ErrInvalid.WithField("body.password", reason)
	}
	return nil
}

// findCreation returns the room that a person created under a key, or 0.
func findCreation(db *gorm.DB, who account.ID, key string) (ID, error) {
	if key == "" {
		return 0, nil
	}
	var ids []ID
	err := db.Model(&roomRow{}).Where("creator_id = ? AND creation_key = ?", who, key).Pluck("id", &ids).Error
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	return ids[0], nil
}

// insertGroup stores a room with its host as the first member and books its box. The box is locked before the room is
// there to refer to it: see booking.LockBox.
func insertGroup(tx *gorm.DB, row roomRow, pickup *Pickup, now time.Time) (*Room, error) {
	row.CreatedAt = now
	if pickup != nil {
		if err := booking.LockBox(tx, pickup.Box, pickup.Store); err != nil {
			return nil, err
		}
		phase, end := Created, now.Add(life)
		row.StoreID, row.BoxID, row.Phase, row.ClosesAt = &pickup.Store, &pickup.Box, &phase, &end
	}
	r := row.room()
	row.OpenTitle = r.openTitle()
	err := tx.Create(&row).Error
	switch {
	case storage.IsDuplicate(err): // or the key, which Create looks up again
		return nil, ErrTitleTaken
	case err != nil:
		return nil, fmt.Errorf("insert room: %w", err)
	}
	r.ID = row.ID
	if pickup != nil {
		if err := booking.Book(tx, pickup.Store, pickup.Box, booking.RoomID(r.ID), now); err != nil {
			return nil, err
		}
	}
	if err := tx.Create(&memberRow{RoomID: r.ID, UserID: r.Host, State: Joined, JoinedAt: now}).Error; err != nil {
		return nil, fmt.Errorf("seat the host: %w", err)
	}
	return &r, account.RequireOpen(tx, r.Host)
}
