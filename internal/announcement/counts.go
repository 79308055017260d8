package announcement

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/storage"
)

// How many people announcements have reached is kept with the receipts, in the same transactions: to count a million of them takes a
// database a second, again for each admin who looks.

const (
	// parts is into how many the counts of an announcement are divided. The first is of those who write many receipts at once.
	parts = 16
	// forgetAtOnce bounds how many receipts are removed in one transaction.
	forgetAtOnce = 200
)

// counts is a part of how many people an announcement has reached.
type counts struct {
	AnnouncementID ID  `gorm:"primaryKey;autoIncrement:false"`
	Part           int `gorm:"primaryKey;autoIncrement:false"`
	Delivered      int64
	Seen           int64
}

func (counts) TableName() string { return "announcement_counts" }

// partOf is the part that somebody's own steps are counted in.
func partOf(who account.ID) int { return 1 + int(who%(parts-1)) }

// add adds to the counts, within the transaction that writes or removes the receipts.
func add(tx *gorm.DB, more ...counts) error {
	slices.SortFunc(more, func(a, b counts) int { return cmp.Compare(a.AnnouncementID, b.AnnouncementID) }) // one order for all
	for _, c := range more {
		part := tx.Model(&counts{}).Where("announcement_id = ? AND part = ?", c.AnnouncementID, c.Part).Session(&gorm.Session{})
		sums := map[string]any{"delivered": gorm.Expr("delivered + ?", c.Delivered), "seen": gorm.Expr("seen + ?", c.Seen)}
		done := part.Updates(sums)
		if done.Error == nil && done.RowsAffected == 0 { // the first of this part; another may be so at this moment
			first := counts{AnnouncementID: c.AnnouncementID, Part: c.Part}
			if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&first).Error; err != nil {
				return fmt.Errorf("begin to count receipts: %w", err)
			}
			done = part.Updates(sums)
		}
		if done.Error != nil {
			return fmt.Errorf("count receipts: %w", done.Error)
		}
	}
	return nil
}

// fillCounts tells in a list how many people each announcement has reached.
func fillCounts(db *gorm.DB, list []Overview) error {
	ids := make([]ID, len(list))
	for i, o := range list {
		ids[i] = o.ID
	}
	var sums []counts
	err := db.Model(&counts{}).Where("announcement_id IN ?", ids).Group("announcement_id").
		Select("announcement_id, SUM(delivered) AS delivered, SUM(seen) AS seen").Scan(&sums).Error
	if err != nil {
		return fmt.Errorf("read how many receipts there are: %w", err)
	}
	for _, c := range sums {
		at := slices.Index(ids, c.AnnouncementID)
		list[at].Delivered, list[at].Read = c.Delivered, c.Seen
	}
	return nil
}

// Forget removes what is known of which announcements reached some people, in short transactions. They must not get any more.
func Forget(ctx context.Context, db *gorm.DB, people []account.ID) error {
	for {
		var gone []receipt
		err := storage.Tx(ctx, db, func(tx *gorm.DB) error {
			gone = nil
			held := tx.Clauses(clause.Locking{Strength: "UPDATE"}).Where("user_id IN ?", people)
			if err := held.Order("user_id, announcement_id").Limit(forgetAtOnce).Find(&gone).Error; err != nil || len(gone) == 0 {
				return err
			}
			if err := tx.Delete(&gone).Error; err != nil {
				return err
			}
			return add(tx, without(gone)...)
		})
		if err != nil {
			return fmt.Errorf("forget whom announcements reached: %w", err)
		}
		if len(gone) < forgetAtOnce {
			return nil
		}
	}
}

// without returns what there is less to count without some receipts.
func without(gone []receipt) []counts {
	less := make(map[ID]counts)
	for _, r := range gone {
		c := less[r.AnnouncementID]
		c.AnnouncementID = r.AnnouncementID
		c.Delivered--
		if r.ReadAt != nil {
			c.Seen--
		}
		less[r.AnnouncementID] = c
	}
	return slices.Collect(maps.Values(less))
}
