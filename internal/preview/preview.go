// Package preview tells somebody how a draft of theirs will probably read, and keeps nothing of it.
package preview

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/calibration"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/limit"
	"github.com/emosation/emosation/internal/message"
	"github.com/emosation/emosation/internal/room"
)

// Preview is how a draft would be read if it were sent now.
type Preview struct {
	Reading emotion.Reading
	// Tense says that the draft and the last messages of its room seem tense.
	Tense bool
}

// engine reads drafts. It is the one inside this program: drafts go nowhere else.
type engine interface {
	ReadAs(text string, bias *emotion.Bias) emotion.Reading
}

// Deps is what a Service needs.
type Deps struct {
	DB       *gorm.DB
	Operator emotion.Mode
	Engine   engine
	Messages *message.Service
	Limits   limit.Limiter // of previews
	Hints    limit.Limiter // of hints, which nobody wants to switch off
	Now      func() time.Time
}

// Service previews drafts. It has no memory and no log, so that no draft can get into them. Many goroutines may use it.
type Service struct{ Deps }

// NewService needs an open database whose schema is up to date.
func NewService(d Deps) *Service { return &Service{d} }

// One preview for each pause in typing is allowed, and one hint in ten minutes to one person in a room.
var (
	previews = limit.Rule{Name: "preview", Burst: 30, Every: time.Second}
	hints    = limit.Rule{Name: "tense", Burst: 1, Every: 10 * time.Minute}
)

// Rules are those that attempts are counted by. That there is no hint is nothing that anybody attempted.
func Rules() []limit.Rule { return []limit.Rule{previews} }

// Read reads a draft as a message of its author would be, in a room or, with 0, in any where messages are read. Errors:
// fault.ErrInvalid, room.ErrNotFound, why nothing may be written in the room, emotion.ErrOff, limit.ErrTooMany.
func (s *Service) Read(ctx context.Context, who account.User, id room.ID, text string) (Preview, error) {
	if err := message.CheckText(text, "body.text"); err != nil {
		return Preview{}, err
	}
	if err := s.Limits.Allow(ctx, previews, strconv.FormatInt(int64(who.ID), 10)); err != nil {
		return Preview{}, err
	}
	readings := room.ReadingsOn
	if id != 0 {
		at, err := room.Find(s.DB.WithContext(ctx), who.ID, id)
		if err == nil {
			err = at.State.Writable()
		}
		if err != nil {
			return Preview{}, fmt.Errorf("preview in room %d: %w", id, err)
		}
		readings = at.Readings
	}
	if emotion.Allowed(s.Operator, readings, who.ShareReadings) == emotion.Nowhere {
		return Preview{}, emotion.ErrOff
	}
	bias, err := calibration.Applied(s.DB.WithContext(ctx), who.ID)
	if err != nil {
		return Preview{}, err
	}
	p := Preview{Reading: s.Engine.ReadAs(text, bias).Rounded()}
	if id != 0 && who.ShowReadings && hot(p.Reading) {
		p.Tense, err = s.tense(ctx, who.ID, id)
	}
	return p, err
}

// tense tells whether somebody is to be given the hint now. Without Redis nobody is: it is not worth an error.
func (s *Service) tense(ctx context.Context, who account.ID, id room.ID) (bool, error) {
	page, err := s.Messages.History(ctx, who, id, message.Cursor{Limit: lastMessages})
	if err != nil || !tense(page.Items, who, s.Now()) {
		return false, err
	}
	return s.Hints.Allow(ctx, hints, fmt.Sprintf("%d in %d", who, id)) == nil, nil
}
