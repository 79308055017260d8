// Package audit keeps what admins did: who, what, to what, when and from where. Entries are only ever added.
package audit

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/account"
)

// Action is what was done, as openapi.yaml names it.
type Action string

// The actions.
const (
	AdminCreated          Action = "admin.created"
	UserViewed            Action = "user.viewed"
	UserRoleChanged       Action = "user.role_changed"
	UserDeactivated       Action = "user.deactivated"
	UserRestored          Action = "user.restored"
	UserPurgeDateChanged  Action = "user.purge_date_changed"
	UserSessionsRevoked   Action = "user.sessions_revoked"
	UserLeft              Action = "user.left" // by their own hand
	UserPurged            Action = "user.purged"
	StoreCreated          Action = "store.created"
	StoreReplaced         Action = "store.replaced"
	StoreDeleted          Action = "store.deleted"
	MenuItemCreated       Action = "menu_item.created"
	MenuItemReplaced      Action = "menu_item.replaced"
	MenuItemDeleted       Action = "menu_item.deleted"
	BoxCreated            Action = "box.created"
	BoxReplaced           Action = "box.replaced"
	BoxDeleted            Action = "box.deleted"
	BoxKeyCreated         Action = "box.key_created"
	AnnouncementCreated   Action = "announcement.created"
	AnnouncementReplaced  Action = "announcement.replaced"
	AnnouncementWithdrawn Action = "announcement.withdrawn"
)

// TargetType is what kind of thing something was done to.
type TargetType string

// The kinds.
const (
	User         TargetType = "user"
	Store        TargetType = "store"
	MenuItem     TargetType = "menu_item"
	Box          TargetType = "box"
	Announcement TargetType = "announcement"
)

// Actor is who does something, and from where. The zero value is the server itself, or a command of its operator.
type Actor struct {
	User    account.ID
	Address string // empty where people act on their own account: that is nobody's business
}

// Target is what something was done to.
type Target struct {
	Type TargetType
	ID   int64
}

type row struct {
	ID         int64 `gorm:"primaryKey"`
	CreatedAt  time.Time
	ActorID    *account.ID
	Action     Action
	TargetType TargetType
	TargetID   int64
	Changes    string
	Address    *string
}

func (row) TableName() string { return "audit" }

// maxAddress is what its column holds, in code points. What a proxy says of an address may be anything.
const maxAddress = 64

// Write adds an entry in the transaction that does what it tells of: either both happen or neither. An act that had no effect is one all
// the same; it has no changes.
func Write(tx *gorm.DB, by Actor, action Action, target Target, now time.Time, changes ...Change) error {
	if changes == nil {
		changes = []Change{}
	}
	text, err := json.Marshal(changes)
	if err != nil {
		return fmt.Errorf("audit %s: %w", action, err)
	}
	r := row{CreatedAt: stamp(now), Action: action, TargetType: target.Type, TargetID: target.ID, Changes: string(text)}
	if by.User != 0 {
		r.ActorID = &by.User
	}
	if address := []rune(strings.ToValidUTF8(by.Address, "\ufffd")); len(address) > 0 {
		r.Address = new(string(address[:min(len(address), maxAddress)]))
	}
	if err := tx.Create(&r).Error; err != nil {
		return fmt.Errorf("audit %s: %w", action, err)
	}
	return nil
}
