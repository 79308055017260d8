package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"time"

	"go.uber.org/zap"
	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/announcement"
	"github.com/emosation/emosation/internal/audit"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/storage"
)

const (
	// dueAtOnce is how many people are looked for, and together how many are removed together: the fewer, the shorter are the locks, and
	// the more, the less it costs each.
	dueAtOnce = 10_000
	together  = 20
	// drainAtOnce bounds the rows of one transaction.
	drainAtOnce = 200
)

// Purge removes what is left of the accounts whose time is over, unless another node is doing so: in small steps, of which each may be
// the last of this process. What another one has begun goes on. Somebody with whom it fails is passed over until next time.
func (s *Service) Purge(ctx context.Context) (err error) {
	unlock, got, err := storage.TryLock(ctx, s.DB, "purge")
	if err != nil || !got {
		return err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	passed := make(map[account.ID]bool)
	for ctx.Err() == nil {
		due, err := findDue(s.DB.WithContext(ctx), s.Now(), len(passed)+dueAtOnce)
		if err != nil {
			return err
		}
		due = slices.DeleteFunc(due, func(id account.ID) bool { return passed[id] })
		if len(due) == 0 {
			return nil
		}
		for people := range slices.Chunk(due, together) {
			for _, id := range s.purge(ctx, people) {
				passed[id] = true
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
		}
	}
	return ctx.Err()
}

// purge removes some people, and returns those whom it leaves.
func (s *Service) purge(ctx context.Context, people []account.ID) (left []account.ID) {
	left = slices.Clone(people)
	claimed, err := s.claim(ctx, people)
	if err == nil {
		claimed = slices.DeleteFunc(claimed, func(p purged) bool {
			err := s.clear(ctx, p)
			if err != nil {
				s.Log.Error("an account was not purged", zap.Int64("user", int64(p.ID)), zap.Error(err))
			}
			return err != nil
		})
		var gone []account.ID
		gone, err = s.removeEach(ctx, claimed)
		left = slices.DeleteFunc(left, func(id account.ID) bool { return slices.Contains(gone, id) })
	}
	if err != nil && ctx.Err() == nil {
		s.Log.Error("accounts were not purged", zap.Int("accounts", len(people)), zap.Error(err))
	}
	return left
}

// purged is somebody who is being purged.
type purged struct {
	ID       account.ID
	Email    string
	Nickname string
	Messages account.Messages // what becomes of them
}

// claim begins to purge those whose time is over still: nobody restores them any more. What was left undone of closing them comes first.
func (s *Service) claim(ctx context.Context, people []account.ID) (claimed []purged, err error) {
	unsettled, err := account.Unsettled(s.DB.WithContext(ctx).Where("user_id IN ?", people), account.Closing)
	if err != nil {
		return nil, err
	}
	for _, who := range unsettled {
		if err := s.withdraw(ctx, who); err != nil {
			return nil, err
		}
	}
	err = storage.Tx(ctx, s.DB, func(tx *gorm.DB) error {
		held, err := holdDue(tx, people, s.Now())
		if err != nil || len(held) == 0 {
			return err
		}
		claimed, err = begin(tx, held)
		return err
	})
	return claimed, err
}

// clear removes somebody from the rooms where they were.
func (s *Service) clear(ctx context.Context, p purged) error {
	rooms, err := s.Rooms.EverIn(ctx, p.ID)
	if err != nil || len(rooms) == 0 {
		return err
	}
	alone, err := s.Rooms.Alone(ctx, p.ID, rooms)
	if err != nil {
		return err
	}
	var touched []room.ID
	for _, id := range rooms {
		if slices.Contains(alone, id) {
			if err := s.raze(ctx, p.ID, id); err != nil {
				return err
			}
			touched = append(touched, id)
			continue
		}
		found, err := s.Messages.Erase(ctx, p.ID, id, p.Messages == account.DeleteMessages)
		if err != nil {
			return err
		}
		renamed, err := s.unname(ctx, p, id)
		if err != nil {
			return err
		}
		if found || renamed {
			touched = append(touched, id)
		}
	}
	reacted, err := s.Messages.EraseReactions(ctx, p.ID)
	if err != nil {
		return err
	}
	s.Forget(ctx, append(touched, reacted...))
	return s.Rooms.Remove(ctx, p.ID, rooms)
}

// unname takes what somebody was called out of the titles that they gave to a room.
func (s *Service) unname(ctx context.Context, p purged, id room.ID) (found bool, err error) {
	lines, err := s.Messages.Renames(ctx, p.ID, id)
	if err != nil {
		return false, err
	}
	var given []string
	for _, line := range lines {
		given = append(given, line.Title)
	}
	if err := s.Rooms.Retitle(ctx, p.ID, id, given, p.unnamed); err != nil {
		return false, err
	}
	maps.DeleteFunc(lines, func(_ int64, line room.Line) bool { return p.unnamed(line.Title) == line.Title })
	for seq, line := range lines {
		line.Title = p.unnamed(line.Title)
		lines[seq] = line
	}
	return len(lines) > 0, s.Messages.Rewrite(ctx, id, lines)
}

// unnamed puts three dots where a text has their nickname or e-mail.
func (p purged) unnamed(text string) string {
	for _, called := range []string{p.Email, p.Nickname} {
		if called != "" {
			text = regexp.MustCompile("(?i)"+regexp.QuoteMeta(called)).ReplaceAllLiteralString(text, "…")
		}
	}
	return text
}

// raze removes a room of nobody else with its history.
func (s *Service) raze(ctx context.Context, who account.ID, id room.ID) error {
	if err := s.Messages.Raze(ctx, id); err != nil {
		return err
	}
	return s.Rooms.Raze(ctx, who, id)
}

// removeEach removes people together or, where that fails, one by one. It returns who is gone.
func (s *Service) removeEach(ctx context.Context, people []purged) ([]account.ID, error) {
	gone, err := s.remove(ctx, people)
	if err == nil || len(people) == 1 {
		return gone, err
	}
	var failed error
	for _, p := range people {
		alone, err := s.remove(ctx, []purged{p})
		gone, failed = append(gone, alone...), errors.Join(failed, err)
	}
	return gone, failed
}

// remove deletes all rows about some people, the last one at last, and returns who is gone.
func (s *Service) remove(ctx context.Context, people []purged) (gone []account.ID, err error) {
	if len(people) == 0 {
		return nil, nil
	}
	ids := make([]account.ID, len(people))
	for i, p := range people {
		ids[i] = p.ID
	}
	if err := s.drain(ctx, ids); err != nil {
		return nil, err
	}
	err = storage.Tx(ctx, s.DB, func(tx *gorm.DB) error {
		if err := deleteUsers(tx, ids); err != nil {
			return err
		}
		for _, id := range ids {
			if err := audit.Write(tx, audit.Actor{}, audit.UserPurged, about(id), s.Now()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("remove accounts: %w", err)
	}
	return ids, nil
}

// drain deletes the rows that hang on some people.
func (s *Service) drain(ctx context.Context, ids []account.ID) error {
	sessions, err := sessionsOf(s.DB.WithContext(ctx), ids)
	if err != nil {
		return err
	}
	for part := range slices.Chunk(sessions, drainAtOnce) {
		if err := storage.Drain(ctx, s.DB, drainAtOnce, "refresh_tokens", "session_id IN ?", part); err != nil {
			return err
		}
	}
	addresses, err := addressesOf(s.DB.WithContext(ctx), ids)
	if err == nil && len(addresses) > 0 {
		err = storage.Drain(ctx, s.DB, drainAtOnce, "mails", "email_key IN ?", addresses)
	}
	if err != nil {
		return err
	}
	if err := announcement.Forget(ctx, s.DB, ids); err != nil {
		return err
	}
	for _, t := range hanging() {
		if err := storage.Drain(ctx, s.DB, drainAtOnce, t.table, t.column+" IN ?", ids); err != nil {
			return err
		}
	}
	return s.disown(ctx, ids)
}

// disown leaves rooms and announcements to nobody.
func (s *Service) disown(ctx context.Context, ids []account.ID) error {
	for _, o := range owning() {
		for {
			rows, err := owned(s.DB.WithContext(ctx), o, ids)
			if err != nil {
				return err
			}
			if len(rows) == 0 {
				break
			}
			err = storage.Tx(ctx, s.DB, func(tx *gorm.DB) error {
				return tx.Exec("UPDATE "+o.table+" SET "+o.clear+" WHERE id IN ?", rows).Error
			})
			if err != nil {
				return fmt.Errorf("disown %s: %w", o.table, err)
			}
		}
	}
	return nil
}

// stampOf is a time as SQL keeps it.
func stampOf(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }
