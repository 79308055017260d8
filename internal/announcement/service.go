package announcement

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"
	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/audit"
	"github.com/emosation/emosation/internal/observability"
	"github.com/emosation/emosation/internal/storage"
)

// publisher takes events after their commit.
type publisher interface {
	Publish(ctx context.Context, event any)
}

// Deps is what a Service needs.
type Deps struct {
	DB     *gorm.DB
	Events publisher
	// Present returns who has a connection on this node.
	Present func() []account.ID
	Now     func() time.Time
	Log     *zap.Logger
}

// Service keeps announcements and brings them to people. All methods but Turn may be called from many goroutines.
type Service struct {
	Deps
	wake  chan struct{}
	turns *observability.Job
	quiet atomic.Bool // nothing was announced lately that anybody could have missed

	mu      sync.Mutex
	arrived map[account.ID]struct{} // who connected since the last turn

	known map[ID]struct{} // what this node has brought to those who are here; Turn's own
}

// NewService returns a service that brings announcements to people while Run runs.
func NewService(d Deps) *Service {
	return &Service{Deps: d, wake: make(chan struct{}, 1), turns: observability.NewJob("announcements"), arrived: make(map[account.ID]struct{})}
}

// admin runs fn in a transaction if the person is an admin, and notes there what fn did.
func (s *Service) admin(ctx context.Context, by audit.Actor, fn func(tx *gorm.DB) (act, error)) error {
	return storage.Tx(ctx, s.DB, func(tx *gorm.DB) error {
		if err := account.RequireAdmin(tx, by.User); err != nil {
			return err
		}
		did, err := fn(tx)
		if err != nil || did.action == "" {
			return err
		}
		return audit.Write(tx, by, did.action, did.after.target(), s.Now(), did.changes()...)
	})
}

// act is what an admin did to an announcement.
type act struct {
	action audit.Action // empty: nothing
	before *Announcement
	after  Announcement
}

func (a act) changes() []audit.Change {
	if a.before == nil {
		return audit.Between(nil, a.after.facts())
	}
	return audit.Between(a.before.facts(), a.after.facts())
}

// Create announces something, for admins, and tells whether this call did: a repeated key of the same admin returns what it announced
// before. fault.ErrInvalid.
func (s *Service) Create(ctx context.Context, by audit.Actor, d Draft, key string) (Overview, bool, error) {
	d, invalid := d.normal(s.Now())
	var id ID
	var created bool
	err := s.admin(ctx, by, func(tx *gorm.DB) (act, error) {
		var err error
		if id, err = findCreation(tx, by.User, key); err != nil || id != 0 {
			return act{}, err
		}
		if invalid != nil {
			return act{}, invalid
		}
		r := row{CreatedAt: stamp(s.Now()), CreatedBy: &by.User, CreationKey: orNull(key)}
		r.say(d, s.Now())
		if err := tx.Create(&r).Error; err != nil {
			return act{}, err
		}
		id, created = r.ID, true
		return act{action: audit.AnnouncementCreated, after: r.announcement()}, nil
	})
	if storage.IsDuplicate(err) { // the same request has come through another node at this moment
		created = false
		id, err = findCreation(s.DB.WithContext(ctx), by.User, key)
	}
	if err != nil {
		return Overview{}, false, fmt.Errorf("create announcement: %w", err)
	}
	s.nudge()
	overview, err := s.overview(ctx, id)
	return overview, created, err
}

// Replace changes an announcement that is not out yet, for admins. ErrUnknown, ErrState, fault.ErrInvalid.
func (s *Service) Replace(ctx context.Context, by audit.Actor, id ID, d Draft) (Overview, error) {
	d, invalid := d.normal(s.Now())
	err := s.admin(ctx, by, func(tx *gorm.DB) (act, error) {
		r, err := hold(tx, id)
		if err != nil {
			return act{}, err
		}
		if r.State != Scheduled {
			return act{}, ErrState
		}
		if invalid != nil {
			return act{}, invalid
		}
		before := r.announcement()
		r.say(d, s.Now())
		err = tx.Select("title", "body", "role", "locale", "state", "publish_at").Updates(&r).Error
		return act{audit.AnnouncementReplaced, &before, r.announcement()}, err
	})
	if err != nil {
		return Overview{}, fmt.Errorf("replace announcement %d: %w", id, err)
	}
	s.nudge()
	return s.overview(ctx, id)
}

// Withdraw takes an announcement back, for admins: nobody sees it from then on. Once more changes nothing. ErrUnknown.
func (s *Service) Withdraw(ctx context.Context, by audit.Actor, id ID) error {
	err := s.admin(ctx, by, func(tx *gorm.DB) (act, error) {
		r, err := hold(tx, id)
		if err != nil {
			return act{}, err
		}
		before := r.announcement()
		r.State = Withdrawn
		err = tx.Model(&row{}).Where("id = ?", id).Update("state", Withdrawn).Error
		return act{audit.AnnouncementWithdrawn, &before, r.announcement()}, err
	})
	if err != nil {
		return fmt.Errorf("withdraw announcement %d: %w", id, err)
	}
	return nil
}

func (s *Service) overview(ctx context.Context, id ID) (Overview, error) {
	db := s.DB.WithContext(ctx)
	list, err := overviews(db, db.Where("a.id = ?", id))
	if err == nil && len(list) == 0 {
		err = ErrUnknown
	}
	if err != nil {
		return Overview{}, fmt.Errorf("announcement %d: %w", id, err)
	}
	return list[0], nil
}

// OverviewPage is some announcements, the latest first.
type OverviewPage struct {
	Items []Overview
	Next  string // empty on the last page
}

// All returns a page of all announcements, for admins: by the time at which they go out, those to come before those of the past.
func (s *Service) All(ctx context.Context, who account.ID, cursor string, size int) (OverviewPage, error) {
	db := s.DB.WithContext(ctx)
	if err := account.RequireAdmin(db, who); err != nil {
		return OverviewPage{}, err
	}
	query, err := pageOf(db, cursor, size)
	if err != nil {
		return OverviewPage{}, err
	}
	list, err := overviews(db, query)
	if err != nil {
		return OverviewPage{}, fmt.Errorf("list all announcements: %w", err)
	}
	var page OverviewPage
	page.Items, page.Next = cut(list, size, func(o Overview) Announcement { return o.Announcement })
	return page, nil
}
