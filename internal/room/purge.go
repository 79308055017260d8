package room

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/storage"
	"gorm.io/gorm"
)

// purgeAtOnce bounds the rooms that one transaction locks while somebody is removed from them.
const purgeAtOnce = 50

// EverIn returns the rooms where somebody is or was.
func (s *Service) EverIn(ctx context.Context, who account.ID) ([]ID, error) {
	return s.seatsOf(ctx, who, "1 = 1")
}

// Alone returns those of some rooms where nobody else is or ever was, except for people who are gone for good: whose history nobody will
// read again.
func (s *Service) Alone(ctx context.Context, who account.ID, ids []ID) (alone []ID, err error) {
	for part := range slices.Chunk(ids, 500) {
		var found []ID
		err := s.db.WithContext(ctx).Model(&roomRow{}).Where("id IN ? AND state <> ?", part, Open).
			Where("NOT EXISTS (SELECT 1 FROM room_users m WHERE m.room_id = rooms.id AND m.user_id <> ?)", who).
			Order("id").Pluck("id", &found).Error
		if err != nil {
			return nil, fmt.Errorf("look for rooms of nobody else than %d: %w", who, err)
		}
		alone = append(alone, found...)
	}
	return alone, nil
}

// Raze removes a room that Alone has returned, after its history. One into which somebody has come since stays.
func (s *Service) Raze(ctx context.Context, who account.ID, id ID) error {
	err := storage.Tx(ctx, s.db, func(tx *gorm.DB) error {
		if _, err := Lock(tx, []ID{id}); err != nil {
			return err
		}
		return tx.Where("id = ? AND state <> ?", id, Open).
			Where("NOT EXISTS (SELECT 1 FROM room_users m WHERE m.room_id = rooms.id AND m.user_id <> ?)", who).Delete(&roomRow{}).Error
	})
	if err != nil {
		return fmt.Errorf("remove room %d: %w", id, err)
	}
	return nil
}

// Remove takes somebody out of the lists of those who were in some rooms; they must have left all of them.
func (s *Service) Remove(ctx context.Context, who account.ID, ids []ID) error {
	for part := range slices.Chunk(ids, purgeAtOnce) {
		err := storage.Tx(ctx, s.db, func(tx *gorm.DB) error {
			if _, err := Lock(tx, part); err != nil {
				return err
			}
			gone := tx.Where("user_id = ? AND room_id IN ? AND state <> ?", who, part, Joined).Delete(&memberRow{})
			if gone.Error != nil || gone.RowsAffected == 0 {
				return gone.Error
			}
			return membersChanged(tx, part...)
		})
		if err != nil {
			return fmt.Errorf("remove %d from rooms: %w", who, err)
		}
	}
	return nil
}

// Retitle changes the title of a room that somebody has made, or given one of these titles, as rewrite says.
func (s *Service) Retitle(ctx context.Context, who account.ID, id ID, given []string, rewrite func(string) string) error {
	wrong := func(title *string, creator account.ID) bool {
		return title != nil && (creator == who || slices.Contains(given, *title)) && rewrite(*title) != *title
	}
	var row roomRow
	if err := s.db.WithContext(ctx).Select("title", "creator_id").Limit(1).Find(&row, id).Error; err != nil {
		return fmt.Errorf("look for the title of room %d: %w", id, err)
	}
	if !wrong(row.Title, orZero(row.CreatorID)) { // which is so nearly always, and costs nobody else anything
		return nil
	}
	err := s.journal.Record(ctx, func(tx *gorm.DB, _ time.Time) (Record, error) {
		rooms, err := Lock(tx, []ID{id})
		r := rooms[id]
		if err != nil || r == nil || !wrong(r.Title, r.creator) {
			return Record{}, err
		}
		*r.Title = rewrite(*r.Title)
		r.Version++
		if err := r.numberIfTaken(tx); err != nil {
			return Record{}, err
		}
		return Record{Room: r, Events: []any{r.changed(ChangeSettings, 0)}}, r.save(tx)
	})
	if err != nil {
		return fmt.Errorf("retitle room %d: %w", id, err)
	}
	return nil
}
