package announcement

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/pause"
	"github.com/emosation/emosation/internal/storage"
)

const (
	// lookEvery is how often a node looks for what others have announced.
	lookEvery = 2 * time.Second
	// turnWithin bounds a turn; what it does not get done is the next one's.
	turnWithin = time.Minute
	// atOnce bounds how many people are looked up at once, and how many receipts are written in one transaction.
	atOnce = 500
	// Who was away is sent what they missed of so much time, and of so many: what is older waits in their list.
	reach     = 90 * 24 * time.Hour
	mostSince = 100
	// attempts bounds how often a batch is begun again because another node was quicker.
	attempts = 5
)

// Arrived notes that somebody has connected here, and may have missed something. It never waits.
func (s *Service) Arrived(who account.ID) {
	if s.quiet.Load() {
		return
	}
	s.mu.Lock()
	s.arrived[who] = struct{}{}
	s.mu.Unlock()
	s.nudge()
}

// nudge asks for a turn.
func (s *Service) nudge() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Run lets announcements out when their time has come, and brings them to those who are here or come, until ctx ends. All nodes do so:
// each to its own people, and to nobody what another one has brought them.
func (s *Service) Run(ctx context.Context) error {
	failing := false
	for ctx.Err() == nil {
		var next time.Time
		err := s.turns.Run(ctx, func(ctx context.Context) (err error) {
			bounded, cancel := context.WithTimeout(ctx, turnWithin)
			defer cancel()
			next, err = s.Turn(bounded)
			return err
		})
		if err != nil {
			if !failing && ctx.Err() == nil { // one line says it
				s.Log.Error("announcements do not reach people now; they will", zap.Error(err))
			}
			failing = true
			pause.For(ctx, lookEvery)
			continue
		}
		failing = false
		rest := time.NewTimer(s.rest(next))
		select {
		case <-rest.C:
		case <-s.wake:
		case <-ctx.Done():
		}
		rest.Stop()
	}
	return nil
}

// Metrics are what an operator sees of the work that Run does.
func (s *Service) Metrics() []prometheus.Collector { return []prometheus.Collector{s.turns} }

// rest is how long to wait for an announcement that goes out at next; zero is none.
func (s *Service) rest(next time.Time) time.Duration {
	if next.IsZero() {
		return lookEvery
	}
	return min(lookEvery, next.Sub(s.Now()))
}

// Turn does once what Run does again and again, and returns when the next announcement goes out, or zero. For Run, and for tests in
// its place.
func (s *Service) Turn(ctx context.Context) (next time.Time, err error) {
	if next, err = s.publish(ctx); err != nil {
		return time.Time{}, fmt.Errorf("publish announcements: %w", err)
	}
	recent, err := s.recent(ctx)
	if err != nil {
		return time.Time{}, fmt.Errorf("look for announcements: %w", err)
	}
	s.quiet.Store(len(recent) == 0) // who comes meanwhile is here when something is new
	var fresh []ID
	for _, id := range recent {
		if _, ok := s.known[id]; !ok {
			fresh = append(fresh, id)
		}
	}
	if len(fresh) > 0 {
		if err := s.bring(ctx, fresh, s.Present()); err != nil {
			return time.Time{}, err
		}
	}
	s.known = make(map[ID]struct{}, len(recent))
	for _, id := range recent {
		s.known[id] = struct{}{}
	}
	arrived := s.takeArrived()
	if err := s.bring(ctx, recent, arrived); err != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, who := range arrived {
			s.arrived[who] = struct{}{}
		}
		return time.Time{}, err
	}
	return next, nil
}

func (s *Service) takeArrived() []account.ID {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := slices.Collect(maps.Keys(s.arrived))
	clear(s.arrived)
	return list
}

// publish lets out what is due. Another node may do so at the same moment, to the same effect.
func (s *Service) publish(ctx context.Context) (next time.Time, err error) {
	db := s.DB.WithContext(ctx)
	var due []row
	err = db.Where("state = ?", Scheduled).Select("id", "publish_at").Order("publish_at, id").Limit(1).Find(&due).Error
	if err != nil || len(due) == 0 {
		return time.Time{}, err
	}
	now := stamp(s.Now())
	if due[0].PublishAt.After(now) {
		return due[0].PublishAt, nil
	}
	// It goes out now, also when no node was there at its time.
	err = db.Model(&row{}).Where("state = ? AND publish_at <= ?", Scheduled, now).
		Updates(map[string]any{"state": Published, "publish_at": now}).Error
	if err != nil {
		return time.Time{}, err
	}
	return s.publish(ctx)
}

// recent returns what is brought to whoever has missed it.
func (s *Service) recent(ctx context.Context) (ids []ID, err error) {
	err = s.DB.WithContext(ctx).Model(&row{}).Where("state = ? AND publish_at > ?", Published, stamp(s.Now().Add(-reach))).
		Order("publish_at DESC, id DESC").Limit(mostSince).Pluck("id", &ids).Error
	return ids, err
}

// bring sends announcements to those of some people who lack them.
func (s *Service) bring(ctx context.Context, ids []ID, people []account.ID) error {
	if len(ids) == 0 {
		return nil
	}
	for some := range slices.Chunk(people, atOnce) {
		if err := s.bringSome(ctx, ids, some); err != nil {
			return fmt.Errorf("bring announcements to %d people: %w", len(some), err)
		}
	}
	return nil
}

func (s *Service) bringSome(ctx context.Context, ids []ID, people []account.ID) error {
	for failed := 0; ; {
		owed, err := s.lacking(ctx, ids, people)
		if err != nil || len(owed) == 0 {
			return err
		}
		sent, err := s.claim(ctx, owed)
		if err != nil {
			// Somebody has one of them by now, or is gone: look again.
			moved := storage.IsDuplicate(err) || errors.Is(err, gorm.ErrForeignKeyViolated)
			if failed++; !moved || failed == attempts {
				return err
			}
			continue
		}
		failed = 0
		for _, event := range sent {
			s.Events.Publish(ctx, event)
		}
	}
}

// lack is that somebody was not sent an announcement that is for them.
type lack struct {
	UserID         account.ID
	AnnouncementID ID
}

const selectLacking = `SELECT u.id AS user_id, a.id AS announcement_id
	FROM users u JOIN announcements a ON a.publish_at >= u.created_at
	LEFT JOIN announcement_receipts r ON r.user_id = u.id AND r.announcement_id = a.id
	WHERE u.id IN ? AND u.state = ? AND a.id IN ? AND a.state = ?
	AND (a.role IS NULL OR a.role = u.role) AND (a.locale IS NULL OR a.locale = u.locale) AND r.user_id IS NULL
	ORDER BY a.publish_at, a.id, u.id LIMIT ?`

// lacking returns what some people lack, the earliest first, at most atOnce.
func (s *Service) lacking(ctx context.Context, ids []ID, people []account.ID) (list []lack, err error) {
	err = s.DB.WithContext(ctx).Raw(selectLacking, people, account.Active, ids, Published, atOnce).Scan(&list).Error
	return list, err
}

// claim notes that people are sent what they lack, which nobody else can note again, and returns what to send them. Nothing is noted of
// what has been withdrawn meanwhile.
func (s *Service) claim(ctx context.Context, owed []lack) (sent []Sent, err error) {
	err = storage.Tx(ctx, s.DB, func(tx *gorm.DB) error {
		sent = nil
		var rows []row
		held := tx.Clauses(clause.Locking{Strength: "UPDATE"}).Where("id IN ? AND state = ?", lacked(owed), Published)
		if err := held.Order("id").Find(&rows).Error; err != nil {
			return err
		}
		slices.SortFunc(rows, func(a, b row) int { return cmp.Or(a.PublishAt.Compare(b.PublishAt), cmp.Compare(a.ID, b.ID)) })
		var receipts []receipt
		var more []counts
		now := stamp(s.Now())
		for _, r := range rows {
			event := Sent{Announcement: r.announcement()}
			for _, l := range owed {
				if l.AnnouncementID == r.ID {
					event.To = append(event.To, l.UserID)
					receipts = append(receipts, receipt{UserID: l.UserID, AnnouncementID: r.ID, DeliveredAt: now})
				}
			}
			sent = append(sent, event)
			more = append(more, counts{AnnouncementID: r.ID, Delivered: int64(len(event.To))})
		}
		if len(receipts) == 0 {
			return nil
		}
		// In one order, so that two nodes that bring the same to the same people do not wait for each other.
		slices.SortFunc(receipts, func(a, b receipt) int {
			return cmp.Or(cmp.Compare(a.UserID, b.UserID), cmp.Compare(a.AnnouncementID, b.AnnouncementID))
		})
		if err := tx.Create(&receipts).Error; err != nil {
			return err
		}
		return add(tx, more...)
	})
	return sent, err
}

// lacked returns which announcements somebody lacks, each once.
func lacked(list []lack) []ID {
	ids := make(map[ID]struct{})
	for _, l := range list {
		ids[l.AnnouncementID] = struct{}{}
	}
	return slices.Collect(maps.Keys(ids))
}
