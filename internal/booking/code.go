package booking

import (
	"context"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"time"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/audit"
	"github.com/emosation/emosation/internal/limit"
	"github.com/emosation/emosation/internal/storage"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// openings bounds how fast codes can be tried at one box: a million of them would take about a year.
var openings = limit.Rule{Name: "box-openings", Burst: 5, Every: 30 * time.Second}

// Rules are those that attempts are counted by.
func Rules() []limit.Rule { return []limit.Rule{openings} }

// Secret derives the key under which codes are hashed from the key that the nodes share anyway.
func Secret(signing ed25519.PrivateKey) ([]byte, error) {
	return hkdf.Key(sha256.New, signing.Seed(), nil, "emosation box codes", sha256.Size)
}

// IssueCode makes a code with which a member of the room opens its box once; the member's earlier one stops working.
// Whether they are a member is the caller's business. ErrNotBooked when the room holds no box (any more).
func IssueCode(tx *gorm.DB, secret []byte, room RoomID, who account.ID, now time.Time) (Code, error) {
	return issueCode(tx, secret, room, who, now, newDigits)
}

func issueCode(tx *gorm.DB, secret []byte, room RoomID, who account.ID, now time.Time, digits func() (string, error)) (Code, error) {
	held, found, err := first[bookingRow](lock(tx), "room_id = ? AND live_box_id IS NOT NULL", room)
	if err != nil {
		return Code{}, fmt.Errorf("lock booking of room %d: %w", room, err)
	}
	if !found {
		return Code{}, ErrNotBooked
	}
	box, found, err := first[seenBox](selectBoxes(tx), "b.id = ?", held.BoxID)
	if err != nil || !found {
		return Code{}, errors.Join(ErrNotBooked, err) // a foreign key keeps the box
	}
	if err := tx.Where("booking_id = ? AND user_id = ?", held.ID, who).Delete(&codeRow{}).Error; err != nil {
		return Code{}, fmt.Errorf("void box code: %w", err)
	}
	const tries = 20 // of a million codes a dozen are taken
	for range tries {
		code, err := digits()
		if err != nil {
			return Code{}, err
		}
		row := codeRow{BookingID: held.ID, UserID: who, CodeHash: codeHash(secret, held.ID, code), CreatedAt: stamp(now)}
		created := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&row)
		if created.Error != nil {
			return Code{}, fmt.Errorf("store box code: %w", created.Error)
		}
		if created.RowsAffected > 0 {
			return Code{Digits: code, Box: box.box()}, nil
		}
	}
	return Code{}, errors.New("no free box code found")
}

// newDigits returns one of a million codes, each as likely as another.
func newDigits() (string, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return "", fmt.Errorf("make box code: %w", err)
	}
	return fmt.Sprintf("%06d", n), nil
}

// codeHash needs a secret: a plain hash of six digits is undone in a second. It needs the booking, or one code would
// have the same hash everywhere.
func codeHash(secret []byte, booking int64, digits string) string {
	mac := hmac.New(sha256.New, secret)
	mac.Write(binary.BigEndian.AppendUint64(nil, uint64(booking)))
	mac.Write([]byte(digits))
	return hex.EncodeToString(mac.Sum(nil))
}

// Booked returns the room that holds a box, for whoever has the box's key. ErrKey for another key and for a box that
// does not exist, ErrNotBooked when nobody holds it.
func (s *Service) Booked(ctx context.Context, box BoxID, key string) (RoomID, error) {
	db := s.db.WithContext(ctx)
	if err := checkKey(db, box, key); err != nil {
		return 0, err
	}
	held, found, err := first[bookingRow](db, "live_box_id = ?", box)
	switch {
	case err != nil:
		return 0, fmt.Errorf("look who holds box %d: %w", box, err)
	case !found:
		return 0, ErrNotBooked
	}
	return held.RoomID, nil
}

// Open uses up a code typed at a box and returns whose it was and of which room. ErrKey as in Booked; ErrCode for any
// code that is not that of a person who is joined in the room now; limit.ErrTooMany after several of those.
func (s *Service) Open(ctx context.Context, box BoxID, key, code string) (RoomID, account.ID, error) {
	if err := checkKey(s.db.WithContext(ctx), box, key); err != nil {
		return 0, 0, err
	}
	// After the key: who has none cannot keep the members out by trying.
	subject := strconv.FormatInt(int64(box), 10)
	if err := s.limits.Allow(ctx, openings, subject); err != nil {
		return 0, 0, err
	}
	var room RoomID
	var user account.ID
	err := storage.Tx(ctx, s.db, func(tx *gorm.DB) error {
		held, found, err := first[bookingRow](lock(tx), "live_box_id = ?", box)
		if err != nil {
			return err
		}
		if !found {
			return ErrNotBooked
		}
		used, found, err := first[codeRow](tx.Where(
			"EXISTS (SELECT 1 FROM room_users m WHERE m.room_id = ? AND m.user_id = box_codes.user_id AND m.state = ?)", held.RoomID, "joined"),
			"booking_id = ? AND code_hash = ?", held.ID, codeHash(s.secret, held.ID, code))
		if err != nil {
			return err
		}
		if !found {
			return ErrCode
		}
		room, user = held.RoomID, used.UserID
		return tx.Delete(&used).Error // nobody else did: the booking's row is ours
	})
	if err != nil {
		return 0, 0, fmt.Errorf("open box %d: %w", box, err)
	}
	s.limits.Forget(ctx, openings, subject) // a dozen members may come at once
	return room, user, nil
}

// NewKey makes a credential for a box, shown this once; the one before stops working. For admins; ErrNoBox.
func (s *Service) NewKey(ctx context.Context, by audit.Actor, box BoxID) (string, error) {
	key := rand.Text()
	err := s.admin(ctx, by, func(tx *gorm.DB) (act, error) {
		held, err := lockedBox(tx, box)
		if err != nil {
			return act{}, err
		}
		err = tx.Model(&boxRow{}).Where("id = ?", box).Update("key_hash", keyHash(key)).Error
		return act{action: audit.BoxKeyCreated, target: held.Box.target()}, err // what it was and is, is nobody's business
	})
	if err != nil {
		return "", fmt.Errorf("make a key of box %d: %w", box, err)
	}
	return key, nil
}

// checkKey returns ErrKey unless the key is the box's.
func checkKey(db *gorm.DB, box BoxID, key string) error {
	row, _, err := first[boxRow](db.Select("key_hash"), "id = ?", box)
	if err != nil {
		return fmt.Errorf("look for the key of box %d: %w", box, err)
	}
	want := ""
	if row.KeyHash != nil {
		want = *row.KeyHash
	}
	if subtle.ConstantTimeCompare([]byte(keyHash(key)), []byte(want)) != 1 {
		return ErrKey
	}
	return nil
}

// keyHash needs no secret: a key has 130 bits of its own.
func keyHash(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])
}
